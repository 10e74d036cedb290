"""From anything a caller may hand in to logits: status, language, model; decides nothing.

    input ─missing? not text? empty?─> str ─language─> Model ─> logits

Knows nothing of labels, files of texts or the command line.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentigate.config import ModelConfig
from sentigate.records import Status
from sentigate.runtime.inputs import examine
from sentigate.runtime.model import Model
from sentigate.text.language import detect


@dataclass(frozen=True)
class Reader:
    """A model that can be opened when it is first needed.

    Args:
        config: its name, languages and heads.
        open: returns the model, the same one at each call.
    """

    config: ModelConfig
    open: Callable[[], Model]

    def reads(self, language: str | None) -> bool:
        """Whether a text of this language is for this model; None (only emoji, say) always is."""
        languages = self.config.languages
        return not languages or language is None or language in languages


@dataclass(frozen=True, slots=True)
class Part:
    """The inputs that one model has read.

    Args:
        config: the model's.
        places: where they stand among all inputs, int64 [rows].
        logits: by head, float32 [rows, logits].
        tokens: how many tokens each has, int64 [rows].
    """

    config: ModelConfig
    places: NDArray[np.int64]
    logits: dict[str, NDArray[np.float32]]
    tokens: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Readings:
    """What became of each input, undecided.

    Args:
        texts: the inputs that are texts; None for the others.
        statuses: one an input; those that are `ok` stand in one of the parts.
        languages: ISO 639-1 codes; None where unknown or where there is nothing to read.
        parts: one for each model that has read something.
    """

    texts: list[str | None]
    statuses: list[Status]
    languages: list[str | None]
    parts: list[Part]


def read_inputs(readers: Sequence[Reader], inputs: Sequence[object]) -> Readings:
    """Read inputs of any type, each text by the first model that reads its language."""
    pairs = [examine(value) for value in inputs]
    texts, statuses = [text for text, _ in pairs], [status for _, status in pairs]
    languages: list[str | None] = [None] * len(texts)
    routed: dict[int, list[int]] = defaultdict(list)
    for place, (text, status) in enumerate(pairs):
        if text is None or status is not Status.OK:
            continue
        languages[place] = detect(text)
        chosen = first_reader(readers, languages[place])
        if chosen is None:
            statuses[place] = Status.UNSUPPORTED_LANGUAGE
        else:
            routed[chosen].append(place)
    parts = [_part(readers[i], places, texts) for i, places in routed.items()]
    return _without_tokenless(Readings(texts, statuses, languages, parts))


def first_reader(readers: Sequence[Reader], language: str | None) -> int | None:
    """The place of the first model that reads a language."""
    return next((i for i, reader in enumerate(readers) if reader.reads(language)), None)


def by_specialty(readers: Iterable[Reader]) -> list[Reader]:
    """The models of few languages first, as they know them better; those of any language last."""
    return sorted(readers, key=lambda reader: len(reader.config.languages) or math.inf)


def _part(reader: Reader, places: Sequence[int], texts: Sequence[str | None]) -> Part:
    model = reader.open()
    logits, tokens = model.logits([texts[place] or "" for place in places])
    return Part(model.config, np.array(places, np.int64), logits, tokens)


def _without_tokenless(readings: Readings) -> Readings:
    """A text without tokens, such as one of control characters only, is empty."""
    for number, part in enumerate(readings.parts):
        full = part.tokens > 0
        for place in part.places[~full].tolist():
            readings.statuses[place] = Status.EMPTY
            readings.languages[place] = None
        if not full.all():
            logits = {name: rows[full] for name, rows in part.logits.items()}
            readings.parts[number] = Part(part.config, part.places[full], logits, part.tokens[full])
    return readings

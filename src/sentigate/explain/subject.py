"""What an explanation is about: a text, the model that reads it, its tokens and windows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentigate.explain.units import By, Unit, units
from sentigate.records import Encoded, Status
from sentigate.runtime.inputs import examine
from sentigate.runtime.model import Ids, Model, window_cuts
from sentigate.runtime.readings import Reader, first_reader
from sentigate.text.language import detect


@dataclass(frozen=True, slots=True)
class Subject:
    """A text as a model reads it.

    Args:
        model: the model.
        text: the raw text.
        language: ISO 639-1 code, or None where unknown.
        encoded: the text's tokens, at least one.
        cuts: start and end of each window in the tokens.
    """

    model: Model
    text: str
    language: str | None
    encoded: Encoded
    cuts: tuple[tuple[int, int], ...]

    @property
    def windows(self) -> list[Ids]:
        """The token ids of each window."""
        return [self.encoded.ids[start:end] for start, end in self.cuts]

    @property
    def shares(self) -> NDArray[np.float32]:
        """By how much the logits of each window count, [windows]; they sum to 1."""
        lengths = np.array([end - start for start, end in self.cuts], dtype=np.float32)
        shares: NDArray[np.float32] = lengths / np.float32(len(self.encoded.ids))
        return shares

    @property
    def pieces(self) -> list[str]:
        """The tokens as the tokeniser spells them."""
        return self.model.tokenizer.pieces(self.encoded.ids)

    def units(self, by: By) -> list[Unit]:
        """The words, phrases or sentences of the text."""
        return units(self.text, self.encoded, self.pieces, by)


@dataclass(frozen=True, slots=True)
class Unread:
    """An input that cannot be explained.

    Args:
        text: the input, or None where it was no text.
        status: why.
        language: ISO 639-1 code, or None.
    """

    text: str | None
    status: Status
    language: str | None = None


def open_subject(readers: Sequence[Reader], value: object) -> Subject | Unread:
    """Find the model that reads an input, and encode it."""
    text, status = examine(value)
    if text is None or status is not Status.OK:
        return Unread(text, status)
    language = detect(text)
    place = first_reader(readers, language)
    if place is None:
        return Unread(text, Status.UNSUPPORTED_LANGUAGE, language)
    return read_subject(readers[place].open(), text, language)


def read_subject(model: Model, text: str, language: str | None = None) -> Subject | Unread:
    """Encode a text for a model."""
    encoded = model.tokenizer.encode(text)
    if len(encoded.ids) == 0:
        return Unread(text, Status.EMPTY)
    cuts = window_cuts(len(encoded.ids), model.config.window)
    return Subject(model, text, language, encoded, tuple(cuts))

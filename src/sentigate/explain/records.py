"""The records in which explanations are handed out: plain values, for JSON, notebooks and pages.

Places in a text are code points, as Python counts them, end exclusive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentigate.explain.heat import heat_map
from sentigate.explain.markup import refusal, shown, tinted
from sentigate.explain.units import By
from sentigate.records import HeadResult, Status

Method = Literal["auto", "gates", "occlusion", "gradients"]
Rows = tuple[tuple[float, ...], ...]


class Contribution(NamedTuple):
    """A stretch of a text and what it contributes.

    Args:
        start: where it begins in the raw text.
        end: where it ends, exclusive.
        text: what stands there.
        value: what it adds to the score that is explained; below zero it speaks against.
    """

    start: int
    end: int
    text: str
    value: float


def placed(
    text: str, spans: Sequence[tuple[int, int]], values: NDArray[np.floating]
) -> tuple[Contribution, ...]:
    """Put places and numbers together."""
    return tuple(
        Contribution(start, end, text[start:end], value)
        for (start, end), value in zip(spans, values.tolist(), strict=True)
    )


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which words an answer comes from.

    The score is that of `Target`: log-odds of the label, or the value of a regression head.

    Args:
        text: the input as given, or None where it was no text.
        status: `ok`, or why there is no explanation.
        language: ISO 639-1 code, or None where unknown.
        model: name of the model that answered.
        head: the head that is explained.
        label: the label that is explained; None for a regression head.
        method: how the contributions were found.
        by: what `words` holds: words, phrases or sentences.
        score: the number that is explained, of the whole text.
        unit: what it counts, for people.
        probability: the label's probability (regression: the value).
        baseline: the score without any contribution; None for occlusion, which has none.
        residual: score - baseline - all contributions; None for occlusion. Rounding for gates,
            the convergence delta for gradients.
        words: the contributions of the stretches, in order.
        tokens: the same for each token; a part of occlusion's word has an equal share of it.
    """

    text: str | None
    status: Status
    language: str | None = None
    model: str | None = None
    head: str | None = None
    label: str | None = None
    method: str | None = None
    by: By = "word"
    score: float | None = None
    unit: str | None = None
    probability: float | None = None
    baseline: float | None = None
    residual: float | None = None
    words: tuple[Contribution, ...] = ()
    tokens: tuple[Contribution, ...] = ()

    def strongest(self, most: int = 10) -> list[Contribution]:
        """Return the words of the largest contributions, for or against, strongest first."""
        return sorted(self.words, key=lambda word: -abs(word.value))[:most]

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `sentigate explain --format json` prints."""
        names = ("text", "status", "language", "model", "head", "label", "method", "by")
        numbers = ("score", "probability", "baseline", "residual")
        return {
            **{name: getattr(self, name) for name in names},
            "status": str(self.status),
            **{name: getattr(self, name) for name in numbers},
            "words": [word._asdict() for word in self.words],
            "tokens": [token._asdict() for token in self.tokens],
        }

    def _repr_html_(self) -> str:
        if self.status is not Status.OK:
            return refusal(self.text, self.status)
        what = f"{self.head}: {self.label}" if self.label else str(self.head)
        return f"{tinted(self.text or '', self.words, self.label)}<small>{shown(what)}</small>"


@dataclass(frozen=True, slots=True)
class GateCourse:
    """What the gates of one direction of one layer did at each token.

    The units of the layer are put into groups by how much they speak for the label: those of the
    first group most, those of the last one against it. A number of a group is the mean of its
    units, [tokens][groups]. The other courses are one number a token.

    Args:
        layer: which layer, from 0.
        reverse: whether it read from the end to the beginning.
        input: the input gate, what to write, in [0, 1].
        forget: the forget gate, what to keep, in [0, 1].
        output: the output gate, what to show, in [0, 1].
        candidate: the candidate memory, in [-1, 1].
        memory: C after each token.
        written: mean size of what was written, |i ⊙ g|.
        kept: share of the memory that was kept, Σ f|C before| / Σ |C before|; None where there was
            no memory yet.
        shown: share of the memory that was shown, Σ o|tanh C| / Σ |tanh C|.
        left: share of the final memory that comes from this token, Π f ⊙ |i ⊙ g|; they sum to 1.
    """

    layer: int
    reverse: bool
    input: Rows
    forget: Rows
    output: Rows
    candidate: Rows
    memory: Rows
    written: tuple[float, ...]
    kept: tuple[float | None, ...]
    shown: tuple[float, ...]
    left: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class GateReading:
    """How the gates read a text, token by token.

    Args:
        text: the input as given, or None where it was no text.
        status: `ok`, or why there is nothing.
        language: ISO 639-1 code, or None where unknown.
        model: name of the model that read it.
        head: the head by whose answer units are grouped.
        label: the label, None for a regression head.
        score: as in `Attribution`.
        baseline: as in `Attribution`.
        tokens: the tokens with what each contributes; the pieces where nothing is visible.
        courses: one for each layer and direction.
        unread: tokens behind the first window, which are not shown.
    """

    text: str | None
    status: Status
    language: str | None = None
    model: str | None = None
    head: str | None = None
    label: str | None = None
    score: float | None = None
    baseline: float | None = None
    tokens: tuple[Contribution, ...] = ()
    courses: tuple[GateCourse, ...] = ()
    unread: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `sentigate explain --gates --format json` prints."""
        names = ("text", "status", "language", "model", "head", "label", "score", "baseline")
        return {
            **{name: getattr(self, name) for name in names},
            "status": str(self.status),
            "tokens": [token._asdict() for token in self.tokens],
            "courses": [asdict(course) for course in self.courses],
            "unread": self.unread,
        }

    def _repr_html_(self) -> str:
        if self.status is not Status.OK:
            return refusal(self.text, self.status)
        return heat_map(self.tokens, self.courses, self.label)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model says of a stretch of a text.

    Args:
        start: where the stretch begins in the raw text.
        end: where it ends, exclusive.
        text: what stands there.
        value: its place on the course; see `Trajectory`.
        model: name of the model that read it.
        heads: what each head says, by name.
    """

    start: int
    end: int
    text: str
    value: float
    model: str
    heads: Mapping[str, HeadResult]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, the heads as `Prediction.to_dict` has them."""
        plain = {name: getattr(self, name) for name in ("start", "end", "text", "value", "model")}
        return plain | {"heads": {name: head.to_dict() for name, head in self.heads.items()}}


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The course of feeling through a text.

    A value is p(positive) - p(negative) where the head has these labels and no other label was
    asked for, else the probability of the label, else (regression) the number.

    Args:
        text: the input as given, or None where it was no text.
        status: `ok`, or why there is no course.
        language: ISO 639-1 code, or None where unknown.
        head: the head whose values make up the course.
        label: the label, where the values are its probability.
        whole: what the model says of the whole text.
        sentences: each sentence read by itself, in order.
        steps: each token with what the model would say if the text ended behind it. Empty for a
            text too long for it.
    """

    text: str | None
    status: Status
    language: str | None = None
    head: str | None = None
    label: str | None = None
    whole: Reading | None = None
    sentences: tuple[Reading, ...] = ()
    steps: tuple[Reading, ...] = ()

    @property
    def values(self) -> list[float]:
        """The value of each sentence, in order."""
        return [sentence.value for sentence in self.sentences]

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `sentigate course --format json` prints."""
        return {
            "text": self.text,
            "status": str(self.status),
            "language": self.language,
            "head": self.head,
            "label": self.label,
            "whole": self.whole and self.whole.to_dict(),
            "sentences": [sentence.to_dict() for sentence in self.sentences],
            "steps": [step.to_dict() for step in self.steps],
        }

    def _repr_html_(self) -> str:
        if self.status is not Status.OK:
            return refusal(self.text, self.status)
        return tinted(self.text or "", self.sentences, self.label, most=1.0)

"""The typed records that travel between the stages; validated when made, never re-checked.

    str ─normalise, tokenise─> Encoded ─batch─> Batch ─engine─> logits ─decide─> Prediction

Array shapes are named in one order: batch, time, width. Knows nothing of files, models or torch.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

HeadKind = Literal["binary", "multiclass", "ordinal", "multilabel", "regression"]
Label = str | tuple[str, ...] | float
UNCERTAIN = "uncertain"
"""The label of a text for which no label is probable enough (`abstain`)."""


def gives_one_label(kind: HeadKind) -> bool:
    """Whether such a head decides for one of its labels, neither for several nor for a number."""
    return kind not in ("multilabel", "regression")


class Status(StrEnum):
    """What became of one input; only `OK` carries an answer, and only a server says `TOO_LONG`."""

    OK = "ok"
    EMPTY = "empty"
    MISSING = "missing"
    NOT_TEXT = "not_text"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    TOO_LONG = "too_long"

    @property
    def words(self) -> str | None:
        """Why there is no answer, for people; None for `OK`."""
        return _WORDS.get(self)


_WORDS = {
    Status.EMPTY: "nothing to read",
    Status.MISSING: "missing",
    Status.NOT_TEXT: "not a text",
    Status.UNSUPPORTED_LANGUAGE: "no model for this language",
    Status.TOO_LONG: "longer than the server takes",
}


@dataclass(frozen=True, slots=True)
class Example:
    """One row of a data file.

    Args:
        text: the text as the file has it; None where the cell is missing.
        label: a label name, several (multi-label), a number (regression), or None if unlabelled.
        row: where it stands in its file, from 1; for messages.
    """

    text: str | None
    label: Label | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as token ids, each with its place in the raw text.

    Args:
        ids: int32 [time].
        spans: start and end (code points, end exclusive) in the raw text, one pair a token, in
            order; a token that stands for nothing visible has start == end.
    """

    ids: NDArray[np.int32]
    spans: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if len(self.ids) != len(self.spans):
            raise ValueError(f"{len(self.ids)} ids but {len(self.spans)} spans: expected one each")


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of token ids padded to one length.

    Args:
        ids: int64 [batch, time], padded with 0 behind each row's end.
        lengths: int64 [batch], each from 1 to time.
        order: int64 [batch], the place of each row in the caller's sequence.

    Example:
        >>> batch = Batch(np.array([[5, 6], [7, 0]]), np.array([2, 1]), np.array([1, 0]))
        >>> batch.mask.tolist()
        [[True, True], [True, False]]
    """

    ids: NDArray[np.int64]
    lengths: NDArray[np.int64]
    order: NDArray[np.int64]

    def __post_init__(self) -> None:
        rows = len(self.ids)
        if not (rows == len(self.lengths) == len(self.order)):
            raise ValueError(
                f"{rows} rows of ids, {len(self.lengths)} lengths, {len(self.order)} places: "
                "expected the same number of each"
            )
        if rows and not (self.lengths.min() >= 1 and self.lengths.max() <= self.ids.shape[1]):
            raise ValueError(
                f"lengths from {self.lengths.min()} to {self.lengths.max()}: expected 1 to "
                f"{self.ids.shape[1]}, the number of columns"
            )

    @property
    def mask(self) -> NDArray[np.bool_]:
        """True where there is a token: bool [batch, time]."""
        steps: NDArray[np.int64] = np.arange(self.ids.shape[1])
        return steps[None, :] < self.lengths[:, None]


class LSTMState(NamedTuple):
    """What an LSTM carries from one step to the next; each [batch, hidden], array or tensor."""

    hidden: Any
    memory: Any


class Gates(NamedTuple):
    """The gates of one step (each [batch, hidden]) or of all ([batch, time, hidden])."""

    input: Any
    forget: Any
    candidate: Any
    output: Any


@dataclass(frozen=True, slots=True)
class HeadResult:
    """What one head says of one text.

    Args:
        kind: what sort of question the head answers.
        labels: the labels decided on: one (binary, multiclass, ordinal) or none where it was
            withheld as not probable enough, any number (multilabel), none (regression).
        probabilities: one for each label of the head, in the head's order; empty for regression.
        value: the number (regression), or the mean over the labels' probabilities (ordinal), in
            the labels' own numbers or else in their ranks from 1; else None.
        score: p(positive) - p(negative) in [-1, 1] for a head of such labels, however spelt, "very"
            ones counted with them, else None.
    """

    kind: HeadKind
    labels: tuple[str, ...] = ()
    probabilities: Mapping[str, float] = field(default_factory=dict)
    value: float | None = None
    score: float | None = None

    def __post_init__(self) -> None:
        unknown = [label for label in self.labels if label not in self.probabilities]
        if unknown:
            raise ValueError(f"labels {unknown} have no probability")
        # One sum instead of a test each: this runs once a text and head, and a sum of
        # probabilities is finite exactly when they all are.
        if not math.isfinite(sum(self.probabilities.values())):
            raise ValueError(f"probabilities must be finite, got {dict(self.probabilities)}")

    @property
    def label(self) -> str | None:
        """The one label, or `uncertain` where it was withheld; None for kinds without just one."""
        if not gives_one_label(self.kind):
            return None
        return self.labels[0] if self.labels else UNCERTAIN

    def to_dict(self) -> dict[str, Any]:
        """Return what the JSON output holds: kind, label | labels | value, score, probabilities."""
        answer: dict[str, Any] = {"kind": self.kind}
        if self.kind == "regression":
            return answer | {"value": self.value}
        if self.kind == "multilabel":
            answer["labels"] = list(self.labels)
        else:
            answer["label"] = self.label
        if self.value is not None:
            answer["value"] = self.value
        if self.score is not None:
            answer["score"] = self.score
        return answer | {"probabilities": dict(self.probabilities)}


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer to one input; there is one for every input, in order, whatever came.

    Args:
        text: the input as given, or None where it was no text.
        status: `ok`, or why there is no answer.
        language: ISO 639-1 code, or None where unknown.
        model: name of the model that answered, or None.
        heads: what each head says, by name; empty unless the status is `ok`.
        tokens: how many tokens were read; all of the text, it is never cut.
    """

    text: str | None
    status: Status
    language: str | None = None
    model: str | None = None
    heads: Mapping[str, HeadResult] = field(default_factory=dict)
    tokens: int = 0

    @property
    def sentiment(self) -> HeadResult | None:
        """The head named `sentiment`; None where there is no answer or no such head."""
        return self.heads.get("sentiment")

    @property
    def emotion(self) -> HeadResult | None:
        """The head named `emotion`; None where there is no answer or no such head."""
        return self.heads.get("emotion")

    @property
    def emotions(self) -> dict[str, float]:
        """The emotions decided on with their probabilities, most probable first."""
        if self.emotion is None:
            return {}
        chosen = {label: self.emotion.probabilities[label] for label in self.emotion.labels}
        return dict(sorted(chosen.items(), key=lambda item: -item[1]))

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `sentigate predict --format json` prints."""
        return {
            "text": self.text,
            "status": str(self.status),
            "language": self.language,
            "model": self.model,
            "heads": {name: head.to_dict() for name, head in self.heads.items()},
            "tokens": self.tokens,
        }

"""From readings to answers in columns, one entry an input, without a record a text.

The columns for each head `h` of the models: `h` (the label, the list of labels or the number),
`h_score` and `h_value` where the head has them, and `h_p_<label>`; then `status` and `language`.
Models that share the name of a head share its columns. Knows no file and no kind of table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate.config import HeadConfig
from sentigate.records import UNCERTAIN
from sentigate.runtime.decide import decide_columns
from sentigate.runtime.readings import Part, Reader, Readings


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of texts.

    Args:
        values: None where there is none.
    """

    values: Sequence[str | None]

    def to_list(self) -> list[Any]:
        """Return the entries."""
        return list(self.values)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers.

    Args:
        values: float64 [rows], NaN where there is none.
    """

    values: NDArray[np.float64]

    def to_list(self) -> list[Any]:
        """Return the entries; None where there is none."""
        return [None if number != number else number for number in self.values.tolist()]


@dataclass(frozen=True, slots=True)
class OneLabel:
    """A column of labels.

    Args:
        labels: all there are.
        places: int64 [rows], where the label of each row stands among them.
        answered: bool [rows], whether there is a label at all.
    """

    labels: tuple[str, ...]
    places: NDArray[np.int64]
    answered: NDArray[np.bool_]

    def to_list(self) -> list[Any]:
        """Return the entries; None where there is none."""
        pairs = zip(self.places.tolist(), self.answered.tolist(), strict=True)
        return [self.labels[place] if answered else None for place, answered in pairs]


@dataclass(frozen=True, slots=True)
class ManyLabels:
    """A column of lists of labels.

    Args:
        labels: all there are.
        chosen: bool [rows, labels].
        answered: bool [rows], whether there is a list at all.
    """

    labels: tuple[str, ...]
    chosen: NDArray[np.bool_]
    answered: NDArray[np.bool_]

    def to_list(self) -> list[Any]:
        """Return the entries; None where there is none."""
        names = np.array(self.labels, dtype=object)
        return [
            names[row].tolist() if answered else None
            for row, answered in zip(self.chosen, self.answered.tolist(), strict=True)
        ]


Column = Texts | Numbers | OneLabel | ManyLabels
Columns = list[tuple[str, Column]]


def answer_columns(readers: Sequence[Reader], readings: Readings, abstain: float = 0.0) -> Columns:
    """Decide all that was read.

    Args:
        readers: the models; their heads say which columns there are.
        readings: what they have read.
        abstain: the probability below which an only label is `uncertain`.

    Returns:
        The columns with their names, in order.
    """
    columns: Columns = []
    for heads in _heads_by_name(readers):
        columns += _Table(heads, readings, abstain).columns()
    columns.append(("status", Texts([str(status) for status in readings.statuses])))
    columns.append(("language", Texts(readings.languages)))
    return columns


def _heads_by_name(readers: Sequence[Reader]) -> list[list[HeadConfig]]:
    heads: dict[str, list[HeadConfig]] = {}
    for reader in readers:
        for head in reader.config.heads:
            heads.setdefault(head.name, []).append(head)
    return list(heads.values())


class _Table:
    """What the heads of one name say of all inputs; the labels of several models side by side.

    Args:
        heads: the head of each model that has it.
        readings: what the models have read.
        abstain: the probability below which an only label is withheld.
    """

    def __init__(self, heads: Sequence[HeadConfig], readings: Readings, abstain: float) -> None:
        rows = len(readings.texts)
        self._name = heads[0].name
        self._several = any(head.kind == "multilabel" for head in heads)
        self._labels = tuple(dict.fromkeys(label for head in heads for label in head.labels))
        self._answered = np.zeros(rows, bool)
        self._chosen = np.zeros((rows, len(self._labels)), bool)
        self._probabilities = np.full((rows, len(self._labels)), np.nan)
        nothing = [decide_columns(head, np.zeros((0, head.logits))) for head in heads]
        self._values = _room(rows, any(none.values is not None for none in nothing))
        self._scores = _room(rows, any(none.scores is not None for none in nothing))
        for part in readings.parts:
            self._enter(part, abstain)

    def columns(self) -> Columns:
        """Return the columns in order."""
        name, columns = self._name, Columns()
        if self._labels:
            columns.append((name, self._many() if self._several else self._one()))
        if self._scores is not None:
            columns.append((f"{name}_score", Numbers(self._scores)))
        if self._values is not None:
            columns.append((f"{name}_value" if self._labels else name, Numbers(self._values)))
        for label, column in zip(self._labels, self._probabilities.T, strict=True):
            columns.append((f"{name}_p_{label}", Numbers(column)))
        return columns

    def _one(self) -> OneLabel:
        withheld = ~self._chosen.any(axis=1)
        places = np.where(withheld, len(self._labels), self._chosen.argmax(axis=1))
        return OneLabel((*self._labels, UNCERTAIN), places, self._answered)

    def _many(self) -> ManyLabels:
        return ManyLabels(self._labels, self._chosen, self._answered)

    def _enter(self, part: Part, abstain: float) -> None:
        head = next((head for head in part.config.heads if head.name == self._name), None)
        if head is None:
            return
        decided = decide_columns(head, part.logits[head.name], abstain=abstain)
        places = np.array([self._labels.index(label) for label in head.labels], np.int64)
        self._answered[part.places] = True
        self._chosen[np.ix_(part.places, places)] = decided.chosen
        self._probabilities[np.ix_(part.places, places)] = decided.probabilities
        for room, numbers in ((self._values, decided.values), (self._scores, decided.scores)):
            if room is not None and numbers is not None:
                room[part.places] = numbers


def _room(rows: int, needed: bool) -> NDArray[np.float64] | None:
    return np.full(rows, np.nan) if needed else None

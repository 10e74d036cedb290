"""Labels: which task a label column asks for, and the one mapping between labels and targets.

Knows nothing of files or networks; a row that holds an unusable label is the caller's to name.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sentigate.config import HeadConfig
from sentigate.data.scales import canonical, in_order
from sentigate.errors import DataError, suggestion
from sentigate.records import HeadKind, Label

_SEPARATORS = ("|", ";", ",")
_MANY_NUMBERS = 10

_NEGATIVE = frozenset("0 -1 no n false f negative neg bad not 负面 负 负向 消极 差评 否".split())


def guess_task(labels: Sequence[Label | None]) -> tuple[HeadKind, str]:
    """Guess the kind of head from a label column, and say why in half a sentence.

    Raises:
        DataError: there is no label at all, or only one class.

    Example:
        >>> guess_task(["joy|love", "anger", "joy"])
        ('multilabel', "some rows hold several labels, separated by '|'")
        >>> guess_task(["joy", "anger", "fear"])
        ('multiclass', '3 different labels')
        >>> guess_task(["1", "2", "5", "5"])
        ('multiclass', '3 different labels, in an order that --task ordinal would learn')
    """
    known = _known(labels)
    if any(isinstance(label, tuple) for label in known):
        return "multilabel", "the labels are lists"
    names = {name for label in known for name in split_names(label, "multiclass")}
    if separator := _separator(names):
        return "multilabel", f"some rows hold several labels, separated by {separator!r}"
    if reason := _why_regression(names):
        return "regression", reason
    if len(names) < 2:
        raise _one_class(names)
    if len(names) == 2:
        return "binary", "2 different labels"
    hint = ", in an order that --task ordinal would learn" if in_order(names) else ""
    return "multiclass", f"{len(names)} different labels{hint}"


@dataclass(frozen=True, slots=True)
class LabelSpace:
    """The labels of one head in their fixed order, and what a network is trained towards.

    Args:
        kind: what sort of question the head answers.
        labels: label names; empty for regression. The first of two is the negative one; those of
            an ordinal head stand from low to high.

    Example:
        >>> space = LabelSpace.fit(["pos", "neg", "pos"], "binary")
        >>> space.labels, space.encode("pos")
        (('neg', 'pos'), 1)
        >>> space.encode("positiv")
        Traceback (most recent call last):
        ...
        sentigate.errors.DataError: unknown label 'positiv', did you mean 'pos'?
    """

    kind: HeadKind
    labels: tuple[str, ...] = ()

    @classmethod
    def fit(cls, labels: Iterable[Label | None], kind: HeadKind, order: Sequence[str] = ()) -> Self:
        """Collect and order the labels of a training set.

        Args:
            labels: as the file has them.
            kind: what sort of question the head answers.
            order: all labels in their order; where it is empty, the names tell it.

        Raises:
            DataError: no label, only one class, too many or too few classes for the kind, no known
                order (ordinal), `order` does not hold just the labels that occur, or values that
                are no numbers (regression).
        """
        known = _known(labels)
        if kind == "regression":
            _check_numbers(known, order)
            return cls(kind)
        names = {name for label in known for name in split_names(label, kind)}
        _check_count(names, kind)
        if order:
            return cls(kind, _given(names, order))
        if kind == "ordinal" and in_order(names) is None:
            raise DataError(
                f"nobody can tell the order of the labels {_some(names)}: give all of them from "
                "low to high, such as --label-order 'bad,fair,good', or use the task multiclass"
            )
        return cls(kind, _ordered(names))

    @classmethod
    def from_head(cls, head: HeadConfig) -> Self:
        """Return the label space of a trained head."""
        return cls(head.kind, head.labels)

    def parse(self, label: Label) -> Label:
        """Return a label as this space writes it: a name, a tuple of names or a number.

        Raises:
            DataError: an unknown name, several names where one is expected, or no number.
        """
        if self.kind == "regression":
            return parse_number(label)
        names = tuple(self._name(name) for name in split_names(label, self.kind))
        if self.kind == "multilabel":
            return tuple(sorted(set(names), key=self.labels.index))
        return names[0]

    def encode(self, label: Label) -> int | float | NDArray[np.float32]:
        """Return the target: an index, a number, or ones and zeros (float32 [labels]).

        Raises:
            DataError: as `parse`.
        """
        parsed = self.parse(label)
        if isinstance(parsed, float):
            return parsed
        if isinstance(parsed, tuple):
            return np.array([name in parsed for name in self.labels], np.float32)
        return self.labels.index(parsed)

    def _name(self, name: str) -> str:
        if name in self.labels:
            return name
        alike = [known for known in self.labels if canonical(known) == canonical(name)]
        if len(alike) != 1:
            raise DataError(f"unknown label {name!r}{suggestion(name, list(self.labels))}")
        return alike[0]


def _known(labels: Iterable[Label | None]) -> list[Label]:
    known = [label for label in labels if label is not None]
    if not known:
        raise DataError("there are no labels: name the label column, or give a file that has one")
    return known


def _one_class(names: Iterable[str]) -> DataError:
    return DataError(
        f"only one class in the labels ({_some(names) or 'none'}): nothing can be learnt from it, "
        "give examples of at least two"
    )


def _some(names: Iterable[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:8]) + (", …" if len(listed) > 8 else "")


def _separator(names: Iterable[str]) -> str | None:
    """The character that separates several labels in one cell, if the column looks like that.

    There must be fewer parts than cells, for a sentence with a comma is no list of labels.
    """
    wholes = set(names)
    for separator in _SEPARATORS:
        parts = {part.strip() for name in wholes for part in name.split(separator)}
        if parts != {name.strip() for name in wholes} and len(parts) <= len(wholes):
            return separator
    return None


def _why_regression(names: set[str]) -> str | None:
    try:
        numbers = {parse_number(name) for name in names}
    except DataError:
        return None
    if any(not number.is_integer() for number in numbers):
        return "the labels are numbers with fractions"
    if len(numbers) > _MANY_NUMBERS:
        return f"the labels are {len(numbers)} different numbers"
    return None


def parse_number(label: Label) -> float:
    """Return the number a label is.

    Raises:
        DataError: it is none, or not a finite one.
    """
    try:
        number = float(label)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise DataError(f"label {label!r} is not a number, as a regression task expects") from None
    if not math.isfinite(number):
        raise DataError(f"label {label!r} is not finite: leave the cell empty instead")
    return number


def split_names(label: Label, kind: HeadKind) -> tuple[str, ...]:
    """Return the names in a label as a file has it.

    Raises:
        DataError: several names where the kind of head expects one.

    Example:
        >>> split_names("joy|love", "multilabel"), split_names(1.0, "binary")
        (('joy', 'love'), ('1',))
    """
    if kind != "multilabel":
        if isinstance(label, tuple) and len(label) != 1:
            raise DataError(f"label {label!r} has {len(label)} names, expected one ({kind})")
        return (_plain(label[0] if isinstance(label, tuple) else label),)
    if isinstance(label, tuple):
        return tuple(_plain(name) for name in label)
    whole = str(label)
    separator = next((separator for separator in _SEPARATORS if separator in whole), None)
    parts = whole.split(separator) if separator else [whole]
    return tuple(part.strip() for part in parts if part.strip())


def _plain(label: str | float) -> str:
    """A label as a name; 1.0, as Parquet gives it where a column has gaps, is named "1"."""
    if isinstance(label, float) and label.is_integer():
        return str(int(label))
    return str(label).strip()


def _check_numbers(labels: Iterable[Label], order: Sequence[str]) -> None:
    if order:
        raise DataError("--label-order gives names and a regression has numbers: leave it out")
    for label in labels:
        parse_number(label)


def _check_count(names: set[str], kind: HeadKind) -> None:
    if not names or (len(names) < 2 and kind != "multilabel"):
        raise _one_class(names)
    found = f"{len(names)} different labels ({_some(names)})"
    if kind == "binary" and len(names) > 2:
        raise DataError(f"{found} for a binary task, expected 2: use the task multiclass")
    if kind == "ordinal" and len(names) < 3:
        raise DataError(f"{found} for an ordinal task, expected 3 or more: use the task binary")


def _given(names: set[str], order: Sequence[str]) -> tuple[str, ...]:
    """The labels in the order that was given, which must hold each of them once and no other."""
    unknown = [label for label in order if label not in names]
    missing = names - set(order)
    if unknown or missing or len(set(order)) < len(order):
        raise DataError(
            f"--label-order gives {', '.join(order)} and the rows have {_some(names)}: "
            "give each label of the rows once, spelt alike"
        )
    return tuple(order)


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    """Sort by meaning where it is known, else by alphabet."""
    found = sorted(names)
    alike = _looks_positive if len(found) == 2 else None
    return in_order(found) or tuple(sorted(found, key=alike))


def _looks_positive(name: str) -> bool:
    """Whether a label is not the negative one of two, such as no, not_spam or 差评."""
    plain = name.strip().casefold().replace("_", " ").replace("-", " ")
    return plain not in _NEGATIVE and plain.split(" ")[0] not in {"not", "non", "no"}

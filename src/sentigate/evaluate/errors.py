"""What a model gets wrong: its surest mistakes, what it takes for what, labels that look wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from sentigate.evaluate.answers import Answers, Bools, Floats


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row that a head answers wrongly.

    Args:
        row: number of the row in its file, from 1.
        text: what was read.
        true: what the file says: labels, or a number.
        said: what the head says.
        size: how wrong it is: the distance of the worst label's probability from the truth, or of
            the number from the true one.
        about: the worst label: the one that was decided on, or one of several that is wrong or
            missed; None for numbers.
        p: the probability of that label; None for numbers.
    """

    row: int
    text: str
    true: tuple[str, ...] | float
    said: tuple[str, ...] | float
    size: float
    about: str | None = None
    p: float | None = None

    @property
    def extent(self) -> str:
        """How wrong it is, for people: "3.00 off", "0.94" or, of several labels, "joy 0.02"."""
        if self.about is None:
            return f"{self.size:.2f} off"
        return f"{self.p:.2f}" if self.said == (self.about,) else f"{self.about} {self.p:.2f}"


@dataclass(frozen=True, slots=True)
class Confusion:
    """One label taken for another.

    Args:
        true: the label of the file.
        said: the label that was decided on instead.
        n: how often.
        share: of all rows that have the true label.
    """

    true: str
    said: str
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row whose label may be wrong.

    Args:
        row: number of the row in its file, from 1.
        text: what was read.
        given: the label of the file; "not joy" where several labels are possible and this is not
            among those of the file.
        likely: the label that the text looks like.
        p_given: probability of the former.
        p_likely: probability of the latter.
    """

    row: int
    text: str
    given: str
    likely: str
    p_given: float
    p_likely: float


def mistakes(answers: Answers) -> list[Mistake]:
    """List all rows that are answered wrongly, the worst first.

    Args:
        answers: what a head says of labelled rows; the number of a row is its place plus one.

    Returns:
        For classes the rows with any wrong label; for numbers all rows.
    """
    found = _far_off(answers) if answers.head.kind == "regression" else _wrong(answers)
    return sorted(found, key=lambda one: -one.size)


def _far_off(answers: Answers) -> Iterator[Mistake]:
    pairs = zip(answers.targets.tolist(), answers.logits[:, 0].tolist(), strict=True)
    for row, (true, said) in enumerate(pairs):
        number, text = _number(answers, row), answers.texts[row]
        yield Mistake(number, text, float(true), said, abs(said - true))


def _wrong(answers: Answers) -> Iterator[Mistake]:
    likely, said = answers.probabilities, answers.said
    candidates = (said != answers.true) & (said | (answers.head.kind == "multilabel"))
    sizes = np.where(candidates, np.where(said, likely, 1 - likely), -1.0)
    for row in np.flatnonzero(~answers.right).tolist():
        worst = int(sizes[row].argmax())
        yield Mistake(
            _number(answers, row),
            answers.texts[row],
            _names(answers, answers.true[row]),
            _names(answers, said[row]),
            float(sizes[row, worst]),
            answers.labels[worst],
            float(likely[row, worst]),
        )


def confusions(answers: Answers) -> list[Confusion]:
    """List which label is taken for which, the most frequent first; nothing for numbers.

    Where rows have several labels, each label that was missed counts with each that was wrong.
    """
    if answers.head.kind == "regression":
        return []
    missed, wrong = answers.true & ~answers.said, answers.said & ~answers.true
    counts = missed.astype(np.int64).T @ wrong.astype(np.int64)
    support = answers.true.sum(axis=0)
    labels = answers.labels
    found = [
        Confusion(labels[i], labels[j], int(counts[i, j]), float(counts[i, j] / support[i]))
        for i, j in zip(*np.nonzero(counts), strict=True)
    ]
    return sorted(found, key=lambda one: (-one.n, one.true, one.said))


def suspects(answers: Answers) -> list[Suspect]:
    """List rows whose label may be wrong, by confident learning, the likeliest first.

    A row counts as another class than its file says if the probability of that class is at least
    what rows of that class have on average (Northcutt et al. 2021, "Confident Learning"). It
    presumes a model that has not been trained on these rows. Of several labels, each is a question
    of its own: is it among them or not?

    Returns:
        For each row the likeliest other label, at most; ranked by how much likelier it is. Nothing
        for numbers.
    """
    if answers.head.kind == "regression":
        return []
    found = _several(answers) if answers.head.kind == "multilabel" else _single(answers)
    return sorted(found, key=lambda one: one.p_given - one.p_likely)


def _single(answers: Answers) -> Iterator[Suspect]:
    given, table = answers.true.argmax(axis=1), answers.probabilities
    likely = likelier_classes(table, given)
    for row in np.flatnonzero(likely >= 0).tolist():
        names = answers.labels[given[row]], answers.labels[likely[row]]
        yield _suspect(answers, row, names, table[row, [given[row], likely[row]]].tolist())


def _several(answers: Answers) -> Iterator[Suspect]:
    """The worst label of each row that has any."""
    truth, likely = answers.true, answers.probabilities
    doubtful = [
        likelier_classes(np.stack([1 - column, column], axis=1), true.astype(np.int64)) >= 0
        for true, column in zip(truth.T, likely.T, strict=True)
    ]
    margins = np.where(np.stack(doubtful, axis=1), np.abs(2 * likely - 1), -1.0)
    for row in np.flatnonzero(margins.max(axis=1) >= 0).tolist():
        place = int(margins[row].argmax())
        label, p = answers.labels[place], float(likely[row, place])
        names, pair = (f"not {label}", label), (1 - p, p)
        if truth[row, place]:
            names, pair = names[::-1], pair[::-1]
        yield _suspect(answers, row, names, pair)


def likelier_classes(table: Floats, given: NDArray[np.integer]) -> NDArray[np.int64]:
    """Say which rows confidently belong to another class than they are labelled with.

    Args:
        table: probabilities, float64 [rows, classes].
        given: the class each row is labelled with, [rows].

    Returns:
        int64 [rows]: the most probable of the classes whose probability is at least the mean of
        the rows labelled so; -1 where there is none, or where it is the class given, or where the
        class given is the most probable of all.

    Example:
        >>> table = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.95, 0.05]])
        >>> likelier_classes(table, np.array([0, 0, 1, 1])).tolist()
        [-1, -1, -1, 0]
    """
    bounds = [
        table[given == place, place].mean() if (given == place).any() else np.inf
        for place in range(table.shape[1])
    ]
    sure = np.where(table >= bounds, table, -1.0)
    likely = sure.argmax(axis=1)
    other = (sure.max(axis=1) >= 0) & (likely != given) & (table.argmax(axis=1) != given)
    return np.where(other, likely, -1)


def _suspect(answers: Answers, row: int, names: tuple[str, str], pair: Sequence[float]) -> Suspect:
    return Suspect(_number(answers, row), answers.texts[row], *names, *pair)


def _names(answers: Answers, chosen: Bools) -> tuple[str, ...]:
    return tuple(compress(answers.labels, chosen.tolist()))


def _number(answers: Answers, row: int) -> int:
    return int(answers.places[row]) + 1

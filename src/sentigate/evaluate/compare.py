"""Is one model better than another, or is it these rows? Both are asked about the same rows."""

from dataclasses import dataclass

import numpy as np

from sentigate.errors import DataError
from sentigate.evaluate.answers import Answers, Bools, Floats
from sentigate.evaluate.intervals import DRAWS, bounds_of, figures, parts, resampled
from sentigate.extras import require

LEAST_P = 2 / (DRAWS + 1)
"""The least p that so many draws can show: none of them on the other side of zero."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What can be said of two models on the same rows.

    Args:
        first: name of one model.
        second: name of the other.
        n: rows that both answered.
        only_first: rows that only the first has right; None for regression.
        only_second: rows that only the second has right; None for regression.
        p_accuracy: McNemar's exact test: how likely rows part at least so unevenly between
            models that are equally often right; None for regression.
        figure: what the bootstrap compares: "macro_f1" or, for regression, "mae".
        difference: second less first.
        interval: 95 % interval of the difference, by drawing rows again for both at once.
        p_figure: how likely such a difference is at least, either way, if there is none.
    """

    first: str
    second: str
    n: int
    only_first: int | None
    only_second: int | None
    p_accuracy: float | None
    figure: str
    difference: float
    interval: list[float] | None
    p_figure: float

    def sentences(self) -> list[str]:
        """Say in words what was found."""
        said = []
        if self.p_accuracy is not None:
            said.append(
                f"{self.second} alone is right on {self.only_second:,} of {self.n:,} rows, "
                f"{self.first} alone on {self.only_first:,}: p = {self.p_accuracy:.2g} "
                "(McNemar, exact)"
            )
        name = {"macro_f1": "macro F1", "mae": "mean absolute error"}[self.figure]
        within = "" if self.interval is None else " ({:+.3f} to {:+.3f})".format(*self.interval)
        said.append(
            f"{name} of {self.second} less that of {self.first}: {self.difference:+.3f}{within}, "
            f"p {'=' if self.p_figure > LEAST_P else '≤'} {self.p_figure:.2g} (paired bootstrap)"
        )
        return said


def compare(first: Answers, second: Answers) -> Comparison:
    """Compare two models, row by row.

    Args:
        first: the answers of one model to a file.
        second: those of the other to the same file.

    Raises:
        DataError: one gives numbers and the other classes, or they have no row in common.
        MissingExtraError: SciPy is not installed.
    """
    numbers = [answers.head.kind == "regression" for answers in (first, second)]
    if any(numbers) != all(numbers):
        raise DataError(
            f"{first.model} and {second.model} cannot be compared: one of the heads "
            f"{first.head.name!r} and {second.head.name!r} gives numbers, the other classes"
        )
    _, left, right = np.intersect1d(first.places, second.places, return_indices=True)
    if len(left) == 0:
        raise DataError(f"{first.model} and {second.model} have answered no row in common")
    figure = "mae" if all(numbers) else "macro_f1"
    tables = parts(first)[left], parts(second)[right]
    rows = np.hstack(tables)

    def gain(sums: Floats) -> Floats:
        ours, theirs = np.split(sums, [tables[0].shape[1]], axis=-1)
        return figures(theirs, second)[figure] - figures(ours, first)[figure]

    gains = gain(resampled(rows))
    tested = (None,) * 3 if all(numbers) else _mcnemar(first.right[left], second.right[right])
    return Comparison(
        first=first.model,
        second=second.model,
        n=len(left),
        only_first=tested[0],
        only_second=tested[1],
        p_accuracy=tested[2],
        figure=figure,
        difference=float(gain(rows.sum(axis=0))),
        interval=bounds_of(gains),
        p_figure=_either_way(gains),
    )


def _mcnemar(first: Bools, second: Bools) -> tuple[int, int, float]:
    """The rows that only one model has right, and the exact test of their balance."""
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    if only_first + only_second == 0:
        return 0, 0, 1.0
    test = require("scipy.stats", "evaluate").binomtest(only_first, only_first + only_second)
    return only_first, only_second, float(test.pvalue)


def _either_way(gains: Floats) -> float:
    """Twice the share of draws on the rarer side of zero; never 0, as there are finitely many."""
    rarer = min((gains <= 0).sum(), (gains >= 0).sum())
    return float(min(1.0, (rarer + 1) * LEAST_P))

"""How sure a figure is: bootstrap intervals of what is made from sums over rows. NumPy only.

    Answers ─parts─> [rows, parts] ─draw rows again, add up─> [draws, parts] ─figures─> intervals

Every figure here is a function of sums over rows (true positives, false positives, ...). So no row
is ever copied: a draw is a weight for each row, and all draws are one product of matrices.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate.evaluate.answers import Answers, Bools, Floats
from sentigate.runtime.decide import permitted

DRAWS = 1000
LEVEL = 0.95
LEAST_ROWS = 20
_BLOCK = 10_000_000


def intervals(answers: Answers, present: Bools | None = None) -> dict[str, Any]:
    """Say between which bounds figures lie, by drawing the rows again (Efron 1979).

    The bounds are percentiles of 1,000 draws, the same at every call. They tell how far the choice
    of rows moves a figure; they know nothing of how unlike your next texts are to these.

    Args:
        answers: what a head says of labelled rows.
        present: bool [labels], the labels to average over; None for all.

    Returns:
        [lower, upper] of each figure by its name, and `per_class`: by label, those of its `f1`. A
        figure that some draws do not have (a correlation where nothing varies) has None; so has
        every figure of fewer than 20 rows, too few to draw conclusions from by drawing them again.
    """
    rows = parts(answers)
    drawn = resampled(rows) if len(rows) >= LEAST_ROWS else rows[:0]
    values = figures(drawn, answers, present)
    bounds: dict[str, Any] = {
        name: bounds_of(column) for name, column in values.items() if column.ndim == 1
    }
    if "f1" in values:
        columns = values["f1"].T
        bounds["per_class"] = {
            label: {"f1": bounds_of(column)}
            for label, column in zip(answers.labels, columns, strict=True)
        }
    return bounds


def parts(answers: Answers) -> Floats:
    """Give what each row adds to the sums that `figures` is made from: float64 [rows, parts]."""
    if answers.head.kind == "regression":
        values, numbers = (
            answers.logits[:, 0].astype(np.float64),
            answers.targets.astype(np.float64),
        )
        # Correlation does not mind where zero is, but the sums lose fewer digits around the mean.
        error, x, y = np.abs(values - numbers), values - values.mean(), numbers - numbers.mean()
        return np.stack([np.ones_like(x), error, x, y, x * x, y * y, x * y], axis=1)
    said, true = answers.said, answers.true
    both, either = (said & true).sum(axis=1), (said | true).sum(axis=1)
    jaccard = np.where(either == 0, 1.0, both / np.maximum(either, 1))
    ones, ranks = np.ones(len(said)), _ranks(answers)
    missed = said @ ranks - true @ ranks
    whole = np.stack([ones, answers.right, jaccard, np.abs(missed), missed**2], axis=1)
    return np.hstack([whole, said & true, said & ~true, ~said & true])


def resampled(rows: Floats, draws: int = DRAWS, seed: int = 0) -> Floats:
    """Add up as many rows as there are, drawn with replacement, again and again.

    How often each distinct row is drawn is a multinomial count, so that rows that are alike, as
    most are, cost one number a draw.

    Args:
        rows: float64 [rows, parts].
        draws: how often.
        seed: same seed, same draws.

    Returns:
        float64 [draws, parts].

    Example:
        >>> sums = resampled(np.array([[1.0, 0.0], [1.0, 1.0]]))
        >>> sums.shape, set(sums[:, 0].tolist())
        ((1000, 2), {2.0})
    """
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    generator = np.random.default_rng(seed)
    block = max(1, _BLOCK // len(distinct))
    sizes = [min(block, draws - done) for done in range(0, draws, block)]
    weights = (generator.multinomial(len(rows), counts / len(rows), size) for size in sizes)
    return np.concatenate([weight @ distinct for weight in weights])


def figures(
    sums: Floats, answers: Answers, present: Bools | None = None
) -> Mapping[str, NDArray[np.float64]]:
    """Make figures from sums of parts; the definitions are those of scikit-learn.

    Args:
        sums: float64 [..., parts].
        answers: whose parts they are sums of.
        present: bool [labels], the labels to average over; None for all.

    Returns:
        By name float64 [...]; `f1` of each class [..., labels].
    """
    if answers.head.kind == "regression":
        return _regression(sums)
    n, right, jaccard, error, squared = (sums[..., place] for place in range(5))
    hits, wrong, missed = np.split(sums[..., 5:], 3, axis=-1)
    precision, recall = _ratio(hits, hits + wrong), _ratio(hits, hits + missed)
    f1 = _ratio(2 * hits, 2 * hits + wrong + missed)
    among = np.ones(f1.shape[-1], bool) if present is None else present
    support = hits + missed
    found = {
        "accuracy": right / n,
        "macro_f1": f1[..., among].mean(axis=-1),
        "weighted_f1": _ratio((f1 * support).sum(axis=-1), support.sum(axis=-1)),
        "micro_f1": _ratio(2 * hits.sum(axis=-1), (2 * hits + wrong + missed).sum(axis=-1)),
        "macro_precision": precision[..., among].mean(axis=-1),
        "macro_recall": recall[..., among].mean(axis=-1),
        "f1": f1,
    }
    if answers.head.kind == "multilabel":
        return found | {"jaccard": jaccard / n}
    found["mcc"] = _matthews(hits + wrong, support, hits.sum(axis=-1), n)
    if answers.head.kind == "ordinal":
        found["mae"] = error / n
        found["qwk"] = _kappa(squared, _by_chance(hits + wrong, support, n, _ranks(answers)))
    return found


def bounds_of(values: NDArray[np.float64]) -> list[float] | None:
    """Return the middle 95 % of values [draws]; None if some are no numbers or there is none."""
    if not len(values) or not np.isfinite(values).all():
        return None
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return [float(low), float(high)]


def _regression(sums: Floats) -> dict[str, NDArray[np.float64]]:
    n, error, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    spread = np.sqrt(np.maximum((n * xx - x * x) * (n * yy - y * y), 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        pearson = np.where(spread > 0, (n * xy - x * y) / spread, np.nan)
    return {"mae": error / n, "pearson": pearson}


def _matthews(said: Floats, true: Floats, hits: Floats, n: Floats) -> NDArray[np.float64]:
    """Matthews' correlation of several classes (Gorodkin 2004); 0 where one side never varies."""
    agreed = hits * n - (said * true).sum(axis=-1)
    spread = (n * n - (said * said).sum(axis=-1)) * (n * n - (true * true).sum(axis=-1))
    return _ratio(agreed, np.sqrt(np.maximum(spread, 0)))


def _ranks(answers: Answers) -> Floats:
    """Where each label stands among all of the head's: float64 [labels]."""
    return np.flatnonzero(permitted(answers.head, answers.allowed)).astype(np.float64)


def _by_chance(said: Floats, true: Floats, n: Floats, ranks: Floats) -> Floats:
    """The sum of squared misses if what is said had nothing to do with what is true."""
    squares = (said @ ranks**2 + true @ ranks**2) - 2 * (said @ ranks) * (true @ ranks) / n
    return np.maximum(squares, 0)


def _kappa(squared: Floats, by_chance: Floats) -> Floats:
    """Quadratic weighted kappa (Cohen 1968); NaN where chance alone would agree."""
    return 1 - np.divide(
        squared, by_chance, out=np.full_like(by_chance, np.nan), where=by_chance > 1e-9
    )


def _ratio(part: Floats, whole: Floats) -> NDArray[np.float64]:
    """Part / whole, and 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole > 0)

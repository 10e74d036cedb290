"""Temperatures and thresholds fitted on dev data, and how honest probabilities are. NumPy only."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentigate.records import HeadKind
from sentigate.runtime.decide import DEFAULT_THRESHOLD, class_scores

# A small dev set that is told apart without a mistake would ask for certainty; it does not get it.
TEMPERATURES = (0.5, 20.0)
GOLDEN = (5**0.5 - 1) / 2
BINS = 15


def fit_temperature(
    logits: NDArray[np.floating], targets: NDArray[np.integer | np.floating], kind: HeadKind
) -> float:
    """Find the temperature under which the targets are most likely.

    The mean negative log-likelihood is convex in 1 / temperature, so that a golden-section search
    finds its one minimum (Guo et al. 2017, "On Calibration of Modern Neural Networks").

    Args:
        logits: float [batch, logits].
        targets: class indices [batch] (binary, multiclass, ordinal) or 0 and 1 [batch, labels]
            (multilabel).
        kind: the head's kind; a regression head has no temperature and gets 1.

    Returns:
        A number from 0.5 to 20; 1 where there is nothing to fit on.

    Example:
        >>> logits = np.array([[4.0], [4.0], [4.0], [-4.0]])  # says 98 %, is right in 75 %
        >>> round(fit_temperature(logits, np.array([1, 1, 0, 0]), "binary"), 1)
        3.6
    """
    if kind == "regression" or len(logits) == 0:
        return 1.0
    low, high = (1 / bound for bound in reversed(TEMPERATURES))
    for _ in range(60):
        span = GOLDEN * (high - low)
        left, right = high - span, low + span
        if _surprise(logits * left, targets, kind) < _surprise(logits * right, targets, kind):
            high = right
        else:
            low = left
    return float(2 / (low + high))


def fit_thresholds(
    probabilities: NDArray[np.floating],
    targets: NDArray[np.integer | np.bool_ | np.floating],
    trust: float = 10.0,
) -> tuple[float, ...]:
    """Find the thresholds that give the best F1, each label its own.

    The best threshold of a label seen five times is mostly luck. So a label's own threshold is
    drawn toward the one that serves all labels best, the more so the rarer the label is: with
    `trust` positive rows both count the same.

    Args:
        probabilities: float [batch, labels].
        targets: 0 and 1 [batch, labels].
        trust: positive rows at which a label's own threshold counts half; 0 believes it fully.

    Returns:
        One threshold a label.

    Example:
        >>> likely = np.array([[0.1], [0.2], [0.3], [0.4]])
        >>> [round(t, 2) for t in fit_thresholds(likely, np.array([[0], [0], [1], [1]]), trust=0)]
        [0.25]
    """
    truth = targets.astype(bool)
    shared = _best_threshold(probabilities.ravel(), truth.ravel(), DEFAULT_THRESHOLD)
    thresholds = []
    for column, is_label in zip(probabilities.T, truth.T, strict=True):
        own = _best_threshold(column, is_label, shared)
        weight = is_label.sum() / max(is_label.sum() + trust, 1.0)
        thresholds.append(float(weight * own + (1 - weight) * shared))
    return tuple(thresholds)


class Bin(NamedTuple):
    """Claims of about the same probability.

    Args:
        claimed: their mean probability.
        true: the share of them that came true.
        n: how many they are.
    """

    claimed: float
    true: float
    n: int


def reliability(
    probabilities: NDArray[np.floating], targets: NDArray[np.integer | np.bool_]
) -> list[Bin]:
    """Gather what is claimed into equally wide bins of probability, beside how often it is true.

    Args:
        probabilities: float [batch, labels].
        targets: class indices [batch]: each row claims its most probable class. Or 0 and 1
            [batch, labels]: each row makes a claim for every label.

    Returns:
        The bins that hold any, from 0 to 1.

    Example:
        >>> reliability(np.array([[0.25, 0.75], [0.75, 0.25]]), np.array([1, 1]))
        [Bin(claimed=0.75, true=0.5, n=2)]
    """
    if targets.ndim == 1:
        claimed, true = probabilities.max(axis=1), probabilities.argmax(axis=1) == targets
    else:
        claimed, true = probabilities.ravel(), targets.ravel()
    places = np.minimum((claimed * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(places, minlength=BINS)
    claims = np.bincount(places, weights=claimed, minlength=BINS)
    hits = np.bincount(places, weights=true, minlength=BINS)
    return [
        Bin(float(claims[place] / n), float(hits[place] / n), int(n))
        for place, n in enumerate(counts)
        if n
    ]


def ece(probabilities: NDArray[np.floating], targets: NDArray[np.integer | np.bool_]) -> float:
    """Return the expected calibration error: how far probability is from truth, on average.

    Args:
        probabilities: float [batch, labels].
        targets: class indices [batch] or 0 and 1 [batch, labels], as for `reliability`.

    Returns:
        A share from 0 (honest) to 1.

    Example:
        >>> ece(np.array([[0.5, 0.5], [0.5, 0.5]]), np.array([0, 1]))
        0.0
    """
    bins = reliability(probabilities, targets)
    gap = sum(abs(one.claimed - one.true) * one.n for one in bins)
    return gap / max(sum(one.n for one in bins), 1)


def _surprise(
    logits: NDArray[np.floating], targets: NDArray[np.integer | np.floating], kind: HeadKind
) -> float:
    """Mean negative log-likelihood of the targets."""
    scores = class_scores(kind, logits)
    if kind == "multilabel":
        losses = np.logaddexp(0.0, scores) - targets * scores
    else:
        own = scores[np.arange(len(scores)), targets.astype(np.int64)]
        losses = np.logaddexp.reduce(scores, axis=1) - own
    return float(losses.mean())


def _best_threshold(
    likely: NDArray[np.floating], truth: NDArray[np.bool_], fallback: float
) -> float:
    """The middle between the two neighbouring probabilities that part best by F1."""
    if not truth.any() or truth.all():
        return fallback
    order = np.argsort(-likely, kind="stable")
    ranked, hits = likely[order], np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(ranked) + 1) + hits[-1])
    # Rows of equal probability are taken together or not at all.
    last_of_equals = np.append(ranked[1:] < ranked[:-1], True)
    best = int(np.argmax(np.where(last_of_equals, f1, -1.0)))
    below = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + below) / 2)

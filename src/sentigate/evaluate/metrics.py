"""Figures of one head on labelled rows: plain numbers in, plain dictionaries out.

Classes are counted by scikit-learn (extra `evaluate`). Knows nothing of texts, files or models.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate.config import HeadConfig
from sentigate.evaluate.calibration import ece
from sentigate.extras import require
from sentigate.runtime.decide import DEFAULT_THRESHOLD, choose, permitted, probabilities, sigmoid

Targets = NDArray[np.integer] | NDArray[np.floating]

_MAIN_FIGURES = {"regression": "pearson", "ordinal": "qwk"}


def evaluate_head(
    head: HeadConfig,
    logits: NDArray[np.floating],
    targets: Targets,
    allowed: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Compare a head's decisions with the truth.

    Args:
        head: the question, with the temperature and thresholds that users get.
        logits: float [batch, logits], at least one row.
        targets: class indices [batch] (binary, multiclass, ordinal), 0 and 1 [batch, labels]
            (multilabel) or numbers [batch] (regression).
        allowed: the labels that occur in the data, where these are not all: decisions and
            averages are among these only.

    Returns:
        `n` and, for classes: `accuracy, macro_f1, weighted_f1, micro_f1, macro_precision,
        macro_recall, ece, per_class` and, by kind, `mcc` and `confusion`, or `jaccard`; accuracy
        of a multilabel head means all labels of a row are right. Of ordinal heads also `mae`, in
        ranks, and `qwk`, Cohen's kappa with quadratic weights, None where all rows have one and
        the same label. For regression: `mae, pearson, spearman`, where a correlation is None if
        one side never changes.

    Raises:
        DataError: a label in `allowed` is none of the head's.
        MissingExtraError: scikit-learn is not installed.

    Example:
        >>> head = HeadConfig(name="label", kind="binary", labels=("no", "yes"))
        >>> figures = evaluate_head(head, np.array([[3.0], [2.0], [-1.0]]), np.array([1, 0, 0]))
        >>> round(figures["accuracy"], 3), figures["confusion"]["matrix"]
        (0.667, [[1, 1], [0, 1]])
    """
    if head.kind == "regression":
        return _regression(logits[:, 0].astype(np.float64), targets.astype(np.float64))
    places = np.flatnonzero(permitted(head, allowed))
    table = probabilities(head, logits, allowed)
    if head.kind == "multilabel":
        return _multilabel(head, places, table, targets.astype(bool))
    return _single_label(head, places, table, targets.astype(np.int64))


def dev_score(
    head: HeadConfig,
    logits: NDArray[np.floating],
    targets: Targets,
    columns: NDArray[np.int64] | None = None,
) -> float:
    """Give one number, the higher the better, on which the best epoch is chosen.

    Args:
        head: the question.
        logits: float [batch, logits], at least one row.
        targets: as for `evaluate_head`.
        columns: the labels that can occur, as places in `head.labels`; None for all. A single
            one is no choice: decisions are then among all labels.

    Returns:
        Macro F1 (binary, multiclass); kappa with quadratic weights (ordinal); mean average
        precision, which needs no thresholds yet (multilabel); Pearson's correlation (regression).

    Raises:
        MissingExtraError: scikit-learn is not installed.

    Example:
        >>> head = HeadConfig(name="label", kind="multiclass", labels=("a", "b", "c"))
        >>> dev_score(head, np.eye(3), np.array([0, 1, 2]))
        1.0
    """
    if head.kind == "multilabel":
        return _mean_average_precision(sigmoid(logits.astype(np.float64)), targets.astype(bool))
    allowed = None
    if columns is not None and len(columns) >= 2:
        allowed = [head.labels[place] for place in columns]
    figures = evaluate_head(head, logits, targets, allowed)
    return float(figures[_MAIN_FIGURES.get(head.kind, "macro_f1")] or 0.0)


def _single_label(
    head: HeadConfig,
    places: NDArray[np.int64],
    table: NDArray[np.float64],
    targets: NDArray[np.int64],
) -> dict[str, Any]:
    metrics = require("sklearn.metrics", "evaluate")
    predicted = choose(head, table).argmax(axis=1)
    matrix = metrics.confusion_matrix(targets, predicted, labels=places)
    # Where all rows have one and the same label, scikit-learn says 0 too, but with a warning.
    varied = len(np.union1d(targets, predicted)) > 1
    return {
        "n": len(targets),
        "accuracy": float((predicted == targets).mean()),
        **_classes(head, places, targets, predicted),
        "mcc": float(metrics.matthews_corrcoef(targets, predicted)) if varied else 0.0,
        **(_ranked(head, targets, predicted) if head.kind == "ordinal" else {}),
        "ece": ece(table, targets),
        "confusion": {
            "labels": [head.labels[place] for place in places],
            "matrix": matrix.tolist(),
        },
    }


def _ranked(
    head: HeadConfig, targets: NDArray[np.int64], predicted: NDArray[np.int64]
) -> dict[str, float | None]:
    """How many ranks decisions miss by on average, and agreement that counts far misses more."""
    figures: dict[str, float | None] = {"mae": float(np.abs(predicted - targets).mean())}
    if len(np.union1d(targets, predicted)) == 1:
        return figures | {"qwk": None}  # 0 / 0: chance alone would agree
    metrics, ranks = require("sklearn.metrics", "evaluate"), np.arange(len(head.labels))
    kappa = metrics.cohen_kappa_score(targets, predicted, labels=ranks, weights="quadratic")
    return figures | {"qwk": float(kappa)}


def _multilabel(
    head: HeadConfig,
    places: NDArray[np.int64],
    table: NDArray[np.float64],
    targets: NDArray[np.bool_],
) -> dict[str, Any]:
    predicted = choose(head, table)
    either = (predicted | targets).sum(axis=1)
    both = (predicted & targets).sum(axis=1)
    figures = {
        "n": len(targets),
        "accuracy": float((predicted == targets).all(axis=1).mean()),
        **_classes(head, places, targets, predicted),
        "jaccard": float(np.where(either == 0, 1.0, both / np.maximum(either, 1)).mean()),
        "ece": ece(table[:, places], targets[:, places]),
    }
    for place in places:
        threshold = head.thresholds[place] if head.thresholds else DEFAULT_THRESHOLD
        figures["per_class"][head.labels[place]]["threshold"] = threshold
    return figures


def _classes(
    head: HeadConfig, places: NDArray[np.int64], targets: NDArray[Any], predicted: NDArray[Any]
) -> dict[str, Any]:
    """Averages and a row of figures for each class, which are 0 where nothing was found."""
    metrics = require("sklearn.metrics", "evaluate")
    options = {"labels": places, "zero_division": 0.0}
    columns = metrics.precision_recall_fscore_support(targets, predicted, **options)
    precision, recall, f1, support = (column.tolist() for column in columns)
    return {
        "macro_f1": float(np.mean(f1)),
        "weighted_f1": float(metrics.f1_score(targets, predicted, average="weighted", **options)),
        "micro_f1": float(metrics.f1_score(targets, predicted, average="micro", **options)),
        "macro_precision": float(np.mean(precision)),
        "macro_recall": float(np.mean(recall)),
        "per_class": {
            head.labels[place]: {
                "precision": precision[i],
                "recall": recall[i],
                "f1": f1[i],
                "support": int(support[i]),
            }
            for i, place in enumerate(places)
        },
    }


def _regression(values: NDArray[np.float64], targets: NDArray[np.float64]) -> dict[str, Any]:
    return {
        "n": len(targets),
        "mae": float(np.abs(values - targets).mean()),
        "pearson": _correlation(values, targets),
        "spearman": _correlation(_ranks(values), _ranks(targets)),
    }


def _correlation(left: NDArray[np.float64], right: NDArray[np.float64]) -> float | None:
    """Pearson's r; None where one side never changes, for which there is no answer."""
    if np.ptp(left) == 0 or np.ptp(right) == 0:
        return None
    return float(np.corrcoef(left, right)[0, 1])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rank of each value; equal values share the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks


def _mean_average_precision(likely: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Average precision, averaged over the labels that occur; 0 where none does."""
    metrics = require("sklearn.metrics", "evaluate")
    seen = np.flatnonzero(truth.any(axis=0))
    scores = [metrics.average_precision_score(truth[:, i], likely[:, i]) for i in seen]
    return float(np.mean(scores)) if scores else 0.0

"""ROC and precision-recall curves of each class against the rest, and the areas below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate.evaluate.answers import Answers, Floats
from sentigate.extras import require


@dataclass(frozen=True, slots=True)
class Curves:
    """How well the probability of one class parts its rows from the others, at any threshold.

    Args:
        label: the class.
        roc: false and true positive rate, float64 [2, points].
        precision_recall: recall and precision, float64 [2, points].
        roc_auc: area below the first: how often a row of the class has a higher probability than
            one of the others.
        average_precision: area below the second, by steps.
    """

    label: str
    roc: Floats
    precision_recall: Floats
    roc_auc: float
    average_precision: float


def curves(answers: Answers) -> list[Curves]:
    """Draw the curves of every class that some rows have and others have not.

    Args:
        answers: what a head with classes says of labelled rows.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    columns = zip(answers.labels, answers.true.T, answers.probabilities.T, strict=True)
    return [
        _curves(label, true, likely)
        for label, true, likely in columns
        if true.any() and not true.all()
    ]


def areas(found: Sequence[Curves]) -> dict[str, float | None]:
    """Average the two areas over classes; None where there is none."""
    return {
        name: float(np.mean([getattr(one, name) for one in found])) if found else None
        for name in ("roc_auc", "average_precision")
    }


def _curves(label: str, true: NDArray[np.bool_], likely: Floats) -> Curves:
    metrics: Any = require("sklearn.metrics", "evaluate")
    false_rate, true_rate, _ = metrics.roc_curve(true, likely)
    precision, recall, _ = metrics.precision_recall_curve(true, likely)
    return Curves(
        label,
        np.stack([false_rate, true_rate]),
        np.stack([recall, precision]),
        float(metrics.roc_auc_score(true, likely)),
        float(metrics.average_precision_score(true, likely)),
    )

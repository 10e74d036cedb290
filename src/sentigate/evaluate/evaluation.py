"""A model against a labelled file: all figures of one head, and how sure they are."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sentigate.evaluate.abstain import Band, band
from sentigate.evaluate.answers import Answers, Watch, answer
from sentigate.evaluate.calibration import ece
from sentigate.evaluate.curves import Curves, areas, curves
from sentigate.evaluate.intervals import intervals
from sentigate.evaluate.metrics import evaluate_head
from sentigate.evaluate.slices import Slice, slices
from sentigate.records import Example, gives_one_label
from sentigate.runtime.model import Model

TITLES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "micro_f1": "micro F1",
    "macro_precision": "macro precision",
    "macro_recall": "macro recall",
    "mcc": "Matthews' correlation",
    "jaccard": "Jaccard index",
    "roc_auc": "ROC area",
    "average_precision": "average precision",
    "ece": "calibration error (ECE)",
    "ece_uncalibrated": "ECE before temperature",
    "mae": "mean absolute error",
    "qwk": "weighted kappa",
    "pearson": "Pearson's correlation",
    "spearman": "Spearman's correlation",
}
"""What the figures are called where people read them, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out.

    Args:
        answers: what the figures are made from.
        figures: `n` and the figures that `evaluate_head` gives.
        intervals: [lower, upper] of those that have an interval.
        curves: of each class against the rest; none for regression.
        slices: the figures by length, language and column.
        abstain: what is left if answers below a probability are withheld; None if not asked.
    """

    answers: Answers
    figures: Mapping[str, Any]
    intervals: Mapping[str, Any]
    curves: tuple[Curves, ...]
    slices: tuple[Slice, ...]
    abstain: Band | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `sentigate evaluate --format json` prints."""
        answers = self.answers
        return {
            "model": answers.model,
            "head": answers.head.name,
            "kind": answers.head.kind,
            "n": self.figures["n"],
            "skipped": sum(answers.skipped.values()),
            "skipped_because": dict(answers.skipped),
            "restricted_to": list(answers.allowed) if answers.allowed else None,
            "notes": list(answers.notes),
            **{key: value for key, value in self.figures.items() if key != "n"},
            "intervals": dict(self.intervals),
            "slices": [asdict(one) for one in self.slices],
            "abstain": asdict(self.abstain) if self.abstain else None,
        }


def evaluate(
    model: Model,
    examples: Sequence[Example],
    head: str | None = None,
    watch: Watch = lambda _done, _all: None,
) -> Evaluation:
    """Compare a model's answers with the labels of a file: `answer`, then `measure`.

    Args:
        model: the model.
        examples: rows; those without text or label are skipped and counted.
        head: which head; None for the only one, or the only one that knows the file's labels.
        watch: called with the number of rows read so far and of all rows.

    Raises:
        ConfigError: no such head, or no name where several would do.
        DataError: no row counts, or a label means none of the head's.
        MissingExtraError: scikit-learn is not installed.
    """
    return measure(answer(model, examples, head, watch))


def measure(
    answers: Answers,
    columns: Mapping[str, Sequence[str | None]] | None = None,
    abstain: float = 0.0,
) -> Evaluation:
    """Make all figures of a head's answers.

    Args:
        answers: what the head says of labelled rows, and what is true.
        columns: by name, further columns of the file to part the rows by.
        abstain: the probability below which answers are withheld; 0 withholds none.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    classes = answers.head.kind != "regression"
    drawn = curves(answers) if classes else []
    return Evaluation(
        answers,
        _figures(answers, drawn),
        intervals(answers),
        tuple(drawn),
        tuple(slices(answers, columns)),
        band(answers, abstain) if abstain and gives_one_label(answers.head.kind) else None,
    )


def _figures(answers: Answers, drawn: Sequence[Curves]) -> dict[str, Any]:
    """What `evaluate_head` gives and, for classes, the areas and the error without temperature."""
    found = evaluate_head(answers.head, answers.logits, answers.targets, answers.allowed)
    if answers.head.kind == "regression":
        return found
    for label, row in found["per_class"].items():
        row |= areas([one for one in drawn if one.label == label])
    plain = uncalibrated(answers)
    return found | areas(drawn) | {"ece_uncalibrated": ece(plain.probabilities, plain.claims)}


def uncalibrated(answers: Answers) -> Answers:
    """Return the answers as they would be without the fitted temperature."""
    return replace(answers, head=answers.head.model_copy(update={"temperature": 1.0}))

"""From logits to decisions: temperature, softmax or sigmoid, thresholds; knows no text or network.

    logits ─temperature─> scores ─softmax | sigmoid─> probabilities
    ─largest | median | thresholds─> HeadResult

Evaluation and prediction decide here and nowhere else, so a reported figure is the figure of what
a user gets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from sentigate.config import HeadConfig
from sentigate.data.scales import label_values, poles
from sentigate.errors import DataError, suggestion
from sentigate.records import HeadKind, HeadResult, gives_one_label

DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a head says of many texts, in columns.

    Args:
        head: the question.
        chosen: the labels decided on, bool [batch, labels]: none where an only label was withheld;
            no columns for a regression head.
        probabilities: float64 [batch, labels].
        values: the numbers of a regression head, the means of an ordinal one, float64 [batch]; else
            None.
        scores: p(positive) - p(negative), float64 [batch]; None for a head without such labels.
    """

    head: HeadConfig
    chosen: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    values: NDArray[np.float64] | None = None
    scores: NDArray[np.float64] | None = None

    def results(self) -> list[HeadResult]:
        """Return one record a text, in order."""
        nothing = [None] * len(self.chosen)
        return [
            HeadResult(
                self.head.kind,
                tuple(compress(self.head.labels, chosen)),
                dict(zip(self.head.labels, row, strict=True)),
                value,
                score,
            )
            for chosen, row, value, score in zip(
                self.chosen.tolist(),
                self.probabilities.tolist(),
                nothing if self.values is None else self.values.tolist(),
                nothing if self.scores is None else self.scores.tolist(),
                strict=True,
            )
        ]


def decide(
    head: HeadConfig,
    logits: NDArray[np.floating],
    allowed: Sequence[str] | None = None,
    abstain: float = 0.0,
) -> list[HeadResult]:
    """Decide every row of a head's logits.

    Args:
        head: the question, with its temperature and thresholds.
        logits: float [batch, logits]; one column for binary and regression heads, one less than
            labels for ordinal heads.
        allowed: the only labels that may be decided on; None for all of the head's.
        abstain: the probability below which the one label of a row is withheld (`uncertain`);
            heads of several labels or numbers know no such thing.

    Returns:
        One result a row, in order. Labels not allowed keep their place with probability 0.

    Raises:
        DataError: a label in `allowed` is none of the head's.

    Example:
        >>> head = HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "positive"))
        >>> result = decide(head, np.array([[0.0, 0.0], [-9.0, 9.0]]))[1]
        >>> result.label, round(result.score, 3)
        ('positive', 1.0)
    """
    return decide_columns(head, logits, allowed, abstain).results()


def decide_columns(
    head: HeadConfig,
    logits: NDArray[np.floating],
    allowed: Sequence[str] | None = None,
    abstain: float = 0.0,
) -> Decisions:
    """Decide as `decide` does, but answer in columns, which costs less than a record a text.

    Example:
        >>> head = HeadConfig(name="label", kind="binary", labels=("no", "yes"))
        >>> decide_columns(head, np.array([[1.0], [-1.0]])).chosen.tolist()
        [[False, True], [True, False]]
    """
    if head.kind == "regression":
        nothing = np.zeros((len(logits), 0))
        return Decisions(head, nothing.astype(bool), nothing, logits[:, 0].astype(np.float64))
    table = probabilities(head, logits, allowed)
    chosen = choose(head, table)
    if gives_one_label(head.kind):
        chosen &= table >= abstain
    return Decisions(head, chosen, table, _means(head, table), _scores(head, table))


def probabilities(
    head: HeadConfig, logits: NDArray[np.floating], allowed: Sequence[str] | None = None
) -> NDArray[np.float64]:
    """Turn logits into probabilities, one column a label.

    Args:
        head: the question; its temperature divides the logits.
        logits: float [batch, logits].
        allowed: labels that may have a probability; the others get 0 and, where probabilities
            sum to 1, these share it.

    Returns:
        float64 [batch, labels]; no columns for a regression head.

    Raises:
        DataError: a label in `allowed` is none of the head's.

    Example:
        >>> head = HeadConfig(name="label", kind="binary", labels=("no", "yes"))
        >>> probabilities(head, np.array([[0.0]])).tolist()
        [[0.5, 0.5]]
    """
    scores = class_scores(head.kind, logits / head.temperature)
    closed = ~permitted(head, allowed)
    if head.kind == "multilabel":
        return np.where(closed, 0.0, sigmoid(scores))
    return softmax(np.where(closed, -np.inf, scores))


def choose(head: HeadConfig, table: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the labels decided on.

    Args:
        head: the question, with its thresholds; without them, 0.5.
        table: probabilities [batch, labels].

    Returns:
        bool [batch, labels]; exactly one in each row of a binary or multiclass head (the most
        probable one) or an ordinal head (the median, which misses by the fewest ranks).

    Example:
        >>> head = HeadConfig(name="label", kind="binary", labels=("no", "yes"), thresholds=(0.3,))
        >>> choose(head, np.array([[0.6, 0.4]])).tolist()
        [[False, True]]
    """
    thresholds = np.array(head.thresholds or DEFAULT_THRESHOLD)
    if head.kind == "multilabel":
        return (table >= thresholds) & (table > 0)
    if head.kind == "binary":
        # A label that is not allowed has probability 0 and loses whatever the threshold is.
        second = ((table[:, 1] >= thresholds) & (table[:, 1] > 0)) | (table[:, 0] == 0)
        return np.stack([~second, second], axis=1)
    # The median is the first label at which half of the probability is reached.
    reached = table.cumsum(axis=1) >= DEFAULT_THRESHOLD if head.kind == "ordinal" else table
    chosen: NDArray[np.bool_] = reached.argmax(axis=1)[:, None] == np.arange(table.shape[1])
    return chosen


def class_scores(kind: HeadKind, logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give each label of a head a score whose softmax (multilabel: sigmoid) is its probability.

    Binary: softmax(0, z) = (1 - sigmoid(z), sigmoid(z)). Ordinal: a text climbs the labels from the
    lowest, and the logit z_k decides whether it goes on from label k to the next,

        p(y > k | y >= k) = sigmoid(z_k),   p(y = k) = prod_{j<k} sigmoid(z_j) (1 - sigmoid(z_k)),

    which is a distribution whatever the logits are (CORN: Shi, Cao and Raschka 2021,
    https://arxiv.org/abs/2111.08851). Its scores are the logarithms of these.

    Args:
        kind: the head's kind.
        logits: float [batch, logits], divided by the temperature.

    Returns:
        float64 [batch, labels].

    Example:
        >>> class_scores("binary", np.array([[2.0]])).tolist()
        [[0.0, 2.0]]
        >>> np.exp(class_scores("ordinal", np.array([[0.0, 0.0]]))).round(2).tolist()
        [[0.5, 0.25, 0.25]]
    """
    scores: NDArray[np.float64] = logits.astype(np.float64)
    nothing = np.zeros_like(scores[:, :1])
    if kind == "binary":
        return np.hstack([nothing, scores])
    if kind == "ordinal":
        climbed = -np.logaddexp(0.0, -scores).cumsum(axis=1)
        stayed = -np.logaddexp(0.0, scores)
        scores = np.hstack([nothing, climbed]) + np.hstack([stayed, nothing])
    return scores


def permitted(head: HeadConfig, allowed: Sequence[str] | None) -> NDArray[np.bool_]:
    """Mark the labels of a head that may be decided on: bool [labels].

    Raises:
        DataError: a label in `allowed` is none of the head's, or `allowed` is empty.

    Example:
        >>> head = HeadConfig(name="label", kind="multiclass", labels=("a", "b", "c"))
        >>> permitted(head, ["c", "a"]).tolist()
        [True, False, True]
    """
    if allowed is not None and len(allowed) == 0:
        raise DataError(f"no label is allowed: give some of {', '.join(head.labels)}, or None")
    for label in allowed or ():
        if label not in head.labels:
            raise DataError(
                f"the head {head.name!r} has no label {label!r}"
                f"{suggestion(label, list(head.labels))}"
            )
    return np.array([allowed is None or label in allowed for label in head.labels], dtype=bool)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the softmax of each row; -inf gives 0: [batch, labels]."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def sigmoid(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / (1 + exp(-x)), element-wise, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * scores))


def _means(head: HeadConfig, table: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The mean of each row of an ordinal head: of the labels' numbers, else of their ranks."""
    if head.kind != "ordinal":
        return None
    means: NDArray[np.float64] = table @ np.array(label_values(head.labels))
    return means


def _scores(head: HeadConfig, table: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """p(positive) - p(negative) of each row, where the head has labels of both, however spelt."""
    signs = poles(head.labels)
    if signs is None:
        return None
    # Probabilities add up to 1 but for rounding, and the score is promised to stay within 1.
    scores: NDArray[np.float64] = np.clip(table @ np.array(signs, float), -1.0, 1.0)
    return scores

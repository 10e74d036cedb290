"""What is gained by keeping silent where a head is unsure: accuracy against coverage."""

from dataclasses import dataclass

import numpy as np

from sentigate.errors import ConfigError
from sentigate.evaluate.answers import Answers, Floats


@dataclass(frozen=True, slots=True)
class Band:
    """The answers that are left when those of low probability are withheld.

    Args:
        below: the probability below which the label is `uncertain`.
        n: rows that get an answer.
        coverage: the share of rows that get one.
        accuracy: of these; None if there is none.
    """

    below: float
    n: int
    coverage: float
    accuracy: float | None


def band(answers: Answers, below: float) -> Band:
    """Withhold the answers whose probability is below a bound.

    Args:
        answers: of a head that gives one label a row.
        below: the bound, from 0 to 1.

    Raises:
        ConfigError: the bound is no probability.
    """
    if not 0 <= below <= 1:
        raise ConfigError([f"abstain: expected a probability from 0 to 1, got {below}"])
    given = answers.confidence >= below
    n = int(given.sum())
    return Band(below, n, n / len(given), float(answers.right[given].mean()) if n else None)


def risk_coverage(answers: Answers) -> Floats:
    """Give the curve of all bounds (El-Yaniv and Wiener 2010), the surest rows first.

    Args:
        answers: of a head that gives one label a row.

    Returns:
        Coverage and the accuracy of what is covered, float64 [2, points].
    """
    order = np.argsort(-answers.confidence, kind="stable")
    given = np.arange(1, len(order) + 1)
    accuracy = np.cumsum(answers.right[order]) / given
    # Rows of equal probability are answered together or not at all.
    sure = answers.confidence[order]
    last_of_equals = np.append(sure[1:] < sure[:-1], True)
    return np.stack([given / len(order), accuracy])[:, last_of_equals]

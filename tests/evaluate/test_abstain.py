"""What withholding unsure answers leaves."""

from dataclasses import asdict

import numpy as np
import pytest

from sentigate.errors import ConfigError
from sentigate.evaluate.abstain import band, risk_coverage


@pytest.fixture
def four(heads, answers_to):
    """Probabilities 0.9, 0.8, 0.8, 0.6 of which the first two are right."""
    likely = np.array([0.9, 0.8, 0.8, 0.6])
    return answers_to(heads["binary"], np.log(likely / (1 - likely))[:, None], [1, 1, 0, 0])


def test_a_band_by_hand(four):
    assert four.confidence == pytest.approx([0.9, 0.8, 0.8, 0.6])
    found = band(four, 0.7)
    assert (found.n, found.coverage, found.accuracy) == (3, 0.75, pytest.approx(2 / 3))
    assert band(four, 0.0).coverage == 1.0


def test_nothing_left_has_no_accuracy(four):
    assert asdict(band(four, 0.99)) == {"below": 0.99, "n": 0, "coverage": 0.0, "accuracy": None}


@pytest.mark.parametrize("below", [-0.1, 1.5, float("nan")])
def test_a_bound_that_is_no_probability(four, below):
    with pytest.raises(ConfigError, match="from 0 to 1"):
        band(four, below)


def test_the_curve_answers_equal_probabilities_together(four):
    coverage, accuracy = risk_coverage(four)
    assert coverage.tolist() == [0.25, 0.75, 1.0]
    assert accuracy == pytest.approx([1.0, 2 / 3, 0.5])


def test_the_curve_ends_at_all_rows(heads, drawn):
    answers = drawn(heads["multiclass"])
    coverage, accuracy = risk_coverage(answers)
    assert coverage[-1] == 1.0
    assert accuracy[-1] == pytest.approx(answers.right.mean())
    assert accuracy[0] > accuracy[-1]  # sure answers are right more often

"""Temperatures, thresholds and calibration error recover what the data were made with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.evaluate.calibration import ece, fit_temperature, fit_thresholds, reliability
from sentigate.runtime.decide import class_scores, sigmoid, softmax

seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("kind", ["multiclass", "ordinal"])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_of_logits_is_found(temperature, kind):
    rng = np.random.default_rng(0)
    honest = rng.normal(size=(20_000, 3)) * 2
    draw = rng.random((len(honest), 1))
    targets = (draw > softmax(class_scores(kind, honest)).cumsum(axis=1)).sum(axis=1)
    found = fit_temperature(honest * temperature, targets, kind)
    assert found == pytest.approx(temperature, rel=0.05)


@pytest.mark.parametrize("kind", ["binary", "multilabel"])
def test_the_temperature_of_sigmoid_logits_is_found(kind):
    rng = np.random.default_rng(1)
    honest = rng.normal(size=(20_000, 1)) * 2
    targets = (rng.random(honest.shape) < sigmoid(honest)).astype(int)
    found = fit_temperature(honest * 2.5, targets[:, 0] if kind == "binary" else targets, kind)
    assert found == pytest.approx(2.5, rel=0.05)


def test_logits_that_are_always_right_stay_finite():
    found = fit_temperature(np.array([[9.0], [-9.0]]), np.array([1, 0]), "binary")
    assert found == pytest.approx(0.5, rel=1e-3)


def test_nothing_to_fit_on_gives_one():
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, int), "multiclass") == 1.0
    assert fit_temperature(np.ones((2, 1)), np.ones(2), "regression") == 1.0


def _f1(likely, truth, threshold):
    chosen = likely >= threshold
    return 2 * (chosen & truth).sum() / max(chosen.sum() + truth.sum(), 1)


@given(seeds)
def test_no_other_threshold_is_better(seed):
    rng = np.random.default_rng(seed)
    likely = rng.integers(0, 20, size=(60, 1)) / 20  # many equal probabilities
    truth = rng.random((60, 1)) < likely
    if not truth.any() or truth.all():
        return
    (threshold,) = fit_thresholds(likely, truth, trust=0)
    best = max(_f1(likely, truth, other) for other in np.linspace(0, 1, 101))
    assert _f1(likely, truth, threshold) == pytest.approx(best)


def test_a_rare_label_leans_on_the_common_threshold():
    rng = np.random.default_rng(2)
    likely = rng.random((2000, 2))
    truth = likely > 0.6
    truth[:, 1] = False
    truth[np.argsort(likely[:, 1])[-2:], 1] = True  # two rows: the own threshold is nearly 1
    own = fit_thresholds(likely, truth, trust=0)
    drawn = fit_thresholds(likely, truth)
    assert own[1] > 0.99
    assert drawn[1] < 0.9
    assert drawn[0] == pytest.approx(own[0], abs=0.01)


def test_a_label_never_seen_takes_the_common_threshold_and_none_at_all_takes_a_half():
    likely = np.array([[0.9, 0.1], [0.2, 0.1], [0.1, 0.3]])
    truth = np.array([[1, 0], [0, 0], [0, 0]])
    assert fit_thresholds(likely, truth, trust=0)[1] == pytest.approx(0.6)
    assert fit_thresholds(likely, np.zeros_like(truth)) == (0.5, 0.5)


def test_ece_is_nothing_for_honest_and_all_for_wrong_and_sure():
    rng = np.random.default_rng(3)
    sure = rng.random(50_000) / 2 + 0.5
    targets = (rng.random(len(sure)) > sure).astype(int)
    assert ece(np.stack([sure, 1 - sure], axis=1), targets) < 0.01
    assert ece(np.array([[1.0, 0.0]]), np.array([1])) == 1.0


def test_claims_of_every_label_count_where_a_row_may_have_several():
    likely = np.array([[0.95, 0.15], [0.95, 0.15]])
    bins = reliability(likely, np.array([[1, 0], [1, 1]]))
    assert [(one.claimed, one.true, one.n) for one in bins] == [
        (pytest.approx(0.15), 0.5, 2),
        (pytest.approx(0.95), 1.0, 2),
    ]
    assert ece(likely, np.array([[1, 0], [1, 1]])) == pytest.approx((0.35 * 2 + 0.05 * 2) / 4)


def test_certainty_has_a_bin():
    assert reliability(np.array([[0.0, 1.0]]), np.array([1])) == [(1.0, 1.0, 1)]

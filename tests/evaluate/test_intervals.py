"""Figures from sums are scikit-learn's; intervals are as wide as theory and plain drawing say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentigate.evaluate.intervals import bounds_of, figures, intervals, parts, resampled
from sentigate.evaluate.metrics import evaluate_head

metrics = pytest.importorskip("sklearn.metrics")
stats = pytest.importorskip("scipy.stats")

CLASSES = ["binary", "multiclass", "ordinal", "multilabel"]
AVERAGES = {
    "macro_f1": (metrics.f1_score, "macro"),
    "micro_f1": (metrics.f1_score, "micro"),
    "weighted_f1": (metrics.f1_score, "weighted"),
    "macro_precision": (metrics.precision_score, "macro"),
    "macro_recall": (metrics.recall_score, "macro"),
}


def whole(answers):
    """The figures of the rows as they are."""
    return figures(parts(answers).sum(axis=0), answers)


@pytest.mark.parametrize("kind", CLASSES)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 2), rows=st.integers(1, 40), skill=st.floats(-1, 3))
def test_figures_are_those_of_scikit_learn(heads, drawn, kind, seed, rows, skill):
    answers = drawn(heads[kind], rows=rows, skill=skill, seed=seed)
    found = whole(answers)
    truth, said, options = answers.true, answers.said, {"zero_division": 0.0}
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(truth, said))
    for name, (score, average) in AVERAGES.items():
        expected = score(truth, said, average=average, **options)
        assert found[name] == pytest.approx(expected), name
    if kind != "multilabel":
        classes = truth.argmax(axis=1), said.argmax(axis=1)
        varied = len(np.union1d(*classes)) > 1
        expected = metrics.matthews_corrcoef(*classes) if varied else 0.0
        assert found["mcc"] == pytest.approx(expected)


@settings(max_examples=12)
@given(seed=st.integers(0, 2**32 - 2), rows=st.integers(1, 40), some=st.booleans())
def test_ranks_are_counted_as_scikit_learn_counts_them(heads, drawn, seed, rows, some):
    answers = drawn(heads["ordinal"], rows=rows, seed=seed)
    if some:  # labels 1, 2 and 4 only: ranks are still those of the head
        kept = answers.targets != 2
        if not kept.any():
            return
        parted = {"logits": answers.logits[kept], "targets": answers.targets[kept]}
        answers = replace(answers, allowed=("1", "2", "4"), **parted)
    found, expected = (
        whole(answers),
        evaluate_head(answers.head, answers.logits, answers.targets, answers.allowed),
    )
    assert found["mae"] == pytest.approx(expected["mae"])
    kappa = np.nan if expected["qwk"] is None else expected["qwk"]
    assert found["qwk"] == pytest.approx(kappa, nan_ok=True)


def test_regression_is_that_of_scipy(heads, drawn):
    answers = drawn(heads["regression"], skill=2.0)
    said, true = answers.logits[:, 0].astype(float), answers.targets + 1e6  # far from zero
    found = whole(drawn(heads["regression"], skill=2.0))
    assert found["mae"] == pytest.approx(np.abs(said - answers.targets).mean())
    assert found["pearson"] == pytest.approx(stats.pearsonr(said, true).statistic)


def test_the_interval_of_accuracy_is_as_wide_as_theory_says(heads, drawn):
    answers = drawn(heads["multiclass"], rows=2000)
    p = answers.right.mean()
    low, high = intervals(answers)["accuracy"]
    assert low < p < high
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(p * (1 - p) / 2000), rel=0.1)


@pytest.mark.parametrize("kind", CLASSES)
def test_drawing_distinct_rows_is_drawing_rows(heads, drawn, kind):
    answers = drawn(heads[kind], rows=150)
    rng = np.random.default_rng(5)
    plain = [
        metrics.f1_score(answers.true[rows], answers.said[rows], average="macro", zero_division=0)
        for rows in rng.integers(0, 150, size=(150, 150))
    ]
    ours = figures(resampled(parts(answers)), answers)["macro_f1"]
    assert ours.mean() == pytest.approx(np.mean(plain), abs=4 * np.std(plain) / 150**0.5)
    assert ours.std() == pytest.approx(np.std(plain), rel=0.25)


def test_blocks_do_not_change_the_shape(monkeypatch):
    monkeypatch.setattr("sentigate.evaluate.intervals._BLOCK", 7)
    assert resampled(np.eye(3), draws=10).shape == (10, 3)
    assert (resampled(np.eye(3), draws=10).sum(axis=1) == 3).all()


@pytest.mark.parametrize("kind", [*CLASSES, "regression"])
def test_every_kind_has_intervals_around_its_figures(heads, drawn, kind):
    answers = drawn(heads[kind])
    found, bounds = whole(answers), intervals(answers)
    for name, (low, high) in ((n, b) for n, b in bounds.items() if n != "per_class"):
        assert low <= found[name] <= high, name
    assert set(bounds.get("per_class", {})) == set(answers.labels)


def test_same_rows_same_interval(heads, drawn):
    assert intervals(drawn(heads["binary"])) == intervals(drawn(heads["binary"]))


def test_few_rows_have_no_interval(heads, drawn):
    assert intervals(drawn(heads["binary"], rows=19))["accuracy"] is None
    assert intervals(drawn(heads["binary"], rows=20))["accuracy"] is not None


def test_a_correlation_with_what_never_changes_has_none(heads, answers_to):
    answers = answers_to(heads["regression"], np.arange(30.0)[:, None], np.ones(30))
    assert intervals(answers)["pearson"] is None
    assert intervals(answers)["mae"] is not None


def test_averages_over_the_classes_that_occur(heads, answers_to):
    answers = answers_to(heads["multiclass"], np.eye(3)[[0, 1]] * 9, [0, 1])
    assert whole(answers)["macro_f1"] == pytest.approx(2 / 3)
    occurring = figures(parts(answers).sum(axis=0), answers, np.array([True, True, False]))
    assert occurring["macro_f1"] == 1.0


def test_bounds_are_the_middle_95_percent():
    assert bounds_of(np.arange(1001) / 1000) == pytest.approx([0.025, 0.975])

"""Figures agree with numbers worked out by hand and with other implementations."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentigate.config import HeadConfig
from sentigate.evaluate.metrics import dev_score, evaluate_head

stats = pytest.importorskip("scipy.stats")
pytest.importorskip("sklearn")

ABC = HeadConfig(name="label", kind="multiclass", labels=("a", "b", "c"))
TAGS = HeadConfig(
    name="tags", kind="multilabel", labels=("x", "y", "z"), thresholds=(0.5, 0.9, 0.5)
)
RANKS = HeadConfig(name="stars", kind="ordinal", labels=("1", "2", "3", "4"))
NUMBER = HeadConfig(name="stars", kind="regression")


def rows(*places, width=3):
    """Logits that decide for the given places."""
    return np.eye(width)[list(places)] * 8.0


def test_multiclass_by_hand():
    figures = evaluate_head(ABC, rows(0, 0, 1, 2), np.array([0, 1, 1, 2]))
    assert figures["n"] == 4
    assert figures["accuracy"] == figures["micro_f1"] == 0.75
    assert figures["per_class"]["a"] == pytest.approx(
        {"precision": 0.5, "recall": 1.0, "f1": 2 / 3, "support": 1}
    )
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert figures["macro_recall"] == pytest.approx((1 + 0.5 + 1) / 3)
    assert figures["macro_precision"] == pytest.approx((0.5 + 1 + 1) / 3)
    assert figures["confusion"] == {
        "labels": ["a", "b", "c"],
        "matrix": [[1, 0, 0], [1, 1, 0], [0, 0, 1]],
    }


def test_allowed_labels_bound_decisions_and_averages():
    logits = np.array([[1.0, 5.0, 0.0], [0.0, 5.0, 1.0]])
    figures = evaluate_head(ABC, logits, np.array([0, 2]), allowed=["a", "c"])
    assert figures["accuracy"] == figures["macro_f1"] == 1.0
    assert figures["confusion"]["labels"] == list(figures["per_class"]) == ["a", "c"]


def test_a_class_never_predicted_counts_zero_without_a_warning():
    figures = evaluate_head(ABC, rows(0, 0), np.array([0, 1]))
    assert figures["per_class"]["b"]["f1"] == figures["per_class"]["c"]["f1"] == 0.0


def test_multilabel_by_hand_with_thresholds():
    logits = np.array([[2.0, 2.0, -2.0], [2.0, 5.0, -2.0], [-2.0, -2.0, -2.0]])
    targets = np.array([[1, 0, 0], [1, 1, 1], [0, 0, 0]])
    figures = evaluate_head(TAGS, logits, targets)  # chosen: x | x y | nothing
    assert figures["accuracy"] == pytest.approx(2 / 3)
    assert figures["jaccard"] == pytest.approx((1 + 2 / 3 + 1) / 3)
    assert figures["micro_f1"] == pytest.approx(2 * 3 / (3 + 4))
    assert figures["macro_f1"] == pytest.approx(2 / 3)
    assert figures["per_class"]["y"] == {
        "precision": 1.0,
        "recall": 1.0,
        "f1": 1.0,
        "support": 1,
        "threshold": 0.9,
    }


def climbs(*places):
    """Ordinal logits that decide for the given places."""
    return np.where(np.arange(3) < np.array(places)[:, None], 9.0, -9.0)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1))
def test_ordinal_figures_count_ranks(pairs):
    predicted, targets = np.array(pairs).T
    figures = evaluate_head(RANKS, climbs(*predicted), targets)
    assert figures["accuracy"] == pytest.approx((predicted == targets).mean())
    assert figures["mae"] == pytest.approx(np.abs(predicted - targets).mean())
    by_chance = ((predicted[:, None] - targets[None, :]) ** 2).mean()
    if by_chance == 0:
        assert figures["qwk"] is None
        return
    assert figures["qwk"] == pytest.approx(1 - ((predicted - targets) ** 2).mean() / by_chance)
    assert dev_score(RANKS, climbs(*predicted), targets) == figures["qwk"]


def test_ranks_stay_those_of_the_head_where_labels_are_missing():
    figures = evaluate_head(RANKS, climbs(0, 0, 3), np.array([0, 3, 3]), allowed=["1", "4"])
    assert figures["mae"] == 1.0
    assert figures["confusion"] == {"labels": ["1", "4"], "matrix": [[1, 0], [1, 1]]}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2))
def test_correlations_agree_with_scipy(pairs):
    values, targets = np.array(pairs, dtype=float).T
    figures = evaluate_head(NUMBER, values[:, None], targets)
    assert figures["mae"] == pytest.approx(np.abs(values - targets).mean())
    if np.ptp(values) == 0 or np.ptp(targets) == 0:
        assert figures["pearson"] is None
        return
    assert figures["pearson"] == pytest.approx(stats.pearsonr(values, targets).statistic)
    assert figures["spearman"] == pytest.approx(stats.spearmanr(values, targets).statistic)


@pytest.mark.parametrize(
    ("head", "logits", "targets"),
    [
        (ABC, rows(0, 1, 2), np.array([0, 1, 2])),
        (RANKS, climbs(0, 1, 2, 3), np.array([0, 1, 2, 3])),
        (TAGS, rows(0, 1, 2), np.eye(3)),
        (NUMBER, np.array([[1.0], [2.0]]), np.array([1.0, 3.0])),
    ],
    ids=["multiclass", "ordinal", "multilabel", "regression"],
)
def test_figures_are_json_and_a_perfect_head_scores_one(head, logits, targets):
    json.dumps(evaluate_head(head, logits, targets), allow_nan=False)
    assert dev_score(head, logits, targets) == pytest.approx(1.0)


def test_dev_score_looks_only_at_the_columns_of_the_source():
    logits = np.array([[1.0, 5.0, 0.0], [0.0, 5.0, 1.0]])
    assert dev_score(ABC, logits, np.array([0, 2]), np.array([0, 2])) == 1.0


def test_dev_score_of_hopeless_cases_is_zero():
    assert dev_score(TAGS, rows(0, 1), np.zeros((2, 3))) == 0.0
    assert dev_score(NUMBER, np.ones((2, 1)), np.array([1.0, 2.0])) == 0.0


def test_one_class_alone_makes_no_head_perfect():
    assert dev_score(ABC, rows(1, 1), np.array([0, 0]), np.array([0])) == 0.0


def test_weighted_f1_and_matthews_by_hand():
    figures = evaluate_head(ABC, rows(0, 0, 1, 1), np.array([0, 1, 1, 1]))
    assert figures["weighted_f1"] == pytest.approx((2 / 3 * 1 + 4 / 5 * 3) / 4)
    # a and b only: tp = 2, tn = 1, fn = 1 of b
    assert figures["mcc"] == pytest.approx((2 * 1 - 0 * 1) / np.sqrt(2 * 3 * 1 * 2))


def test_matthews_of_one_class_is_zero_without_a_warning():
    assert evaluate_head(ABC, rows(0, 0), np.array([0, 0]))["mcc"] == 0.0

"""Decisions: what is chosen, what the probabilities add up to, what `allowed` does."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sentigate.config import HeadConfig
from sentigate.errors import DataError
from sentigate.records import UNCERTAIN
from sentigate.runtime.decide import choose, decide, probabilities

SENTIMENT = HeadConfig(
    name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive")
)
BINARY = HeadConfig(name="label", kind="binary", labels=("negative", "positive"))
EMOTION = HeadConfig(
    name="emotion", kind="multilabel", labels=("anger", "fear", "joy"), thresholds=(0.2, 0.5, 0.9)
)
STARS = HeadConfig(name="stars", kind="regression")
FIVE = HeadConfig(
    name="sentiment",
    kind="ordinal",
    labels=("very negative", "negative", "neutral", "positive", "very positive"),
)

logits = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=3),
    elements=st.floats(-200, 200, width=32),
)


@given(logits)
def test_multiclass_probabilities_sum_to_one_and_the_largest_is_chosen(rows):
    table = probabilities(SENTIMENT, rows)
    np.testing.assert_allclose(table.sum(axis=1), 1.0)
    for row, result in zip(table, decide(SENTIMENT, rows), strict=True):
        assert result.probabilities[result.label] == row.max()
        assert -1.0 <= result.score <= 1.0


steps = hnp.arrays(
    np.float32,
    st.tuples(st.integers(0, 4), st.just(4)),
    elements=st.floats(-1000, 1000, width=32),
)


@example(np.array([[-350.2578, -428.0, 0.0, 0.0]], np.float32), 20.0)  # rounds to less than -1
@given(steps, st.floats(0.5, 20))
def test_ordinal_probabilities_are_a_distribution_whatever_the_logits(rows, temperature):
    head = FIVE.model_copy(update={"temperature": temperature})
    table = probabilities(head, rows)
    assert (table >= 0).all()
    np.testing.assert_allclose(table.sum(axis=1), 1.0)
    for result in decide(head, rows):
        assert -1 <= result.score <= 1
        assert 1 - 1e-9 <= result.value <= 5 + 1e-9


@given(steps, st.sets(st.sampled_from(FIVE.labels), min_size=1))
def test_the_ordinal_decision_is_the_median_of_what_is_allowed(rows, allowed):
    for result in decide(FIVE, rows, sorted(allowed)):
        assert result.label in allowed
        ranks = [rank for rank, label in enumerate(FIVE.labels) if label in allowed]
        table = list(result.probabilities.values())
        missed = {own: sum(p * abs(own - rank) for rank, p in enumerate(table)) for own in ranks}
        assert missed[FIVE.labels.index(result.label)] <= min(missed.values()) + 1e-9
        assert all(p == 0 for rank, p in enumerate(table) if rank not in ranks)


def test_ordinal_logits_are_the_odds_of_going_on():
    (result,) = decide(FIVE, np.log([[3.0, 1.0, 1 / 3, 1e-9]]))
    expected = {"very negative": 1 / 4, "negative": 3 / 8, "neutral": 9 / 32, "positive": 3 / 32}
    assert result.probabilities == pytest.approx(expected | {"very positive": 0}, abs=1e-9)
    assert result.label == "negative"
    assert result.value == pytest.approx(1 / 4 + 2 * 3 / 8 + 3 * 9 / 32 + 4 * 3 / 32)
    assert result.score == pytest.approx(3 / 32 - 5 / 8)


def test_the_ordinal_mean_is_in_the_labels_own_numbers():
    head = HeadConfig(name="stars", kind="ordinal", labels=("1 star", "3 stars", "5 stars"))
    (result,) = decide(head, np.zeros((1, 2)))
    assert result.value == pytest.approx(1 / 2 + 3 / 4 + 5 / 4)
    assert result.to_dict() == {
        "kind": "ordinal",
        "label": "1 star",
        "value": result.value,
        "probabilities": {"1 star": 0.5, "3 stars": 0.25, "5 stars": 0.25},
    }


@given(logits)
def test_a_row_is_decided_the_same_alone_and_among_others(rows):
    together = decide(EMOTION, rows)
    assert [decide(EMOTION, rows[i : i + 1])[0] for i in range(len(rows))] == together


def test_temperature_softens_and_does_not_change_the_choice():
    row = np.array([[0.0, 1.0, 3.0]])
    sharp = decide(SENTIMENT, row)[0]
    soft = decide(SENTIMENT.model_copy(update={"temperature": 4.0}), row)[0]
    assert soft.label == sharp.label == "positive"
    assert soft.probabilities["positive"] < sharp.probabilities["positive"]


def test_score_is_positive_minus_negative():
    result = decide(SENTIMENT, np.log([[0.2, 0.3, 0.5]]))[0]
    assert result.score == pytest.approx(0.3)


def test_a_head_without_polarity_has_no_score():
    assert decide(EMOTION, np.zeros((1, 3)))[0].score is None


def test_the_score_reads_labels_however_they_are_spelt():
    for labels in (("Neg", "Pos"), ("差评", "好评"), ("bad", "good")):
        head = HeadConfig(name="label", kind="binary", labels=labels)
        assert decide(head, np.array([[2.0]]))[0].score == pytest.approx(np.tanh(1.0))
    grades = HeadConfig(name="label", kind="multiclass", labels=("bad", "good", "great"))
    assert decide(grades, np.zeros((1, 3)))[0].score is None  # nobody says what great is worth
    stars = HeadConfig(name="label", kind="binary", labels=("0", "1"))
    assert decide(stars, np.array([[2.0]]))[0].score is None


def test_binary_has_one_logit_and_two_probabilities():
    low, high = decide(BINARY, np.array([[-1.0], [1.0]]))
    assert (low.label, high.label) == ("negative", "positive")
    assert high.probabilities["positive"] == pytest.approx(1 / (1 + np.exp(-1)))
    assert sum(high.probabilities.values()) == pytest.approx(1)


def test_binary_takes_its_threshold():
    eager = BINARY.model_copy(update={"thresholds": (0.2,)})
    assert decide(eager, np.array([[-1.0]]))[0].label == "positive"


def test_multilabel_takes_each_label_by_its_own_threshold():
    result = decide(EMOTION, np.array([[-1.0, -0.1, 2.0]]))[0]  # p = 0.27, 0.48, 0.88
    assert result.labels == ("anger",)


def test_regression_gives_the_number():
    result = decide(STARS, np.array([[3.5]]))[0]
    assert (result.value, result.labels, dict(result.probabilities)) == (3.5, (), {})


def test_allowed_labels_share_the_probability():
    row = np.log([[0.2, 0.7, 0.1]])
    result = decide(SENTIMENT, row, allowed=["positive", "negative"])[0]
    assert result.label == "negative"
    assert result.probabilities == pytest.approx(
        {"negative": 2 / 3, "neutral": 0, "positive": 1 / 3}
    )


def test_allowed_labels_hold_where_their_probability_underflows():
    result = decide(
        SENTIMENT, np.array([[-2000.0, 0.0, -2001.0]]), allowed=["positive", "negative"]
    )
    assert result[0].label == "negative"


def test_multilabel_never_gives_a_label_that_is_not_allowed():
    always = EMOTION.model_copy(update={"thresholds": (0.0, 0.0, 0.0)})
    assert decide(always, np.zeros((1, 3)), allowed=["joy"])[0].labels == ("joy",)


@pytest.mark.parametrize("only", ["negative", "positive"])
def test_binary_with_one_allowed_label_gives_it(only):
    rows = np.array([[-50.0], [50.0]])
    assert [result.label for result in decide(BINARY, rows, allowed=[only])] == [only, only]


def test_an_unknown_allowed_label_is_refused_with_the_nearest_name():
    with pytest.raises(DataError, match="'positve', did you mean 'positive'"):
        decide(SENTIMENT, np.zeros((1, 3)), allowed=["positve"])


def test_no_allowed_label_is_refused():
    with pytest.raises(DataError, match="give some of negative, neutral, positive"):
        decide(SENTIMENT, np.zeros((1, 3)), allowed=[])


def test_no_rows_give_no_results():
    for head, width in [(SENTIMENT, 3), (BINARY, 1), (EMOTION, 3), (STARS, 1), (FIVE, 4)]:
        assert decide(head, np.zeros((0, width))) == []


@given(logits)
def test_one_label_is_chosen_in_every_row_of_a_single_label_head(rows):
    assert (choose(SENTIMENT, probabilities(SENTIMENT, rows)).sum(axis=1) == 1).all()
    assert (choose(BINARY, probabilities(BINARY, rows[:, :1])).sum(axis=1) == 1).all()


@pytest.mark.parametrize("head", [SENTIMENT, BINARY])
def test_an_answer_below_the_bound_is_withheld_and_its_probabilities_stay(head):
    rows = np.array([[0.0, 0.1, 0.2], [0.0, 0.0, 9.0]])[:, -head.logits :]
    unsure, sure = decide(head, rows, abstain=0.6)
    assert (unsure.labels, unsure.label, unsure.to_dict()["label"]) == ((), UNCERTAIN, UNCERTAIN)
    assert unsure.probabilities == decide(head, rows)[0].probabilities
    assert unsure.score == decide(head, rows)[0].score
    assert sure.label == "positive"


def test_a_bound_is_for_heads_that_give_one_label():
    rows = np.zeros((2, 3))
    assert decide(EMOTION, rows, abstain=0.9) == decide(EMOTION, rows)
    assert decide(STARS, rows, abstain=0.9) == decide(STARS, rows)


@given(logits, st.floats(0, 1))
def test_a_higher_bound_never_gives_more_answers(rows, bound):
    fewer, more = (
        [bool(result.labels) for result in decide(SENTIMENT, rows, abstain=each)]
        for each in (bound, bound / 2)
    )
    assert all(here or not there for here, there in zip(more, fewer, strict=True))

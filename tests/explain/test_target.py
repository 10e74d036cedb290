"""The number that is explained, for every kind of head."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.errors import ConfigError
from sentigate.explain.target import Target, choose_head, choose_target
from sentigate.runtime.decide import probabilities

KINDS = {
    "multiclass": HeadConfig(
        name="sentiment",
        kind="multiclass",
        labels=("negative", "neutral", "positive"),
        temperature=2,
    ),
    "multilabel": HeadConfig(
        name="emotion",
        kind="multilabel",
        labels=("anger", "joy", "fear"),
        thresholds=(0.5, 0.2, 0.5),
    ),
    "binary": HeadConfig(name="spam", kind="binary", labels=("ham", "spam"), temperature=0.5),
    "ordinal": HeadConfig(
        name="rating", kind="ordinal", labels=("low", "middle", "high"), temperature=1.5
    ),
    "regression": HeadConfig(name="stars", kind="regression"),
}
CONFIG = ModelConfig(name="m", encoder=EncoderConfig(), heads=tuple(KINDS.values()))
numbers = st.floats(-20, 20, width=32)


def targets():
    for head in KINDS.values():
        yield from (Target(head, label) for label in head.labels or (None,))


@pytest.mark.parametrize("kind", ["multilabel", "binary"])
def test_of_two_answers_the_score_is_the_log_odds(kind):
    head = KINDS[kind]
    logits = np.array([[0.3, -1.0, 2.0][: head.logits]])
    for label in head.labels:
        target = Target(head, label)
        p = target.probability(logits)[0]
        assert target.score(logits)[0] == pytest.approx(np.log(p / (1 - p)))


def test_of_several_it_is_the_mean_log_odds_against_each_of_the_others():
    head, logits = KINDS["multiclass"], np.array([[1.0, -2.0, 0.5]])
    negative, neutral, positive = probabilities(head, logits)[0]
    expected = np.mean([np.log(positive / negative), np.log(positive / neutral)])
    assert Target(head, "positive").score(logits)[0] == pytest.approx(expected)


def test_of_a_regression_head_it_is_the_value():
    target = Target(KINDS["regression"], None)
    assert target.score(np.array([[3.5]])).tolist() == [3.5]
    assert target.probability(np.array([[3.5]])).tolist() == [3.5]


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=3))
def test_slopes_carry_the_score_from_any_point_to_any_other(pairs):
    start, end = np.array(pairs, np.float64).T
    for target in targets():
        size = target.head.logits
        one, other = start[:size], end[:size]
        way = target.slopes(one, other).astype(np.float64) @ (other - one)
        expected = target.score(other[None])[0] - target.score(one[None])[0]
        assert way == pytest.approx(
            expected, abs=2e-2 if np.any(np.abs(other - one) < 1e-3) else 1e-3
        )


def test_without_a_name_the_head_that_knows_the_label_is_meant():
    assert choose_head(CONFIG, None, "joy").name == "emotion"
    assert choose_head(CONFIG, None, None).name == "sentiment"
    assert choose_head(CONFIG, "spam", None).name == "spam"
    assert choose_head(CONFIG, "spam", "joy").name == "spam"


def test_a_head_must_be_clear():
    config = CONFIG.model_copy(update={"heads": (KINDS["binary"], KINDS["regression"])})
    with pytest.raises(ConfigError, match="heads spam, stars: name one"):
        choose_head(config, None, None)
    with pytest.raises(ConfigError, match="no head 'mood'"):
        choose_head(CONFIG, "mood", None)
    with pytest.raises(ConfigError, match="no head has the label 'joi', did you mean 'joy'"):
        choose_head(CONFIG, None, "joi")


@pytest.mark.parametrize(
    ("kind", "logits", "label"),
    [
        ("multiclass", [0, 3, 1], "neutral"),
        ("multilabel", [1, 0.9, -3], "anger"),
        ("multilabel", [-1, -1.1, -3], "joy"),  # the only one above its threshold
        ("multilabel", [-3, -4, -5], "anger"),  # none is: the most probable
        ("binary", [-1], "ham"),
        ("ordinal", [3, -2], "middle"),
    ],
)
def test_without_a_label_the_decision_is_explained(kind, logits, label):
    assert choose_target(KINDS[kind], None, np.array([logits], float)).label == label


def test_a_label_the_head_does_not_have():
    with pytest.raises(ConfigError, match="'emotion' has no label 'jou', did you mean 'joy'"):
        choose_target(KINDS["multilabel"], "jou", np.zeros((1, 3)))
    with pytest.raises(ConfigError, match="answers with a number"):
        choose_target(KINDS["regression"], "joy", np.zeros((1, 1)))

"""VADER's four figures: their ranges, what they are made of, and the rule that people apply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sentigate
from sentigate.compat.vader import SentimentIntensityAnalyzer, figures
from sentigate.config import HeadConfig
from sentigate.errors import ConfigError

TEXTS = ["What a waste of time.", "The shop opens at nine.", "这家餐厅太棒了！", "I like it a lot."]
ZEROS = {"neg": 0.0, "neu": 0.0, "pos": 0.0, "compound": 0.0}


@pytest.fixture(scope="module")
def scorer():
    return SentimentIntensityAnalyzer()


def test_figures_are_the_probabilities(scorer):
    for text, answer in zip(TEXTS, sentigate.load()(TEXTS), strict=True):
        scores = scorer.polarity_scores(text)
        assert list(scores) == ["neg", "neu", "pos", "compound"]
        assert all(type(value) is float for value in scores.values())
        for key, label in (("neg", "negative"), ("neu", "neutral"), ("pos", "positive")):
            assert scores[key] == pytest.approx(answer.sentiment.probabilities[label], abs=6e-4)


def test_the_usual_rule_gives_the_models_label(scorer):
    for text, answer in zip(TEXTS, sentigate.load()(TEXTS), strict=True):
        assert rule(scorer.polarity_scores(text)["compound"]) == answer.sentiment.label


def rule(compound):
    """What READMEs say to do with compound."""
    return "positive" if compound >= 0.05 else "negative" if compound <= -0.05 else "neutral"


@pytest.mark.parametrize("nothing", ["", "  ", None, 7, float("nan"), b"good", "привет"])
def test_what_cannot_be_read_is_all_zeros(scorer, nothing):
    assert scorer.polarity_scores(nothing) == ZEROS


shares = st.tuples(*[st.floats(0, 1)] * 3).filter(lambda weights: sum(weights) > 0.1)


@given(shares)
def test_the_rule_finds_the_largest_share(weights):
    negative, neutral, positive = (weight / sum(weights) for weight in weights)
    answer = figures({"negative": negative, "neutral": neutral, "positive": positive})
    assert -1 <= answer["compound"] <= 1
    assert sum(answer[key] for key in ("neg", "neu", "pos")) == pytest.approx(1, abs=2e-3)
    largest = max(negative, neutral, positive)
    assert {"negative": negative, "neutral": neutral, "positive": positive}[
        rule(answer["compound"])
    ] == pytest.approx(largest)


def test_finer_labels_are_summed_by_their_side():
    answer = figures({"very negative": 0.1, "negative": 0.2, "neutral": 0.1, "very positive": 0.6})
    assert (answer["neg"], answer["neu"], answer["pos"]) == (0.3, 0.1, 0.6)


def test_a_model_without_neutral_has_none():
    assert figures({"差评": 0.25, "好评": 0.75})["neu"] == 0


def test_a_model_of_other_labels_is_refused(make_model):
    pytest.importorskip("onnx", reason="a folder made here would have no graph")
    head = HeadConfig(name="topic", kind="multiclass", labels=("sport", "politics"))
    with pytest.raises(ConfigError, match="sport, politics"):
        SentimentIntensityAnalyzer(make_model("topics", (head,)))

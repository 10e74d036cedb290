"""Heads of many makes are read as polarity, or refused in one sentence."""

import pytest

from sentigate.behaviour.reading import read_head
from sentigate.behaviour.records import BehaviourTest
from sentigate.behaviour.suites import select
from sentigate.config import HeadConfig
from sentigate.errors import ConfigError
from sentigate.records import HeadResult


def head(labels, kind=None, name="label"):
    guessed = "binary" if len(labels) == 2 else "multiclass"
    return [HeadConfig(name=name, kind=kind or guessed, labels=labels)]


@pytest.mark.parametrize(
    ("labels", "meanings"),
    [
        (("negative", "neutral", "positive"), ("negative", "neutral", "positive")),
        (("neg", "pos"), ("negative", "positive")),
        (("差评", "好评"), ("negative", "positive")),
        (("0", "1"), ("negative", "positive")),
        (("-1", "0", "1"), ("negative", "neutral", "positive")),
        (("1", "2", "3", "4", "5"), ("negative", "negative", "neutral", "positive", "positive")),
        (
            ("very negative", "negative", "neutral", "positive", "very positive"),
            ("negative", "negative", "neutral", "positive", "positive"),
        ),
    ],
)
def test_labels_are_read_as_polarity(labels, meanings):
    reading = read_head(head(labels))
    assert tuple(reading.meanings.values()) == meanings
    assert (reading.assumed is None) == (labels == meanings)


def test_scores_sum_over_labels_of_one_pole():
    reading = read_head(head(("1", "2", "3", "4", "5")))
    table = dict(zip("12345", (0.1, 0.1, 0.2, 0.2, 0.4), strict=True))
    answer = HeadResult("multiclass", ("5",), table)
    assert reading.score(answer) == pytest.approx(0.4)
    assert reading.label(answer) == "positive"


def test_the_head_named_sentiment_comes_first():
    heads = head(("neg", "pos")) + head(("negative", "positive"), name="sentiment")
    assert read_head(heads).head == "sentiment"
    assert read_head(heads, "label").head == "label"


@pytest.mark.parametrize(
    ("heads", "name", "message"),
    [
        (head(("joy", "anger")), None, "'label' is binary with joy, anger"),
        (head(("negative", "positive"), "multilabel"), None, "'label' is multilabel with"),
        (head((), "regression", "stars"), None, "'stars' is regression with a number"),
        (head(("positive", "neutral")), None, "a head that gives each text one label"),
        (head(("neg", "pos")), "lable", "did you mean 'label'"),
        (
            head(("neg", "pos")) + head(("joy", "fear"), name="mood"),
            "mood",
            "the head 'mood' tells no polarity, but: label",
        ),
        (head(("neg", "pos")) + head(("0", "1"), name="other"), None, "name one with --head"),
    ],
)
def test_what_tells_no_polarity_is_one_sentence(heads, name, message):
    with pytest.raises(ConfigError) as caught:
        read_head(heads, name)
    assert message in str(caught.value)


def test_heads_of_one_name_in_several_models_are_one():
    heads = head(("negative", "positive"), name="sentiment")
    heads += head(("negative", "neutral", "positive"), name="sentiment")
    assert set(read_head(heads).meanings) == {"negative", "neutral", "positive"}


def test_what_a_head_cannot_be_asked():
    reading = read_head(head(("neg", "pos")))
    fact = BehaviourTest(name="one", kind="label", label="neutral", texts=("It opens at nine.",))
    kind = fact.model_copy(update={"label": ("neutral", "positive")})
    assert reading.lacks(fact) == "the head has no label neutral"
    assert reading.lacks(kind) == ""
    suites = select(["en/names", "en/neutral_facts", "en/questions"])
    assert [reading.fits(suite) for suite in suites] == [True, False, True]

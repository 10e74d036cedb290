"""Shapes as transformers 5.23 gave them, recorded with a three-label model; a scheme a call."""

from collections.abc import Iterator

import pytest

import sentigate
from sentigate.compat.hugging_face import choose_head, pipeline, ranked
from sentigate.config import HeadConfig
from sentigate.errors import ConfigError, ModelError
from sentigate.records import HeadResult, Prediction, Status

ONE = ["label", "score"]
TWO = [ONE, ONE]
ALL = [ONE, ONE, ONE]
# made with top_k, called with top_k, answer to "good", answer to ["good", "bad"]
SHAPES = [
    ({}, {}, [ONE], [ONE, ONE]),
    ({}, {"top_k": None}, ALL, [ALL, ALL]),
    ({}, {"top_k": 1}, [ONE], [[ONE], [ONE]]),
    ({}, {"top_k": 2}, TWO, [TWO, TWO]),
    ({"top_k": None}, {}, [ALL], [ALL, ALL]),
    ({"top_k": None}, {"top_k": None}, ALL, [ALL, ALL]),
    ({"top_k": None}, {"top_k": 1}, [ONE], [[ONE], [ONE]]),
    ({"top_k": None}, {"top_k": 2}, TWO, [TWO, TWO]),
    ({"top_k": 2}, {}, [TWO], [TWO, TWO]),
    ({"top_k": 2}, {"top_k": None}, ALL, [ALL, ALL]),
    ({"top_k": 2}, {"top_k": 1}, [ONE], [[ONE], [ONE]]),
    ({"top_k": 2}, {"top_k": 2}, TWO, [TWO, TWO]),
]
NOTHING = {"label": None, "score": None}


def shape(answer):
    return [shape(part) for part in answer] if isinstance(answer, list) else list(answer)


@pytest.mark.parametrize(("made", "called", "single", "several"), SHAPES)
def test_shapes_are_those_of_transformers(made, called, single, several):
    classify = sentigate.pipeline("sentiment-analysis", **made)
    assert shape(classify("good", **called)) == single
    assert shape(classify(["good", "bad"], **called)) == several


def test_labels_and_scores_are_the_analyzers_and_the_best_comes_first():
    texts = ["What a waste of time.", "这家餐厅太棒了！"]
    answers = pipeline("sentiment-analysis")(texts, top_k=None)
    for answer, prediction in zip(answers, sentigate.load()(texts), strict=True):
        scores = {entry["label"]: entry["score"] for entry in answer}
        assert scores == prediction.sentiment.probabilities
        assert list(scores.values()) == sorted(scores.values(), reverse=True)
        assert answer[0]["label"] == prediction.sentiment.label


def test_another_head_answers_by_name():
    (answer,) = pipeline(model="en", head="emotion")("I am so grateful, thank you!")
    assert answer["label"] == "gratitude"


def test_what_cannot_be_read_keeps_its_place():
    answers = pipeline("text-classification")(["good", None, "", float("nan"), "привет", "bad"])
    assert [answer["label"] is None for answer in answers] == [False, *[True] * 4, False]
    assert pipeline()(None) == [NOTHING]
    assert pipeline()([None], top_k=None) == [[NOTHING]]
    assert pipeline()([]) == []


def test_an_iterator_is_answered_as_it_comes():
    def endless():
        while True:
            yield "good"

    answers = pipeline()(endless())
    assert isinstance(answers, Iterator)
    assert next(answers)["label"] == "positive"


def test_settings_without_effect_are_taken_and_others_named():
    assert pipeline(device=-1)("good", truncation=True, batch_size=8)[0]["label"] == "positive"
    with pytest.raises(ConfigError, match="did you mean 'batch_size'"):
        pipeline()("good", batchsize=8)
    with pytest.raises(ConfigError, match="did you mean 'device'"):
        pipeline(devise=-1)


def test_wrong_calls_are_one_sentence():
    with pytest.raises(ConfigError, match="did you mean 'sentiment-analysis'"):
        pipeline("sentiment-analisys")
    with pytest.raises(ConfigError, match="did you mean 'emotion'"):
        pipeline(model="en", head="emotions")
    with pytest.raises(ModelError, match="no model 'fr'"):
        pipeline(model="fr")
    heads = [HeadConfig(name=name, kind="regression") for name in ("stars", "mood")]
    with pytest.raises(ConfigError, match="stars, mood: name one of them as head"):
        choose_head({head.name: head for head in heads})


def test_a_number_is_named_after_its_head():
    result = HeadResult("regression", value=3.5)
    prediction = Prediction("a", Status.OK, heads={"stars": result})
    assert ranked(prediction, "stars") == [{"label": "stars", "score": 3.5}]


def test_the_label_decided_on_comes_first():
    result = HeadResult("binary", ("bad",), {"bad": 0.4, "good": 0.6})  # its threshold is 0.7
    prediction = Prediction("a", Status.OK, heads={"mood": result})
    assert [entry["label"] for entry in ranked(prediction, "mood")] == ["bad", "good"]


def test_a_withheld_answer_comes_first_and_hides_no_probability():
    plain, unsure = (
        sentigate.load("en", abstain=bound)("It opens at nine.") for bound in (0.0, 1.0)
    )
    assert ranked(unsure, "sentiment")[1:] == ranked(plain, "sentiment")
    assert ranked(unsure, "sentiment")[0]["label"] == "uncertain"

"""Judging: what passes, what fails, what is skipped; and that no constant answer gets through."""

from zlib import crc32

import pytest

from sentigate.behaviour.check import check
from sentigate.behaviour.reading import Reading
from sentigate.behaviour.records import BehaviourTest, Suite
from sentigate.behaviour.suites import shipped_suites
from sentigate.records import HeadResult, Prediction, Status

THREE = Reading("sentiment", {name: name for name in ("negative", "neutral", "positive")})
TWO = Reading("sentiment", {"negative": "negative", "positive": "positive"})


def suite_of(*tests):
    made = tuple(BehaviourTest.from_dict({"name": "one", **test}) for test in tests)
    return Suite(name="mine", language="en", about="A test.", tests=made)


def passed(answer, *tests):
    (result,) = check(answer, [suite_of(*tests)], THREE)
    return [outcome.passed for outcome in result.outcomes]


def test_labels(answer_by):
    answer = answer_by(lambda text: {"good": 0.9, "bad": -0.9}.get(text, 0.0))
    test = {"kind": "label", "label": "positive", "texts": ["good", "bad"]}
    assert passed(answer, test) == [True, False]
    pairs = {"kind": "label", "labels": ["positive", ["negative", "neutral"]]}
    rows = {"pairs": [["good", "bad"], ["good", "good"], ["good", "dull"]]}
    assert passed(answer, pairs | rows)[:2] == [True, False]


def test_scores_that_stay(answer_by):
    answer = answer_by(lambda text: len(text) / 100)
    test = {"kind": "same", "within": 0.05, "pairs": [["a" * 10, "a" * 14], ["a" * 10, "a" * 16]]}
    assert passed(answer, test) == [True, False]


def test_scores_that_rise_or_fall_step_by_step(answer_by):
    answer = answer_by(lambda text: len(text) / 100)
    ladder = [["a" * 10, "a" * 20, "a" * 30], ["a" * 10, "a" * 30, "a" * 20], ["a" * 10, "a" * 12]]
    assert passed(answer, {"kind": "rises", "by": 0.05, "pairs": ladder[:2]}) == [True, False]
    assert passed(answer, {"kind": "rises", "by": 0.05, "pairs": ladder[2:]}) == [False]
    down = [row[::-1] for row in ladder]
    assert passed(answer, {"kind": "falls", "by": 0.05, "pairs": down[:2]}) == [True, False]


def test_an_outcome_tells_scores_labels_and_what_was_due(answer_by):
    test = {"kind": "label", "label": ["neutral", "positive"], "texts": ["bad"]}
    (result,) = check(answer_by(lambda _: -0.5), [suite_of(test)], THREE)
    (outcome,) = result.failures
    assert outcome.scores == pytest.approx((-0.5,))
    assert (outcome.labels, outcome.expected) == (("negative",), "neutral or positive")


def test_a_label_that_the_head_does_not_have_is_skipped(answer_by):
    tests = [
        {"kind": "label", "label": "neutral", "texts": ["It opens at nine."]},
        {"name": "two", "kind": "label", "label": ["neutral", "positive"], "texts": ["Not bad."]},
    ]
    answer = answer_by(lambda _: 0.9, labels=("negative", "positive"))
    (result,) = check(answer, [suite_of(*tests)], TWO)
    assert [outcome.passed for outcome in result.outcomes] == [None, True]
    assert result.skipped[0].reason == "the head has no label neutral"


def test_a_text_that_is_not_read_is_skipped():
    def answer(texts):
        return [Prediction(text, Status.UNSUPPORTED_LANGUAGE, "fr") for text in texts]

    test = {"kind": "rises", "by": 0.1, "pairs": [["bon", "très bon"]]}
    (result,) = check(answer, [suite_of(test)], THREE)
    assert result.share is None
    assert "unsupported_language" in result.skipped[0].reason


def test_a_text_without_an_answer_fails_where_others_have_one(answer_by):
    def answer(texts):
        for text, prediction in zip(texts, answer_by(lambda _: 0.9)(texts), strict=True):
            yield prediction if text == "good" else Prediction(text, Status.UNSUPPORTED_LANGUAGE)

    test = {"kind": "label", "label": "positive", "texts": ["good", "goooood"]}
    (result,) = check(lambda texts: answer(list(texts)), [suite_of(test)], THREE)
    assert [outcome.passed for outcome in result.outcomes] == [True, False]
    assert "unsupported_language" in result.failures[0].reason


def test_a_model_without_the_head_is_skipped():
    def answer(texts):
        head = HeadResult("regression", value=1.0)
        return [Prediction(text, Status.OK, "en", "other", {"stars": head}, 1) for text in texts]

    test = {"kind": "label", "label": "positive", "texts": ["good"]}
    (result,) = check(answer, [suite_of(test)], THREE)
    assert result.skipped[0].reason == "the model 'other' has no head 'sentiment'"


def test_a_text_is_read_once(answer_by):
    read = []

    def answer(texts):
        listed = list(texts)
        read.extend(listed)
        return answer_by(lambda _: 0.0)(listed)

    test = {"kind": "label", "label": "neutral", "texts": ["a", "b"]}
    check(answer, [suite_of(test), suite_of(test | {"texts": ["b", "c"]})], THREE)
    assert sorted(read) == ["a", "b", "c"]


def test_progress_reaches_the_number_of_texts(answer_by):
    seen = []
    test = {"kind": "label", "label": "neutral", "texts": ["a", "b"]}
    answer = answer_by(lambda _: 0.0)
    check(answer, [suite_of(test)], THREE, watch=lambda done, every: seen.append((done, every)))
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize("score", [-0.9, 0.0, 0.9])
def test_no_constant_answer_passes_a_suite_that_is_not_about_staying(answer_by, score):
    results = check(answer_by(lambda _: score), shipped_suites(), THREE)
    moving = [
        result for result in results if any(test.kind != "same" for test in result.suite.tests)
    ]
    assert moving
    assert [result.suite.key for result in moving if result.share > 0.8] == []


def test_an_answer_that_jumps_fails_what_is_about_staying(answer_by):
    results = check(
        answer_by(lambda text: 0.9 if crc32(text.encode()) % 2 else -0.9), shipped_suites(), THREE
    )
    staying = [
        result for result in results if all(test.kind == "same" for test in result.suite.tests)
    ]
    assert [result.suite.key for result in staying if result.share > 0.8] == []

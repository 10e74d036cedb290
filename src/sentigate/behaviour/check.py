"""The suites put to a model: every text is read once, every case judged on its own.

Knows neither files nor the command line.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from sentigate.behaviour.reading import Reading
from sentigate.behaviour.records import (
    BehaviourTest,
    Case,
    Labels,
    Outcome,
    Polarity,
    Suite,
    SuiteResult,
)
from sentigate.evaluate.answers import Watch
from sentigate.records import Prediction, Status

Answers = Mapping[str, Prediction]
Answer = Callable[[Iterable[str]], Iterable[Prediction]]


def check(
    answer: Answer,
    suites: Iterable[Suite],
    reading: Reading,
    floors: Mapping[str, float] | None = None,
    watch: Watch = lambda _done, _all: None,
) -> list[SuiteResult]:
    """Put suites to a model.

    Args:
        answer: from texts to predictions, in order; such as `Analyzer.stream`.
        suites: what to ask.
        reading: which head answers, and how its labels are read.
        floors: the least share of passed cases by suite key, where one is stated.
        watch: called with the number of texts read so far and of all texts.

    Returns:
        One result a suite, in order.

    Example:
        >>> from sentigate.behaviour.reading import read_head
        >>> from sentigate.behaviour.suites import select
        >>> from sentigate.analyzer import load
        >>> analyzer = load()
        >>> reading = read_head(analyzer.heads.values())
        >>> (result,) = check(analyzer.stream, select(["en/negation"]), reading)
        >>> result.suite.key, result.asked >= 60, 0 < result.share < 1
        ('en/negation', True, True)
    """
    asked = [
        (suite, [(test, case) for test in suite.tests for case in test.cases()]) for suite in suites
    ]
    texts = dict.fromkeys(text for _, cases in asked for _, case in cases for text in case.texts)
    answers = {}
    for text, prediction in zip(texts, answer(texts), strict=True):
        answers[text] = prediction
        watch(len(answers), len(texts))
    return [
        SuiteResult(suite, _judged(cases, answers, reading), (floors or {}).get(suite.key))
        for suite, cases in asked
    ]


def _judged(
    cases: Sequence[tuple[BehaviourTest, Case]], answers: Answers, reading: Reading
) -> tuple[Outcome, ...]:
    """Judge the cases of a suite; where nothing in it is answered, the model is not for it."""
    outcomes = [judge(test, case, answers, reading) for test, case in cases]
    if all(_unread(text, answers, reading) for _, case in cases for text in case.texts):
        outcomes = [replace(outcome, passed=None) for outcome in outcomes]
    return tuple(outcomes)


def judge(test: BehaviourTest, case: Case, answers: Answers, reading: Reading) -> Outcome:
    """Say whether a case passed; it fails where a text has no answer.

    It is skipped where the head has none of the labels that are due.

    Args:
        test: what must hold.
        case: the texts.
        answers: the prediction of each text.
        reading: which head answers, and how its labels are read.
    """
    due = _due(test, case)
    expected = _in_words(test, due)
    if reason := reading.lacks(test):
        return Outcome(test.name, case, (), (), expected, None, reason)
    if reasons := [told for text in case.texts if (told := _unread(text, answers, reading))]:
        return Outcome(test.name, case, (), (), expected, False, reasons[0])
    heads = [answers[text].heads[reading.head] for text in case.texts]
    scores = tuple(reading.score(head) for head in heads)
    labels = tuple(reading.label(head) for head in heads)
    return Outcome(test.name, case, scores, labels, expected, _holds(test, due, scores, labels))


def _due(test: BehaviourTest, case: Case) -> tuple[Labels, ...]:
    """The right labels of each text; nothing for kinds that compare scores."""
    return test.labels or (() if test.label is None else (test.label,) * len(case.texts))


def _unread(text: str, answers: Answers, reading: Reading) -> str:
    """Why a text has no answer, or nothing."""
    answer = answers[text]
    if answer.status is not Status.OK:
        return f"a text has the status {answer.status}"
    if reading.head not in answer.heads:
        return f"the model {answer.model!r} has no head {reading.head!r}"
    return ""


def _holds(
    test: BehaviourTest,
    due: Sequence[Labels],
    scores: Sequence[float],
    labels: Sequence[Polarity],
) -> bool:
    if test.kind == "label":
        return all(label in right for label, right in zip(labels, due, strict=True))
    if test.kind == "same":
        return max(scores) - min(scores) <= (test.within or 0.0)
    sign = 1 if test.kind == "rises" else -1
    return all(sign * (after - before) >= (test.by or 0.0) for before, after in pairwise(scores))


def _in_words(test: BehaviourTest, due: Sequence[Labels]) -> str:
    if test.kind == "label":
        return ", then ".join(" or ".join(labels) for labels in due)
    if test.kind == "same":
        return f"scores within {test.within:g}"
    return f"score {test.kind} by {test.by:g}"

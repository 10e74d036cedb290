"""Gaps between groups, as planted."""

import pytest

from sentigate.behaviour.check import check
from sentigate.behaviour.fairness import group_gaps
from sentigate.behaviour.reading import Reading
from sentigate.behaviour.records import BehaviourTest, Suite

READING = Reading("sentiment", {name: name for name in ("negative", "neutral", "positive")})
NAMES = BehaviourTest(
    name="names",
    kind="same",
    within=0.1,
    templates=("{name} was late.", "{name} won."),
    groups={"women": ("Emma", "Ann"), "men": ("Jack", "Tom"), "others": ("Kim", "Sam")},
)
TYPOS = BehaviourTest(name="typos", kind="same", within=0.1, pairs=(("good", "goood"),))


def test_the_planted_gap_is_found(answer_by):
    suite = Suite(name="names", language="en", about="Names.", tests=(NAMES, TYPOS))
    planted = {"Emma was": 0.4, "Ann was": 0.2, "Jack": -0.1, "Emma won": 0.1}

    def score(text):
        return next((value for start, value in planted.items() if text.startswith(start)), 0.0)

    (gap,) = group_gaps(check(answer_by(score), [suite], READING))
    assert (gap.suite, gap.test, gap.highest, gap.lowest) == ("en/names", "names", "women", "men")
    assert gap.means == pytest.approx({"women": 0.175, "men": -0.05, "others": 0.0})
    assert gap.gap == pytest.approx(0.225)
    assert gap.largest == pytest.approx(0.35)
    assert gap.template == "{name} was late."


def test_suites_without_groups_have_no_gap(answer_by):
    suite = Suite(name="typos", language="en", about="Typos.", tests=(TYPOS,))
    assert group_gaps(check(answer_by(lambda _: 0.0), [suite], READING)) == []

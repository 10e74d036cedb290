"""A text as it is typed: what is kept and what is new make up what the whole text's course says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentigate.explain.course import MOST_STEPS, trajectory
from sentigate.explain.live import Live
from sentigate.records import Status

TYPED = ["the", "the food", "the food was", "the food was bad", "the food was good", "the food", ""]


def follow(live, texts):
    """What somebody has in hand who keeps the steps that still hold, after each text."""
    steps = []
    for text in texts:
        typed = live.read(text)
        steps = steps[: typed.kept] + list(typed.steps)
        yield text, typed, steps


def assert_as_in_a_course(reader, text, steps):
    wanted = trajectory([reader], text).steps
    assert [(step.start, step.end) for step in steps] == [(one.start, one.end) for one in wanted]
    for step, one in zip(steps, wanted, strict=True):
        assert_close(step.heads, one.heads)


def assert_close(heads, wanted):
    assert heads.keys() == wanted.keys()
    for name, head in heads.items():
        assert head.probabilities == pytest.approx(wanted[name].probabilities, abs=1e-4)
        assert head.value == pytest.approx(wanted[name].value, abs=1e-4)


def test_kept_and_new_steps_are_those_of_the_whole(shaped):
    for text, typed, steps in follow(Live([shaped]), TYPED):
        if typed.status is Status.OK:
            assert typed.tokens == len(steps)
            assert_close(typed.heads, steps[-1].heads)
            assert_as_in_a_course(shaped, text, steps)
        else:
            assert (text, steps) == ("", [])


def test_only_what_is_new_is_sent(shaped):
    live = Live([shaped])
    first, again = live.read("the food was"), live.read("the food was")
    more = live.read("the food was good")
    assert (first.kept, len(first.steps)) == (0, first.tokens)
    assert (again.kept, again.steps) == (first.tokens, ())
    assert again.heads == first.heads
    assert more.kept == first.tokens
    assert 0 < len(more.steps) < more.tokens


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.text("the fod.太 \n🥰", max_size=12), max_size=5))
def test_whatever_is_typed(reader, texts):
    for text, _, steps in follow(Live([reader]), texts):
        assert_as_in_a_course(reader, text, steps)


def test_a_long_text_is_read_whole_and_without_steps(make_reader):
    live = Live([make_reader(window=MOST_STEPS * 2)])
    text = "good " * (MOST_STEPS + 1)
    assert live.read("good").steps
    typed = live.read(text)
    assert (typed.status, typed.steps, typed.kept) == (Status.OK, (), 0)
    assert typed.tokens > MOST_STEPS
    assert typed.heads.keys() == Live([make_reader()]).read("good").heads.keys()
    assert live.read("good").kept == 0


@pytest.mark.parametrize("value", ["", None, 7, "\x00"])
def test_what_cannot_be_read_has_a_status(reader, value):
    typed = Live([reader]).read(value)
    assert typed.status is not Status.OK
    assert typed.to_dict()["error"] == typed.status.words
    assert typed.to_dict()["steps"] == []

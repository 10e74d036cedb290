"""Explanations as pages: one HTML file each. Knows what stands where, and no way to find it."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from sentigate.errors import DataError
from sentigate.explain.heat import COLUMNS, GATES, heat_map
from sentigate.explain.markup import colour, showable, tinted
from sentigate.explain.records import Attribution, Contribution, GateReading, Reading, Trajectory
from sentigate.pages import render
from sentigate.records import Status

MOST_ROWS = 40
HEIGHT = 100
LEAST_FOR_A_LINE = 24
"""Sentences from which on the chart has a running mean."""


class Bar(NamedTuple):
    """A sentence on the chart of a course.

    Args:
        x: where it begins, in per cent of the width.
        width: its share of the text, in per cent.
        y: its upper end, from 0 at the top to `HEIGHT`.
        height: from its value to zero.
        value: the value.
        text: the sentence.
    """

    x: float
    width: float
    y: float
    height: float
    value: float
    text: str


def refuse_unread(record: Attribution | GateReading | Trajectory) -> None:
    """Refuse what has no answer to show.

    Raises:
        DataError: the status is not `ok`; says why.
    """
    if record.status is not Status.OK:
        raise DataError(f"there is nothing to explain: {record.status.words}")


def attribution_page(told: Attribution) -> str:
    """Return a page that shows which words an answer comes from.

    Raises:
        DataError: there is nothing to show.
        MissingExtraError: jinja2 is not installed.
    """
    refuse_unread(told)
    most = max((abs(word.value) for word in told.words), default=0.0) or 1.0
    return render(
        "explain.html",
        told=told,
        words=[
            (showable(word.text), word.value, abs(word.value) / most)
            for word in told.strongest(MOST_ROWS)
        ],
        tinted=tinted(told.text or "", told.words, told.label),
        legend=_legend(told.label),
    )


def gates_page(read: GateReading) -> str:
    """Return a page that shows every gate at every token, and how to read it.

    Raises:
        DataError: there is nothing to show.
        MissingExtraError: jinja2 is not installed.
    """
    refuse_unread(read)
    return render(
        "gates.html",
        read=read,
        tinted=tinted(read.text or "", summed(read.tokens), read.label),
        legend=_legend(read.label),
        maps=heat_map(read.tokens, read.courses, read.label),
        columns=[column for column in COLUMNS if column[0] not in GATES],
    )


def course_page(course: Trajectory) -> str:
    """Return a page that shows the course of feeling through a text.

    Raises:
        DataError: there is nothing to show.
        MissingExtraError: jinja2 is not installed.
    """
    refuse_unread(course)
    low, high = value_range(course)
    most = max(abs(low), abs(high))
    ordered = sorted(course.sentences, key=lambda sentence: sentence.value)
    return render(
        "course.html",
        course=course,
        bars=bars(course),
        line=_line(course),
        low=low,
        high=high,
        zero=_height(0.0, low, high),
        ordered=[(showable(one.text), one.value) for one in ordered],
        tinted=tinted(course.text or "", course.sentences, course.label, most),
        read_on=tinted(course.text or "", _last(course.steps), course.label, most),
        legend=_course_legend(course),
    )


def value_range(course: Trajectory) -> tuple[float, float]:
    """Return between which values a course can lie; of a number's course, does lie.

    Example:
        >>> value_range(Trajectory("a", Status.OK, head="emotion", label="joy"))
        (0.0, 1.0)
    """
    if course.label is not None:
        return 0.0, 1.0
    whole = course.whole and course.head and course.whole.heads[course.head]
    if whole and whole.score is not None:
        return -1.0, 1.0
    values = [0.0, *course.values]
    return min(values), max(values) or 1.0


def bars(course: Trajectory) -> list[Bar]:
    """Lay the sentences of a course side by side, each as wide as its share of the text."""
    low, high = value_range(course)
    scale, zero = 100 / max(1, len(course.text or "")), _height(0.0, low, high)
    return [
        Bar(
            sentence.start * scale,
            (sentence.end - sentence.start) * scale,
            min(place := _height(sentence.value, low, high), zero),
            abs(place - zero),
            sentence.value,
            showable(sentence.text),
        )
        for sentence in course.sentences
    ]


def summed(tokens: Iterable[Contribution]) -> list[Contribution]:
    """Join tokens that stand for the same characters; leave out what stands for none.

    Example:
        >>> summed([Contribution(0, 1, "é", 0.5), Contribution(0, 1, "é", 1.0)])
        [Contribution(start=0, end=1, text='é', value=1.5)]
    """
    joined: dict[tuple[int, int], Contribution] = {}
    for token in tokens:
        before = joined.get((token.start, token.end))
        value = token.value + (before.value if before else 0.0)
        if token.start < token.end:
            joined[token.start, token.end] = token._replace(value=value)
    return list(joined.values())


def _last(steps: Sequence[Reading]) -> list[Reading]:
    """Of several readings after the same characters, the last."""
    return list({(step.start, step.end): step for step in steps if step.start < step.end}.values())


def _height(value: float, low: float, high: float) -> float:
    """Where a value stands on the chart, from 0 at the top to `HEIGHT`."""
    return HEIGHT * (high - value) / (high - low)


def _line(course: Trajectory) -> list[tuple[float, float]]:
    """The running mean over a tenth of the sentences, as points; none for a few sentences."""
    values, low_high = course.values, value_range(course)
    if len(values) < LEAST_FOR_A_LINE:
        return []
    reach = len(values) // 20
    totals = [0.0, *accumulate(values)]
    means = [
        (totals[min(len(values), place + reach + 1)] - totals[max(0, place - reach)])
        / (min(len(values), place + reach + 1) - max(0, place - reach))
        for place in range(len(values))
    ]
    return [
        (bar.x + bar.width / 2, _height(mean, *low_high))
        for bar, mean in zip(bars(course), means, strict=True)
    ]


def _course_legend(course: Trajectory) -> list[tuple[str, str]]:
    """What the colours of a course say, each with its colour."""
    if course.label is not None:
        return [
            (f"the stronger, the more probable is {course.label}", colour(1.0, course.label, 1))
        ]
    scored = course.whole and course.head and course.whole.heads[course.head].score is not None
    words = ("positive", "negative") if scored else ("above zero", "below zero")
    return [(word, colour(sign, None, 1.0)) for word, sign in zip(words, (1.0, -1.0), strict=True)]


def _legend(label: str | None) -> list[tuple[str, str]]:
    """What the two colours say, each with its colour."""
    what = label or "a higher number"
    return [
        (f"speaks for {what}", colour(1.0, label, 1.0)),
        (f"speaks against {what}", colour(-1.0, label, 1.0)),
    ]

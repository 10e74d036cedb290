"""The gates of a text as HTML: a row a token, a strip of cells a gate. Standard library only."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sentigate.explain.markup import ACCENT, NEGATIVE, POSITIVE, colour, shown
from sentigate.pages import signed

if TYPE_CHECKING:
    from sentigate.explain.records import Contribution, GateCourse

COLUMNS = (
    ("adds", "what the token adds to the score"),
    ("input", "input gate: what to write"),
    ("forget", "forget gate: what to keep"),
    ("output", "output gate: what to show"),
    ("memory", "the memory after the token"),
    ("wrote", "mean size of what was written"),
    ("kept", "share of the memory that was kept"),
    ("showed", "share of the memory that was shown"),
    ("left", "share of the final memory that is this token's"),
)
GATES = ("input", "forget", "output")
STRIPS = (*GATES, "memory")
NUMBER = ' class="number"'


def heat_map(
    tokens: Sequence["Contribution"], courses: Sequence["GateCourse"], label: str | None
) -> str:
    """Return a table for each layer and direction, the tokens from top to bottom.

    Args:
        tokens: the tokens with what they add to the score.
        courses: what the gates did at each of them.
        label: what positive contributions speak for; chooses the colours.
    """
    return "".join(_table(tokens, course, label) for course in courses)


def direction(course: "GateCourse") -> str:
    """Say in words how a course was read."""
    way = "from the end to the beginning ↑" if course.reverse else "from the beginning to the end ↓"
    return f"Layer {course.layer + 1}, read {way}"


def _table(tokens: Sequence["Contribution"], course: "GateCourse", label: str | None) -> str:
    head = "".join(
        f'<th scope="col"{"" if name in STRIPS else NUMBER} title="{shown(meaning)}">{name}</th>'
        for name, meaning in COLUMNS
    )
    most_added = max((abs(token.value) for token in tokens), default=0.0)
    rows = "".join(
        f'<tr><th scope="row" class="text" dir="auto">{shown(token.text)}</th>'
        f"{''.join(_cells(token, course, step, label, most_added))}</tr>"
        for step, token in enumerate(tokens)
    )
    return (
        f'<div class="scroll"><table class="gates"><caption>{direction(course)}</caption>'
        f'<thead><tr><th scope="col">token</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cells(
    token: "Contribution", course: "GateCourse", step: int, label: str | None, most_added: float
) -> Iterator[str]:
    tint = colour(token.value, label, abs(token.value) / most_added if most_added else 0.0)
    yield f'<td class="number" style="background:{tint}">{signed(token.value)}</td>'
    for name in GATES:
        cells = getattr(course, name)[step]
        yield f"<td>{_strip(cells, [f'rgba({ACCENT},{value:.2f})' for value in cells])}</td>"
    most = max((abs(value) for row in course.memory for value in row), default=0.0) or 1.0
    memory = course.memory[step]
    hues = [(POSITIVE if value >= 0 else NEGATIVE, abs(value) / most) for value in memory]
    yield f"<td>{_strip(memory, [f'rgba({hue},{share:.2f})' for hue, share in hues])}</td>"
    yield f'<td class="number">{course.written[step]:.2f}</td>'
    for share in (course.kept[step], course.shown[step], course.left[step]):
        yield f'<td class="number">{"–" if share is None else f"{100 * share:.0f} %"}</td>'


def _strip(values: Sequence[float], colours: Sequence[str]) -> str:
    """A row of cells; their numbers stand in the title, and are read to whoever cannot see them."""
    numbers = " ".join(f"{value:.2f}" for value in values)
    cells = "".join(
        f'<rect x="{place}" width="1" height="1" fill="{fill}"/>'
        for place, fill in enumerate(colours)
    )
    return (
        f'<svg class="strip" role="img" aria-label="{numbers}" width="{9 * len(values)}"'
        f' height="16" viewBox="0 0 {len(values)} 1" preserveAspectRatio="none">'
        f"<title>{numbers}</title>{cells}</svg>"
    )

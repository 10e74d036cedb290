"""A text with its words tinted, as HTML: for notebooks and pages alike. Imports nothing heavy.

Every character of the text is escaped and shown in its place; what could break the page or the
encoding (control characters, lone surrogates) becomes U+FFFD, so that no place shifts.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Protocol

from sentigate.data.scales import side

_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
STRONGEST = 0.55
"""Opacity of the strongest tint, through which ink is read on light and on dark paper."""
NEGATIVE, POSITIVE = "var(--tint-negative,176,67,43)", "var(--tint-positive,23,117,106)"
ACCENT, MUTED = "var(--tint-accent,62,120,180)", "var(--tint-muted,135,125,110)"
"""Red, green and blue; a page may set others for dark paper, a notebook takes these."""
BOX = "unicode-bidi:isolate;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.9"


class Tinted(Protocol):
    """A stretch of a text with a number."""

    @property
    def start(self) -> int:
        """Where it begins, in code points."""
        ...

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""
        ...

    @property
    def value(self) -> float:
        """How strong its tint is; the sign chooses the colour."""
        ...


def tinted(text: str, words: Sequence[Tinted], label: str | None, most: float | None = None) -> str:
    """Return a text as HTML in which each word is tinted by its value.

    Args:
        text: the raw text.
        words: stretches of it, in order, none overlapping.
        label: what positive values speak for; chooses the colours.
        most: the value that gets the strongest tint; without it, the largest there is.

    Example:
        >>> from sentigate.explain.records import Contribution
        >>> html = tinted("a <b>", [Contribution(2, 5, "<b>", 1.0)], "joy")
        >>> html[html.index("a "):]
        'a <span class="word" style="background:rgba(var(--tint-accent,62,120,180),0.55)"
        title="+1.000">&lt;b&gt;</span></div>'
    """
    inner = "".join(
        _pieces(text, words, label, most or max((abs(w.value) for w in words), default=0.0))
    )
    return f'<div class="tinted" dir="auto" style="{BOX}">{inner}</div>'


def colour(value: float, label: str | None, strength: float) -> str:
    """Return a CSS colour: its hue from label and sign, its opacity from the strength in [0, 1]."""
    hues = {-1: (NEGATIVE, POSITIVE), 1: (POSITIVE, NEGATIVE), 0: (ACCENT, MUTED)}
    towards, against = hues[1 if label is None else side(label)]
    return f"rgba({towards if value >= 0 else against},{STRONGEST * min(1.0, strength):.2f})"


def shown(text: str) -> str:
    """Return a text as HTML that shows it, character for character.

    Example:
        >>> shown("<script>")
        '&lt;script&gt;'
    """
    return escape(showable(text))


def showable(text: str) -> str:
    """Replace what no page can hold, character for character."""
    return _UNSHOWABLE.sub("\ufffd", text)


def refusal(text: str | None, status: str) -> str:
    """Return what stands in place of an explanation: the input and why there is none."""
    return f"<div>{shown(text or '')} <em>{shown(status)}</em></div>"


def _pieces(text: str, words: Sequence[Tinted], label: str | None, most: float) -> Iterator[str]:
    done = 0
    for word in words:
        start, end = max(done, word.start), max(done, word.end)
        tint = colour(word.value, label, abs(word.value) / most if most else 0.0)
        yield shown(text[done:start])
        yield f'<span class="word" style="background:{tint}" title="{word.value:+.3f}">'
        yield f"{shown(text[start:end])}</span>"
        done = end
    yield shown(text[done:])

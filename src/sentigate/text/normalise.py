"""Normalisation: the one form in which texts reach the tokeniser, in training and in use alike.

It unites what means the same (Unicode forms, entities, case, white space), masks what carries no
feeling (links, addresses, names) and keeps what does: emoji, emoticons, repeated letters and
punctuation (three at most), and capitals, as a marker before the lower-cased word. Knows nothing
of tokens; the rules themselves are in `rules`.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sentigate.text.rules import RULES, SYMBOLS, Edit

__all__ = ["SYMBOLS", "Aligned", "normalise", "normalise_aligned"]


class Aligned(NamedTuple):
    """A normalised text that remembers where it comes from.

    `starts` and `ends` hold, for each character of `text`, the stretch of the raw text that it
    stands for (code points, end exclusive). Both never decrease.
    """

    text: str
    starts: list[int]
    ends: list[int]


def normalise(text: str) -> str:
    """Return the text as the tokeniser wants it; may be empty.

    Example:
        >>> normalise("@bob  I LOVE it soooooo much!!!!! &#128514; https://t.co/x #BestDayEver")
        '<user> i <caps> love it sooo much!!! 😂 <url> # best day ever'
    """
    for rule in RULES:
        if rule.applies(text):
            text = rule.rewrite(text)
    return text


def normalise_aligned(text: str) -> Aligned:
    """Return what `normalise` returns, with the place of each character in the raw text.

    Several times slower than `normalise`, and meant for explanations.

    Example:
        >>> aligned = normalise_aligned("&lt;3  WOW")
        >>> aligned.text
        '<3 <caps> wow'
        >>> aligned.starts[0], aligned.ends[0]
        (0, 4)
    """
    starts, ends = list(range(len(text))), list(range(1, len(text) + 1))
    for rule in RULES:
        if rule.applies(text):
            starts, ends = _replace(rule.edits(text), starts, ends)
            text = rule.rewrite(text)
    return Aligned(text, starts, ends)


def _replace(
    edits: Iterable[Edit], starts: list[int], ends: list[int]
) -> tuple[list[int], list[int]]:
    """Carry the places over a rule: new characters stand for all of what they replaced."""
    new_starts: list[int] = []
    new_ends: list[int] = []
    done = 0
    for start, end, new in edits:
        new_starts += starts[done:start]
        new_ends += ends[done:start]
        if len(new) == end - start:
            new_starts += starts[start:end]
            new_ends += ends[start:end]
        else:
            first, last = _stretch(start, end, starts, ends)
            new_starts += [first] * len(new)
            new_ends += [last] * len(new)
        done = end
    return new_starts + starts[done:], new_ends + ends[done:]


def _stretch(start: int, end: int, starts: list[int], ends: list[int]) -> tuple[int, int]:
    """The raw stretch of an edit; an insertion stands for nothing, just before what follows."""
    if start < end:
        return starts[start], ends[end - 1]
    place = starts[start] if start < len(starts) else ends[-1] if ends else 0
    return place, place

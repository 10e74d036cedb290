"""The words, phrases and sentences of a text as runs of its tokens, with their places in the text.

Words are what a highlight can stand on: whole grapheme clusters, emoji sequences unbroken, a sign
apart from the word before it. Where a script has no spaces, a token is a word. Knows no model.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from sentigate.records import Encoded
from sentigate.text.sentences import sentences
from sentigate.text.tokenizer import SPACE

By = Literal["word", "phrase", "sentence"]
Span = tuple[int, int]

_JOINER = "\u200d"
_INSIDE_WORDS = frozenset("'’-_&@")
_INSIDE_NUMBERS = frozenset(".,:")
_SKIN = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAGS = range(0x1F1E6, 0x1F200)
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
# A phrase ends behind a pause and before a turn.
_PAUSE = re.compile(r"(?<!\d)[,;:，、；：—–()（）\"“”](?!\d)")
_TURN = re.compile(
    r"\b(?:but|although|though|however|yet|because|while|whereas|except|unless)\b"
    "|但是?|可是|不过|然而|虽然|尽管|因为|所以|而且",
    re.IGNORECASE,
)


class Unit(NamedTuple):
    """A stretch of a text and the tokens that stand for it.

    Args:
        start: where it begins in the raw text, in code points.
        end: where it ends, exclusive.
        first: its first token.
        last: its last token, exclusive.
    """

    start: int
    end: int
    first: int
    last: int


def units(text: str, encoded: Encoded, pieces: Sequence[str], by: By = "word") -> list[Unit]:
    """Cut a text into words, phrases or sentences; every token is in one of them, in order.

    Args:
        text: the raw text.
        encoded: its tokens with their places.
        pieces: the tokens as the tokeniser spells them.
        by: how large the units are.

    Example:
        >>> import numpy as np
        >>> encoded = Encoded(np.arange(5), ((0, 3), (3, 4), (4, 5), (5, 5), (6, 9)))
        >>> pieces = ["▁don", "'", "t", "▁<caps>", "▁wow"]
        >>> units("don't WOW", encoded, pieces)
        [Unit(start=0, end=5, first=0, last=3), Unit(start=6, end=9, first=3, last=5)]
    """
    words = _words(text, encoded.spans, pieces)
    if by == "word" or len(words) < 2:
        return words
    starts = [start for start, _ in sentences(text)]
    return _joined(words, starts if by == "sentence" else sorted({*starts, *_phrase_starts(text)}))


def _words(text: str, spans: Sequence[Span], pieces: Sequence[str]) -> list[Unit]:
    """Cut between tokens; one that stands for nothing visible goes with the next that does."""
    visible = [place for place, (start, end) in enumerate(spans) if start < end]
    if not visible:
        return [Unit(0, len(text), 0, len(spans))] if spans else []
    ends, begins = [], [visible[0]]
    for left, right in pairwise(visible):
        spaced = any(piece.startswith(SPACE) for piece in pieces[left + 1 : right + 1])
        if _parted(text, spans[left], spans[right], spaced=spaced):
            ends.append(left)
            begins.append(right)
    ends.append(visible[-1])
    firsts = [0, *(end + 1 for end in ends[:-1]), len(spans)]
    limits = [*(spans[begin][0] for begin in begins[1:]), len(text)]
    return [
        Unit(spans[begin][0], _extended(text, spans[end][1], limit), first, last)
        for begin, end, limit, (first, last) in zip(
            begins, ends, limits, pairwise(firsts), strict=True
        )
    ]


def _parted(text: str, left: Span, right: Span, *, spaced: bool) -> bool:
    """Whether a word ends between two tokens, given whether the second follows a space."""
    if right[0] < left[1] or _clings(text, right[0]):
        return False
    if spaced or any(char.isspace() for char in text[left[1] : right[0]]):
        return True
    kinds = _kind(text, left[1] - 1), _kind(text, right[0])
    return "unspaced" in kinds or kinds[0] != kinds[1]


def _kind(text: str, place: int) -> str:
    """What a character is part of; two neighbours of one kind are of one word."""
    char = text[place]
    if _UNSPACED.match(char):
        return "unspaced"
    if _is_letter(char) or (0 < place < len(text) - 1 and _is_inside(*text[place - 1 : place + 2])):
        return "word"
    pictured = unicodedata.category(char) == "So" or ord(char) in _SKIN
    return f"sign {char}" if pictured else "sign"


def _is_inside(before: str, char: str, after: str) -> bool:
    """Whether a sign stands inside a word or a number: don't, 3.5."""
    if char in _INSIDE_NUMBERS:
        return before.isdigit() and after.isdigit()
    return char in _INSIDE_WORDS and _is_letter(before) and _is_letter(after)


def _is_letter(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")


def _clings(text: str, place: int) -> bool:
    """Whether a character belongs to the one before it: a mark, the rest of an emoji or flag."""
    if place == 0:
        return False
    if _extends(text[place]) or text[place - 1] == _JOINER:
        return True
    first = place
    while first > 0 and ord(text[first]) in _FLAGS and ord(text[first - 1]) in _FLAGS:
        first -= 1
    return (place - first) % 2 == 1


def _extends(char: str) -> bool:
    code = ord(char)
    return (
        char == _JOINER
        or code in _SKIN
        or code in _TAGS
        or unicodedata.category(char).startswith("M")
    )


def _extended(text: str, end: int, limit: int) -> int:
    """Where a word ends with the marks that normalisation left out, such as variation signs."""
    while end < limit and _clings(text, end):
        end += 1
    return end


def _phrase_starts(text: str) -> Iterator[int]:
    yield from (match.end() for match in _PAUSE.finditer(text))
    yield from (match.start() for match in _TURN.finditer(text))


def _joined(words: Sequence[Unit], starts: Sequence[int]) -> list[Unit]:
    """Join the words between two starts."""
    groups = (
        list(group) for _, group in groupby(words, lambda word: bisect_right(starts, word.start))
    )
    return [Unit(g[0].start, g[-1].end, g[0].first, g[-1].last) for g in groups]

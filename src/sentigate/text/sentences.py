"""Sentences of English and Chinese text, as places in the raw text. Knows no tokens."""

import re
from collections.abc import Iterator

_STOPS = ".!?…。！？｡"
_CLOSERS = "\"'”’»)\\]）】」』》〉"
# Possessive and never begun inside a run of stops, so that "....…" a megabyte long is read once.
_STOP = re.compile(rf"(?<![{_STOPS}])([{_STOPS}]++)[{_CLOSERS}]*+|[\r\n\x0b\x0c\x85\u2028\u2029]+")
# Emoji and emoticons behind a stop, up to the next space; what opens something does not belong.
_SIGNS = re.compile(rf"(?:[^\S\r\n]*[^\w\s{_STOPS}\"'“‘(\[{{（【「『《〈#@$€£¥&+-]+(?=\s|\Z))*+")
_LAST_WORD = re.compile(r"[A-Za-z.]+$")
_WIDE_STOPS = frozenset("。！？｡")
_COMMAS = frozenset(",，、;；")
_GOES_ON = re.compile(r"[a-z]|I\b")
FULL_LINE = 60
"""Characters from which on a line may have been broken for want of room."""

_TITLES = frozenset(
    "mr mrs ms dr prof st mt rev gen sen rep gov capt sgt lt col e.g i.e cf".split()
)
_MID_SENTENCE = frozenset("vs etc al approx inc ltd co corp jr sr dept est a.m p.m ca".split())
_NUMBERED = frozenset(
    "no nos fig vol pp p ch sec jan feb mar apr jun jul aug sep sept oct nov dec".split()
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the start and end (end exclusive) of each sentence, in order.

    Sentences never overlap, neither begin nor end with white space, and together hold everything
    else. What has no letter or digit belongs to the sentence before it on its line.

    Example:
        >>> text = "Mr. Li paid 3.50... Great! :) 太好吃了！下次还来。"
        >>> [text[start:end] for start, end in sentences(text)]
        ['Mr. Li paid 3.50...', 'Great! :)', '太好吃了！', '下次还来。']
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for end in (*_ends(text), len(text)):
        piece = text[start:end]
        first, last = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if first < last and spans and _is_tail(text, spans[-1][1], first, last):
            spans[-1] = (spans[-1][0], last)
        elif first < last:
            spans.append((first, last))
        start = end
    return spans


def _ends(text: str) -> Iterator[int]:
    for match in _STOP.finditer(text):
        if match[1] is None:
            if not _is_wrapped(text, match):
                yield match.end()
        elif _is_end(text, match, end := _past_signs(text, match.end())):
            yield end


def _is_wrapped(text: str, match: re.Match[str]) -> bool:
    """Whether a line ends only because it was full: a long one, and the next goes on small."""
    line = text[max(0, match.start() - FULL_LINE) : match.start()]
    full = len(line) == FULL_LINE and "\n" not in line
    return full and match[0] in ("\n", "\r\n") and bool(_GOES_ON.match(text, match.end()))


def _past_signs(text: str, place: int) -> int:
    signs = _SIGNS.match(text, place)
    return signs.end() if signs else place


def _is_tail(text: str, before: int, first: int, last: int) -> bool:
    """Whether a stretch is only signs, on the line on which the last sentence ended."""
    return not any(char.isalnum() for char in text[first:last]) and "\n" not in text[before:first]


def _is_end(text: str, match: re.Match[str], end: int) -> bool:
    """Whether stops end a sentence, by what stands around them."""
    stops, after = match[1], text[end : end + 1]
    if not _WIDE_STOPS.isdisjoint(stops):
        return after not in _COMMAS
    if after and not after.isspace() and not _is_han(after):
        return False
    following = text[end : end + 8].lstrip()[:1]
    if "!" in stops or "?" in stops:
        return True
    if stops != ".":
        return not following.islower()
    return not _is_abbreviation(text[max(0, match.start() - 12) : match.start()], following)


def _is_abbreviation(before: str, following: str) -> bool:
    """Whether the dot after some text belongs to its last word."""
    found = _LAST_WORD.search(before)
    if found is None:
        return False
    word = found[0].casefold()
    if word in _MID_SENTENCE:
        return following.islower() or following.isdigit()
    if word in _NUMBERED:
        return following.isdigit()
    is_initials = all(len(part) == 1 for part in found[0].split(".")) and found[0].isupper()
    return word in _TITLES or (is_initials and found[0] != "I")


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"

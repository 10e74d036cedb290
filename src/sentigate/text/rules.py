"""The rewriting rules of normalisation, in the order in which they apply.

A rule says what becomes of a text and, for whoever needs places, which stretches it replaced. Both
views come from the same pattern. Rules are guarded by a test that is far cheaper than the rule, so
plain text passes most of them at once. Knows nothing of tokens.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

URL, EMAIL, USER, CAPS = SYMBOLS = ("<url>", "<email>", "<user>", "<caps>")

Edit = tuple[int, int, str]
"""Start and end of a stretch of the text (end exclusive), and what takes its place."""

Replacement = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of normalisation.

    Args:
        applies: a cheap test; where it is False the rule would change nothing.
        rewrite: the text after the step.
        edits: the same step as disjoint edits in order; what lies between them keeps its length.
    """

    applies: Callable[[str], bool]
    rewrite: Callable[[str], str]
    edits: Callable[[str], Iterator[Edit]]


def _rule(applies: Callable[[str], bool], pattern: re.Pattern[str], new: Replacement) -> Rule:
    """Replace every match of a pattern."""

    def edits(text: str) -> Iterator[Edit]:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), new if isinstance(new, str) else new(match)

    # A constant holds no group references here, so both views treat it alike.
    return Rule(applies, lambda text: pattern.sub(new, text), edits)


def _rule_within(
    applies: Callable[[str], bool], stretch: re.Pattern[str], inner: re.Pattern[str], new: str
) -> Rule:
    """Replace every match of `inner` that lies in a match of `stretch`."""

    def edits(text: str) -> Iterator[Edit]:
        for outer in stretch.finditer(text):
            for match in inner.finditer(outer[0]):
                yield outer.start() + match.start(), outer.start() + match.end(), new

    return Rule(
        applies, lambda text: stretch.sub(lambda outer: inner.sub(new, outer[0]), text), edits
    )


def _rule_in_place(applies: Callable[[str], bool], rewrite: Callable[[str], str]) -> Rule:
    """Exchange characters one for one."""
    return Rule(applies, rewrite, lambda text: iter(()))


def _not_ascii(text: str) -> bool:
    return not text.isascii()


# ── damage ──────────────────────────────────────────────────────────────────────────────────────

_ESCAPE = re.compile(r"(?<!\\)\\++u([0-9a-fA-F]{4})")
_ENTITY = re.compile(r"&(?:amp;)*(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|[A-Za-z]{2,31});|&(?:amp;)+")
_TAG = re.compile(r"</?(?:br|p|div|span|i|b|u|em|strong)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
# Zero-width joiners stay: they hold family emoji, Persian and Hindi words together.
_BROKEN = re.compile(
    "[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]"
    "|[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]+"
)
_VARIATION = re.compile("[\ufe0e\ufe0f]+")
# Combining marks lie in these blocks; the first look keeps plain Chinese and emoji out at once.
_MARK_RUN = re.compile(
    r"(?=[\u0300-\u2dff\u302a-\u309a\ua66f-\uabff\ufb1e\ufe20-\ufe2f\U000101fd-\U0001e94a])"
    r"[^\w\s]{32,}"
)
_MARKS_KEPT = 8


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _resolve_entity(match: re.Match[str]) -> str:
    once = html.unescape(re.sub("&(?:amp;)+", "&", match[0]))
    return "&" if once == "&amp;" else once


def _mend(match: re.Match[str]) -> str:
    """Join a surrogate pair, replace a lone surrogate, drop control characters."""
    if not "\ud800" <= match[0][0] <= "\udfff":
        return ""
    return match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _thin_marks(match: re.Match[str]) -> str:
    """Drop combining marks beyond the eighth in a row; NFKC sorts them in quadratic time."""
    kept, row = [], 0
    for char in match[0]:
        row = row + 1 if unicodedata.combining(char) else 0
        if row <= _MARKS_KEPT:
            kept.append(char)
    return "".join(kept)


# ── one form for one thing ──────────────────────────────────────────────────────────────────────

# "▁" is how SentencePiece writes a space. The full-width signs would be folded by NFKC too, but
# without them most Chinese texts are in this form already, and one check is ten times cheaper.
_FOLDS = (
    *((quote, "'") for quote in "’‘´ʼ"),
    *((quote, '"') for quote in "“”„"),
    *zip("，！？：；（）～", ",!?:;()~", strict=True),
    ("▁", "_"),
)


def _fold(text: str) -> str:
    for fancy, plain in _FOLDS:
        text = text.replace(fancy, plain)
    return text


def _not_nfkc(text: str) -> bool:
    return not unicodedata.is_normalized("NFKC", text)


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _continues(char: str) -> bool:
    """Whether a character may melt into the one before it."""
    first = unicodedata.normalize("NFKD", char)[0]
    return (
        unicodedata.category(first).startswith("M")
        or "\u1161" <= first <= "\u1175"
        or "\u11a8" <= first <= "\u11c2"
    )


def _nfkc_edits(text: str) -> Iterator[Edit]:
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and not text[end].isascii() and _continues(text[end]):
            continue
        cluster = text[start:end]
        if not cluster.isascii() and (new := _nfkc(cluster)) != cluster:
            yield start, end, new
        start = end


def _lower(text: str) -> str:
    # The only letter whose lower case has two characters.
    return text.replace("İ", "i").lower()


# ── what carries no feeling by itself ───────────────────────────────────────────────────────────

# TweetEval and its kin hold the bare word "http" where a link was.
_URL = re.compile(
    r"(?:https?://|www\.)(?:[!#-;=?-~]*[A-Za-z0-9/=&#_~-])?|(?<![\w/])https?(?![\w/])",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_HAS_EMAIL = re.compile(r"@[A-Za-z0-9-]+\.")
_MENTION = re.compile(r"@(?<![A-Za-z0-9_]@)\w[\w-]{0,29}(?:@\w[\w-]{0,29})*+")
_NAME = re.compile(r"\[NAME\]")
_HASHTAG = re.compile(r"#\w{1,200}")
_SEAM = re.compile(
    r"(?<=#)|_+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Z])"
)


def _has_url(text: str) -> bool:
    return "http" in text or "://" in text or "www." in text or "WWW." in text


# ── what carries feeling in its form ────────────────────────────────────────────────────────────

_UPPER = "A-ZÀ-ÖØ-ÞΑ-ΡΣ-ΫА-ЯЁ"
_TWO_UPPER = re.compile(f"[{_UPPER}][{_UPPER}]")
_SHOUT = re.compile(
    rf"(?<![A-Za-z0-9_])(?=[{_UPPER}]{{2}}(?:'?[{_UPPER}]){{0,50}}+(?![A-Za-z0-9_]))"
)
_FOUR_ALIKE = re.compile(r"(.)\1\1\1")
_RUN = re.compile(r"([^\d\s])\1{3,}")
_SPACE = re.compile(r"\s+")


def _has_shout(text: str) -> bool:
    return _TWO_UPPER.search(text) is not None


def _has_run(text: str) -> bool:
    return _FOUR_ALIKE.search(text) is not None


def _cap_run(match: re.Match[str]) -> str:
    return match[1] * 3


def _space_edits(text: str) -> Iterator[Edit]:
    for match in _SPACE.finditer(text):
        inside = match.start() > 0 and match.end() < len(text)
        yield match.start(), match.end(), " " if inside else ""


RULES: tuple[Rule, ...] = (
    _rule(lambda text: "\\" in text, _ESCAPE, _unescape),
    _rule(lambda text: "&" in text, _ENTITY, _resolve_entity),
    _rule(lambda text: "<" in text, _TAG, " "),
    _rule(lambda text: not text.isprintable(), _BROKEN, _mend),
    _rule(lambda text: "\ufe0f" in text or "\ufe0e" in text, _VARIATION, ""),
    _rule(_not_ascii, _MARK_RUN, _thin_marks),
    _rule_in_place(_not_ascii, _fold),
    Rule(_not_nfkc, _nfkc, _nfkc_edits),
    _rule(_has_url, _URL, f" {URL} "),
    _rule(lambda text: _HAS_EMAIL.search(text) is not None, _EMAIL, f" {EMAIL} "),
    _rule(lambda text: "@" in text, _MENTION, f" {USER} "),
    _rule(lambda text: "[NAME]" in text, _NAME, f" {USER} "),
    _rule_within(lambda text: "#" in text, _HASHTAG, _SEAM, " "),
    _rule(_has_shout, _SHOUT, f" {CAPS} "),
    _rule_in_place(lambda text: not text.islower(), _lower),
    _rule(_has_run, _RUN, _cap_run),
    Rule(lambda text: True, lambda text: " ".join(text.split()), _space_edits),
)

"""The language of a text: by script, and for Latin letters by frequent words. Knows no model.

Cheap enough to run on every text, and content to say that it cannot tell. A short text in Latin
letters without evidence is taken for English.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from sentigate.text.words import LETTERS, WORDS

_SAMPLE = 300
_SURE = 8
_FEW = 2
_COMPANY = 2

_NO_LANGUAGE = re.compile(r"https?://\S+|www\.\S+|@[\w.-]+|<[^<>]{0,80}>|\[NAME\]|\bhttp\b")

# Each script with its letters and how many letters weigh as much as a word.
_SCRIPTS = {
    "latin": ("A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ", 4.5),
    "han": ("\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f", 2),
    "kana": ("ぁ-ゖァ-ヺｦ-ﾟ", 2),
    "ko": ("가-힣ㄱ-ㆎᄀ-ᇿ", 2.5),
    "cyrillic": ("Ѐ-ԯ", 5),
    "arabic": ("ء-يٮ-ۓﭐ-﷿ﹰ-ﻼ", 4),
    "hi": ("ऀ-ॿ", 4),
    "el": ("Ͱ-Ͽἀ-῿", 5),
    "he": ("א-ת", 4),
    "th": ("ก-๎", 4),
    "bn": ("ঀ-৿", 4),
    "pa": ("਀-੿", 4),
    "gu": ("઀-૿", 4),
    "ta": ("஀-௿", 5),
    "te": ("ఀ-౿", 5),
    "kn": ("ಀ-೿", 5),
    "ml": ("ഀ-ൿ", 5),
    "si": ("඀-෿", 4),
    "lo": ("຀-໿", 4),
    "my": ("က-႟", 4),
    "ka": ("Ⴀ-ჿ", 5),
    "am": ("ሀ-፿", 3),
    "km": ("ក-៿", 4),
    "hy": ("Ա-֏", 5),
}
_RUNS = re.compile("|".join(f"(?P<{name}>[{letters}]+)" for name, (letters, _) in _SCRIPTS.items()))
_HAN = re.compile("[\u4e00-\u9fff]+")
_KANA = re.compile(f"[{_SCRIPTS['kana'][0]}]")
_LETTER = "a-zß-öø-ɏḀ-ỿ"
# French and Italian elide: l'amour is two words, don't is one and so is c'mon.
_WORD = re.compile(
    rf"(?!c'mon\b)(?:[ldcjnsm]|qu|un|[dn]ell|[ads]all|sull)'(?=[{_LETTER}]{{2}})|[{_LETTER}]+(?:'[{_LETTER}]+)?"
)

# Letters that one language of a script has and its neighbours lack, the surest first.
_LETTERS_OF = {
    "cyrillic": (("uk", "іїєґ"), ("sr", "ђћџљњј"), ("be", "ў"), ("ru", "ыэё"), ("bg", "ъщ")),
    "arabic": (("ur", "ٹڈےںہ"), ("fa", "پچژگکی")),
}
_DEFAULT_OF = {"cyrillic": "ru", "arabic": "ar"}


def _languages_of(signs: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """For each word or letter the languages that have it."""
    languages: dict[str, list[str]] = defaultdict(list)
    for language, listed in signs.items():
        for sign in dict.fromkeys(listed):
            languages[sign].append(language)
    return languages


# Endings and clusters of words that are not listed; they count where few words of a text are, and
# not alone: English has borrowed words of every shape.
_SHAPES = re.compile(
    "(?P<de>.{4}ung$|.(?:ungen|keit|heit|schaft|lich|licher|liches|liche|isch|ische|ischer|tzt)$"
    "|^(?:be|ver|zer|ent)[a-zäöüß]{4,}(?:en|ten)$|^ge[a-zäöüß]{4,}t(?:en)?$|sch[lmnrw]|tsch|pf$)"
    "|(?P<it>.(?:zione|zioni|ezza|issimo|issima|aggio|ggio|gli)$)"
    "|(?P<pt>.(?:inho|inha|agem|mente|eiro|eira|lh[aeo]s?)$)"
    "|(?P<fr>.(?:eux|euse|aient|ais)$)"
    "|(?P<hi>.(?:unga|ungi|iye|iyo|kar|ogi)$|^(?:jh|dh|bh)[aeiou])"
)

_LANGUAGES_OF = _languages_of({name: words.split() for name, words in WORDS.items()})
_LANGUAGES_OF |= _languages_of(LETTERS)
_ENGLISH = frozenset(word for word, names in _LANGUAGES_OF.items() if names == ["en"])


def detect(text: str) -> str | None:
    """Return the ISO 639-1 code of a text, or None where it cannot be told.

    Of a long text three samples are looked at. A text without letters (emoji, digits, signs) has no
    language; neither has a longer one in Latin letters without a word known here.

    Example:
        >>> [detect(text) for text in ("not bad", "还不错", "C'est pas mal", "😂 10/10")]
        ['en', 'zh', 'fr', None]
    """
    sample = _sample(text)
    if not sample.isascii() and _is_plainly_chinese(sample):
        return "zh"
    if _is_plainly_english(sample):
        return "en"
    sample = _NO_LANGUAGE.sub(" ", sample)
    return _latin(sample) if sample.isascii() else _by_script(sample)


def _sample(text: str) -> str:
    """The beginning, the middle and the end of a long text."""
    if len(text) <= 3 * _SAMPLE:
        return text
    middle = (len(text) - _SAMPLE) // 2
    return " ".join((text[:_SAMPLE], text[middle : middle + _SAMPLE], text[-_SAMPLE:]))


def _by_script(sample: str) -> str | None:
    letters: dict[str, int] = defaultdict(int)
    for run in _RUNS.finditer(sample):
        letters[run.lastgroup or ""] += run.end() - run.start()
    if not letters:
        return None
    words = {script: count / _SCRIPTS[script][1] for script, count in letters.items()}
    # Japanese is written in both; a kana or two in Chinese is decoration.
    is_japanese = letters["kana"] > 0.2 * letters["han"]
    words["ja" if is_japanese else "zh"] = words.pop("han", 0) + words.pop("kana", 0)
    script = max(words, key=lambda name: words[name])
    if script == "latin":
        return _latin(sample)
    return _neighbour(sample, script) if script in _LETTERS_OF else script


def _is_plainly_chinese(sample: str) -> bool:
    """The common case at once: most characters are Han, and none is kana."""
    rest = _HAN.sub("", sample)
    return 2 * len(rest) < len(sample) and not _KANA.search(rest)


def _is_plainly_english(sample: str) -> bool:
    """The other common case: a fourth of the words are frequent in English alone."""
    words = sample.lower().split()
    return 4 * sum(map(_ENGLISH.__contains__, words)) > len(words)


def _neighbour(sample: str, script: str) -> str:
    """The language of a script, by the letters that only it has."""
    for language, letters in _LETTERS_OF[script]:
        if any(letter in sample for letter in letters):
            return language
    return _DEFAULT_OF[script]


def _latin(sample: str) -> str | None:
    """The language most of whose frequent words are there; English on a tie."""
    lowered = sample.lower().replace("’", "'")
    words = _WORD.findall(lowered)
    accents = set() if lowered.isascii() else {char for char in lowered if char > "\x7f"}
    scores: dict[str, float] = defaultdict(float)
    for sign in (*words, *accents):
        # What a sign of several languages says is shared among them.
        names = _LANGUAGES_OF.get(sign, ())
        for name in names:
            scores[name] += 1 / len(names)
    if sum(scores.values()) < _FEW:
        for name, count in _shapes(words).items():
            if count + (scores.get(name, 0) > scores.get("en", 0)) >= _COMPANY:
                scores[name] += count
    if not words or (not scores and len(words) >= _SURE):
        return None
    best = max(scores, key=lambda name: scores[name], default="en")
    return best if scores[best] > scores["en"] else "en"


def _shapes(words: Iterable[str]) -> Counter[str]:
    """For each language how many different words, not listed, have a shape of its words."""
    unlisted = {word for word in words if word not in _LANGUAGES_OF}
    return Counter(shape.lastgroup or "" for shape in map(_SHAPES.search, unlisted) if shape)

"""Words of feeling in many languages as training texts: alone, and in the place of English ones.

Where a language has few labelled texts, most of its words of feeling stand in none of them.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sentigate.records import Example
from sentigate.text.normalise import normalise

LABELS = {"+": "positive", "-": "negative", "=": "neutral"}
ALONE = 6
SWAPPED = 0.8


class Meaning(NamedTuple):
    """The words of one meaning: `words[language]` are its forms in a language, English first."""

    label: str
    words: tuple[tuple[str, ...], ...]


def read_words() -> list[Meaning]:
    """Read `words.txt` beside this file; one line is one meaning."""
    file = Path(__file__).with_name("words.txt")
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_meaning(line) for line in lines if line and not line.startswith("#")]


def _meaning(line: str) -> Meaning:
    sign, *languages = (part.strip() for part in line.split("|"))
    forms = (tuple(word.replace("_", " ") for word in part.split()) for part in languages)
    return Meaning(LABELS[sign], tuple(forms))


def with_words(rows: Sequence[Example]) -> list[Example]:
    """Words alone with their label, and English rows with words of other languages swapped in."""
    alone = [
        Example(form, meaning.label)
        for meaning in read_words()
        for forms in meaning.words
        for form in forms
    ]
    pairs = swapped([row.text or "" for row in rows])
    return alone * ALONE + [Example(text, rows[place].label) for place, text in pairs]


def swapped(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """English texts with the words they share swapped, each into one language, with their places.

    Qin et al. 2020, "CoSDA-ML". A text without a known word is left out. Same texts, same result.
    """
    known = {word: meaning for meaning in read_words() for word in meaning.words[0]}
    rng = np.random.default_rng(0)
    for place, text in enumerate(texts):
        other = _swap(text, known, rng)
        if other is not None:
            yield place, other


def _swap(text: str, known: dict[str, Meaning], rng: np.random.Generator) -> str | None:
    """The text with most of its known words in another language; None where there are none."""
    place = int(rng.integers(1, len(next(iter(known.values())).words)))
    words = re.split(r"(\W+)", normalise(text))
    found = False
    for at, word in enumerate(words):
        forms = known[word].words[place] if word in known else ()
        if forms and rng.random() < SWAPPED:
            words[at] = str(rng.choice(forms))
            found = True
    return "".join(words) if found else None

"""Sentences made from a small grammar written for a recipe: what data sets hold too little of.

A grammar is a TOML file in `written/`: classes of words under `[words]`, and `[[patterns]]`, each
with its label, or with several and their weights, and its `texts`. `{name}` stands for one of a
class, drawn anew each time, which may hold names of classes itself.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from sentigate.records import Example

FOLDER = Path(__file__).with_name("written")
NAME = re.compile(r"\{(\w+)\}")
LOUD = {".": "!", "。": "！"}


def written(language: str, rows: int, seed: int = 0) -> list[Example]:
    """Draw sentences of a language's grammar, without repeats; each text of a pattern alike often.

    Example:
        >>> [row.label for row in written("en", 3)]
        ['neutral', 'positive', 'negative']
    """
    grammar = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    patterns = [(text, _labels(p)) for p in grammar["patterns"] for text in p["texts"]]
    rng = np.random.default_rng(seed)
    made: dict[str, str] = {}
    for place in rng.integers(len(patterns), size=rows):
        text, labels = patterns[place]
        sentence = _spoken(_filled(text, grammar["words"], rng), rng)
        made[sentence] = str(rng.choice(list(labels), p=list(labels.values())))
    return [Example(text, label, place) for place, (text, label) in enumerate(made.items(), 1)]


def _labels(pattern: dict[str, Any]) -> dict[str, float]:
    """A pattern's labels and how probable each is."""
    given = pattern["label"]
    weights = {given: 1.0} if isinstance(given, str) else given
    total = sum(weights.values())
    return {label: weight / total for label, weight in weights.items()}


def _filled(text: str, words: dict[str, list[str]], rng: np.random.Generator) -> str:
    """Put words in the places of their classes, until there are none left."""
    while NAME.search(text):
        text = NAME.sub(lambda match: _one_of(words[match[1]], rng), text)
    return text


def _one_of(words: list[str], rng: np.random.Generator) -> str:
    return words[rng.integers(len(words))]


def _spoken(sentence: str, rng: np.random.Generator) -> str:
    """A sentence as people type it: capitals, articles and ends, now and then without care."""
    sentence = re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", sentence)
    careless = rng.random()
    if careless < 0.15:
        return sentence.lower().rstrip(".。").replace("n't", "nt" if careless < 0.05 else "n't")
    sentence = sentence[:1].upper() + sentence[1:]
    if careless > 0.9:
        return re.sub(r"[.。]$", lambda stop: LOUD[stop[0]], sentence)
    return sentence

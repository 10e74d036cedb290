"""Where a model is good and where not: the figures by length, by language, by any column."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sentigate.evaluate.answers import Answers, Bools
from sentigate.evaluate.intervals import figures, intervals, parts
from sentigate.text.language import detect

LENGTHS = (8, 16, 32, 64, 128, 256)
MOST_VALUES = 12
RARE = 1 / 200
Masks = dict[str, Bools]
MISSING, OTHERS = "(missing)", "(others)"
MAIN_FIGURES = ("accuracy", "macro_f1", "mae", "qwk", "pearson")


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of the rows, and how good the answers to these are.

    Args:
        by: what parts the rows: "length", "language" or the name of a column.
        value: what these rows have in common.
        n: how many they are.
        figures: accuracy and macro F1 over the classes that occur here, of an ordinal head also
            MAE in ranks and kappa; for regression MAE and Pearson.
        intervals: [lower, upper] of each.
    """

    by: str
    value: str
    n: int
    figures: Mapping[str, float | None]
    intervals: Mapping[str, list[float] | None]


def slices(
    answers: Answers, columns: Mapping[str, Sequence[str | None]] | None = None
) -> list[Slice]:
    """Part the rows in several ways and measure each part.

    Args:
        answers: what a head says of labelled rows.
        columns: by name, the cells of a column, one for each example of the file. Numbers of many
            values are parted at their quartiles; of many words, the most frequent stand alone.

    Returns:
        The parts by length in tokens, by language and by each column; a way that leaves all rows
        together is left out.
    """
    ways = {
        "length": _lengths(answers.tokens),
        "language": _words([detect(text) or "?" for text in answers.texts]),
        **{
            name: _cells([cells[place] for place in answers.places])
            for name, cells in (columns or {}).items()
        },
    }
    return [
        _slice(answers, by, value, rows)
        for by, masks in ways.items()
        for value, rows in masks.items()
        if len(masks) > 1
    ]


def only(answers: Answers, rows: Bools) -> Answers:
    """Return the answers to some of the rows; bool [rows]."""
    kept = np.flatnonzero(rows)
    return replace(
        answers,
        texts=tuple(answers.texts[row] for row in kept),
        places=answers.places[kept],
        tokens=answers.tokens[kept],
        logits=answers.logits[kept],
        targets=answers.targets[kept],
    )


def _slice(answers: Answers, by: str, value: str, rows: Bools) -> Slice:
    part = only(answers, rows)
    present = None
    if part.head.kind != "regression" and part.true.any():
        present = np.asarray(part.true.any(axis=0))
    measured = figures(parts(part).sum(axis=0), part, present)
    bounds = intervals(part, present)
    names = [name for name in MAIN_FIGURES if name in measured]
    return Slice(
        by,
        value,
        len(part.texts),
        {name: float(measured[name]) if np.isfinite(measured[name]) else None for name in names},
        {name: bounds[name] for name in names},
    )


def _lengths(tokens: NDArray[np.int64]) -> Masks:
    bounds = list(pairwise((0, *LENGTHS)))
    masks = {f"{low + 1}–{high} tokens": (tokens > low) & (tokens <= high) for low, high in bounds}
    masks[f"over {LENGTHS[-1]} tokens"] = tokens > LENGTHS[-1]
    return {name: rows for name, rows in masks.items() if rows.any()}


def _cells(cells: Sequence[str | None]) -> Masks:
    """Part rows by a column: at its quartiles if it holds many numbers, else by its values."""
    words = [(cell or "").strip() or MISSING for cell in cells]
    numbers = np.array([_number(word) for word in words])
    is_word = np.array([word != MISSING for word in words]) & np.isnan(numbers)
    if is_word.any() or len(np.unique(numbers[~np.isnan(numbers)])) <= MOST_VALUES:
        return _words(words)
    edges = np.nanquantile(numbers, [0, 0.25, 0.5, 0.75, 1])
    masks = {
        f"{low:g} to {high:g}": (numbers >= low) & ((numbers < high) | (high == edges[-1]))
        for low, high in pairwise(np.unique(edges))
    }
    masks[MISSING] = np.isnan(numbers)
    return {name: rows for name, rows in masks.items() if rows.any()}


def _words(words: Sequence[str]) -> Masks:
    """Part rows by their values, the most frequent first and the rare ones together."""
    counted = Counter(words).most_common(MOST_VALUES)
    frequent = [word for word, count in counted if count >= RARE * len(words)]
    values = np.array([word if word in frequent else OTHERS for word in words])
    return {word: values == word for word in (*frequent, OTHERS) if (values == word).any()}


def _number(word: str) -> float:
    """The number that a cell is, NaN if it is none."""
    try:
        return float(word)
    except ValueError:
        return float("nan")

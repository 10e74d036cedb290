"""Explanations by leaving out: how the score changes when a word, phrase or sentence is not there.

Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014; Li et al.,
"Understanding Neural Networks through Representation Erasure", 2016. Runs on any engine and knows
nothing of what is inside the network.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sentigate.errors import ConfigError
from sentigate.explain.subject import Subject
from sentigate.explain.target import Target
from sentigate.explain.units import Unit
from sentigate.runtime.model import Ids
from sentigate.text.tokenizer import UNK_ID

MOST_READ = 1_000_000
"""Most tokens that are read for one explanation; about half a minute of one core."""
NOTHING: Ids = np.array([UNK_ID], dtype=np.int32)
"""What is read where nothing is left: a text of which nothing is known."""


def occlusion_effects(
    subject: Subject, target: Target, units: Sequence[Unit]
) -> NDArray[np.float64]:
    """Return for each unit the score of the text minus the score without the unit.

    The windows of a long text stay where they are: only the one with the unit is read again.

    Args:
        subject: the text.
        target: what is explained.
        units: what is left out, one at a time.

    Returns:
        float64 [units].

    Raises:
        ConfigError: the text is so long that it would have to be read too many times.
    """
    check_reading(reading_cost(subject, units))
    head = target.head.name
    windows = subject.model.read_rows(subject.windows)[head] * subject.shares[:, None]
    whole = windows.sum(axis=0)
    places, rows = zip(*_without(subject, units), strict=True)
    owners, numbers = np.array(places).T
    read = subject.model.read_rows(rows)[head] * subject.shares[numbers][:, None]
    logits = np.tile(whole, (len(units), 1))
    np.add.at(logits, owners, read - windows[numbers])
    effects: NDArray[np.float64] = target.score(whole[None]) - target.score(logits)
    return effects


def reading_cost(subject: Subject, units: Sequence[Unit]) -> int:
    """Return how many tokens have to be read to leave out each unit once."""
    longest = max(end - start for start, end in subject.cuts)
    return longest * len(units)


def check_reading(tokens: int) -> None:
    """Refuse what would take minutes.

    Raises:
        ConfigError: more than `MOST_READ` tokens would have to be read.
    """
    if tokens > MOST_READ:
        raise ConfigError(
            [
                f"this method would read {tokens:,} tokens for so long a text, at most "
                f"{MOST_READ:,} are read: take the method 'gates', or larger stretches "
                "('phrase', 'sentence')"
            ]
        )


def _without(subject: Subject, units: Sequence[Unit]) -> Iterator[tuple[tuple[int, int], Ids]]:
    """Yield the places of a unit and of a window, and the window without the unit."""
    ids, windows = subject.encoded.ids, list(enumerate(subject.cuts))
    number = 0
    for place, unit in enumerate(units):
        while subject.cuts[number][1] <= unit.first:
            number += 1
        for window, (start, end) in windows[number:]:
            if start >= unit.last:
                break
            first, last = max(unit.first, start), min(unit.last, end)
            row = np.concatenate([ids[start:first], ids[last:end]])
            yield (place, window), row if len(row) else NOTHING

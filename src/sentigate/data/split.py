"""Splitting examples into train and dev, alike in labels and without a text on both sides."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from random import Random

import numpy as np

from sentigate.data.labels import parse_number, split_names
from sentigate.records import Example, HeadKind, Label
from sentigate.text.normalise import normalise

_QUANTILES = 10


def stratified_split(
    examples: Sequence[Example], fraction: float, seed: int, kind: HeadKind
) -> tuple[list[Example], list[Example]]:
    """Part examples into train and dev, both in their original order.

    Repeats of a text, as a network reads it, stay together. Each class keeps its share; with
    several labels a row counts for its rarest, a number for its tenth of the range. Every class is
    in train.

    Args:
        examples: rows with labels; those without one count as a class of their own.
        fraction: how much goes to dev, in (0, 1).
        seed: the same seed gives the same split.
        kind: what the labels are.

    Example:
        >>> rows = [Example(f"text {i}", "ab"[i % 2], i) for i in range(20)]
        >>> train, dev = stratified_split(rows, 0.2, seed=0, kind="binary")
        >>> len(train), sorted(row.label for row in dev)
        (16, ['a', 'a', 'b', 'b'])
    """
    classes = [_classes(label, kind) for label in _binned(examples, kind)]
    groups = _groups(examples)
    in_dev = _draw(groups, _strata(groups, classes), fraction, Random(seed))
    _keep_every_class(groups, classes, in_dev)
    dev = {place for number in in_dev for place in groups[number]}
    parts: tuple[list[Example], list[Example]] = ([], [])
    for place, example in enumerate(examples):
        parts[place in dev].append(example)
    return parts


def _binned(examples: Sequence[Example], kind: HeadKind) -> list[Label | None]:
    """The labels; numbers as the tenth of the range they fall in."""
    labels = [example.label for example in examples]
    if kind != "regression" or all(label is None for label in labels):
        return labels
    numbers = np.array([np.nan if label is None else parse_number(label) for label in labels])
    edges = np.nanquantile(numbers, np.linspace(0, 1, _QUANTILES + 1)[1:-1])
    return [f"{tenth}" for tenth in np.searchsorted(edges, numbers, side="right")]


def _classes(label: Label | None, kind: HeadKind) -> tuple[str, ...]:
    if label is None:
        return ("",)
    return split_names(label, kind if kind == "multilabel" else "multiclass") or ("",)


def shared(rows: Sequence[Example], others: Sequence[Example]) -> list[bool]:
    """Return for each row whether its text, as a network reads it, is among the others' texts.

    Example:
        >>> shared([Example("Good  tea"), Example("bad")], [Example("Good tea")])
        [True, False]
    """
    known = {normalise(other.text) for other in others if other.text}
    return [bool(row.text) and normalise(row.text or "") in known for row in rows]


def _groups(examples: Sequence[Example]) -> list[list[int]]:
    """Places of the rows of each text."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        groups[normalise(example.text or "")].append(place)
    return list(groups.values())


def _strata(groups: list[list[int]], classes: list[tuple[str, ...]]) -> list[list[int]]:
    """Numbers of the groups that count for each class, which is the rarest of their first row."""
    counts = Counter(name for names in classes for name in names)
    strata: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        strata[min(classes[group[0]], key=lambda name: (counts[name], name))].append(number)
    return [strata[name] for name in sorted(strata)]


def _draw(
    groups: list[list[int]], strata: list[list[int]], fraction: float, random: Random
) -> set[int]:
    """Numbers of the groups for dev; what rounding leaves over in one class goes to the next."""
    drawn: set[int] = set()
    owed = 0.5
    for stratum in strata:
        owed += fraction * sum(len(groups[number]) for number in stratum)
        for number in random.sample(stratum, len(stratum))[:-1]:
            if len(groups[number]) <= int(owed):
                drawn.add(number)
                owed -= len(groups[number])
    return drawn


def _keep_every_class(
    groups: list[list[int]], classes: list[tuple[str, ...]], in_dev: set[int]
) -> None:
    """Take groups back from dev whose classes train would lack."""
    known = {
        name
        for number, group in enumerate(groups)
        if number not in in_dev
        for place in group
        for name in classes[place]
    }
    for number in sorted(in_dev):
        names = {name for place in groups[number] for name in classes[place]}
        if not names <= known:
            in_dev.remove(number)
            known |= names

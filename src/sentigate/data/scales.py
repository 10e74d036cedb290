"""The order of label names: numbers, star ratings and the usual scales, English and Chinese.

Knows names only: neither files nor what a label is used for.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

_STARS = re.compile(r"(?P<digits>\d+(\.\d+)?) ?(stars?|points?|星级?|分|级)|(?P<signs>★+)☆*")

# From the low end to the high end; names of the same rank stand side by side.
_FEELING = (
    "very negative|strongly negative|very bad|terrible|非常负面",
    "negative|neg|bad|负面|负|负向|消极|差评",
    "neutral|neu|mixed|中性|中立|中评",
    "positive|pos|good|正面|正|正向|积极|好评",
    "very positive|strongly positive|very good|excellent|非常正面",
)
_QUALITY = (
    "very poor|very bad|awful|terrible|很差|极差",
    "poor|bad|差",
    "fair|average|ok|okay|一般|中",
    "good|好",
    "very good|great|很好",
    "excellent|outstanding|极好|优秀",
)
_LEVEL = (
    "none|no|无",
    "very low|很低|极低",
    "low|低",
    "medium|mid|moderate|中|中等",
    "high|高",
    "very high|很高|极高",
)
_STRENGTH = (
    "none|no|无",
    "weak|mild|slight|弱|轻|轻度",
    "medium|moderate|中|中等|中度",
    "strong|severe|强|重|重度",
    "very strong|very severe|extreme|极强|极重",
)
_FREQUENCY = (
    "never|从不|从来没有",
    "rarely|seldom|很少",
    "sometimes|occasionally|有时",
    "often|frequently|经常",
    "usually|mostly|通常",
    "always|总是",
)
_AGREEMENT = (
    "strongly disagree|非常不同意",
    "disagree|不同意",
    "neutral|undecided|中立|一般",
    "agree|同意",
    "strongly agree|非常同意",
)
_SATISFACTION = (
    "very dissatisfied|very unsatisfied|非常不满意",
    "dissatisfied|unsatisfied|不满意",
    "neutral|一般",
    "satisfied|满意",
    "very satisfied|非常满意",
)


def in_order(names: Iterable[str]) -> tuple[str, ...] | None:
    """Sort names by what they mean, the low end first; None where no order is known.

    No order is known either where two names stand for the same place on a scale.

    Example:
        >>> in_order(["high", "low", "medium"])
        ('low', 'medium', 'high')
        >>> in_order(["5 stars", "1 star"]), in_order(["cat", "dog"]), in_order(["bad", "neg"])
        (('1 star', '5 stars'), None, None)
    """
    found = sorted(names)
    numbers = {name: value for name in found if (value := number(name)) is not None}
    for places in (numbers, *(_places(found, scale) for scale in _SCALES)):
        if len(places) == len(set(places.values())) == len(found):
            return tuple(sorted(found, key=places.__getitem__))
    return None


def label_values(labels: Sequence[str]) -> tuple[float, ...]:
    """Return the number each label of an ordered head counts for.

    Example:
        >>> label_values(["1 star", "2 stars", "4 stars"]), label_values(["low", "high"])
        ((1.0, 2.0, 4.0), (1.0, 2.0))
    """
    numbers = [number(label) for label in labels]
    known = [value for value in numbers if value is not None]
    return (
        tuple(known) if len(known) == len(labels) else tuple(map(float, range(1, len(labels) + 1)))
    )


def number(name: str) -> float | None:
    """Return the finite number a name is, or how many stars it stands for; else None.

    Example:
        >>> number("-1"), number("3 stars"), number("★★☆☆☆"), number("5星"), number("joy")
        (-1.0, 3.0, 2.0, 5.0, None)
    """
    try:
        value = float(name)
    except ValueError:
        stars = _STARS.fullmatch(name.strip().casefold())
        if stars is None:
            return None
        value = float(stars["digits"] or len(stars["signs"]))
    return value if math.isfinite(value) else None


def polarity(name: str) -> int | None:
    """Return where a label stands from very negative (0) to very positive (4), however spelt.

    Example:
        >>> polarity("neg"), polarity("好评"), polarity("joy")
        (1, 3, None)
    """
    return _POLARITY.get(canonical(name))


def side(name: str) -> int:
    """Return 1 for a positive label, -1 for a negative one, 0 for any other.

    Example:
        >>> side("very good"), side("差评"), side("neutral"), side("joy")
        (1, -1, 0, 0)
    """
    rank = polarity(name)
    return 0 if rank is None else (rank > _NEUTRAL) - (rank < _NEUTRAL)


def poles(labels: Sequence[str]) -> tuple[int, ...] | None:
    """Return 1 for each positive label, -1 for a negative one, 0 for neutral; None without both.

    None also where a label tells no polarity, except beside `positive` and `negative` themselves.

    Example:
        >>> poles(["neg", "neutral", "very positive"]), poles(["bad", "good", "great"])
        ((-1, 0, 1), None)
    """
    known = {polarity(label) for label in labels}
    if None in known and not {"negative", "positive"} <= {*labels}:
        return None
    signs = tuple(map(side, labels))
    return signs if {-1, 1} <= {*signs} else None


def canonical(name: str) -> str:
    """Return what two spellings of a label share.

    Example:
        >>> canonical("Very_Negative"), canonical("1") == canonical("1.0")
        ('very negative', True)
    """
    try:
        return str(float(name))
    except ValueError:
        return name.strip().casefold().replace("_", " ").replace("-", " ")


def _places(names: Iterable[str], scale: Mapping[str, float]) -> Mapping[str, float]:
    """Where on a scale those names stand that are on it."""
    return {name: scale[plain] for name in names if (plain := canonical(name)) in scale}


def _ranks(scale: Sequence[str]) -> Mapping[str, int]:
    return {name: rank for rank, names in enumerate(scale) for name in names.split("|")}


_POLARITY = _ranks(_FEELING)
_NEUTRAL = _POLARITY["neutral"]
_SCALES = (
    _POLARITY,
    *map(_ranks, (_QUALITY, _LEVEL, _STRENGTH, _FREQUENCY, _AGREEMENT, _SATISFACTION)),
)

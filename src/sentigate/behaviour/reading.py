"""How the labels of a head are to be read as polarity, so that one suite fits many models.

Knows the head's name, kind and labels only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sentigate.behaviour.records import Polarity
from sentigate.config import HeadConfig
from sentigate.data.labels import canonical, polarity
from sentigate.errors import ConfigError, suggestion
from sentigate.evaluate.matching import NUMBERINGS
from sentigate.records import HeadResult

MAIN = "sentiment"
_SIGNS = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}
_STARS = dict(
    zip("12345", ("negative", "negative", "neutral", "positive", "positive"), strict=True)
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A head whose answers are polarities.

    Args:
        head: its name.
        meanings: what each of its labels stands for.
    """

    head: str
    meanings: Mapping[str, Polarity]

    def label(self, answer: HeadResult) -> Polarity:
        """Return the polarity of the label decided on."""
        return self.meanings[answer.label or answer.labels[0]]

    def score(self, answer: HeadResult) -> float:
        """Return p(positive) - p(negative), over all labels that stand for either."""
        return sum(
            _SIGNS[self.meanings[label]] * likely for label, likely in answer.probabilities.items()
        )

    @property
    def assumed(self) -> str | None:
        """What was assumed, where the labels are not the words themselves."""
        if all(label == meaning for label, meaning in self.meanings.items()):
            return None
        told = ", ".join(f"{label} as {meaning}" for label, meaning in self.meanings.items())
        return f"labels of the head {self.head!r} read as polarity: {told}"


def read_head(heads: Mapping[str, HeadConfig], name: str | None = None) -> Reading:
    """Choose the head that tells polarity.

    Args:
        heads: the heads of a model, by name.
        name: which; None for `sentiment`, or else the only one that tells polarity.

    Raises:
        ConfigError: there is no such head, none tells polarity, or several do.

    Example:
        >>> head = HeadConfig(name="label", kind="binary", labels=("0", "1"))
        >>> read_head({"label": head}).meanings
        {'0': 'negative', '1': 'positive'}
    """
    readings = {
        head.name: Reading(head.name, found)
        for head in heads.values()
        if (found := _meanings(head))
    }
    chosen = name or (MAIN if MAIN in readings else None)
    if chosen is None and len(readings) == 1:
        return next(iter(readings.values()))
    if chosen in readings:
        return readings[chosen]
    if chosen is not None and chosen not in heads:
        raise ConfigError([f"the model has no head {chosen!r}{suggestion(chosen, list(heads))}"])
    if readings:
        raise ConfigError([f"the heads {', '.join(readings)} tell polarity: name one with --head"])
    raise ConfigError([_nothing_to_check(heads)])


def _meanings(head: HeadConfig) -> dict[str, Polarity] | None:
    """What each label stands for, where a text gets one and both poles are among them."""
    if head.kind in ("multilabel", "regression"):
        return None
    ranks = [polarity(label) for label in head.labels]
    words = [_pole(rank) for rank in ranks if rank is not None]
    if len(words) < len(ranks):
        words = _numbered(head.labels)
    return (
        dict(zip(head.labels, words, strict=True)) if {"negative", "positive"} <= {*words} else None
    )


def _pole(rank: int) -> Polarity:
    return "negative" if rank < 2 else "positive" if rank > 2 else "neutral"


def _numbered(labels: tuple[str, ...]) -> list[Polarity]:
    """The words behind labels that are numbers; nothing where nobody can tell."""
    found = [canonical(label) for label in labels]
    for numbering in (*NUMBERINGS, _STARS):
        words = {canonical(number): word for number, word in numbering.items()}
        if set(words) == set(found):
            return [words[number] for number in found]  # type: ignore[misc]
    return []


def _nothing_to_check(heads: Mapping[str, HeadConfig]) -> str:
    told = "; ".join(
        f"{head.name!r} is {head.kind} with {', '.join(head.labels[:4]) or 'a number'}"
        + (", …" if len(head.labels) > 4 else "")
        for head in heads.values()
    )
    return (
        "behaviour tests need a head that gives each text one label, with positive and negative "
        f"among them; the model's {told}: train one on such labels"
    )

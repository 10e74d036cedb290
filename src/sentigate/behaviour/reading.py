"""How the labels of a head are to be read as polarity, so that one suite fits many models.

Knows the head's name, kind and labels only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sentigate.behaviour.records import BehaviourTest, Polarity, Suite
from sentigate.config import HeadConfig
from sentigate.data.scales import canonical, polarity, side
from sentigate.errors import ConfigError, suggestion
from sentigate.evaluate.matching import NUMBERINGS
from sentigate.records import HeadResult

MAIN = "sentiment"
_POLES: Mapping[int, Polarity] = {-1: "negative", 0: "neutral", 1: "positive"}
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

    def lacks(self, test: BehaviourTest) -> str:
        """Say which labels a test needs and the head does not have; nothing where it has them."""
        known = set(self.meanings.values())
        due = test.labels or ((test.label,) if test.label else ())
        missing = next((labels for labels in due if not known & set(labels)), None)
        return f"the head has no label {' or '.join(missing)}" if missing else ""

    def fits(self, suite: Suite) -> bool:
        """Whether any test of a suite can be put to the head."""
        return any(not self.lacks(test) for test in suite.tests)

    @property
    def assumed(self) -> str | None:
        """What was assumed, where the labels are not the words themselves."""
        if all(label == meaning for label, meaning in self.meanings.items()):
            return None
        told = ", ".join(f"{label} as {meaning}" for label, meaning in self.meanings.items())
        return f"labels of the head {self.head!r} read as polarity: {told}"


def read_head(heads: Iterable[HeadConfig], name: str | None = None) -> Reading:
    """Choose the head that tells polarity.

    Args:
        heads: those of a model, or of several; heads of one name are taken for one.
        name: which; None for `sentiment`, or else the only one that tells polarity.

    Raises:
        ConfigError: there is no such head, none tells polarity, or several do.

    Example:
        >>> head = HeadConfig(name="label", kind="binary", labels=("0", "1"))
        >>> read_head([head]).meanings
        {'0': 'negative', '1': 'positive'}
    """
    known = list(heads)
    readings: dict[str, dict[str, Polarity]] = {}
    for head in known:
        if found := _meanings(head):
            readings.setdefault(head.name, {}).update(found)
    names = list(dict.fromkeys(head.name for head in known))
    if name is not None and name not in names:
        raise ConfigError([f"the model has no head {name!r}{suggestion(name, names)}"])
    if not readings:
        raise ConfigError([_nothing_to_check(known)])
    fitting = [name] if name else [MAIN] if MAIN in readings else list(readings)
    if len(fitting) == 1 and fitting[0] in readings:
        return Reading(fitting[0], readings[fitting[0]])
    if name:
        raise ConfigError([f"the head {name!r} tells no polarity, but: {', '.join(readings)}"])
    raise ConfigError(
        [f"polarity is told by the heads {', '.join(readings)}: name one with --head"]
    )


def _meanings(head: HeadConfig) -> dict[str, Polarity] | None:
    """What each label stands for, where a text gets one and both poles are among them."""
    if head.kind in ("multilabel", "regression"):
        return None
    words = [_POLES[side(label)] for label in head.labels if polarity(label) is not None]
    if len(words) < len(head.labels):
        words = _numbered(head.labels)
    return (
        dict(zip(head.labels, words, strict=True)) if {"negative", "positive"} <= {*words} else None
    )


def _numbered(labels: tuple[str, ...]) -> list[Polarity]:
    """The words behind labels that are numbers; nothing where nobody can tell."""
    found = [canonical(label) for label in labels]
    for numbering in (*NUMBERINGS, _STARS):
        words = {canonical(number): word for number, word in numbering.items()}
        if set(words) == set(found):
            return [words[number] for number in found]  # type: ignore[misc]
    return []


def _nothing_to_check(heads: Sequence[HeadConfig]) -> str:
    told = "; ".join(
        f"{head.name!r} is {head.kind} with {', '.join(head.labels[:4]) or 'a number'}"
        + (", …" if len(head.labels) > 4 else "")
        for head in heads
    )
    return (
        "behaviour tests need a head that gives each text one label, with positive and negative "
        f"among them; the model's {told}: train one on such labels"
    )

"""What an explanation explains: one number a text, formed from the logits of one head.

    multiclass, binary, ordinal    the mean log-odds of the label against each of the others
    multilabel                     the log-odds of the label
    regression                     the value

All are unbounded, so that contributions can be added up, and for two labels the first is the plain
log-odds. Knows no text and no network.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentigate.config import HeadConfig, ModelConfig
from sentigate.errors import ConfigError, suggestion
from sentigate.runtime.decide import choose, class_scores, probabilities

Floats = NDArray[np.floating]
SENTIMENT = "sentiment"


@dataclass(frozen=True, slots=True)
class Target:
    """The number that is explained.

    Args:
        head: the question.
        label: the answer whose reasons are wanted; None for a regression head.

    Example:
        >>> head = HeadConfig(name="label", kind="multiclass", labels=("bad", "so-so", "good"))
        >>> Target(head, "good").score(np.array([[0.0, 1.0, 3.0]])).tolist()
        [2.5]
    """

    head: HeadConfig
    label: str | None

    def score(self, logits: Floats) -> NDArray[np.float64]:
        """Return the number for each row of logits, [rows, logits] -> [rows]."""
        if self.label is None:
            return logits[:, 0].astype(np.float64)
        scores = class_scores(self.head.kind, logits / self.head.temperature)
        place = self.head.labels.index(self.label)
        if self.head.kind == "multilabel":
            return scores[:, place]
        others: NDArray[np.float64] = np.delete(scores, place, axis=1).mean(axis=1)
        return scores[:, place] - others

    @property
    def unit(self) -> str:
        """What the number counts, for people."""
        if self.label is None:
            return "the value"
        if self.head.kind == "multilabel" or len(self.head.labels) == 2:
            return f"log-odds of {self.label}"
        return f"mean log-odds of {self.label} against each other label"

    def probability(self, logits: Floats) -> NDArray[np.float64]:
        """Return the label's probability (regression: the value) for each row of logits: [rows]."""
        if self.label is None:
            return self.score(logits)
        return probabilities(self.head, logits)[:, self.head.labels.index(self.label)]

    def slopes(self, start: Floats, end: Floats) -> Floats:
        """Return a weight for each logit by which the score's way from `start` to `end` adds up.

        The score is a sum of functions of single logits; the slope of each is that of its chord. So
        score(end) - score(start) = slopes · (end - start), whatever the kind of head.

        Args:
            start: float [logits].
            end: float [logits].
        """
        way = np.where(np.abs(end - start) < 1e-3, 1e-3, end - start).astype(np.float64)
        moved = np.tile(start.astype(np.float64), (len(start) + 1, 1))
        moved[np.arange(len(start)), np.arange(len(start))] += way
        scores = self.score(moved)
        slopes: Floats = ((scores[:-1] - scores[-1]) / way).astype(np.float32)
        return slopes


def choose_head(config: ModelConfig, head: str | None, label: str | None) -> HeadConfig:
    """Return the head that is meant.

    Without a name: the one head that knows the label, else `sentiment`, else the only one.

    Raises:
        ConfigError: there is no such head, none knows the label, or several could be meant.
    """
    if head is not None:
        return config.head(head)
    knowing = [one.name for one in config.heads if label in one.labels]
    if label is not None and len(knowing) == 1:
        return config.head(knowing[0])
    if label is not None and not knowing:
        known = sorted({one for some in config.heads for one in some.labels})
        raise ConfigError([f"no head has the label {label!r}{suggestion(label, known)}"])
    names = [one.name for one in config.heads]
    return config.head(SENTIMENT if SENTIMENT in names else None)


def choose_target(head: HeadConfig, label: str | None, logits: Floats) -> Target:
    """Return what is to be explained; without a label, the one that the head decides on.

    Args:
        head: the question.
        label: the answer, or None.
        logits: of the text, [1, logits]. Of several labels decided on, the most probable is taken;
            where none is, the most probable of all.

    Raises:
        ConfigError: the head has no such label.
    """
    if head.kind == "regression":
        if label is not None:
            raise ConfigError(
                [f"the head {head.name!r} answers with a number: there is no label {label!r} in it"]
            )
        return Target(head, None)
    if label is None:
        table = probabilities(head, logits)
        chosen = choose(head, table)[0]
        among = chosen if chosen.any() else ~chosen
        label = head.labels[int(np.where(among, table[0], -1.0).argmax())]
    if label not in head.labels:
        raise ConfigError(
            [f"the head {head.name!r} has no label {label!r}{suggestion(label, list(head.labels))}"]
        )
    return Target(head, label)

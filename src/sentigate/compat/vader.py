"""Answers as VADER gives them: `polarity_scores` with neg, neu, pos and compound.

How the figures come about, from the probabilities of the labels of the head `sentiment`:

    neg       p(negative), the sum over all labels below neutral
    pos       p(positive), the sum over all labels above neutral
    neu       the rest: p(neutral); 0 for a model that knows no neutral
    compound  with d = pos - neg:   0.05 + 0.95 d   where pos is the largest of the three
                                   -0.05 + 0.95 d   where neg is
                                            0.05 d   where neu is

neg, neu and pos sum to 1; they are rounded to three digits and compound to four, as VADER's. They
are calibrated probabilities of the text as a whole, where VADER's are shares of its words. compound
goes from -1 to 1 and is made so that the rule in everybody's code (positive from 0.05, negative to
-0.05) says what the model says: plain d would call most neutral texts positive or negative.
"""

import math
from collections.abc import Mapping
from pathlib import Path

from sentigate.analyzer import load
from sentigate.compat.hugging_face import choose_head
from sentigate.config import HeadConfig
from sentigate.data.scales import side
from sentigate.errors import ConfigError

_SIDES = {-1: "neg", 0: "neu", 1: "pos"}
_THRESHOLD = 0.05


class SentimentIntensityAnalyzer:
    """Drop-in for the class of the same name in vaderSentiment and NLTK.

    There is no lexicon to add words to; to teach it words of your own, train a model.

    Args:
        model: name of a shipped model or a model folder; None for all shipped ones, of which each
            text goes to that of its language.

    Raises:
        ConfigError: the model has no head whose labels tell positive from negative.
        ModelError: there is no such model.

    Example:
        >>> scores = SentimentIntensityAnalyzer().polarity_scores("The soup was perfect, thanks!")
        >>> list(scores), scores["compound"] > 0.5
        (['neg', 'neu', 'pos', 'compound'], True)
    """

    def __init__(self, model: str | Path | None = None) -> None:
        self.analyzer = load(model)
        self.head = choose_head(self.analyzer.heads)
        _check_labels(self.analyzer.heads[self.head])

    def polarity_scores(self, text: object) -> dict[str, float]:
        """Return neg, neu, pos and compound of one text.

        All four are 0 where there is nothing to read, as VADER has it for an empty text; so they
        are for None, numbers and languages that no model knows.

        Args:
            text: the text; anything else than a text raises nothing.
        """
        (prediction,) = self.analyzer.predict([text])
        result = prediction.heads.get(self.head)
        return figures(result.probabilities if result else {})


def figures(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Turn the probabilities of labels into VADER's figures; without any, all are 0.

    Example:
        >>> figures({"negative": 0.2, "neutral": 0.5, "positive": 0.3})
        {'neg': 0.2, 'neu': 0.5, 'pos': 0.3, 'compound': 0.005}
        >>> figures({"negative": 0.1, "neutral": 0.1, "positive": 0.8})["compound"]
        0.715
    """
    shares = {"neg": 0.0, "neu": 0.0, "pos": 0.0}
    for label, probability in probabilities.items():
        shares[_side(label)] += probability
    rounded = {side: round(share, 3) for side, share in shares.items()}
    return rounded | {"compound": round(_compound(**shares), 4)}


def _compound(neg: float, neu: float, pos: float) -> float:
    difference = pos - neg
    if neu >= max(neg, pos):
        return _THRESHOLD * difference
    return math.copysign(_THRESHOLD, difference) + (1 - _THRESHOLD) * difference


def _side(label: str) -> str:
    return _SIDES[side(label)]


def _check_labels(head: HeadConfig) -> None:
    sides = {_side(label) for label in head.labels}
    if head.kind == "multilabel" or not {"pos", "neg"} <= sides:
        labels = ", ".join(head.labels) or "a number"
        raise ConfigError(
            [
                f"the head {head.name!r} ({head.kind}: {labels}) does not tell positive from "
                "negative: give a model whose labels do"
            ]
        )

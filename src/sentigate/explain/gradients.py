"""Explanations by integrated gradients: from a text of unknown tokens to the text itself.

The baseline is the unknown token at every place: training with word dropout has made it a token
that says nothing. The only module of the package that needs torch, and only when called.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sentigate.explain.occlusion import check_reading
from sentigate.explain.subject import Subject
from sentigate.explain.target import Target
from sentigate.extras import require
from sentigate.runtime.model import Model
from sentigate.text.tokenizer import UNK_ID

if TYPE_CHECKING:
    from sentigate.nn.classifier import Classifier

STEPS = 32
Floats = NDArray[np.floating]


def gradient_contributions(
    subject: Subject, target: Target, logits: Floats, steps: int = STEPS
) -> tuple[NDArray[np.float64], float]:
    """Return what each token contributes, and the score of a text of unknown tokens.

    Args:
        subject: the text.
        target: what is explained.
        logits: of the text, [logits].
        steps: points on the way.

    Returns:
        float64 [tokens], and the baseline. With it they make up the score but for the convergence
        delta.

    Raises:
        ConfigError: the text is so long that it would take minutes.
        MissingExtraError: torch or Captum is not installed.
    """
    check_reading(len(subject.encoded.ids) * steps)
    require("torch", "explain")
    from sentigate.nn.gradients import integrated_gradients

    network = _network(subject.model)
    head = target.head.name
    unknown = [np.full_like(window, UNK_ID) for window in subject.windows]
    start = (subject.model.read_rows(unknown)[head] * subject.shares[:, None]).sum(axis=0)
    slopes = target.slopes(start, logits)
    values = [
        integrated_gradients(network, ids, baseline, head, slopes, steps=steps).tokens * share
        for ids, baseline, share in zip(subject.windows, unknown, subject.shares, strict=True)
    ]
    return np.concatenate(values).astype(np.float64), float(target.score(start[None])[0])


@lru_cache(maxsize=2)
def _network(model: Model) -> "Classifier":
    """The model as a torch network; kept, for building it takes longer than an explanation."""
    from sentigate.nn.gradients import open_network

    return open_network(model.artifact)

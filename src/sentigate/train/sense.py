"""The vectors of a sentence encoder, as answers that a small model can learn to give.

Knows nothing of encoders or networks: vectors in, answers out.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sentigate.config import HeadConfig
from sentigate.errors import DataError
from sentigate.train.teacher import Answers

HEAD = "sense"
SCALE = 2.0
"""Logits of an answer per standard deviation of the number that it is about."""
LEAST_SPREAD = 0.1
"""Of the median of all numbers' standard deviations; what varies less tells nothing."""
FARTHEST = 20.0
"""Standard deviations beyond which an answer is as sure as can be."""


def sense(texts: Sequence[str], vectors: NDArray[np.floating]) -> Answers:
    """Turn vectors into the answers of one multi-label head, `sense`.

    Each number of the vectors becomes a question: does this text lie above the mean of all texts
    there? The probability of a yes is the logistic function of twice its standard score. A student
    that gives the same answers has learnt which texts are alike to the encoder (vectors as what a
    student learns: Reimers and Gurevych 2020, https://arxiv.org/abs/2004.09813, there by squared
    error). Numbers that are nearly the same for all texts are left out.

    Args:
        texts: each once.
        vectors: floats [texts, width]; their lengths matter, so let all have length 1.

    Returns:
        Answers for `write_answers`, and so for `sentigate distil --teacher`.

    Raises:
        DataError: not one vector a text, vectors with what is no number, or all of them alike.

    Example:
        >>> answers = sense(["good", "bad", "so so"], np.array([[1.0, 0.2], [-1.0, 0.2], [0, 0.2]]))
        >>> answers.heads[0].labels
        ('0',)
        >>> answers.probabilities["sense"].round(2).tolist()
        [[0.9200000166893005], [0.07999999821186066], [0.5]]
    """
    vectors = np.asarray(vectors) * 1.0  # whole numbers become floats
    if vectors.ndim != 2 or len(vectors) != len(texts) or not vectors.size:
        raise DataError(f"vectors {vectors.shape} of {len(texts):,} texts: expected one row a text")
    if not np.isfinite(vectors).all():
        row = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        raise DataError(f"the vector of text {row} holds what is no finite number")
    mean: NDArray[np.float64] = vectors.mean(axis=0, dtype=np.float64)
    spread: NDArray[np.float64] = vectors.std(axis=0, dtype=np.float64)
    telling = _telling(spread, rounding=np.finfo(vectors.dtype).eps * np.abs(vectors).max())
    standard = (vectors[:, telling] - mean[telling]) / spread[telling]
    answers = 1 / (1 + np.exp(-SCALE * standard.clip(-FARTHEST, FARTHEST)))
    head = HeadConfig(name=HEAD, kind="multilabel", labels=tuple(map(str, telling)))
    return Answers(tuple(texts), (head,), {HEAD: answers.astype(np.float32)})


def _telling(spread: NDArray[np.float64], rounding: float) -> NDArray[np.intp]:
    """Places of the numbers that vary from text to text, and not by rounding alone."""
    varies = spread > 2 * rounding
    if not varies.any():
        raise DataError("all vectors are alike: there is nothing to learn from them")
    return np.flatnonzero(varies & (spread > LEAST_SPREAD * np.median(spread[varies])))

"""From the outputs of all steps to one vector, by how much each step counts. NumPy arrays only.

Every pooling is a weighted sum over the steps: the mean weighs them alike, the maximum gives all to
the step where it stands, attention has its softmax. So an explanation can follow an answer back
through the very weights by which it was formed.
"""

import numpy as np
from numpy.typing import NDArray

from sentigate.config import Pooling

Floats = NDArray[np.floating]


def pooling_shares(
    kind: Pooling,
    steps: Floats,
    lengths: NDArray[np.int64],
    *,
    bidirectional: bool,
    attention: Floats | None = None,
) -> Floats:
    """Return how much each step counts in each pooled feature.

    Args:
        kind: "last" (the backward half: its last step, which is the row's first), "mean", "max" or
            "attention".
        steps: outputs of the layer, [batch, time, width].
        lengths: whole numbers [batch], each from 1 to time.
        bidirectional: whether the second half of the width was read backwards.
        attention: [1, width], what gives the scores of "attention".

    Returns:
        Shares that sum to 1 over the steps and are 0 on the padding, [batch, time, width], or
        [batch, time, 1] where all features are pooled alike.

    Raises:
        ValueError: "attention" without what gives the scores.

    Example:
        >>> steps = np.array([[[1.0], [3.0], [0.0]]])
        >>> pooling_shares("max", steps, np.array([2]), bidirectional=False)[0].tolist()
        [[0.0], [1.0], [0.0]]
    """
    real = np.arange(steps.shape[1])[None, :, None] < lengths[:, None, None]
    if kind == "mean":
        return real.astype(steps.dtype) / lengths[:, None, None].astype(steps.dtype)
    if kind == "attention":
        if attention is None:
            raise ValueError("pooling by attention needs the layer that gives the scores, got None")
        return _softmax(np.where(real, steps @ attention.T, -np.inf))
    if kind == "max":
        places = np.where(real, steps, -np.inf).argmax(axis=1)
    else:
        places = np.repeat(lengths[:, None] - 1, steps.shape[2], axis=1)
        if bidirectional:
            places[:, steps.shape[2] // 2 :] = 0
    chosen: Floats = np.arange(steps.shape[1])[None, :, None] == places[:, None, :]
    return chosen.astype(steps.dtype)


def _softmax(scores: Floats) -> Floats:
    """[batch, time, 1], over the steps."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares

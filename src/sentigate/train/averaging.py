"""The running average of the weights, which is evaluated and kept in their place."""

from collections.abc import Callable

import torch
from torch import Tensor

Average = Callable[[Tensor, Tensor, Tensor], Tensor]
"""From the mean so far, the values now and the number of steps to the next mean."""


def moving_average(decay: float) -> Average:
    """Return an exponential moving average for Lightning's `WeightAveraging(avg_fn=...)`.

    A constant decay would, in a short run, keep much of the untrained weights. So it rises with the
    steps n, as min(decay, (1 + n) / (10 + n)), the rule of TensorFlow's ExponentialMovingAverage
    (https://www.tensorflow.org/api_docs/python/tf/train/ExponentialMovingAverage).

    Args:
        decay: what a step keeps of the mean, at most.

    Example:
        >>> average = moving_average(0.99)
        >>> [float(average(torch.zeros(()), torch.ones(()), torch.tensor(n))) for n in (0, 10_000)]
        [0.8999999761581421, 0.009999990463256836]
    """

    def average(mean: Tensor, now: Tensor, steps: Tensor) -> Tensor:
        kept = torch.clamp((1 + steps) / (10 + steps), max=decay).to(mean.dtype)
        return torch.lerp(now, mean, kept)

    return average

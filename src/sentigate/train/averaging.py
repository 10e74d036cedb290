"""The running average of the weights, which is evaluated and kept in their place."""

from collections.abc import Callable

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import WeightAveraging
from torch import Tensor

Average = Callable[[Tensor, Tensor, Tensor], Tensor]
"""From the mean so far, the values now and the number of steps to the next mean."""


class RunningAverage(WeightAveraging):
    """Lightning's callback with a mean that lies where the weights do.

    Its own asks for their device before they are brought to the GPU, and would copy all of them to
    the CPU at each step.
    """

    def __init__(self, decay: float) -> None:
        super().__init__(avg_fn=moving_average(decay))

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Make the mean on the device that will train."""
        self._device = trainer.strategy.root_device
        super().setup(trainer, pl_module, stage)


def moving_average(decay: float) -> Average:
    """Return an exponential moving average, as `torch.optim.swa_utils.AveragedModel` takes one.

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

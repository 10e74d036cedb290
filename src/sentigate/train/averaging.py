"""The running average of the weights, which is evaluated and kept in their place."""

import lightning.pytorch as pl
from lightning.pytorch.callbacks import EMAWeightAveraging


class RunningAverage(EMAWeightAveraging):
    """Lightning's callback with a mean that lies where the weights do.

    Its own asks for their device before they are brought to the GPU, and would copy all of them to
    the CPU at each step.
    """

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Make the mean on the device that will train."""
        self._device = trainer.strategy.root_device
        super().setup(trainer, pl_module, stage)


def is_averaged(decay: float, steps: int) -> bool:
    """Say whether a run is long enough for an average with this decay.

    The mean begins as the first weights, which is what spares a base that knows much already. In a
    run of fewer steps than the mean looks back on twice, it would be little else.

    Example:
        >>> is_averaged(0.99, steps=400), is_averaged(0.99, steps=30), is_averaged(0.0, steps=400)
        (True, False, False)
    """
    return decay > 0 and steps >= 2 / (1 - decay)

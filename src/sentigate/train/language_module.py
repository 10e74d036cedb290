"""One step of a language model's training, its perplexity, and the state carried between steps."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from lightning.pytorch.utilities.types import OptimizerLRSchedulerConfig
from torch import Tensor

from sentigate.config import PretrainConfig
from sentigate.nn.language_model import END, LanguageModel
from sentigate.records import LSTMState
from sentigate.train.corpus import Chunk
from sentigate.train.runs import Module
from sentigate.train.sampled_softmax import IGNORED, Frequencies, draw, linear_cross_entropy
from sentigate.train.schedule import make_schedule

PERPLEXITY = "dev_perplexity"


class LanguageModule(Module):
    """A language model with its loss in training and its perplexity on dev texts.

    Back-propagation is cut where a step ends; the state is carried on, and is part of a checkpoint.
    Random numbers depend on the seed and the stretch alone.

    Args:
        network: the language model.
        frequencies: of the tokens, for the sampled softmax.
        config: all settings.
        total_steps: number of steps that the schedule spans.
    """

    def __init__(
        self,
        network: LanguageModel,
        frequencies: Frequencies,
        config: PretrainConfig,
        total_steps: int,
    ) -> None:
        super().__init__()
        self.network = network
        self.frequencies = frequencies
        self.config = config
        self.total_steps = total_steps
        self.states: list[LSTMState] = []
        self.dev_states: list[LSTMState] = []
        self.dev_losses: list[tuple[float, int]] = []

    def on_train_epoch_start(self) -> None:
        """Seed the stretch: `--resume` starts here."""
        torch.manual_seed(self.config.seed * 100_003 + self.current_epoch)

    def training_step(self, batch: Chunk, _: int) -> Tensor:
        """Return the loss of one step, the mean over both directions."""
        outputs, self.states = self._read(batch, self.states)
        targets = _targets(batch)
        summed = self._sampled if self.config.negatives else self._exact
        loss = summed(outputs, targets) / (targets != IGNORED).sum()
        self.log("train_loss", loss, on_step=False, on_epoch=True, batch_size=1)
        return loss

    def validation_step(self, batch: Chunk, batch_idx: int) -> None:
        """Sum the exact losses of one step."""
        outputs, self.dev_states = self._read(batch, self.dev_states)
        targets = _targets(batch)
        loss = float(self._exact(outputs, targets))
        self.dev_losses.append((loss, int((targets != IGNORED).sum())))

    def on_validation_epoch_end(self) -> None:
        """Log the perplexity over the whole vocabulary."""
        losses, counts = zip(*self.dev_losses, strict=True)
        self.dev_losses.clear()
        self.log(PERPLEXITY, math.exp(min(sum(losses) / sum(counts), 50.0)))

    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        """AdamW, its rate rising and then falling in lines."""
        config = self.config
        optimizer = torch.optim.AdamW(
            self.network.parameters(),
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=True,
        )
        course = make_schedule(optimizer, "warmup", config.warmup, self.total_steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": course, "interval": "step"}}

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the state that the next step starts from."""
        checkpoint["states"] = [tuple(state) for state in self.states]

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take it up again."""
        self.states = [LSTMState(*state) for state in checkpoint["states"]]

    def _read(self, batch: Chunk, states: Sequence[LSTMState]) -> tuple[Tensor, list[LSTMState]]:
        begin = self.network.zero_states(batch.ids.shape[1]) if batch.first else states
        begin = [LSTMState(*(part.to(self.device) for part in state)) for state in begin]
        outputs, after = self.network(batch.ids, begin)
        return outputs, [LSTMState(*(part.detach() for part in state)) for state in after]

    def _sampled(self, outputs: Tensor, targets: Tensor) -> Tensor:
        known = targets != IGNORED
        # The frequencies are kept, and so the negatives drawn, in main memory.
        candidates = draw(targets[known].cpu(), self.frequencies, self.config.negatives)
        found = candidates.places.to(targets.device)
        places = torch.full_like(targets, IGNORED).masked_scatter(known, found)
        vectors, biases = self.network.tied(candidates.tokens.to(targets.device))
        lowered = biases - candidates.log_chances.to(biases)
        return linear_cross_entropy(self.network.projected(outputs), vectors, lowered, places)

    def _exact(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return linear_cross_entropy(self.network.projected(outputs), *self.network.tied(), targets)


def _targets(batch: Chunk) -> Tensor:
    """The targets in one row, those that only fill up the last rows left out."""
    filler = (batch.ids == END) & (batch.targets == END)
    return batch.targets.masked_fill(filler, IGNORED).flatten()

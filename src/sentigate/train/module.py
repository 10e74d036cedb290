"""One training step, one validation step and the optimiser; Lightning runs the loop around them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from lightning.pytorch.utilities.types import OptimizerLRSchedulerConfig
from numpy.typing import NDArray
from torch import Tensor, nn

from sentigate.config import HeadConfig, TrainConfig
from sentigate.evaluate.metrics import dev_score
from sentigate.train.adversarial import with_adversary
from sentigate.train.losses import Balance, Loss, make_loss
from sentigate.train.runs import Module
from sentigate.train.schedule import make_schedule
from sentigate.train.sources import Source, TrainBatch, adjustments, class_weights
from sentigate.train.thaw import layers, thawed

MONITOR = "dev_score"


class TrainingModule(Module):
    """A network with the losses of its sources and the scores of its dev sources.

    The random numbers of an epoch depend on the seed and the epoch alone, so that a run killed and
    resumed draws the same ones as a run that was left alone.

    Args:
        network: gives `{head: logits [batch, logits]}` for `(ids, lengths)`.
        heads: its heads.
        sources: what it learns from, in the order of `TrainBatch.source`.
        dev_sources: what it is chosen on, likewise.
        config: all settings.
        total_steps: number of steps that the schedule spans.
    """

    def __init__(
        self,
        network: nn.Module,
        heads: Sequence[HeadConfig],
        sources: Sequence[Source],
        dev_sources: Sequence[Source],
        config: TrainConfig,
        total_steps: int,
    ) -> None:
        super().__init__()
        self.network = network
        self.config = config
        self.total_steps = total_steps
        self.layers = layers(network)
        self.by_name = {head.name: head for head in heads}
        self.source_heads = [source.head for source in sources]
        self.soft = [source.soft for source in sources]
        self.dev_heads = [(source.name, source.head, source.columns) for source in dev_sources]
        self.losses = [_loss(source, self.by_name[source.head], config) for source in sources]
        self.seen: dict[int, list[tuple[NDArray[Any], NDArray[Any]]]] = defaultdict(list)

    def on_train_epoch_start(self) -> None:
        """Seed the epoch, differently in each process: `--resume` starts here."""
        own = self.global_rank << 40
        torch.manual_seed(own + self.config.seed * 100_003 + self.current_epoch)

    def on_train_batch_start(self, batch: TrainBatch, batch_idx: int) -> None:
        """Let the layers learn whose time has come, and no other."""
        if not self.config.unfreeze:
            return
        done = self.global_step / self.total_steps
        learning = thawed(len(self.layers), done, self.config.unfreeze)
        for depth, layer in enumerate(self.layers):
            for parameter in layer:
                parameter.requires_grad_(depth < learning)

    def training_step(self, batch: TrainBatch, _: int) -> Tensor:
        """Return the loss of one batch.

        Of several processes each computes it from the logits of all and has the gradients of its
        own rows. Their sum is wanted and their mean is taken, hence the factor.
        """
        if self.config.adversarial and not self.soft[batch.source]:
            length = self.config.adversarial
            loss = with_adversary(self.network, lambda: self._loss_of(batch), length)
        else:
            loss = self._loss_of(batch)
        self.log("train_loss", loss, on_step=False, on_epoch=True, batch_size=len(batch.targets))
        return loss * self.trainer.world_size

    def _loss_of(self, batch: TrainBatch) -> Tensor:
        logits = self._logits(batch, self.source_heads[batch.source])
        loss: Tensor = self.losses[batch.source](logits, batch.targets)
        return loss

    def validation_step(self, batch: TrainBatch, _: int) -> None:
        """Keep logits and targets of one dev batch."""
        _name, head, _columns = self.dev_heads[batch.source]
        logits = self._logits(batch, head)
        self.seen[batch.source].append((logits.cpu().numpy(), batch.targets.cpu().numpy()))

    def on_validation_epoch_end(self) -> None:
        """Log each dev source's score and their mean, on which the best epoch is chosen."""
        scores = {}
        for place, parts in sorted(self.seen.items()):
            name, head, columns = self.dev_heads[place]
            logits, targets = (np.concatenate(part) for part in zip(*parts, strict=True))
            scores[name] = dev_score(self.by_name[head], logits, targets, columns)
        self.seen.clear()
        self.log_dict({f"dev_{name}": score for name, score in scores.items()})
        self.log(MONITOR, float(np.mean(list(scores.values()))))

    def _logits(self, batch: TrainBatch, head: str) -> Tensor:
        """The logits of all rows, float32 [rows, logits]; gradients flow to this process's own."""
        own: Tensor = self.network(batch.ids, batch.lengths)[head].float()
        if self.trainer.world_size == 1:
            return own
        shares: Any = self.all_gather(own.detach())  # [processes, rows of each, logits]
        shares[self.global_rank] = own
        logits: Tensor = shares.transpose(0, 1).flatten(0, 1)[: len(batch.targets)]
        return logits

    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        """AdamW in one fused kernel (a tenth of the default one's time on a CPU)."""
        rates = [
            self.config.learning_rate * self.config.layer_decay**depth
            for depth in range(len(self.layers))
        ]
        optimizer = torch.optim.AdamW(
            [{"params": layer, "lr": rate} for layer, rate in zip(self.layers, rates, strict=True)],
            weight_decay=self.config.weight_decay,
            fused=True,
        )
        config = self.config
        course = make_schedule(optimizer, config.schedule, config.warmup, self.total_steps)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": course, "interval": "step"},
        }


def _loss(source: Source, head: HeadConfig, config: TrainConfig) -> Loss:
    columns, adjustment = adjustments(source, head)
    weights = None
    if config.class_weight == "balanced" and adjustment is None:
        weights = class_weights(source, head, config.positive_power)
    balance = Balance(
        columns=torch.from_numpy(columns),
        weights=None if weights is None else torch.from_numpy(weights),
        adjustment=None if adjustment is None else torch.from_numpy(adjustment),
    )
    loss = make_loss(head, balance, 0.0 if source.soft else config.label_smoothing)
    return lambda logits, targets: source.weight * loss(logits, targets)

"""Several processes that train one model: which of them this is, and which rows it reads.

Each runs the whole command, reads its share of every batch and learns the same weights; only the
first writes and speaks. Knows nothing of networks.
"""

import atexit
import gc
import os
from dataclasses import dataclass
from typing import Any

import lightning.pytorch as pl
import numpy as np
import torch
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.utilities.rank_zero import rank_zero_only  # type: ignore[attr-defined]
from numpy.typing import NDArray

from sentigate.config import TrainConfig
from sentigate.errors import ConfigError, DataError


@dataclass(frozen=True)
class Ranks:
    """A process among those that train together.

    Args:
        rank: which it is, from 0.
        world: how many there are.
    """

    rank: int = 0
    world: int = 1

    def share(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of a batch that this process reads, as many as any other process.

        Every `world`-th one, so that rows that stand by length are shared out evenly. Where they do
        not come out even, some processes read the last row once more; `TrainingModule` leaves out
        what is said of it.

        Example:
            >>> [Ranks(rank, 2).share(np.array([3, 1, 4])).tolist() for rank in (0, 1)]
            [[3, 4], [1, 4]]
        """
        filled = np.pad(rows, (0, -len(rows) % self.world), mode="edge")
        return filled[self.rank :: self.world]


def is_first(config: TrainConfig) -> bool:
    """Whether this is the process that writes and speaks."""
    several = config.devices * config.nodes > 1
    return not several or getattr(rank_zero_only, "rank", 0) == 0


def check_devices(config: TrainConfig) -> None:
    """Refuse devices and nodes that are not there, before any work is done.

    Raises:
        ConfigError: there are not so many GPUs, nobody started the other nodes, or torchrun
            started another number of processes.
    """
    asked, gpus = config.devices * config.nodes, torch.cuda.device_count()
    if gpus and config.devices > gpus:
        raise ConfigError([f"this machine has {gpus} GPUs and {config.devices} devices were asked"])
    if config.nodes > 1 and "RANK" not in os.environ:
        raise ConfigError(
            [
                f"{config.nodes} nodes must be started by torchrun, this command on each of them: "
                f"torchrun --nnodes {config.nodes} --nproc-per-node {config.devices} "
                "--node-rank N --master-addr HOST --master-port PORT -m sentigate train ..."
            ]
        )
    if "TORCHELASTIC_RUN_ID" in os.environ:
        started = int(os.environ.get("WORLD_SIZE", 1))
        here = int(os.environ.get("LOCAL_WORLD_SIZE", config.devices))
        if (started, here) != (asked, config.devices):
            raise ConfigError(
                [
                    f"torchrun started {started} processes, {here} of them here, and "
                    f"{config.devices} devices on each of {config.nodes} nodes make {asked}: "
                    "let --devices and --nodes say how many"
                ]
            )


def refuse_several(config: TrainConfig, command: str) -> None:
    """Refuse settings of several devices.

    Raises:
        ConfigError: there are several.
    """
    if config.devices * config.nodes > 1:
        raise ConfigError([f"{command} trains on one device: leave out devices and nodes"])


def on_devices(config: TrainConfig, heads: int = 1) -> dict[str, Any]:
    """Return what Lightning's Trainer is to know of devices.

    Args:
        config: how many.
        heads: of the network.
    """
    several, gpus = config.devices * config.nodes > 1, torch.cuda.device_count()
    # A batch teaches one head, and layers may be frozen: some parameters are without gradient.
    ddp = "ddp_find_unused_parameters_true" if heads > 1 or config.unfreeze else "ddp"
    return {
        "accelerator": "cpu" if several and not gpus else "auto",
        "devices": config.devices,
        "num_nodes": config.nodes,
        "strategy": ddp if several else "auto",
        "use_distributed_sampler": False,
    }


def close_at_exit() -> None:
    """Have what connects the processes closed while the interpreter still stands.

    Lightning does so for NCCL alone. A thread of Gloo's that lets go of a tensor later than that
    aborts the process, and a training that went well ends as a failed one (pytorch/pytorch#179291).
    """
    atexit.unregister(_close)
    atexit.register(_close)


def _close() -> None:
    gc.collect()  # what else holds the connection, such as Lightning's wrapped networks
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


class SameRun(Callback):
    """Stops processes that were given different things to train, before their first step.

    Args:
        mark: what must be the same in all of them.
    """

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Compare.

        Raises:
            DataError: the marks differ; in all processes, so that none waits for another.
        """
        if trainer.world_size == 1:
            return
        close_at_exit()
        marks = [""] * trainer.world_size
        torch.distributed.all_gather_object(marks, self.mark)
        if len(set(marks)) > 1:
            raise DataError(
                "the processes that train together have different files, settings or checkpoints: "
                "give all nodes the same, and an output folder that all of them see"
            )

"""What any training run needs around Lightning's Trainer: seeds, silence, checkpoints, resume.

Knows nothing of networks or of what they learn.
"""

import csv
import io
import logging
import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from lightning.pytorch.callbacks.early_stopping import EarlyStoppingReason
from lightning.pytorch.loggers import CSVLogger, Logger, TensorBoardLogger
from lightning.pytorch.plugins.io import TorchCheckpointIO
from lightning.pytorch.trainer.states import TrainerStatus
from lightning.pytorch.utilities.rank_zero import rank_zero_only  # type: ignore[attr-defined]
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer

from sentigate.errors import DataError
from sentigate.files import write_aside


def checkpoint(folder: Path, name: str, **choice: Any) -> ModelCheckpoint:
    """Keep one epoch, chosen or else the last; written when an epoch is over."""
    return ModelCheckpoint(
        folder / "checkpoints",
        filename=name,
        save_on_train_epoch_end=True,
        enable_version_counter=False,
        **choice,
    )


class WholeCheckpoints(TorchCheckpointIO):
    """Checkpoints that are whole or not there, in a folder that may be moved.

    Lightning's own writes to the system's temporary folder first, and where that is on another
    disk it copies: a run that is killed then, or a disk that is full, leaves half a checkpoint in
    place of the one that `resume` would need. Of a folder that has another path by now, Lightning
    forgets how good the best epoch was.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None
    ) -> None:
        """Write aside, then rename.

        Raises:
            OutputError: the disk is full; the checkpoint before this one is untouched.
        """
        content = io.BytesIO()  # straight to a file, torch would not say that the disk is full
        torch.save(checkpoint, content)
        with write_aside(Path(path)) as aside:
            aside.write_bytes(content.getbuffer())

    def load_checkpoint(self, path: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """Read what was written, as if it had been written where it stands now."""
        content = super().load_checkpoint(path, *args, **options)
        folder = os.path.realpath(Path(path).parent)
        for state in content["callbacks"].values():
            if "dirpath" in state:
                _move(state, folder)
        return content


def _move(state: dict[str, Any], folder: str) -> None:
    """Lead the paths that a ModelCheckpoint keeps to a folder."""

    def moved(file: str) -> str:
        return file and os.path.join(folder, os.path.basename(file))

    state["dirpath"] = folder
    for name in ("best_model_path", "kth_best_model_path", "last_model_path"):
        state[name] = moved(state[name])
    state["best_k_models"] = {moved(file): score for file, score in state["best_k_models"].items()}


class Module(pl.LightningModule):
    """Shortens gradients as Lightning would if it knew that bfloat16 scales none.

    It refuses a fused optimizer in mixed precision, for fear of gradients scaled for float16.
    """

    def configure_gradient_clipping(
        self,
        optimizer: Optimizer,
        gradient_clip_val: float | None = None,
        gradient_clip_algorithm: str | None = None,
    ) -> None:
        """Shorten the gradient, in any precision."""
        if gradient_clip_val:
            parameters = [one for group in optimizer.param_groups for one in group["params"]]
            clip_grad_norm_(parameters, gradient_clip_val)


class StaysStopped(Callback):
    """Lets a run that was stopped early end there when it is resumed; Lightning trains on."""

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop once more, before the first step."""
        trainer.should_stop = any(
            stopping.stopping_reason is not EarlyStoppingReason.NOT_STOPPED
            for stopping in trainer.early_stopping_callbacks
        )


def loggers(folder: Path, done: int) -> list[Logger]:
    """Return what writes `metrics.csv`, behind what it says of epochs done, and TensorBoard's."""
    table = CSVLogger(folder, name="", version="")
    _keep_rows(table, folder / "metrics.csv", done)
    return [table, TensorBoardLogger(folder, name="", version="")]


@rank_zero_only
def _keep_rows(table: CSVLogger, file: Path, done: int) -> None:
    """Write what a file says of the epochs that are done once more: Lightning empties it."""
    if done and file.exists():
        with file.open(newline="", encoding="utf-8") as before:
            rows: list[dict[str, Any]] = list(csv.DictReader(before))
        for row in rows:
            if row.get("step") and int(row["epoch"]) < done:  # a full disk leaves half a row
                table.log_metrics(row, int(row.pop("step")))
        table.save()


def epochs_done(last: Path | None) -> int:
    """How many epochs a checkpoint has behind it."""
    if last is None:
        return 0
    try:
        return int(torch.load(last, map_location="cpu", weights_only=True)["epoch"]) + 1
    except (RuntimeError, EOFError, UnpicklingError):
        raise DataError(
            f"{last} is not whole, the run stopped while it was written: train afresh without "
            "--resume"
        ) from None


def prepare(folder: Path, fingerprint: str, resume: bool, first: bool = True) -> Path | None:
    """Check that a resumed run is the same run; return the checkpoint to go on from, if any.

    Of several processes that train together the `first` alone writes.
    """
    mark = folder / "fingerprint"
    last = folder / "checkpoints" / "last.ckpt"
    if resume and last.exists():
        if mark.read_text(encoding="utf-8") != fingerprint:
            raise DataError(
                f"{folder} holds a run with other data or settings, so it cannot be resumed: "
                "give the same file and settings, or train afresh without --resume"
            )
        return last
    if not first:
        return None
    for stale in (folder / "checkpoints").glob("*.ckpt*"):
        stale.unlink()
    with write_aside(mark) as aside:
        aside.write_text(fingerprint, encoding="utf-8")
    return None


@contextmanager
def reproducibly(seed: int, threads: int) -> Iterator[None]:
    """Seed torch and set its threads for the run; give the caller's own back afterwards."""
    before = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.set_num_threads(threads or before)
        try:
            yield
        finally:
            torch.set_num_threads(before)


@contextmanager
def quietly() -> Iterator[None]:
    """Keep Lightning's advice on workers and devices from drowning what a user needs to see."""
    chatty = [logging.getLogger(f"lightning.{part}") for part in ("pytorch", "fabric")]
    levels = [logger.level for logger in chatty]
    for logger in chatty:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(chatty, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def interruptible(trainer: pl.Trainer) -> Iterator[None]:
    """Turn the SystemExit that Lightning makes of Ctrl-C back into a KeyboardInterrupt.

    Where training fails, the processes that it started are ended too.
    """
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    except SystemExit as error:
        if trainer.state.status is not TrainerStatus.INTERRUPTED:
            raise
        signal.signal(signal.SIGINT, handler)  # Lightning left it ignored
        raise KeyboardInterrupt from error
    except Exception:
        if trainer.strategy.launcher is not None:
            trainer.strategy.launcher.kill(signal.SIGTERM)
        raise

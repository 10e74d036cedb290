"""Training runs: Lightning's Trainer around our module, with checkpoints, logs and resume.

Works in `<output>.training/` (checkpoints, metrics.csv, TensorBoard events, fingerprint of the
run) and knows nothing of files of texts or of model folders.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import numpy as np
import torch
from lightning.pytorch.callbacks import Callback, EarlyStopping, TQDMProgressBar
from numpy.typing import NDArray
from torch import nn

from sentigate.config import HeadConfig, TrainConfig
from sentigate.nn.classifier import Classifier, build_classifier
from sentigate.train.averaging import RunningAverage, is_averaged
from sentigate.train.module import MONITOR, TrainingModule
from sentigate.train.precision import choose_precision
from sentigate.train.ranks import Ranks, SameRun, is_first, on_devices
from sentigate.train.runs import (
    StaysStopped,
    WholeCheckpoints,
    checkpoint,
    epochs_done,
    interruptible,
    loggers,
    prepare,
    quietly,
    reproducibly,
)
from sentigate.train.sources import Source, dev_loader, train_loader

EPOCHS, LEAST_EPOCHS, MOST_EPOCHS = 10, 3, 100
LEAST_STEPS, MOST_TOKENS = 400, 6_000_000
ENOUGH_TO_CHOOSE = 200

Weights = Mapping[str, NDArray[Any]]
Report = Callable[[str], None]
OnEpoch = Callable[[int, float], None]
"""Told the number of each finished epoch and its dev score; what it raises ends the training."""


@dataclass(frozen=True)
class Run:
    """All that decides what a training run comes to.

    Args:
        config: all settings.
        heads: the questions to be answered.
        sources: what to learn from.
        dev_sources: what to choose the best epoch on.
        vocab_size: how many token ids there are.
        start: weights to start from; what is not in it starts fresh.
    """

    config: TrainConfig
    heads: Sequence[HeadConfig]
    sources: Sequence[Source]
    dev_sources: Sequence[Source]
    vocab_size: int
    start: Weights | None = None

    @cached_property
    def steps(self) -> int:
        """How many steps an epoch takes."""
        return len(train_loader(self.sources, self.config.batch_size, self.config.seed))

    @cached_property
    def epochs(self) -> int:
        """How many epochs to train: as set, or ten; more for few rows, fewer for much text."""
        enough = max(EPOCHS, -(-LEAST_STEPS // self.steps))
        tokens = sum(int(source.lengths.sum()) for source in self.sources)
        affordable = max(LEAST_EPOCHS, MOST_TOKENS // max(tokens, 1))
        return self.config.epochs or min(enough, affordable, MOST_EPOCHS)

    @property
    def patience(self) -> int:
        """How many epochs may pass without a better dev score."""
        return self.config.patience or max(1, self.epochs // 3)

    @property
    def keeps_best(self) -> bool:
        """Whether the best epoch on the dev rows is kept, and not the last.

        Few dev rows cannot tell which is best, unless by a wide margin: a head that knew its labels
        before may be best in its first epochs.
        """
        if self.config.keep != "auto":
            return self.config.keep == "best"
        knows = any(name.startswith("heads.") for name in self.start or ())
        return knows or sum(len(source.ids) for source in self.dev_sources) >= ENOUGH_TO_CHOOSE

    def fingerprint(self) -> str:
        """A hash of settings and data; a run may be resumed only by one that has the same.

        On how many devices is left out: a step is the same on any number of them.
        """
        settings = self.config.model_dump_json(exclude={"devices", "nodes"})
        digest = hashlib.sha256(settings.encode())
        for source in (*self.sources, *self.dev_sources):
            digest.update(repr(source.settings).encode())
            digest.update(np.concatenate([*source.ids, source.lengths]).tobytes())
            digest.update(source.targets.tobytes())
        for name, values in sorted((self.start or {}).items()):
            digest.update(name.encode() + np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()


class EpochReport(Callback):
    """One line of text after each epoch, and the dev score for whoever watches."""

    def __init__(self, report: Report, on_epoch: OnEpoch) -> None:
        self.report = report
        self.on_epoch = on_epoch

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Report loss and dev scores."""
        if not trainer.is_global_zero:
            return
        figures = {name: float(value) for name, value in trainer.callback_metrics.items()}
        scores = "  ".join(f"{name} {value:.4f}" for name, value in sorted(figures.items()))
        self.report(f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs}  {scores}")
        self.on_epoch(trainer.current_epoch + 1, figures[MONITOR])


def fit(
    run: Run,
    folder: Path,
    *,
    resume: bool,
    progress: bool,
    report: Report,
    on_epoch: OnEpoch = lambda _epoch, _score: None,
) -> Weights:
    """Train, and return the weights of the epoch that is kept: the best one, or the last.

    Args:
        run: settings and data.
        folder: where checkpoints and logs go.
        resume: go on from the last finished epoch in `folder`, if there is one.
        progress: show a progress bar.
        report: takes one line of text an epoch.
        on_epoch: takes each epoch's number, from 1, and its dev score; may raise to end it all.

    Returns:
        float32 arrays by name. Of several processes only the first has those of that epoch.

    Raises:
        DataError: `folder`, or another process, has a run with other data or settings.
        KeyboardInterrupt: Ctrl-C; the last finished epoch can be resumed from.
    """
    with reproducibly(run.config.seed, run.config.threads):
        network = _classifier(run)
    fit_network(
        run, network, folder, resume=resume, progress=progress, report=report, on_epoch=on_epoch
    )
    return network.to_weights()


def fit_network(
    run: Run,
    network: nn.Module,
    folder: Path,
    *,
    resume: bool,
    progress: bool,
    report: Report,
    on_epoch: OnEpoch = lambda _epoch, _score: None,
) -> None:
    """Train any network that gives `{head: logits}` for `(ids, lengths)`; leave it as it is kept.

    Arguments and errors are those of `fit`.
    """
    config, mark = run.config, run.fingerprint()
    last = prepare(folder, mark, resume, first=is_first(config))
    done = epochs_done(last)
    if resume:
        report(f"going on behind epoch {done}" if last else "no finished epoch: starting")
    with reproducibly(config.seed, config.threads), quietly():
        steps = run.steps * run.epochs
        module = TrainingModule(network, run.heads, run.sources, run.dev_sources, config, steps)
        # `save_last` would write the last with the best ones only; it stands behind the best, whose
        # record it holds.
        keepers = [*(_choice(run, folder) if run.keeps_best else []), checkpoint(folder, "last")]
        callbacks = [SameRun(f"{mark} {done}"), EpochReport(report, on_epoch), *keepers]
        trainer = _trainer(run, folder, done, callbacks, progress=progress)
        ranks = Ranks(trainer.global_rank, trainer.world_size)
        with interruptible(trainer):
            trainer.fit(
                module,
                train_loader(run.sources, config.batch_size, config.seed, done, ranks),
                dev_loader(run.dev_sources, 4 * config.batch_size, ranks),
                ckpt_path=last,
                weights_only=True,
            )
        if trainer.is_global_zero:
            kept: Any = trainer.checkpoint_callbacks[0]
            state = torch.load(kept.best_model_path, map_location="cpu", weights_only=True)
            module.load_state_dict(state["state_dict"])


def _choice(run: Run, folder: Path) -> list[Callback]:
    """What keeps the best epoch, and stops where none better comes."""
    return [
        EarlyStopping(MONITOR, mode="max", patience=run.patience),
        StaysStopped(),
        checkpoint(folder, "best", monitor=MONITOR, mode="max"),
    ]


def _classifier(run: Run) -> Classifier:
    config = run.config
    classifier = build_classifier(
        config.encoder(run.vocab_size),
        run.heads,
        word_dropout=config.word_dropout,
        embedding_dropout=config.embedding_dropout,
        layer_dropout=config.layer_dropout,
        weight_drop=config.weight_drop,
        dropout=config.dropout,
    )
    if run.start:
        classifier.load_weights({**classifier.to_weights(), **run.start})
    return classifier


def _trainer(
    run: Run, folder: Path, done: int, own: Sequence[Callback], *, progress: bool
) -> pl.Trainer:
    config = run.config
    averaged = is_averaged(config.ema, run.steps * run.epochs)
    return pl.Trainer(
        max_epochs=run.epochs,
        **on_devices(config, len(run.heads)),
        precision=choose_precision(config.precision),
        gradient_clip_val=config.clip_norm or None,
        num_sanity_val_steps=0,
        enable_model_summary=False,
        enable_progress_bar=progress,
        plugins=[WholeCheckpoints()],
        callbacks=[
            *([RunningAverage(decay=config.ema)] if averaged else []),
            *own,
            *([TQDMProgressBar(leave=False)] if progress else []),
        ],
        logger=loggers(folder, done),
    )

"""From texts without labels to an encoder: what `sentigate pretrain` does.

    texts ─tokenise─> Corpus ─language model─> weights of an encoder ─> folder without heads

Howard and Ruder 2018, "Universal language model fine-tuning for text classification".
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import numpy as np
from lightning.pytorch.callbacks import Callback, TQDMProgressBar
from numpy.typing import NDArray

from sentigate.config import PretrainConfig
from sentigate.data.readers import Table
from sentigate.errors import DataError
from sentigate.model.artifact import Artifact, find_model, load_artifact
from sentigate.nn.language_model import LanguageModel, build_language_model
from sentigate.text.tokenizer import Tokenizer, train_tokenizer
from sentigate.train.corpus import Corpus, one_pass, stretches
from sentigate.train.fit import command_line, texts_of
from sentigate.train.folder import ModelFacts, check_output, working_folder, write_encoder
from sentigate.train.language_module import PERPLEXITY, LanguageModule
from sentigate.train.precision import choose_precision
from sentigate.train.runs import (
    WholeCheckpoints,
    checkpoint,
    epochs_done,
    interruptible,
    loggers,
    prepare,
    quietly,
    reproducibly,
)
from sentigate.train.sampled_softmax import Frequencies
from sentigate.train.start import encoder_settings, on_card

Ids = NDArray[np.int32]
Report = Callable[[str], None]
MOST_DEV_TOKENS = 100_000
DEV_ROWS = 8


@dataclass(frozen=True)
class _Plan:
    """All that decides what a pre-training comes to."""

    config: PretrainConfig
    tokenizer: Tokenizer
    training: Corpus
    dev: Corpus
    base: Artifact | None

    @property
    def stretches(self) -> int:
        """How many stretches there are, none longer than `config.stretch`."""
        return -(-self.steps // self.config.stretch)

    @property
    def stretch(self) -> int:
        """Steps of each, all alike: the last may read on by less than a step for each of them."""
        return -(-self.steps // self.stretches)

    @property
    def steps(self) -> int:
        return self.training.steps * self.config.epochs

    def fingerprint(self) -> str:
        digest = hashlib.sha256(self.config.model_dump_json().encode() + self.tokenizer.model)
        for corpus in (self.training, self.dev):
            digest.update(np.concatenate([*corpus.texts]).tobytes())
        for name, values in sorted(self.base.weights.items() if self.base else ()):
            digest.update(name.encode() + np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()


class _Report(Callback):
    """One line of text after each stretch: how far, how well, how fast."""

    def __init__(self, plan: _Plan, report: Report) -> None:
        self.plan = plan
        self.report = report
        self.began = self.ended = 0.0

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.began = time.perf_counter()

    def on_train_batch_end(self, *_: Any) -> None:
        self.ended = time.perf_counter()  # before the perplexity is measured

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        config, done = self.plan.config, trainer.current_epoch + 1
        tokens = self.plan.stretch * config.batch_size * config.bptt / (self.ended - self.began)
        self.report(
            f"step {done * self.plan.stretch:,}/{self.plan.stretches * self.plan.stretch:,}  "
            f"loss {float(trainer.callback_metrics['train_loss']):.3f}  dev perplexity "
            f"{float(trainer.callback_metrics[PERPLEXITY]):.1f}  {tokens:,.0f} tokens/s"
        )


def pretrain(
    tables: Sequence[Table],
    output: Path,
    config: PretrainConfig,
    *,
    resume: bool = False,
    progress: bool = False,
    report: Report = lambda _line: None,
) -> Path:
    """Train a language model on texts and write the folder of its encoder.

    Args:
        tables: any texts; copies of one count once.
        output: folder to write; checkpoints and logs go to `<output>.training` beside it.
        config: all settings.
        resume: go on from the last checkpoint of a run that was stopped.
        progress: show a progress bar.
        report: takes one line of text at a time, for people.

    Returns:
        `output`.

    Raises:
        ConfigError: a setting of the encoder was given and is not that of the base.
        DataError: too few texts, or another run in the working folder.
        ModelError: there is no such base, or it is damaged.
        OutputError: `output` is there and is no model folder, or cannot be written.
        KeyboardInterrupt: Ctrl-C; `resume` goes on from the last checkpoint.
    """
    check_output(output)
    plan = _plan([text for table in tables for text in texts_of(table.examples)], config)
    report(
        f"{len(plan.training.texts):,} texts of {plan.training.tokens:,} tokens to learn from, "
        f"{len(plan.dev.texts):,} held out; {plan.tokenizer.vocab_size:,} tokens in the vocabulary"
    )
    network, perplexity = _fit(plan, working_folder(output), resume, progress, report)
    read = [{"name": table.path.name, "rows": len(table.examples)} for table in tables]
    facts = ModelFacts(
        name=output.name,
        data=[*read, *([on_card(plan.base, config.base)] if plan.base else [])],
        command=_command(tables, output, config),
    )
    write_encoder(output, network.to_weights(), plan.tokenizer, plan.config, perplexity, facts)
    return output


def _command(tables: Sequence[Table], output: Path, config: PretrainConfig) -> str:
    files = [table.path.name for table in tables]
    flags = {"output": output.name, "text": tables[0].text_column}
    return command_line(["pretrain", *files], flags, config)


def _plan(texts: Sequence[str], config: PretrainConfig) -> _Plan:
    unique = list(dict.fromkeys(text for text in texts if not text.isspace() and text))
    order = np.random.default_rng(config.seed).permutation(len(unique))
    held = max(1, round(len(unique) * config.dev_fraction))
    training = [unique[place] for place in sorted(order[held:])]
    if not training:
        raise DataError(f"{len(unique)} different texts are too few to learn from")
    if config.base == "none":
        tokenizer, base = train_tokenizer(training, config.vocab_size, seed=config.seed), None
    else:
        base = load_artifact(find_model(config.base))
        sizes = encoder_settings(base.config.encoder, config.base, config)
        sizes.pop("cell")
        config = config.model_copy(update=sizes)
        tokenizer = Tokenizer(base.tokenizer)
    dev = _first(tokenizer.encode_ids([unique[place] for place in order[:held]]), MOST_DEV_TOKENS)
    return _Plan(
        config,
        tokenizer,
        _corpus(tokenizer.encode_ids(training), config, config.batch_size, config.seed),
        _corpus(dev, config, DEV_ROWS, None),
        base,
    )


def _first(rows: Sequence[Ids], tokens: int) -> list[Ids]:
    """So many of the rows that they hold about so many tokens."""
    ends = np.cumsum([len(row) for row in rows])
    return list(rows[: int(np.searchsorted(ends, tokens)) + 1])


def _corpus(
    rows: Sequence[Ids], config: PretrainConfig, batch_size: int, seed: int | None
) -> Corpus:
    kept = [row for row in rows if len(row)]
    if not kept:
        raise DataError("no text holds anything that can be read: check the text column")
    directions = 2 if config.bidirectional else 1
    return Corpus(kept, batch_size=batch_size, bptt=config.bptt, directions=directions, seed=seed)


def _fit(
    plan: _Plan, folder: Path, resume: bool, progress: bool, report: Report
) -> tuple[LanguageModel, float]:
    """Train; return the network as the last stretch left it, and its perplexity on dev texts."""
    config = plan.config
    last = prepare(folder, plan.fingerprint(), resume)
    done = epochs_done(last)
    if resume:
        report(f"going on behind step {done * plan.stretch:,}" if last else "starting")
    with reproducibly(config.seed, config.threads), quietly():
        module = _module(plan)
        trainer = _trainer(plan, folder, done, progress, report)
        dev = one_pass(plan.dev)
        with interruptible(trainer):
            loader = stretches(plan.training, plan.stretch, done)
            trainer.fit(module, loader, dev, ckpt_path=last, weights_only=True)
        (figures,) = trainer.validate(module, dev, verbose=False)
    return module.network, float(figures[PERPLEXITY])


def _module(plan: _Plan) -> LanguageModule:
    config = plan.config
    network = build_language_model(
        config.encoder(plan.tokenizer.vocab_size),
        word_dropout=config.word_dropout,
        embedding_dropout=config.embedding_dropout,
        layer_dropout=config.layer_dropout,
        weight_drop=config.weight_drop,
        dropout=config.dropout,
    )
    if plan.base:
        network.load_weights(plan.base.weights)
    tokens = np.concatenate([*plan.training.texts, np.zeros(len(plan.training.texts), np.int32)])
    counts = np.bincount(tokens, minlength=plan.tokenizer.vocab_size)
    steps = plan.stretches * plan.stretch
    return LanguageModule(network, Frequencies.of(counts), config, steps)


def _trainer(plan: _Plan, folder: Path, done: int, progress: bool, report: Report) -> pl.Trainer:
    return pl.Trainer(
        max_epochs=plan.stretches,
        accelerator="auto",
        devices=1,
        precision=choose_precision(plan.config.precision),
        gradient_clip_val=plan.config.clip_norm or None,
        num_sanity_val_steps=0,
        enable_model_summary=False,
        enable_progress_bar=progress,
        plugins=[WholeCheckpoints()],
        callbacks=[
            checkpoint(folder, "last"),
            _Report(plan, report),
            *([TQDMProgressBar(leave=False)] if progress else []),
        ],
        logger=loggers(folder, done),
    )

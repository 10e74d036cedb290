"""Labelled rows as arrays, and the batches of an epoch. Knows nothing of networks or of loops.

A model with several heads learns from several sources, each of which teaches one head. A source
that holds only some of the head's labels (two-class reviews for a three-class head) says so in
`columns`; the loss then weighs these labels against each other and leaves the others alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from sentigate.config import HeadConfig
from sentigate.data.batching import pad, training_batches
from sentigate.data.labels import LabelSpace
from sentigate.records import Example
from sentigate.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class Source:
    """Rows that teach one head.

    Args:
        name: for logs.
        head: the head they teach.
        ids: token ids of each row, int32 [time].
        targets: int64 [rows] (binary, multiclass), float32 [rows, labels] (multilabel) or
            float32 [rows] (regression).
        columns: int64, the head's labels that this source can hold, in order.
        rows_per_epoch: how many rows an epoch draws; 0 means each once.
    """

    name: str
    head: str
    ids: tuple[NDArray[np.int32], ...]
    targets: NDArray[np.int64] | NDArray[np.float32]
    columns: NDArray[np.int64]
    rows_per_epoch: int = 0

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Number of tokens of each row: int64 [rows]."""
        return np.array([len(row) for row in self.ids], dtype=np.int64)

    def draw(self, seed: int) -> NDArray[np.int64]:
        """Return the places of the rows of one epoch; more than there are means repeats."""
        rows = np.arange(len(self.ids))
        if not self.rows_per_epoch:
            return rows
        repeats = -(-self.rows_per_epoch // len(rows))
        rng = np.random.default_rng(seed)
        drawn = np.concatenate([rng.permutation(rows) for _ in range(repeats)])
        return drawn[: self.rows_per_epoch]


class TrainBatch(NamedTuple):
    """One step's rows, all from one source; a plain tuple so that any device can take it."""

    source: int
    ids: Tensor
    lengths: Tensor
    targets: Tensor


def make_source(
    name: str,
    examples: Sequence[Example],
    head: HeadConfig,
    tokenizer: Tokenizer,
    max_tokens: int,
    rows_per_epoch: int = 0,
) -> Source:
    """Tokenise the rows that have text and label, and encode their labels.

    Raises:
        DataError: a label that the head does not have.
    """
    space = LabelSpace.from_head(head)
    labelled = [(row.text, row.label) for row in examples if row.text and row.label is not None]
    ids = tokenizer.encode_ids([text for text, _ in labelled])
    kept = [place for place, row in enumerate(ids) if len(row)]
    targets = np.array([space.encode(labelled[place][1]) for place in kept])
    return Source(
        name=name,
        head=head.name,
        ids=tuple(crop(ids[place], max_tokens) for place in kept),
        targets=targets.astype(np.int64 if targets.dtype.kind == "i" else np.float32),
        columns=_columns(head, targets),
        rows_per_epoch=rows_per_epoch,
    )


def crop(ids: NDArray[np.int32], max_tokens: int) -> NDArray[np.int32]:
    """Keep the beginning and the end of a row that is too long to train on.

    Example:
        >>> crop(np.arange(6, dtype=np.int32), 4).tolist()
        [0, 1, 4, 5]
    """
    if len(ids) <= max_tokens:
        return ids
    head = (max_tokens + 1) // 2
    return np.concatenate([ids[:head], ids[len(ids) - (max_tokens - head) :]])


def class_weights(source: Source, head: HeadConfig) -> NDArray[np.float32] | None:
    """Weights that balance the classes of a source.

    Multiclass and binary: n / (classes x count), as scikit-learn's `balanced`. Multi-label: the
    square root of negatives over positives, since the full ratio drowns the frequent labels.

    Returns:
        float32 [columns]; for a binary head the weight of each side; None for regression.
    """
    if head.kind == "multilabel":
        positives = np.maximum(source.targets.sum(axis=0), 1.0)
        return np.sqrt((len(source.targets) - positives).clip(1.0) / positives).astype(np.float32)
    shares = class_shares(source, head)
    return None if shares is None else (1 / (len(shares) * shares)).astype(np.float32)


def class_shares(source: Source, head: HeadConfig) -> NDArray[np.float32] | None:
    """Share of each class in a source, float32 [columns]; None where rows have no one class."""
    if head.kind not in ("binary", "multiclass"):
        return None
    counts = np.bincount(source.targets, minlength=len(head.labels))[source.columns]
    return (np.maximum(counts, 1) / len(source.targets)).astype(np.float32)


def epoch_loader(sources: Sequence[Source], batch_size: int, seed: int) -> DataLoader[TrainBatch]:
    """Return the batches of one epoch, drawn, bucketed by length and shuffled; same for a seed."""
    plan = [
        (place, rows[batch])
        for place, source in enumerate(sources)
        for rows in [source.draw(seed + place)]
        for batch in training_batches(
            source.lengths[rows], batch_size=batch_size, seed=seed + place
        )
    ]
    order = np.random.default_rng(seed).permutation(len(plan))
    return _loader(sources, [plan[place] for place in order])


def dev_loader(sources: Sequence[Source], batch_size: int) -> DataLoader[TrainBatch]:
    """Return every row of every source once, the long ones last."""
    plan = []
    for place, source in enumerate(sources):
        by_length = np.argsort(source.lengths, kind="stable")
        plan += [
            (place, by_length[start : start + batch_size])
            for start in range(0, len(by_length), batch_size)
        ]
    return _loader(sources, plan)


class _PlannedBatches(Dataset[TrainBatch]):
    """Batches made when asked for, from a plan of (source, rows)."""

    def __init__(
        self, sources: Sequence[Source], plan: list[tuple[int, NDArray[np.int64]]]
    ) -> None:
        self.sources = sources
        self.plan = plan

    def __len__(self) -> int:
        return len(self.plan)

    def __getitem__(self, place: int) -> TrainBatch:
        which, rows = self.plan[place]
        source = self.sources[which]
        ids, lengths = pad([source.ids[row] for row in rows])
        targets = torch.from_numpy(source.targets[rows])
        return TrainBatch(which, torch.from_numpy(ids), torch.from_numpy(lengths), targets)


def _loader(
    sources: Sequence[Source], plan: list[tuple[int, NDArray[np.int64]]]
) -> DataLoader[TrainBatch]:
    return DataLoader(_PlannedBatches(sources, plan), batch_size=None)


def _columns(head: HeadConfig, targets: NDArray[np.float64]) -> NDArray[np.int64]:
    """The labels a source can hold: for a multiclass head those that occur, else all."""
    if head.kind == "multiclass":
        return np.unique(targets).astype(np.int64)
    return np.arange(len(head.labels), dtype=np.int64)

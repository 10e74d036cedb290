"""Labelled rows as arrays, and the batches of an epoch. Knows nothing of networks or of loops.

A model with several heads learns from several sources, each of which teaches one head. A source
that holds only some of the head's labels (two-class reviews for a three-class head) says so in
`columns`, and in `unseen_share` how far its rows speak against the others. What a teacher says of
texts without labels is a source too, whose targets are probabilities (`soft_source`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from sentigate.config import HeadConfig
from sentigate.data.batching import pad, training_batches
from sentigate.data.labels import LabelSpace
from sentigate.errors import DataError
from sentigate.records import Example, gives_one_label
from sentigate.text.tokenizer import Tokenizer
from sentigate.train.ranks import Ranks

Targets = NDArray[np.int64] | NDArray[np.float32]
MOST_ROUNDING = 0.02
ALONE = Ranks()


@dataclass(frozen=True)
class Source:
    """Rows that teach one head.

    Args:
        name: for logs.
        head: the head they teach.
        ids: token ids of each row, int32 [time].
        targets: int64 [rows] (binary, multiclass, ordinal), float32 [rows, labels] (multilabel) or
            float32 [rows] (regression). If soft: probabilities, float32 [rows, labels] (multiclass,
            ordinal, multilabel) or that of the second label, float32 [rows] (binary).
        columns: int64, the head's labels that this source can hold, in order.
        rows_per_epoch: how many rows an epoch draws; 0 means each once.
        logit_adjustment: how strongly its loss balances classes; see `losses.Balance`.
        unseen_share: share of rows taken to hold a label that the source has no name for, in the
            logit adjustment; 0 leaves such labels out of its loss altogether.
        weight: factor of its loss beside those of other sources.
        soft: the targets are a teacher's probabilities, which are learnt as they stand, without
            class weights and label smoothing.
    """

    name: str
    head: str
    ids: tuple[NDArray[np.int32], ...]
    targets: Targets
    columns: NDArray[np.int64]
    rows_per_epoch: int = 0
    logit_adjustment: float = 0.0
    unseen_share: float = 0.0
    weight: float = 1.0
    soft: bool = False

    @property
    def settings(self) -> tuple[str | float, ...]:
        """All but the rows, for the fingerprint of a run."""
        plain = {"ids", "targets", "columns"}
        return tuple(getattr(self, key.name) for key in fields(self) if key.name not in plain)

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
    """One step's rows, all from one source; a plain tuple so that any device can take it.

    Of several processes each reads its share of the texts and knows all targets.
    """

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
) -> Source:
    """Tokenise the rows that have text and label, and encode their labels; the rest is default.

    Raises:
        DataError: a label that the head does not have.
    """
    space = LabelSpace.from_head(head)
    labelled = [(row.text, row.label) for row in examples if row.text and row.label is not None]
    ids = tokenizer.encode_ids([text for text, _ in labelled])
    kept = [place for place, row in enumerate(ids) if len(row)]
    encoded = [space.encode(labelled[place][1]) for place in kept]
    single = gives_one_label(head.kind)
    targets = np.array(encoded, np.int64) if single else np.array(encoded, np.float32)
    return Source(
        name=name,
        head=head.name,
        ids=tuple(crop(ids[place], max_tokens) for place in kept),
        targets=targets,
        columns=_columns(head, targets),
    )


def soft_source(
    name: str,
    texts: Sequence[str],
    probabilities: NDArray[np.float32],
    head: HeadConfig,
    tokenizer: Tokenizer,
    max_tokens: int,
) -> Source:
    """Tokenise texts and take a teacher's answers for targets; the rest is default.

    Hinton et al. 2015, "Distilling the knowledge in a neural network". A text that holds no token
    and one whose answer is not a number (the teacher could not say) are left out.

    Args:
        name: for logs.
        texts: any texts; none of them needs a label.
        probabilities: float32 [texts, labels] in the head's order of labels; of a regression head
            the values, [texts, 1].
        head: the head they teach.
        tokenizer: makes the token ids.
        max_tokens: of a longer text the beginning and the end are read.

    Raises:
        DataError: a wrong shape, or rows that are no probabilities.

    Example:
        >>> from sentigate.text.tokenizer import train_tokenizer
        >>> texts = ["so good", "so so", "bad, bad, bad"]
        >>> head = HeadConfig(name="mood", kind="binary", labels=("bad", "good"))
        >>> answers = np.array([[0.1, 0.9], [0.5, 0.5], [1, 0]], dtype=np.float32)
        >>> source = soft_source("web", texts, answers, head, train_tokenizer(texts * 9, 300), 64)
        >>> source.targets.tolist(), source.soft
        ([0.8999999761581421, 0.5, 0.0], True)
    """
    expected = (len(texts), len(head.labels) or 1)
    if probabilities.shape != expected:
        raise DataError(f"{name} has answers {probabilities.shape}, expected {expected}")
    ids = tokenizer.encode_ids(texts)
    unanswered = np.isnan(probabilities.sum(axis=1))
    kept = [place for place, row in enumerate(ids) if len(row) and not unanswered[place]]
    return Source(
        name=name,
        head=head.name,
        ids=tuple(crop(ids[place], max_tokens) for place in kept),
        targets=_soft_targets(name, probabilities[kept], head),
        columns=np.arange(len(head.labels), dtype=np.int64),
        soft=True,
    )


def _soft_targets(name: str, answers: NDArray[np.float32], head: HeadConfig) -> NDArray[np.float32]:
    """Check a teacher's answers, float32 [rows, labels], and bring them into the loss's form."""
    answers = answers.astype(np.float32)
    if head.kind == "regression":
        return answers[:, 0]
    if answers.size and not (answers.min() >= 0 and answers.max() <= 1 + MOST_ROUNDING):
        raise DataError(
            f"{name} has answers from {answers.min():.3g} to {answers.max():.3g} for the head "
            f"{head.name!r}: expected probabilities from 0 to 1, not logits"
        )
    if head.kind == "multilabel":
        return answers.clip(0, 1)
    sums = answers.sum(axis=1, keepdims=True)
    if (np.abs(sums - 1) > MOST_ROUNDING).any():
        raise DataError(
            f"{name} has answers that add up to {sums.min():.3g} to {sums.max():.3g} for the "
            f"{head.kind} head {head.name!r}: expected 1 in each row"
        )
    shares = np.asarray(answers / sums, dtype=np.float32)
    return shares[:, 1] if head.kind == "binary" else shares


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


def class_weights(
    source: Source, head: HeadConfig, power: float = 0.5
) -> NDArray[np.float32] | None:
    """Weights that balance the classes of a source.

    Args:
        source: whose classes.
        head: its head.
        power: how far a multi-label head goes: (negatives / positives) to this power weighs the
            positive rows of a label; the full ratio would drown the frequent labels.

    Returns:
        float32 [columns], n / (classes x count) as scikit-learn's `balanced` (one label a row),
        or weights of the positives (multilabel); None for regression and for soft targets.
    """
    if source.soft:
        return None
    if head.kind == "multilabel":
        positives = np.maximum(source.targets.sum(axis=0), 1.0)
        odds = np.maximum(len(source.targets) - positives, 1.0) / positives
        return np.asarray(odds**power, dtype=np.float32)
    if head.kind == "regression":
        return None
    shares = _class_shares(source, head)
    return np.asarray(1 / (len(shares) * shares), dtype=np.float32)


def adjustments(
    source: Source, head: HeadConfig
) -> tuple[NDArray[np.int64], NDArray[np.float32] | None]:
    """Which labels a source's loss compares, and what it adds to their logits in training.

    Returns:
        Places of labels, int64 [columns], and `logit_adjustment` x log of each one's share,
        float32 [columns], or None where nothing is added.
    """
    if head.kind not in ("multiclass", "ordinal") or not source.logit_adjustment:
        return source.columns, None
    shares = _class_shares(source, head)
    seen = np.asarray(source.logit_adjustment * np.log(shares), dtype=np.float32)
    if not source.unseen_share:
        return source.columns, seen
    unseen = source.logit_adjustment * np.log(source.unseen_share)
    everything = np.full(len(head.labels), unseen, dtype=np.float32)
    everything[source.columns] = seen
    return np.arange(len(head.labels)), everything


def _class_shares(source: Source, head: HeadConfig) -> NDArray[np.float32]:
    """Share of each class in a source whose rows have one class each: float32 [columns]."""
    if source.soft:
        counts = source.targets.sum(axis=0)[source.columns]
    else:
        counts = np.bincount(source.targets, minlength=len(head.labels))[source.columns]
    return np.asarray(np.maximum(counts, 1) / len(source.targets), dtype=np.float32)


Plan = list[tuple[int, NDArray[np.int64]]]
"""For each batch its source and the places of its rows there."""


class EpochSampler(Sampler[tuple[int, NDArray[np.int64]]]):
    """The batches of an epoch, drawn, bucketed by length and shuffled; the same for the same epoch.

    Lightning calls `set_epoch` before each epoch but the first, which `epoch` is for: a resumed run
    then draws what an uninterrupted one would.

    Args:
        sources: what to draw from.
        batch_size: most rows of a batch.
        seed: same seed and epoch, same batches.
        epoch: the first epoch to be drawn.
    """

    def __init__(
        self, sources: Sequence[Source], batch_size: int, seed: int, epoch: int = 0
    ) -> None:
        self.sources = sources
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = epoch

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the next iteration draws."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self._plan())

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.int64]]]:
        plan = self._plan()
        order = np.random.default_rng(self._seed(0)).permutation(len(plan))
        return (plan[place] for place in order)

    def _seed(self, place: int) -> list[int]:
        return [self.seed, self.epoch, place]

    def _plan(self) -> Plan:
        plan = []
        for place, source in enumerate(self.sources):
            seed = int(np.random.default_rng(self._seed(place + 1)).integers(2**31))
            rows = source.draw(seed)
            batches = training_batches(source.lengths[rows], batch_size=self.batch_size, seed=seed)
            plan += [(place, rows[batch]) for batch in batches]
        return plan


def train_loader(
    sources: Sequence[Source],
    batch_size: int,
    seed: int,
    epoch: int = 0,
    ranks: Ranks = ALONE,
) -> DataLoader[TrainBatch]:
    """Return the batches of training, others in each epoch; `epoch` is the first to be drawn."""
    sampler = EpochSampler(sources, batch_size, seed, epoch)
    # Without a generator of its own each iteration would take a number from torch's, and a resumed
    # run, whose first iteration starts before the epoch is seeded, would be one number off.
    own = torch.Generator()
    return DataLoader(_Rows(sources, ranks), batch_size=None, sampler=sampler, generator=own)


def dev_loader(
    sources: Sequence[Source], batch_size: int, ranks: Ranks = ALONE
) -> DataLoader[TrainBatch]:
    """Return every row of every source once, the long ones last."""
    plan: Plan = []
    for place, source in enumerate(sources):
        by_length = np.argsort(source.lengths, kind="stable")
        plan += [
            (place, by_length[start : start + batch_size])
            for start in range(0, len(by_length), batch_size)
        ]
    own = torch.Generator()
    return DataLoader(_Rows(sources, ranks), batch_size=None, sampler=plan, generator=own)


class _Rows(Dataset[TrainBatch]):
    """Batches made when asked for, by source and places of rows."""

    def __init__(self, sources: Sequence[Source], ranks: Ranks) -> None:
        self.sources = sources
        self.ranks = ranks

    def __getitem__(self, planned: tuple[int, NDArray[np.int64]]) -> TrainBatch:
        which, rows = planned
        source = self.sources[which]
        ids, lengths = pad([source.ids[row] for row in self.ranks.share(rows)])
        targets = torch.from_numpy(source.targets[rows])
        return TrainBatch(which, torch.from_numpy(ids), torch.from_numpy(lengths), targets)


def _columns(head: HeadConfig, targets: Targets) -> NDArray[np.int64]:
    """The labels a source can hold: of several classes those that occur, else all."""
    if head.kind in ("multiclass", "ordinal"):
        return np.unique(targets).astype(np.int64)
    return np.arange(len(head.labels), dtype=np.int64)

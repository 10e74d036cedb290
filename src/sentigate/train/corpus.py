"""Texts as endless rows for language models: pass after pass, step after step. Knows no network."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from sentigate.nn.language_model import END


class Chunk(NamedTuple):
    """What one step reads; a plain tuple so that any device can take it.

    `ids` and `targets` are int64 [directions, batch, time]; `first` says that a pass begins.
    """

    ids: Tensor
    targets: Tensor
    first: bool


class Corpus:
    """Texts laid end to end, cut into rows that lie side by side, and read a stretch at a time.

    Between texts stands `END`; a second direction has the same texts, each from its end. The order
    of the texts is drawn anew for each pass.

    Args:
        texts: token ids of each, int32 [time].
        batch_size: rows side by side.
        bptt: tokens of a row that a step reads.
        directions: 1, or 2 for a second one that reads backwards.
        seed: same seed and pass, same order; None leaves them as they come.

    Example:
        >>> texts = [np.array([5, 6, 7]), np.array([8, 9])]
        >>> corpus = Corpus(texts, batch_size=1, bptt=4, directions=2, seed=None)
        >>> [corpus.chunk(step).targets.tolist() for step in range(corpus.steps)]
        [[[[5, 6, 7, 0]], [[7, 6, 5, 0]]], [[[8, 9, 0, 0]], [[9, 8, 0, 0]]]]
    """

    def __init__(
        self,
        texts: Sequence[NDArray[np.int32]],
        *,
        batch_size: int,
        bptt: int,
        directions: int,
        seed: int | None,
    ) -> None:
        self.texts = texts
        self.batch_size = batch_size
        self.bptt = bptt
        self.directions = directions
        self.seed = seed
        self.tokens = sum(len(text) + 1 for text in texts)
        self.steps = -(-self.tokens // (batch_size * bptt))
        self._rows = lru_cache(maxsize=1)(self._lay)

    def chunk(self, step: int) -> Chunk:
        """Return what a step reads; steps of all passes are numbered through."""
        number, place = divmod(step, self.steps)
        start = place * self.bptt
        rows = self._rows(number)[:, :, start : start + self.bptt + 1].astype(np.int64)
        ids, targets = torch.from_numpy(rows[:, :, :-1]), torch.from_numpy(rows[:, :, 1:])
        return Chunk(ids.contiguous(), targets.contiguous(), first=place == 0)

    def _lay(self, number: int) -> NDArray[np.int32]:
        """One pass: [directions, batch, time]; each row ends with the first token of the next."""
        order = list(range(len(self.texts)))
        if self.seed is not None:
            order = np.random.default_rng([self.seed, number]).permutation(order).tolist()
        width = self.steps * self.bptt
        rows = np.full((self.directions, self.batch_size * width + 1), END, dtype=np.int32)
        for row, turn in zip(rows, (1, -1), strict=False):
            parts = (part for place in order for part in (self.texts[place][::turn], [END]))
            row[1 : self.tokens + 1] = np.concatenate(list(parts))
        starts = np.arange(self.batch_size) * width
        laid: NDArray[np.int32] = rows[:, starts[:, None] + np.arange(width + 1)]
        return laid


class _Steps(Sampler[int]):
    """The steps of one stretch; Lightning calls `set_epoch` before each but the first."""

    def __init__(self, stretch: int, number: int) -> None:
        self.stretch = stretch
        self.number = number

    def set_epoch(self, number: int) -> None:
        """Choose the stretch that the next iteration reads."""
        self.number = number

    def __len__(self) -> int:
        return self.stretch

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.number * self.stretch, (self.number + 1) * self.stretch))


class _Chunks(Dataset[Chunk]):
    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    def __getitem__(self, step: int) -> Chunk:
        return self.corpus.chunk(step)


def stretches(corpus: Corpus, stretch: int, first: int = 0) -> DataLoader[Chunk]:
    """Return the steps of stretch after stretch; `first` is the first to be read."""
    return _loader(corpus, _Steps(stretch, first))


def one_pass(corpus: Corpus) -> DataLoader[Chunk]:
    """Return every step of one pass, in order."""
    return _loader(corpus, range(corpus.steps))


def _loader(corpus: Corpus, steps: Sampler[int] | Sequence[int]) -> DataLoader[Chunk]:
    # A generator of its own, or each iteration would take a number from torch's.
    own = torch.Generator()
    return DataLoader(_Chunks(corpus), batch_size=None, sampler=steps, generator=own)

"""Batches: rows of similar length padded together, so that little is computed for nothing.

For use: every row once, in batches of bounded size. For training: the same, shuffled anew each
epoch. Knows nothing of texts, labels or networks.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sentigate.records import Batch


def pad(rows: Sequence[NDArray[np.integer]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Put rows of token ids under each other.

    Args:
        rows: integers [time], of any lengths, at least one row.

    Returns:
        ids int64 [batch, time], padded with 0, and lengths int64 [batch].

    Example:
        >>> ids, lengths = pad([np.array([4, 5]), np.array([6])])
        >>> ids.tolist(), lengths.tolist()
        ([[4, 5], [6, 0]], [2, 1])
    """
    lengths: NDArray[np.int64] = np.array([len(row) for row in rows], np.int64)
    ids: NDArray[np.int64] = np.zeros((len(rows), lengths.max(initial=0)), np.int64)
    ids[np.arange(ids.shape[1]) < lengths[:, None]] = np.concatenate(rows)
    return ids, lengths


def make_batches(
    ids: Sequence[NDArray[np.int32]], *, max_tokens: int = 8192, max_rows: int = 256
) -> Iterator[Batch]:
    """Yield every row exactly once, shortest first, padded to the longest of its batch.

    Args:
        ids: int32 [time] a row, none of them empty.
        max_tokens: bound on rows times columns; only a single row may exceed it.
        max_rows: bound on rows.

    Raises:
        ValueError: a row is empty.

    Example:
        >>> rows = [np.array([7, 8, 9]), np.array([5, 5]), np.array([6])]
        >>> [batch.order.tolist() for batch in make_batches(rows, max_tokens=6)]
        [[2, 1], [0]]
    """
    lengths: NDArray[np.int64] = np.array([len(row) for row in ids], np.int64)
    if not lengths.all():
        raise ValueError(f"row {int(lengths.argmin())} is empty: expected at least one id a row")
    order = np.argsort(lengths, kind="stable")
    for start, end in _cuts(lengths[order], max_tokens, max_rows):
        places = order[start:end]
        yield Batch(*pad([ids[place] for place in places]), places)


def _cuts(
    ascending: NDArray[np.int64], max_tokens: int, max_rows: int
) -> Iterator[tuple[int, int]]:
    """Start and end of each batch; the last row of a batch is its longest."""
    start = 0
    for end, length in enumerate(ascending.tolist()):
        rows = end - start + 1
        if end > start and (rows > max_rows or rows * length > max_tokens):
            yield start, end
            start = end
    if start < len(ascending):
        yield start, len(ascending)


def training_batches(
    lengths: ArrayLike, *, batch_size: int, seed: int, bucket: int = 50
) -> list[NDArray[np.int64]]:
    """Return the batches of one epoch as groups of indices, in the order to train on them.

    Random pools of `batch_size * bucket` rows are sorted by length and cut into batches, which are
    then shuffled: rows of one batch are of similar length, batches are in no order.

    Args:
        lengths: integers [rows].
        batch_size: rows a batch; the last one of the last pool may be smaller.
        seed: the same seed gives the same batches; use another one each epoch.
        bucket: batches a pool; 1 means no sorting by length at all.

    Example:
        >>> [len(batch) for batch in training_batches([3, 1, 2, 3, 9], batch_size=2, seed=0)]
        [1, 2, 2]
    """
    sizes = np.asarray(lengths, np.int64)
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(sizes))
    pool_size = batch_size * bucket
    batches = [
        pool[start : start + batch_size]
        for pool in _sorted_pools(shuffled, sizes, pool_size)
        for start in range(0, len(pool), batch_size)
    ]
    return [batches[place] for place in random.permutation(len(batches))]


def _sorted_pools(
    shuffled: NDArray[np.int64], sizes: NDArray[np.int64], pool_size: int
) -> Iterator[NDArray[np.int64]]:
    for start in range(0, len(shuffled), pool_size):
        pool = shuffled[start : start + pool_size]
        yield pool[np.argsort(sizes[pool], kind="stable")]

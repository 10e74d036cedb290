"""Texts of a test file that were in the training file too, word for word or nearly so.

A model has seen these before, so what it says of them proves little. Compared are sets of shingles
(all runs of five characters) by their Jaccard index, exactly: no pair above the bound is missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate.extras import require
from sentigate.records import Example

WIDTH = 5
SIMILAR = 0.8
_ROWS, _PAIRS = 200, 50_000
_POWERS = np.array([0x9E3779B97F4A7C15], np.uint64) ** np.arange(WIDTH, dtype=np.uint64)
Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A text of the test file and the one of the training file that is most like it.

    Args:
        row: number of the row in the test file, from 1.
        text: its text.
        train_row: number of the row in the training file, from 1.
        train_text: its text.
        similarity: Jaccard index of their shingles, from the bound to 1.
    """

    row: int
    text: str
    train_row: int
    train_text: str
    similarity: float


def near_duplicates(test: Sequence[Example], train: Sequence[Example]) -> list[Duplicate]:
    """Find the test texts that are in the training texts, or nearly.

    Args:
        test: rows of the test file; those without text are passed over.
        train: rows of the training file.

    Returns:
        One duplicate at most for each test row, in the order of these.

    Raises:
        MissingExtraError: SciPy is not installed.

    Example:
        >>> test, train = Example("Good food, cold soup!", row=1), Example("good  food, cold soup")
        >>> round(near_duplicates([test], [train])[0].similarity, 2)
        0.94
    """
    tests, trains = _with_text(test), _with_text(train)
    if not tests or not trains:
        return []
    pairs = _similar([text for _, text in tests], [text for _, text in trains])
    return [
        Duplicate(*tests[place], *trains[double], similarity)
        for place, (double, similarity) in sorted(pairs.items())
    ]


def _with_text(examples: Sequence[Example]) -> list[tuple[int, str]]:
    return [(one.row, one.text) for one in examples if one.text and one.text.strip()]


def _similar(test: Sequence[str], train: Sequence[str]) -> dict[int, tuple[int, float]]:
    """For each place in `test` that has any, the place of the most similar text, and how similar.

    Two sets with a Jaccard index of at least t share at least the share t of either. So among any
    (1 - t) n + c shingles of a test text, c at least are in its double, and it is enough to look
    where the rarest of them occur (prefix filtering, Chaudhuri et al. 2006).
    """
    tests, trains = [_shingles(text) for text in test], [_shingles(text) for text in train]
    known = np.unique(np.concatenate(tests))
    asked, given = _table(tests, known), _table(trains, known)
    rows, columns = _candidates(asked, given)
    similar = _jaccard(asked, given, rows, columns, np.array([len(one) for one in trains]))
    best: dict[int, tuple[int, float]] = {}
    for i, j, share in zip(rows.tolist(), columns.tolist(), similar.tolist(), strict=True):
        if share >= SIMILAR and (i not in best or share > best[i][1]):
            best[i] = j, share
    return best


def _shingles(text: str) -> Hashes:
    """The hashes of all runs of five characters, whatever the case and the white space."""
    plain = " ".join(text.casefold().split())
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if len(codes) < WIDTH:
        codes = np.pad(codes, (0, WIDTH - len(codes)))
    last = len(codes) - WIDTH + 1
    runs = sum(codes[place : place + last] * power for place, power in enumerate(_POWERS))
    return np.unique(np.asarray(runs, np.uint64))


def _table(texts: Sequence[Hashes], known: Hashes) -> Any:
    """Which text holds which of the known shingles: sparse [texts, known]."""
    sparse = require("scipy.sparse", "evaluate")
    every, rows = np.concatenate(texts), np.repeat(np.arange(len(texts)), list(map(len, texts)))
    places = np.minimum(np.searchsorted(known, every), len(known) - 1)
    hit = known[places] == every
    cells = np.ones(int(hit.sum()), np.int32), (rows[hit], places[hit])
    return sparse.csr_array(cells, shape=(len(texts), len(known)))


def _candidates(asked: Any, given: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of rows of the two tables that share enough rare shingles to be worth a look."""
    sizes = np.diff(asked.indptr)
    least = 1 + sizes // 10
    rare = _rarest(asked, given.sum(axis=0), sizes - np.ceil(SIMILAR * sizes - 1e-9) + least)
    turned = given.T.tocsr()
    pairs = []
    for start in range(0, len(sizes), _ROWS):
        shared = (rare[start : start + _ROWS] @ turned).tocoo()
        enough = shared.data >= least[start + shared.row]
        pairs.append((start + shared.row[enough], shared.col[enough]))
    rows, columns = zip(*pairs, strict=True)
    return np.concatenate(rows), np.concatenate(columns)


def _rarest(table: Any, counts: NDArray[np.int64], most: NDArray[np.float64]) -> Any:
    """The table with only so many shingles of each row, those of the lowest counts."""
    rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    order = np.lexsort((counts[table.indices], rows))
    rank = np.arange(len(order)) - table.indptr[rows]
    kept = order[rank < most[rows]]
    sparse = require("scipy.sparse", "evaluate")
    cells = table.data[kept], (rows[kept], table.indices[kept])
    return sparse.csr_array(cells, shape=table.shape)


def _jaccard(
    asked: Any,
    given: Any,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The Jaccard index of each pair of a row of `asked` and one of `given`: float64 [pairs].

    `given` has the known shingles only; `sizes` says how many each of its texts has in all.
    """
    common = [
        asked[rows[start : start + _PAIRS]]
        .multiply(given[columns[start : start + _PAIRS]])
        .sum(axis=1)
        for start in range(0, len(rows), _PAIRS)
    ]
    shared = np.concatenate([np.zeros(0), *common])
    either: NDArray[np.float64] = np.diff(asked.indptr)[rows] + sizes[columns] - shared
    return shared / either

"""First values for the embedding table, from which tokens keep which company in the texts.

Costs seconds, needs no labels, and gives the network words that are already near their kin.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

WINDOW = 5
CHUNK = 4_000_000
SCALE = 0.3


def cooccurrence_vectors(
    rows: Sequence[NDArray[np.int32]], vocab_size: int, width: int, seed: int = 0
) -> NDArray[np.float32]:
    """Factor the positive pointwise mutual information of tokens that stand near each other.

    Levy and Goldberg 2014, "Neural word embedding as implicit matrix factorization"; context
    distribution smoothing 0.75 and square-root singular values as in Levy et al. 2015.

    Args:
        rows: token ids of each text, int32 [time].
        vocab_size: number of ids; id 0 is padding.
        width: length of a vector.
        seed: of the randomised factorisation.

    Returns:
        float32 [vocab_size, width], root mean square 0.3; row 0 and tokens never seen are zero.

    Example:
        >>> texts = [np.array([1, 2, 3], dtype=np.int32)] * 3
        >>> cooccurrence_vectors(texts, vocab_size=5, width=2).shape
        (5, 2)
    """
    counts = _counts(rows, vocab_size)
    association = _positive_pmi(counts)
    rank = min(width, vocab_size - 1)
    left, values, _ = randomized_svd(association, rank, n_iter=3, random_state=seed)
    vectors = np.zeros((vocab_size, width), dtype=np.float32)
    vectors[:, :rank] = left * np.sqrt(values)
    vectors[np.diff(association.indptr) == 0] = 0  # not the rounding noise of the factorisation
    size = np.sqrt(np.mean(vectors**2))
    return vectors * np.float32(SCALE / size) if size else vectors


def _counts(rows: Sequence[NDArray[np.int32]], vocab_size: int) -> sparse.csr_matrix:
    """Symmetric counts, a pair at distance d counting 1/d; padding between rows keeps them apart.

    Rows are joined behind WINDOW zeros each and counted in chunks, so that memory stays bounded.
    """
    gap = np.zeros(WINDOW, dtype=np.int32)
    flat = np.concatenate([part for row in rows for part in (row, gap)] or [gap])
    total = sparse.csr_matrix((vocab_size, vocab_size), dtype=np.float32)
    for start in range(0, len(flat), CHUNK):
        chunk = flat[start : start + CHUNK + WINDOW]
        for distance in range(1, WINDOW + 1):
            left, right = chunk[: min(CHUNK, len(chunk) - distance)], chunk[distance:]
            left = left[: len(right)]
            near = (left > 0) & (right[: len(left)] > 0)
            pairs = (left[near], right[: len(left)][near])
            weights = np.full(len(pairs[0]), 1 / distance, dtype=np.float32)
            total += sparse.coo_matrix((weights, pairs), shape=total.shape).tocsr()
    return (total + total.T).tocsr()


def _positive_pmi(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """max(0, log p(a, b) / (p(a) p(b)^0.75)) for the pairs that occur."""
    pairs = counts.tocoo()
    each = np.bincount(pairs.row, pairs.data, counts.shape[0])
    context = each**0.75 / (each**0.75).sum() if each.any() else each
    pmi = np.log(pairs.data / (each[pairs.row] * context[pairs.col]))
    kept = pmi > 0
    return sparse.csr_matrix(
        (pmi[kept].astype(np.float32), (pairs.row[kept], pairs.col[kept])), shape=counts.shape
    )

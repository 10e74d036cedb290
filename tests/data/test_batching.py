"""Batching: a permutation, nothing lost, bounded padding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sentigate.data.batching import make_batches, pad, training_batches

LENGTHS = st.lists(st.integers(1, 60), max_size=60)


def rows_of(lengths: list[int]) -> list[NDArray[np.int32]]:
    return [np.full(length, 10 + i, np.int32) for i, length in enumerate(lengths)]


@given(LENGTHS, st.integers(1, 200), st.integers(1, 9))
def test_every_row_once_and_whole(lengths: list[int], max_tokens: int, max_rows: int) -> None:
    rows = rows_of(lengths)
    found = {}
    for batch in make_batches(rows, max_tokens=max_tokens, max_rows=max_rows):
        assert len(batch.ids) <= max_rows
        assert len(batch.ids) == 1 or batch.ids.size <= max_tokens
        assert batch.ids[~batch.mask].sum() == 0
        for ids, length, place in zip(batch.ids, batch.lengths, batch.order, strict=True):
            assert place not in found
            found[int(place)] = ids[:length].tolist()
    assert found == {i: row.tolist() for i, row in enumerate(rows)}


def test_an_empty_row_is_refused() -> None:
    with pytest.raises(ValueError, match="row 1 is empty"):
        list(make_batches([np.array([1], np.int32), np.array([], np.int32)]))


def test_pad_without_tokens() -> None:
    ids, lengths = pad([np.array([], np.int32)])
    assert ids.shape == (1, 0)
    assert lengths.tolist() == [0]


@given(LENGTHS, st.integers(1, 9), st.integers(0, 3), st.integers(1, 4))
def test_an_epoch_is_a_permutation(
    lengths: list[int], batch_size: int, seed: int, bucket: int
) -> None:
    batches = training_batches(lengths, batch_size=batch_size, seed=seed, bucket=bucket)
    assert all(1 <= len(batch) <= batch_size for batch in batches)
    assert sorted(int(i) for batch in batches for i in batch) == list(range(len(lengths)))
    again = training_batches(lengths, batch_size=batch_size, seed=seed, bucket=bucket)
    assert [batch.tolist() for batch in batches] == [batch.tolist() for batch in again]


def test_epochs_differ_and_batches_are_of_similar_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 200, 4000)
    first, second = (training_batches(lengths, batch_size=32, seed=seed) for seed in (1, 2))
    assert [batch.tolist() for batch in first] != [batch.tolist() for batch in second]
    padded = sum(int(lengths[batch].max()) * len(batch) for batch in first)
    assert padded < 1.1 * lengths.sum()
    means = [lengths[batch].mean() for batch in first]
    assert means != sorted(means)

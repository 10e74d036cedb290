"""Pooling as shares: they sum to one over the real steps and give what each pooling is."""

import numpy as np
import pytest

from sentigate.lstm.pooling import pooling_shares

LENGTHS = np.array([5, 1, 3])
STEPS = np.random.default_rng(0).normal(size=(3, 5, 4))
ATTENTION = np.random.default_rng(1).normal(size=(1, 4))
REAL = np.arange(5) < LENGTHS[:, None]


def shares(kind, **options):
    settings = {"bidirectional": True, "attention": ATTENTION} | options
    return pooling_shares(kind, STEPS, LENGTHS, **settings)


@pytest.mark.parametrize("kind", ["last", "mean", "max", "attention"])
def test_shares_sum_to_one_and_padding_has_none(kind):
    given = np.broadcast_to(shares(kind), STEPS.shape)
    np.testing.assert_allclose(given.sum(axis=1), 1)
    assert not given[~REAL].any()


def test_the_maximum_is_the_maximum():
    for row, length in enumerate(LENGTHS):
        pooled = (STEPS * shares("max"))[row].sum(axis=0)
        np.testing.assert_array_equal(pooled, STEPS[row, :length].max(axis=0))


def test_the_last_step_of_the_backward_half_is_the_first():
    pooled = (STEPS * shares("last")).sum(axis=1)
    for row, length in enumerate(LENGTHS):
        np.testing.assert_array_equal(pooled[row, :2], STEPS[row, length - 1, :2])
        np.testing.assert_array_equal(pooled[row, 2:], STEPS[row, 0, 2:])
    one_way = (STEPS * shares("last", bidirectional=False)).sum(axis=1)
    np.testing.assert_array_equal(one_way[2], STEPS[2, 2])


def test_attention_needs_its_weights():
    with pytest.raises(ValueError, match="got None"):
        shares("attention", attention=None)

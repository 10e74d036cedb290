"""Contributions make up the whole: of an output, over directions, layers and rows; of a memory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentigate.lstm.contributions import contributions, memory_shares
from sentigate.lstm.equations import Weights
from sentigate.lstm.traces import trace

HIDDEN, WIDTH = 3, 4


def network(rng, layers, directions, scale=1.0):
    widths = [WIDTH] + [HIDDEN * directions] * (layers - 1)
    return [
        [
            Weights(
                *(
                    rng.normal(size=size, scale=scale)
                    for size in ((4 * HIDDEN, width), (4 * HIDDEN, HIDDEN), (4 * HIDDEN,))
                )
            )
            for _ in range(directions)
        ]
        for width in widths
    ]


def case(seed, layers, directions, scale=1.0):
    rng = np.random.default_rng(seed)
    lengths = np.array([7, 1, 4])
    real = (np.arange(7) < lengths[:, None])[:, :, None]
    x = rng.normal(size=(3, 7, WIDTH), scale=scale)
    weights = network(rng, layers, directions, scale)
    demand = rng.normal(size=(3, 7, HIDDEN * directions)) * real
    return x, lengths, weights, demand


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 2), st.floats(0.01, 4))
def test_contributions_make_up_the_weighted_outputs(seed, layers, directions, scale):
    x, lengths, weights, demand = case(seed, layers, directions, scale)
    traces = trace(x, lengths, weights)
    told = contributions(x, lengths, weights, traces, demand)
    last = np.concatenate([t.hidden for t in traces if t.layer == layers - 1], axis=2)
    whole = (demand * last).sum(axis=(1, 2))
    np.testing.assert_allclose(told.inputs.sum(axis=1) + told.biases, whole, rtol=1e-9, atol=1e-9)


def test_demands_make_up_the_same_at_every_layer():
    x, lengths, weights, demand = case(0, 3, 2)
    traces = trace(x, lengths, weights)
    told = contributions(x, lengths, weights, traces, demand)
    assert [one.shape for one in told.demands] == [(3, 7, 6)] * 3
    np.testing.assert_array_equal(told.demands[-1], demand)


@pytest.mark.parametrize("directions", [1, 2])
def test_padding_contributes_nothing_and_changes_nothing(directions):
    x, lengths, weights, demand = case(1, 2, directions)
    together = contributions(x, lengths, weights, trace(x, lengths, weights), demand)
    for row, length in enumerate(lengths):
        assert not together.inputs[row, length:].any()
        alone = (x[row : row + 1, :length], lengths[row : row + 1], weights)
        told = contributions(*alone, trace(*alone), demand[row : row + 1, :length])
        np.testing.assert_allclose(told.inputs[0], together.inputs[row, :length], atol=1e-12)


def test_a_token_that_writes_nothing_contributes_nothing():
    x, lengths, weights, demand = case(2, 1, 1)
    (cell,) = weights[0]
    shut = cell._replace(bias=cell.bias - np.repeat([1e3, 0, 0, 0], HIDDEN))  # input gate at 0
    told = contributions(x, lengths, [[shut]], trace(x, lengths, [[shut]]), demand)
    np.testing.assert_allclose(told.inputs, 0, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 2), st.integers(1, 2))
def test_what_is_left_of_each_writing_makes_up_the_final_memory(seed, layers, directions):
    x, lengths, weights, _ = case(seed, layers, directions)
    for one in trace(x, lengths, weights):
        shares = memory_shares(one, lengths)
        for row, length in enumerate(lengths):
            final = one.memory[row, 0 if one.reverse else length - 1]
            np.testing.assert_allclose(shares[row].sum(axis=0), final, rtol=1e-9, atol=1e-12)
            assert not shares[row, length:].any()

"""Rows and layers: own ends, own lengths, and stretches that add up to the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentigate.lstm.equations import Weights
from sentigate.lstm.layers import outputs, run_direction, run_layers
from sentigate.records import LSTMState

WIDTH, HIDDEN = 3, 2


def weights(generator, width, cell="lstm"):
    rows = HIDDEN * (4 if cell == "lstm" else 1)
    return Weights(
        generator.normal(size=(rows, width)),
        generator.normal(size=(rows, HIDDEN)),
        generator.normal(size=rows),
    )


def stacked(generator, directions, cell="lstm"):
    return [
        [weights(generator, WIDTH, cell) for _ in range(directions)],
        [weights(generator, HIDDEN * directions, cell) for _ in range(directions)],
    ]


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
@pytest.mark.parametrize("directions", [1, 2])
@given(lengths=st.lists(st.integers(1, 6), min_size=1, max_size=4), seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_a_row_alone_is_the_row_in_a_batch_and_its_padding_is_zero(cell, directions, lengths, seed):
    generator = np.random.default_rng(seed)
    layers = stacked(generator, directions, cell)
    x = generator.normal(size=(len(lengths), 6, WIDTH))
    together = outputs(run_layers(x, np.array(lengths), layers, cell=cell)[-1])
    for row, length in enumerate(lengths):
        alone = run_layers(x[row : row + 1, :length], np.array([length]), layers, cell=cell)
        np.testing.assert_allclose(together[row, :length], outputs(alone[-1])[0], atol=1e-12)
        assert not together[row, length:].any()


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_stretches_add_up_to_the_whole(cell):
    generator = np.random.default_rng(0)
    layers = stacked(generator, 1, cell)
    x, full = generator.normal(size=(2, 7, WIDTH)), np.array([7, 7])
    whole = run_layers(x, full, layers, cell=cell)
    first = run_layers(x[:, :3], full * 0 + 3, layers, cell=cell)
    ends = [passes[0].end for passes in first]
    second = run_layers(x[:, 3:], full - 3, layers, ends, cell=cell)
    joined = np.concatenate([outputs(first[-1]), outputs(second[-1])], axis=1)
    np.testing.assert_allclose(joined, outputs(whole[-1]), atol=1e-12)
    for mine, other in zip(second[-1][0].end, whole[-1][0].end, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-12)


def test_the_state_stands_where_each_row_ends():
    generator = np.random.default_rng(0)
    cell, x = weights(generator, WIDTH), generator.normal(size=(2, 5, WIDTH))
    forward = run_direction(x, np.array([5, 2]), cell)
    np.testing.assert_array_equal(forward.end.memory[1], forward.memory[1, 1])
    np.testing.assert_array_equal(forward.end.hidden[0], forward.hidden[0, 4])
    backward = run_direction(x, np.array([5, 2]), cell, reverse=True)
    np.testing.assert_array_equal(backward.end.hidden, backward.hidden[:, 0])


def test_reading_backwards_is_reading_the_mirrored_row():
    generator = np.random.default_rng(0)
    cell, x = weights(generator, WIDTH), generator.normal(size=(1, 5, WIDTH))
    backward = run_direction(x, np.array([5]), cell, reverse=True)
    mirrored = run_direction(x[:, ::-1], np.array([5]), cell)
    np.testing.assert_array_equal(backward.hidden, mirrored.hidden[:, ::-1])


def test_a_bidirectional_network_refuses_states():
    layers = stacked(np.random.default_rng(0), 2)
    zero = LSTMState(np.zeros((1, HIDDEN)), np.zeros((1, HIDDEN)))
    with pytest.raises(ValueError, match="whole rows"):
        run_layers(np.zeros((1, 2, WIDTH)), np.array([2]), layers, [zero, zero])

"""One step, for NumPy and torch: against torch's own cells, and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.lstm.equations import Weights, library, lstm_step, rnn_step, sigmoid
from sentigate.records import LSTMState

torch = pytest.importorskip("torch")

BATCH, WIDTH, HIDDEN = 3, 5, 4


def cell(kind):
    torch.manual_seed(0)
    theirs = kind(WIDTH, HIDDEN).double()
    ours = Weights(theirs.weight_ih, theirs.weight_hh, theirs.bias_ih + theirs.bias_hh)
    x = torch.randn(BATCH, WIDTH, dtype=torch.float64)
    state = LSTMState(*torch.randn(2, BATCH, HIDDEN, dtype=torch.float64))
    return theirs, ours, x, state


def as_numpy(record):
    return type(record)(*(part.detach().numpy() for part in record))


def test_a_step_is_that_of_torch_lstm_cell():
    theirs, ours, x, state = cell(torch.nn.LSTMCell)
    expected = theirs(x, tuple(state))
    for result, _ in (
        lstm_step(x, state, ours),
        lstm_step(x.numpy(), as_numpy(state), as_numpy(ours)),
    ):
        for part, other in zip(result, expected, strict=True):
            np.testing.assert_allclose(np.array(part.tolist()), other.tolist(), rtol=0, atol=1e-12)


def test_a_plain_step_is_that_of_torch_rnn_cell_and_leaves_the_memory_alone():
    theirs, ours, x, state = cell(torch.nn.RNNCell)
    expected = theirs(x, state.hidden)
    assert torch.allclose(rnn_step(x, state, ours).hidden, expected, rtol=0, atol=1e-12)
    assert rnn_step(x, state, ours).memory is state.memory
    plain = rnn_step(x.numpy(), as_numpy(state), as_numpy(ours))
    np.testing.assert_allclose(plain.hidden, expected.detach().numpy(), rtol=0, atol=1e-12)


def test_each_gate_does_what_its_name_says():
    shut, opened = -100.0, 100.0
    state = LSTMState(np.zeros((1, 1)), np.array([[0.6]]))

    def step(i, f, g, o):
        bias = np.array([i, f, g, o], dtype=float)
        return lstm_step(np.zeros((1, 2)), state, Weights(np.zeros((4, 2)), np.zeros((4, 1)), bias))

    kept, _ = step(shut, opened, opened, opened)
    assert kept.memory.item() == pytest.approx(0.6)
    assert kept.hidden.item() == pytest.approx(np.tanh(0.6))
    replaced, _ = step(opened, shut, opened, opened)
    assert replaced.memory.item() == pytest.approx(1.0)
    hidden, gates = step(shut, opened, opened, shut)
    assert hidden.hidden.item() == pytest.approx(0.0)
    assert [round(gate.item(), 6) for gate in gates] == [0.0, 1.0, 1.0, 0.0]


@given(st.floats(-1e6, 1e6))
def test_sigmoid_stays_within_its_bounds_and_mirrors(x):
    value = sigmoid(np.float64(x))
    assert 0 <= value <= 1
    assert value + sigmoid(np.float64(-x)) == pytest.approx(1, abs=1e-15)
    if abs(x) < 700:
        assert value == pytest.approx(1 / (1 + np.exp(-x)), abs=1e-15)


def test_an_array_knows_its_library():
    assert library(np.zeros(1)) is np
    assert library(torch.zeros(1)) is torch
    assert library(torch.nn.Parameter(torch.zeros(1))) is torch

"""One step of an LSTM cell, as the papers write it; knows no rows, no layers and no padding.

With x_t the input, h_{t-1} the previous output, C_{t-1} the previous memory, σ the logistic
function and ⊙ the product element by element:

    i_t = σ(W_i · [h_{t-1}, x_t] + b_i)        input gate: what to write
    f_t = σ(W_f · [h_{t-1}, x_t] + b_f)        forget gate: what to keep
    g_t = tanh(W_g · [h_{t-1}, x_t] + b_g)     candidate memory
    o_t = σ(W_o · [h_{t-1}, x_t] + b_o)        output gate: what to show
    C_t = f_t ⊙ C_{t-1} + i_t ⊙ g_t            memory
    h_t = o_t ⊙ tanh(C_t)                      output

Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; the forget gate: Gers et al., 2000.
"""

import sys
from typing import Any, NamedTuple

from sentigate.records import Gates, LSTMState


class Weights(NamedTuple):
    """The weights of one direction of one layer.

    The four gates lie below each other in the order i, f, g, o of `nn.LSTM`; a plain RNN has one
    block in place of four. W · [h, x] is `recurrent` · h + `input` · x.

    Args:
        input: [4 × hidden, width].
        recurrent: [4 × hidden, hidden].
        bias: [4 × hidden].
    """

    input: Any
    recurrent: Any
    bias: Any


def lstm_step(x: Any, state: LSTMState, weights: Weights) -> tuple[LSTMState, Gates]:
    """Go one step: from the input and the last state to the next state and the gates.

    Args:
        x: [batch, width].
        state: output and memory of the last step, each [batch, hidden].
        weights: of the cell.

    Returns:
        The state after the step and the gates that made it, each part [batch, hidden].

    Example:
        >>> import numpy as np
        >>> cell = Weights(np.zeros((4, 3)), np.zeros((4, 1)), np.array([0, 100, 0, 0]))
        >>> state, gates = lstm_step(np.ones((1, 3)), LSTMState(np.zeros((1, 1)), [[0.7]]), cell)
        >>> gates.forget, state.memory  # an open forget gate keeps the memory
        (array([[1.]]), array([[0.7]]))
    """
    tanh = library(x).tanh
    sums = x @ weights.input.T + state.hidden @ weights.recurrent.T + weights.bias
    i, f, g, o = _quarters(sums)
    gates = Gates(input=sigmoid(i), forget=sigmoid(f), candidate=tanh(g), output=sigmoid(o))
    memory = gates.forget * state.memory + gates.input * gates.candidate
    return LSTMState(hidden=gates.output * tanh(memory), memory=memory), gates


def rnn_step(x: Any, state: LSTMState, weights: Weights) -> LSTMState:
    """Go one step of a plain RNN, h_t = tanh(W · [h_{t-1}, x_t] + b), to compare.

    It has no memory: that part of the state stays as it came.

    Args:
        x: [batch, width].
        state: output of the last step, [batch, hidden].
        weights: of the cell, one block in place of four.
    """
    sums = x @ weights.input.T + state.hidden @ weights.recurrent.T + weights.bias
    return state._replace(hidden=library(x).tanh(sums))


def sigmoid(x: Any) -> Any:
    """The logistic function 1 / (1 + exp(-x)), by way of tanh, which cannot overflow.

    Example:
        >>> import numpy as np
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
        array([0. , 0.5, 1. ])
    """
    return 0.5 + 0.5 * library(x).tanh(0.5 * x)


def library(array: Any) -> Any:
    """Return the library an array belongs to: the module `numpy` or `torch`.

    Example:
        >>> import numpy as np
        >>> library(np.ones(2)).__name__
        'numpy'
    """
    return sys.modules[type(array).__module__.partition(".")[0]]


def _quarters(sums: Any) -> tuple[Any, Any, Any, Any]:
    """[batch, 4 × hidden] -> four of [batch, hidden]."""
    hidden = sums.shape[1] // 4
    i, f, g, o = (sums[:, k * hidden : (k + 1) * hidden] for k in range(4))
    return i, f, g, o

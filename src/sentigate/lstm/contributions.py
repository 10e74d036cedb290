"""What each token contributed, exactly: an LSTM with its gates held as they stood is linear.

In C_t = f_t ⊙ C_{t-1} + i_t ⊙ g_t and h_t = o_t ⊙ tanh(C_t), hold the gates i, f, o at the values
they took, and write each tanh as its chord, tanh(z) = k ⊙ z with k = tanh(z) / z held too. What is
left is linear in the inputs x_t and in the biases of the candidate, so the outputs are a sum over
them, to the last digit:

    C_T = Σ_t (Π_{s>t} f_s) ⊙ i_t ⊙ g_t,        g_t = k_t ⊙ (W_g x_t + U_g h_{t-1} + b_g)

The sum is taken backwards, as a gradient would be, through all steps, directions and layers. The
idea that gates only weigh and pass no share on is that of Arras et al., "Explaining Recurrent
Neural Network Predictions in Sentiment Analysis", 2017. Knows no text, no pooling and no head.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentigate.lstm.equations import Weights
from sentigate.lstm.traces import GateTrace

Floats = NDArray[np.floating]
Lengths = NDArray[np.int64]


class Contributions(NamedTuple):
    """A weighted sum of a network's outputs, taken apart.

    Args:
        inputs: what each step's input adds to it, [batch, time].
        biases: what the candidates' biases of all layers add, [batch].
        demands: for each layer the weight of each of its outputs, [batch, time, width].
    """

    inputs: Floats
    biases: Floats
    demands: list[Floats]


def contributions(
    x: Floats,
    lengths: Lengths,
    layers: Sequence[Sequence[Weights]],
    traces: Sequence[GateTrace],
    demand: Floats,
) -> Contributions:
    """Follow a weighted sum of the last layer's outputs back to the inputs.

    Args:
        x: the input, [batch, time, width].
        lengths: whole numbers [batch], each from 1 to time.
        layers: the weights, as `layers_of` collects them.
        traces: what happened, as `trace` returns it for this input.
        demand: the weight of each output in the sum, [batch, time, hidden × directions]; zero on
            the padding.

    Returns:
        Contributions: `inputs` summed over the steps, and `biases`, make up the sum of demand ⊙
        outputs.

    Example:
        >>> from sentigate.lstm.traces import trace
        >>> rng = np.random.default_rng(0)
        >>> layers = [[Weights(rng.normal(size=(8, 3)), rng.normal(size=(8, 2)), np.ones(8))]]
        >>> x, lengths = rng.normal(size=(1, 5, 3)), np.array([5])
        >>> (one,) = traces = trace(x, lengths, layers)
        >>> told = contributions(x, lengths, layers, traces, np.ones((1, 5, 2)))
        >>> np.allclose(told.inputs.sum() + told.biases, one.hidden.sum())
        True
    """
    biases = np.zeros(len(x), dtype=x.dtype)
    demands = [demand]
    for number in reversed(range(len(layers))):
        below = x if number == 0 else _outputs(traces, number - 1)
        towards = np.zeros_like(below)
        halves = np.split(demands[0], len(layers[number]), axis=2)
        own = [one for one in traces if one.layer == number]
        for one, weights, half in zip(own, layers[number], halves, strict=True):
            on_below, bias = _direction(below, lengths, weights, one, half)
            towards += on_below
            biases += bias
        demands.insert(0, towards)
    return Contributions((demands[0] * x).sum(axis=2), biases, demands[1:])


def memory_shares(one: GateTrace, lengths: Lengths) -> Floats:
    """Return what each step's writing still is in the final memory, Π_{s>t} f_s ⊙ i_t ⊙ g_t.

    Args:
        one: the trace of a direction; the final memory of a backward one is that at the row's
            first token.
        lengths: whole numbers [batch], each from 1 to time.

    Returns:
        [batch, time, hidden]; the sum over the steps is the final memory.

    Example:
        >>> from sentigate.lstm.traces import trace
        >>> cell = Weights(np.zeros((4, 3)), np.zeros((4, 1)), np.array([0.0, 0.0, 9.0, 0.0]))
        >>> (one,) = trace(np.ones((1, 3, 3)), np.array([3]), [[cell]])
        >>> memory_shares(one, np.array([3]))[0, :, 0].round(3).tolist()  # halved at each step
        [0.125, 0.25, 0.5]
    """
    written = one.gates.input * one.gates.candidate
    forget = _with_ones(one.gates.forget, lengths)
    kept = np.ones_like(written)
    time = written.shape[1]
    if one.reverse:
        for step in range(1, time):
            kept[:, step] = kept[:, step - 1] * forget[:, step - 1]
    else:
        for step in reversed(range(time - 1)):
            kept[:, step] = kept[:, step + 1] * forget[:, step + 1]
    shares: Floats = kept * written
    return shares


def _direction(
    x: Floats, lengths: Lengths, weights: Weights, one: GateTrace, demand: Floats
) -> tuple[Floats, Floats]:
    """Demand on a direction's outputs -> demand on its inputs, and what its biases add [batch]."""
    hidden = weights.recurrent.shape[1]
    block = slice(2 * hidden, 3 * hidden)
    recurrent, bias = weights.recurrent[block], weights.bias[block]
    sums = x @ weights.input[block].T + _before(one) @ recurrent.T + bias
    write = one.gates.input * _chord(sums)
    show = one.gates.output * _chord(one.memory)
    on_sums = np.zeros_like(demand)
    held, back = np.zeros_like(demand[:, 0]), np.zeros_like(demand[:, 0])
    for step in _backwards(one, x.shape[1]):
        held = held + show[:, step] * (demand[:, step] + back)
        on_sums[:, step] = held * write[:, step]
        back = on_sums[:, step] @ recurrent
        held = held * one.gates.forget[:, step]
    on_sums *= (np.arange(x.shape[1]) < lengths[:, None])[:, :, None]
    return on_sums @ weights.input[block], (on_sums @ bias).sum(axis=1)


def _backwards(one: GateTrace, time: int) -> Sequence[int]:
    """The steps from the last one read to the first."""
    return range(time) if one.reverse else range(time - 1, -1, -1)


def _before(one: GateTrace) -> Floats:
    """The output of the step read before each step, [batch, time, hidden]."""
    earlier: Floats = np.zeros_like(one.hidden)
    if one.reverse:
        earlier[:, :-1] = one.hidden[:, 1:]
    else:
        earlier[:, 1:] = one.hidden[:, :-1]
    return earlier


def _chord(z: Floats) -> Floats:
    """tanh(z) / z, which is 1 at 0."""
    small = np.abs(z) < 1e-4
    chord: Floats = np.where(small, 1.0, np.tanh(z) / np.where(small, 1.0, z)).astype(z.dtype)
    return chord


def _with_ones(forget: Floats, lengths: Lengths) -> Floats:
    """Forget gates that keep everything on the padding."""
    real = (np.arange(forget.shape[1]) < lengths[:, None])[:, :, None]
    kept: Floats = np.where(real, forget, 1.0).astype(forget.dtype)
    return kept


def _outputs(traces: Sequence[GateTrace], layer: int) -> Floats:
    return np.concatenate([one.hidden for one in traces if one.layer == layer], axis=2)

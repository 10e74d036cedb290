"""Every gate and memory of a network, at every step, layer and direction: the cell laid open."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sentigate.lstm.equations import Weights
from sentigate.lstm.layers import run_layers
from sentigate.records import Gates


class GateTrace(NamedTuple):
    """What happened in one direction of one layer.

    Every course is [batch, time, hidden], in the order of the text whatever the direction, and zero
    behind each row's end.

    Args:
        layer: which layer, from 0.
        reverse: whether it read backwards.
        gates: input, forget, candidate and output.
        memory: C, after each step.
        hidden: h, what the layer gave at each step.
    """

    layer: int
    reverse: bool
    gates: Gates
    memory: Any
    hidden: Any


def trace(x: Any, lengths: Any, layers: Sequence[Sequence[Weights]]) -> list[GateTrace]:
    """Read rows with an LSTM and return all that happened inside.

    Args:
        x: [batch, time, width], NumPy array or torch tensor.
        lengths: whole numbers [batch], each from 1 to time.
        layers: as `layers_of` collects them from the weights of an LSTM; a plain RNN has no gates.

    Example:
        >>> import numpy as np
        >>> cell = Weights(np.zeros((8, 3)), np.zeros((8, 2)), np.zeros(8))
        >>> (only,) = trace(np.ones((1, 2, 3)), np.array([1]), [[cell]])
        >>> only.gates.forget[0]  # half open without weights; the second step is padding
        array([[0.5, 0.5],
               [0. , 0. ]])
    """
    return [
        GateTrace(layer, reverse, one.gates, one.memory, one.hidden)
        for layer, passes in enumerate(run_layers(x, lengths, layers))
        for reverse, one in zip((False, True), passes, strict=False)
        if one.gates is not None
    ]

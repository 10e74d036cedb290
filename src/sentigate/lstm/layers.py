"""Steps to rows, rows to layers: the reference that the fast paths are measured against.

Rows are padded behind their ends. Each is read as if it were alone: the backward direction starts
at the row's own end, and what is given for the padding is zero. For NumPy arrays and torch tensors.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sentigate.config import Cell
from sentigate.lstm.equations import Weights, library, lstm_step, rnn_step
from sentigate.records import Gates, LSTMState


class Pass(NamedTuple):
    """What one direction of one layer went through.

    Every course is [batch, time, hidden], in the order of the text whatever the direction, and zero
    behind each row's end.

    Args:
        hidden: the outputs.
        memory: the memory after each step; zero for a plain RNN.
        gates: of each step; None for a plain RNN, which has none.
        end: the state after the last step of each row, each part [batch, hidden].
    """

    hidden: Any
    memory: Any
    gates: Gates | None
    end: LSTMState


def layers_of(weights: Mapping[str, Any], prefix: str = "lstm.") -> list[list[Weights]]:
    """Collect the weights of all layers, one or two directions each, from their `nn.LSTM` names.

    Example:
        >>> parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        >>> ways = ("", "_reverse")
        >>> layers_of({f"lstm.{part}_l0{way}": 1 for part in parts for way in ways})
        [[Weights(input=1, recurrent=1, bias=2), Weights(input=1, recurrent=1, bias=2)]]
    """
    layers: list[list[Weights]] = []
    while f"{prefix}weight_ih_l{len(layers)}" in weights:
        places = [f"l{len(layers)}", f"l{len(layers)}_reverse"]
        found = [place for place in places if f"{prefix}weight_ih_{place}" in weights]
        layers.append([_direction(weights, prefix, place) for place in found])
    return layers


def run_layers(
    x: Any,
    lengths: Any,
    layers: Sequence[Sequence[Weights]],
    states: Sequence[LSTMState] | None = None,
    *,
    cell: Cell = "lstm",
) -> list[list[Pass]]:
    """Read rows with all layers, each reading what the one below it gave.

    Args:
        x: [batch, time, width].
        lengths: whole numbers [batch], each from 1 to time.
        layers: for each layer the weights of its one or two directions.
        states: where the last stretch of each row ended, one state a layer, to go on from there;
            for one direction only.
        cell: "lstm" or "rnn".

    Returns:
        For each layer what each direction went through; `outputs` joins them.

    Raises:
        ValueError: states were given to a bidirectional network, which needs the row's end.

    Example:
        >>> import numpy as np
        >>> cell = Weights(np.ones((8, 3)), np.ones((8, 2)), np.zeros(8))
        >>> passes = run_layers(np.ones((1, 5, 3)), np.array([4]), [[cell, cell]])
        >>> outputs(passes[-1]).shape
        (1, 5, 4)
    """
    if states is not None and any(len(layer) > 1 for layer in layers):
        raise ValueError("a bidirectional network reads whole rows: give no states to it")
    passes: list[list[Pass]] = []
    for number, layer in enumerate(layers):
        state = states[number] if states else None
        passes.append(
            [
                run_direction(x, lengths, weights, state, cell=cell, reverse=reverse)
                for weights, reverse in zip(layer, (False, True), strict=False)
            ]
        )
        x = outputs(passes[-1])
    return passes


def outputs(passes: Sequence[Pass]) -> Any:
    """Join the outputs of a layer's directions: [batch, time, hidden × directions]."""
    if len(passes) == 1:
        return passes[0].hidden
    return library(passes[0].hidden).concatenate([one.hidden for one in passes], 2)


def run_direction(
    x: Any,
    lengths: Any,
    weights: Weights,
    state: LSTMState | None = None,
    *,
    cell: Cell = "lstm",
    reverse: bool = False,
) -> Pass:
    """Read rows in one direction with one layer.

    Args:
        x: [batch, time, width].
        lengths: whole numbers [batch], each from 1 to time.
        weights: of the direction.
        state: where to start, each part [batch, hidden]; zero without it.
        cell: "lstm" or "rnn".
        reverse: whether to read each row from its own end to its start.
    """
    mirror = _mirror(lengths, x.shape[1])
    start = state or _zero_state(x, weights)
    states, gates = _walk(x[mirror] if reverse else x, start, weights, cell)
    hidden, memory = (_course(states, part) for part in range(2))
    rows, last = library(x).arange(x.shape[0]), lengths - 1
    end = LSTMState(hidden[rows, last], memory[rows, last])
    real = _steps(x.shape[1], lengths) < lengths[:, None]

    def laid(course: Any) -> Any:
        return (course[mirror] if reverse else course) * real[:, :, None]

    seen = Gates(*(laid(_course(gates, part)) for part in range(4))) if gates else None
    return Pass(laid(hidden), laid(memory), seen, end)


def _walk(
    x: Any, state: LSTMState, weights: Weights, cell: Cell
) -> tuple[list[LSTMState], list[Gates]]:
    """Go through all steps, padding too: what comes of it is put to zero afterwards."""
    states, seen = [], []
    for step in range(x.shape[1]):
        if cell == "rnn":
            state = rnn_step(x[:, step], state, weights)
        else:
            state, gates = lstm_step(x[:, step], state, weights)
            seen.append(gates)
        states.append(state)
    return states, seen


def _course(steps: Sequence[Any], part: int) -> Any:
    """One part of every step side by side: [batch, time, hidden]."""
    arrays = [step[part] for step in steps]
    return library(arrays[0]).stack(arrays, 1)


def _mirror(lengths: Any, time: int) -> tuple[Any, Any]:
    """The index that reverses each row within its own length and leaves the padding in place."""
    steps = _steps(time, lengths)
    ends = lengths[:, None]
    xp = library(lengths)
    return xp.arange(len(lengths))[:, None], xp.where(steps < ends, ends - 1 - steps, steps)


def _steps(time: int, lengths: Any) -> Any:
    return library(lengths).arange(time)[None]


def _zero_state(x: Any, weights: Weights) -> LSTMState:
    zero = library(x).zeros((x.shape[0], weights.recurrent.shape[1]), dtype=x.dtype)
    return LSTMState(zero, zero)


def _direction(weights: Mapping[str, Any], prefix: str, place: str) -> Weights:
    parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    w_input, recurrent, *biases = (weights[f"{prefix}{part}_{place}"] for part in parts)
    return Weights(w_input, recurrent, biases[0] + biases[1])

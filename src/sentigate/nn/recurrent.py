"""LSTM (or plain RNN) layers on padded batches, fast in training; knows no text and no head.

The work is done by `torch.lstm`, one direction of one layer at a time, so that PyTorch takes its
oneDNN kernels; `PackedSequence` would miss them. The equations stand in `sentigate.lstm.equations`,
and a test proves that both agree.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sentigate.config import Cell
from sentigate.nn.dropout import locked_dropout
from sentigate.records import LSTMState

CERTAIN = (
    1e4  # the logistic function of it is exactly 1, of its negative exactly 0, in any precision
)

HOLD = (-CERTAIN, CERTAIN, 0.0, -CERTAIN)  # the memory stays as it is, the output is zero
FORGET = (-CERTAIN, -CERTAIN, 0.0, 0.0)  # the memory and the output are zero


class Direction(NamedTuple):
    """The weights of one direction of one layer, in the order `torch.lstm` takes them."""

    weight_ih: Tensor
    weight_hh: Tensor
    bias_ih: Tensor
    bias_hh: Tensor


class Recurrent(nn.Module):
    """Stacked, bidirectional, masked recurrent layers; a drop-in for `nn.LSTM(batch_first=True)`.

    Parameters have the names, shapes and gate order (i, f, g, o) of `nn.LSTM` and `nn.RNN`, so that
    a `state_dict` fits both. Each row is read as if it were alone: the backward direction starts at
    the row's own end, and outputs behind it are zero.

    Args:
        input_size: width of the input.
        hidden_size: width of one direction's output.
        num_layers: how many layers stand on each other.
        bidirectional: whether to read from both ends.
        cell: "lstm", or "rnn" for h = tanh(W x + U h + b), to compare.
        layer_dropout: share of features dropped between layers, the same at all steps.
        weight_drop: share of recurrent weights dropped (Merity et al., "Regularizing and Optimizing
            LSTM Language Models", 2018).

    Shapes:
        x [batch, time, input_size], lengths int64 [batch] (each from 1 to time)
        -> [batch, time, hidden_size × directions]

    Example:
        >>> layer = Recurrent(input_size=8, hidden_size=4, bidirectional=True)
        >>> outputs, _ = layer(torch.randn(2, 5, 8), torch.tensor([5, 3]))
        >>> outputs.shape, bool((outputs[1, 3:] == 0).all())
        (torch.Size([2, 5, 8]), True)
    """

    def __init__(
        self,
        *,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
        cell: Cell = "lstm",
        layer_dropout: float = 0.0,
        weight_drop: float = 0.0,
    ) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bidirectional = bidirectional
        self.cell = cell
        self.layer_dropout = layer_dropout
        self.weight_drop = weight_drop
        for layer in range(num_layers):
            width = input_size if layer == 0 else hidden_size * len(self._suffixes)
            for suffix in self._suffixes:
                self._add_direction(f"l{layer}{suffix}", width)

    @property
    def _suffixes(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def _add_direction(self, place: str, width: int) -> None:
        """Start the recurrent blocks orthogonal and the forget gates open (bias 1)."""
        hidden, gates = self.hidden_size, 4 if self.cell == "lstm" else 1
        bound = 1 / math.sqrt(hidden)
        input_weight = torch.empty(gates * hidden, width).uniform_(-bound, bound)
        blocks = [nn.init.orthogonal_(torch.empty(hidden, hidden)) for _ in range(gates)]
        bias = torch.zeros(gates * hidden)
        if self.cell == "lstm":
            bias[hidden : 2 * hidden] = 1
        self.register_parameter(f"weight_ih_{place}", nn.Parameter(input_weight))
        self.register_parameter(f"weight_hh_{place}", nn.Parameter(torch.cat(blocks)))
        self.register_parameter(f"bias_ih_{place}", nn.Parameter(bias))
        self.register_parameter(f"bias_hh_{place}", nn.Parameter(torch.zeros(gates * hidden)))

    def zero_state(self, batch: int) -> LSTMState:
        """Return the state before the first step: two zero tensors [num_layers, batch, hidden]."""
        zero = self.get_parameter("weight_hh_l0").new_zeros(
            self.num_layers, batch, self.hidden_size
        )
        return LSTMState(zero, zero)

    def forward(
        self, x: Tensor, lengths: Tensor, state: LSTMState | None = None
    ) -> tuple[Tensor, LSTMState | None]:
        """Read whole rows, or with `state` (start with `zero_state`) the next stretch of each.

        Args:
            x: [batch, time, input_size]; what stands behind a row's end is never read.
            lengths: int64 [batch], each from 1 to time.
            state: where the last stretch ended, each part [num_layers, batch, hidden_size];
                one direction only.

        Returns:
            The outputs, zero behind each row's end, and, if a state was given, the state at each
            row's end (an "rnn" has no memory: that part stays as it came).

        Raises:
            ValueError: a state was given to a bidirectional network, which needs the row's end.
        """
        mask = _mask(lengths, x.shape[1])
        if state is not None:
            return self._stream(x, lengths, mask, state)
        flip = _flip_index(lengths, mask) if self.bidirectional else None
        for layer in range(self.num_layers):
            x = self._layer(self._between(x, layer), layer, flip) * mask.unsqueeze(2)
        return x, None

    def read_on(self, x: Tensor, ends: Tensor, state: LSTMState) -> tuple[Tensor, LSTMState]:
        """Read the next stretch of rows that hold text after text, each as if it were alone.

        Args:
            x: [batch, time, input_size].
            ends: bool [batch, time], true where no text is but the end of one: the output there
                and the state behind it are zero, as before the first step of a row.
            state: where the last stretch ended; each part [num_layers, batch, hidden_size].

        Returns:
            The outputs, and the state behind the last step.

        Raises:
            ValueError: the network is bidirectional, or its cell has no gates.
        """
        if self.bidirectional or self.cell != "lstm":
            raise ValueError("only an LSTM of one direction reads on")
        states = []
        for layer in range(self.num_layers):
            begin = LSTMState(*(part[layer : layer + 1].contiguous() for part in state))
            weights = self._weights(f"l{layer}")
            x, weights = _steer(self._between(x, layer), weights, ends, FORGET)
            x, memory = self._run(x, weights, begin)
            states.append(LSTMState(x[:, -1], memory[0]))
        return x, LSTMState(*(torch.stack(part) for part in zip(*states, strict=True)))

    def _between(self, x: Tensor, layer: int) -> Tensor:
        if layer == 0:
            return x
        return locked_dropout(x, self.layer_dropout, training=self.training)

    def _layer(self, x: Tensor, layer: int, flip: Tensor | None) -> Tensor:
        zero = x.new_zeros(1, x.shape[0], self.hidden_size)
        start = LSTMState(zero, zero)
        forward, _ = self._run(x, self._weights(f"l{layer}"), start)
        if flip is None:
            return forward
        backward, _ = self._run(_flip(x, flip), self._weights(f"l{layer}_reverse"), start)
        return torch.cat((forward, _flip(backward, flip)), dim=2)

    def _stream(
        self, x: Tensor, lengths: Tensor, mask: Tensor, state: LSTMState
    ) -> tuple[Tensor, LSTMState]:
        if self.bidirectional:
            raise ValueError("a bidirectional network reads whole rows: give no state to it")
        rows = torch.arange(len(lengths), device=x.device)
        ends = []
        for layer in range(self.num_layers):
            begin = LSTMState(*(part[layer : layer + 1].contiguous() for part in state))
            weights = self._weights(f"l{layer}")
            x = self._between(x, layer)
            if self.cell == "lstm":
                # `torch.lstm` returns the memory behind the last step only: carry it there.
                x, weights = _steer(x * mask.unsqueeze(2), weights, ~mask, HOLD)
            x, memory = self._run(x, weights, begin)
            x = x * mask.unsqueeze(2)
            ends.append(LSTMState(x[rows, lengths - 1], memory[0]))
        return x, LSTMState(*(torch.stack(part) for part in zip(*ends, strict=True)))

    def _weights(self, place: str) -> Direction:
        names = (f"weight_ih_{place}", f"weight_hh_{place}", f"bias_ih_{place}", f"bias_hh_{place}")
        weights = Direction(*(self.get_parameter(name) for name in names))
        dropped = F.dropout(weights.weight_hh, self.weight_drop, self.training)
        return weights._replace(weight_hh=dropped)

    def _run(self, x: Tensor, weights: Direction, start: LSTMState) -> tuple[Tensor, Tensor]:
        """Return outputs [batch, time, hidden] and the memory behind the last step."""
        options = (True, 1, 0.0, self.training, False, True)  # biases, layers, ..., batch first
        if self.cell == "rnn":
            return torch.rnn_tanh(x, start.hidden, list(weights), *options)[0], start.memory
        outputs, _, memory = torch.lstm(x, tuple(start), list(weights), *options)
        return outputs, memory


def _mask(lengths: Tensor, time: int) -> Tensor:
    """True where there is a token: bool [batch, time]."""
    return torch.arange(time, device=lengths.device) < lengths.unsqueeze(1)


def _flip_index(lengths: Tensor, mask: Tensor) -> Tensor:
    """Where each step of the flattened batch finds its mirror image: int64 [batch × time]."""
    batch, time = mask.shape
    steps = torch.arange(time, device=mask.device).expand(batch, time)
    mirrored = torch.where(mask, lengths.unsqueeze(1) - 1 - steps, steps)
    return (mirrored + torch.arange(batch, device=mask.device).unsqueeze(1) * time).flatten()


def _flip(x: Tensor, index: Tensor) -> Tensor:
    """Reverse each row within its own length; the padding stays where it is."""
    return x.flatten(0, 1).index_select(0, index).view_as(x)


def _steer(
    x: Tensor, weights: Direction, where: Tensor, gates: tuple[float, float, float, float]
) -> tuple[Tensor, Direction]:
    """Set the gates at some steps, by one more input that is 1 there.

    Args:
        x: [batch, time, width].
        weights: those of the direction that will read it.
        where: bool [batch, time].
        gates: what is added to the input, forget, candidate and output gates before they are bent.
    """
    hidden = weights.weight_hh.shape[1]
    verdict = x.new_tensor(gates).repeat_interleave(hidden)
    steered = torch.cat((x, where.unsqueeze(2).to(x.dtype)), dim=2)
    column = verdict.unsqueeze(1).to(weights.weight_ih.dtype)
    return steered, weights._replace(weight_ih=torch.cat((weights.weight_ih, column), dim=1))

"""Every gate and memory of a trace against torch.nn.LSTM, taken through the text step by step."""

import numpy as np
import pytest
import torch
from torch import nn

from sentigate.lstm.layers import layers_of
from sentigate.lstm.traces import trace

WIDTH, HIDDEN, TIME = 5, 4, 7
EXACT = {"rtol": 0, "atol": 1e-12}


@pytest.fixture(params=[(layers, both) for layers in (1, 2) for both in (False, True)])
def case(request):
    """Torch's network, an input, and our trace of it, in float64."""
    layers, both = request.param
    torch.manual_seed(0)
    network = nn.LSTM(WIDTH, HIDDEN, layers, batch_first=True, bidirectional=both).double()
    x = torch.randn(2, TIME, WIDTH, dtype=torch.float64)
    weights = {name: value.detach().numpy() for name, value in network.named_parameters()}
    return network, x, trace(x.numpy(), np.array([TIME, TIME]), layers_of(weights, ""))


def walked(network, x, layer, reverse):
    """Gates, memories and outputs of one direction: torch's LSTM, given one step at a time."""
    suffix = f"_l{layer}{'_reverse' if reverse else ''}"
    single = nn.LSTM(x.shape[2], HIDDEN, batch_first=True).double()
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    w_ih, w_hh, b_ih, b_hh = (getattr(network, f"{name}{suffix}") for name in names)
    single.load_state_dict(
        dict(zip([f"{n}_l0" for n in names], (w_ih, w_hh, b_ih, b_hh), strict=True))
    )
    hidden = memory = torch.zeros(1, len(x), HIDDEN, dtype=torch.float64)
    steps = {}
    for t in reversed(range(TIME)) if reverse else range(TIME):
        sums = x[:, t] @ w_ih.T + b_ih + hidden[0] @ w_hh.T + b_hh
        _, (hidden, memory) = single(x[:, t : t + 1], (hidden, memory))
        i, f, g, o = sums.chunk(4, dim=1)
        gates = (i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())
        steps[t] = torch.stack([*gates, memory[0], hidden[0]])
    return torch.stack([steps[t] for t in range(TIME)], dim=2)


def test_every_gate_memory_and_output(case):
    network, x, traces = case
    with torch.no_grad():
        for layer in range(network.num_layers):
            own = [one for one in traces if one.layer == layer]
            for one in own:
                theirs = walked(network, x, layer, one.reverse).numpy()
                for mine, expected in zip(
                    (*one.gates, one.memory, one.hidden), theirs, strict=True
                ):
                    np.testing.assert_allclose(mine, expected, **EXACT)
            x = torch.from_numpy(np.concatenate([one.hidden for one in own], axis=2))


def test_the_outputs_are_those_of_the_whole_network(case):
    network, x, traces = case
    with torch.no_grad():
        expected, _ = network(x)
    last = [one.hidden for one in traces if one.layer == network.num_layers - 1]
    np.testing.assert_allclose(np.concatenate(last, axis=2), expected.numpy(), **EXACT)

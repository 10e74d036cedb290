"""The equations against torch.nn.LSTM and nn.RNN on packed sequences: values and gradients."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from sentigate.lstm.layers import layers_of, outputs, run_layers
from sentigate.nn.recurrent import Recurrent

WIDTH, HIDDEN, TIME = 5, 4, 9
LENGTHS = torch.tensor([9, 1, 4, 9, 2])
EXACT = {"rtol": 0, "atol": 1e-12}


@pytest.fixture(
    params=[(cell, n, both) for cell in ("lstm", "rnn") for n in (1, 3) for both in (0, 1)]
)
def case(request):
    """Cell, torch's network, and an input in float64."""
    cell, layers, both = request.param
    torch.manual_seed(0)
    kind = nn.LSTM if cell == "lstm" else nn.RNN
    theirs = kind(WIDTH, HIDDEN, layers, batch_first=True, bidirectional=bool(both)).double()
    x = torch.randn(len(LENGTHS), TIME, WIDTH, dtype=torch.float64, requires_grad=True)
    return cell, theirs, x


def packed(theirs, x):
    packs = pack_padded_sequence(x, LENGTHS, batch_first=True, enforce_sorted=False)
    result, state = theirs(packs)
    return pad_packed_sequence(result, batch_first=True, total_length=TIME)[0], state


def test_tensors_give_the_values_of_packed_sequences(case):
    cell, theirs, x = case
    expected, state = packed(theirs, x)
    passes = run_layers(x, LENGTHS, layers_of(dict(theirs.named_parameters()), ""), cell=cell)
    assert torch.allclose(outputs(passes[-1]), expected, **EXACT)
    ends = [one.end for layer in passes for one in layer]
    hidden, memory = state if cell == "lstm" else (state, None)
    assert torch.allclose(torch.stack([end.hidden for end in ends]), hidden, **EXACT)
    if cell == "lstm":
        assert torch.allclose(torch.stack([end.memory for end in ends]), memory, **EXACT)


def test_tensors_give_the_gradients_of_packed_sequences(case):
    cell, theirs, x = case
    target = torch.randn_like(packed(theirs, x)[0])
    sources = [x, *theirs.parameters()]
    passes = run_layers(x, LENGTHS, layers_of(dict(theirs.named_parameters()), ""), cell=cell)
    ours = torch.autograd.grad((outputs(passes[-1]) * target).sum(), sources)
    expected = torch.autograd.grad((packed(theirs, x)[0] * target).sum(), sources)
    for mine, other in zip(ours, expected, strict=True):
        assert torch.allclose(mine, other, **EXACT)


def test_arrays_give_what_tensors_give(case):
    cell, theirs, x = case
    weights = {name: tensor.numpy() for name, tensor in theirs.state_dict().items()}
    arrays = run_layers(x.detach().numpy(), LENGTHS.numpy(), layers_of(weights, ""), cell=cell)
    expected = packed(theirs, x)[0].detach()
    assert torch.allclose(torch.tensor(outputs(arrays[-1])), expected, **EXACT)


def test_the_fast_layers_give_what_the_equations_give(case):
    cell, theirs, x = case
    fast = Recurrent(
        input_size=WIDTH,
        hidden_size=HIDDEN,
        num_layers=theirs.num_layers,
        bidirectional=theirs.bidirectional,
        cell=cell,
    ).double()
    passes = run_layers(x, LENGTHS, layers_of(dict(fast.named_parameters()), ""), cell=cell)
    assert torch.allclose(fast(x, LENGTHS)[0], outputs(passes[-1]), **EXACT)

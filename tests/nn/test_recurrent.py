"""Recurrent against nn.LSTM and nn.RNN on packed sequences: the padding must leave no trace."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from sentigate.nn.recurrent import Recurrent

LENGTHS = torch.tensor([7, 1, 4, 7, 2])


def packed(reference, x, lengths):
    packs = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    outputs, state = reference(packs)
    return pad_packed_sequence(outputs, batch_first=True, total_length=x.shape[1])[0], state


def pair(cell, layers, bidirectional):
    torch.manual_seed(0)
    ours = Recurrent(
        input_size=5, hidden_size=3, num_layers=layers, bidirectional=bidirectional, cell=cell
    ).double()
    kind = nn.LSTM if cell == "lstm" else nn.RNN
    theirs = kind(5, 3, layers, batch_first=True, bidirectional=bidirectional).double()
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_values_and_gradients_equal_those_of_packed_sequences(cell, layers, bidirectional):
    ours, theirs = pair(cell, layers, bidirectional)
    x = torch.randn(5, 7, 5, dtype=torch.float64, requires_grad=True)
    target = torch.randn(5, 7, 6 if bidirectional else 3, dtype=torch.float64)

    expected = packed(theirs, x, LENGTHS)[0]
    outputs = ours(x, LENGTHS)[0]
    assert torch.allclose(outputs, expected, rtol=0, atol=1e-12)

    theirs_grad = torch.autograd.grad((expected * target).sum(), [x, *theirs.parameters()])
    ours_grad = torch.autograd.grad((outputs * target).sum(), [x, *ours.parameters()])
    for mine, other in zip(ours_grad, theirs_grad, strict=True):
        assert torch.allclose(mine, other, rtol=0, atol=1e-12)


def test_parameters_have_the_names_and_order_of_nn_lstm():
    ours, theirs = pair("lstm", 2, True)
    assert list(ours.state_dict()) == list(theirs.state_dict())


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_row_read_in_stretches_is_the_row_read_at_once(cell, dtype):
    ours, theirs = pair(cell, 2, False)
    ours, theirs = ours.to(dtype), theirs.to(dtype)
    x = torch.randn(5, 7, 5, dtype=dtype)
    whole, end = packed(theirs, x, LENGTHS)
    end_hidden = end[0] if cell == "lstm" else end

    long = LENGTHS > 3
    first, state = ours(x[:, :3], LENGTHS.clamp(max=3), ours.zero_state(5))
    kept = type(state)(*(part[:, long] for part in state))
    second, last = ours(x[long, 3:], LENGTHS[long] - 3, kept)

    tolerance = {"rtol": 0, "atol": 1e-12 if dtype == torch.float64 else 1e-6}
    assert torch.allclose(first, whole[:, :3], **tolerance)
    assert torch.allclose(second, whole[long, 3:], **tolerance)
    assert torch.allclose(state.hidden[:, ~long], end_hidden[:, ~long], **tolerance)
    assert torch.allclose(last.hidden, end_hidden[:, long], **tolerance)
    if cell == "lstm":
        assert torch.allclose(state.memory[:, ~long], end[1][:, ~long], **tolerance)
        assert torch.allclose(last.memory, end[1][:, long], **tolerance)


def test_a_bidirectional_network_refuses_a_state():
    ours, _ = pair("lstm", 1, True)
    with pytest.raises(ValueError, match="whole rows"):
        ours(torch.zeros(1, 2, 5).double(), torch.tensor([2]), ours.zero_state(1))


@pytest.mark.parametrize("bidirectional", [False, True])
def test_what_stands_in_the_padding_changes_nothing(bidirectional):
    ours, _ = pair("lstm", 2, bidirectional)
    x = torch.randn(5, 7, 5, dtype=torch.float64)
    noisy = x.clone()
    for row, length in enumerate(LENGTHS):
        noisy[row, length:] = 1e6
    assert torch.equal(ours(x, LENGTHS)[0], ours(noisy, LENGTHS)[0])


def test_weight_drop_changes_training_and_not_use():
    torch.manual_seed(0)
    layer = Recurrent(input_size=5, hidden_size=8, weight_drop=0.5)
    x, lengths = torch.randn(2, 6, 5), torch.tensor([6, 4])
    assert not torch.equal(layer(x, lengths)[0], layer(x, lengths)[0])
    layer.eval()
    assert torch.equal(layer(x, lengths)[0], layer(x, lengths)[0])


def test_layer_dropout_is_between_layers_only():
    torch.manual_seed(0)
    x, lengths = torch.randn(2, 6, 5), torch.tensor([6, 4])
    one = Recurrent(input_size=5, hidden_size=8, layer_dropout=0.5)
    two = Recurrent(input_size=5, hidden_size=8, num_layers=2, layer_dropout=0.5)
    assert torch.equal(one(x, lengths)[0], one(x, lengths)[0])
    assert not torch.equal(two(x, lengths)[0], two(x, lengths)[0])

"""The classifier: weights in and out, poolings, and rows that do not know of each other."""

import numpy as np
import pytest
import torch

from sentigate.config import EncoderConfig, HeadConfig
from sentigate.errors import ModelError
from sentigate.nn.classifier import build_classifier

HEADS = (
    HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive")),
    HeadConfig(name="type", kind="binary", labels=("no", "yes")),
)


def network(**dropouts):
    torch.manual_seed(0)
    encoder = EncoderConfig(
        vocab_size=300,
        embedding_size=6,
        hidden_size=4,
        num_layers=2,
        pooling=("last", "mean", "max", "attention"),
    )
    return build_classifier(encoder, HEADS, **dropouts)


def test_weights_go_out_and_in_under_the_names_of_the_model_folder():
    weights = network().to_weights()
    assert weights["embedding.weight"].shape == (300, 6)
    assert weights["lstm.weight_ih_l1_reverse"].shape == (16, 8)
    assert weights["attention.weight"].shape == (1, 8)
    assert weights["heads.type.weight"].shape == (1, 32)
    assert weights["heads.sentiment.bias"].shape == (3,)

    torch.manual_seed(1)
    other = build_classifier(
        EncoderConfig(
            vocab_size=300,
            embedding_size=6,
            hidden_size=4,
            num_layers=2,
            pooling=("last", "mean", "max", "attention"),
        ),
        HEADS,
    )
    other.load_weights(weights)
    ids, lengths = torch.tensor([[5, 6, 7], [8, 9, 0]]), torch.tensor([3, 2])
    for name, logits in network()(ids, lengths).items():
        assert torch.equal(logits, other(ids, lengths)[name])


def test_weights_that_do_not_fit_are_all_named():
    weights = network().to_weights()
    del weights["heads.type.bias"]
    weights["embedding.weight"] = np.zeros((2, 2), np.float32)
    weights["more"] = np.zeros(1, np.float32)
    with pytest.raises(ModelError) as error:
        network().load_weights(weights)
    for part in ("heads.type.bias is missing", "(2, 2), expected (300, 6)", "more is not part"):
        assert part in str(error.value)


def test_half_precision_weights_are_widened():
    ours = network()
    ours.load_weights(network().to_weights(np.float16))
    assert ours.embedding.weight.dtype == torch.float32


def test_a_row_alone_is_the_row_in_a_batch():
    ours = network().eval()
    ids, lengths = torch.randint(2, 300, (6, 9)), torch.tensor([9, 1, 3, 8, 2, 5])
    together = ours(ids, lengths)
    for row, length in enumerate(lengths):
        alone = ours(ids[row : row + 1, :length], length[None])
        for name in together:
            assert torch.allclose(together[name][row], alone[name][0], rtol=0, atol=1e-6)


def test_dropouts_are_for_training_only():
    ours = network(word_dropout=0.5, embedding_dropout=0.5, layer_dropout=0.5, dropout=0.5)
    ids, lengths = torch.randint(2, 300, (6, 9)), torch.full((6,), 9)
    assert not torch.equal(ours(ids, lengths)["type"], ours(ids, lengths)["type"])
    ours.eval()
    assert torch.equal(ours(ids, lengths)["type"], ours(ids, lengths)["type"])


def test_every_parameter_learns():
    ours = network()
    ids, lengths = torch.randint(2, 300, (6, 9)), torch.tensor([9, 1, 3, 8, 2, 5])
    sum(logits.square().sum() for logits in ours(ids, lengths).values()).backward()
    for name, parameter in ours.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name

"""The language model reads as the encoder will that is made of it."""

import numpy as np
import pytest
import torch

from sentigate.config import EncoderConfig, HeadConfig
from sentigate.errors import ModelError
from sentigate.nn.classifier import build_classifier
from sentigate.nn.language_model import END, build_language_model

HEAD = HeadConfig(name="mood", kind="binary", labels=("bad", "good"))


def encoder(**sizes):
    return EncoderConfig(
        **{"vocab_size": 30, "embedding_size": 6, "hidden_size": 5, "num_layers": 2} | sizes
    )


def texts(count=7, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.integers(2, 30, rng.integers(1, 9)) for _ in range(count)]


def as_rows(rows, turn):
    """One row: END, text, END, text, ..., END."""
    parts = [np.array([END]), *(part for row in rows for part in (row[::turn], np.array([END])))]
    return torch.from_numpy(np.concatenate(parts))[None]


def read(model, rows, bptt):
    """Outputs [directions, time, hidden] of one row of texts, read in stretches."""
    ids = torch.stack([as_rows(rows, turn) for turn in (1, -1)[: len(model.directions)]])
    states, outputs = model.zero_states(1), []
    for start in range(0, ids.shape[2], bptt):
        output, states = model(ids[:, :, start : start + bptt], states)
        outputs.append(output[:, 0])
    return torch.cat(outputs, dim=1)


@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("bptt", [1, 4, 100])
def test_every_text_is_read_as_the_encoder_reads_it_alone(num_layers, bidirectional, bptt):
    config = encoder(num_layers=num_layers, bidirectional=bidirectional)
    model = build_language_model(config).eval()
    classifier = build_classifier(config, [HEAD]).eval()
    weights = {k: v for k, v in model.to_weights().items() if not k.startswith("language_model.")}
    classifier.load_weights({**classifier.to_weights(), **weights})
    outputs, place = read(model, texts(), bptt), 1
    for row in texts():
        ids = torch.from_numpy(row)[None]
        wanted, _ = classifier.lstm(classifier.embedding(ids), torch.tensor([len(row)]))
        here = outputs[:, place : place + len(row)]
        found = torch.cat([here[0], *(one.flip(0) for one in here[1:])], dim=1)
        torch.testing.assert_close(found, wanted[0], atol=1e-6, rtol=1e-5)
        assert (outputs[:, place - 1] == 0).all(), "the state at a text's end is not zero"
        place += len(row) + 1


def test_both_directions_have_projections_of_their_own():
    model = build_language_model(encoder())
    outputs = read(model, texts(), 100)[:, None]
    forward, backward = model.projected(outputs).chunk(2)
    torch.testing.assert_close(forward, model.projections[0](outputs[0, 0]))
    torch.testing.assert_close(backward, model.projections[1](outputs[1, 0]))


def test_some_tokens_are_tied_as_all_are():
    model = build_language_model(encoder())
    torch.nn.init.normal_(model.bias)
    tokens = torch.tensor([0, 3, 17])
    for few, every in zip(model.tied(tokens), model.tied(), strict=True):
        torch.testing.assert_close(few, every[tokens])


@pytest.mark.parametrize("bidirectional", [False, True])
def test_weights_go_round(bidirectional):
    config = encoder(bidirectional=bidirectional)
    first, second = build_language_model(config), build_language_model(config)
    second.load_weights(first.to_weights())
    for name, values in first.state_dict().items():
        torch.testing.assert_close(second.state_dict()[name], values, atol=0, rtol=0)


def test_an_encoder_without_a_language_model_is_enough_to_go_on_from():
    config = encoder(num_layers=1)
    classifier = build_classifier(config, [HEAD])
    model = build_language_model(config)
    model.load_weights(classifier.to_weights())
    weights = model.to_weights()
    for name in ("embedding.weight", "lstm.weight_hh_l0_reverse"):
        np.testing.assert_array_equal(weights[name], classifier.to_weights()[name])
    with pytest.raises(ModelError, match="do not fit"):
        build_language_model(encoder(hidden_size=4)).load_weights(classifier.to_weights())

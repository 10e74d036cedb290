"""Integrated gradients: complete, on every shape and kind of head, from the unknown to the text."""

import importlib.util

import numpy as np
import pytest

from sentigate.errors import ConfigError, MissingExtraError
from sentigate.explain import occlusion
from sentigate.explain.attribution import explain
from sentigate.explain.gradients import _network
from sentigate.model.artifact import find_model
from sentigate.runtime.model import Model
from sentigate.runtime.readings import Reader
from sentigate.text.tokenizer import UNK_ID

if not importlib.util.find_spec("torch") or not importlib.util.find_spec("captum"):
    pytest.skip("integrated gradients need the extra explain", allow_module_level=True)

import torch

from sentigate.nn.gradients import integrated_gradients, open_network

TEXT = "the food was GOOD, but what a waste of time!"


@pytest.mark.parametrize("head", ["sentiment", "emotion"])
@pytest.mark.parametrize("text", [TEXT, "good"])
def test_contributions_and_baseline_make_up_the_score(head, text):
    model = Model.open(find_model("en"))
    told = explain([Reader(model.config, lambda: model)], text, head, method="gradients")
    assert abs(told.residual) < 0.01 * sum(abs(token.value) for token in told.tokens)


def test_the_residual_is_the_convergence_delta(shaped):
    """On networks of random numbers, which are far from smooth, it is not small; it is said."""
    told = explain([shaped], TEXT * 2, method="gradients")
    whole = told.baseline + sum(word.value for word in told.words)
    assert whole == pytest.approx(told.score - told.residual, abs=1e-4)


def test_more_steps_come_closer(make_reader):
    model = make_reader(pooling=("mean",)).open()
    (ids,) = model.tokenizer.encode_ids(["the food was good"])
    slopes, unknown = np.array([-0.5, -0.5, 1.0]), np.full_like(ids, UNK_ID)
    network = open_network(model.artifact)
    deltas = [
        abs(integrated_gradients(network, ids, unknown, "sentiment", slopes, steps=steps).delta)
        for steps in (2, 128)
    ]
    assert deltas[1] < 1e-3 < deltas[0]


def test_unknown_tokens_contribute_nothing(reader):
    model = reader.open()
    ids = np.array([UNK_ID, 300, UNK_ID])
    found = integrated_gradients(
        open_network(model.artifact), ids, np.full_like(ids, UNK_ID), "stars", np.ones(1)
    )
    assert found.tokens[[0, 2]].tolist() == [0, 0]
    assert found.tokens[1] != 0


def test_a_plain_rnn_has_gradients_too(make_reader):
    told = explain([make_reader(cell="rnn")], TEXT, method="gradients")
    assert told.method == "gradients"
    assert all(np.isfinite(word.value) for word in told.words)


def test_cudnn_is_off_while_gradients_are_taken(reader, monkeypatch):
    """In evaluation mode cuDNN's LSTM refuses to run backward."""
    seen = []
    network = _network(reader.open())
    read = network.encode_vectors
    monkeypatch.setattr(
        network,
        "encode_vectors",
        lambda *given: seen.append(torch.backends.cudnn.enabled) or read(*given),
    )
    explain([reader], TEXT, method="gradients")
    assert seen
    assert not any(seen)
    assert not network.training


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_on_a_gpu_as_on_a_cpu(reader):
    model = reader.open()
    (ids,) = model.tokenizer.encode_ids([TEXT])
    given = (ids, np.full_like(ids, UNK_ID), "stars", np.ones(1))
    network = open_network(model.artifact)
    on_gpu = integrated_gradients(network.to("cuda"), *given).tokens
    np.testing.assert_allclose(
        on_gpu, integrated_gradients(network.to("cpu"), *given).tokens, atol=1e-3
    )


def test_a_text_too_long_is_one_clear_sentence(reader, monkeypatch):
    monkeypatch.setattr(occlusion, "MOST_READ", 100)
    with pytest.raises(ConfigError, match="would read"):
        explain([reader], "good " * 20, method="gradients")


def test_without_captum_there_is_one_sentence(reader, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "captum", None)
    monkeypatch.delitem(__import__("sys").modules, "captum.attr", raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install 'sentigate\[explain\]'"):
        explain([reader], TEXT, method="gradients")

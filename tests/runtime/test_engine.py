"""The engines as objects: opened by name, honest about what they cannot do."""

import gc

import numpy as np
import pytest

from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.errors import ConfigError, ModelError
from sentigate.model.artifact import Artifact
from sentigate.records import Batch
from sentigate.runtime.engine import open_engine
from sentigate.runtime.numpy_engine import NumpyEngine

BATCH = Batch(np.array([[5, 6, 7], [8, 0, 0]]), np.array([3, 1]), np.array([0, 1]))
HEAD = HeadConfig(name="mood", kind="multiclass", labels=("bad", "good"))


def artifact(cell="lstm", dtype=np.float32):
    encoder = EncoderConfig(
        cell=cell, vocab_size=300, embedding_size=4, hidden_size=3, bidirectional=False
    )
    generator = np.random.default_rng(0)
    rows = 12 if cell == "lstm" else 3
    shapes = {
        "embedding.weight": (300, 4),
        "lstm.weight_ih_l0": (rows, 4),
        "lstm.weight_hh_l0": (rows, 3),
        "lstm.bias_ih_l0": (rows,),
        "lstm.bias_hh_l0": (rows,),
        "heads.mood.weight": (2, 6),
        "heads.mood.bias": (2,),
    }
    weights = {name: generator.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    config = ModelConfig(name="mine", encoder=encoder, heads=(HEAD,))
    return Artifact(config, b"", weights, b"no graph", {})


def test_an_engine_is_opened_by_name():
    logits = open_engine(artifact(), "numpy").run(BATCH)
    assert logits["mood"].shape == (2, 2)
    assert logits["mood"].dtype == np.float32


def test_an_unknown_engine_is_refused_with_the_nearest_name():
    with pytest.raises(ConfigError, match="did you mean 'numpy'"):
        open_engine(artifact(), "nunpy")


def test_a_graph_that_cannot_be_opened_is_a_model_error():
    with pytest.raises(ModelError, match="try the engine 'numpy'"):
        open_engine(artifact(), "onnx")


def test_the_numpy_engine_shows_every_gate():
    (only,) = NumpyEngine(artifact()).trace(BATCH)
    assert only.gates.forget.shape == (2, 3, 3)
    assert not only.memory[1, 1:].any()


def test_a_plain_rnn_runs_and_has_no_gates_to_show():
    engine = NumpyEngine(artifact(cell="rnn"))
    assert engine.run(BATCH)["mood"].shape == (2, 2)
    with pytest.raises(ConfigError, match="plain RNN"):
        engine.trace(BATCH)


def test_the_onnx_engine_outlives_the_artifact():
    pytest.importorskip("onnx")
    from sentigate.nn.export import build_onnx

    source = artifact()
    graph = build_onnx(source.config, source.weights)
    expected = NumpyEngine(source).run(BATCH)["mood"]
    engine = open_engine(Artifact(source.config, b"", source.weights, graph, {}), "onnx")
    source.weights.clear()
    gc.collect()
    np.testing.assert_allclose(engine.run(BATCH)["mood"], expected, atol=1e-5)

"""The ONNX graph: valid, without weights of its own, and whole when exported."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest

from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.model.artifact import Artifact, save
from sentigate.nn.classifier import build_classifier
from sentigate.nn.export import build_onnx, export_onnx
from sentigate.records import Batch
from sentigate.runtime.onnx_engine import OnnxEngine

BATCH = Batch(np.array([[5, 6, 7], [8, 0, 0]]), np.array([3, 1]), np.array([0, 1]))


def artifact(head="mood", dtype=np.float16):
    config = ModelConfig(
        name="mine",
        encoder=EncoderConfig(
            vocab_size=300,
            embedding_size=8,
            hidden_size=6,
            num_layers=2,
            pooling=("last", "mean", "max", "attention"),
        ),
        heads=(HeadConfig(name=head, kind="multiclass", labels=("bad", "good")),),
    )
    weights = build_classifier(config.encoder, config.heads).to_weights(dtype)
    return Artifact(config, b"", weights, build_onnx(config, weights), {})


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_the_folder_is_a_valid_model_that_stock_onnx_runtime_opens(tmp_path, dtype):
    model = artifact(dtype=dtype)
    save(model, tmp_path / "mine", "")
    onnx.checker.check_model(str(tmp_path / "mine" / "model.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(str(tmp_path / "mine" / "model.onnx"))
    (logits,) = session.run(["mood"], {"ids": BATCH.ids, "lengths": BATCH.lengths})
    np.testing.assert_array_equal(logits, OnnxEngine(model).run(BATCH)["mood"])


def test_the_graph_holds_no_weights():
    model = artifact()
    assert len(model.onnx) < 20_000
    external = [
        tensor.name
        for tensor in onnx.load_from_string(model.onnx).graph.initializer
        if tensor.data_location == onnx.TensorProto.EXTERNAL
    ]
    assert sorted(external) == sorted(model.weights)


def test_batch_and_time_are_open(tmp_path):
    graph = onnx.load_from_string(artifact().onnx).graph
    shapes = [
        [d.dim_param or d.dim_value for d in i.type.tensor_type.shape.dim] for i in graph.input
    ]
    assert shapes == [["batch", "time"], ["batch"]]


def test_the_same_weights_give_the_same_bytes():
    model = artifact()
    assert build_onnx(model.config, dict(reversed(model.weights.items()))) == model.onnx


def test_an_exported_file_stands_on_its_own_and_knows_its_labels(tmp_path):
    model = artifact()
    export_onnx(model, tmp_path / "alone.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "alone.onnx"))
    (logits,) = session.run(["mood"], {"ids": BATCH.ids, "lengths": BATCH.lengths})
    np.testing.assert_array_equal(logits, OnnxEngine(model).run(BATCH)["mood"])
    config = json.loads(session.get_modelmeta().custom_metadata_map["sentigate.config"])
    assert config["heads"][0]["labels"] == ["bad", "good"]

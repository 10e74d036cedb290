"""Random networks as model artifacts, and random rows to run them on."""

import numpy as np
import pytest
import torch

from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.model.artifact import Artifact
from sentigate.nn.classifier import build_classifier
from sentigate.nn.export import build_onnx
from sentigate.records import Batch

VOCABULARY = 300
HEADS = (
    HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive")),
    HeadConfig(name="emotion", kind="multilabel", labels=("anger", "joy")),
    HeadConfig(name="stars", kind="ordinal", labels=("1", "2", "3", "4")),
)


@pytest.fixture
def make_network():
    """A function from encoder settings to the torch network and its artifact, equal in weights."""

    def make(dtype=np.float16, **encoder):
        sizes = {"vocab_size": VOCABULARY, "embedding_size": 12, "hidden_size": 10} | encoder
        config = ModelConfig(name="random", encoder=EncoderConfig(**sizes), heads=HEADS)
        torch.manual_seed(0)
        network = build_classifier(config.encoder, config.heads).eval()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.normal_(std=0.5)
        weights = network.to_weights(dtype)
        network.load_weights(weights)
        return network, Artifact(config, b"", weights, build_onnx(config, weights), {})

    return make


@pytest.fixture
def make_batch():
    """A function from row lengths to a batch of random known tokens."""

    def make(lengths, seed=0):
        lengths = np.array(lengths, dtype=np.int64)
        generator = np.random.default_rng(seed)
        ids = generator.integers(2, VOCABULARY, (len(lengths), lengths.max()), dtype=np.int64)
        batch = Batch(ids, lengths, np.arange(len(lengths), dtype=np.int64))
        ids[~batch.mask] = 0
        return batch

    return make

"""A small model folder with random weights, for tests of everything around a model."""

import importlib.util
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import SystemRandom
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.model.artifact import Artifact, save
from sentigate.text.tokenizer import Tokenizer, train_tokenizer

TEXTS = [
    "the food was good",
    "the food was bad",
    "I love this place so much!",
    "what a waste of time, never again",
    "it is open on Monday",
    "这家餐厅太棒了",
    "等了一个小时，菜还是凉的",
]
SENTIMENT = HeadConfig(
    name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive")
)
EMOTION = HeadConfig(
    name="emotion", kind="multilabel", labels=("anger", "joy", "sadness"), thresholds=(0.4,) * 3
)
CARD = "---\nlicense: apache-2.0\n---\n# A model of random numbers\n"
METRICS = {
    "dev": {"reviews/sentiment": {"n": 100, "accuracy": 0.5, "macro_f1": 0.25}},
    "data": [{"name": "reviews", "rows": 100, "licence": "CC0", "note": ""}],
    "limits": ["It knows nothing."],
    "command": "sentigate train reviews.csv -o tiny",
}

# A machine that others use too is slow at times; that is no fault of what is tested.
# What CI says of a commit must not depend on what is drawn; a developer's runs look further.
settings.register_profile("patient", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("patient")

MakeModel = Callable[..., Path]


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    """A tokeniser of 400 pieces or fewer, trained on a few sentences."""
    return train_tokenizer(TEXTS * 5, 400)


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> MakeModel:
    """Return a function that writes a model folder with random weights."""

    def make(
        name: str = "tiny",
        heads: tuple[HeadConfig, ...] = (SENTIMENT, EMOTION),
        languages: tuple[str, ...] = ("en",),
        window: int = 16,
        **options: Any,
    ) -> Path:
        sizes = {"vocab_size": tokenizer.vocab_size, "embedding_size": 8, "hidden_size": 6}
        encoder = EncoderConfig(**(sizes | options))
        config = ModelConfig(
            name=name, languages=languages, encoder=encoder, heads=heads, window=window
        )
        weights = _random_weights(config)
        folder = tmp_path_factory.mktemp("models") / name
        artifact = Artifact(config, tokenizer.model, weights, _graph(config, weights), METRICS)
        save(artifact, folder, CARD)
        return folder

    return make


@pytest.fixture(scope="session")
def tiny(make_model: MakeModel) -> Path:
    """A model folder with the heads `sentiment` and `emotion`, for English."""
    return make_model()


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Return a function that finds a port for a process that will bind it by its number.

    Not one that the system gave: until the process binds it, the system may give it to others.
    """

    def find() -> int:
        for port in SystemRandom().sample(range(20_000, 30_000), 1000):
            with socket.socket() as free, suppress(OSError):
                free.bind(("127.0.0.1", port))
                return port
        raise OSError("no port between 20000 and 30000 is free")

    return find


def _random_weights(config: ModelConfig) -> dict[str, np.ndarray]:
    encoder, rng = config.encoder, np.random.default_rng(0)
    gates = (4 if encoder.cell == "lstm" else 1) * encoder.hidden_size
    shapes = {"embedding.weight": (encoder.vocab_size, encoder.embedding_size)}
    for layer in range(encoder.num_layers):
        width = encoder.output_size if layer else encoder.embedding_size
        for suffix in ("", "_reverse") if encoder.bidirectional else ("",):
            shapes[f"lstm.weight_ih_l{layer}{suffix}"] = (gates, width)
            shapes[f"lstm.weight_hh_l{layer}{suffix}"] = (gates, encoder.hidden_size)
            shapes[f"lstm.bias_ih_l{layer}{suffix}"] = (gates,)
            shapes[f"lstm.bias_hh_l{layer}{suffix}"] = (gates,)
    if "attention" in encoder.pooling:
        shapes["attention.weight"] = (1, encoder.output_size)
    for head in config.heads:
        pooled = encoder.output_size * len(encoder.pooling)
        shapes[f"heads.{head.name}.weight"] = (head.logits, pooled)
        shapes[f"heads.{head.name}.bias"] = (head.logits,)
    return {name: rng.normal(size=shape).astype(np.float16) for name, shape in shapes.items()}


def _graph(config: ModelConfig, weights: dict[str, np.ndarray]) -> bytes:
    """The ONNX graph; without the package `onnx` the folder serves the NumPy engine only."""
    if importlib.util.find_spec("onnx") is None:
        return b""
    from sentigate.nn.export import build_onnx

    return build_onnx(config, weights)


@pytest.fixture(scope="session")
def engine() -> str:
    """The engine that can run the folders made here."""
    return "onnx" if importlib.util.find_spec("onnx") else "numpy"

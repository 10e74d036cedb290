"""From texts to an encoder: it learns a toy language, resumes exactly, and is taken for a base."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from sentigate.analyzer import load
from sentigate.config import PretrainConfig, TrainConfig
from sentigate.data.readers import read
from sentigate.errors import ConfigError, DataError, ModelError
from sentigate.model.artifact import load_artifact
from sentigate.train.fit import train
from sentigate.train.pretrain import _Plan, pretrain

SMALL = {
    **{"vocab_size": 400, "embedding_size": 16, "hidden_size": 16, "batch_size": 4, "bptt": 16},
    **{"negatives": 20, "stretch": 10, "threads": 1, "learning_rate": 0.02, "precision": "32"},
    "dev_fraction": 0.2,
}
WORDS = "one two three four five six seven eight nine ten".split()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Whoever has read a word knows the next: counting, from any number."""
    file = tmp_path_factory.mktemp("corpus") / "counting.txt"
    lines = [
        " ".join(WORDS[(start + step) % 10] for step in range(length))
        for start in range(10)
        for length in range(5, 15)
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    return read(file)


def learn(corpus, output, resume=False, report=None, **settings):
    lines = []
    config = PretrainConfig(**{**SMALL, "epochs": 4, **settings})
    pretrain([corpus], output, config, resume=resume, report=report or lines.append)
    return lines


def perplexities(lines):
    return [float(found[1]) for line in lines if (found := re.search(r"perplexity ([\d.]+)", line))]


@pytest.fixture(scope="module")
def counting(corpus, tmp_path_factory):
    output = tmp_path_factory.mktemp("encoders") / "counting"
    return output, learn(corpus, output, epochs=15)


def test_perplexity_falls_to_what_the_language_leaves_open(counting):
    output, lines = counting
    course = perplexities(lines)
    assert course[0] > 5
    assert course[-1] < 3
    assert "tokens/s" in lines[-1]
    figures = json.loads((output / "metrics.json").read_text())
    assert figures["perplexity"] == pytest.approx(course[-1], abs=0.06)
    assert f"Perplexity {course[-1]:.1f}" in (output / "README.md").read_text()


def test_the_sampled_softmax_learns_what_the_full_one_does(corpus, tmp_path, counting):
    full = perplexities(
        learn(corpus, tmp_path / "full", epochs=10, stretch=40, learning_rate=0.04, negatives=0)
    )
    assert perplexities(counting[1])[-1] == pytest.approx(full[-1], rel=0.15)


class Kill(BaseException):
    """What a kill -9 leaves behind, without losing the test."""


@pytest.mark.parametrize("bidirectional", [False, True])
def test_killed_and_resumed_equals_uninterrupted(corpus, tmp_path, bidirectional):
    """Stretches that end amid a pass: the state is carried over the interruption too."""
    settings = {"bidirectional": bidirectional, "weight_drop": 0.2, "stretch": 7}
    learn(corpus, tmp_path / "whole", **settings)
    seen = []

    def report(line):
        seen.append(line)
        if line.startswith("step 21/"):
            raise Kill

    with pytest.raises(Kill):
        learn(corpus, tmp_path / "parts", report=report, **settings)
    lines = learn(corpus, tmp_path / "parts", resume=True, **settings)
    assert "going on behind step 14" in lines
    whole, parts = (load_artifact(tmp_path / name).weights for name in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    for name in whole:
        np.testing.assert_array_equal(whole[name], parts[name])


@pytest.mark.parametrize(
    ("steps", "stretches", "each"), [(205, 2, 103), (39, 1, 39), (400, 2, 200)]
)
def test_all_stretches_together_are_the_passes_asked_for(steps, stretches, each):
    plan = _Plan(PretrainConfig(epochs=1), None, SimpleNamespace(steps=steps), None, None)
    assert (plan.stretches, plan.stretch) == (stretches, each)


def test_bfloat16_learns_too(corpus, tmp_path):
    course = perplexities(learn(corpus, tmp_path / "mine", epochs=5, stretch=40, precision="bf16"))
    assert course[-1] < 0.7 * course[0]


def test_other_texts_or_settings_are_not_resumed(corpus, tmp_path):
    learn(corpus, tmp_path / "mine", epochs=1)
    with pytest.raises(DataError, match="other data or settings"):
        learn(corpus, tmp_path / "mine", epochs=1, seed=3, resume=True)


def test_an_encoder_answers_nothing_and_says_what_to_do(counting):
    with pytest.raises(ModelError, match="sentigate train DATA --base"):
        load(counting[0])("one two three")
    assert not (counting[0] / "model.onnx").exists()


def test_an_encoder_is_a_base(counting, tmp_path):
    output, _ = counting
    file = tmp_path / "data.csv"
    rows = [
        f"{' '.join(WORDS[start : start + length])},{'low' if start < 4 else 'high'}"
        for start in range(8)
        for length in range(1, 6)
    ]
    file.write_text("\n".join(["text,label", *rows]))
    config = TrainConfig(base=str(output), epochs=8, threads=1, batch_size=4)
    train(read(file), None, tmp_path / "mine", config)
    model = load_artifact(tmp_path / "mine")
    assert model.config.encoder == load_artifact(output).config.encoder
    assert not [name for name in model.weights if name.startswith("language_model.")]
    assert load(tmp_path / "mine")("one two three").heads["label"].label == "low"


def test_an_encoder_can_be_pretrained_further_with_its_own_sizes(corpus, counting, tmp_path):
    sizes = ("vocab_size", "embedding_size", "hidden_size")
    further = {key: SMALL[key] for key in SMALL if key not in sizes}
    lines = []
    config = PretrainConfig(**further, base=str(counting[0]), epochs=1)
    pretrain([corpus], tmp_path / "more", config, report=lines.append)
    assert perplexities(lines)[0] < 3
    *_, base = json.loads((tmp_path / "more" / "metrics.json").read_text())["data"]
    assert base["name"] == str(counting[0])
    assert base["note"].startswith("the base")
    with pytest.raises(ConfigError, match="hidden_size is 8"):
        learn(corpus, tmp_path / "other", base=str(counting[0]), hidden_size=8)


def test_nothing_to_read_is_one_sentence(tmp_path):
    file = tmp_path / "one.txt"
    file.write_text("only one text\n")
    with pytest.raises(DataError, match="too few"):
        learn(read(file), tmp_path / "mine")

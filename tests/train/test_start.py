"""What a training starts from, and that a base is worth having."""

import json

import numpy as np
import pytest

from sentigate.analyzer import load
from sentigate.config import HeadConfig, TrainConfig, train_config
from sentigate.data.readers import read
from sentigate.errors import ConfigError, ModelError
from sentigate.model.artifact import load_artifact, shipped
from sentigate.train.fit import train
from sentigate.train.start import WITH_A_BASE, begin

HEAD = HeadConfig(name="mood", kind="multiclass", labels=("odd", "even"))
ENGLISH = ["the food was good and the staff were lovely", "it was not for me"]


def start(texts=ENGLISH, heads=(HEAD,), **settings):
    lines = []
    return begin(texts, heads, TrainConfig(**settings), lines.append), lines


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        (ENGLISH, "en"),
        (["这家餐厅太棒了", "味道不错", "not bad"], "zh"),
        (["das war ein sehr guter Abend", "it was a good film", "정말 좋았어요"], "multi"),
        (["c'est vraiment très bon"], "multi"),
        (["это было очень вкусно"], "none"),
        (["😂", "👍👍"], "none"),
        (["not bad at all", "味道不错", "это было", "نعم"], "none"),
    ],
)
def test_the_language_of_most_texts_chooses_the_base_and_it_is_said(texts, chosen):
    found, lines = start(texts * 5)
    assert found.config.base == chosen
    assert ("from nothing" if chosen == "none" else f"shipped model '{chosen}'") in lines[0]


def test_a_base_gives_vocabulary_sizes_and_all_weights_but_the_heads():
    found, _ = start(base="en")
    base = load_artifact(shipped()["en"])
    assert found.tokenizer.model == base.tokenizer
    assert found.config.encoder(found.tokenizer.vocab_size) == base.config.encoder
    taken = {name for name in base.weights if not name.startswith("heads.")}
    assert set(found.weights) == taken
    for name in taken:
        np.testing.assert_array_equal(found.weights[name], base.weights[name].astype(np.float32))


def test_what_suits_a_base_is_set_unless_it_was_given():
    found, _ = start(base="en", learning_rate=0.25)
    for key, value in WITH_A_BASE.items():
        assert getattr(found.config, key) == (0.25 if key == "learning_rate" else value)
    nothing, _ = start(base="none", vocab_size=300)
    assert nothing.config == TrainConfig(base="none", vocab_size=300)


def test_a_setting_of_the_encoder_that_is_not_the_bases_is_an_error():
    width = load_artifact(shipped()["en"]).config.encoder.hidden_size
    assert start(base="en", hidden_size=width)[0].base is not None
    with pytest.raises(ConfigError, match=r"hidden_size is 7, .*--base none") as error:
        start(hidden_size=7, num_layers=9)
    assert len(error.value.faults) == 2


def test_a_base_that_is_not_there_gets_the_nearest_name():
    with pytest.raises(ModelError, match="did you mean 'en'"):
        start(base="enn")


LABELS = ("negative", "neutral", "positive")


@pytest.fixture(scope="module")
def base(make_model):
    binary = HeadConfig(name="verdict", kind="binary", labels=("no", "yes"))
    sentiment = HeadConfig(name="sentiment", kind="multiclass", labels=LABELS)
    return make_model("base", heads=(sentiment, binary))


def rows(base, head):
    return [load_artifact(base).weights[f"heads.{head}.{part}"] for part in ("weight", "bias")]


@pytest.mark.parametrize(
    ("kind", "labels", "expected"),
    [
        ("multiclass", ("pos", "neg", "neutral"), lambda rows: rows[[2, 0, 1]]),
        ("multilabel", ("Positive",), lambda rows: rows[[2]]),
        ("binary", ("bad", "good"), lambda rows: rows[[2]] - rows[[0]]),
        ("binary", ("0", "1"), lambda rows: rows[[2]] - rows[[0]]),
    ],
)
def test_a_head_starts_from_the_labels_it_has_in_common_with_one_of_the_base(
    base, kind, labels, expected
):
    head = HeadConfig(name="mine", kind=kind, labels=labels)
    found, lines = start(heads=[head], base=str(base))
    assert "from the head 'sentiment'" in lines[-1]
    for part, values in zip(("weight", "bias"), rows(base, "sentiment"), strict=True):
        wanted = expected(values.astype(np.float32))
        np.testing.assert_allclose(found.weights[f"heads.mine.{part}"], wanted)


def test_two_classes_start_from_one_logit(base):
    head = HeadConfig(name="mine", kind="multiclass", labels=("yes", "no"))
    found, _ = start(heads=[head], base=str(base))
    for part, values in zip(("weight", "bias"), rows(base, "verdict"), strict=True):
        expected = np.concatenate([values, np.zeros_like(values)])
        np.testing.assert_allclose(found.weights[f"heads.mine.{part}"], expected)


def test_an_ordinal_head_starts_from_one_of_the_same_order(make_model):
    labels = ("low", "middle", "high")
    known = HeadConfig(name="level", kind="ordinal", labels=labels)
    base = make_model("levels", heads=(known,))
    found, _ = start(heads=[known.model_copy(update={"name": "mine"})], base=str(base))
    for part, values in zip(("weight", "bias"), rows(base, "level"), strict=True):
        np.testing.assert_allclose(found.weights[f"heads.mine.{part}"], values)
    for other in ("multiclass", "ordinal"):
        turned = labels[::-1] if other == "ordinal" else labels
        head = HeadConfig(name="mine", kind=other, labels=turned)
        assert not [
            name for name in start(heads=[head], base=str(base))[0].weights if "head" in name
        ]


@pytest.mark.parametrize(
    ("kind", "labels"),
    [("multiclass", ("odd", "even")), ("multiclass", ("pos", "meh")), ("regression", ())],
)
def test_a_head_with_other_labels_starts_afresh(base, kind, labels):
    head = HeadConfig(name="sentiment", kind=kind, labels=labels)
    found, lines = start(heads=[head], base=str(base))
    assert not [name for name in found.weights if name.startswith("heads.")]
    assert lines == []


GOOD = ["lovely", "great", "superb", "tasty", "warm", "bright", "clean", "kind"]
BAD = ["awful", "poor", "dreadful", "stale", "cold", "dim", "dirty", "rude"]
THINGS = ["soup", "room", "staff", "place", "bread", "view"]


def table(file, words, things, labels):
    lines = [
        f"the {thing} was {word},{label}"
        for some, label in zip(words, labels, strict=True)
        for word in some
        for thing in things
    ]
    file.write_text("\n".join(["text,label", *lines]))
    return read(file)


def test_a_base_knows_words_that_the_labels_have_not_shown(tmp_path):
    """Eight labelled rows with two words; the dev rows hold the other words that the base knows."""
    quick = {"epochs": 10, "threads": 1, "vocab_size": 400, "learning_rate": 0.02}
    known = table(tmp_path / "known.csv", (GOOD, BAD), THINGS, ("positive", "negative"))
    train(known, None, tmp_path / "base", train_config("tiny", overrides=quick))
    few = table(tmp_path / "few.csv", (GOOD[:1], BAD[:1]), THINGS[:4], ("up", "down"))
    dev = table(tmp_path / "dev.csv", (GOOD[1:], BAD[1:]), THINGS, ("up", "down"))

    def accuracy(name, config):
        train(few, dev, tmp_path / name, config)
        (figures,) = json.loads((tmp_path / name / "metrics.json").read_text())["dev"].values()
        return figures["accuracy"]

    settings = {"epochs": 10, "threads": 1, "batch_size": 4}
    helped = accuracy("helped", TrainConfig(base=str(tmp_path / "base"), **settings))
    alone = accuracy("alone", train_config("tiny", overrides=settings | {"vocab_size": 400}))
    assert helped > 0.95
    assert alone < 0.8
    assert load(tmp_path / "helped")("the view was superb").heads["label"].label == "up"
    assert "the base: its vocabulary" in (tmp_path / "helped" / "README.md").read_text()

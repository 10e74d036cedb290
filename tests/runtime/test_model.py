"""A model reads every text whole, whatever the batch, the order and the length."""

import numpy as np
import pytest

from sentigate.config import HeadConfig
from sentigate.errors import ModelError
from sentigate.runtime.model import Model, window_cuts

SHORT = ["the food was good", "bad", "what a waste of time, never again", "太棒了", "!"]


@pytest.fixture(scope="module")
def model(tiny, engine):
    return Model.open(tiny, engine=engine)


def test_each_head_gives_logits_for_each_text(model):
    logits, tokens = model.logits(SHORT)
    assert {name: values.shape for name, values in logits.items()} == {
        "sentiment": (5, 3),
        "emotion": (5, 3),
    }
    assert tokens.tolist() == [len(ids) for ids in model.tokenizer.encode_ids(SHORT)]


def test_a_text_alone_gets_what_it_gets_in_any_company(model):
    texts = SHORT * 40 + ["the food was good and the place was bad " * 20]
    order = np.random.default_rng(0).permutation(len(texts))
    together, _ = model.logits(texts)
    shuffled, _ = model.logits([texts[place] for place in order])
    for name, values in together.items():
        np.testing.assert_allclose(shuffled[name], values[order], atol=1e-5)
        for place in (0, 1, 2, 3, 4, len(texts) - 1):
            alone, _ = model.logits([texts[place]])
            np.testing.assert_allclose(alone[name][0], values[place], atol=1e-5)


def test_a_long_text_is_the_weighted_mean_of_its_windows(model):
    text = " ".join(SHORT * 9)
    (ids,) = model.tokenizer.encode_ids([text])
    windows = [ids[start:end] for start, end in window_cuts(len(ids), model.config.window)]
    assert len(windows) > 5
    parts = model.read_rows(windows)["sentiment"]
    expected = np.average(parts, axis=0, weights=[len(window) for window in windows])
    logits, tokens = model.logits([text])
    np.testing.assert_allclose(logits["sentiment"][0], expected, atol=1e-5)
    assert tokens.tolist() == [len(ids)]


def test_the_end_of_a_long_text_counts(model):
    start = "the food was good " * 300
    one, _ = model.logits([start + "bad bad bad"])
    other, _ = model.logits([start + "so much love"])
    assert not np.array_equal(one["sentiment"], other["sentiment"])


@pytest.mark.parametrize("texts", [[], [""], ["", "good", "\x00"]], ids=["none", "empty", "mixed"])
def test_texts_without_tokens(model, texts):
    logits, tokens = model.logits(texts)
    assert logits["sentiment"].shape == (len(texts), 3)
    for row, count in zip(logits["sentiment"], tokens, strict=True):
        assert (count == 0) == (not row.any())


@pytest.mark.parametrize("tokens", [0, 1, 16, 17, 100])
def test_windows_are_nearly_equal_and_lose_nothing(tokens):
    cuts = window_cuts(tokens, 16)
    assert [place for start, end in cuts for place in range(start, end)] == list(range(tokens))
    sizes = [end - start for start, end in cuts]
    assert max(sizes, default=0) <= 16
    assert not sizes or max(sizes) - min(sizes) <= 1


def test_only_a_model_that_was_opened_has_an_artifact(model):
    assert model.equations is model.equations
    assembled = Model(model.config, model.tokenizer, model.engine)
    with pytest.raises(ModelError, match=r"Model\.open"):
        assembled.artifact  # noqa: B018


def test_the_engines_agree(make_model, engine):
    heads = (
        HeadConfig(name="label", kind="binary", labels=("no", "yes")),
        HeadConfig(name="stars", kind="regression"),
    )
    folder = make_model("other", heads)
    fast, _ = Model.open(folder, engine=engine).logits(SHORT)
    plain, _ = Model.open(folder, engine="numpy").logits(SHORT)
    for name in ("label", "stars"):
        assert fast[name].shape == (5, 1)
        np.testing.assert_allclose(fast[name], plain[name], atol=1e-4)

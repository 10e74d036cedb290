"""Explanations of every kind of head by every method: what adds up, and what stands where."""

import json

import numpy as np
import pytest

from sentigate.errors import ConfigError
from sentigate.explain import attribution, occlusion
from sentigate.explain.attribution import explain
from sentigate.records import Status

HEADS = [
    *(("sentiment", "positive"), ("emotion", "joy"), ("spam", "ham")),
    *(("rating", "low"), ("rating", "middle"), ("stars", None)),
]
LIGHT = ("gates", "occlusion")
TEXT = "the food was GOOD, but what a waste of time! 菜是凉的 😂"
LONG = "the food was good, but the place was bad! " * 9


@pytest.mark.parametrize(("head", "label"), HEADS)
@pytest.mark.parametrize("text", [TEXT, LONG, "good", "😂"], ids=["text", "long", "word", "emoji"])
def test_contributions_of_gates_and_baseline_make_up_the_score(shaped, head, label, text):
    told = explain([shaped], text, head, label, "gates")
    assert abs(told.residual) < 1e-4
    for parts in (told.words, told.tokens):
        whole = told.baseline + sum(part.value for part in parts)
        assert whole == pytest.approx(told.score, abs=1e-4)


@pytest.mark.parametrize(("head", "label"), HEADS)
def test_the_score_is_that_of_the_prediction(shaped, head, label):
    told = explain([shaped], LONG, head, label)
    logits, tokens = shaped.open().logits([LONG])
    assert len(told.tokens) == tokens[0] > shaped.config.window
    if head == "stars":
        assert told.score == told.probability == pytest.approx(logits["stars"][0, 0], abs=1e-4)
    else:
        assert 0 < told.probability < 1


@pytest.mark.parametrize(("head", "label"), HEADS)
def test_occlusion_is_what_the_model_says_without_the_word(reader, head, label):
    text = "the food was bad!"
    told = explain([reader], text, head, label, "occlusion")
    for word in told.words:
        without = text[: word.start] + text[word.end :].lstrip()
        if not without.strip("! "):
            continue
        shorter = explain([reader], without, head, label, "occlusion")
        if len(shorter.tokens) == len(told.tokens) - sum(
            word.start <= token.start < word.end for token in told.tokens
        ):
            assert word.value == pytest.approx(told.score - shorter.score, abs=1e-4)


def test_the_only_word_is_left_out_too(reader):
    told = explain([reader], "good", method="occlusion")
    assert [word.text for word in told.words] == ["good"]
    assert np.isfinite(told.words[0].value)


def test_a_long_text_is_left_out_window_by_window(reader):
    told = explain([reader], LONG, method="occlusion")
    assert len(told.words) == 99
    first, again = told.words[:11], told.words[11:22]
    assert [word.text for word in first] == [word.text for word in again]


@pytest.mark.parametrize("method", LIGHT)
def test_tokens_sum_to_words_and_stand_in_the_text(shaped, method):
    told = explain([shaped], TEXT, "sentiment", "negative", method)
    assert [word.text for word in told.words if word.text.isascii()] == [
        *("the", "food", "was", "GOOD", ",", "but", "what", "a", "waste", "of", "time", "!"),
    ]
    for part in (*told.words, *told.tokens):
        assert TEXT[part.start : part.end] == part.text
    ends = {word.end: word.value for word in told.words}
    total = 0.0
    for token in told.tokens:
        total += token.value
        if token.end in ends and token is not told.tokens[-1] and token.text == "GOOD":
            assert ends[token.end] == pytest.approx(
                sum(t.value for t in told.tokens if t.end == token.end and t.start >= 13), abs=1e-5
            )
    assert total == pytest.approx(sum(ends.values()), abs=1e-4)


@pytest.mark.parametrize("method", LIGHT)
def test_phrases_and_sentences(reader, method):
    text = "the food was good, but so cold. never again!"
    phrases = explain([reader], text, method=method, by="phrase")
    assert [part.text for part in phrases.words] == [
        "the food was good,",
        "but so cold.",
        "never again!",
    ]
    sentences = explain([reader], text, method=method, by="sentence")
    assert [part.text for part in sentences.words] == ["the food was good, but so cold.", text[32:]]
    assert {phrases.by, sentences.by} == {"phrase", "sentence"}


def test_auto_is_occlusion_while_that_is_quick_then_gates(reader, monkeypatch):
    monkeypatch.setattr(attribution, "QUICK", 10 * reader.config.window)
    assert explain([reader], "good " * 10).method == "occlusion"
    assert explain([reader], "good " * 20).method == "gates"


def test_a_plain_rnn_has_no_gates_but_can_be_explained(make_reader, monkeypatch):
    monkeypatch.setattr(attribution, "QUICK", 10)
    rnn = make_reader(cell="rnn")
    assert explain([rnn], "good " * 20).method == "occlusion"
    with pytest.raises(ConfigError, match="plain RNN: it has no gates"):
        explain([rnn], TEXT, method="gates")


def test_a_text_too_long_for_a_method_is_one_clear_sentence(reader, monkeypatch):
    monkeypatch.setattr(occlusion, "MOST_READ", 100)
    with pytest.raises(ConfigError, match=r"would read \d+ tokens .* take the method 'gates'"):
        explain([reader], "good " * 20, method="occlusion")


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("", Status.EMPTY),
        (" \n", Status.EMPTY),
        ("\x00\x01", Status.EMPTY),
        (None, Status.MISSING),
        (float("nan"), Status.MISSING),
        (7, Status.NOT_TEXT),
        ("Je ne suis pas content du tout de ce restaurant.", Status.UNSUPPORTED_LANGUAGE),
    ],
)
def test_what_cannot_be_explained_has_a_status(make_reader, value, status):
    told = explain([make_reader(languages=("en",))], value)
    assert told.status is status
    assert not told.words
    assert json.loads(json.dumps(told.to_dict()))["status"] == str(status)
    assert str(status) in told._repr_html_()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"head": "mood"}, "no head 'mood'"),
        ({"label": "happy"}, "no head has the label 'happy'"),
        ({"head": "stars", "label": "five"}, "answers with a number"),
        ({"method": "gate"}, "no method 'gate', did you mean 'gates'"),
        ({"by": "letter"}, "no unit 'letter'"),
    ],
)
def test_a_wrong_name_is_one_clear_sentence(reader, options, message):
    with pytest.raises(ConfigError, match=message):
        explain([reader], TEXT, **options)


def test_as_json_and_in_a_notebook(reader):
    told = explain([reader], "a <script>alert(1)</script> & \ud800 time", label="positive")
    plain = json.loads(json.dumps(told.to_dict()))
    assert plain["status"] == "ok"
    assert list(plain["words"][0]) == ["start", "end", "text", "value"]
    assert plain["head"] == "sentiment"
    html = told._repr_html_()
    assert "<script" not in html
    assert "&lt;</span>" in html
    html.encode()  # no lone surrogate is left


def test_the_strongest_come_first(reader):
    told = explain([reader], TEXT)
    sizes = [abs(word.value) for word in told.strongest(5)]
    assert sizes == sorted((abs(word.value) for word in told.words), reverse=True)[:5]


def test_each_text_is_explained_by_the_model_of_its_language(make_reader):
    readers = [make_reader(languages=("en",)), make_reader(languages=("zh",), hidden_size=4)]
    assert [explain(readers, text).language for text in ("very good food", "菜是凉的")] == [
        "en",
        "zh",
    ]

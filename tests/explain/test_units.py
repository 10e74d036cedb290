"""Units stand on whole words: in any script, with any signs, and every token is in one of them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.explain.units import units

JOINER = "\u200d"
FAMILY, THUMB = "👨\u200d👩\u200d👧\u200d👦", "👍🏽"
ODD = st.text(
    st.sampled_from(
        "aZ9é '’-.,!?#@_&;<>/\n\t\x00\ud800\u200b\u200d\u0301\ufe0f\U0001f3fd"
        "好吃，。😂👨👍❤🇩🇪ابنनमस्ते\u0e14\u0e35"
    ),
    max_size=40,
)


def cut(tokenizer, text, by="word"):
    encoded = tokenizer.encode(text)
    return units(text, encoded, tokenizer.pieces(encoded.ids), by), encoded


def words(tokenizer, text, by="word"):
    return [text[unit.start : unit.end] for unit in cut(tokenizer, text, by)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I don't like it.", ["I", "don't", "like", "it", "."]),
        ("SO good!!! 3.50, e-mail", ["SO", "good", "!!!", "3.50", ",", "e-mail"]),
        ("great.Love (it)", ["great", ".", "Love", "(", "it", ")"]),
        ("cafe\u0301 nai\u0308ve", ["cafe\u0301", "nai\u0308ve"]),
        (f"ok 😂😂{FAMILY}{THUMB}{THUMB}", ["ok", "😂😂", FAMILY, THUMB, THUMB]),
        ("🇩🇪🇫🇷 ❤️", ["🇩🇪", "🇫🇷", "❤️"]),
        ("#BestDayEver", ["#", "Best", "Day", "Ever"]),
        ("<b>a</b> &lt; x", ["a", "&lt;", "x"]),
        ("שָׁלוֹם לכם", ["שָׁלוֹם", "לכם"]),
        ("नमस्ते جداً", ["नमस्ते", "جداً"]),
        ("@bob said hi", ["@bob", "said", "hi"]),
    ],
)
def test_words(tokenizer, text, expected):
    assert words(tokenizer, text) == expected


def test_chinese_words_are_the_pieces_of_the_tokeniser(tokenizer):
    found = words(tokenizer, "这家餐厅太棒了，菜是凉的")
    assert "".join(found) == "这家餐厅太棒了，菜是凉的"
    assert "，" in found
    assert 5 < len(found) < 13


def test_phrases_end_at_pauses_and_turns(tokenizer):
    text = "The plot is thin, it drags but the acting is good. Go!"
    assert words(tokenizer, text, "phrase") == [
        "The plot is thin,",
        "it drags",
        "but the acting is good.",
        "Go!",
    ]
    assert words(tokenizer, "菜很好但是太贵了，下次不来", "phrase") == [
        "菜很好",
        "但是太贵了，",
        "下次不来",
    ]


def test_sentences(tokenizer):
    assert words(tokenizer, "One is good. Two, too!", "sentence") == ["One is good.", "Two, too!"]


@given(text=ODD, by=st.sampled_from(["word", "phrase", "sentence"]))
def test_every_token_is_in_one_unit_and_units_are_in_order(tokenizer, text, by):
    found, encoded = cut(tokenizer, text, by)
    tokens = [place for unit in found for place in range(unit.first, unit.last)]
    assert tokens == list(range(len(encoded.ids)))
    ends = [0, *(unit.end for unit in found)]
    for unit, before in zip(found, ends, strict=False):
        assert before <= unit.start < unit.end <= len(text)


@given(text=ODD)
def test_no_unit_begins_or_ends_inside_a_character_as_a_reader_sees_it(tokenizer, text):
    for unit in cut(tokenizer, text)[0]:
        for place in {unit.start, unit.end} - {0, len(text)}:
            before, after = (unicodedata.category(char)[0] for char in text[place - 1 : place + 1])
            assert before not in "LNPS" or after != "M"  # a mark stays with what it marks
            assert text[place - 1] != JOINER


def test_a_visible_character_is_never_lost(tokenizer):
    text = "Good, 好吃! 😂 (ok)"
    covered = {place for unit in cut(tokenizer, text)[0] for place in range(unit.start, unit.end)}
    assert {place for place, char in enumerate(text) if not char.isspace()} == covered

"""Normalisation: what is kept, what is masked, and that places lead back to the raw text."""

import sys
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sentigate.text.normalise import SYMBOLS, normalise, normalise_aligned
from sentigate.text.rules import RULES, _continues, _lower

PARTS = st.sampled_from(
    [
        *(
            "SO",
            "Good",
            "sooooo",
            "!!!!!",
            "😂😂😂😂😂",
            "❤️",
            "👨‍👩‍👧",
            "这家餐厅",
            "太棒了！！！！！",
        ),
        *(" ", "  ", "\n", "\u3000", "\x00", "\ud800", "\ud83d\ude00", "\u200b", "\\ud83d\\ude00"),
        *(
            "@user",
            "＠bob",
            "a@b.com",
            "[NAME]",
            "http",
            "https://t.co/x.",
            "www.x.org",
            "HTTP://X",
        ),
        *("#BestDay_ever2", "#我爱你#", "&amp;lt;3", "&#128514;", "&amp", "<br />", "<b>", "<3"),
        *(
            "\\u2019",
            "\\",
            "’",
            "´",
            "…",
            "ﬁ",
            "ㄱㅏ",
            "e\u0301",
            "İ",
            "Σ",
            "\u0301",
            "ﷺ",
            "▁",
            "<url>",
        ),
    ]
)
TEXTS = st.lists(PARTS | st.text(max_size=8), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Good\t food \n", "good food"),
        ("I LOVE it", "i <caps> love it"),
        ("DON'T. I am A-OK", "<caps> don't. i am a- <caps> ok"),
        ("我的GPS坏了", "我的 <caps> gps坏了"),
        ("soooooo goooood!!!!!!", "sooo goood!!!"),
        ("10000 reasons", "10000 reasons"),
        ("😂😂😂😂😂 :) <3 T_T", "😂😂😂 :) <3 t_t"),
        ("see https://t.co/x, or www.a.org.", "see <url> , or <url> ."),
        ("看http://t.cn/abc，不错", "看 <url> ,不错"),
        ("mail me: a.b@c-d.co.uk!", "mail me: <email> !"),
        ("@bob ＠ann [NAME] //@张三：好", "<user> <user> <user> // <user> :好"),
        ("@bob@ann 好@张三@李四 了", "<user> 好 <user> 了"),
        ("5@6 foo@bar", "5@6 foo@bar"),
        ("WWW.X.ORG HTTP://X", "<url> <url>"),
        (
            "#BestDayEver #iOS9 #snake_case #我爱你#",
            "# best day ever # i <caps> os 9 # snake case # 我爱你#",
        ),
        ("&lt;3 &amp;amp; caf&eacute; AT&T", "<3 & café <caps> at&t"),
        ("a<br /><br/>b<i>c</i>", "a b c"),
        ("it\\u2019s \\\\u002c \\ud83d\\ude00", "it's , 😀"),
        ("a\x00b\u200bc\ufeff", "abc"),
        ("\ud83d\ude00 \ud800", "😀 \ufffd"),
        ("ｆｕｌｌ，ｗｉｄｔｈ！", "full,width!"),
        ("❤️", "❤"),
        ("\u3000 \xa0\n", ""),
        ("", ""),
    ],
)
def test_examples(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


@given(TEXTS)
def test_aligned_says_the_same(raw: str) -> None:
    assert normalise_aligned(raw).text == normalise(raw)


@given(TEXTS)
def test_places_are_ordered_stretches_of_the_raw_text(raw: str) -> None:
    text, starts, ends = normalise_aligned(raw)
    assert len(text) == len(starts) == len(ends)
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= start <= end <= len(raw) for start, end in zip(starts, ends, strict=True))


@given(TEXTS)
def test_characters_slice_back_to_what_they_stand_for(raw: str) -> None:
    text, starts, ends = normalise_aligned(raw)
    assume("<" not in text)
    for char, start, end in zip(text, starts, ends, strict=True):
        if char.isalnum() and end - start == 1 and raw[start].isascii():
            assert char == raw[start].lower()


@given(TEXTS)
def test_edits_of_every_rule_give_its_text(raw: str) -> None:
    for rule in RULES:
        assembled, done = "", 0
        edits = list(rule.edits(raw))
        for start, end, new in edits:
            assembled += raw[done:start] + new
            done = end
        assembled += raw[done:]
        raw = rule.rewrite(raw)
        assert assembled == raw if edits else len(assembled) == len(raw)


@given(TEXTS)
def test_guards_never_hide_a_change(raw: str) -> None:
    for rule in RULES:
        if not rule.applies(raw):
            assert rule.rewrite(raw) == raw
        raw = rule.rewrite(raw)


@given(TEXTS)
def test_what_comes_out_is_clean(raw: str) -> None:
    text = normalise(raw)
    assert text == " ".join(text.split())
    text.encode("utf-8")
    assert "\x00" not in text


@given(st.text(st.characters(exclude_characters="&\\"), max_size=30))
def test_twice_is_once(raw: str) -> None:
    once = normalise(raw)
    assert normalise(once) == once


def test_the_markers_survive() -> None:
    assert normalise(" ".join(SYMBOLS)) == " ".join(SYMBOLS)


def test_every_lower_case_has_one_character() -> None:
    assert [c for c in map(chr, range(sys.maxunicode)) if len(_lower(c)) != 1] == []


def test_no_character_melts_into_the_one_before_it_unnoticed() -> None:
    for char in map(chr, range(sys.maxunicode)):
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            second = chr(int(parts[1], 16))
            assert _continues(second) or unicodedata.normalize("NFKC", char) != char, hex(ord(char))


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "😂",
        "\u0301\u0316",
        "&amp;",
        "<p ",
        "http://",
        "#aB",
        "#",
        "AB'",
        "\\",
        "a@",
        "@",
        "www.!",
    ],
)
def test_a_megabyte_takes_seconds(unit: str) -> None:
    text, starts, _ = normalise_aligned(unit * (200_000 // len(unit)))
    assert len(text) == len(starts)

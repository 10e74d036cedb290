"""Sentences: known cases, and that no character is lost or told twice."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.text.sentences import sentences

WORDS = "Good no Mr e.g U.S 3 太好 . ... ! ? 。 ！ … ” ) ( ， 😂 :)".split(" ")
SPACES = ['"', " ", "\n", "\r\n", "\u3000", "\x00"]
TEXTS = st.lists(st.sampled_from(WORDS + SPACES) | st.text(max_size=4), max_size=20).map("".join)


@pytest.mark.parametrize(
    "parts",
    [
        ["Good food.", "Bad service.", "i left"],
        ["Mr. Smith and Dr. Li came.", "They left."],
        ["It cost 3.14 in the U.S. in May.", "Really?!", "Yes!!!"],
        ["See e.g. www.a.org or a.b@c.de.", "Done"],
        ["I came at 5 p.m. and left.", "It was 9 p.m.", "He slept."],
        ["No. 5 is alive.", "Oh no.", "Not again."],
        ["well... i think so...", "But no."],
        ["J. K. Rowling wrote it.", "So did I.", "Fine."],
        ['He said "Stop!"', "She did.", '"Why?"', "(No answer.)", "End"],
        ["太好吃了！", "下次还来。", "真的吗？！", "是"],
        ["“好！”，他说。", "“走吧。”", "然后呢……", "没了"],
        ["很好.", "下次还来!", "嗯"],
        ["Great! :)", "Next 😂"],
        ["Wow!!! 😂😂", "Nice.😂", "(Not me) though"],
    ],
)
def test_examples(parts: list[str]) -> None:
    for space in (" ", "\n", "  \n "):
        text = space.join(parts)
        assert [text[start:end] for start, end in sentences(text)] == parts


def test_lines_are_sentences() -> None:
    text = "line one\nline two\r\n\r\n third"
    assert [text[start:end] for start, end in sentences(text)] == ["line one", "line two", "third"]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_full_line_goes_on_in_the_next(ending: str) -> None:
    line = "The night manager was rude, and nobody offered us so much as a"
    for rest in ("glass of water.", "I ever saw."):
        assert sentences(line + ending + rest) == [(0, len(line + ending + rest))]
    for rest in ("Glass of water.", "- a glass", "It", f"{ending}glass"):
        assert len(sentences(line + ending + rest)) == 2


def test_chinese_needs_no_spaces() -> None:
    text = "太好吃了！下次还来。服务也好……就是贵"
    assert [text[start:end] for start, end in sentences(text)] == [
        "太好吃了！",
        "下次还来。",
        "服务也好……",
        "就是贵",
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\u3000\n"])
def test_nothing(text: str) -> None:
    assert sentences(text) == []


@given(TEXTS)
def test_everything_visible_is_in_one_sentence(text: str) -> None:
    spans = sentences(text)
    held = [place for start, end in spans for place in range(start, end)]
    assert held == sorted(set(held))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert {place for place, char in enumerate(text) if not char.isspace()} <= set(held)


@pytest.mark.parametrize("unit", ["a", ".", "a.", '"', ".)", "! ", "好。", "\n", "A.", " "])
def test_the_work_grows_with_the_length_alone(unit: str) -> None:
    short = unit * (6_000 // len(unit))
    # 16 times the work is expected; what grew with the square would take 256 times.
    assert quickest(short * 16) < 64 * quickest(short)


def quickest(text: str) -> float:
    """Seconds of the processor, the least of three times: noise only ever adds."""

    def once() -> float:
        begun = time.process_time()
        sentences(text)
        return time.process_time() - begun

    return min(once() for _ in range(3))

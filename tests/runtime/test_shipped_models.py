"""The shipped models on the example reviews: a text has one answer, whoever its neighbours are."""

from pathlib import Path
from random import Random

import pytest

import sentigate
from sentigate.data.readers import read
from sentigate.records import Status

EXAMPLES = Path(__file__).parents[2] / "examples" / "reviews.csv"
OTHERS = [
    "Das war ein schöner Abend.",
    "이 영화 정말 재미있어요",
    "هذا الفيلم رائع",
    "Не понравилось.",
]
ODD = ["", " ", None, 7, "\x00", "🥰🥰", "𐎀𐎁", "\ud800", "a", "好", "good and bad " * 900]
CLOSE = 1e-5


@pytest.fixture(scope="module")
def texts():
    return [row.text for row in read(EXAMPLES, label="sentiment").examples] + OTHERS + ODD


@pytest.fixture(scope="module")
def together(texts):
    return sentigate.load()(texts)


def assert_same(answers, expected):
    for answer, wanted in zip(answers, expected, strict=True):
        assert (answer.text, answer.status) == (wanted.text, wanted.status)
        assert (answer.model, answer.tokens) == (wanted.model, wanted.tokens)
        assert answer.heads.keys() == wanted.heads.keys()
        for name, head in answer.heads.items():
            probabilities = wanted.heads[name].probabilities
            assert head.probabilities == pytest.approx(probabilities, rel=0, abs=CLOSE)


def test_each_model_answers_and_no_row_is_lost(texts, together):
    assert len(together) == len(texts)
    assert {answer.model for answer in together} == {"en", "zh", "multi", None}


def test_a_language_that_no_model_reads_has_a_status(texts, together):
    languages = {
        answer.language for answer in together if answer.status is Status.UNSUPPORTED_LANGUAGE
    }
    assert languages == {"ru"}
    german = together[texts.index(OTHERS[0])]
    assert (german.model, german.language, set(german.heads)) == ("multi", "de", {"sentiment"})


def test_alone_as_in_a_batch(texts, together):
    analyze = sentigate.load()
    assert_same([analyze(text) for text in texts], together)


def test_in_any_order(texts, together):
    order = Random(0).sample(range(len(texts)), len(texts))
    mixed = sentigate.load()([texts[place] for place in order])
    assert_same(mixed, [together[place] for place in order])


def test_in_blocks_of_any_size(texts, together):
    assert_same(sentigate.load().stream(texts, block=7), together)


@pytest.mark.parametrize("options", [{"threads": 2}, {"engine": "numpy"}], ids=str)
def test_on_two_threads_and_by_the_equations(texts, together, options):
    assert_same(sentigate.load(**options)(texts), together)

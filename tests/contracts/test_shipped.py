"""What the shipped models may weigh, and what no training text may leave behind in them."""

import re

import pytest

from sentigate.model.artifact import load_artifact, shipped
from sentigate.text.tokenizer import Tokenizer

MEGABYTE = 1_000_000
TRACES = re.compile(
    r"""
      @\w | \w@          # a user's name, an address of mail
    | \d{5,}             # a telephone number, an account
    | https?: | www\.    # a page
    """,
    re.VERBOSE,
)


@pytest.mark.parametrize("name", shipped())
def test_no_piece_of_a_vocabulary_is_a_trace_of_a_person(name):
    tokenizer = Tokenizer(load_artifact(shipped()[name]).tokenizer)
    pieces = tokenizer.pieces(range(tokenizer.vocab_size))
    assert len(pieces) > 10_000
    assert not [piece for piece in pieces if TRACES.search(piece)]


@pytest.mark.parametrize("trace", ["▁@anna", "me@mail", "5550123", "https:", "www.x"])
def test_what_would_be_a_trace(trace):
    assert TRACES.search(trace)


def test_the_models_are_small_enough_to_ship():
    sizes = [sum(file.stat().st_size for file in folder.iterdir()) for folder in shipped().values()]
    assert max(sizes) <= 16 * MEGABYTE
    assert sum(sizes) <= 48 * MEGABYTE

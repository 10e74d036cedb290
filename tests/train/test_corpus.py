from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sentigate.nn.language_model import END
from sentigate.train.corpus import Corpus, one_pass, stretches

TEXTS = st.lists(st.lists(st.integers(2, 99), min_size=1, max_size=9), min_size=1, max_size=12)


def corpus(texts, batch_size=2, bptt=3, directions=2, seed=0):
    rows = [np.array(text, dtype=np.int32) for text in texts]
    return Corpus(rows, batch_size=batch_size, bptt=bptt, directions=directions, seed=seed)


def rows(made, number=0):
    """All targets of a pass, row behind row: [directions, tokens]."""
    chunks = [made.chunk(number * made.steps + step) for step in range(made.steps)]
    assert [chunk.first for chunk in chunks] == [True] + [False] * (len(chunks) - 1)
    for chunk in chunks:
        assert (chunk.targets[:, :, :-1] == chunk.ids[:, :, 1:]).all()
    for before, after in pairwise(chunks):
        assert (before.targets[:, :, -1] == after.ids[:, :, 0]).all()
    return np.concatenate([chunk.targets.numpy() for chunk in chunks], axis=2).reshape(2, -1)


def parted(row):
    """The texts in a row of tokens, without the filler behind the last."""
    found, text = [], []
    for token in row.tolist():
        if token == END:
            found.append(text)
            text = []
        else:
            text.append(token)
    while found and not found[-1]:
        found.pop()
    return found


@settings(max_examples=40)
@given(TEXTS, st.integers(1, 4), st.integers(1, 7), st.integers(0, 3))
def test_a_pass_reads_every_text_once_in_both_directions(texts, batch_size, bptt, number):
    forward, backward = rows(corpus(texts, batch_size, bptt), number)
    assert sorted(parted(forward)) == sorted(texts)
    assert [text[::-1] for text in parted(backward)] == parted(forward)


def test_the_order_depends_on_seed_and_pass_alone():
    texts = [[number + 2] for number in range(50)]
    first = rows(corpus(texts), 1)
    assert (first == rows(corpus(texts), 1)).all()
    assert (first != rows(corpus(texts), 0)).any()
    assert (first != rows(corpus(texts, seed=1), 1)).any()


def test_stretches_go_on_where_the_last_one_ended():
    made = corpus([[2, 3, 4, 5, 6]] * 4)
    loader = stretches(made, 3, first=1)
    expected = [made.chunk(step).ids.tolist() for step in range(3, 9)]
    found = [chunk.ids.tolist() for chunk in loader]
    loader.sampler.set_epoch(2)
    assert found + [chunk.ids.tolist() for chunk in loader] == expected
    assert len(list(one_pass(made))) == made.steps

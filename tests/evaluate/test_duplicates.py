"""Near-duplicates are those that comparing every pair by hand finds, and no others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentigate.evaluate import duplicates
from sentigate.evaluate.duplicates import SIMILAR, WIDTH, near_duplicates
from sentigate.records import Example

pytest.importorskip("scipy")

words = st.lists(
    st.sampled_from(["the", "food", "was", "bad", "好", "棒"]), min_size=1, max_size=12
)
texts = st.lists(words.map(" ".join), max_size=8)


def rows(texts):
    return [Example(text, row=place) for place, text in enumerate(texts)]


def jaccard(left, right):
    left, right = (shingles(text) for text in (left, right))
    return len(left & right) / len(left | right)


def shingles(text):
    plain = " ".join(text.casefold().split()).ljust(WIDTH, "\0")
    return {plain[start : start + WIDTH] for start in range(len(plain) - WIDTH + 1)}


@settings(deadline=None)
@given(texts, texts)
def test_all_pairs_are_as_if_compared(test, train):
    expected = {}
    for i, left in enumerate(test):
        similar = [jaccard(left, right) for right in train]
        if similar and max(similar) >= SIMILAR:
            expected[i] = max(similar)
    found = {one.row: one.similarity for one in near_duplicates(rows(test), rows(train))}
    assert found == pytest.approx(expected)


def test_blocks_change_nothing(monkeypatch):
    test = [f"the food number {n} was good and warm" for n in range(9)]
    train = [*reversed(test), "something else"]
    whole = near_duplicates(rows(test), rows(train))
    monkeypatch.setattr(duplicates, "_ROWS", 2)
    monkeypatch.setattr(duplicates, "_PAIRS", 3)
    assert near_duplicates(rows(test), rows(train)) == whole
    assert [(one.row, one.train_row, one.similarity) for one in whole] == [
        (n, 8 - n, 1.0) for n in range(9)
    ]
    assert all(one.text == one.train_text for one in whole)


def test_case_white_space_and_a_changed_word():
    train = ["We waited for an hour and then the soup came cold, never again!"]
    test = [
        "we waited for an hour and  then the soup came cold, NEVER again!",
        "We waited for an hour and then the soup came cold, never ever again!",
        "We waited for the soup.",
    ]
    assert [one.row for one in near_duplicates(rows(test), rows(train))] == [0, 1]


def test_broken_unicode_missing_texts_and_nothing_at_all():
    found = near_duplicates(rows([None, "\ud800 hm", "x", " "]), rows(["\ud800 hm", None, " "]))
    assert [one.row for one in found] == [1]
    assert near_duplicates([], rows(["a"])) == near_duplicates(rows(["a"]), []) == []

"""Slices part the rows without loss, by what a user would expect of a column."""

import numpy as np
import pytest

from sentigate.evaluate.slices import slices


def by(parts, name):
    return {one.value: one for one in parts if one.by == name}


@pytest.mark.parametrize("kind", ["binary", "multiclass", "multilabel", "regression"])
def test_every_way_holds_every_row_once(heads, drawn, kind):
    rng = np.random.default_rng(0)
    answers = drawn(heads[kind], rows=300, tokens=rng.integers(1, 600, size=300))
    columns = {
        "source": [rng.choice(["web", "app", None]) for _ in range(300)],
        "price": [f"{price:.2f}" for price in rng.random(300)],
    }
    parts = slices(answers, columns)
    assert {one.by for one in parts} == {"length", "source", "price"}
    for name in ("length", "source", "price"):
        assert sum(one.n for one in by(parts, name).values()) == 300


def test_lengths_are_in_order_and_named_by_their_bounds(heads, drawn):
    answers = drawn(heads["binary"], rows=4, tokens=np.array([300, 8, 9, 1]))
    parts = by(slices(answers), "length")
    assert {name: one.n for name, one in parts.items()} == {
        "1–8 tokens": 2,
        "9–16 tokens": 1,
        "over 256 tokens": 1,
    }
    assert list(parts)[-1] == "over 256 tokens"


def test_languages(heads, drawn):
    answers = drawn(
        heads["binary"], rows=3, texts=("这家餐厅太棒了", "这是什么", "it is what it is")
    )
    assert {name: one.n for name, one in by(slices(answers), "language").items()} == {
        "zh": 2,
        "en": 1,
    }


def test_numbers_are_parted_at_quartiles_and_gaps_stand_alone(heads, drawn):
    answers = drawn(heads["binary"], rows=102)
    cells = [*map(str, range(100)), "", None]
    parts = by(slices(answers, {"age": cells}), "age")
    assert [one.n for one in parts.values()] == [25, 25, 25, 25, 2]
    assert next(iter(parts)) == "0 to 24.75"
    assert list(parts)[-1] == "(missing)"


def test_few_numbers_are_values(heads, drawn):
    parts = by(slices(drawn(heads["binary"], rows=40), {"stars": ["1", "5"] * 20}), "stars")
    assert set(parts) == {"1", "5"}


def test_rare_words_stand_together(heads, drawn):
    words = [f"shop {number}" for number in range(30)] * 10 + ["big"] * 300
    parts = by(slices(drawn(heads["binary"], rows=600), {"shop": words}), "shop")
    assert next(iter(parts)) == "big"
    assert len(parts) == 13
    assert parts["(others)"].n == 190


def test_one_value_parts_nothing(heads, drawn):
    assert slices(drawn(heads["binary"]), {"source": ["web"] * 200}) == []


def test_the_figures_are_those_of_the_rows(heads, answers_to):
    head = heads["multiclass"]
    answers = answers_to(head, np.eye(3)[[0, 1, 1, 0]] * 9, [0, 1, 1, 1])
    parts = by(slices(answers, {"half": ["x", "x", "y", "y"]}), "half")
    assert parts["x"].figures == {"accuracy": 1.0, "macro_f1": 1.0}  # of the classes that occur
    assert parts["y"].figures["accuracy"] == 0.5
    assert parts["y"].intervals == {"accuracy": None, "macro_f1": None}  # two rows


def test_cells_follow_their_rows(heads, drawn):
    """The second example of the file did not count; its cell belongs to nobody."""
    answers = drawn(heads["binary"], rows=2, places=np.array([0, 2]))
    parts = by(slices(answers, {"who": ["ann", "bob", "cid"]}), "who")
    assert set(parts) == {"ann", "cid"}

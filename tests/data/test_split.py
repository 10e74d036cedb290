"""Splitting: nothing lost, nothing on both sides, shares kept, every class learnt from."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.data.split import shared, stratified_split
from sentigate.records import Example, HeadKind, Label

TEXTS = st.sampled_from([f"text {i}" for i in range(30)])


def examples_of(rows: list[tuple[str, Label | None]]) -> list[Example]:
    return [Example(text, label, i) for i, (text, label) in enumerate(rows, start=1)]


@given(
    st.lists(st.tuples(TEXTS, st.sampled_from(["a", "b", "c", None])), max_size=60),
    st.floats(0.05, 0.8),
    st.integers(0, 5),
)
def test_a_split_is_a_partition_without_shared_texts(
    rows: list[tuple[str, str | None]], fraction: float, seed: int
) -> None:
    examples = examples_of(list(rows))
    train, dev = stratified_split(examples, fraction, seed, "multiclass")
    assert sorted(train + dev, key=lambda e: e.row) == examples
    assert {e.text for e in train}.isdisjoint(e.text for e in dev)
    assert {e.label for e in train} == {e.label for e in examples}
    assert stratified_split(examples, fraction, seed, "multiclass") == (train, dev)


def test_texts_that_a_network_reads_alike_stay_together() -> None:
    rows: list[tuple[str, Label | None]] = [
        (f"Good  tea {i // 2}" if i % 2 else f"Good tea {i // 2}", "ab"[i // 2 % 2])
        for i in range(60)
    ]
    train, dev = stratified_split(examples_of(rows), 0.3, 0, "binary")
    assert dev
    assert not any(shared(dev, train))
    assert all(shared([Example("Good \t tea 3")], [*train, *dev]))


def test_shares_are_kept() -> None:
    rows: list[tuple[str, Label | None]] = [
        (f"{i}", "rare" if i % 10 == 0 else "common") for i in range(1000)
    ]
    _, dev = stratified_split(examples_of(rows), 0.1, 0, "binary")
    assert Counter(e.label for e in dev) == {"common": 90, "rare": 10}


@pytest.mark.parametrize("seed", range(5))
def test_several_labels_count_for_the_rarest(seed: int) -> None:
    rows: list[tuple[str, Label | None]] = [
        (f"{i}", ("joy", "fear") if i % 20 == 0 else "joy|love") for i in range(400)
    ]
    train, dev = stratified_split(examples_of(rows), 0.2, seed, "multilabel")
    assert len(dev) == 80
    assert sum(e.label == ("joy", "fear") for e in dev) == 4
    assert len(train) == 320


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=3), max_size=30), st.integers(0, 9))
def test_every_one_of_several_labels_is_in_train(labels: list[list[str]], seed: int) -> None:
    examples = [Example(f"{i}", tuple(names)) for i, names in enumerate(labels)]
    train, _ = stratified_split(examples, 0.5, seed, "multilabel")
    assert {n for e in train for n in e.label or ()} == {n for names in labels for n in names}


def test_numbers_keep_their_range() -> None:
    examples = [Example(f"{i}", i / 7) for i in range(200)]
    _, dev = stratified_split(examples, 0.1, 1, "regression")
    tenths = Counter(int(float(e.label or 0) * 7) // 20 for e in dev)
    assert tenths == {tenth: 2 for tenth in range(10)}


@pytest.mark.parametrize("kind", ["binary", "multilabel", "regression"])
def test_without_labels(kind: HeadKind) -> None:
    train, dev = stratified_split([Example(f"{i}") for i in range(10)], 0.2, 0, kind)
    assert (len(train), len(dev)) == (8, 2)


def test_seeds_differ() -> None:
    examples = [Example(f"{i}", "ab"[i % 2]) for i in range(100)]
    assert stratified_split(examples, 0.2, 1, "binary") != stratified_split(
        examples, 0.2, 2, "binary"
    )

"""Labels: the guessed task, the order of labels, targets, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.config import HeadConfig
from sentigate.data.labels import LabelSpace, guess_task
from sentigate.errors import DataError
from sentigate.records import HeadKind, Label


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (["pos", "neg", None], "binary"),
        (["0", "1", "1"], "binary"),
        ([1.0, 0.0], "binary"),
        (["1", "2", "5"], "multiclass"),
        ([1.0, 2.0, 3.0], "multiclass"),
        (["a", "b", "c"], "multiclass"),
        (["0.5", "1"], "regression"),
        ([str(i) for i in range(11)], "regression"),
        ([("joy",), ("joy", "love")], "multilabel"),
        (["joy|love", "joy", "anger|joy"], "multilabel"),
        (["joy, love", "joy", "love"], "multilabel"),
        (["joy;love", "anger;joy", "love;anger"], "multilabel"),
        (["well, yes", "oh, no, not that", "fine"], "multiclass"),
    ],
)
def test_the_task_is_guessed(labels: list[Label | None], kind: HeadKind) -> None:
    found, reason = guess_task(labels)
    assert found == kind
    assert reason


@pytest.mark.parametrize("labels", [[], [None]])
def test_no_labels(labels: list[None]) -> None:
    with pytest.raises(DataError, match="there are no labels"):
        guess_task(labels)


def test_one_class() -> None:
    with pytest.raises(DataError, match=r"only one class in the labels \(good\)"):
        guess_task(["good", "good"])


@pytest.mark.parametrize(
    ("labels", "order"),
    [
        (["positive", "neutral", "negative"], ("negative", "neutral", "positive")),
        (["Positive", "Negative"], ("Negative", "Positive")),
        (["pos", "neg"], ("neg", "pos")),
        (["very positive", "very negative", "positive", "neutral", "negative"], None),
        (["10", "9", "1"], ("1", "9", "10")),
        (["-1", "1"], ("-1", "1")),
        (["yes", "no"], ("no", "yes")),
        (["true", "false"], ("false", "true")),
        (["is_spam", "not_spam"], ("not_spam", "is_spam")),
        (["好评", "差评"], ("差评", "好评")),
        (["cat", "ant", "bee"], ("ant", "bee", "cat")),
    ],
)
def test_the_order_means_something(labels: list[str], order: tuple[str, ...] | None) -> None:
    five = ("very negative", "negative", "neutral", "positive", "very positive")
    kind: HeadKind = "binary" if len(labels) == 2 else "multiclass"
    assert LabelSpace.fit(labels, kind).labels == (order or five)


def test_an_order_that_is_known_is_said_and_not_taken_for_the_task() -> None:
    assert guess_task(["low", "high", "medium"])[1].endswith("that --task ordinal would learn")
    assert "ordinal" not in guess_task(["joy", "anger", "fear"])[1]
    assert "ordinal" not in guess_task(["low", "high"])[1]


@pytest.mark.parametrize(
    ("labels", "given", "order"),
    [
        ([5.0, 1.0, 3.0], (), ("1", "3", "5")),
        (["good", "fair", "bad"], (), ("bad", "fair", "good")),
        (["hot", "cold", "warm"], ("cold", "warm", "hot"), ("cold", "warm", "hot")),
        (["1", "2", "3"], ("3", "2", "1"), ("3", "2", "1")),  # German marks: 1 is the best
    ],
)
def test_ordinal_labels_stand_in_order(
    labels: list[Label | None], given: tuple[str, ...], order: tuple[str, ...]
) -> None:
    space = LabelSpace.fit(labels, "ordinal", given)
    assert space.labels == order
    assert [space.encode(label) for label in order] == [0, 1, 2]


@pytest.mark.parametrize(
    ("labels", "kind", "given", "message"),
    [
        (
            ["hot", "cold", "warm"],
            "ordinal",
            (),
            "order of the labels cold, hot, warm.*--label-order",
        ),
        (["good", "bad"], "ordinal", (), "use the task binary"),
        (["a", "b", "c"], "ordinal", ("a", "b"), "gives a, b and the rows have a, b, c"),
        (["a", "b", "c"], "ordinal", ("a", "b", "c", "d"), "each label of the rows once"),
        (["a", "b", "c"], "multiclass", ("a", "b", "c", "a"), "each label of the rows once"),
        (["0.5", "1"], "regression", ("0.5", "1"), "a regression has numbers"),
    ],
)
def test_an_order_that_does_not_fit_is_one_sentence(
    labels: list[Label | None], kind: HeadKind, given: tuple[str, ...], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        LabelSpace.fit(labels, kind, given)


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1).filter(lambda x: len({*x}) > 1))
def test_a_target_names_its_label(labels: list[str]) -> None:
    space = LabelSpace.fit(labels, "multiclass")
    assert [space.labels[int(space.encode(label))] for label in labels] == labels


@pytest.mark.parametrize("label", ["joy|love", "love, joy", ("love", "joy"), "joy;love"])
def test_several_labels(label: Label) -> None:
    space = LabelSpace("multilabel", ("anger", "joy", "love"))
    target = space.encode(label)
    assert isinstance(target, np.ndarray)
    assert target.dtype == np.float32
    assert target.tolist() == [0, 1, 1]
    assert space.parse(label) == ("joy", "love")


@pytest.mark.parametrize("label", ["", ()])
def test_no_label_of_several(label: Label) -> None:
    target = LabelSpace("multilabel", ("anger", "joy")).encode(label)
    assert isinstance(target, np.ndarray)
    assert target.tolist() == [0, 0]


def test_spelling_is_forgiven_where_it_is_unambiguous() -> None:
    assert LabelSpace("binary", ("Negative", "Positive")).encode("positive") == 1
    assert LabelSpace("multiclass", ("1", "2", "3")).encode(2.0) == 1
    assert LabelSpace("multiclass", ("1", "2", "3")).encode("3.0") == 2
    with pytest.raises(DataError, match="unknown label 'A'"):
        LabelSpace("multiclass", ("a", "a ", "b")).encode("A")


def test_numbers() -> None:
    space = LabelSpace.fit(["0.5", 2.0], "regression")
    assert space.labels == ()
    assert space.encode("0.5") == 0.5
    for wrong in ("much", "nan", "inf", ("1", "2")):
        with pytest.raises(DataError):
            space.encode(wrong)


@pytest.mark.parametrize(
    ("labels", "kind", "message"),
    [
        (["a", "b", "c"], "binary", "3 different labels"),
        (["a", "a"], "binary", "only one class"),
        (["a"], "multiclass", "only one class"),
        ([None], "multiclass", "no labels"),
        (["x"], "regression", "not a number"),
        ([("a", "b"), ("c",)], "multiclass", "expected one"),
        ([()], "multilabel", "only one class"),
    ],
)
def test_unusable_labels(labels: list[Label | None], kind: HeadKind, message: str) -> None:
    with pytest.raises(DataError, match=message):
        LabelSpace.fit(labels, kind)


def test_from_a_head() -> None:
    head = HeadConfig(name="sentiment", kind="binary", labels=("bad", "good"))
    assert LabelSpace.from_head(head) == LabelSpace("binary", ("bad", "good"))

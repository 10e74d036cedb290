"""The order of label names: found where the names tell it, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.data.scales import in_order, label_values


@pytest.mark.parametrize(
    "order",
    [
        ("1", "2", "10"),
        ("-1", "0", "1"),
        ("1 star", "2 stars", "5 stars"),
        ("★☆☆", "★★☆", "★★★"),
        ("1星", "3星", "5星"),
        ("very_negative", "negative", "neutral", "positive", "very_positive"),
        ("差评", "中评", "好评"),
        ("bad", "fair", "good"),
        ("bad", "ok", "good", "excellent"),
        ("Low", "Medium", "High"),
        ("低", "中", "高"),
        ("none", "mild", "moderate", "severe"),
        ("never", "rarely", "sometimes", "often", "always"),
        ("从不", "有时", "总是"),
        ("strongly disagree", "disagree", "agree", "strongly agree"),
        ("非常不满意", "不满意", "一般", "满意", "非常满意"),
    ],
    ids="<".join,
)
def test_usual_scales_are_known(order: tuple[str, ...]) -> None:
    for names in (order, order[::-1], sorted(order)):
        assert in_order(names) == order


@pytest.mark.parametrize(
    "names",
    [
        ("joy", "anger", "fear"),
        ("low", "medium", "high", "joy"),
        ("low", "always"),
        ("positive", "good", "negative"),  # two names for one place
        ("1", "1.0", "2"),
        ("1", "two", "3"),
        ("nan", "1", "2"),
    ],
    ids="/".join,
)
def test_no_order_is_made_up(names: tuple[str, ...]) -> None:
    assert in_order(names) is None


@given(st.lists(st.integers(-99, 99), min_size=1, unique=True))
def test_numbers_stand_by_size_and_count_as_such(numbers: list[int]) -> None:
    order = in_order(map(str, numbers))
    assert order == tuple(map(str, sorted(numbers)))
    assert label_values(order) == tuple(map(float, sorted(numbers)))


def test_names_count_by_their_rank() -> None:
    assert label_values(("low", "medium", "high")) == (1.0, 2.0, 3.0)
    assert label_values(("1", "many")) == (1.0, 2.0)

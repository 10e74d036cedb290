"""Labels spelt another way are matched where there is one meaning, and refused where not."""

import pytest

from sentigate.errors import DataError
from sentigate.evaluate.matching import match_labels

THREE = ("negative", "neutral", "positive")


@pytest.mark.parametrize(
    ("found", "known", "expected"),
    [
        (["negative", "positive"], THREE, ["negative", "positive"]),
        (["NEG", "Pos"], THREE, ["negative", "positive"]),
        (["负面", "中性", "正面"], THREE, ["negative", "neutral", "positive"]),
        (["negative", "positive"], ("neg", "pos"), ["neg", "pos"]),
        (["-1", "0", "1"], THREE, ["negative", "neutral", "positive"]),
        (["0", "1", "2"], THREE, ["negative", "neutral", "positive"]),
        (["0.0", "1.0"], THREE, ["negative", "positive"]),
        (["0", "4"], THREE, ["negative", "positive"]),
        (["1", "2"], ("1", "2", "3"), ["1", "2"]),
        (["1.0"], ("1", "2", "3"), ["1"]),
        (["Very_Negative"], ("very negative", "negative"), ["very negative"]),
        (["Joy"], ("anger", "joy"), ["joy"]),
    ],
)
def test_one_meaning(found, known, expected):
    assert match_labels(found, known) == dict(zip(found, expected, strict=True))


@pytest.mark.parametrize(
    ("found", "known"),
    [
        (["positve"], THREE),
        (["1", "2"], THREE),
        (["1", "2", "3", "4", "5"], THREE),
        (["0", "1"], ("anger", "joy")),
        (["good"], ("pos", "positive")),
        (["negative", "meh"], THREE),
    ],
)
def test_no_guess_where_the_meaning_is_open(found, known):
    with pytest.raises(DataError, match=r"none of the head's.*rename it in the file"):
        match_labels(found, known)

"""Faithfulness: curves start and end where they must, and explanations beat chance."""

import json

import pytest

from sentigate.errors import ConfigError
from sentigate.explain.faithfulness import CURVE, FIGURES, faithfulness
from sentigate.model.artifact import find_model
from sentigate.runtime.model import Model

TEXTS = [
    "I waited an hour and the food was cold, never again.",
    "What a lovely place, the staff were so kind and the soup was perfect!",
    "The room smelled of smoke and nobody at the desk cared at all.",
    "My daughter loved the pool, and breakfast was wonderful every day.",
    "The lobby was fine but the bed was terrible and the street was loud.",
    "Worst service ever, they charged us twice and laughed about it.",
    "I am so happy with this phone, the screen is gorgeous and it is fast.",
    "He said the film starts at eight and ends at ten o'clock.",
] * 3


@pytest.fixture(scope="module")
def found():
    return faithfulness(Model.open(find_model("en")), TEXTS)


@pytest.mark.parametrize("method", ["gates", "occlusion"])
def test_explanations_are_more_faithful_than_chance(found, method):
    above = found["methods"][method]["above_random"]
    assert above["comprehensiveness"]["interval"][0] > 0.1
    assert above["sufficiency"]["interval"][1] < -0.1
    assert above["aopc_deletion"]["interval"][0] > 0.1
    assert above["aopc_insertion"]["interval"][0] > 0.1


def test_curves_begin_and_end_where_they_must(found):
    assert found["shares"] == list(CURVE)
    ends = {
        (round(one["deletion"][0], 6), round(one["insertion"][-1], 6))
        for one in found["methods"].values()
    }
    assert len(ends) == 1
    ((whole, kept),) = ends
    assert whole == kept  # nothing removed is all kept
    for one in found["methods"].values():
        assert one["deletion"][-1] == pytest.approx(one["insertion"][0])  # all removed: none kept
        assert one["aopc_deletion"] == pytest.approx(
            whole - sum(one["deletion"][1:]) / (len(CURVE) - 1), abs=1e-5
        )


def test_it_says_what_was_left_out_and_is_plain_json(reader):
    texts = ["", None, 7, "good", "the food was bad " * 50, "the food was good"]
    found = faithfulness(reader.open(), texts, methods=["gates"], by="word")
    assert found["n"] == 1
    assert found["skipped"] == {"empty": 1, "missing": 1, "not_text": 1, "short": 1, "long": 1}
    assert set(found["methods"]) == {"gates", "random"}
    assert set(FIGURES) < set(found["methods"]["gates"])
    json.dumps(found)


def test_nothing_to_measure(reader):
    assert faithfulness(reader.open(), ["good", ""])["methods"] == {}


@pytest.mark.parametrize(("head", "by"), [("stars", "word"), ("emotion", "phrase")])
@pytest.mark.parametrize("removal", ["delete", "unknown"])
def test_any_head_any_unit_either_way_of_removing(reader, head, by, removal):
    told = faithfulness(
        reader.open(),
        ["so good, but bad"],
        head=head,
        by=by,
        removal=removal,
        methods=["occlusion"],
    )
    assert told["n"] == 1
    assert told["removal"] == removal


def test_an_unknown_head(reader):
    with pytest.raises(ConfigError, match="no head 'mood'"):
        faithfulness(reader.open(), ["the food was good"], head="mood")


def test_progress_is_told(reader):
    seen = []
    faithfulness(
        reader.open(), ["so good", ""], methods=["gates"], watch=lambda *pair: seen.append(pair)
    )
    assert seen == [(1, 2), (2, 2)]

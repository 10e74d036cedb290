"""The client against the server: the library's predictions, whatever is asked."""

import pytest

from sentigate.client import Client
from sentigate.errors import ServerError

CLOSE = 1e-5
ODD = ["the food was good", "", None, 7, float("nan"), b"bytes", "这家餐厅太棒了", "\ud800 good"]


def assert_same(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        assert (one.text, one.status, one.language) == (other.text, other.status, other.language)
        assert (one.model, one.tokens) == (other.model, other.tokens)
        assert one.heads.keys() == other.heads.keys()
        for name, head in one.heads.items():
            assert head.labels == other.heads[name].labels
            assert head.probabilities == pytest.approx(other.heads[name].probabilities, abs=CLOSE)


def test_predictions_are_those_of_the_library(address, analyze):
    texts = ODD + [f"the food was good {n}" for n in range(50)]
    with Client(address, batch=7) as ask:
        assert_same(ask(texts), analyze(texts))
        assert_same([ask("good"), ask(None)], [analyze("good"), analyze(None)])
        assert ask([]) == []


def test_models(address):
    with Client(address, model="tiny") as ask:
        assert [model["name"] for model in ask.models()] == ["tiny"]
        assert ask("good").model == "tiny"


def test_a_refusal(address):
    with Client(address, model="none") as ask, pytest.raises(ServerError, match="no such model"):
        ask("good")

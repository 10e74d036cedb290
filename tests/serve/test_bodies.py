"""Bodies: bounded in length and in time, whatever their headers say."""

import asyncio

import pytest

from sentigate.serve.bodies import Bodies
from sentigate.serve.problems import Problem
from sentigate.serve.service import make_service
from sentigate.serve.settings import ServeConfig

JSON = {"content-type": "application/json"}


def test_a_long_body_is_refused(start):
    with start(max_body_bytes=1024) as server:
        long = b'{"texts": ["' + b"x" * 1024 + b'"]}'
        assert server.post("/v1/predict", content=long, headers=JSON).status_code == 413
        parts = server.post("/v1/predict", content=iter([long[:600], long[600:]]), headers=JSON)
        assert parts.status_code == 413
        assert parts.headers["connection"] == "close"
        fit = b'{"texts": ["' + b"x" * 900 + b'"]}'
        assert server.post("/v1/predict", content=fit, headers=JSON).status_code == 200


def received(messages, seconds=30.0, headers=()):
    """What an application gets of some messages."""
    seen = []

    async def app(scope, receive, send):
        seen.append(await receive())

    async def receive():
        if not messages:
            await asyncio.sleep(60)
        return messages.pop(0)

    async def send(message):
        raise AssertionError("nothing to send")

    service = make_service(ServeConfig(max_body_bytes=1024, body_seconds=seconds), {})
    scope = {"type": "http", "method": "POST", "path": "/v1/predict", "headers": list(headers)}
    asyncio.run(Bodies(app, service)(scope, receive, send))
    return seen


def part(body, more):
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_arrives_in_one_piece():
    assert received([part(b"a", True), part(b"b", False)]) == [part(b"ab", False)]


def test_a_body_that_trickles_is_not_waited_for():
    with pytest.raises(Problem) as problem:
        received([part(b"a", True)], seconds=0.05)
    assert problem.value.status == 408


def test_a_client_that_leaves_is_not_answered():
    assert received([part(b"a", True), {"type": "http.disconnect"}]) == []


@pytest.mark.parametrize("length", [b"99999999999999999999999", b"2000"])
def test_what_is_said_to_be_long_is_not_read(length):
    with pytest.raises(Problem) as problem:
        received([], headers=[(b"content-length", length)])
    assert problem.value.status == 413


@pytest.mark.parametrize("length", [b"-1", b"x", b"\xb2"])
def test_a_length_that_is_none_is_not_believed(length):
    assert received([part(b"a", False)], headers=[(b"content-length", length)])

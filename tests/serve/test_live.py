"""The live connection: the answer after each token, and who may not have one."""

import json

import pytest
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from sentigate.serve import live
from sentigate.serve.doors import WEBSOCKET_KEY
from sentigate.serve.live import PROTOCOL
from sentigate.serve.security import add_key

PATH = "ws://localhost/v1/live"
TEXT = "the food was good"


def ask(socket, text):
    socket.send_text(json.dumps({"text": text}))
    return socket.receive_json()


def test_the_answer_after_each_token(server, analyze):
    steps = []
    with server.websocket_connect(PATH) as socket:
        for end in range(1, len(TEXT) + 1):
            answer = ask(socket, TEXT[:end])
            steps = steps[: answer["kept"]] + answer["steps"]
    wanted = analyze.trajectory(TEXT).steps
    assert [(one["start"], one["end"]) for one in steps] == [(one.start, one.end) for one in wanted]
    for step, one in zip(steps, wanted, strict=True):
        score = one.heads["sentiment"].score
        assert step["heads"]["sentiment"]["score"] == pytest.approx(score, abs=1e-4)
    whole = analyze(TEXT)
    assert (answer["model"], answer["tokens"]) == ("tiny", whole.tokens)
    assert answer["heads"]["sentiment"]["score"] == pytest.approx(whole.sentiment.score, abs=1e-4)


def test_some_heads(server):
    with server.websocket_connect(f"{PATH}?head=emotion&model=tiny") as socket:
        answer = ask(socket, "good")
    assert answer["heads"].keys() == answer["steps"][0]["heads"].keys() == {"emotion"}


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ('{"text": ""}', "empty"),
        ('{"text": null}', "missing"),
        ('{"text": 7}', "not_text"),
        ('{"txet": "good"}', "not_text"),
        ("rubbish", "not_text"),
        ("[" * 10_000, "not_text"),
        ("", "not_text"),
        (b"\xff", "not_text"),
        ('{"text": "\\ud800"}', "ok"),
        (json.dumps({"text": "x" * 100_001}), "too_long"),
    ],
)
def test_whatever_comes_has_a_status_and_the_next_its_answer(server, message, status):
    with server.websocket_connect(PATH) as socket:
        if isinstance(message, bytes):
            socket.send_bytes(message)
        else:
            socket.send_text(message)
        assert socket.receive_json()["status"] == status
        assert ask(socket, "good")["status"] == "ok"


def refusal(server, path=PATH, **options):
    """The status and the kind of problem with which a connection is refused."""
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        server.websocket_connect(path, **options),
    ):
        pass
    problem = refused.value.json()
    assert refused.value.headers["content-type"] == "application/problem+json"
    return refused.value.status_code, problem["type"].rpartition(":")[2]


def test_refusals(server, start):
    assert refusal(server, f"{PATH}?model=none") == (404, "no-such-model")
    assert refusal(server, f"{PATH}?head=none") == (404, "no-such-head")
    elsewhere = {"origin": "https://evil.example"}
    assert refusal(server, headers=elsewhere) == (403, "wrong-origin")
    assert refusal(server, headers={"host": "evil.example"}) == (421, "wrong-host")
    with start(max_streams=0) as full:
        assert refusal(full) == (429, "too-many-streams")
    with start(cors_origins=("https://shop.example",)) as open_server:
        origin = {"origin": "https://shop.example"}
        with open_server.websocket_connect(PATH, headers=origin) as socket:
            assert ask(socket, "good")["status"] == "ok"


def test_the_own_page_may_connect_and_bring_a_key(start, tmp_path):
    key = add_key(tmp_path / "keys.txt", "alice")
    origin = {"origin": "http://localhost"}
    with start(api_key_file=tmp_path / "keys.txt") as server:
        assert refusal(server, headers=origin) == (401, "no-key")
        offered = [PROTOCOL, WEBSOCKET_KEY + key]
        with server.websocket_connect(PATH, headers=origin, subprotocols=offered) as socket:
            assert socket.accepted_subprotocol == PROTOCOL
            assert ask(socket, "good")["status"] == "ok"
        bearer = {"Authorization": f"Bearer {key}"}
        with server.websocket_connect(PATH, headers=bearer) as socket:
            assert socket.accepted_subprotocol is None


def test_silence_and_the_end_of_the_server_close(start):
    with start(stream_seconds=0.1) as server, server.websocket_connect(PATH) as socket:
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 1008
    with start() as server, server.websocket_connect(PATH) as socket:
        assert ask(socket, "good")["status"] == "ok"
        server.portal.call(server.service.draining.set)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 1012
        assert server.service.streams == 0


def test_a_fault_of_ours_closes(server, monkeypatch):
    def fail(self, text):
        raise ValueError(text)

    monkeypatch.setattr(live.Live, "read", fail)
    with server.websocket_connect(PATH) as socket:
        socket.send_text('{"text": "good"}')
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 1011

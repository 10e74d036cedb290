"""The client: the library's predictions from a server, through refusals and out of reach."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("httpx2", reason="the client needs the extra client")

from sentigate import client as client_module
from sentigate.client import Client
from sentigate.errors import ServerError

ODD = ["the food was good", "", None, 7, float("nan"), b"bytes", "这家餐厅太棒了", "\ud800"]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    pauses = []
    monkeypatch.setattr(client_module.time, "sleep", pauses.append)
    return pauses


class Fake:
    """A server that gives prepared responses and remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.responses = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                fake.asked.append((self.headers, body))
                status, headers, answer = fake.next(body)
                content = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "content-length": len(content)}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def next(self, body):
        if self.responses:
            return self.responses.pop(0)
        result = {"status": "empty", "language": None, "model": None, "tokens": 0, "heads": {}}
        return 200, {}, {"results": [result for _ in body["texts"]]}


@pytest.fixture
def fake():
    server = Fake()
    thread = threading.Thread(target=server.http.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


def test_a_busy_server_is_asked_again_when_it_says(fake, no_pause):
    fake.responses = [(429, {"retry-after": 7}, {}), (503, {}, {})]
    with Client(fake.url, key="sg_x") as ask:
        assert ask("good").status == "empty"
    assert 7 <= no_pause[0] < 9
    assert 0 < no_pause[1] < 1
    assert [headers["authorization"] for headers, _ in fake.asked] == ["Bearer sg_x"] * 3


def test_a_refusal_is_told_and_not_repeated(fake):
    fake.responses = [(422, {}, {"detail": "unknown key"})]
    with Client(fake.url) as ask, pytest.raises(ServerError, match="says 422: unknown key"):
        ask(["good"])
    assert len(fake.asked) == 1


def test_a_server_that_stays_busy_is_given_up(fake):
    fake.responses = [(429, {}, ["no problem details"])] * 3
    with Client(fake.url, retries=2) as ask, pytest.raises(ServerError, match="says 429"):
        ask(["good"])
    assert len(fake.asked) == 3


def test_a_server_out_of_reach_is_told():
    with (
        Client("http://127.0.0.1:9", retries=1) as ask,
        pytest.raises(ServerError, match=r"cannot reach http://127.0.0.1:9"),
    ):
        ask("good")


def test_texts_go_in_batches_and_come_back_in_order(fake):
    with Client(fake.url, batch=3) as ask:
        found = ask(f"text {n}" for n in range(10))
    assert [one.text for one in found] == [f"text {n}" for n in range(10)]
    assert sorted(len(body["texts"]) for _, body in fake.asked) == [1, 3, 3, 3]


def test_a_stream_is_read_no_further_than_needed(fake):
    taken = []
    with Client(fake.url, batch=2, connections=2) as ask:
        answers = ask.stream(taken.append(n) or "good" for n in range(1000))
        assert next(answers).text == "good"
        assert len(taken) <= 8
        answers.close()

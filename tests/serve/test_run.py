"""The server as a process: slow and broken clients, signals, workers, and what it leaves behind."""

import asyncio
import json
import os
import signal
import socket
import threading
import time
from http.client import HTTPConnection, HTTPException

import pytest
import uvicorn
from typer.testing import CliRunner
from uvicorn.server import ServerState
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sentigate.cli.app import app
from sentigate.serve.live import PROTOCOL
from sentigate.serve.run import _Patient

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals differ elsewhere")

MARK = "xyzzy7"
JSON = {"content-type": "application/json"}


def post(port, texts, timeout=20):
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    connection.request("POST", "/v1/predict", json.dumps({"texts": texts}), JSON)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


def raw(port, *parts, pause=0.0):
    """Send bytes as they are, and return all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


@pytest.fixture(scope="module")
def alone(run_process, tiny, tmp_path_factory):
    """One process with short limits."""
    limits = ["--header-seconds", "0.5", "--body-seconds", "0.5", "--max-body-bytes", "2048"]
    with run_process(tmp_path_factory.mktemp("alone"), "--model", str(tiny), *limits) as running:
        yield running


def test_headers_that_trickle_are_not_waited_for(alone):
    start = time.monotonic()
    assert raw(alone.port, b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\n") == b""
    assert raw(alone.port) == b""
    assert time.monotonic() - start < 10


def test_a_body_that_trickles_is_not_waited_for(alone):
    head = b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"
    assert raw(alone.port, head, b"{").startswith(b"HTTP/1.1 408 ")


class Transport:
    """A connection of which the client reads so many bytes at each look."""

    def __init__(self, reads):
        self.unread, self.reads, self.aborted = 100_000, reads, False

    def get_write_buffer_size(self):
        self.unread -= self.reads
        return self.unread

    def get_extra_info(self, name, default=None):
        return default

    def abort(self):
        self.aborted = True

    def close(self):
        pass


@pytest.mark.parametrize(("reads", "aborted"), [(0, True), (1, False)])
def test_a_client_that_does_not_read_is_not_kept(reads, aborted):
    async def scenario():
        config = uvicorn.Config(None, log_config=None)
        config.load()
        connection = _Patient(60, 0.05, config, ServerState(), {})
        transport = Transport(reads)
        connection.connection_made(transport)
        connection.pause_writing()
        await asyncio.sleep(0.3)
        connection.connection_lost(None)
        return transport.aborted

    assert asyncio.run(scenario()) is aborted


@pytest.mark.parametrize(
    "sent",
    [
        b"rubbish\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_http_is_closed(alone, sent):
    received = raw(alone.port, sent)
    assert b" 200 " not in received
    assert b"Traceback" not in received
    assert post(alone.port, ["good"])[0] == 200


def test_a_live_upgrade_elsewhere_is_refused(alone):
    lines = [
        b"GET /v1/models HTTP/1.1",
        b"Host: localhost",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    received = raw(alone.port, b"\r\n".join(lines) + b"\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 4")


def test_a_live_connection(alone):
    with connect(f"ws://127.0.0.1:{alone.port}/v1/live", subprotocols=[PROTOCOL]) as socket:
        socket.send(json.dumps({"text": "good"}))
        assert json.loads(socket.recv())["status"] == "ok"
        assert socket.subprotocol == PROTOCOL
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{alone.port}/v1/live?model=none")
    assert refused.value.response.status_code == 404


def test_no_text_is_left_behind(alone):
    assert post(alone.port, [f"good {MARK}", f"{MARK}" * 3])[0] == 200
    assert post(alone.port, [MARK * 1000])[0] == 413
    with connect(f"ws://127.0.0.1:{alone.port}/v1/live?x={MARK}") as socket:
        socket.send(json.dumps({"text": MARK}))
        socket.recv()
        socket.send(MARK)
        socket.recv()
    raw(alone.port, f"GET /?{MARK} HTTP/1.1\r\nHost: {MARK}\r\n{MARK}\r\n\r\n".encode())
    files = [file for file in alone.log.parent.rglob("*") if file.is_file()]
    assert alone.log in files
    for file in files:
        assert MARK.encode() not in file.read_bytes(), file
    assert all(line["time"] and line["level"] and line["event"] for line in alone.lines())


def test_a_hang_up_opens_the_models_anew(alone):
    before = len([line for line in alone.lines() if line["event"] == "models are open"])
    alone.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        opened = [line for line in alone.lines() if line["event"] == "models are open"]
        if len(opened) > before:
            break
        time.sleep(0.05)
    assert len(opened) == before + 1
    assert post(alone.port, ["good"])[0] == 200


def keep_asking(port, outcomes, stop):
    """Ask on one connection after another until the server is gone; note what came of it."""
    while not stop.is_set():
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.connect()
        except OSError:
            return
        try:
            while not stop.is_set():
                connection.request("POST", "/v1/predict", '{"texts": ["good"]}', JSON)
                response = connection.getresponse()
                outcomes.append((response.status, len(json.loads(response.read())["results"])))
                if response.headers["connection"] == "close":
                    break
        except (OSError, HTTPException) as error:
            outcomes.append(type(error).__name__)
            return
        finally:
            connection.close()


def test_an_end_under_load_loses_nothing(run_process, tiny, tmp_path):
    arguments = ["--model", str(tiny), "--workers", "2", "--drain-seconds", "0.5"]
    outcomes, stop = [], threading.Event()
    with run_process(tmp_path, *arguments) as running:
        clients = [
            threading.Thread(target=keep_asking, args=(running.port, outcomes, stop))
            for _ in range(8)
        ]
        for client in clients:
            client.start()
        time.sleep(1)
        shown = raw(running.port, b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n")
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(120) == 0
        stop.set()
        for client in clients:
            client.join()
    served = [line for line in running.lines() if line.get("route") == "/v1/predict"]
    answered = outcomes.count((200, 1))
    assert b"sentigate_requests_total" in shown
    assert answered > 20
    assert {line["status"] for line in served} == {200}
    assert len(served) == answered
    # A connection that the kernel took in the last moment may be reset; nothing was read from it.
    assert len(outcomes) - answered <= 8


def cli(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_what_cannot_be_served_is_one_sentence(tmp_path):
    (tmp_path / "keys.txt").write_text("alice hunter2\n")
    for arguments, told in [
        (["--host", "0.0.0.0"], "give --api-key-file"),
        (["--host", "::", "--auth"], "give --api-key-file"),
        (["--model", "nowhere"], "there is no model 'nowhere'"),
        (["--model", "a=en", "--model", "a=zh"], "'a' cannot be its name"),
        (["--model", "auto=en"], "'auto' cannot be its name"),
        (["--api-key-file", str(tmp_path / "none")], "sentigate key"),
        (["--api-key-file", str(tmp_path / "keys.txt")], "line 1"),
        (["--no-auth", "--api-key-file", str(tmp_path / "none")], "exclude each other"),
        (["--tls-key", "x"], "needs both"),
        (["--port", "99999"], "port"),
        (["--port", "1", "--host", "203.0.113.1", "--no-auth"], "cannot listen on"),
    ]:
        result = cli("serve", *arguments)
        assert result.exit_code in (1, 2), arguments
        assert told in result.stderr, arguments
        assert len(result.stderr.splitlines()) == 1, arguments
        assert "hunter2" not in result.stderr


def test_a_key_from_the_command_line(tmp_path):
    result = cli("key", "alice", tmp_path / "keys.txt")
    assert result.exit_code == 0
    assert result.stdout.startswith("sg_")
    assert result.stdout.strip() not in (tmp_path / "keys.txt").read_text()

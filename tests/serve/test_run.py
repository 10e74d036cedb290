"""The server as a process: slow and broken clients, signals, workers, and what it leaves behind."""

import asyncio
import json
import os
import signal
import socket
import threading
import time
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from http.client import HTTPConnection, HTTPException
from unittest.mock import Mock

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


SIZE = 60_000
"""Bytes of an answer: less than makes the server stop writing, more than the kernel takes."""

ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def long_answer(scope, receive, send):
    """Send a long answer, of which /less announces more than it sends."""
    length = str(SIZE + (scope["path"] == "/less")).encode()
    headers = [(b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    more = scope["path"] == "/less"
    await send({"type": "http.response.body", "body": b"x" * SIZE, "more_body": more})


@asynccontextmanager
async def long_answers(reading):
    """A server that tells so, and clients for it; the kernel keeps little between them."""
    config = uvicorn.Config(
        long_answer,
        http=partial(_Patient, 1.0, reading),
        lifespan="off",
        log_config=None,
        timeout_keep_alive=0.1,
    )
    server = uvicorn.Server(config)
    with socket.socket() as listener, ExitStack() as clients:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        running = asyncio.create_task(server.serve(sockets=[listener]))

        async def connected():
            client = clients.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.setblocking(False)
            await asyncio.get_running_loop().sock_connect(client, listener.getsockname())
            return client

        while not (server.started or running.done()):
            await asyncio.sleep(0.01)
        assert server.started
        yield server.server_state, connected
        server.should_exit = server.force_exit = True
        await running


def in_server_loop(scenario):
    """Run in a loop of the kind that the server has."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(scenario)


async def until(holds, seconds=10):
    """Wait until something holds, and say whether it does."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return holds()


NEVER_READ = {
    "kept alive": (ASKED,),
    "closed": (ASKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),),
    "closed, old": (ASKED.replace(b"1.1", b"1.0"),),
    "next one begun": (ASKED, b"G"),
    "next one broken": (ASKED, b"rubbish\r\n\r\n"),
    "answer broken off": (ASKED.replace(b"/ ", b"/less ", 1),),
    "many asked": (ASKED * 9,),
}


def test_a_client_that_never_reads_is_cut_off(caplog):
    async def scenario():
        loop = asyncio.get_running_loop()
        async with long_answers(reading=0.2) as (state, connected):
            clients = {name: await connected() for name in NEVER_READ}
            for name, (first, *_) in NEVER_READ.items():
                await loop.sock_sendall(clients[name], first)
            assert await until(lambda: state.total_requests >= len(clients) - 1)
            for name, (_, *rest) in NEVER_READ.items():
                await loop.sock_sendall(clients[name], b"".join(rest))
            await until(lambda: not state.connections)
            kept = {
                connection.transport.get_extra_info("peername") for connection in state.connections
            }
            return [name for name, client in clients.items() if client.getsockname() in kept]

    assert in_server_loop(scenario()) == []
    assert not [record for record in caplog.records if record.exc_info]


def test_a_client_that_reads_slowly_gets_all():
    async def scenario():
        loop, received = asyncio.get_running_loop(), b""
        async with long_answers(reading=0.4) as (_, connected):
            client = await connected()
            await loop.sock_sendall(client, *NEVER_READ["closed"])
            while part := await loop.sock_recv(client, 2048):
                received += part
                await asyncio.sleep(0.04)
        return received

    assert in_server_loop(scenario()).endswith(b"\r\n\r\n" + b"x" * SIZE)


def test_a_client_that_reads_as_fast_as_it_is_written_to_is_kept():
    async def scenario():
        config = uvicorn.Config(None, log_config=None)
        config.load()
        connection = _Patient(60, 60, config, ServerState(), {})
        transport = Mock(**{"get_write_buffer_size.return_value": 100_000})
        transport.is_closing.return_value = False
        connection.connection_made(transport)
        for _ in range(3):
            connection.pause_writing()
            connection._look()
            connection.resume_writing()
        assert not transport.abort.called
        connection.pause_writing()
        connection._look()
        connection._look()
        assert transport.abort.called
        connection.connection_lost(None)

    asyncio.run(scenario())


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

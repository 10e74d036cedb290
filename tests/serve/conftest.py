"""Servers in the test process, and one in a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest

pytest.importorskip("fastapi", reason="the server needs the extra serve")

import uvicorn
from starlette.testclient import TestClient

from sentigate.analyzer import load
from sentigate.serve.app import create_app
from sentigate.serve.run import _Patient
from sentigate.serve.settings import ServeConfig

URL = "http://localhost"


@pytest.fixture(scope="session")
def start(tiny):
    """Return a context manager that starts a server on the model `tiny` and gives a client."""

    @contextmanager
    def started(folders=None, headers=None, **settings):
        app = create_app(ServeConfig(**settings), folders or {"tiny": tiny})
        with TestClient(app, base_url=URL, headers=headers) as client:
            client.service = app.state.service
            yield client

    return started


@pytest.fixture(scope="session")
def server(start):
    """A client of a server with the settings as they come."""
    with start() as client:
        yield client


@pytest.fixture(scope="session")
def analyze(tiny):
    """The same model in the library, for comparison."""
    return load(tiny)


@pytest.fixture(scope="session")
def run_process():
    """Return a context manager that runs `sentigate serve` and gives its address and log."""

    @contextmanager
    def started(folder, *arguments):
        log = folder / "log"
        command = [sys.executable, "-m", "sentigate", "serve", "--port", "0", *arguments]
        with log.open("wb") as file:
            process = subprocess.Popen(
                command,
                stdout=file,
                stderr=file,
                cwd=folder,
                env=os.environ | {"TMPDIR": str(folder)},
            )
        try:
            yield Running(process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(120) == 0

    return started


class Running:
    """A server process: its log, its port once it answers."""

    def __init__(self, process, log):
        self.process = process
        self.log = log
        self.port = int(self.until("serving on")["event"].rpartition(":")[2])
        self.until("models are open")

    def lines(self):
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def until(self, event, seconds=120):
        """The first line of the log whose event begins so; waits for it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            text = self.log.read_text("utf-8")
            for line in text[: text.rfind("\n") + 1].splitlines():
                if json.loads(line)["event"].startswith(event):
                    return json.loads(line)
            time.sleep(0.05)
        raise AssertionError(f"no {event!r} in:\n{self.log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def listen(tiny):
    """Return a context manager that serves in a thread of this process and gives the URL."""

    @contextmanager
    def listening(folders=None, *, buffer=None, **settings):
        config = ServeConfig(**settings)
        app = create_app(config, folders or {"tiny": tiny})
        listener = socket.create_server(("127.0.0.1", 0))
        if buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        http = partial(_Patient, config.header_seconds, config.stream_seconds)
        running = uvicorn.Server(uvicorn.Config(app, http=http, log_config=None, access_log=False))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        while not running.started and thread.is_alive():
            time.sleep(0.01)
        assert running.started, "the server ended before it listened"
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join(30)

    return listening


@pytest.fixture(scope="session")
def address(listen):
    """The URL of a server with the settings as they come."""
    with listen() as url:
        yield url

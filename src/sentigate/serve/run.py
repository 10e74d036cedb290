"""Running the server: the socket, the processes, the logs. The only importer of uvicorn.

Everything that can be wrong with what a user gave is found here, before anything is served.
"""

import math
import os
import signal
import socket
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

from sentigate.errors import ConfigError
from sentigate.model.artifact import find_model, load_artifact, shipped
from sentigate.serve.logs import configure, log
from sentigate.serve.metrics import SHARED_FOLDER, forget_process
from sentigate.serve.security import read_keys
from sentigate.serve.settings import ServeConfig

BACKLOG = 2048


def serve(config: ServeConfig, models: Mapping[str, str]) -> None:
    """Serve until a signal ends it.

    Args:
        config: the settings.
        models: names under which models are served, each with a shipped name or a folder; none is
            all shipped models.

    Raises:
        ConfigError: the address is taken, or the file of keys cannot be used.
        ModelError: a model cannot be used.
    """
    folders = _folders(models)
    if config.api_key_file is not None:
        read_keys(config.api_key_file)
    listener = _listen(config)
    configure(config.log_format)
    scheme, port = "https" if config.tls_key else "http", listener.getsockname()[1]
    log(f"serving on {scheme}://{_in_url(config.host)}:{port}", models=", ".join(folders))
    # Uvicorn raises the signal that ended it again; to have ended as told is no failure.
    signal.signal(signal.SIGTERM, lambda *_: None)
    settings = _uvicorn_settings(config, folders)
    with listener:
        if config.workers == 1:
            uvicorn.Server(settings).run(sockets=[listener])
        else:
            _run_workers(settings, listener)
    log("stopped")


def _run_workers(settings: uvicorn.Config, listener: socket.socket) -> None:
    with tempfile.TemporaryDirectory(prefix="sentigate-") as shared:
        os.environ[SHARED_FOLDER] = shared
        _Workers(settings, sockets=[listener]).run()


def _folders(models: Mapping[str, str]) -> dict[str, Path]:
    """The folder of each model, read once to see that it is whole."""
    folders = {name: find_model(model) for name, model in models.items()} or shipped()
    for folder in folders.values():
        load_artifact(folder)
    return folders


def _listen(config: ServeConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigError(
            [
                f"cannot listen on {_in_url(config.host)}:{config.port} "
                f"({error.strerror or error}): choose another --port or --host"
            ]
        ) from None


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _uvicorn_settings(config: ServeConfig, folders: Mapping[str, Path]) -> uvicorn.Config:
    return uvicorn.Config(
        partial(_create_app, config, folders),
        factory=True,
        workers=config.workers,
        http=partial(_Patient, config.header_seconds, config.stream_seconds),  # type: ignore[arg-type]
        ws_max_size=config.max_body_bytes,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        limit_concurrency=config.max_connections,
        timeout_keep_alive=config.keep_alive_seconds,
        timeout_graceful_shutdown=config.shutdown_seconds,
        ssl_certfile=config.tls_certificate,
        ssl_keyfile=config.tls_key,
    )


def _create_app(config: ServeConfig, folders: Mapping[str, Path]) -> Any:
    """Build the application in the process that runs it."""
    from sentigate.serve.app import create_app

    configure(config.log_format)
    return create_app(config, folders)


class _Patient(HttpToolsProtocol):
    """A connection that is closed when a request's headers do not arrive or an answer is not read.

    Uvicorn itself would wait for ever, so a few slow clients could take all connections. A close
    alone does not help: it waits until all is read. So whether anything is read is looked at again
    and again, from the first moment to the last, and a client that read nothing is cut off after
    once to twice the time it has.
    """

    def __init__(self, headers: float, reading: float, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._headers = headers
        self._reading = reading
        self._unread: float = math.inf
        self._timer: Any = None
        self._next_look: Any = None
        self._unanswered: list[Any] = []

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._start()
        self._look()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._start()

    def on_headers_complete(self) -> None:
        self._stop()
        super().on_headers_complete()
        open_ones = [one for one in self._unanswered if not one.response_complete]
        self._unanswered = [*open_ones, self.cycle] if self.cycle else open_ones

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self._next_look.cancel()
        for one in self._unanswered:  # uvicorn tells the last one alone, not those before it
            one.disconnected = True
            one.message_event.set()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._next_look.cancel()  # pings tell there whether anybody reads
        super().handle_websocket_upgrade()

    def resume_writing(self) -> None:
        self._unread = math.inf  # much was read, however much is unread again at the next look
        super().resume_writing()

    def _start(self) -> None:
        self._stop()
        self._timer = self.loop.call_later(self._headers, self.transport.close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        """Break off where nothing was read since the last look of what nothing was added to."""
        unread = self.transport.get_write_buffer_size()
        if 0 < unread >= self._unread:
            self.transport.abort()
            return
        full = self.flow.write_paused or self.transport.is_closing()
        self._unread = unread if full else math.inf
        self._next_look = self.loop.call_later(self._reading, self._look)


class _Workers(Multiprocess):
    """Several processes on one socket; SIGHUP is theirs to heed, and they go on serving."""

    def handle_hup(self) -> None:
        for process in self.processes:
            if process.pid is not None:
                os.kill(process.pid, signal.SIGHUP)

    def keep_subprocess_alive(self) -> None:
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            if pid is not None:
                forget_process(pid)

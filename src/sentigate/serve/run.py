"""Running the server: the socket, the processes, the logs. The only importer of uvicorn.

Everything that can be wrong with what a user gave is found here, before anything is served.
"""

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

    Uvicorn itself would wait for ever, so a few slow clients could take all connections.
    """

    def __init__(self, headers: float, reading: float, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._headers = headers
        self._reading = reading
        self._timer: Any = None
        self._reader: Any = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._start()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._start()

    def on_headers_complete(self) -> None:
        self._stop()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self._stop_watching()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        self._stop_watching()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch()  # it closes only once all is read

    def _start(self) -> None:
        self._stop()
        self._timer = self.loop.call_later(self._headers, self.transport.close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _watch(self) -> None:
        """Come back later, and break off where the client has read nothing till then."""
        self._stop_watching()
        unread = self.transport.get_write_buffer_size()
        if unread:
            self._reader = self.loop.call_later(self._reading, self._look_again, unread)

    def _look_again(self, unread: int) -> None:
        if self.transport.get_write_buffer_size() < unread:
            self._watch()
        else:
            self.transport.abort()

    def _stop_watching(self) -> None:
        if self._reader is not None:
            self._reader.cancel()


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

"""Signals: SIGHUP opens the models anew, SIGTERM lets clients move on before the server ends.

Whatever server runs the application has its own handler of SIGTERM, which is called once the
application has drained. Knows no HTTP.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sentigate.serve.logs import log
from sentigate.serve.service import Service


@contextmanager
def listening(service: Service) -> Iterator[None]:
    """Heed signals while the block runs, where a program can: in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = _handlers(service)
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handlers(service: Service) -> dict[int, Callable[..., None]]:
    loop = asyncio.get_running_loop()
    end = signal.getsignal(signal.SIGTERM)

    def on_term(*_: Any) -> None:
        loop.call_soon_threadsafe(_drain, service, end)

    def on_hup(*_: Any) -> None:
        if service.config.reload_models:
            loop.call_soon_threadsafe(_reload, service)

    handlers: dict[int, Callable[..., None]] = {signal.SIGTERM: on_term}
    if hasattr(signal, "SIGHUP"):
        handlers[signal.SIGHUP] = on_hup
    return handlers


def _drain(service: Service, end: Any) -> None:
    """Tell clients to move on, and end a little later; at once where it is said again."""
    wait = 0.0 if service.draining.is_set() else service.config.drain_seconds
    service.draining.set()
    log("draining", seconds=wait)
    if callable(end):
        asyncio.get_running_loop().call_later(wait, end, signal.SIGTERM, None)


def _reload(service: Service) -> None:
    task = asyncio.get_running_loop().create_task(service.reload())
    service.tasks.add(task)  # the loop alone would not keep it
    task.add_done_callback(service.tasks.discard)

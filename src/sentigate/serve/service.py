"""What the handlers of a server share: settings, models, queue, counts. Knows no routes."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from sentigate.analyzer import Analyzer
from sentigate.errors import SentigateError, suggestion
from sentigate.serve.batcher import Answer, Batcher, QueueFull, Work
from sentigate.serve.logs import log
from sentigate.serve.metrics import Meters
from sentigate.serve.problems import Problem
from sentigate.serve.security import Key, read_keys
from sentigate.serve.settings import ServeConfig
from sentigate.serve.shelf import Shelf, open_shelf


@dataclass
class Service:
    """A server at work, apart from HTTP.

    Args:
        config: its settings.
        folders: the model folders by the names under which they are served.
        meters: its counts.
        batcher: its queue.
        shelf: the open models; None before the start.
        keys: who may ask; empty where everybody may.
        streams: how many streams and live connections are open.
        draining: set when the server has been told to end.
        reloading: held while models are opened anew.
        tasks: what runs beside the requests.
    """

    config: ServeConfig
    folders: Mapping[str, Path]
    meters: Meters
    batcher: Batcher
    shelf: Shelf | None = None
    keys: tuple[Key, ...] = ()
    streams: int = 0
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    reloading: asyncio.Lock = field(default_factory=asyncio.Lock)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def ready(self) -> bool:
        """Whether requests should be sent here."""
        return self.shelf is not None and not self.draining.is_set()

    @property
    def models(self) -> Shelf:
        """The open models.

        Raises:
            Problem: there are none yet.
        """
        if self.shelf is None:
            raise Problem(503, "not-ready", "the models are being opened: come back in a moment")
        return self.shelf

    def analyzer(self, name: str) -> Analyzer:
        """Return the model of a name that a request gave.

        Raises:
            Problem: there is none of this name.
        """
        shelf = self.models
        if name not in shelf.analyzers:
            hint = suggestion(name, shelf.names)
            raise Problem(404, "no-such-model", f"there is no such model{hint}")
        return shelf.analyzers[name]

    async def answer(self, work: Work, inputs: Sequence[object], since: float) -> Answer:
        """Have inputs computed in time.

        Args:
            work: what to do with them.
            inputs: at most as many as a request may hold.
            since: when the request arrived, by `time.perf_counter`.

        Raises:
            Problem: the queue is full, or the time is up.
        """
        left = self.config.request_seconds - (time.perf_counter() - since)
        try:
            async with asyncio.timeout(left):
                answer = await self.batcher.answer(work, inputs)
        except QueueFull as full:
            wait = {"Retry-After": str(full.retry_after)}
            raise Problem(429, "queue-full", "too much waits: come back later", wait) from None
        except TimeoutError:
            raise Problem(504, "timeout", "no answer in time: send less, or later") from None
        self.meters.waiting_seconds.observe(answer.waited)
        return answer

    @contextmanager
    def stream(self) -> Iterator[None]:
        """Hold one of the places for streams and live connections.

        Raises:
            Problem: all are taken.
        """
        if self.streams >= self.config.max_streams:
            told = f"{self.streams} streams are open, the most there may be: come back later"
            raise Problem(429, "too-many-streams", told, {"Retry-After": "5"})
        self.streams += 1
        self.meters.streams.inc()
        try:
            yield
        finally:
            self.streams -= 1
            self.meters.streams.dec()

    async def open(self) -> None:
        """Open models and keys, off the event loop; what was open before stays in use till then.

        Raises:
            SentigateError: a model or the file of keys cannot be used; nothing has changed then.
        """
        file = self.config.api_key_file
        keys = read_keys(file) if file else ()
        shelf = await asyncio.to_thread(open_shelf, self.folders, self.config.threads)
        self.keys, self.shelf = keys, shelf
        log("models are open", versions=dict(shelf.versions))

    async def reload(self) -> None:
        """Open models and keys anew; where that fails, say so and go on with the old ones."""
        async with self.reloading:
            try:
                await self.open()
            except SentigateError as error:
                self.meters.reloads.labels("failed").inc()
                log(f"nothing was reloaded: {error}")
            else:
                self.meters.reloads.labels("done").inc()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the models, answer, and at the end finish what was taken."""
        self.batcher.start()
        try:
            await self.open()
            yield
        finally:
            await self.batcher.close()


def make_service(config: ServeConfig, folders: Mapping[str, Path]) -> Service:
    """Put together a service that is not yet open."""
    meters = Meters()
    batcher = Batcher(meters, window=config.batch_window_ms / 1000, most_waiting=config.max_queue)
    return Service(config, folders, meters, batcher)


async def _service(connection: HTTPConnection) -> Service:
    service: Service = connection.app.state.service
    return service


Serving = Annotated[Service, Depends(_service)]
"""A handler's parameter that gets the service."""

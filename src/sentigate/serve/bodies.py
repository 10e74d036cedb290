"""Bodies of requests: read whole and in time before anything else is done, never too long.

A stream's body is left alone; it is read as it comes, by `stream`.
"""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentigate.serve.problems import Problem
from sentigate.serve.service import Service

STREAM = "/v1/predict/stream"
_BODILESS = ("GET", "HEAD", "OPTIONS")
_CLOSE = {"Connection": "close"}


class Bodies:
    """ASGI middleware that reads a body before the application is called.

    Args:
        app: what answers.
        service: the limits, and the queue, which is told that a request is on its way.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._config = service.config
        self._batcher = service.batcher

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body, or raise the problem it has."""
        if scope["type"] != "http" or scope["method"] in _BODILESS or scope["path"] == STREAM:
            await self._app(scope, receive, send)
            return
        with self._batcher.expecting():
            body = await self._read(Headers(scope=scope), receive)
            if body is not None:
                await self._app(scope, _replay(body, receive), send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes | None:
        """The body; None where the client has left."""
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._config.max_body_bytes:
            raise self._too_long()
        body = bytearray()
        try:
            async with asyncio.timeout(self._config.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    body += message.get("body", b"")
                    if len(body) > self._config.max_body_bytes:
                        raise self._too_long()
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError:
            raise Problem(408, "slow-body", "the body did not arrive in time", _CLOSE) from None

    def _too_long(self) -> Problem:
        most = self._config.max_body_bytes
        told = f"the body is longer than {most} bytes: send less, or use {STREAM}"
        return Problem(413, "body-too-long", told, _CLOSE)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body first and then whatever else comes."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return first.pop() if first else await receive()

    return replayed

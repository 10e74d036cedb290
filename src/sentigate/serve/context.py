"""Around every request: its id, its line in the log, its counts, and the last word on errors.

The outermost layer. It names routes, never paths, since a path or query may hold a text.
"""

import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentigate.serve.logs import log, log_error, request_id
from sentigate.serve.problems import Problem, internal_error
from sentigate.serve.service import Service

HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
"""On every response that does not set them otherwise."""

QUIET = ("/health/live", "/health/ready", "/metrics")
"""Routes that are asked every few seconds and logged only where they fail."""

SWITCHED = 101
"""The status of a connection that has become a WebSocket."""

INTERNAL_ERROR = 1011
"""With this a WebSocket is closed after a fault of ours."""

_FIT = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Context:
    """ASGI middleware: what is around every request.

    Args:
        app: what answers.
        service: the counts and the state of the server.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(self._service, scope, send)
        token = request_id.set(exchange.identity)
        try:
            await exchange.answer(self._app, receive)
        finally:
            exchange.note()
            request_id.reset(token)


class _Exchange:
    """One request and its response."""

    def __init__(self, service: Service, scope: Scope, send: Send) -> None:
        self._service = service
        self._scope = scope
        self._send = send
        self._status = 0
        self._state = scope.setdefault("state", {})
        self._state["arrived"] = time.perf_counter()
        self.identity = _identity(Headers(scope=scope).get("x-request-id"))

    async def answer(self, app: ASGIApp, receive: Receive) -> None:
        """Let the application answer; whatever it raises becomes a problem."""
        try:
            await app(self._scope, receive, self.send)
        except Problem as problem:
            await self._refuse(problem, receive)
        except Exception as error:
            self._service.meters.errors.inc()
            log_error("a request failed", error, route=self._route)
            await self._refuse(internal_error(), receive)

    async def send(self, message: Message) -> None:
        """Pass a message on; the first one gets the headers that every response has."""
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["x-request-id"] = self.identity
            if self._service.draining.is_set():
                headers["connection"] = "close"
        elif message["type"] == "websocket.accept":
            self._status = SWITCHED
        await self._send(message)

    async def _refuse(self, problem: Problem, receive: Receive) -> None:
        """Send a problem, unless a response has begun, which then ends where it is."""
        self._state["problem"] = problem.kind
        if self._status == SWITCHED:
            await self._send({"type": "websocket.close", "code": INTERNAL_ERROR})
        if self._status:
            return
        await problem.response()(self._scope, receive, self.send)

    def note(self) -> None:
        """Count the request and write its line."""
        meters, seconds = self._service.meters, time.perf_counter() - self._state["arrived"]
        method = self._scope.get("method", "WS")
        meters.requests.labels(self._route, method, str(self._status)).inc()
        meters.request_seconds.labels(self._route).observe(seconds)
        if "problem" in self._state:
            meters.refused.labels(self._state["problem"]).inc()
        if self._route in QUIET and self._status < 400:
            return
        told = ("key", "texts", "tokens", "problem")
        more = {name: self._state[name] for name in told if name in self._state}
        milliseconds = round(seconds * 1000, 2)
        log(
            "request",
            route=self._route,
            method=method,
            status=self._status,
            ms=milliseconds,
            **more,
        )

    @property
    def _route(self) -> str:
        return getattr(self._scope.get("route"), "path", None) or "other"


def _identity(given: str | None) -> str:
    """The id that the client gave, where it can stand in a log, else a new one."""
    return given if given and _FIT.fullmatch(given) else uuid4().hex

"""Who comes in: the host a request is addressed to, the page it comes from, its key and rate.

Stands before the body is read. Which keys there are is the service's matter.
"""

from math import ceil

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sentigate.serve.problems import Problem
from sentigate.serve.security import LOCAL_HOSTS, Key, Rates, find_key, host_of, is_own_page
from sentigate.serve.service import Service
from sentigate.serve.settings import is_loopback

LOCKED = ("/v1/", "/metrics")
"""Beginnings of the paths that need a key; the rest is health, page and documentation."""

WEBSOCKET_KEY = "sentigate.key."
"""A page cannot set headers of a WebSocket, so the key comes as one of its subprotocols."""


class Doors:
    """ASGI middleware that lets in only who may come.

    Args:
        app: what answers.
        service: its settings and keys.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service
        self._rates = Rates(service.config.rate_limit)
        self._hosts = _hosts(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or raise the problem it has."""
        if scope["type"] != "lifespan":
            headers = Headers(scope=scope)
            self._check_host(headers.get("host", ""))
            if scope["type"] == "websocket":
                self._check_origin(headers)
            if self._service.keys and scope["path"].startswith(LOCKED):
                scope["state"]["key"] = self._admit(headers).name
        await self._app(scope, receive, send)

    def _check_host(self, header: str) -> None:
        """Refuse other names: a page elsewhere may have made one that leads here."""
        if self._hosts and host_of(header) not in self._hosts:
            told = "this server does not answer to that host name (--allowed-hosts)"
            raise Problem(421, "wrong-host", told)

    def _check_origin(self, headers: Headers) -> None:
        """Refuse live connections from other pages, which browsers do not stop by themselves."""
        origin = headers.get("origin")
        own = origin is None or is_own_page(origin, headers.get("host", ""))
        if not own and origin not in self._service.config.cors_origins:
            raise Problem(403, "wrong-origin", "pages of that origin may not come in")

    def _admit(self, headers: Headers) -> Key:
        key = find_key(self._service.keys, _presented(headers))
        if key is None:
            told = "this needs a key: send Authorization: Bearer KEY"
            raise Problem(401, "no-key", told, {"WWW-Authenticate": "Bearer"})
        if wait := self._rates.wait(key):
            told = "this key has asked too often: come back later"
            raise Problem(429, "rate-limit", told, {"Retry-After": str(ceil(wait))})
        return key


def _hosts(service: Service) -> frozenset[str]:
    """The host names that are answered; none is all of them."""
    config = service.config
    open_to_all = config.api_key_file is not None or not is_loopback(config.host)
    if open_to_all and not config.allowed_hosts:
        return frozenset()
    return frozenset([*LOCAL_HOSTS, *(host.lower() for host in config.allowed_hosts)])


def _presented(headers: Headers) -> str:
    """The key that a request brings, wherever it has it."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    offered = headers.get("sec-websocket-protocol", "").split(",")
    found = (one.strip() for one in offered if one.strip().startswith(WEBSOCKET_KEY))
    return headers.get("x-api-key") or next(found, "").removeprefix(WEBSOCKET_KEY)

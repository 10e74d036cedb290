"""Every setting of the server, checked before anything is opened. Knows no HTTP."""

from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from sentigate.config import Config


class ServeConfig(Config):
    """All that can be set for `sentigate serve`; one flat level, so that each key is a flag.

    The sentence under each key is what `docs/serving.md` prints.

    Example:
        >>> ServeConfig(max_texts=10).max_texts
        10
        >>> ServeConfig.from_dict({"host": "0.0.0.0"})
        Traceback (most recent call last):
        ...
        sentigate.errors.ConfigError: '0.0.0.0' opens the server to the network: give
        --api-key-file (sentigate key makes one), or say --no-auth
    """

    model_config = ConfigDict(use_attribute_docstrings=True)

    host: str = "127.0.0.1"
    """Address to listen on; any but this machine's own needs keys, or an explicit `--no-auth`."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port to listen on; 0 takes a free one and says which."""
    workers: int = Field(default=1, ge=1, le=256)
    """Processes; each holds its own models, queue and limits."""
    threads: int = Field(default=1, ge=1)
    """CPU threads of the engine, in each process."""

    auth: bool = True
    """Whether requests from the network need a key."""
    api_key_file: Path | None = None
    """File of the keys' hashes, as `sentigate key` writes it; every request then needs a key."""
    rate_limit: int = Field(default=600, ge=0)
    """Requests per minute of one key, in each process; 0 is no limit."""
    allowed_hosts: tuple[str, ...] = ()
    """Host names that requests may be addressed to; without keys also this machine's own."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call the server, such as `https://shop.example`."""
    tls_certificate: Path | None = None
    """Certificate file (PEM), to serve HTTPS."""
    tls_key: Path | None = None
    """Private key of the certificate."""

    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1024)
    """Longest body of a request, and longest line of a stream."""
    max_texts: int = Field(default=1000, ge=1)
    """Most texts in a request."""
    max_characters: int = Field(default=100_000, ge=1)
    """Longest text; a longer one gets the status `too_long`, the others their answers."""
    max_explained_texts: int = Field(default=32, ge=0)
    """Most texts in a request that asks for explanations."""
    max_explained_characters: int = Field(default=2000, ge=1)
    """Longest text that is explained; the work of some methods grows with its square."""
    max_queue: int = Field(default=4096, ge=1)
    """Most texts that wait; a request that would exceed it is told to come back (429)."""
    max_streams: int = Field(default=16, ge=0)
    """Most NDJSON streams and live connections at a time."""
    max_connections: int = Field(default=1000, ge=1)
    """Most connections at a time, idle ones included."""

    batch_texts: int = Field(default=128, ge=1)
    """Most texts that are computed together."""
    batch_window_ms: float = Field(default=2.0, ge=0, le=1000)
    """How long a text may wait for company, while other requests are on their way."""

    request_seconds: float = Field(default=30.0, gt=0)
    """Longest time from a request's arrival to its answer; then 504."""
    header_seconds: float = Field(default=10.0, gt=0)
    """Longest time for a request's headers to arrive; then the connection is closed."""
    body_seconds: float = Field(default=30.0, gt=0)
    """Longest time for a request's body to arrive; then 408."""
    stream_seconds: float = Field(default=60.0, gt=0)
    """Longest silence of a client that streams, types or reads; then its connection is closed."""
    keep_alive_seconds: int = Field(default=30, ge=0)
    """How long an idle connection is kept."""
    drain_seconds: float = Field(default=1.0, ge=0)
    """After SIGTERM: how long new requests are still taken, so that clients can move on."""
    shutdown_seconds: int = Field(default=30, ge=1)
    """After that: how long the requests that were taken may still run."""

    reload_models: bool = True
    """On SIGHUP open models and keys anew, without a failed request; else SIGHUP does nothing."""
    log_format: Literal["auto", "json", "text"] = "auto"
    """How logs are written; `auto` is text on a terminal and JSON elsewhere."""

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.auth and self.api_key_file is None and not is_loopback(self.host):
            raise ValueError(
                f"{self.host!r} opens the server to the network: give --api-key-file "
                "(sentigate key makes one), or say --no-auth"
            )
        if not self.auth and self.api_key_file is not None:
            raise ValueError("--no-auth and --api-key-file exclude each other: leave one out")
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("HTTPS needs both --tls-certificate and --tls-key")
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    Example:
        >>> [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "::")]
        [True, True, True, False, False]
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

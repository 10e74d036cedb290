"""Who may ask: keys, their rates, and from which pages and under which names the server is called.

Of a key only its hash is kept. Keys are long and random, made by `sentigate key`, so a plain
SHA-256 is enough: there is nothing to guess. Knows no HTTP beyond names of hosts and origins.
"""

import hmac
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sentigate.errors import ConfigError
from sentigate.files import sha256, write_aside

PREFIX = "sg_"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}")
_LINE = re.compile(rf"({_NAME.pattern})\s+sha256:([0-9a-f]{{64}})(?:\s+rate=(\d+))?")


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept.

    Args:
        name: whose it is; for logs.
        digest: SHA-256 of the key, 64 hexadecimal digits.
        rate: its requests a minute; None for the server's, 0 for no limit.
    """

    name: str
    digest: str
    rate: int | None = None


def add_key(file: Path, name: str) -> str:
    """Make a key, add its hash to a file and return the key, which is kept nowhere.

    Raises:
        ConfigError: the name is unfit or taken, or the file is no file of keys.
        OutputError: the file cannot be written.
    """
    known = read_keys(file) if file.exists() else ()
    if not _NAME.fullmatch(name):
        raise ConfigError([f"{name!r} cannot name a key: use letters, digits, . _ and -"])
    if name in [key.name for key in known]:
        raise ConfigError([f"{file} has a key named {name!r}: take another, or delete its line"])
    secret = PREFIX + secrets.token_urlsafe(32)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    with write_aside(file) as aside:
        aside.write_text(f"{before}{name} sha256:{sha256(secret.encode())}\n", encoding="utf-8")
        if file.exists():
            shutil.copymode(file, aside)
    return secret


def read_keys(file: Path) -> tuple[Key, ...]:
    """Read a file of keys: a line each, `NAME sha256:DIGEST [rate=N]`; # begins a comment.

    Raises:
        ConfigError: there is no such file, it holds no key, or a line is of another form.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ConfigError([f"cannot read the keys in {file}: make them by sentigate key"]) from None
    rows = [(number, line.partition("#")[0].strip()) for number, line in enumerate(lines, 1)]
    keys = tuple(_key(file, number, row) for number, row in rows if row)
    if not keys:
        raise ConfigError([f"{file} holds no key: make one by sentigate key"])
    return keys


def _key(file: Path, number: int, row: str) -> Key:
    found = _LINE.fullmatch(row)
    if found is None:  # the line may be a key in the clear, so it is not shown
        raise ConfigError(
            [f"{file}, line {number}: expected NAME sha256:DIGEST as sentigate key writes it"]
        )
    return Key(found[1], found[2], int(found[3]) if found[3] else None)


def find_key(keys: Sequence[Key], presented: str) -> Key | None:
    """Return the key that was presented; takes the same time whichever it is, or none.

    Example:
        >>> alice = Key("alice", sha256(b"sg_secret"))
        >>> find_key([alice], "sg_secret") is alice, find_key([alice], "sg_guess")
        (True, None)
    """
    digest = sha256(presented.encode("utf-8", "surrogatepass"))
    found = None
    for key in keys:
        if hmac.compare_digest(key.digest, digest):
            found = key
    return found


class Rates:
    """A bucket of requests for each key, refilled evenly; so many a minute.

    Args:
        default: requests a minute of a key that has no rate of its own; 0 is no limit.

    Example:
        >>> rates, key = Rates(default=1), Key("alice", "")
        >>> rates.wait(key), 59 < rates.wait(key) <= 60
        (0.0, True)
    """

    def __init__(self, default: int) -> None:
        self._default = default
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, key: Key) -> float:
        """Take a request out of a key's bucket; the seconds to wait where it is empty, else 0."""
        rate = self._default if key.rate is None else key.rate
        if rate == 0:
            return 0.0
        now = time.monotonic()
        left, then = self._buckets.get(key.name, (float(rate), now))
        left = min(float(rate), left + (now - then) * rate / 60)
        self._buckets[key.name] = (left - 1 if left >= 1 else left, now)
        return 0.0 if left >= 1 else (1 - left) * 60 / rate


def host_of(header: str) -> str:
    """Return the host of a Host header, without port and brackets, in lower case.

    Example:
        >>> host_of("LocalHost:8080"), host_of("[::1]:8080"), host_of("a.example")
        ('localhost', '::1', 'a.example')
    """
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def is_own_page(origin: str, host: str) -> bool:
    """Whether a page of this origin is the server's own; `host` is the Host header.

    Example:
        >>> is_own_page("http://localhost:8080", "localhost:8080")
        True
        >>> is_own_page("https://elsewhere.example", "localhost:8080")
        False
    """
    return origin.partition("://")[2].lower() == host.lower()

"""Files that are either whole or not there: written aside, then renamed; knows no model."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentigate.errors import OutputError


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


@contextmanager
def write_aside(path: Path, *, locked: bool = False) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` when the block ends well.

    Args:
        path: where the file will be.
        locked: no other process writes it; what one that was killed has left is written over.

    Raises:
        OutputError: the disk is full or the place cannot be written; nothing is left behind.

    Example:
        >>> target = Path(tempfile.mkdtemp()) / "a.txt"
        >>> with write_aside(target) as aside:
        ...     _ = aside.write_text("whole")
        >>> target.read_text()
        'whole'
    """
    with output_errors(path):
        if not path.name or (path.exists() and not path.is_file()):
            raise OutputError(f"{path} is no place for a file: give the name of a new one")
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{'' if locked else f'{os.getpid()}.'}tmp")
        try:
            yield aside
            os.replace(aside, path)
        finally:
            aside.unlink(missing_ok=True)


@contextmanager
def write_folder_aside(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside `path`; put it in place of `path` when the block ends well.

    Raises:
        OutputError: the disk is full or the place cannot be written; the old folder is untouched.
    """
    with output_errors(path):
        place = path.resolve()  # a link stays, what it leads to is replaced
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
        try:
            yield aside
            aside.chmod(0o755)
            _swap(aside, place)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _swap(new: Path, place: Path) -> None:
    """Rename `new` to `place`; what stood there is removed only once the new folder stands."""
    old = new.with_name(f"{new.name}.old")
    if place.exists():
        os.replace(place, old)
    os.replace(new, place)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn what the system says of writing `path` into one sentence.

    Raises:
        OutputError: the disk is full or the place cannot be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise OutputError(
                f"no space left on the disk while writing {path}; nothing was half-written: "
                "free some space or choose another place, then run it again"
            ) from error
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error

"""The journal of a run: which blocks are written, beside the file that they go to.

    OUT.part      the blocks written so far
    OUT.journal   a line of settings, then a line for each block: rows, bytes, statuses

A line is written when its block is, so that whatever stops a run, even a kill, leaves a journal
that holds for the beginning of the part. Knows neither models nor formats.
"""

import errno
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

from sentigate.errors import OutputError

Settings = Mapping[str, Any]
_ADVICE = "free some, then run the same command with --resume, which goes on from here"


@dataclass(frozen=True, slots=True)
class Entry:
    """A block that was written, or what stands above all rows.

    Args:
        rows: how many rows came in.
        bytes: how many bytes went out.
        statuses: how many answers have which status.
        digest: the hash of the rows, where the settings do not tell one input from another.
    """

    rows: int
    bytes: int
    statuses: Mapping[str, int] = field(default_factory=dict)
    digest: str = ""


class Journal:
    """The blocks of one run, in order; made by `open_journal`.

    Args:
        place: where the finished file will be.
        file: the journal itself, open to be read and written.
        part: the blocks, open to be written.
    """

    def __init__(self, place: Path, file: BinaryIO, part: BinaryIO) -> None:
        self.entries: list[Entry] = []
        self._place = place
        self._file = file
        self._part = part

    @property
    def part(self) -> Path:
        """Where the blocks are."""
        return part_of(self._place)

    @property
    def rows(self) -> int:
        """How many rows are answered and written."""
        return sum(entry.rows for entry in self.entries)

    @property
    def statuses(self) -> Counter[str]:
        """How many answers have which status."""
        return sum((Counter(entry.statuses) for entry in self.entries), Counter())

    def append(
        self,
        data: bytes,
        rows: int = 0,
        statuses: Mapping[str, int] | None = None,
        digest: str = "",
    ) -> None:
        """Write a block, then its line.

        Raises:
            OutputError: the disk is full; what was written before can be resumed.
        """
        entry = Entry(rows, len(data), dict(statuses or {}), digest)
        with write_errors(self._place):
            self._part.write(data)
            self._part.flush()
            known = {name: value for name, value in asdict(entry).items() if value != ""}
            self._write_line(known)
        self.entries.append(entry)

    def begin(self, settings: Settings) -> None:
        """Start the journal of a new run."""
        self._file.truncate(0)
        self._part.truncate(0)
        self._write_line(settings)

    def resume(self, settings: Settings) -> None:
        """Go back to where a stopped run was.

        Raises:
            OutputError: that run had other settings or another input.
        """
        lines = [line for line in self._file.read().splitlines(keepends=True) if line[-1:] == b"\n"]
        if not lines:  # stopped before its first line
            self.begin(settings)
            return
        _check_same(json.loads(lines[0]), settings, self._place)
        self.entries = list(_entries(lines[1:], os.fstat(self._part.fileno()).st_size))
        self._file.seek(sum(map(len, lines[: 1 + len(self.entries)])))
        self._file.truncate()
        self._part.seek(sum(entry.bytes for entry in self.entries))
        self._part.truncate()

    def _write_line(self, values: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(values).encode() + b"\n")
        self._file.flush()


def part_of(place: Path) -> Path:
    """Return where the blocks of a file are while it is made."""
    return place.with_name(f"{place.name}.part")


def journal_of(place: Path) -> Path:
    """Return where the journal of a file is while it is made."""
    return place.with_name(f"{place.name}.journal")


@contextmanager
def open_journal(place: Path, settings: Settings, *, resume: bool) -> Iterator[Journal]:
    """Begin or go on with a file; when the block ends well, the journal and the part are removed.

    Args:
        place: where the finished file will be; the caller puts it there, from the part.
        settings: all that the bytes of the file depend on.
        resume: go on with what a stopped run has left, if it has.

    Raises:
        OutputError: a stopped run's journal is there and is not to be resumed, or is of a run with
            other settings; another run is writing the file; the disk is full.
    """
    path = journal_of(place)
    if path.exists() and not resume:
        raise OutputError(
            f"{path} is there: a run that was stopped can go on with --resume; "
            "to begin again instead, remove it"
        )
    with ExitStack() as stack:
        with write_errors(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            file = stack.enter_context(_open(path, "r+b", place))
            part = stack.enter_context(_open(part_of(place), "ab", place))
            _lock(file, place)
            journal = Journal(place, file, part)
            journal.resume(settings)
        yield journal
    part_of(place).unlink(missing_ok=True)
    path.unlink()


@contextmanager
def _open(path: Path, mode: Literal["r+b", "ab"], place: Path) -> Iterator[BinaryIO]:
    """Open a file whose closing, which writes what a full disk refused before, may fail too."""
    file = path.open(mode)
    try:
        yield file
    finally:
        with write_errors(place):
            file.close()


def _lock(file: BinaryIO, place: Path) -> None:
    if sys.platform == "win32":  # where an open file cannot be replaced anyway
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(f"another run is writing {place}: wait for it or stop it") from None


def _check_same(before: Settings, now: Settings, place: Path) -> None:
    different = [name for name in now if before.get(name) != json.loads(json.dumps(now[name]))]
    if different:
        name = different[0]
        raise OutputError(
            f"the run that was stopped cannot go on: its {name} was {before.get(name)!r} and is "
            f"now {now[name]!r}; to begin again, remove {journal_of(place)}"
        )


def _entries(lines: list[bytes], size: int) -> Iterator[Entry]:
    """The blocks that lie in a part of some size; a power failure may have lost the last ones."""
    end = 0
    for line in lines:
        entry = Entry(**json.loads(line))
        end += entry.bytes
        if end > size:
            return
        yield entry


@contextmanager
def write_errors(place: object, advice: str = _ADVICE) -> Iterator[None]:
    """Turn what the system says of writing into one sentence; a reader that left is no error.

    Args:
        place: what is written.
        advice: what to do when the disk is full.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise OutputError(
                f"no space left on the disk while writing {place}: {advice}"
            ) from error
        raise OutputError(f"cannot write {place}: {error.strerror or error}") from error

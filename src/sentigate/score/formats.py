"""Formats by name and by suffix, and files as streams of bytes, unpacked. Knows no rows."""

import gzip
import io
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

from sentigate.data.encoding import Rejoined
from sentigate.data.formats import refuse_binary
from sentigate.errors import DataError
from sentigate.score.arrow import pa

STDIN = "-"
_HEAD = 8


class Format(StrEnum):
    """How rows are written in a file."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    TEXT = "text"


class Packing(StrEnum):
    """How a file is packed; the suffix behind that of its format."""

    NONE = ""
    GZIP = ".gz"
    ZSTD = ".zst"

    def pack(self, data: bytes) -> bytes:
        """Pack bytes as one member or frame; several behind each other unpack to all of them."""
        if self is Packing.GZIP:
            return gzip.compress(data, compresslevel=6, mtime=0)
        if self is Packing.ZSTD:
            return bytes(pa.Codec("zstd").compress(data, asbytes=True))
        return data


SUFFIXES = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".tab": Format.TSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSONL,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".txt": Format.TEXT,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a name says of a file.

    Args:
        format: None where the suffix is none of `SUFFIXES`.
        packing: by the last suffix.
        stem: the name without these suffixes.
    """

    format: Format | None
    packing: Packing
    stem: str


def kind_of(name: str) -> Kind:
    """Tell format and packing by the suffixes of a name.

    Example:
        >>> kind_of("out/reviews.2026.JSONL.gz")
        Kind(format=<Format.JSONL: 'jsonl'>, packing=<Packing.GZIP: '.gz'>,
             stem='out/reviews.2026')
    """
    lowered = name.lower()
    packing = next((p for p in (Packing.GZIP, Packing.ZSTD) if lowered.endswith(p)), Packing.NONE)
    stem = name[: len(name) - len(packing)]
    suffix = Path(stem).suffix
    found = SUFFIXES.get(suffix.lower())
    return Kind(found, packing, stem.removesuffix(suffix) if found else stem)


@dataclass(frozen=True, slots=True)
class Stream:
    """An open input.

    Args:
        open: gives what is in it, unpacked and from its beginning; standard input that is not
            kept can be opened once.
        share: how much of it is read, from 0 to 1; None where nobody can tell.
    """

    open: Callable[[], BinaryIO]
    share: Callable[[], float | None]


@contextmanager
def open_stream(name: str, packing: Packing, *, keep: bool = False) -> Iterator[Stream]:
    """Open a file, or standard input by the name `-`.

    Args:
        name: of the file.
        packing: how it is packed.
        keep: copy standard input to the disk, so that it can be read in any order and twice.

    Raises:
        DataError: it is not there, cannot be read, is damaged, or is no file of texts.
    """
    with _read_errors(name):
        if name != STDIN:
            with Path(name).open("rb") as file:
                yield _stream(file, name, packing)
        elif not keep:
            yield Stream(lambda: sys.stdin.buffer, lambda: None)
        else:
            with tempfile.TemporaryFile() as copy:
                shutil.copyfileobj(sys.stdin.buffer, copy)
                yield _stream(copy, name, packing)


def _stream(file: BinaryIO, name: str, packing: Packing) -> Stream:
    size = max(1, file.seek(0, io.SEEK_END))

    def start() -> BinaryIO:
        file.seek(0)
        return _unpacked(file, packing)

    refuse_binary(start().read(_HEAD), Path(name))
    return Stream(start, lambda: file.tell() / size)


def _unpacked(file: BinaryIO, packing: Packing) -> BinaryIO:
    if packing is Packing.GZIP:
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if packing is Packing.ZSTD:
        return io.BufferedReader(pa.CompressedInputStream(Rejoined(b"", file), "zstd"))
    return file


@contextmanager
def _read_errors(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # on the way out, and no fault of the input's
        raise
    except FileNotFoundError:
        raise DataError(f"there is no file {name}") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{name} is not a whole gzip file ({error}): pack it again") from error
    except OSError as error:
        raise DataError(f"cannot read {name}: {error.strerror or error}") from error

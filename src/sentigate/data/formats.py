"""File formats to rows and columns: one function a format, all giving the same `Records`.

Knows nothing of which column means what.
"""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sentigate.data.delimited import dialect_of, read_cells
from sentigate.data.encoding import decode
from sentigate.errors import DataError
from sentigate.extras import require

QUOTES_ARE_TEXT = "quotation marks read as text: they part no cells in this file"
_LABEL_PREFIX = "__label__"
_NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of cells under named columns.

    Args:
        columns: their names, in order.
        rows: cells in the order of the columns; a row may be too short or too long.
        notes: what had to be decided on reading, in half-sentences.
        delimiter: what parts the cells in the file; joins cells that were parted wrongly.
    """

    columns: tuple[str, ...]
    rows: Iterable[Sequence[Any]]
    notes: list[str] = field(default_factory=list)
    delimiter: str = ","


def read_records(path: Path) -> Records:
    """Read a file by its suffix (`.gz` set aside), or a folder with a folder for each class.

    Raises:
        DataError: it is not there, cannot be read, is empty, or is not what its suffix says.
    """
    if path.is_dir():
        return _folders(path)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    data = _bytes(path, zipped=suffixes[-1:] == [".gz"])
    suffix = next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")
    if not data.strip():
        raise DataError(f"{path} is empty")
    if suffix in (".parquet", ".pq"):
        return _parquet(data, path)
    refuse_binary(data, path)
    text, note = decode(data)
    records = _READERS.get(suffix, _lines)(text.removeprefix("\ufeff"), path)
    records.notes.extend([note] if note else [])
    return records


def refuse_binary(beginning: bytes, path: Path) -> None:
    """Refuse files that hold no text, by how they begin.

    Raises:
        DataError: it is such a file.
    """
    if beginning.startswith(_NO_TEXT):
        raise DataError(
            f"{path} is no file of texts but a spreadsheet, archive or picture: save it as CSV "
            "(a table) or unpack it first"
        )


def _bytes(path: Path, *, zipped: bool) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if zipped else data
    except FileNotFoundError:
        raise DataError(f"there is no file {path}") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path} is not a whole gzip file ({error}): pack it again") from error
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error


def _csv(text: str, path: Path) -> Records:
    return _delimited(text, path, None)


def _tsv(text: str, path: Path) -> Records:
    return _delimited(text, path, "\t")


def _delimited(text: str, path: Path, delimiter: str | None) -> Records:
    dialect = dialect_of(text, delimiter)
    rows = list(read_cells(io.StringIO(text, newline=""), dialect))
    if not rows:
        raise DataError(f"{path} is empty")
    notes = [] if dialect.quoted else [QUOTES_ARE_TEXT]
    return Records(tuple(name.strip() for name in rows[0]), rows[1:], notes, dialect.delimiter)


def _json(text: str, path: Path) -> Records:
    """One object a line, or one list of objects."""
    if text.lstrip().startswith("["):
        objects = _parse_json(text, f"{path}")
    else:
        lines = enumerate(text.split("\n"), start=1)
        objects = [_parse_json(line, f"{path}, line {i}") for i, line in lines if line.strip()]
    columns: dict[str, None] = {}
    for place, item in enumerate(objects, start=1):
        if not isinstance(item, dict):
            raise DataError(f'{path}, record {place}: expected an object such as {{"text": …}}')
        columns |= dict.fromkeys(item)
    names = tuple(columns)
    return Records(names, [[item.get(name) for name in names] for item in objects])


def _parse_json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place} is not valid JSON ({error}): correct or remove it") from None


def _parquet(data: bytes, path: Path) -> Records:
    pyarrow = require("pyarrow", "files")
    parquet = require("pyarrow.parquet", "files")
    try:
        table = parquet.read_table(pyarrow.BufferReader(data))
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{path} is not a whole Parquet file: {error}") from error
    columns = [column.to_pylist() for column in table.columns]
    return Records(tuple(table.column_names), list(zip(*columns, strict=True)))


def _lines(text: str, path: Path) -> Records:
    """Lines of fastText if the first one is, else a text a line; blank lines are rows too."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    if not text.lstrip().startswith(_LABEL_PREFIX):
        return Records(("text",), [(line,) for line in lines])
    rows = [_fasttext_row(line) for line in lines if line.strip()]
    if all(len(labels) <= 1 for _, labels in rows):
        return Records(("text", "label"), [(text, *labels) for text, labels in rows])
    return Records(("text", "label"), rows)


def _fasttext_row(line: str) -> tuple[str, tuple[str, ...]]:
    labels = []
    rest = line.lstrip()
    while rest.startswith(_LABEL_PREFIX):
        label, _, rest = rest.partition(" ")
        labels.append(label.removeprefix(_LABEL_PREFIX))
        rest = rest.lstrip()
    return rest, tuple(labels)


def _folders(path: Path) -> Records:
    """`pos/1.txt`, `neg/2.txt` …: the folder is the label, the file the text."""
    files = sorted(path.glob("*/*.txt"))
    if not files:
        raise DataError(
            f"{path} is a folder without texts: expected a folder for each class with .txt files"
        )
    return Records(
        ("text", "label"),
        [(decode(_bytes(file, zipped=False))[0], file.parent.name) for file in files],
    )


_READERS: dict[str, Callable[[str, Path], Records]] = {
    ".csv": _csv,
    ".tsv": _tsv,
    ".tab": _tsv,
    ".jsonl": _json,
    ".ndjson": _json,
    ".json": _json,
}

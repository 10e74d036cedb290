"""Rows of cells out of lines parted by commas, tabs and the like; no broken quote swallows a row.

A cell in quotation marks may hold line breaks and delimiters (RFC 4180). A mark that opens such a
cell and is never properly closed is text, and so is one that would make a row of wrong width out of
lines that are rows by themselves. Works on a stream, in memory bounded by the longest row. Knows
nothing of which column means what.
"""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SAMPLE = 1 << 20
LONGEST_ROW = 1 << 24
_ANY_SIZE = 2**31 - 1  # of a cell, instead of 128 KiB; it is a setting of the whole process
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the lines of a file are to be read.

    Args:
        delimiter: what parts the cells.
        quoted: whether quotation marks may enclose a cell; otherwise they are text.
    """

    delimiter: str
    quoted: bool = True


def dialect_of(text: str, delimiter: str | None = None) -> Dialect:
    r"""Find out how a file is written, from its first megabyte.

    Args:
        text: the file's text or the beginning of it.
        delimiter: what parts the cells, if it is known; else the likeliest, by the line of names.

    Example:
        >>> dialect_of("id;text\n1;good, but dear\n")
        Dialect(delimiter=';', quoted=True)
    """
    sample = text if len(text) < SAMPLE else text[:SAMPLE].rpartition("\n")[0]
    header = sample.lstrip().partition("\n")[0]
    delimiter = delimiter or max(_DELIMITERS, key=header.count)
    return Dialect(delimiter, quoted=not _quotes_are_text(sample, delimiter))


def _quotes_are_text(sample: str, delimiter: str) -> bool:
    """Whether quoting does not work out, though all lines by themselves have as many cells."""
    if '"' not in sample or _is_well_formed(sample, delimiter):
        return False
    widths = {line.count(delimiter) for line in io.StringIO(sample) if line.strip("\r\n")}
    return len(widths) == 1 and widths != {0}


def _is_well_formed(sample: str, delimiter: str) -> bool:
    """Whether every quoted cell ends as it should, and all rows have the same number of cells."""
    csv.field_size_limit(_ANY_SIZE)
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True)
    try:
        return len({len(row) for row in rows if row}) == 1
    except csv.Error:
        return False


def read_cells(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    r"""Yield the cells of each row, those of the line of names first.

    A blank line is a row only where there is a single column, and not at the end of the file.

    Args:
        lines: with their ends, which may also stand inside of quoted cells.
        dialect: how they are written.

    Example:
        >>> lines = ['id,text\n', '1,"two\n', 'lines"\n', '2,"never closed\n', '3,"good"\n']
        >>> list(read_cells(lines, Dialect(",")))
        [['id', 'text'], ['1', 'two\nlines'], ['2', '"never closed'], ['3', 'good']]
    """
    csv.field_size_limit(_ANY_SIZE)
    waiting = _Lines(lines)
    width = blank = 0
    for line in waiting:
        if not line.strip("\r\n"):
            blank += width == 1
            continue
        yield from ([""] for _ in range(blank))
        row = _row(line, waiting, dialect, width)
        width, blank = width or len(row), 0
        yield row


def mended(row: Sequence[Any], width: int, text: int, delimiter: str) -> Sequence[Any]:
    """Fill up a row that is too short; in one too long, the text was cut at its delimiters.

    Args:
        row: the cells.
        width: how many there should be.
        text: the place of the text.
        delimiter: what joins the text again.

    Example:
        >>> mended(["1", "good", " but dear", "pos"], 3, 1, ","), mended(["2"], 3, 1, ",")
        (['1', 'good, but dear', 'pos'], ['2', None, None])
    """
    extra = len(row) - width
    if extra < 0:
        return [*row, *[None] * -extra]
    if extra > 0:
        return [*row[:text], delimiter.join(row[text : text + extra + 1]), *row[text + extra + 1 :]]
    return row


class _Lines:
    """Lines that can be given back, to be read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return self._returned.popleft() if self._returned else next(self._lines)

    def give_back(self, lines: Sequence[str]) -> None:
        self._returned.extendleft(reversed(lines))


def _row(line: str, following: _Lines, dialect: Dialect, width: int) -> list[str]:
    """The row that begins with a line, of `width` cells if that is known (not 0)."""
    plain = line.rstrip("\r\n").split(dialect.delimiter)
    if not dialect.quoted or '"' not in line:
        return plain
    row = None if line.count('"') % 2 else _parsed([line], dialect.delimiter)
    return row or _spread(line, following, dialect, width or len(plain)) or plain


def _spread(line: str, following: _Lines, dialect: Dialect, width: int) -> list[str] | None:
    """The row that begins with a line and goes on in others; None where the marks are text."""
    plain = line.count(dialect.delimiter) + 1
    taken: list[str] = []
    row = _parsed(_taking(line, following, taken), dialect.delimiter)
    if row and (len(row) == width or plain != width):
        return row
    following.give_back(taken[1:])
    if plain == width:
        return None
    row = _parsed([line.rstrip("\r\n")], dialect.delimiter, strict=False)
    return row if row and len(row) == width else None


def _taking(line: str, following: _Lines, taken: list[str]) -> Iterator[str]:
    """The line and what follows, as far as somebody asks for it and a row may reach."""
    size = 0
    while True:
        taken.append(line)
        size += len(line)
        yield line
        if size > LONGEST_ROW or (line := next(following, "")) == "":
            return


def _parsed(lines: Iterable[str], delimiter: str, *, strict: bool = True) -> list[str] | None:
    """The first row, or None where it is not written as it should be."""
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=strict))
    except csv.Error:
        return None

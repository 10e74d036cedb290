"""Files of rows as blocks: one reader a format, all in memory bounded by a block.

A block is cut by rows and by characters and by nothing else, so that the same file gives the same
blocks at any time and anywhere. Knows no model and no output.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sentigate.analyzer import BLOCK_CHARACTERS
from sentigate.data.columns import choose_text
from sentigate.data.delimited import dialect_of, mended, read_cells
from sentigate.data.encoding import open_text, read_lines
from sentigate.data.formats import QUOTES_ARE_TEXT
from sentigate.errors import DataError
from sentigate.runtime.series import arrow_values
from sentigate.score.arrow import pa, parquet
from sentigate.score.formats import Format, Packing, Stream, open_stream
from sentigate.score.objects import (
    LINE,
    LINES,
    NO_TEXT,
    as_cells,
    as_line,
    read_objects,
    survey,
)

TEXT = "text"
_BUFFER = 1 << 20
_BATCH_BYTES = 1 << 26


class Block(NamedTuple):
    """Rows that are answered and written together.

    Args:
        values: what stands in the column of texts.
        rows: the columns as they came; for lines of JSON that stay such, the lines themselves.
    """

    values: list[Any]
    rows: pa.RecordBatch


class Row(NamedTuple):
    """One row on its way into a block."""

    value: Any
    cells: Sequence[Any]
    characters: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read.

    Args:
        name: the file's, or `-` for standard input.
        format: how its rows are written.
        packing: how it is packed.
        text: the name of the column of texts; guessed if None.
        block: most rows a block.
        keep_lines: give lines of JSON as they are, and not as columns.
        unique: make the names of columns differ.
    """

    name: str
    format: Format
    packing: Packing = Packing.NONE
    text: str | None = None
    block: int = 4096
    keep_lines: bool = False
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """An open file of rows.

    Args:
        schema: of the rows of every block.
        text: the name of the column of texts.
        blocks: the rows.
        share: how much is read, from 0 to 1; None where nobody can tell.
        notes: what was guessed or out of the ordinary, in half-sentences.
        keys: the keys of all objects, where the schema does not hold them.
    """

    schema: pa.Schema
    text: str
    blocks: Iterator[Block]
    share: Callable[[], float | None]
    notes: list[str] = field(default_factory=list)
    keys: Sequence[str] = ()

    @property
    def names(self) -> Sequence[str]:
        """What the columns that came are called."""
        return self.keys or self.schema.names


@contextmanager
def open_source(reading: Reading) -> Iterator[Source]:
    """Open a file of rows.

    Raises:
        DataError: it cannot be read, holds no names of columns, or has no such text column.
    """
    keep = reading.format in (Format.JSONL, Format.PARQUET)
    with open_stream(reading.name, reading.packing, keep=keep) as stream:
        yield _READERS[reading.format](reading, stream)


def _delimited(reading: Reading, stream: Stream) -> Source:
    beginning, text = open_text(stream.open())
    dialect = dialect_of(beginning, "\t" if reading.format is Format.TSV else None)
    rows = read_cells(text, dialect)
    names = [name.removeprefix("\ufeff") for name in next(rows, [])]
    if not names:
        raise DataError(f"{reading.name} is empty")
    known = [name.strip() for name in names]
    chosen, notes = choose_text(known, reading.text)
    place = known.index(chosen)
    schema = pa.schema([(name, pa.string()) for name in _names(names, reading)])
    made = (_row(mended(row, len(names), place, dialect.delimiter), place) for row in rows)
    notes += [] if dialect.quoted else [QUOTES_ARE_TEXT]
    return Source(schema, chosen, _blocks(made, schema, reading.block), stream.share, notes)


def _row(cells: Sequence[str | None], place: int) -> Row:
    return Row(cells[place], cells, sum(len(cell or "") for cell in cells))


def _lines(reading: Reading, stream: Stream) -> Source:
    if reading.text not in (None, TEXT):
        raise DataError(
            f"--text {reading.text}: {reading.name} is read as lines of text, which have no "
            "columns; --input-format says what else it is"
        )
    schema = pa.schema([(TEXT, pa.string())])
    rows = (Row(line, (line,), len(line)) for line in read_lines(stream.open()))
    return Source(schema, TEXT, _blocks(rows, schema, reading.block), stream.share)


def _json(reading: Reading, stream: Stream) -> Source:
    found = survey(stream.open, reading.name)
    keys = list(found.kinds)
    chosen, notes = choose_text(keys, reading.text)
    if found.broken:
        notes.append(f"{found.broken} lines are no JSON objects: they are kept under {LINE!r}")
    types = found.types()
    schema = pa.schema([(LINE, pa.string())], LINES) if reading.keep_lines else pa.schema(types)

    def read() -> Iterator[Row]:
        for line, item in read_objects(stream.open()):
            whole = as_line(line, item)
            value = NO_TEXT if line is None else item.get(chosen)
            cells = (whole,) if reading.keep_lines else as_cells(item, types)
            yield Row(value, cells, len(whole))

    blocks = _blocks(read(), schema, reading.block)
    return Source(schema, chosen, blocks, stream.share, notes, keys)


def _parquet(reading: Reading, stream: Stream) -> Source:
    if reading.packing:
        raise DataError(f"{reading.name} is Parquet, which is packed inside: unpack it first")
    try:
        file = parquet.ParquetFile(stream.open(), buffer_size=_BUFFER, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{reading.name} is not a whole Parquet file: {error}") from error
    schema = file.schema_arrow
    chosen, notes = choose_text(schema.names, reading.text)
    schema = pa.schema(
        map(pa.Field.with_name, schema, _names(schema.names, reading)), schema.metadata
    )
    done, rows_in_all = 0, max(1, int(file.metadata.num_rows))

    def read() -> Iterator[Block]:
        nonlocal done
        place = file.schema_arrow.names.index(chosen)
        for batch in _batches(file, reading):
            rows = pa.record_batch(batch.columns, schema=schema)
            yield from _cut(Block(arrow_values(batch.column(place)), rows))
            done += len(rows)

    def share() -> float:
        return done / rows_in_all

    return Source(schema, chosen, read(), share, notes)


def _batches(file: parquet.ParquetFile, reading: Reading) -> Iterator[pa.RecordBatch]:
    """Batches of the wished number of rows, or fewer where the rows are large."""
    groups = range(file.num_row_groups)
    size = sum(file.metadata.row_group(group).total_byte_size for group in groups)
    most = _BATCH_BYTES * max(1, file.metadata.num_rows) // max(1, size)
    try:
        yield from file.iter_batches(batch_size=max(1, min(reading.block, most)))
    except pa.ArrowException as error:
        raise DataError(f"{reading.name} is damaged: {error}") from error


def _cut(block: Block) -> Iterator[Block]:
    """Cut a block whose texts are long."""
    start = characters = 0
    for end, value in enumerate(block.values, start=1):
        characters += len(value) if isinstance(value, str) else 0
        if characters >= BLOCK_CHARACTERS or end == len(block.values):
            yield Block(block.values[start:end], block.rows.slice(start, end - start))
            start, characters = end, 0


def _blocks(rows: Iterable[Row], schema: pa.Schema, most: int) -> Iterator[Block]:
    held: list[Row] = []
    characters = 0
    for row in rows:
        held.append(row)
        characters += row.characters
        if len(held) >= most or characters >= BLOCK_CHARACTERS:
            yield _block(held, schema)
            held, characters = [], 0
    if held:
        yield _block(held, schema)


def _block(rows: Sequence[Row], schema: pa.Schema) -> Block:
    columns = zip(*(row.cells for row in rows), strict=True)
    arrays = [pa.array(cells, kind) for cells, kind in zip(columns, schema.types, strict=True)]
    return Block([row.value for row in rows], pa.record_batch(arrays, schema=schema))


def _names(names: Sequence[str], reading: Reading) -> list[str]:
    """The names of the columns; those that several have are numbered, if they must differ."""
    if not reading.unique:
        return list(names)
    used: dict[str, None] = {}
    for name in names:
        number, free = 1, name
        while free in used or (number > 1 and free in names):
            number += 1
            free = f"{name}_{number}"
        used[free] = None
    return list(used)


_READERS: dict[Format, Callable[[Reading, Stream], Source]] = {
    Format.CSV: _delimited,
    Format.TSV: _delimited,
    Format.JSONL: _json,
    Format.PARQUET: _parquet,
    Format.TEXT: _lines,
}

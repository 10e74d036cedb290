"""Answered rows to bytes: one encoder a format, such that the bytes of blocks can be joined.

Parquet cannot be joined: its blocks are kept as Arrow streams, one behind the other, and become
row groups at the end. Knows no model and no journal.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sentigate.files import sha256
from sentigate.runtime.series import arrow_values
from sentigate.score.arrow import join, pa, parquet
from sentigate.score.formats import Format
from sentigate.score.objects import LINES

SEPARATOR = "|"
ROW_GROUP = 1 << 16
ROW_GROUP_BYTES = 1 << 27
_DELIMITERS = {Format.CSV: ",", Format.TSV: "\t"}


def encode_header(names: Sequence[str], format: Format) -> bytes:
    """Return what stands above all rows: the names of the columns where the format has such."""
    return _delimited([names], format) if format in _DELIMITERS else b""


def encode(rows: pa.RecordBatch, answers: pa.RecordBatch, format: Format) -> bytes:
    r"""Return rows and the answers beside them as a file of some format has them.

    Example:
        >>> rows, answers = pa.record_batch({"id": [1]}), pa.record_batch({"emotion": [["joy"]]})
        >>> encode(rows, answers, Format.CSV), encode(rows, answers, Format.JSONL)
        (b'1,joy\n', b'{"id": 1, "emotion": ["joy"]}\n')
    """
    if format is Format.JSONL:
        return "".join(_json_lines(rows, answers)).encode()
    if format is Format.PARQUET:
        return _arrow(join(rows, answers))
    columns = [*map(_cells, rows.columns), *map(_answer_cells, answers.columns)]
    return _delimited(zip(*columns, strict=True), format)


def digest(rows: pa.RecordBatch) -> str:
    """Return a hash of rows, their columns included.

    Example:
        >>> digest(pa.record_batch({"id": [1]})) == digest(pa.record_batch({"id": [2]}))
        False
    """
    return sha256(_arrow(rows))


def write_parquet(batches: Iterable[pa.RecordBatch], place: Path, schema: pa.Schema) -> None:
    """Write batches as one Parquet file, with row groups of a good size, never holding them all."""
    with parquet.ParquetWriter(place, schema) as writer:
        for group in _groups(batches):
            writer.write_table(pa.Table.from_batches(group))


def read_blocks(blocks: Path) -> Iterator[pa.RecordBatch]:
    """Yield the batches of encoded blocks of Parquet."""
    with pa.OSFile(str(blocks)) as file:
        while file.tell() < file.size():
            yield from pa.ipc.open_stream(file)


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """The batches, as many together as make a row group, by rows or by size."""
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        held.append(batch)
        rows += len(batch)
        size += batch.nbytes
        if rows >= ROW_GROUP or size >= ROW_GROUP_BYTES:
            yield held
            held, rows, size = [], 0, 0
    if held:
        yield held


def _arrow(batch: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, batch.schema, options=options) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())


def _json_lines(rows: pa.RecordBatch, answers: pa.RecordBatch) -> Iterator[str]:
    """An object a row; one that came as a line stays as it was, with the answers at its end."""
    if rows.schema.metadata == {key.encode(): value.encode() for key, value in LINES.items()}:
        opened = [line[:-1].rstrip() for line in rows.column(0).to_pylist()]
    else:
        opened = [
            _dumps(dict(zip(rows.schema.names, row, strict=True)))[:-1] for row in _rows(rows)
        ]
    for start, answer in zip(opened, answers.to_pylist(), strict=True):
        comma = "" if start.endswith("{") else ", "
        yield f"{start}{comma}{_dumps(answer)[1:]}\n"


def _rows(batch: pa.RecordBatch) -> Iterable[tuple[Any, ...]]:
    return zip(*map(_plain, batch.columns), strict=True)


def _plain(column: pa.Array) -> list[object]:
    """Cells as JSON has them; dates, decimals and the like as text."""
    kind = column.type
    if pa.types.is_temporal(kind) or pa.types.is_decimal(kind):
        return arrow_values(column.cast(pa.string()))
    return arrow_values(column)


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_text_of)


def _text_of(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _cells(column: pa.Array) -> Sequence[object]:
    """Cells as csv.writer takes them: what is neither text nor number stands as JSON."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return list(column.to_pylist())
    return [
        value if value is None or isinstance(value, str) else _dumps(value)
        for value in map(_readable, _plain(column))
    ]


def _readable(value: object) -> object:
    return _text_of(value) if isinstance(value, bytes) else value


def _answer_cells(column: pa.Array) -> Sequence[object]:
    """Several labels stand in one cell."""
    if pa.types.is_list(column.type):
        return [None if names is None else SEPARATOR.join(names) for names in column.to_pylist()]
    return list(column.to_pylist())


class _Sink(io.StringIO):
    """Where csv.writer writes, with the line ends of Unix but all others in quotation marks."""

    def write(self, row: str) -> int:
        return super().write(f"{row[:-2]}\n")


def _delimited(rows: Iterable[Sequence[Any]], format: Format) -> bytes:
    sink = _Sink(newline="")
    csv.writer(sink, delimiter=_DELIMITERS[format], lineterminator="\r\n").writerows(rows)
    return sink.getvalue().encode()

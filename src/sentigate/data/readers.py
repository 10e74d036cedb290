"""Reading labelled text: any of the usual files to `Example`s, and what was guessed on the way.

CSV, TSV, JSON lines, Parquet, fastText lines, plain text a line, each also packed with gzip, and a
folder for each class. No row is lost and none is added. Knows nothing of tasks or targets.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sentigate.data.columns import choose_columns
from sentigate.data.delimited import mended
from sentigate.data.encoding import read_lines
from sentigate.data.formats import Records, read_records
from sentigate.errors import DataError, suggestion
from sentigate.records import Example, Label

__all__ = ["Table", "read", "read_lines"]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file.

    Args:
        path: where they come from.
        examples: one for each row, in order; a missing cell is None.
        text_column: the name of the column the texts are from.
        label_column: that of the labels; None where there are none.
        notes: what was guessed or out of the ordinary, one half-sentence each.
        columns: the cells of further columns that were asked for, by name; one for each row.
    """

    path: Path
    examples: list[Example]
    text_column: str | None
    label_column: str | None
    notes: tuple[str, ...]
    columns: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)


def read(
    path: Path | str,
    *,
    text: str | None = None,
    label: str | None = None,
    columns: Sequence[str] = (),
) -> Table:
    r"""Read a file or folder of texts.

    Args:
        path: a file, whose suffix says its format, or a folder with a folder for each class.
        text: name of the text column; guessed if not given.
        label: name of the label column; guessed if not given.
        columns: names of further columns whose cells are wanted.

    Raises:
        DataError: there is no such file or column, no text column can be guessed, the file holds
            no rows or is damaged.
        MissingExtraError: a Parquet file without pyarrow.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "reviews.csv"
        >>> _ = file.write_text("Review,Stars\nreally good,5\n", encoding="utf-8")
        >>> table = read(file)
        >>> table.examples
        [Example(text='really good', label='5', row=1)]
        >>> table.notes
        ("text column guessed: 'Review'", "label column guessed: 'Stars'")
    """
    path = Path(path)
    records = read_records(path)
    text_column, label_column, guesses = choose_columns(records.columns, text, label)
    places = [_place(records.columns, name) for name in columns]
    rows = list(_rows(records, text_column))
    if not rows:
        raise DataError(f"{path} has no rows, only the names of columns")
    examples = list(_examples(rows, records.columns, text_column, label_column))
    return Table(
        path,
        examples,
        text_column,
        label_column,
        (*records.notes, *guesses, *_missing(examples)),
        {records.columns[place]: tuple(_as_text(row[place]) for row in rows) for place in places},
    )


def _place(columns: Sequence[str], name: str) -> int:
    if name not in columns:
        raise DataError(f"there is no column {name!r}{suggestion(name, list(columns))}")
    return columns.index(name)


def _rows(records: Records, text: str) -> Iterator[Sequence[Any]]:
    """Rows of as many cells as there are columns."""
    place = records.columns.index(text)
    for row in records.rows:
        yield mended(row, len(records.columns), place, records.delimiter)


def _examples(
    rows: Sequence[Sequence[Any]], columns: Sequence[str], text: str, label: str | None
) -> Iterator[Example]:
    text_place = columns.index(text)
    label_place = None if label is None else columns.index(label)
    for number, cells in enumerate(rows, start=1):
        yield Example(
            _as_text(cells[text_place]),
            None if label_place is None else _as_label(cells[label_place]),
            number,
        )


def _as_text(cell: Any) -> str | None:
    if cell is None or _is_nan(cell):
        return None
    return cell if isinstance(cell, str) else str(cell)


def _as_label(cell: Any) -> Label | None:
    if cell is None or _is_nan(cell):
        return None
    if isinstance(cell, list | tuple):
        return tuple(str(name) for name in cell)
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        return float(cell)
    return str(cell).strip() or None


def _is_nan(cell: Any) -> bool:
    return isinstance(cell, float) and math.isnan(cell)


def _missing(examples: Sequence[Example]) -> Iterator[str]:
    count = sum(example.text is None for example in examples)
    if count:
        yield f"{count} rows without a text"

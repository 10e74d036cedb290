"""Columns of pandas, Polars and Arrow: to plain values, and back to the same kind.

Imports none of these libraries: who hands in their column has imported them. Knows no model.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from sentigate.errors import DataError
from sentigate.runtime.columns import Column, ManyLabels, Numbers


def series_values(series: Any) -> list[object]:
    """Return the entries of a column.

    Raises:
        DataError: it is no column of pandas, Polars or Arrow, and no list.

    Example:
        >>> series_values(["good", None])
        ['good', None]
    """
    if isinstance(series, list | tuple):
        return list(series)
    if _library(series) == "pyarrow" and hasattr(series, "to_pylist"):
        return arrow_values(series)
    if _library(series) in ("pandas", "polars") and type(series).__name__ == "Series":
        return list(series.to_list())
    raise DataError(
        "expected one column (a Series of pandas or Polars, an Arrow array, a list), got "
        f"{type(series).__module__}.{type(series).__qualname__}: name one, such as table['text']"
    )


def arrow_values(column: Any) -> list[object]:
    """Return the entries of an Arrow array, plain or chunked; bytes that are no UTF-8 as U+FFFD."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return [_decoded(cell) for cell in column]


def series_like(series: Any, name: str, parts: Sequence[Column]) -> Any:
    """Return answers as the same kind of column as came; a list for a list.

    Args:
        series: what came.
        name: what the answers are called.
        parts: the answers, one column behind the other; at least one.
    """
    values = [value for part in parts for value in part.to_list()]
    if isinstance(series, list | tuple):
        return values
    library = sys.modules[_library(series)]
    if library.__name__ == "pandas":
        kind = "float64" if isinstance(parts[0], Numbers) else None
        return library.Series(values, series.index, kind, name)
    if library.__name__ == "polars":
        return library.Series(name, values, _polars_type(library, parts[0]))
    array = library.array(values, _arrow_type(library, parts[0]))
    return library.chunked_array([array]) if hasattr(series, "chunks") else array


def _library(series: Any) -> str:
    return type(series).__module__.partition(".")[0]


def _decoded(cell: Any) -> object:
    """A value of Arrow, in which texts may lie at any depth."""
    try:
        return cell.as_py()
    except UnicodeDecodeError:
        pass
    if hasattr(cell, "as_buffer"):
        return cell.as_buffer().to_pybytes().decode("utf-8", "replace")
    if hasattr(cell, "value"):  # an entry of a dictionary
        return _decoded(cell.value)
    if hasattr(cell.type, "item_type"):  # a map: pairs
        return [tuple(map(_decoded, pair.values())) for pair in cell.values]
    if isinstance(cell, Mapping):
        return {name: _decoded(value) for name, value in cell.items()}
    return list(map(_decoded, cell.values))


def _polars_type(polars: Any, column: Column) -> Any:
    if isinstance(column, ManyLabels):
        return polars.List(polars.String)
    return polars.Float64 if isinstance(column, Numbers) else polars.String


def _arrow_type(arrow: Any, column: Column) -> Any:
    if isinstance(column, ManyLabels):
        return arrow.list_(arrow.string())
    return arrow.float64() if isinstance(column, Numbers) else arrow.string()

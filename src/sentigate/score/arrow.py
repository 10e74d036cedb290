"""Apache Arrow: the only importer of it here, and what it and Python make of each other's texts."""

from typing import TYPE_CHECKING

from sentigate.extras import require

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as parquet
else:
    pa = require("pyarrow", "files")
    parquet = require("pyarrow.parquet", "files")

__all__ = ["join", "pa", "parquet", "python_values", "storable"]


def python_values(column: pa.Array) -> list[object]:
    """Return the cells as Python has them; bytes that are no UTF-8 become U+FFFD.

    Example:
        >>> python_values(pa.array(["good", None]))
        ['good', None]
    """
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        cells = column.cast(column.type.value_type) if _is_dictionary(column) else column
        return [_decoded(cell.as_buffer()) for cell in cells]


def _is_dictionary(column: pa.Array) -> bool:
    return bool(pa.types.is_dictionary(column.type))


def _decoded(buffer: pa.Buffer | None) -> str | None:
    return None if buffer is None else buffer.to_pybytes().decode("utf-8", "replace")


def storable(text: str) -> str:
    r"""Return a text that UTF-8 can hold: lone surrogates become U+FFFD.

    Example:
        >>> storable("a\ud800b")
        'a\ufffdb'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def join(left: pa.RecordBatch, right: pa.RecordBatch) -> pa.RecordBatch:
    """Put the columns of two batches side by side; what the left one says of itself is kept.

    Example:
        >>> a, b = pa.record_batch({"a": [1]}), pa.record_batch({"b": [2]})
        >>> join(a, b).to_pydict()
        {'a': [1], 'b': [2]}
    """
    schema = pa.schema([*left.schema, *right.schema], left.schema.metadata)
    return pa.record_batch([*left.columns, *right.columns], schema=schema)

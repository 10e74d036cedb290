"""Apache Arrow: the only importer of it here, and batches side by side."""

from typing import TYPE_CHECKING

from sentigate.extras import require

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as parquet
else:
    pa = require("pyarrow", "files")
    parquet = require("pyarrow.parquet", "files")

__all__ = ["join", "pa", "parquet", "storable"]


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

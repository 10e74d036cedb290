"""Parts of Parquet files: runs of rows that can be answered apart, each under a name in order.

Knows nothing of answers or engines.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sentigate.score.arrow import pa, parquet


class Part(NamedTuple):
    """Rows of a file that stand behind each other; a plain tuple so that any engine can send it.

    Args:
        file: its path.
        first: the first row, from 0.
        end: the row behind the last one; the file may have fewer.
        name: of a file for the answered rows; names sort in the order of the rows.
    """

    file: str
    first: int
    end: int
    name: str


def cut(files: Sequence[str], rows: int) -> list[Part]:
    """Cut files into parts of so many rows, the last of each perhaps of fewer, one at least."""
    return [
        Part(str(Path(name).resolve()), first, first + rows, f"{place:06}-{first:012}.parquet")
        for place, name in enumerate(files)
        for first in range(0, max(1, parquet.read_metadata(name).num_rows), rows)
    ]


def read_rows(
    file: parquet.ParquetFile, first: int, end: int, block: int
) -> Iterator[pa.RecordBatch]:
    """Yield some of the rows of a file, of row groups that have any of them.

    Args:
        file: open.
        first: the first row, from 0.
        end: the row behind the last one.
        block: most rows of a batch.
    """
    groups = range(file.num_row_groups)
    starts = np.cumsum([0, *(file.metadata.row_group(group).num_rows for group in groups)])
    some = [group for group in groups if starts[group] < end and starts[group + 1] > first]
    place = int(starts[some[0]]) if some else 0
    for batch in file.iter_batches(block, row_groups=some):
        skipped = max(0, first - place)
        if skipped < len(batch):
            yield batch.slice(skipped, max(0, end - place - skipped))
        place += len(batch)
        if place >= end:
            return

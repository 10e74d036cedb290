"""Row groups are bounded, whatever the rows are like."""

import time

import pyarrow as pa
import pyarrow.parquet as parquet

from sentigate.score import encoders
from sentigate.score.encoders import write_parquet


def written(batches, place):
    """Write batches; return how many rows each row group has."""
    write_parquet(batches, place, batches[0].schema)
    about = parquet.read_metadata(place)
    return [about.row_group(n).num_rows for n in range(about.num_row_groups)]


def test_a_row_group_is_bounded_by_rows_and_by_size(tmp_path, monkeypatch):
    monkeypatch.setattr(encoders, "ROW_GROUP", 5)
    monkeypatch.setattr(encoders, "ROW_GROUP_BYTES", 1000)
    short, long = (pa.record_batch({"text": ["x" * n] * 2}) for n in (1, 600))
    place = tmp_path / "o.parquet"
    assert written([short] * 4, place) == [6, 2]
    assert written([short, long, long, short, short], place) == [4, 2, 4]


def test_many_small_blocks_take_linear_time(monkeypatch):
    one = pa.record_batch({"text": ["x"]})
    monkeypatch.setattr(encoders, "ROW_GROUP", 10**9)
    start = time.process_time()
    list(encoders._groups(one for _ in range(20_000)))
    assert (
        time.process_time() - start < 2
    )  # ten times what it takes; adding up all that is held takes 12

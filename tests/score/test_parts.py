"""Parts make up their files, however rows are grouped."""

import pyarrow as pa
import pyarrow.parquet as parquet
from hypothesis import given
from hypothesis import strategies as st

from sentigate.score.parts import cut, read_rows


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=3),
    *[st.integers(1, 60)] * 3,
)
def test_parts_make_up_their_files(tmp_path_factory, counts, group, rows, block):
    folder = tmp_path_factory.mktemp("parts")
    files = [str(folder / f"{place}.parquet") for place in range(len(counts))]
    for name, count in zip(files, counts, strict=True):
        table = pa.table({"id": pa.array(range(count), pa.int64()), "file": [name] * count})
        parquet.write_table(table, name, row_group_size=group)
    parts = cut(files, rows)
    found = []
    for part in parts:
        with parquet.ParquetFile(part.file) as file:
            batches = list(read_rows(file, part.first, part.end, block))
        assert all(0 < len(batch) <= block for batch in batches)
        found += [row for batch in batches for row in batch.to_pylist()]
    wanted = zip(files, counts, strict=True)
    assert found == [{"id": n, "file": name} for name, count in wanted for n in range(count)]
    names = [part.name for part in parts]
    assert names == sorted(set(names))
    assert {part.file for part in parts} == set(files)

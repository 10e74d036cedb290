"""A function that scores files with a small model, and one that reads what was written."""

import csv
import gzip
import io
import json
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from sentigate.score.files import Options, score_files
from sentigate.score.formats import Format
from sentigate.score.places import find_places


@pytest.fixture(scope="session")
def score(tiny):
    """Return a function that scores files; it gives the outcome and what was reported."""

    def run(inputs, output, *, format=None, input_format=None, watch=None, **options):
        listed = inputs if isinstance(inputs, list) else [inputs]
        places = find_places(
            [str(one) for one in listed],
            str(output),
            format=format and Format(format),
            input_format=input_format and Format(input_format),
        )
        notes = []
        settings = Options(**({"model": str(tiny)} | options))
        quiet = watch or (lambda *_: None)
        return score_files(places, settings, report=notes.append, watch=quiet), notes

    return run


@pytest.fixture(scope="session")
def rows_of():
    """Return a function that reads a file that was written as a list of dictionaries."""

    def rows(path):
        if path.suffix == ".parquet":
            return parquet.read_table(path).to_pylist()
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        if path.suffix == ".zst":
            data = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
        text = data.decode()
        if ".jsonl" in path.suffixes:
            return [json.loads(line) for line in text.split("\n")[:-1]]
        delimiter = "\t" if ".tsv" in path.suffixes else ","
        csv.field_size_limit(2**31 - 1)
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))

    return rows


@pytest.fixture(scope="session")
def same_rows():
    """Return a function that compares two tables of answers, of blocks of another size perhaps."""

    def same(scored, expected):
        assert scored.column_names == expected.column_names
        for name in expected.column_names:
            pairs = zip(scored[name].to_pylist(), expected[name].to_pylist(), strict=True)
            close = pa.types.is_floating(expected[name].type)
            assert all(a == b or (close and abs(a - b) < 1e-6) for a, b in pairs), name

    return same


@pytest.fixture(scope="session")
def starts():
    """Return a function that skips where a program which starts an engine does not end well."""

    def start(engine, program):
        try:
            subprocess.run(
                [sys.executable, "-c", program], check=True, capture_output=True, timeout=180
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            last = (error.stderr or b"").decode(errors="replace").strip().splitlines()[-1:]
            pytest.skip(f"{engine} does not start here: {error} {last}")

    return start

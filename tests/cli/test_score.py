"""`sentigate score`: streams, errors in one sentence, and runs that are killed and go on."""

import csv
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from sentigate.cli.app import app

pa = pytest.importorskip("pyarrow", reason="needs the extra `files`")
parquet = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("onnx", reason="needs a model folder made here")

COMMAND = [sys.executable, "-c", "from sentigate.cli import main; main()", "score"]
TEXTS = ["the food was good", "", "what a waste of time", "这家餐厅太棒了", 'a "quote", and more']


def test_standard_input_to_standard_output(run, model):
    result = run(
        "score", "-", "-o", "-", "--format", "jsonl", "--model", model, input="good\n\nbad"
    )
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["text"] for row in rows] == ["good", "", "bad"]
    assert [row["status"] for row in rows] == ["ok", "empty", "ok"]
    assert result.stderr.startswith("3 rows at ")
    assert "2 ok, 1 empty" in result.stderr


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
def test_tables_on_standard_input(run, model, tmp_path, name):
    data = {"csv": b"n,text\n1,good\n", "jsonl": b'{"n": 1, "text": "good"}\n'}
    parquet.write_table(pa.table({"n": [1], "text": ["good"]}), tmp_path / "a.parquet")
    given = data.get(name) or (tmp_path / "a.parquet").read_bytes()
    arguments = ("--input-format", name, "--format", "jsonl", "--model", model)
    result = run("score", "-", "-o", "-", *arguments, input=given)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["text"] == "good"
    assert int(json.loads(result.stdout)["n"]) == 1


def test_errors_are_one_sentence(run, model, tmp_path):
    (tmp_path / "a.csv").write_text("id,review\n1,good\n")
    out = tmp_path / "o.csv"
    for arguments, message in (
        (["nowhere.csv", "-o", out], "there is no file nowhere.csv"),
        ([tmp_path / "a.csv", "-o", out, "--text", "reviw"], "did you mean 'review'?"),
        ([tmp_path / "a.csv", "-o", tmp_path / "a.csv"], "is the input"),
        ([tmp_path / "a.csv", "-o", out, "--model", "nobody"], "there is no model 'nobody'"),
    ):
        result = run("score", *arguments, *([] if "--model" in arguments else ["--model", model]))
        assert result.exit_code == 1
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1, result.stderr
        assert not out.exists()
    assert run("score", tmp_path / "a.csv", "-o", out, "--workers", 0).exit_code == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_at_the_end_of_a_pipe(tmp_path, model):
    (tmp_path / "a.txt").write_text("good\n")
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [*COMMAND, tmp_path / "a.txt", "-o", "-", "--model", model],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert result.stderr.startswith("sentigate: no space left on the disk")
    assert len(result.stderr.splitlines()) == 1


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A folder with a file of each kind."""
    folder = tmp_path_factory.mktemp("inputs")
    texts = [f"{text} {n}" if text else "" for n in range(100) for text in TEXTS]
    rows = [{"id": n, "text": text} for n, text in enumerate(texts)]
    parquet.write_table(pa.Table.from_pylist(rows), folder / "c.parquet")
    with gzip.open(folder / "b.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *(row.values() for row in rows)])
    return folder


@pytest.fixture(scope="module")
def whole(inputs, tmp_path_factory, tiny):
    """What an uninterrupted run makes of them, by name."""
    folder = tmp_path_factory.mktemp("whole")
    here(inputs, "-o", folder, "--model", tiny, "--block", "5")
    return contents(folder)


@pytest.mark.parametrize("flag", ["--format csv", "--input-format jsonl"])
def test_an_engine_knows_no_format_but_parquet(run, flag):
    result = run("score", "a.parquet", "-o", "b.parquet", "--engine", "ray", *flag.split())
    assert result.exit_code == 2
    assert f"ray reads and writes Parquet: leave out {flag}" in result.stderr


def here(*arguments):
    """Score in this process; return what was told."""
    result = CliRunner().invoke(app, ["score", *map(str, arguments)])
    assert result.exit_code == 0, result.stderr
    return result.stderr


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def read(file):
    """What is in a file; nothing if a run has removed it by now."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def progress(folder):
    """How many blocks are written by now."""
    return sum(read(file).count(b"\n") for file in folder.glob("*.journal")) + sum(
        101 for file in folder.iterdir() if file.suffix not in (".part", ".journal", ".tmp")
    )


def stop(command, folder, blocks, sign):
    """Start a run and stop it by a signal when it has written some number of blocks."""
    started = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    while progress(folder) < blocks and started.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    os.killpg(started.pid, sign) if sign == signal.SIGINT else started.send_signal(sign)
    return started.wait(60), started.communicate()[1]


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
def test_killed_three_times_and_resumed_equals_uninterrupted(inputs, whole, tmp_path, tiny):
    arguments = [inputs, "-o", tmp_path, "--model", tiny, "--block", "5", "--resume"]
    points = sorted(random.Random(time.time_ns()).sample(range(2, 290), 3))
    for point in points:
        code, _ = stop([*COMMAND, *arguments], tmp_path, point, signal.SIGKILL)
        assert code in (-signal.SIGKILL, 0), points  # on a busy machine the run may be faster
    told = here(*arguments)
    assert "by an earlier run" in told or "whole already" in told
    assert contents(tmp_path) == whole, points


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
def test_ctrl_c_with_workers_can_be_resumed(inputs, tmp_path, tiny):
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        pytest.skip("Ctrl-C is ignored here, as in a job in the background; a child inherits that")
    # Blocks enough that it comes in time.
    options = ["--model", tiny, "--block", "1", "--text", "text", "--resume"]
    lines = (inputs / "a.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "in.csv").write_text("".join(lines[:201]), "utf-8")
    here(tmp_path / "in.csv", "-o", tmp_path / "whole.csv", *options)
    (tmp_path / "out").mkdir()
    arguments = [tmp_path / "in.csv", "-o", tmp_path / "out" / "a.csv", *options]
    code, told = stop([*COMMAND, *arguments, "--workers", "2"], tmp_path / "out", 5, signal.SIGINT)
    assert code == 130
    assert told.splitlines() == [
        "the same command with --resume goes on from here",
        "sentigate: stopped",
    ]
    here(*arguments)
    assert (tmp_path / "out" / "a.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()

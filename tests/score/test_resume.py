"""Runs that are stopped and go on: the same bytes, or a sentence that says why not."""

import io

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as parquet
import pytest

from sentigate.errors import OutputError

TEXTS = ["the food was good", "", 'never, ever "again"', "two\nlines", "这家餐厅太棒了", "so 🥰"]


def write(path, texts=TEXTS):
    """Write a table of texts as CSV or Parquet."""
    table = pa.table({"id": range(len(texts)), "text": texts})
    (parquet.write_table if path.suffix == ".parquet" else pyarrow.csv.write_csv)(table, path)
    return path


class Stopped(Exception):
    """Stands for whatever stops a run."""


@pytest.mark.parametrize("target", ["o.csv", "o.csv.gz", "o.jsonl.zst", "o.parquet"])
def test_a_resumed_run_equals_a_whole_one(tmp_path, score, target):
    source = write(tmp_path / "a.parquet", TEXTS * 10)
    whole, _ = score(source, tmp_path / "whole" / target, block=4)
    counted = []

    def stop(*_):
        counted.append(1)
        if len(counted) in (2, 3, 11):
            raise Stopped

    for _ in range(3):
        with pytest.raises(Stopped):
            score(source, tmp_path / target, block=4, resume=True, watch=stop)
    outcome, _ = score(source, tmp_path / target, block=4, resume=True, watch=stop)
    assert (tmp_path / target).read_bytes() == (tmp_path / "whole" / target).read_bytes()
    assert outcome.answered < outcome.rows == whole.rows
    assert outcome.statuses == whole.statuses
    _, notes = score(source, tmp_path / target, block=4, resume=True)
    assert notes == [f"{tmp_path / target} is whole already"]


def test_standard_input_goes_on_if_it_is_the_same(tmp_path, score, monkeypatch):
    def give(*lines):
        stdin = io.TextIOWrapper(io.BytesIO("\n".join(lines).encode()))
        monkeypatch.setattr("sys.stdin", stdin)

    target, lines = tmp_path / "o.csv", [f"line {n}" for n in range(9)]
    give(*lines)
    stop_after_one(score, "-", target)
    for other in ([], lines[:3], ["other", *lines[1:]]):
        give(*other)
        with pytest.raises(OutputError, match=r"standard input has other rows.*o\.csv\.journal"):
            score("-", target, block=4, resume=True)
    give(*lines)
    outcome, _ = score("-", target, block=4, resume=True)
    assert (outcome.rows, outcome.answered) == (9, 5)
    give("id,text", "1,good")
    stop_after_one(score, "-", tmp_path / "n.csv", input_format="csv")
    give("n,text", "1,good")
    with pytest.raises(OutputError, match="its input was"):
        score("-", tmp_path / "n.csv", block=4, resume=True, input_format="csv")


def test_a_kill_while_parquet_is_finished_leaves_nothing(tmp_path, score, monkeypatch):
    source, target = write(tmp_path / "a.csv"), tmp_path / "out" / "o.parquet"

    def kill(_, place, __):
        place.write_bytes(b"PAR1 and no more")
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr("sentigate.score.files.write_parquet", kill)
        patch.setattr("pathlib.Path.unlink", lambda *_, **__: None)
        with pytest.raises(Stopped):
            score(source, target)
    left = {"o.parquet.part", "o.parquet.journal", ".o.parquet.tmp"}
    assert {path.name for path in target.parent.iterdir()} == left
    score(source, target, resume=True)
    assert list(target.parent.iterdir()) == [target]


def stop_after_one(score, source, target, **options):
    def stop(*_):
        raise Stopped

    with pytest.raises(Stopped):
        score(source, target, block=4, watch=stop, **options)


def test_what_was_stopped_is_not_begun_again_unasked(tmp_path, score):
    source, target = write(tmp_path / "a.csv"), tmp_path / "o.csv"
    stop_after_one(score, source, target)
    with pytest.raises(OutputError, match=r"o.csv.journal is there.*--resume"):
        score(source, target, block=4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"block": 5}, "--block was 4 and is now 5"),
        ({"prefix": "my_"}, "--prefix was ''"),
        ({"sentences": True}, "--sentences was False and is now True"),
        ({"abstain": 0.5}, "--abstain was 0.0 and is now 0.5"),
        ({"model": "en"}, "model"),
        ({"text": "id"}, "text column was 'text'"),
    ],
)
def test_a_run_with_other_settings_cannot_go_on(tmp_path, score, change, message):
    source, target = write(tmp_path / "a.csv"), tmp_path / "o.csv"
    stop_after_one(score, source, target)
    with pytest.raises(OutputError, match=message):
        score(source, target, resume=True, **({"block": 4} | change))


def test_a_changed_input_cannot_go_on(tmp_path, score):
    source, target = write(tmp_path / "a.csv"), tmp_path / "o.csv"
    stop_after_one(score, source, target)
    write(source, [*TEXTS, "more"])
    with pytest.raises(OutputError, match="its input was"):
        score(source, target, block=4, resume=True)

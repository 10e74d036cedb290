"""Files of every format: the same rows, columns and order out, whatever is in them."""

import csv
import gzip
import json

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentigate.analyzer import load
from sentigate.errors import DataError, OutputError
from sentigate.score import sources

TEXTS = ["the food was good", "", 'never, ever "again"', "two\nlines", "这家餐厅太棒了", "so 🥰"]
ZIPPED = gzip.compress(b"text\n" + bytes(range(256)) * 9, mtime=0)
STATUSES = ["ok", "empty", "ok", "ok", "unsupported_language", "ok"]


def write(path, texts=TEXTS):
    """Write a table of texts in the format of a name."""
    ids = list(range(len(texts)))
    if ".parquet" in path.suffixes:
        parquet.write_table(pa.table({"id": ids, "text": pa.array(texts, pa.string())}), path)
        return path
    with (gzip.open if path.suffix == ".gz" else open)(
        path, "wt", encoding="utf-8", newline=""
    ) as file:
        if ".jsonl" in path.suffixes:
            lines = [{"id": n, "text": t} for n, t in zip(ids, texts, strict=True)]
            file.writelines(json.dumps(line) + "\n" for line in lines)
        elif ".txt" in path.suffixes:
            file.writelines(f"{text}\n" for text in texts)
        else:
            delimiter = "\t" if ".tsv" in path.suffixes else ","
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerows([["id", "text"], *zip(ids, texts, strict=True)])
    return path


@pytest.mark.parametrize("source", ["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz"])
@pytest.mark.parametrize("target", ["o.csv", "o.tsv.gz", "o.jsonl.zst", "o.parquet"])
def test_every_format_to_every_format(tmp_path, score, rows_of, source, target):
    outcome, _ = score(write(tmp_path / source), tmp_path / target)
    rows = rows_of(tmp_path / target)
    assert [row["text"] for row in rows] == TEXTS
    assert [int(row["id"]) for row in rows] == list(range(len(TEXTS)))
    assert [row["status"] for row in rows] == STATUSES
    assert list(rows[0])[:3] == ["id", "text", "sentiment"]
    assert outcome.rows == outcome.answered == len(TEXTS)
    assert outcome.statuses == {"ok": 4, "empty": 1, "unsupported_language": 1}
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("o.")] == [target]


def test_the_answers_are_the_analyzers(tmp_path, score, rows_of, tiny):
    score(write(tmp_path / "a.csv"), tmp_path / "o.jsonl")
    for row, answer in zip(rows_of(tmp_path / "o.jsonl"), load(tiny)(TEXTS), strict=True):
        sentiment = answer.sentiment
        assert row["sentiment"] == (sentiment and sentiment.label)
        assert row["sentiment_score"] == (sentiment and sentiment.score)
        assert row["emotion"] == (answer.emotion and list(answer.emotion.labels))
        assert row["language"] == answer.language


def test_lines_of_text(tmp_path, score, rows_of):
    texts = ["good", "", "a, b", '"quoted', "end"]
    score(write(tmp_path / "a.txt", texts), f"{tmp_path}/out/")
    assert [row["text"] for row in rows_of(tmp_path / "out" / "a.csv")] == texts


def test_objects_stay_as_they_are(tmp_path, score, rows_of):
    lines = [
        '{"text": "good", "n": 1.50, "list": [1, {"a": null}], "long": 123456789012345678901}',
        "{ }",
        '{"text": 7, "text2": "x"}  ',
        "no object",
        '["text"]',
        '{"text": "so \\ud800"}',
        '{"text": null}',
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(["", *lines]) + "\n\n", "utf-8")
    _, notes = score(tmp_path / "a.jsonl", tmp_path / "o.jsonl", text="text")
    written = (tmp_path / "o.jsonl").read_text("utf-8").splitlines()
    assert written[0].startswith(lines[0][:-1] + ', "sentiment": ')
    statuses = [row["status"] for row in rows_of(tmp_path / "o.jsonl")]
    assert statuses == ["ok", "missing", "not_text", "not_text", "not_text", "ok", "missing"]
    assert json.loads(written[3])["line"] == "no object"
    assert "2 lines are no JSON objects: they are kept under 'line'" in notes


def test_objects_become_columns_of_their_types(tmp_path, score):
    items = [
        {"text": "a", "n": 1, "x": 1, "b": True, "mixed": "s", "long": 2**60},
        {"text": "b \ud800", "x": 0.5, "mixed": [1], "new": {"k": "v"}},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, items)))
    score(tmp_path / "a.jsonl", tmp_path / "o.parquet")
    table = parquet.read_table(tmp_path / "o.parquet")
    assert [str(t) for t in table.schema.types[:7]] == [
        *("string", "int64", "double", "bool", "string", "string", "string")
    ]
    assert table.column("mixed").to_pylist() == ["s", "[1]"]
    assert table.column("long").to_pylist() == [str(2**60), None]
    assert table.column("text").to_pylist() == ["a", "b \ufffd"]


def test_a_list_of_objects(tmp_path, score, rows_of):
    (tmp_path / "a.json").write_text(json.dumps([{"text": "good"}, {"text": None}], indent=1))
    score(tmp_path / "a.json", tmp_path / "o.jsonl")
    assert [row["text"] for row in rows_of(tmp_path / "o.jsonl")] == ["good", None]


def test_half_an_emoji_in_a_list_of_objects(tmp_path, score, rows_of):
    (tmp_path / "a.json").write_text(r'[{"text": "cut \ud83d"}, {"text": "so"}]')
    score(tmp_path / "a.json", tmp_path / "o.jsonl")
    assert [row["text"] for row in rows_of(tmp_path / "o.jsonl")] == ["cut \ufffd", "so"]


def test_parquet_keeps_types_nesting_and_metadata(tmp_path, score):
    table = pa.table(
        {
            "text": pa.array(["good", None, "bad"]).dictionary_encode(),
            "nested": [{"a": [1]}, None, {"a": []}],
            "when": pa.array([1, 2, None], pa.timestamp("ns", "UTC")),
            "bytes": [b"\xff", None, b"x"],
        }
    ).replace_schema_metadata({"made": "by me"})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    score(tmp_path / "a.parquet", tmp_path / "o.parquet")
    scored = parquet.read_table(tmp_path / "o.parquet")
    assert scored.select(table.column_names).equals(parquet.read_table(tmp_path / "a.parquet"))
    assert scored.schema.metadata[b"made"] == b"by me"
    assert scored.column("status").to_pylist() == ["ok", "missing", "ok"]


def test_parquet_to_text_formats(tmp_path, score, rows_of):
    table = pa.table(
        {
            "text": ["good"],
            "nested": [{"a": [1, None]}],
            "day": pa.array([0], pa.date32()),
            "flag": [True],
            "bytes": [b"x\xff"],
            "none": [None],
            "cost": pa.array(["1.50"]).cast(pa.decimal128(9, 2)),
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    for target in ("o.csv", "o.jsonl"):
        score(tmp_path / "a.parquet", tmp_path / target)
    (row,) = rows_of(tmp_path / "o.csv")
    assert list(row.values())[:7] == [
        *("good", '{"a": [1, null]}', "1970-01-01", "true", "x\ufffd", "", "1.50")
    ]
    (row,) = rows_of(tmp_path / "o.jsonl")
    assert list(row.values())[:7] == [
        *("good", {"a": [1, None]}, "1970-01-01", True, "x\ufffd", None, "1.50")
    ]


def test_bytes_that_are_no_text_deep_in_a_column(tmp_path, score, rows_of):
    texts = pa.array([b"\xff", b"x"]).view(pa.string())
    ends = pa.array([0, 2], pa.int32())
    struct = pa.StructArray.from_arrays([texts.dictionary_encode()], ["a"])
    columns = {
        "text": ["good"],
        "list": pa.ListArray.from_arrays(ends, texts),
        "deep": pa.ListArray.from_arrays(ends, struct),
        "map": pa.MapArray.from_arrays(ends, pa.array(["k", "l"]), texts),
    }
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    for target in ("o.csv", "o.jsonl"):
        score(tmp_path / "a.parquet", tmp_path / target)
    (row,) = rows_of(tmp_path / "o.jsonl")
    expected = [["\ufffd", "x"], [{"a": "\ufffd"}, {"a": "x"}], [["k", "\ufffd"], ["l", "x"]]]
    assert list(row.values())[1:4] == expected
    (row,) = rows_of(tmp_path / "o.csv")
    assert [json.loads(cell) for cell in list(row.values())[1:4]] == expected


TABLES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1)
NAMES = st.sampled_from(["a.csv", "a.jsonl", "a.parquet"])


@settings(max_examples=20, deadline=None)
@given(texts=TABLES, block=st.integers(1, 9), name=NAMES)
def test_any_texts_come_out_as_they_went_in(tmp_path_factory, score, rows_of, texts, block, name):
    folder = tmp_path_factory.mktemp("any")
    outcome, _ = score(write(folder / name, texts), folder / f"out-{name}", block=block)
    rows = rows_of(folder / f"out-{name}")
    assert [row["text"] for row in rows] == texts
    assert all(row["status"] == "empty" for row in rows if not row["text"].strip())
    assert outcome.rows == len(texts)


@settings(max_examples=20, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_scored_or_refused_in_a_sentence(tmp_path_factory, score, rows_of, data):
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("a.csv", "a.txt", "a.jsonl"):
        (folder / name).write_bytes(data)
        try:
            outcome, _ = score(folder / name, folder / f"{name}-out.jsonl")
        except DataError:
            assert not (folder / f"{name}-out.jsonl").exists()
        else:
            assert len(rows_of(folder / f"{name}-out.jsonl")) == outcome.rows


def test_broken_csv(tmp_path, score, rows_of):
    raw = (
        '\ufeffid,review,review,note\r\n1,good,x,n\r\n2,"never closed,y,n\r\n'
        '3,bad, but, dear,z,n\r\n4\r\n5,nu\x00l,,\r\n6,"quoted, well",w,n\r\n'
    )
    (tmp_path / "a.csv").write_bytes(raw.encode() + b"7,caf\xe9 \xff,v,n\r\n")
    outcome, notes = score(tmp_path / "a.csv", tmp_path / "o.csv", text="review")
    assert outcome.rows == 7
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header[:4] == ["id", "review", "review", "note"]
    assert [row[1] for row in rows] == [
        *(
            "good",
            '"never closed',
            "bad, but, dear",
            "",
            "nu\x00l",
            "quoted, well",
            "caf\ufffd \ufffd",
        )
    ]
    assert rows[3][header.index("status")] == "missing"
    assert "there are 2 columns 'review': the first one is read" in notes
    score(tmp_path / "a.csv", tmp_path / "o.jsonl", text="review")
    first = json.loads((tmp_path / "o.jsonl").read_text("utf-8").splitlines()[0])
    assert list(first)[:4] == ["id", "review", "review_2", "note"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "cp1252"])
def test_encodings(tmp_path, score, rows_of, encoding):
    text = "déjà vu, très bien" if encoding == "cp1252" else "这家餐厅太棒了，下次还来"
    raw = "id,text\n" + f'1,"{text}"\n' * 3
    (tmp_path / "a.csv").write_bytes(raw.encode(encoding))
    score(tmp_path / "a.csv", tmp_path / "o.csv")
    assert [row["text"] for row in rows_of(tmp_path / "o.csv")] == [text] * 3


def test_huge_texts_end_a_block(tmp_path, score, rows_of, monkeypatch):
    monkeypatch.setattr(sources, "BLOCK_CHARACTERS", 1000)
    huge = "good food, " * 15_000
    for name in ("a.csv", "a.parquet"):
        source = write(tmp_path / name, ["good", huge, "bad", "fine"])
        blocks = []
        score(source, tmp_path / f"o-{name}", watch=lambda _, __, rows, b=blocks: b.append(rows))
        assert blocks == [2, 2]
        assert rows_of(tmp_path / f"o-{name}")[1]["text"] == huge


def test_sentences(tmp_path, score, rows_of):
    texts = ["It was good. Was it?", "", "bad"]
    for target in ("o.csv", "o.jsonl", "o.parquet"):
        outcome, _ = score(write(tmp_path / "a.jsonl", texts), tmp_path / target, sentences=True)
        rows = rows_of(tmp_path / target)
        assert [str(row["id"]) for row in rows] == ["0", "0", "1", "2"]
        assert [row["sentence"] or None for row in rows] == ["It was good.", "Was it?", None, "bad"]
        assert outcome.rows == 3
        assert outcome.statuses == {"ok": 3, "empty": 1}


def test_a_table_without_rows(tmp_path, score, rows_of):
    for name in ("a.csv", "a.parquet"):
        outcome, _ = score(write(tmp_path / name, []), tmp_path / f"o-{name}")
        assert outcome.rows == 0
        assert rows_of(tmp_path / f"o-{name}") == []
    assert (tmp_path / "o-a.csv").read_text().startswith("id,text,sentiment,")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b"id,txt\n1,good\n", "no column 'text', did you mean 'txt'"),
        ("a.csv", b"text,status\ngood,sent\n", r"column 'status' already.*--prefix"),
        ("a.jsonl", b'{"text": "a"}\n{"text": "b", "language": "en"}', "'language' already"),
        ("a.jsonl", b"1\n2\n", "holds no JSON objects"),
        ("a.parquet", b"PAR1 and no more", "not a whole Parquet file"),
        ("a.csv.gz", b"text\ngood\n", "not a whole gzip file"),
        ("a.csv.gz", ZIPPED[:-9], "not a whole gzip"),
        ("a.csv.zst", b"text\ngood\n", "cannot read"),
        ("a.txt", b"good\n", "lines of text, which have no columns"),
        ("a.csv", b"PK\x03\x04 a spreadsheet", "no file of texts but a spreadsheet"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, score, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=message) as raised:
        score(tmp_path / name, tmp_path / "o.jsonl", text="review" if name == "a.txt" else "text")
    assert "\n" not in str(raised.value)


def test_damage_is_not_told_of_standard_output(tmp_path, score):
    long = b"x" * (1 << 20)  # longer than what is read to tell the encoding
    packed = bytearray(gzip.compress(b"text,id\n," + long + b"\n,2\n"))
    packed[-6] ^= 0xFF
    (tmp_path / "a.csv.gz").write_bytes(packed)
    with pytest.raises(DataError, match=r"a\.csv\.gz is not a whole gzip file \(CRC"):
        score(tmp_path / "a.csv.gz", "-")


def test_a_damaged_file_does_not_keep_the_others_waiting(tmp_path, score, rows_of):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"")
    write(folder / "b.csv")
    with pytest.raises(DataError, match="1 of 2 files could not be scored"):
        score(folder, tmp_path / "out")
    assert len(rows_of(tmp_path / "out" / "b.csv")) == len(TEXTS)


def test_an_output_that_is_there_is_kept(tmp_path, score):
    (tmp_path / "o.csv").write_text("mine")
    with pytest.raises(OutputError, match="already"):
        score(write(tmp_path / "a.csv"), tmp_path / "o.csv")
    assert (tmp_path / "o.csv").read_text() == "mine"


def test_several_processes_give_the_same_bytes(tmp_path, score):
    source = write(tmp_path / "a.csv", TEXTS * 20)
    for workers in (1, 2):
        score(source, tmp_path / f"{workers}.csv.gz", block=7, workers=workers)
    assert (tmp_path / "1.csv.gz").read_bytes() == (tmp_path / "2.csv.gz").read_bytes()

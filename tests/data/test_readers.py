"""Reading: every format gives the same rows; odd files lose none; faults are one sentence."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.data.readers import read
from sentigate.errors import DataError, MissingExtraError
from sentigate.records import Example

ROWS = [("good, really", "pos"), ('she said "no"', "neg"), ("太棒了，\n下次还来", "pos")]
EXAMPLES = [Example(text, label, i) for i, (text, label) in enumerate(ROWS, start=1)]


def delimited(delimiter: str) -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([("text", "label"), *ROWS])
    return file.getvalue().encode()


def json_lines() -> bytes:
    return "\n".join(json.dumps({"text": text, "label": label}) for text, label in ROWS).encode()


def write_parquet(file: io.BytesIO | Path, columns: dict[str, Sequence[object]]) -> None:
    """Skips where the extra `files` is not installed, as in the light environment."""
    arrow, parquet = (pytest.importorskip(name) for name in ("pyarrow", "pyarrow.parquet"))
    parquet.write_table(arrow.table(columns), file)


def parquet() -> bytes:
    file = io.BytesIO()
    texts, labels = zip(*ROWS, strict=True)
    write_parquet(file, {"text": texts, "label": labels})
    return file.getvalue()


FORMATS: dict[str, Callable[[], bytes]] = {
    "a.csv": lambda: delimited(","),
    "b.csv": lambda: delimited(";"),
    "c.TSV": lambda: delimited("\t"),
    "d.jsonl": json_lines,
    "e.json": lambda: b"[" + b",".join(json_lines().split(b"\n")) + b"]",
    "f.parquet": parquet,
}


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("zipped", [False, True])
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str, zipped: bool) -> None:
    data = FORMATS[name]()
    path = write(tmp_path, name + ".gz" * zipped, gzip.compress(data) if zipped else data)
    table = read(path)
    assert table.examples == EXAMPLES
    assert (table.text_column, table.label_column) == ("text", "label")


def test_plain_text_keeps_blank_lines(tmp_path: Path) -> None:
    table = read(write(tmp_path, "a.txt", "one\r\n\r\ntwo, too\n"))
    assert [example.text for example in table.examples] == ["one", "", "two, too"]
    assert table.label_column is None
    assert table.notes == ()


def test_fasttext(tmp_path: Path) -> None:
    table = read(write(tmp_path, "a.txt", "__label__pos good one\n__label__neg\n bare\n"))
    assert [(e.text, e.label) for e in table.examples] == [
        ("good one", "pos"),
        ("", "neg"),
        ("bare", None),
    ]


def test_fasttext_with_several_labels(tmp_path: Path) -> None:
    table = read(write(tmp_path, "a.train", "__label__joy __label__love so good\n__label__joy ok"))
    assert [e.label for e in table.examples] == [("joy", "love"), ("joy",)]


def test_a_folder_for_each_class(tmp_path: Path) -> None:
    for label, name, text in (("pos", "1", "good"), ("neg", "1", "bad"), ("pos", "2", "fine")):
        (tmp_path / label).mkdir(exist_ok=True)
        write(tmp_path / label, f"{name}.txt", text)
    assert [(e.text, e.label) for e in read(tmp_path).examples] == [
        ("bad", "neg"),
        ("good", "pos"),
        ("fine", "pos"),
    ]


def test_a_folder_without_texts(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a folder for each class"):
        read(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "text,label\n" + "这家餐厅太棒了,pos\n很差 plain words here,neg\n"
    if encoding == "utf-16-le":
        text = "text,label\nplain words here and there,pos\nmore of them,neg\n"
    table = read(write(tmp_path, "a.csv", text.encode(encoding)))
    assert [e.text for e in table.examples] == [
        line.split(",")[0] for line in text.split()[1:]
    ] or ([f"{e.text},{e.label}" for e in table.examples] == text.splitlines()[1:])
    assert any("read as" in note for note in table.notes) == (not encoding.startswith("utf-8"))


def test_latin_1(tmp_path: Path) -> None:
    raw = "text,label\ndéjà vu à la carte,pos\n“quoted” naïve,neg\n"
    table = read(write(tmp_path, "a.csv", raw.encode("cp1252")))
    assert table.examples[1].text == "“quoted” naïve"


def test_a_few_bad_bytes_do_not_change_the_encoding(tmp_path: Path) -> None:
    data = b"text\n" + "太棒了\n".encode() * 50 + b"bad \xff byte\n"
    table = read(write(tmp_path, "a.csv", data))
    assert table.examples[0].text == "太棒了"
    assert table.examples[-1].text == "bad \ufffd byte"
    assert "1 damaged characters (not UTF-8)" in table.notes


def test_numbers_gaps_and_lists_in_json(tmp_path: Path) -> None:
    lines = [
        {"text": "a", "label": 1},
        {"text": None, "label": 0.5},
        {"text": 7, "label": ["x", "y"]},
        {"text": float("nan"), "label": True},
        {"label": None},
    ]
    table = read(write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines))))
    assert [e.text for e in table.examples] == ["a", None, "7", None, None]
    assert [e.label for e in table.examples] == [1.0, 0.5, ("x", "y"), "true", None]
    assert "3 rows without a text" in table.notes


def test_lists_and_gaps_in_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, {"text": ["a", None], "labels": [["x", "y"], []]})
    assert read(path).examples == [Example("a", ("x", "y"), 1), Example(None, (), 2)]


def test_ragged_rows_stay(tmp_path: Path) -> None:
    raw = "id,text,label\n1,good, but dear,pos\n2\n3,fine,neg\n"
    table = read(write(tmp_path, "a.csv", raw))
    assert [(e.text, e.label) for e in table.examples] == [
        ("good, but dear", "pos"),
        (None, None),
        ("fine", "neg"),
    ]


def test_a_lone_quotation_mark_swallows_nothing(tmp_path: Path) -> None:
    raw = 'text\tlabel\n"Sir Terry is here\tneutral\nso good\tpositive\n'
    table = read(write(tmp_path, "a.tsv", raw))
    assert [e.text for e in table.examples] == ['"Sir Terry is here', "so good"]
    assert "quotation marks read as text: they part no cells in this file" in table.notes


def test_huge_cells_and_nul_bytes(tmp_path: Path) -> None:
    table = read(
        write(tmp_path, "a.csv", b"text,label\n" + b"x" * 1_000_000 + b",pos\na\x00b,neg\n")
    )
    assert len(table.examples[0].text or "") == 1_000_000
    assert table.examples[1].text == "a\x00b"


@pytest.mark.parametrize(
    ("header", "text", "label"),
    [
        ("id,Review_Text,Stars", "Review_Text", "Stars"),
        ("reviewId,reviewText,overall,sentiment", "reviewText", "sentiment"),
        ("评论,标签", "评论", "标签"),
        ("what,label", "what", "label"),
        ("tweet,mood", "tweet", "mood"),
        ("text,a,b", "text", None),
        ("label,text,rating", "text", "label"),
        ("comment_id,comment,score", "comment", "score"),
    ],
)
def test_columns_are_guessed(tmp_path: Path, header: str, text: str, label: str | None) -> None:
    table = read(write(tmp_path, "a.csv", header + "\n" + ",".join("x" * len(header.split(",")))))
    assert (table.text_column, table.label_column) == (text, label)


def test_columns_that_cannot_be_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "a,b,c\n1,2,3\n")
    with pytest.raises(DataError, match="among 'a', 'b', 'c': name it with --text"):
        read(path)
    assert read(path, text="b", label="c").examples == [Example("2", "3", 1)]


def test_a_wrong_column_name(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "text,label\nx,y\n")
    with pytest.raises(DataError, match="--label: there is no column 'labl', did you mean 'label'"):
        read(path, label="labl")
    with pytest.raises(DataError, match="--text: there is no column 'zzz'; there is: text, label"):
        read(path, text="zzz")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b" \n\n", "is empty"),
        ("a.csv", b"text,label\n", "has no rows"),
        ("a.csv.gz", b"text", "not a whole gzip file"),
        ("a.csv.gz", gzip.compress(b"text\nabc", mtime=0)[:-6], "not a whole gzip file"),
        ("a.parquet", b"PAR1 nothing", "not a whole Parquet file"),
        ("a.jsonl", b'{"text": "a"}\n{"text": ', "line 2 is not valid JSON"),
        ("a.jsonl", b"3\n", "record 1: expected an object"),
        ("a.json", b"[1]", "record 1: expected an object"),
        ("a.json", b"[]", "no column looks like text"),
    ],
)
def test_unusable_files(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, name, data))


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no file"):
        read(tmp_path / "nothing.csv")


def test_parquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.parquet", parquet())
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'sentigate\[files\]'"):
        read(path)


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(CELLS, st.sampled_from(["a", "b"])), min_size=1, max_size=12))
def test_what_the_csv_module_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("text", "label"), *rows])
    path = write(tmp_path_factory.mktemp("csv"), "a.csv", file.getvalue())
    assert [(e.text, e.label) for e in read(path).examples] == rows


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("a.csv", "a.tsv", "a.jsonl", "a.txt", "a.csv.gz"):
        path = write(folder, name, data)
        with suppress(DataError):
            assert read(path).examples


def test_of_two_columns_of_one_name_the_first_is_read(tmp_path: Path) -> None:
    file = tmp_path / "twice.csv"
    file.write_text("text,label,label\ngood,1,2\n")
    table = read(file)
    assert table.examples[0].label == "1"
    assert "there are 2 columns 'label': the first one is read" in table.notes


def test_a_spreadsheet_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "reviews.xlsx"
    file.write_bytes(b"PK\x03\x04" + bytes(range(256)))
    with pytest.raises(DataError, match=r"reviews\.xlsx is no file of texts .* CSV"):
        read(file)


def test_further_columns_follow_their_rows(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("text,label,shop,price\ngood,pos,web,3\nbad,neg\n", encoding="utf-8")
    table = read(file, columns=["price", "shop"])
    assert table.columns == {"price": ("3", None), "shop": ("web", None)}
    assert read(file).columns == {}
    with pytest.raises(DataError, match="no column 'shp', did you mean 'shop'"):
        read(file, columns=["shp"])

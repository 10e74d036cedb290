"""Which files are read and where their answers go."""

import pytest

from sentigate.errors import ConfigError, DataError, OutputError
from sentigate.score.formats import Format, Packing
from sentigate.score.places import find_places


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("in/a.csv", "in/b.jsonl.gz", "in/sub/c.TXT", "in/notes.md", "d.dat", "a.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def pairs(*arguments, **options):
    return [(place.input, str(place.output)) for place in find_places(*arguments, **options)]


def test_a_folder_keeps_its_shape(folder):
    assert pairs(["in"], "out") == [
        ("in/a.csv", "out/a.csv"),
        ("in/b.jsonl.gz", "out/b.jsonl.gz"),
        ("in/sub/c.TXT", "out/sub/c.csv"),
    ]


def test_outputs_are_no_inputs(folder):
    (folder / "in" / "out").mkdir()
    (folder / "in" / "out" / "a.csv").touch()
    for inputs in ("in", "i*", "in/*", "in/**/*.csv"):
        found = pairs([inputs], "in/out")
        assert ("in/a.csv", "in/out/a.csv") in found
        assert not [name for name, _ in found if "out" in name]


@pytest.mark.parametrize("inputs", ["in", "in/*"])
def test_an_output_around_the_inputs_leaves_none_out(folder, inputs):
    assert [output for _, output in pairs([inputs], ".")][:2] == ["a.csv", "b.jsonl.gz"]
    with pytest.raises(OutputError, match=r"in/a\.csv is the input"):
        pairs([inputs], "in")


def test_a_wished_format_changes_the_suffix(folder):
    assert pairs(["in"], "out", format=Format.PARQUET) == [
        ("in/a.csv", "out/a.parquet"),
        ("in/b.jsonl.gz", "out/b.parquet"),
        ("in/sub/c.TXT", "out/sub/c.parquet"),
    ]


def test_a_file_named_twice_is_read_once(folder):
    assert len(pairs(["in/a.csv", "in"], "out")) == 3


def test_patterns_and_several_inputs(folder):
    assert pairs(["in/*.*"], "out/")[:2] == [
        ("in/a.csv", "out/a.csv"),
        ("in/b.jsonl.gz", "out/b.jsonl.gz"),
    ]
    assert pairs(["in/a.csv", "d.dat"], "out")[1] == ("d.dat", "out/d.dat.csv")
    assert [place for place, _ in pairs(["in/**/*.TXT"], "out")] == ["in/sub/c.TXT"]


@pytest.mark.parametrize(
    ("output", "format", "packing"),
    [
        ("o.csv", Format.CSV, Packing.NONE),
        ("o.jsonl.zst", Format.JSONL, Packing.ZSTD),
        ("o.parquet", Format.PARQUET, Packing.NONE),
        ("o.gz", Format.JSONL, Packing.GZIP),
        ("o", Format.JSONL, Packing.NONE),
        ("-", Format.JSONL, Packing.NONE),
    ],
)
def test_the_output_says_its_format_or_has_that_of_the_input(folder, output, format, packing):
    (place,) = find_places(["in/b.jsonl.gz"], output)
    assert (place.input_format, place.input_packing) == (Format.JSONL, Packing.GZIP)
    assert (place.format, place.packing) == (format, packing)


def test_standard_input_is_lines_of_text():
    (place,) = find_places(["-"], "-")
    assert (place.input_format, place.format, place.output) == (Format.TEXT, Format.CSV, None)
    (place,) = find_places(["-"], "o.parquet", input_format=Format.CSV)
    assert (place.input_format, place.format) == (Format.CSV, Format.PARQUET)


@pytest.mark.parametrize(
    ("inputs", "output", "error", "message"),
    [
        (["in/*.xml"], "out/", DataError, "no file fits the pattern 'in/\\*.xml'"),
        (["in"], "-", ConfigError, "3 inputs and one output"),
        (["in"], "out.csv", ConfigError, "3 inputs and one output"),
        (["in"], "in/a.csv", ConfigError, "3 inputs and one output"),
        (["in/a.csv"], "o.parquet.gz", ConfigError, "leave out .gz"),
        (["in/a.csv"], "in/a.csv", OutputError, "is the input"),
        (["in/a.csv", "a.csv"], "out", OutputError, "would both go to out/a.csv"),
    ],
)
def test_what_cannot_be(folder, inputs, output, error, message):
    with pytest.raises(error, match=message):
        find_places(inputs, output)


def test_parquet_cannot_go_to_standard_output(folder):
    with pytest.raises(ConfigError, match="standard output"):
        find_places(["in/a.csv"], "-", format=Format.PARQUET)


def test_a_folder_without_tables(tmp_path):
    with pytest.raises(DataError, match=r"holds no files of the formats .csv"):
        find_places([str(tmp_path)], "out")

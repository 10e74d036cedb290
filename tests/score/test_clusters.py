"""What Ray and Spark have in common, with a stand-in for them: parts, merging, refusals."""

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from sentigate.errors import ConfigError, DataError, MissingExtraError, OutputError
from sentigate.score import clusters
from sentigate.score.clusters import Engine, score_on
from sentigate.score.files import Options
from sentigate.score.workers import scorer_of

TEXTS = ["the food was good", None, "", "never again"] * 5


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "a.parquet"
    schema = pa.schema([("id", pa.int64()), ("review", pa.string())], {"made": "by me"})
    parquet.write_table(pa.table([range(20), TEXTS], schema=schema), path, row_group_size=6)
    return path


@pytest.fixture
def run(tiny, monkeypatch):
    """Return a function that scores on an engine which is this process and makes two parts."""

    def score_parts(files, folder, text, job, block, workers):
        table = pa.concat_tables(map(parquet.read_table, files))
        for number, part in enumerate((table.slice(0, 7), table.slice(7))):
            scored = scorer_of(job).table(part, text)
            parquet.write_table(scored, folder / f"part-{number}.parquet")

    monkeypatch.setattr(Engine, "load", lambda _: score_parts)

    def score(source, output, **options):
        chosen = Options(model=str(tiny), **options)
        return score_on(Engine.RAY, [str(source)], str(output), chosen, lambda _: None)

    return score


def test_one_file(run, source, tmp_path, score):
    outcome = run(source, tmp_path / "o.parquet")
    score(source, tmp_path / "local.parquet")
    ours, local = (parquet.read_table(tmp_path / f"{name}.parquet") for name in ("o", "local"))
    assert ours.schema.equals(local.schema, check_metadata=True)
    assert ours.select(["id", "review", "status"]).equals(local.select(["id", "review", "status"]))
    assert outcome.rows == 20
    assert outcome.statuses == {"ok": 10, "missing": 5, "empty": 5}
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("a.parquet", "local.parquet", "o.parquet")
    ]


def test_types_that_an_engine_does_not_know(run, tmp_path, monkeypatch):
    """Spark gives plain strings, microseconds and signed numbers; one file has what came."""
    schema = pa.schema(
        [
            ("text", pa.large_string()),
            pa.field("kind", pa.dictionary(pa.int8(), pa.string()), nullable=False),
            ("at", pa.timestamp("ns")),
            ("n", pa.uint32()),
        ],
        {"made": "by Polars"},
    )
    table = pa.table([["good", None], ["a", "b"], [1000, None], [1, 2]], schema)
    parquet.write_table(table, tmp_path / "a.parquet")
    plain = {"text": pa.string(), "kind": pa.string(), "at": pa.timestamp("us"), "n": pa.int64()}
    read = parquet.read_table

    def as_spark(file, **more):
        table = read(file, **more)
        return table.cast(pa.schema(plain)) if str(file).endswith("a.parquet") else table

    monkeypatch.setattr(parquet, "read_table", as_spark)
    run(tmp_path / "a.parquet", tmp_path / "o.parquet")
    merged = read(tmp_path / "o.parquet")
    assert merged.select(schema.names).equals(table, check_metadata=True)


def test_rows_are_texts_also_where_sentences_have_rows(run, source, tmp_path):
    table = parquet.read_table(source)
    texts = ["It was good. I loved it!" if text else text for text in TEXTS]
    parquet.write_table(table.set_column(1, "review", [texts]), tmp_path / "b.parquet")
    outcome = run(tmp_path / "b.parquet", tmp_path / "o.parquet", sentences=True)
    assert (outcome.rows, outcome.statuses["ok"]) == (20, 20)
    assert outcome.statuses.total() == 30


def test_a_model_folder_is_found_from_any_folder(run, source, tmp_path, tiny, monkeypatch):
    jobs = []
    monkeypatch.setattr(Engine, "load", lambda _: lambda *given: jobs.append(given[3]))
    monkeypatch.chdir(tiny.parent)
    for model in (tiny.name, "en"):
        options = Options(model=model)
        score_on(Engine.RAY, [str(source)], f"{tmp_path}/{model}/", options, lambda _: None)
    assert [job.model for job in jobs] == [str(tiny), "en"]


def test_what_an_engine_cannot_do_is_no_fault_of_the_outputs(run, source, tmp_path, monkeypatch):
    def fail(*_):
        raise ConnectionError("nobody there")

    monkeypatch.setattr(Engine, "load", lambda _: fail)
    with pytest.raises(ConnectionError):
        run(source, f"{tmp_path}/out/")
    (tmp_path / "o.parquet.part").mkdir()  # of another run, which was killed
    with pytest.raises(ConnectionError):
        run(source, tmp_path / "o.parquet")


def test_inputs_with_different_columns(run, source, tmp_path):
    (tmp_path / "in").mkdir()
    source.rename(tmp_path / "in" / "a.parquet")
    parquet.write_table(pa.table({"id": ["x"], "review": ["good"]}), tmp_path / "in" / "b.parquet")
    with pytest.raises(
        DataError, match=r"b\.parquet has other columns .*: id \(string\) instead of id \(int64\);"
    ):
        run(tmp_path / "in", f"{tmp_path}/out/")


def test_a_folder(run, source, tmp_path):
    run(source, f"{tmp_path}/out/")
    assert len(list((tmp_path / "out").glob("*.parquet"))) == 2
    assert parquet.read_table(tmp_path / "out").column("id").to_pylist() == list(range(20))


def test_a_failure_leaves_nothing(run, source, tmp_path, monkeypatch):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(Engine, "load", lambda _: fail)
    for output in (tmp_path / "o.parquet", f"{tmp_path}/out/"):
        with pytest.raises(RuntimeError):
            run(source, output)
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


def test_refusals(run, source, tmp_path):
    (tmp_path / "a.csv").write_text("text\ngood\n")
    (tmp_path / "there.parquet").touch()
    for error, message, source_, output, options in (
        (ConfigError, "ray reads Parquet", tmp_path / "a.csv", "o.parquet", {}),
        (ConfigError, "--resume is not for ray", source, "o.parquet", {"resume": True}),
        (ConfigError, "o.csv must end in", source, "o.csv", {}),
        (ConfigError, "o.parquet.gz must end in", source, "o.parquet.gz", {}),
        (OutputError, "is there already", source, "there.parquet", {}),
        (DataError, "did you mean 'review'", source, "o.parquet", {"text": "reviw"}),
        (DataError, "there is no file", tmp_path / "no.parquet", "o.parquet", {}),
        (DataError, "not a whole Parquet", tmp_path / "there.parquet", "o.parquet", {}),
    ):
        with pytest.raises(error, match=message):
            run(source_, tmp_path / output, **options)
    assert not (tmp_path / "o.parquet").exists()
    with pytest.raises(ConfigError, match="ray writes files"):
        run(source, "-")


@pytest.mark.parametrize(("engine", "library"), [("ray", "ray"), ("spark", "pyspark")])
def test_an_engine_that_is_not_installed(engine, library, source, tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(
        f"sentigate.score.on_{engine}.require",
        lambda module, extra: clusters_missing(module, extra),
    )
    with pytest.raises(MissingExtraError, match=rf"{library}.*pip install 'sentigate\[{engine}\]'"):
        score_on(
            clusters.Engine(engine),
            [str(source)],
            str(tmp_path / "o.parquet"),
            Options(model=str(tiny)),
            lambda _: None,
        )


def clusters_missing(module, extra):
    from sentigate.extras import require

    return require(f"{module.partition('.')[0]}_that_is_not_there", extra)

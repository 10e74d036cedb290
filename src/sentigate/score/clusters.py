"""Parquet files scored by Ray or Spark: to a folder of Parquet files, or merged to a single one.

Both engines write a folder of parts; what they have in common is here. Knows no format but Parquet.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from pathlib import Path

from sentigate.data.columns import choose_text
from sentigate.errors import ConfigError, DataError, OutputError
from sentigate.files import output_errors, write_aside, write_folder_aside
from sentigate.model.artifact import shipped
from sentigate.score.arrow import pa, parquet
from sentigate.score.encoders import write_parquet
from sentigate.score.files import Options, Outcome, Report
from sentigate.score.formats import Format, kind_of
from sentigate.score.places import STDOUT, find_inputs, is_folder
from sentigate.score.workers import Job, scorer_of

ScoreParts = Callable[[Sequence[str], Path, str, Job, int, int | None], None]


class Engine(StrEnum):
    """What runs the work on one machine or several."""

    RAY = "ray"
    SPARK = "spark"

    def load(self) -> ScoreParts:
        """Import the coat over this engine."""
        score_parts: ScoreParts = import_module(f"sentigate.score.on_{self}").score_parts
        return score_parts


def score_on(
    engine: Engine, inputs: Sequence[str], output: str, options: Options, report: Report
) -> Outcome:
    """Score Parquet files on an engine.

    Args:
        engine: Ray or Spark.
        inputs: files, folders or patterns, all of them Parquet with the same columns.
        output: a folder for as many Parquet files as the engine makes, or one file.
        options: how.
        report: told what was guessed, a half-sentence at a time.

    Raises:
        ConfigError: an input or the output is no Parquet, or a stopped run is to be resumed.
        OutputError: the output is there already, or cannot be written.
        DataError: there is no such text column, a column named as one of the answers, or inputs
            with different columns.
        MissingExtraError: the engine is not installed.
    """
    if options.resume:
        raise ConfigError([f"--resume is not for {engine}, which repeats by itself what was lost"])
    place, files, into = Path(output), find_inputs(inputs, Path(output)), is_folder(inputs, output)
    _refuse_others(engine, files, None if into else output)
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        raise OutputError(f"{place} is there already: remove it, or give another place with -o")
    given, rows = _told(files)
    text, notes = choose_text(given.names, options.text)
    for note in notes:
        report(note)
    job = Job(_for_all(options.model), options.abstain, options.prefix, options.sentences)
    scorer_of(job).check(given.names, text)
    with _beside(place) as folder:
        engine.load()(files, folder, text, job, options.block, options.workers)
        statuses = _statuses(folder, f"{options.prefix}status")
        if into:
            with write_folder_aside(place) as aside:
                for one in folder.iterdir():
                    one.rename(aside / one.name)
        else:
            schema = pa.schema([*given, *scorer_of(job).schema], given.metadata)
            with write_aside(place) as aside:
                write_parquet(_batches(folder, schema), aside, schema)
    return Outcome(rows, rows, statuses)


def _refuse_others(engine: Engine, files: Sequence[str], output: str | None) -> None:
    """Refuse what is no Parquet; the output is None where it is a folder."""
    for name in files:
        if kind_of(name).format is not Format.PARQUET:
            raise ConfigError([f"{engine} reads Parquet and {name} is none: leave out --engine"])
    if output == STDOUT:
        raise ConfigError([f"{engine} writes files: give one, or a folder, with -o"])
    kind = kind_of(output or "")
    if kind.packing or kind.format not in (None, Format.PARQUET):
        raise ConfigError([f"{engine} writes Parquet: -o {output} must end in .parquet or in /"])


def _for_all(model: str | None) -> str | None:
    """A model as processes find it that run in other folders."""
    if model is None or model in shipped() or not Path(model).is_dir():
        return model
    return str(Path(model).resolve())


def _told(files: Sequence[str]) -> tuple[pa.Schema, int]:
    """The columns, which must be the same in all files, and how many rows there are."""
    first, rows = _read(files[0])
    for name in files[1:]:
        schema, more = _read(name)
        here, there = _columns(schema), _columns(first)
        if here != there:
            raise DataError(
                f"{name} has other columns than {files[0]}: {_but(here, there)} instead of "
                f"{_but(there, here)}; score them one by one, or without --engine"
            )
        rows += more
    return first, rows


def _columns(schema: pa.Schema) -> list[str]:
    return [f"{field.name} ({field.type})" for field in schema]


def _but(columns: list[str], others: list[str]) -> str:
    """The columns that are not among others; all if only the order differs, or there is none."""
    return ", ".join([one for one in columns if one not in others] or columns)


def _read(name: str) -> tuple[pa.Schema, int]:
    try:
        with parquet.ParquetFile(name) as file:
            return file.schema_arrow, file.metadata.num_rows
    except FileNotFoundError:
        raise DataError(f"there is no file {name}") from None
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{name} is not a whole Parquet file: {error}") from error


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """A temporary folder beside the output, on the same disk and where every machine sees it.

    What goes wrong in the block is not said to be a fault of the output's.
    """
    parent = place.resolve().parent
    with output_errors(place):
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _batches(folder: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The batches of all parts, in the types that came: Spark knows fewer than Arrow."""
    for part in _files(folder):
        for batch in parquet.ParquetFile(part).iter_batches():
            try:
                yield from pa.Table.from_batches([batch]).cast(schema).to_batches()
            except (pa.ArrowException, ValueError) as error:
                raise DataError(
                    f"what came back cannot be merged with the types of the input: {error}; "
                    "a folder keeps the engine's types, such as -o scored/"
                ) from error


def _statuses(folder: Path, status: str) -> Counter[str]:
    statuses: Counter[str] = Counter()
    for part in _files(folder):
        statuses.update(parquet.read_table(part, columns=[status]).column(status).to_pylist())
    return statuses

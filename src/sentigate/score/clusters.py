"""Parquet files scored by Ray or Spark: to a folder of Parquet files, or merged to a single one.

Both engines write a folder of parts; what they have in common is here. Knows no format but Parquet.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from pathlib import Path

from sentigate.data.columns import choose_text
from sentigate.errors import ConfigError, DataError, OutputError
from sentigate.files import write_aside, write_folder_aside
from sentigate.score.arrow import pa, parquet
from sentigate.score.encoders import write_parquet
from sentigate.score.files import Options, Outcome, Report
from sentigate.score.formats import Format, kind_of
from sentigate.score.journal import part_of
from sentigate.score.places import find_inputs, is_folder
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
        ConfigError: an input is no Parquet, or a stopped run is to be resumed.
        OutputError: the output is there already.
        DataError: there is no such text column, or a column named as one of the answers.
        MissingExtraError: the engine is not installed.
    """
    if options.resume:
        raise ConfigError([f"--resume is not for {engine}, which repeats by itself what was lost"])
    place, files = Path(output), find_inputs(inputs, Path(output))
    for name in files:
        if kind_of(name).format is not Format.PARQUET:
            raise ConfigError([f"{engine} reads Parquet and {name} is none: leave out --engine"])
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        raise OutputError(f"{place} is there already: remove it, or give another place with -o")
    given = _schema_of(files[0])
    text, notes = choose_text(given.names, options.text)
    for note in notes:
        report(note)
    job = Job(options.model, options.abstain, options.prefix, options.sentences)
    scorer_of(job).check(given.names, text)
    with _parts(place, is_folder(inputs, output)) as folder:
        engine.load()(files, folder, text, job, options.block, options.workers)
        outcome = _counted(folder, f"{options.prefix}status")
        if not is_folder(inputs, output):
            schema = pa.schema([*given, *scorer_of(job).schema], given.metadata)
            with write_aside(place) as aside:
                write_parquet(_batches(folder), aside, schema)
    return outcome


def _schema_of(name: str) -> pa.Schema:
    try:
        return parquet.read_schema(name)
    except FileNotFoundError:
        raise DataError(f"there is no file {name}") from None
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{name} is not a whole Parquet file: {error}") from error


@contextmanager
def _parts(place: Path, keep: bool) -> Iterator[Path]:
    """A folder beside the output; it becomes the output, or is removed."""
    if keep:
        with write_folder_aside(place) as aside:
            yield aside
        return
    folder = part_of(place)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _batches(folder: Path) -> Iterator[pa.RecordBatch]:
    for part in _files(folder):
        yield from parquet.ParquetFile(part).iter_batches()


def _counted(folder: Path, status: str) -> Outcome:
    statuses: Counter[str] = Counter()
    for part in _files(folder):
        statuses.update(parquet.read_table(part, columns=[status]).column(status).to_pylist())
    rows = statuses.total()
    return Outcome(rows, rows, statuses)

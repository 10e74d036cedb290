"""`sentigate score`: files in, the same rows with the answers beside them out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from sentigate.cli.console import resumable, tell
from sentigate.cli.options import ColumnOfTexts, ModelOfEach, Resume

if TYPE_CHECKING:
    from sentigate.score.files import Options, Outcome, Watch
    from sentigate.score.places import Place


class Format(StrEnum):
    """How the answered rows are written."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Engine(StrEnum):
    """What runs the work."""

    LOCAL = "local"
    RAY = "ray"
    SPARK = "spark"


class InputFormat(StrEnum):
    """How the rows are written that come in."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    TEXT = "text"


def score(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="IN...", help="Files, folders, patterns; - is standard input."),
    ],
    output: Annotated[
        str, typer.Option("-o", "--output", help="File or folder to write; - is standard output.")
    ],
    *,
    text: ColumnOfTexts = None,
    model: ModelOfEach = None,
    abstain: Annotated[
        float, typer.Option(help="Probability below which a label is `uncertain`.")
    ] = 0.0,
    format: Annotated[
        Format | None, typer.Option(help="Of the output; else by its suffix, else as the input's.")
    ] = None,
    input_format: Annotated[
        InputFormat | None, typer.Option(help="Of the inputs; else by their suffixes.")
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="ray, spark: Parquet only, on this machine or a cluster.")
    ] = Engine.LOCAL,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that answer, each on a core. [default: 1]")
    ] = None,
    resume: Resume = False,
    sentences: Annotated[
        bool, typer.Option("--sentences", help="One row per sentence, with its place in the text.")
    ] = False,
    prefix: Annotated[str, typer.Option(help="Beginning of the names of the new columns.")] = "",
    block: Annotated[int, typer.Option(min=1, help="Most rows answered together.")] = 4096,
) -> None:
    """Score files of any size, row by row.

    The same rows and columns come out, in the same order, with the answers beside them: CSV, TSV,
    JSON lines, Parquet and lines of text, also packed as .gz or .zst. A run that was stopped goes
    on with --resume, and its output is equal to the last byte.
    """
    from sentigate.score.files import Options

    options = Options(model, abstain, text, prefix, sentences, block, workers, resume)
    start = time.monotonic()
    if engine is not Engine.LOCAL:
        _refuse_formats(engine, format, input_format)
        outcome = _on_cluster(engine, inputs, output, options)
    else:
        outcome = _here(inputs, output, format, input_format, options)
    tell(_summary(outcome, time.monotonic() - start))


def _here(
    inputs: list[str],
    output: str,
    format: Format | None,
    input_format: InputFormat | None,
    options: "Options",
) -> "Outcome":
    from sentigate.score.files import score_files
    from sentigate.score.formats import Format as AnyFormat
    from sentigate.score.places import find_places

    places = find_places(
        inputs,
        output,
        format=AnyFormat(format) if format else None,
        input_format=AnyFormat(input_format) if input_format else None,
    )
    # What went to standard output is gone, and there is nothing to go on from.
    going_on = nullcontext() if output == "-" else resumable("from here")
    with going_on, _watching() as watch:
        return score_files(places, options, report=tell, watch=watch)


def _on_cluster(engine: Engine, inputs: list[str], output: str, options: "Options") -> "Outcome":
    from sentigate.score.clusters import Engine as Cluster
    from sentigate.score.clusters import score_on

    return score_on(Cluster(engine), inputs, output, options, tell)


def _refuse_formats(
    engine: Engine, format: Format | None, input_format: InputFormat | None
) -> None:
    from sentigate.errors import ConfigError

    given = {"--format": format, "--input-format": input_format}
    other = [f"{flag} {value}" for flag, value in given.items() if value not in (None, "parquet")]
    if other:
        raise ConfigError([f"{engine} reads and writes Parquet: leave out {one}" for one in other])


@contextmanager
def _watching() -> Iterator["Watch"]:
    """A progress bar with rate and time left on stderr, where that is a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]:,.0f} rows/s"),
        TimeRemainingColumn(),
    )
    start, rows = time.monotonic(), 0
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("reading", total=None, rate=0.0)

        def watch(place: "Place", share: float | None, new: int) -> None:
            nonlocal rows
            rows += new
            progress.update(
                task,
                description=place.input,
                total=None if share is None else 1.0,
                completed=share or 0.0,
                rate=rows / (time.monotonic() - start),
            )

        yield watch


def _summary(outcome: "Outcome", seconds: float) -> str:
    rate = f" at {outcome.answered / seconds:,.0f} rows/s" if outcome.answered else ""
    earlier = outcome.rows - outcome.answered
    resumed = f" ({earlier:,} of them by an earlier run)" if earlier else ""
    statuses = ", ".join(f"{count:,} {status}" for status, count in outcome.statuses.most_common())
    return f"{outcome.rows:,} rows{resumed}{rate}: {statuses or 'nothing to answer'}"

"""`sentigate evaluate`: how good a model is on a labelled file."""

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sentigate.cli.console import print_table, watching
from sentigate.data.readers import read
from sentigate.evaluate.evaluation import Evaluation
from sentigate.evaluate.evaluation import evaluate as evaluate_model
from sentigate.model.artifact import find_model
from sentigate.runtime.model import Model

FIGURES = (
    "accuracy",
    "macro_f1",
    "micro_f1",
    "macro_precision",
    "macro_recall",
    "jaccard",
    "ece",
    "mae",
    "pearson",
    "spearman",
)


class Format(StrEnum):
    """What the figures are printed as."""

    TABLE = "table"
    JSON = "json"


def evaluate(
    model: Annotated[str, typer.Argument(help="Name of a shipped model, or a model folder.")],
    data: Annotated[Path, typer.Argument(help="Labelled texts: CSV, TSV, JSONL, Parquet, ...")],
    text: Annotated[str | None, typer.Option(help="Column of the texts; else guessed.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of the labels; else guessed.")] = None,
    head: Annotated[
        str | None, typer.Option(help="Head to evaluate; else the one that knows the labels.")
    ] = None,
    format: Annotated[Format, typer.Option(help="table, or json: one object.")] = Format.TABLE,
) -> None:
    """Compare a model's answers with the labels of a file."""
    table = read(data, text=text, label=label)
    opened = Model.open(find_model(model))
    for note in table.notes:
        typer.echo(note, err=True)
    with watching() as watch:
        result = evaluate_model(opened, table.examples, head, watch)
    if format is Format.JSON:
        typer.echo(json.dumps(result.to_dict(), ensure_ascii=False))
    else:
        _show(result)


def _show(result: Evaluation) -> None:
    figures = result.figures
    skipped = ", ".join(f"{count} {reason}" for reason, count in result.skipped.items())
    typer.echo(f"model {result.model}, head {result.head} ({result.kind})")
    typer.echo(f"{figures['n']:,} rows, skipped: {skipped or 'none'}")
    for note in result.notes:
        typer.echo(f"note: {note}")
    typer.echo()
    for name in FIGURES:
        if name in figures:
            typer.echo(f"{name.replace('_', ' '):<16}{_number(figures[name]):>8}")
    if "per_class" in figures:
        _show_classes(figures["per_class"])
    if "confusion" in figures:
        _show_confusion(figures["confusion"])


def _show_classes(classes: Mapping[str, Mapping[str, Any]]) -> None:
    columns = list(next(iter(classes.values())))
    typer.echo()
    print_table(
        ["class", *columns],
        [[label, *map(_number, row.values())] for label, row in classes.items()],
    )


def _show_confusion(confusion: Mapping[str, Any]) -> None:
    labels = confusion["labels"]
    typer.echo()
    print_table(
        ["is / said", *labels],
        [
            [label, *(f"{count:,}" for count in row)]
            for label, row in zip(labels, confusion["matrix"], strict=True)
        ],
    )


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"

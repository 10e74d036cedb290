"""`sentigate evaluate`: how good a model is on a labelled file."""

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sentigate.cli.console import watching
from sentigate.cli.figures import show_one, show_several
from sentigate.data.readers import Table, read
from sentigate.errors import DataError
from sentigate.evaluate.answers import Answers, answer
from sentigate.evaluate.compare import compare
from sentigate.evaluate.evaluation import measure
from sentigate.model.artifact import find_model
from sentigate.runtime.model import Model


class Format(StrEnum):
    """What the figures are printed as."""

    TABLE = "table"
    JSON = "json"


def evaluate(
    models: Annotated[
        list[str], typer.Argument(help="Shipped models or model folders; several are compared.")
    ],
    data: Annotated[Path, typer.Argument(help="Labelled texts: CSV, TSV, JSONL, Parquet, ...")],
    text: Annotated[str | None, typer.Option(help="Column of the texts; else guessed.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of the labels; else guessed.")] = None,
    head: Annotated[
        str | None, typer.Option(help="Head to evaluate; else the one that knows the labels.")
    ] = None,
    slice_: Annotated[
        list[str] | None,
        typer.Option("--slice", help="Column to give figures by; may be given several times."),
    ] = None,
    abstain: Annotated[
        float, typer.Option(help="Also: what is left if answers of lower probability are withheld.")
    ] = 0.0,
    format: Annotated[Format, typer.Option(help="table, or json: one object.")] = Format.TABLE,
) -> None:
    """Compare the answers of one or several models with the labels of a file."""
    table = read(data, text=text, label=label, columns=slice_ or ())
    for note in table.notes:
        typer.echo(note, err=True)
    answers = [_answers(name, table, head, alone=len(models) == 1) for name in models]
    results = [measure(one, table.columns, abstain) for one in answers]
    comparisons = [compare(answers[0], other) for other in answers[1:]]
    if format is Format.JSON:
        told = [result.to_dict() for result in results]
        both = {"models": told, "comparisons": [one.to_dict() for one in comparisons]}
        typer.echo(json.dumps(both if len(told) > 1 else told[0], ensure_ascii=False))
    elif len(results) > 1:
        show_several(results, comparisons)
    else:
        show_one(results[0])


def _answers(name: str, table: Table, head: str | None, *, alone: bool) -> Answers:
    """What a model says of the file; among several, it goes by the name that was typed."""
    model = Model.open(find_model(name))
    try:
        with watching(name) as watch:
            answers = answer(model, table.examples, head, watch)
    except DataError as error:
        raise error if alone else DataError(f"{name}: {error}") from None
    return answers if alone else replace(answers, model=name)

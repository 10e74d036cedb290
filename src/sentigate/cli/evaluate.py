"""`sentigate evaluate`: how good a model is on a labelled file."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from sentigate.cli.console import watching
from sentigate.cli.faithful import measure_explanations, show_explanations
from sentigate.cli.figures import show_one, show_several
from sentigate.cli.options import ColumnOfLabels, ColumnOfTexts, Format, Labelled
from sentigate.cli.tables import read_table
from sentigate.data.readers import Table, read
from sentigate.errors import ConfigError, DataError
from sentigate.evaluate.answers import Answers, answer
from sentigate.evaluate.compare import Comparison, compare
from sentigate.evaluate.duplicates import Duplicate, near_duplicates
from sentigate.evaluate.evaluation import Evaluation, measure
from sentigate.evaluate.report import Report, card_section, check_installed, write_report
from sentigate.model.artifact import find_model, replace_card, shipped
from sentigate.model.card import with_section
from sentigate.runtime.model import Model


def evaluate(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODELS...", help="Shipped models or model folders; several are compared."
        ),
    ],
    data: Labelled,
    text: ColumnOfTexts = None,
    label: ColumnOfLabels = None,
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
    train: Annotated[
        Path | None,
        typer.Option(help="Training file; near-duplicates of its texts in DATA are counted."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Folder for a report: a page, Markdown, metrics.json and plots."),
    ] = None,
    update_card: Annotated[
        bool, typer.Option("--update-card", help="Write the figures into each model's README.md.")
    ] = False,
    explanations: Annotated[
        bool,
        typer.Option("--explanations", help="Also: how faithful explanations of 100 texts are."),
    ] = False,
    format: Annotated[Format, typer.Option(help="table, or json: one object.")] = Format.TABLE,
) -> None:
    """Measure one or several models on a labelled file.

    Their answers are compared with the labels; several models also with each other, in pairs.
    """
    if report:
        check_installed()
    folders = [_card_folder(name) for name in models] if update_card else []
    table = read_table(data, text=text, label=label, columns=slice_ or ())
    doubles = near_duplicates(table.examples, read(train, text=text).examples) if train else []
    columns = {**table.columns, **(_seen(table, doubles, train) if train else {})}
    answers = [_answers(name, table, head, alone=len(models) == 1) for name in models]
    results = [measure(one, columns, abstain) for one in answers]
    comparisons = [compare(answers[0], other) for other in answers[1:]]
    explained = [*map(measure_explanations, models, answers)] if explanations else []
    if report:
        flags = {"text": text, "label": label, "head": head, "abstain": abstain or None}
        command = _command(models, data, flags | {"train": train, "report": report}, slice_ or ())
        name = _short(train) if train else None
        write_report(Report(_short(data), results, comparisons, name, doubles, command), report)
    if update_card:
        _update_cards(folders, results, data)
    _show(format, results, comparisons, explained)


def _show(
    format: Format,
    results: Sequence[Evaluation],
    comparisons: Sequence[Comparison],
    explained: Sequence[Mapping[str, Any]],
) -> None:
    """Print what was found."""
    if format is Format.JSON:
        told = [result.to_dict() for result in results]
        for one, found in zip(told, explained, strict=False):
            one["explanations"] = found
        both = {"models": told, "comparisons": [asdict(one) for one in comparisons]}
        typer.echo(json.dumps(both if len(told) > 1 else told[0], ensure_ascii=False))
        return
    if len(results) > 1:
        show_several(results, comparisons)
    else:
        show_one(results[0])
    show_explanations(explained)


def _short(path: Path) -> str:
    """The end of a path, with the folder: many files are called test.csv."""
    return Path(*path.parts[-2:]).as_posix()


def _answers(name: str, table: Table, head: str | None, *, alone: bool) -> Answers:
    """What a model says of the file; among several, it goes by the name that was typed."""
    model = Model.open(find_model(name))
    try:
        with watching(name) as watch:
            answers = answer(model, table.examples, head, watch)
    except DataError as error:
        raise error if alone else DataError(f"{name}: {error}") from None
    return answers if alone else replace(answers, model=name)


def _seen(table: Table, doubles: Sequence[Duplicate], train: Path) -> dict[str, list[str]]:
    """A column that says which rows are near-duplicates of training texts."""
    rows = {double.row for double in doubles}
    return {f"in {_short(train)}": ["yes" if one.row in rows else "no" for one in table.examples]}


def _card_folder(name: str) -> Path:
    """The folder whose card is to be rewritten, which is not one of ours."""
    if name in shipped():
        raise ConfigError(
            [f"--update-card: {name!r} is shipped, its card comes from its recipe: train your own"]
        )
    return find_model(name)


def _update_cards(folders: Sequence[Path], results: Sequence[Evaluation], data: Path) -> None:
    for folder, result in zip(folders, results, strict=True):
        card = (folder / "README.md").read_text(encoding="utf-8")
        replace_card(folder, with_section(card, *card_section(result, _short(data))))


def _command(
    models: Sequence[str], data: Path, flags: Mapping[str, object], slices: Sequence[str]
) -> str:
    """What makes the same report again."""
    words = ["sentigate", "evaluate", *models, str(data)]
    for name, value in [*flags.items(), *(("slice", column) for column in slices)]:
        words += [] if value is None else [f"--{name}", str(value)]
    return shlex.join(words)

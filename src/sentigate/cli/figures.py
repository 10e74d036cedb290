"""Evaluations as tables in a terminal: one model in full, several side by side."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import typer

from sentigate.cli.console import print_table
from sentigate.evaluate.compare import Comparison
from sentigate.evaluate.evaluation import TITLES, Evaluation
from sentigate.evaluate.slices import Slice

NOTHING = "–"


def show_one(result: Evaluation) -> None:
    """Print all about one model."""
    _heading(result)
    typer.echo()
    print_table(
        ["figure", "value", "95 % interval"],
        [
            [_title(name), number(result.figures[name]), _interval(result.intervals.get(name))]
            for name in TITLES
            if name in result.figures
        ],
    )
    if "per_class" in result.figures:
        _show_classes(result.figures["per_class"])
    if "confusion" in result.figures:
        _show_confusion(result.figures["confusion"])
    _show_slices(result.slices)
    _show_abstain(result)


def show_several(results: Sequence[Evaluation], comparisons: Iterable[Comparison]) -> None:
    """Print models side by side, and what can be said of their differences."""
    for result in results:
        _heading(result)
    typer.echo()
    print_table(
        ["figure", *(result.answers.model for result in results)],
        [
            [_title(name), *(_with_interval(result, name) for result in results)]
            for name in TITLES
            if any(name in result.figures for result in results)
        ],
    )
    _show_classes_of_several(results)
    for result in results:
        _show_abstain(result)
    for comparison in comparisons:
        typer.echo()
        for line in comparison.sentences():
            typer.echo(line)


def number(value: float | None) -> str:
    """Write a figure for people."""
    if value is None:
        return NOTHING
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"


def _heading(result: Evaluation) -> None:
    answers = result.answers
    skipped = ", ".join(f"{count} {reason}" for reason, count in answers.skipped.items())
    typer.echo(f"model {answers.model}, head {answers.head.name} ({answers.head.kind})")
    typer.echo(f"{result.figures['n']:,} rows, skipped: {skipped or 'none'}")
    for note in answers.notes:
        typer.echo(f"note: {note}")


def _show_classes(classes: Mapping[str, Mapping[str, Any]]) -> None:
    columns = list(next(iter(classes.values())))
    typer.echo()
    print_table(
        ["class", *map(_title, columns)],
        [[label, *map(number, row.values())] for label, row in classes.items()],
    )


def _show_classes_of_several(results: Sequence[Evaluation]) -> None:
    """F1 of each class, by model; nothing for numbers."""
    classes = [result.figures.get("per_class", {}) for result in results]
    labels = list(dict.fromkeys(label for rows in classes for label in rows))
    if not labels:
        return
    typer.echo()
    print_table(
        ["f1 of class", *(result.answers.model for result in results)],
        [[label, *(number(rows.get(label, {}).get("f1")) for rows in classes)] for label in labels],
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


def _show_slices(slices: Sequence[Slice]) -> None:
    for by, parts in groupby(slices, key=lambda one: one.by):
        rows = list(parts)
        typer.echo()
        print_table(
            [by, "rows", *map(_title, rows[0].figures)],
            [
                [
                    one.value,
                    f"{one.n:,}",
                    *(_value(one.figures[name], one.intervals[name]) for name in one.figures),
                ]
                for one in rows
            ],
        )


def _show_abstain(result: Evaluation) -> None:
    band = result.abstain
    if band is not None:
        typer.echo(
            f"\n{result.answers.model}: `uncertain` below {band.below:g} leaves {band.n:,} answers "
            f"({band.coverage:.1%}), accuracy {number(band.accuracy)} "
            f"instead of {number(result.figures['accuracy'])}"
        )


def _with_interval(result: Evaluation, name: str) -> str:
    return _value(result.figures.get(name), result.intervals.get(name))


def _value(value: float | None, interval: Sequence[float] | None) -> str:
    return f"{number(value)} ({_interval(interval)})" if interval else number(value)


def _interval(interval: Sequence[float] | None) -> str:
    return f"{interval[0]:.3f}–{interval[1]:.3f}" if interval else ""


def _title(name: str) -> str:
    return TITLES.get(name, name.replace("_", " "))

"""`sentigate explain`: which words an answer comes from, and what the gates did."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from sentigate.analyzer import load
from sentigate.cli.console import plain_console, print_table
from sentigate.cli.options import Format, ModelOfText
from sentigate.cli.show import readable
from sentigate.cli.tint import bar, coloured, style
from sentigate.data.encoding import decode
from sentigate.errors import ConfigError
from sentigate.explain.heat import direction
from sentigate.explain.page import attribution_page, gates_page, refuse_unread
from sentigate.explain.records import Attribution, GateCourse, GateReading
from sentigate.files import write_aside
from sentigate.pages import signed

STDIN = "-"
ROWS = 12
WORD, BAR = 24, 24
LONGEST_SHOWN = 2_000


class Way(StrEnum):
    """How contributions are found."""

    AUTO = "auto"
    GATES = "gates"
    OCCLUSION = "occlusion"
    GRADIENTS = "gradients"


class Stretch(StrEnum):
    """What is explained one by one."""

    WORD = "word"
    PHRASE = "phrase"
    SENTENCE = "sentence"


def explain(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="The text; - reads it from standard input.")
    ],
    model: ModelOfText = None,
    head: Annotated[
        str | None, typer.Option(help="Head to explain; else the one that knows the label.")
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="Label to explain; else the one decided on.")
    ] = None,
    method: Annotated[
        Way,
        typer.Option(help="gates: exact; occlusion: leave out; gradients: integrated, by Captum."),
    ] = Way.AUTO,
    by: Annotated[Stretch, typer.Option(help="What is explained one by one.")] = Stretch.WORD,
    gates: Annotated[
        bool, typer.Option("--gates", help="Instead: every gate, token by token.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="Also write a page; extra `report`.")] = None,
    format: Annotated[Format, typer.Option(help="table, or json: one object.")] = Format.TABLE,
) -> None:
    """Say which words of a text an answer comes from."""
    if gates and (method is not Way.AUTO or by is not Stretch.WORD):
        raise ConfigError(["--gates shows tokens, in its own way: leave out --by and --method"])
    analyzer = load(model)
    text = text_of(text)
    told: Attribution | GateReading
    if gates:
        told = analyzer.gates(text, head, label)
    else:
        told = analyzer.explain(text, head, label, method.value, by.value)
    if html:
        page = gates_page(told) if isinstance(told, GateReading) else attribution_page(told)
        write_page(html, page)
    if format is Format.JSON:
        typer.echo(json.dumps(told.to_dict(), ensure_ascii=False))
    elif isinstance(told, GateReading):
        _show_gates(told)
    else:
        _show(told)


def text_of(argument: str) -> str:
    """Return the text itself, or all of standard input for "-"."""
    return decode(sys.stdin.buffer.read())[0] if argument == STDIN else argument


def write_page(path: Path, page: str) -> None:
    """Write a page and say so."""
    with write_aside(path) as aside:
        aside.write_text(page, encoding="utf-8")
    typer.echo(f"wrote {path}", err=True)


def _show(told: Attribution) -> None:
    refuse_unread(told)
    console, strongest = plain_console(), told.strongest(ROWS)
    most = max((abs(word.value) for word in strongest), default=0.0) or 1.0
    number = "" if told.probability is None else f" {told.probability:.2f}"
    console.print(
        f"{told.head}: {told.label or ''}{number}   (model {told.model}, {told.method})\n"
    )
    if len(told.text or "") <= LONGEST_SHOWN:
        console.print(coloured(told.text or "", told.words, told.label, most), "\n", sep="")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(told.by, max_width=WORD, no_wrap=True, overflow="ellipsis")
    table.add_column("adds", justify="right")
    table.add_column("")
    for word in strongest:
        strength = abs(word.value) / most
        blocks = Text(bar(strength, BAR), style=style(word.value, told.label, 1.0))
        table.add_row(readable(word.text, WORD), signed(word.value), blocks)
    console.print(table)
    console.print(_sum(told))


def _sum(told: Attribution) -> str:
    """What the numbers come to."""
    whole = f"{told.score:+.2f} ({told.unit})"
    if told.baseline is None:
        return f"\nadds: how much less the text scores without it\nthe whole text scores {whole}"
    added = sum(word.value for word in told.words)
    return f"\nbaseline {told.baseline:+.2f}, all {told.by}s {added:+.2f}: together {whole}"


def _show_gates(read: GateReading) -> None:
    refuse_unread(read)
    typer.echo(f"{read.head}: {read.label or ''}   (model {read.model})")
    for course in read.courses:
        typer.echo(f"\n{direction(course)}")
        _show_course(read, course)
    if read.unread:
        typer.echo(f"\nthe first window only: {read.unread:,} more tokens follow")


def _show_course(read: GateReading, course: GateCourse) -> None:
    rows = [
        [
            readable(token.text, WORD),
            signed(token.value),
            *(f"{sum(cells) / len(cells):.2f}" for cells in gates),
            *("–" if share is None else f"{share:.2f}" for share in shares),
        ]
        for token, gates, shares in zip(
            read.tokens,
            zip(course.input, course.forget, course.output, strict=True),
            zip(course.written, course.kept, course.shown, course.left, strict=True),
            strict=True,
        )
    ]
    print_table(
        ["token", "adds", "input", "forget", "output", "wrote", "kept", "showed", "left"], rows
    )

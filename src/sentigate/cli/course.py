"""`sentigate course`: the course of feeling through a long text, sentence by sentence."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from sentigate.analyzer import load
from sentigate.cli.console import plain_console
from sentigate.cli.explain import STDIN, write_page
from sentigate.cli.options import Format, ModelOfText
from sentigate.cli.show import readable
from sentigate.cli.tint import bar, style
from sentigate.data.encoding import decode
from sentigate.errors import DataError
from sentigate.explain.page import course_page, refuse_unread, value_range
from sentigate.explain.records import Reading, Trajectory
from sentigate.pages import signed

HALF = 10


def course(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A text file; - reads standard input.")
    ],
    model: ModelOfText = None,
    head: Annotated[
        str | None, typer.Option(help="Head to follow; else the one that knows the label.")
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="Label whose probability to follow; else the score.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Also write a page; extra `report`.")] = None,
    format: Annotated[Format, typer.Option(help="table, or json: one object.")] = Format.TABLE,
) -> None:
    """Follow the feeling through a text, sentence by sentence."""
    text, note = decode(_content(file))
    if note:
        typer.echo(note, err=True)
    told = load(model).trajectory(text, head, label)
    if html:
        write_page(html, course_page(told))
    if format is Format.JSON:
        typer.echo(json.dumps(told.to_dict(), ensure_ascii=False))
    else:
        _show(told)


def _content(file: Path) -> bytes:
    if str(file) == STDIN:
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot read {file}: {_reason(error)}; for a text itself: "
            'echo "…" | sentigate course -'
        ) from None


def _reason(error: OSError) -> str:
    missing = isinstance(error, FileNotFoundError)
    return "no such file" if missing else str(error.strerror)


def _show(told: Trajectory) -> None:
    refuse_unread(told)
    console = plain_console()
    low, high = value_range(told)
    most = max(abs(low), abs(high))
    width = len(f"{len(told.sentences):,}")
    if told.whole:
        what, value = told.label or told.head, signed(told.whole.value)
        console.print(f"{what} of the whole text: {value}   (model {told.whole.model})\n")
    for number, sentence in enumerate(told.sentences, start=1):
        line = Text(f"{number:>{width},}  {signed(sentence.value)}  ")
        line.append(_bar(sentence, most, both=low < 0), style(sentence.value, told.label, 1.0))
        line.append(f"  {readable(sentence.text, console.width)}")
        line.truncate(console.width, overflow="ellipsis")
        console.print(line)


def _bar(sentence: Reading, most: float, *, both: bool) -> str:
    """A bar from the middle to either side, or from the left where nothing is below zero."""
    share = abs(sentence.value) / most
    if sentence.value >= 0:
        right = bar(share, HALF).ljust(HALF)
        return f"{' ' * HALF}│{right}" if both else f"│{right}"
    return f"{'█' * round(HALF * share):>{HALF}}│{' ' * HALF}"

"""Where tables and progress go: coloured on a terminal, plain or silent everywhere else."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import typer
from rich.console import Console, JustifyMethod
from rich.progress import Progress
from rich.table import Table

from sentigate.evaluate.answers import Watch

PIPE_WIDTH = 100


def tell(line: str) -> None:
    """Say something to the person at the terminal, on stderr, so that results stay clean."""
    typer.echo(line, err=True)


@contextmanager
def resumable(where: str, say: Callable[[str], None] = tell) -> Iterator[None]:
    """Where Ctrl-C ends the work, say from where the same command goes on."""
    try:
        yield
    except KeyboardInterrupt:
        say(f"the same command with --resume goes on {where}")
        raise


def plain_console() -> Console:
    """Return the console on standard output; in a pipe it has a fixed width and no colour."""
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return Console(highlight=False, markup=False, emoji=False, width=PIPE_WIDTH)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a small table without lines: the first column to the left, the others to the right.

    Where there is no room, words go on in the next line; none is cut.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        justify: JustifyMethod = "right" if place else "left"
        table.add_column(column, justify=justify, header_style="bold", overflow="fold")
    for row in rows:
        table.add_row(*row)
    plain_console().print(table)


@contextmanager
def watching(what: str = "reading") -> Iterator[Watch]:
    """Show a progress bar on stderr, where that is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, rows: progress.update(task, completed=done, total=rows)

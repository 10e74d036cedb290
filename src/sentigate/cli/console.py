"""Where tables go: coloured on a terminal, plain everywhere else."""

import os
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

PIPE_WIDTH = 100


def plain_console() -> Console:
    """Return the console on standard output; in a pipe it has a fixed width and no colour."""
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return Console(highlight=False, markup=False, emoji=False, width=PIPE_WIDTH)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a small table without lines: the first column to the left, the others to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", header_style="bold")
    for row in rows:
        table.add_row(*row)
    plain_console().print(table)

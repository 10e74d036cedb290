"""Files of texts for the commands that learn or measure: read, and what was guessed is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sentigate.cli.console import tell
from sentigate.data.readers import Table, read


def read_table(file: Path, say: Callable[[str], None] = tell, **columns: Any) -> Table:
    """Read a file, its columns named or guessed, and tell what was guessed.

    Args:
        file: whatever `read` takes.
        say: takes one line of text at a time, for people.
        columns: as `read` takes them.
    """
    table = read(file, **columns)
    for note in table.notes:
        say(note)
    return table

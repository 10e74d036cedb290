"""`sentigate predict`: texts in, feelings out."""

import select
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from sentigate.analyzer import BLOCK_ROWS, load
from sentigate.cli import show
from sentigate.cli.options import ModelOfEach
from sentigate.data.encoding import read_lines
from sentigate.errors import ConfigError

STDIN = "-"


class Format(StrEnum):
    """What the answers are printed as."""

    TABLE = "table"
    JSON = "json"
    HF = "hf"


def predict(
    texts: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXTS...",
            help="Texts themselves, not files; - reads standard input, a text on each line (for "
            "files: sentigate score).",
        ),
    ],
    model: ModelOfEach = None,
    format: Annotated[
        Format,
        typer.Option(help="table; json: one object per line; hf: like a transformers pipeline."),
    ] = Format.TABLE,
    abstain: Annotated[
        float,
        typer.Option(help="Probability below which the label is `uncertain`; 0: always a label."),
    ] = 0.0,
) -> None:
    """Say what the writers of texts feel.

    One answer per text, in their order; a text that cannot be read gets a status.
    """
    if len(texts) > 1 and STDIN in texts:
        raise ConfigError(["- reads standard input: give it alone, or texts without it"])
    analyzer = load(model, abstain=abstain)
    from_stdin = texts == [STDIN]
    blocks = _stdin_blocks() if from_stdin else iter([texts])
    answers = (analyzer.predict(block) for block in blocks)
    if format is Format.JSON:
        show.json_lines(answers)
    elif format is Format.HF:
        show.hugging_face(answers, analyzer.heads)
    else:
        show.table(answers, analyzer.heads, fit=not from_stdin)


def _stdin_blocks() -> Iterator[list[str]]:
    """Gather the lines of standard input that are there by now.

    So a slow source is answered line by line and a fast one in large batches.
    """
    block: list[str] = []
    for line in read_lines(sys.stdin.buffer):
        block.append(line)
        if len(block) >= BLOCK_ROWS or not _more_waits():
            yield block
            block = []
    if block:
        yield block


def _more_waits() -> bool:
    """Whether standard input has more to read right now; True where nobody can tell."""
    try:
        return bool(select.select([sys.stdin.buffer], [], [], 0)[0])
    except (OSError, ValueError):  # no pipe on Windows, no descriptor in a test
        return True

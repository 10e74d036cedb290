"""`sentigate pretrain`: texts without labels in, an encoder to train from out."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from sentigate.cli.console import resumable, tell
from sentigate.cli.options import ColumnOfTexts, Pairs, Resume
from sentigate.cli.settings import given_values, with_settings
from sentigate.config import PretrainConfig
from sentigate.extras import require


@with_settings(PretrainConfig)
def pretrain(
    corpus: Annotated[
        list[Path],
        typer.Argument(
            metavar="CORPUS...",
            help="Texts: plain text, one per line, or any file `train` reads.",
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write.")],
    *,
    text: ColumnOfTexts = None,
    pairs: Pairs = None,
    resume: Resume = False,
    settings: Mapping[str, str | bool],
) -> None:
    """Pre-train an encoder on your own texts, which need no labels.

    A language model learns to guess the next word and the one before. `sentigate train --base` then
    starts from what it knows.
    """
    values = given_values(PretrainConfig, pairs, settings)
    chosen = PretrainConfig.from_dict(values)
    require("torch", "train")
    from sentigate.data.readers import read
    from sentigate.train.pretrain import pretrain as pretrain_encoder

    tables = [read(file, text=text) for file in corpus]
    for table in tables:
        for note in table.notes:
            tell(f"{table.path}: {note}")
    with resumable("from the last checkpoint"):
        folder = pretrain_encoder(
            tables, output, chosen, resume=resume, progress=sys.stderr.isatty(), report=tell
        )
    tell(f"done: try sentigate train DATA --base {shlex.quote(str(folder))} -o models/mine")

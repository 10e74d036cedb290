"""Options that several commands share, written once: what they take and what their help says.

A command names them after its parameters; their defaults stand there too.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sentigate.config import presets


class Format(StrEnum):
    """What results are printed as."""

    TABLE = "table"
    JSON = "json"


Labelled = Annotated[
    Path, typer.Argument(metavar="DATA", help="Labelled texts: CSV, TSV, JSONL, Parquet, ...")
]
ModelFolder = Annotated[Path, typer.Option("-o", "--output", help="Model folder to write.")]
ColumnOfTexts = Annotated[str | None, typer.Option(help="Column of the texts; else guessed.")]
ColumnOfLabels = Annotated[str | None, typer.Option(help="Column of the labels; else guessed.")]
Preset = Annotated[str, typer.Option(help=f"Settings to start from: {', '.join(presets())}.")]
SettingsFile = Annotated[Path | None, typer.Option(help="TOML file of settings.")]
Pairs = Annotated[
    list[str] | None, typer.Option("--set", metavar="<key=value>", help="Any setting, by name.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a stopped run.")]
ModelOfText = Annotated[
    str | None,
    typer.Option(help="Shipped model or model folder; else the one of the text's language."),
]
ModelOfEach = Annotated[
    str | None,
    typer.Option(help="Shipped model or model folder; else the one of each text's language."),
]

"""`sentigate tune`: a labelled file in, the settings that suit it out."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from sentigate.cli.console import resumable, tell
from sentigate.cli.options import (
    ColumnOfLabels,
    ColumnOfTexts,
    Labelled,
    Pairs,
    Preset,
    SettingsFile,
)
from sentigate.cli.settings import given_values, with_settings
from sentigate.config import TrainConfig, train_config
from sentigate.extras import require
from sentigate.train.space import parse_space


@with_settings(TrainConfig)
def tune(
    data: Labelled,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="TOML file to write; the study lies beside it.")
    ] = Path("tuned.toml"),
    *,
    trials: Annotated[int, typer.Option(min=1, help="Trainings in all.")] = 30,
    search: Annotated[
        list[str] | None,
        typer.Option(
            metavar="<key=low..high|key=a,b>",
            help="What to search; several times; else what usually matters.",
        ),
    ] = None,
    dev: Annotated[
        Path | None, typer.Option(help="File to score settings on; else a part of DATA.")
    ] = None,
    text: ColumnOfTexts = None,
    label: ColumnOfLabels = None,
    preset: Preset = "default",
    config: SettingsFile = None,
    pairs: Pairs = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a stopped search.")] = False,
    settings: Mapping[str, str | bool],
) -> None:
    """Search for the settings that suit your texts.

    Settings that are given are kept as they are; the others are searched. The best are written to
    a file that sentigate train --config reads.
    """
    values = given_values(TrainConfig, pairs, settings)
    chosen = train_config(preset, config, values)
    given = train_config("default", config, values).model_fields_set
    space = parse_space(search) if search else None
    require("torch", "train")
    require("optuna", "tune")
    from sentigate.cli.tables import read_table
    from sentigate.data.readers import read
    from sentigate.train.tune import Search
    from sentigate.train.tune import tune as tune_settings

    plan = Search(output, trials, space, frozenset(given), resume)
    table = read_table(data, text=text, label=label)
    held = read(dev, text=text, label=label) if dev else None
    with resumable("behind the last whole trial"):
        file = tune_settings(table, held, chosen, plan, progress=sys.stderr.isatty(), report=tell)
    tell(
        f"done: try sentigate train {shlex.quote(str(data))} -o models/mine "
        f"--config {shlex.quote(str(file))}"
    )

"""`sentigate train`: a labelled file in, a model folder out."""

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
    ModelFolder,
    Pairs,
    Preset,
    Resume,
    SettingsFile,
)
from sentigate.cli.settings import given_values, with_settings
from sentigate.config import TrainConfig, train_config
from sentigate.extras import require


@with_settings(TrainConfig)
def train(
    data: Labelled,
    output: ModelFolder,
    *,
    dev: Annotated[
        Path | None, typer.Option(help="File to choose the best epoch on; else a part of DATA.")
    ] = None,
    text: ColumnOfTexts = None,
    label: ColumnOfLabels = None,
    preset: Preset = "default",
    config: SettingsFile = None,
    pairs: Pairs = None,
    resume: Resume = False,
    settings: Mapping[str, str | bool],
) -> None:
    """Train a model on your own labelled texts.

    Text column, label column and task are guessed and printed. A setting given as a flag wins
    over --set, --set over --config, and --config over --preset.
    """
    values = given_values(TrainConfig, pairs, settings)
    chosen = train_config(preset, config, values)
    require("torch", "train")
    from sentigate.cli.tables import read_table
    from sentigate.data.readers import read
    from sentigate.train.fit import train as train_model
    from sentigate.train.ranks import is_first

    say = tell if is_first(chosen) else _nothing
    table = read_table(data, say, text=text, label=label)
    held = read(dev, text=text, label=label) if dev else None
    with resumable("from the last finished epoch", say):
        folder = train_model(
            table,
            held,
            output,
            chosen,
            resume=resume,
            progress=sys.stderr.isatty(),
            report=say,
        )
    say(f'done: try sentigate predict --model {shlex.quote(str(folder))} "..."')


def _nothing(_line: str) -> None:
    """What all processes but the first say, where several train one model."""

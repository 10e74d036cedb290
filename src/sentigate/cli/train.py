"""`sentigate train`: a labelled file in, a model folder out."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from sentigate.cli.console import tell
from sentigate.cli.settings import as_values, parse_pairs, with_settings
from sentigate.config import TrainConfig, presets, train_config
from sentigate.extras import require


@with_settings(TrainConfig)
def train(
    data: Annotated[Path, typer.Argument(help="Labelled texts: CSV, TSV, JSONL, Parquet, ...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Model folder to write.")],
    *,
    dev: Annotated[
        Path | None, typer.Option(help="File to choose the best epoch on; else a part of DATA.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the texts; else guessed.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of the labels; else guessed.")] = None,
    preset: Annotated[
        str, typer.Option(help=f"Settings to start from: {', '.join(presets())}.")
    ] = "default",
    config: Annotated[Path | None, typer.Option(help="TOML file of settings.")] = None,
    pairs: Annotated[
        list[str] | None, typer.Option("--set", metavar="<key=value>", help="Any setting, by name.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a stopped run.")] = False,
    settings: Mapping[str, str | bool],
) -> None:
    """Train a model on your own labelled texts.

    Text column, label column and task are guessed and printed. A setting given as a flag wins
    over --set, --set over --config, and --config over --preset.
    """
    values = as_values(TrainConfig, {**parse_pairs(pairs or []), **settings})
    chosen = train_config(preset, config, values)
    require("torch", "train")
    from sentigate.data.readers import read
    from sentigate.train.fit import train as train_model
    from sentigate.train.ranks import is_first

    say = tell if is_first(chosen) else _nothing
    table = read(data, text=text, label=label)
    for note in table.notes:
        say(note)
    held = read(dev, text=text, label=label) if dev else None
    try:
        folder = train_model(
            table,
            held,
            output,
            chosen,
            resume=resume,
            progress=sys.stderr.isatty(),
            report=say,
        )
    except KeyboardInterrupt:
        say("the same command with --resume goes on from the last finished epoch")
        raise
    say(f'done: try sentigate predict --model {shlex.quote(str(folder))} "..."')


def _nothing(_line: str) -> None:
    """What all processes but the first say, where several train one model."""

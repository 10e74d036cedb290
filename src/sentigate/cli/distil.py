"""`sentigate distil`: a teacher and texts in, a small model that answers as it does out."""

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
def distil(
    teacher: Annotated[
        str,
        typer.Option(
            help="module:function, a shipped model, a model folder, or a Parquet file of scores.",
            show_default=False,
        ),
    ],
    output: ModelFolder,
    *,
    texts: Annotated[
        Path | None,
        typer.Option(help="Texts to ask the teacher about; no labels needed."),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Labelled texts to learn from beside the answers.")
    ] = None,
    dev: Annotated[
        Path | None,
        typer.Option(help="Labelled file to choose the best epoch on; else a part held out."),
    ] = None,
    text: ColumnOfTexts = None,
    label: ColumnOfLabels = None,
    preset: Preset = "default",
    config: SettingsFile = None,
    pairs: Pairs = None,
    resume: Resume = False,
    settings: Mapping[str, str | bool],
) -> None:
    """Train a small model to answer as a teacher does.

    A function takes a list of texts and returns for each a mapping from label to probability. What
    it has answered is kept beside the model and not asked again.
    """
    values = given_values(TrainConfig, pairs, settings)
    chosen = train_config(preset, config, values)
    require("torch", "train")
    require("pyarrow", "files")
    from sentigate.cli.tables import read_table
    from sentigate.data.readers import read
    from sentigate.train.distil import Lesson
    from sentigate.train.distil import distil as distil_model

    lesson = Lesson(
        teacher,
        texts=read_table(texts, text=text) if texts else None,
        labels=read_table(labels, text=text, label=label) if labels else None,
        dev=read(dev, text=text, label=label) if dev else None,
    )
    with resumable("from the last finished epoch"):
        folder = distil_model(
            lesson, output, chosen, resume=resume, progress=sys.stderr.isatty(), report=tell
        )
    tell(f'done: try sentigate predict --model {shlex.quote(str(folder))} "..."')

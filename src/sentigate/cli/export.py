"""`sentigate export`: a model as one ONNX file."""

from pathlib import Path
from typing import Annotated

import typer

from sentigate.extras import require
from sentigate.model.artifact import check_answers, find_model, load_artifact


def export(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="Name of a shipped model, or a model folder.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="ONNX file to write.")],
) -> None:
    """Write a model as one self-contained ONNX file.

    Inputs are token ids, int64 [batch, time], and lengths, int64 [batch]; there is one output of
    logits per head. Needs the extra `train`.
    """
    require("onnx", "train")
    from sentigate.nn.export import export_onnx

    artifact = load_artifact(find_model(model))
    check_answers(artifact)
    export_onnx(artifact, output)
    typer.echo(f"wrote {output} ({output.stat().st_size:,} bytes)", err=True)

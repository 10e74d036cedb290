"""`sentigate models`: what is shipped, or all about one model."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from sentigate.cli.console import print_table
from sentigate.config import HeadConfig
from sentigate.model.artifact import Artifact, find_model, load_artifact, shipped

FEW_LABELS = 8
MAIN_FIGURES = ("macro_f1", "macro_recall", "mae", "qwk", "pearson")
ALL_FIGURES = ("n", "accuracy", *MAIN_FIGURES[:1], "micro_f1", *MAIN_FIGURES[1:])
_LICENCE = re.compile(r"^license:\s*(.+?)\s*$", re.MULTILINE)


def models(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Name of a shipped model, or a model folder."),
    ] = None,
) -> None:
    """List the shipped models, or show all about one."""
    if name is not None:
        _show_one(find_model(name))
        return
    for folder in shipped().values():
        _show_in_brief(folder)
    typer.echo("all about one: sentigate models NAME" if shipped() else "no models are shipped")


def _show_in_brief(folder: Path) -> None:
    artifact = load_artifact(folder)
    typer.echo(artifact.config.name)
    for title, value in _facts(artifact, folder):
        typer.echo(f"  {title:<10} {value}")
    for head in artifact.config.heads:
        typer.echo(f"  {head.name:<10} {_labels(head, FEW_LABELS)}")
        for data, figures in _dev(artifact, head).items():
            shown = ", ".join(_figure(name, figures) for name in MAIN_FIGURES if name in figures)
            typer.echo(f"  {'':<10} {shown} on {data}")
    typer.echo()


def _show_one(folder: Path) -> None:
    artifact = load_artifact(folder)
    typer.echo(artifact.config.name)
    for title, value in [*_facts(artifact, folder), ("folder", str(folder))]:
        typer.echo(f"  {title:<10} {value}")
    for head in artifact.config.heads:
        typer.echo(f"\nhead {head.name} ({head.kind})")
        typer.echo(f"  {_labels(head, len(head.labels))}")
        _show_dev(_dev(artifact, head))
    _show_data(artifact.metrics.get("data") or [])
    for limit in artifact.metrics.get("limits") or []:
        typer.echo(f"limit: {limit}")
    if command := artifact.metrics.get("command"):
        typer.echo(f"made by: {command}")


def _show_dev(dev: Mapping[str, Mapping[str, Any]]) -> None:
    if not dev:
        return
    columns = [name for name in ALL_FIGURES if any(name in row for row in dev.values())]
    print_table(
        ["dev set", *(name.replace("_", " ") for name in columns)],
        [[data, *(_number(row.get(name)) for name in columns)] for data, row in dev.items()],
    )


def _show_data(data: list[Mapping[str, Any]]) -> None:
    if not data:
        return
    typer.echo("\ntrained on")
    print_table(
        ["data", "rows", "licence", "note"],
        [[str(one.get(key) or "–") for key in ("name", "rows", "licence", "note")] for one in data],
    )
    typer.echo()


def _facts(artifact: Artifact, folder: Path) -> list[tuple[str, str]]:
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    parameters = sum(values.size for values in artifact.weights.values())
    return [
        ("languages", ", ".join(artifact.config.languages) or "any"),
        ("size", f"{size / 1e6:.1f} MB, {parameters:,} parameters"),
        ("licence", _licence(folder)),
    ]


def _licence(folder: Path) -> str:
    """The licence that the card's front matter names."""
    found = _LICENCE.search((folder / "README.md").read_text(encoding="utf-8"))
    return found[1] if found else "not stated"


def _labels(head: HeadConfig, most: int) -> str:
    if not head.labels:
        return "a number"
    more = f", ... ({len(head.labels)} in all)" if len(head.labels) > most else ""
    return ", ".join(head.labels[:most]) + more


def _dev(artifact: Artifact, head: HeadConfig) -> dict[str, Mapping[str, Any]]:
    """The dev figures of a head, by the name of the data."""
    dev: Mapping[str, Mapping[str, Any]] = artifact.metrics.get("dev") or {}
    places = {key: key.rpartition("/") for key in dev}
    return {places[key][0]: row for key, row in dev.items() if places[key][2] == head.name}


def _figure(name: str, figures: Mapping[str, Any]) -> str:
    return f"{name.replace('_', ' ')} {_number(figures[name])}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"

"""How faithful explanations are, as `sentigate evaluate --explanations` measures and shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from sentigate.cli.console import print_table, watching
from sentigate.cli.figures import number
from sentigate.evaluate.answers import Answers
from sentigate.explain.faithfulness import FIGURES, RANDOM, faithfulness, sample
from sentigate.model.artifact import find_model
from sentigate.runtime.model import Model

TEXTS = 100


def measure_explanations(name: str, answers: Answers) -> dict[str, Any]:
    """Measure the methods that need no torch on a sample of the texts that count."""
    model = Model.open(find_model(name))
    gated = model.config.encoder.cell == "lstm"
    with watching(f"explanations of {name}") as watch:
        found = faithfulness(
            model,
            sample(answers.texts, TEXTS),
            head=answers.head.name,
            methods=("gates", "occlusion") if gated else ("occlusion",),
            watch=watch,
        )
    return found | {"model": answers.model}


def show_explanations(found: Sequence[Mapping[str, Any]]) -> None:
    """Print a table a model."""
    for one in found:
        skipped = ", ".join(f"{count} {why}" for why, count in one["skipped"].items()) or "none"
        typer.echo(f"\nexplanations of {one['model']}: {one['n']} texts, skipped: {skipped}")
        print_table(
            ["ranking", *(name.removeprefix("aopc_") for name in FIGURES), "above chance"],
            [
                [name, *(number(told[figure]) for figure in FIGURES), _verdict(name, told)]
                for name, told in one["methods"].items()
            ],
        )


def _verdict(name: str, told: Mapping[str, Any]) -> str:
    """Whether all that is known says that a ranking is better than one by chance."""
    if name == RANDOM:
        return ""
    bounds = told["above_random"]["comprehensiveness"]["interval"]
    return "yes" if bounds and bounds[0] > 0 else "not surely"

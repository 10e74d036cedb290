"""The shipped models beside TF-IDF + LR on the dev sets of their recipes.

    python benchmarks/shipped.py FOLDER --models en zh

FOLDER holds the data sets under the paths that the recipes name; train, dev and held-out rows are
the recipes' own. TF-IDF + LR learns from the one set alone, with C chosen on its dev rows; the
shipped model is scored as it is. Thresholds of several labels are fitted on the dev rows for both.
"""

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from common import Rows, machine, markdown, tfidf

from sentigate.config import HeadConfig
from sentigate.evaluate.calibration import fit_thresholds
from sentigate.evaluate.evaluation import evaluate
from sentigate.evaluate.metrics import evaluate_head
from sentigate.model.artifact import find_model
from sentigate.records import Example
from sentigate.runtime.model import Model

RECIPES = Path(__file__).parents[1] / "recipes"
sys.path.insert(0, str(RECIPES))
from recipe import Recipe, SourceRecipe, read_source  # noqa: E402

STRENGTHS = (0.5, 1.0, 2.0, 4.0)


def main() -> None:
    """Score every dev set of the recipes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", nargs="+", default=["en", "zh"])
    arguments = parser.parse_args()
    print(f"{machine()}\n")
    for name in arguments.models:
        recipe = Recipe.from_dict(tomllib.loads((RECIPES / f"{name}.toml").read_text("utf-8")))
        model = Model.open(find_model(name))
        rows = [
            row
            for source in recipe.sources
            if source.dev
            for row in compare(source, arguments.folder, model)
        ]
        print(markdown(rows), flush=True, end="\n\n")


def compare(source: SourceRecipe, folder: Path, model: Model) -> list[dict[str, Any]]:
    """One row for the baseline, one for the shipped model."""
    train, dev = read_source(source, folder)
    shipped = evaluate(model, dev, source.head).figures
    baseline = learn(train, dev, model.config.head(source.head))
    return [
        row(source.name, "TF-IDF + LR", baseline),
        row(source.name, f"Sentigate `{model.config.name}`", shipped),
    ]


def learn(train: list[Example], dev: list[Example], head: HeadConfig) -> dict[str, Any]:
    """The figures of TF-IDF + LR with the C that does best on the dev rows."""
    rows = Rows([one.text or "" for one in train], [one.label for one in train])
    present = sorted(
        {name for label in rows.labels for name in names(label)}, key=head.labels.index
    )
    tried = [score(tfidf(rows, strength), dev, head, present) for strength in STRENGTHS]
    return max(tried, key=lambda figures: figures["macro_f1"])


def score(model: Any, dev: list[Example], head: HeadConfig, present: list[str]) -> dict[str, Any]:
    """Figures of a fitted pipeline, through the same code as those of the shipped model."""
    likely = model.predict_proba([one.text for one in dev])
    table = np.full((len(dev), len(head.labels)), 1e-9)
    classes = getattr(model, "label_names", model.classes_)
    table[:, [head.labels.index(name) for name in classes]] = likely
    if head.kind == "multilabel":
        targets = np.array([[name in (one.label or ()) for name in head.labels] for one in dev])
        fitted = head.model_copy(
            update={"temperature": 1.0, "thresholds": fit_thresholds(table, targets)}
        )
        return evaluate_head(fitted, np.log(table) - np.log1p(-table.clip(max=1 - 1e-9)), targets)
    plain = head.model_copy(update={"temperature": 1.0})
    targets = np.array([head.labels.index(one.label) for one in dev])
    return evaluate_head(plain, np.log(table.clip(1e-9)), targets, present)


def names(label: Any) -> tuple[str, ...]:
    """The label names of a row."""
    return label if isinstance(label, tuple) else (label,)


def row(data: str, method: str, figures: dict[str, Any]) -> dict[str, Any]:
    """A row of the table."""
    return {
        "data": data,
        "method": method,
        "n": figures["n"],
        "accuracy": figures["accuracy"],
        "macro-F1": figures["macro_f1"],
        "macro-recall": figures["macro_recall"],
    }


if __name__ == "__main__":
    main()

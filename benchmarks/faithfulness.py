"""How faithful each method is on a model's own decisions, beside a ranking by chance.

    python benchmarks/faithfulness.py DATA/en/tweeteval-sentiment/dev.parquet --model en

`docs/explanations.md` says what the figures mean.
"""

import argparse
from pathlib import Path

from common import machine, markdown, one_core, read_rows

from sentigate.explain.faithfulness import FIGURES, RANDOM, faithfulness
from sentigate.model.artifact import find_model
from sentigate.runtime.model import Model


def main() -> None:
    """Measure and print a table."""
    one_core()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="Parquet file with the column text")
    parser.add_argument("--model", default="en")
    parser.add_argument("--head", default="sentiment")
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--removal", default="delete", choices=["delete", "unknown"])
    parser.add_argument("--methods", default="gates,occlusion,gradients")
    chosen = parser.parse_args()
    found = faithfulness(
        Model.open(find_model(chosen.model)),
        read_rows(chosen.data, chosen.rows).texts,
        head=chosen.head,
        methods=chosen.methods.split(","),
        removal=chosen.removal,
    )
    print(f"{machine()}; {chosen.data.parent.name}, model {chosen.model}, head {chosen.head}")
    print(f"{found['n']} texts, skipped {found['skipped']}, removal: {chosen.removal}\n")
    print(markdown([row(name, told) for name, told in found["methods"].items()]))


def row(name: str, told: dict) -> dict:
    """A method's figures, each with half the width of the interval of what it is above chance."""
    cells = {"ranking": name}
    for figure in FIGURES:
        cells[figure.replace("_", " ")] = f"{told[figure]:.3f}"
        if name != RANDOM:
            low, high = told["above_random"][figure]["interval"]
            cells[figure.replace("_", " ")] += f" ± {(high - low) / 2:.3f}"
    return cells | {"ms a text": f"{1e3 * told['seconds']:.0f}" if "seconds" in told else "–"}


if __name__ == "__main__":
    main()

"""Domains never seen: each left out of the training of a shipped model, and then scored.

    python benchmarks/domains.py DATA --recipes en zh --set epochs=3
    python benchmarks/domains.py DATA --recipes en --encoder en-encoder

For every domain of a recipe that has a dev set for the head `sentiment` a model is made from all
other domains, by the recipe without its teacher (whose answers are on texts of all domains). An
encoder that has read texts of all domains knows how people write there, but none of their labels.
Beside it the libraries that need no training, on the same rows. Where a set has two labels,
everybody has to choose between them. Prints macro-F1, as each domain is done, and the means at the
end.
"""

import argparse
import sys
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from common import machine, markdown
from sklearn.metrics import f1_score

from sentigate.evaluate.evaluation import evaluate
from sentigate.records import Example
from sentigate.runtime.model import Model

sys.path.insert(0, str(Path(__file__).parents[1] / "recipes"))
from make import Aids, make
from recipe import Recipe, read_recipe, read_sources, without_domain

HEAD = "sentiment"
Polarity = Callable[[str], float]
"""From a text to a number between -1 and 1."""


def main() -> None:
    """Leave every domain out once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of the data sets")
    parser.add_argument("--recipes", nargs="+", default=["en", "zh"])
    parser.add_argument("--set", action="append", default=[], help="key=value, over [train]")
    parser.add_argument("--encoder", type=Path, help="folder of an encoder to start from")
    given = parser.parse_args()
    print(f"{machine()}\n")
    for name in given.recipes:
        recipe = read_recipe(name)
        changed = {**recipe.train, **tomllib.loads("\n".join(given.set))}
        rows = scored(recipe.model_copy(update={"train": changed}), given.data, given.encoder)
        figures = [key for key in rows[0] if key not in ("left out", "dev set", "n")]
        means = {key: float(np.mean([row[key] for row in rows])) for key in figures}
        print(markdown([*rows, {"left out": "mean", **means}]), flush=True, end="\n\n")


def scored(recipe: Recipe, data: Path, encoder: Path | None) -> list[dict[str, object]]:
    """One row for each dev set of each domain."""
    rivals = libraries(recipe.languages[0])
    splits = read_sources(recipe, data)
    judged = [
        (source, dev)
        for source, (_train, dev) in zip(recipe.sources, splits, strict=True)
        if source.dev and source.chooses and source.head == HEAD
    ]
    rows = []
    for domain in dict.fromkeys(source.domain for source, _dev in judged):
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / recipe.name
            rest = without_domain(recipe, domain)
            make(rest, data, output, "", resume=False, aids=Aids(encoder=encoder))
            model = Model.open(output)
        for source, dev in (pair for pair in judged if pair[0].domain == domain):
            row = {"left out": domain, "dev set": source.name, "n": len(dev)}
            row |= {name: judge(polarity, dev) for name, polarity in rivals.items()}
            rows.append({**row, "Sentigate": evaluate(model, dev, HEAD).figures["macro_f1"]})
            print(markdown([rows[-1]]).splitlines()[-1], file=sys.stderr, flush=True)
    return rows


def judge(polarity: Polarity, dev: Sequence[Example]) -> float:
    """Macro-F1 of a library; the band of neutral is the ±0.05 that VADER's authors name."""
    labels = sorted({str(row.label) for row in dev})
    band = 0.05 if "neutral" in labels else 0.0
    scores = [polarity(row.text or "") for row in dev]
    found = ["positive" if s > band else "negative" if s < -band else "neutral" for s in scores]
    if "neutral" not in labels:
        found = [label if label in labels else "positive" for label in found]
    wanted = [str(row.label) for row in dev]
    return float(f1_score(wanted, found, average="macro", labels=labels, zero_division=0.0))


def libraries(language: str) -> dict[str, Polarity]:
    """The libraries for a language."""
    if language == "zh":
        from snownlp import SnowNLP

        return {"SnowNLP": lambda text: 2 * SnowNLP(text).sentiments - 1 if text.strip() else 0.0}
    from textblob import TextBlob
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return {
        "VADER": lambda text: float(analyzer.polarity_scores(text)["compound"]),
        "TextBlob": lambda text: float(TextBlob(text).sentiment.polarity),
    }


if __name__ == "__main__":
    main()

"""How much does a model know of a language that it has seen no label of, or only a few?

    python benchmarks/languages.py FOLDER --prefix umsab-

Every FOLDER/umsab-LANGUAGE with `train.parquet` and `dev.parquet` is a language. For each one a
small network, started from nothing, learns from all other languages, from these and 200 rows of it,
and from all; macro-F1 on its dev rows. Beside it TF-IDF of characters with logistic regression on
the same rows, and the answer that always names the most frequent label.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from common import Predict, Rows, machine, markdown, one_core, read_rows, table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

import sentigate
from sentigate.config import train_config
from sentigate.train.fit import train

FEW = 200
EVERYTHING = 10**9
SMALL = {
    "base": "none",
    "vocab_size": 10_000,
    "embedding_size": 64,
    "hidden_size": 64,
    "max_tokens": 64,
    "epochs": 6,
    "threads": 1,
}
Method = Callable[[Rows, int], Predict]


def main() -> None:
    """Train and score everything, and print a row a language as it is done."""
    arguments = _arguments()
    one_core()
    folders = sorted(
        folder
        for folder in arguments.folder.glob(f"{arguments.prefix}*")
        if folder.name.removeprefix(arguments.prefix) != "all"
    )
    learnt = {folder.name: read_rows(folder / "train.parquet") for folder in folders}
    dev = {folder.name: read_rows(folder / "dev.parquet") for folder in folders}
    print(f"{machine()}\n", flush=True)
    complete = {
        name: method(join(learnt), arguments.seed) for name, method in methods().items()
    }  # the same for all languages, so learnt once
    rows = [
        compare(language, learnt, dev[language], complete, arguments)
        for language in arguments.only or learnt
    ]
    print(markdown(rows))


def methods() -> dict[str, Method]:
    """What is compared, by name."""
    return {"TF-IDF": lambda rows, _seed: characters(rows), "LSTM": network}


def compare(
    language: str,
    learnt: Mapping[str, Rows],
    dev: Rows,
    complete: Mapping[str, Predict],
    arguments: argparse.Namespace,
) -> dict[str, Any]:
    """A row of the table: no row of the language, a few, all."""
    label = Counter(learnt[language].labels).most_common(1)[0][0]
    figures: dict[str, Any] = {
        "language": language.removeprefix(arguments.prefix),
        "dev rows": len(dev.texts),
        "majority": score(lambda texts: [label] * len(texts), dev),
    }
    for name, method in methods().items():
        for few in (0, FEW):
            predict = method(join(learnt, language, few), arguments.seed)
            figures[f"{name}, {few or 'none'}"] = score(predict, dev)
        figures[f"{name}, all"] = score(complete[name], dev)
    print(figures, flush=True)
    return figures


def join(learnt: Mapping[str, Rows], language: str = "", few: int = EVERYTHING) -> Rows:
    """The training rows of all languages, but of one of them only a few."""
    most = {name: few if name == language else EVERYTHING for name in learnt}
    return Rows(
        [text for name, rows in learnt.items() for text in rows.texts[: most[name]]],
        [label for name, rows in learnt.items() for label in rows.labels[: most[name]]],
    )


def characters(rows: Rows) -> Predict:
    """Fit TF-IDF of two to four characters within words and a logistic regression."""
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), min_df=3, max_features=100_000, sublinear_tf=True
    )
    regression = OneVsRestClassifier(LogisticRegression(C=4.0, solver="liblinear"))
    model = make_pipeline(vectorizer, regression).fit(rows.texts, rows.labels)
    return lambda texts: list(model.predict(texts))


def network(rows: Rows, seed: int) -> Predict:
    """Train a small network from nothing, as `sentigate train` does."""
    config = train_config(overrides={**SMALL, "seed": seed})
    with tempfile.TemporaryDirectory() as folder:
        analyze = sentigate.load(train(table(rows, "train"), None, Path(folder) / "model", config))
        analyze.predict(rows.texts[:1])  # opens the files while they are there
    return lambda texts: [_label(answer) for answer in analyze.predict(texts)]


def _label(answer: sentigate.Prediction) -> str:
    """The label; a text that cannot be read is an error, not left out."""
    head = answer.heads.get("label")
    return head.label or "" if head else ""


def score(predict: Predict, dev: Rows) -> float:
    """Macro-F1 over the labels that are in the dev rows."""
    labels = sorted(set(dev.labels))
    found = list(predict(dev.texts))
    return float(f1_score(dev.labels, found, labels=labels, average="macro", zero_division=0.0))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--prefix", default="", help="of the folders' names")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="names of folders")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""TF-IDF + LR, fastText and Sentigate, trained on `train.parquet`, scored on `dev.parquet`.

    python benchmarks/accuracy.py FOLDER --only en/sst2 zh/ewect

Every folder below FOLDER that holds both files is a data set. Sentigate holds some of the training
rows out to choose its epoch and thresholds; nobody sees the dev rows before they are scored.
Prints a Markdown table of accuracy, macro-F1 and macro-recall, as each set is done; where a text
may have several labels, accuracy is the share of texts whose labels are all right and no more.
"""

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from common import (
    Predict,
    Rows,
    fasttext,
    fasttext_predict,
    machine,
    markdown,
    read_rows,
    table,
    tfidf,
    tfidf_predict,
)
from sklearn.metrics import accuracy_score, f1_score, recall_score
from sklearn.preprocessing import MultiLabelBinarizer

import sentigate
from sentigate.config import train_config
from sentigate.train.fit import train


def main() -> None:
    """Train and score everything on every data set."""
    arguments = _arguments()
    print(f"{machine()}\n")
    for folder in sorted(file.parent for file in arguments.folder.rglob("train.parquet")):
        name = folder.relative_to(arguments.folder).as_posix()
        if (folder / "dev.parquet").exists() and name in (arguments.only or [name]):
            rows = read_rows(folder / "train.parquet", arguments.rows)
            dev = read_rows(folder / "dev.parquet")
            print(markdown(compare(name, rows, dev, arguments)), flush=True, end="\n\n")


def compare(
    name: str, rows: Rows, dev: Rows, arguments: argparse.Namespace
) -> list[dict[str, object]]:
    """One row for each method."""
    methods: dict[str, Callable[[], Predict]] = {
        "TF-IDF + LR": lambda: tfidf_predict(tfidf(rows)),
        "fastText": lambda: fasttext_predict(
            fasttext(rows), chinese=rows.chinese, several=rows.several
        ),
        f"Sentigate `{arguments.preset}`, base {arguments.base}": lambda: train_sentigate(
            rows, arguments.preset, arguments.base
        ),
    }
    found = []
    for method, learn in methods.items():
        start = time.perf_counter()
        predict = learn()
        seconds = time.perf_counter() - start
        scores = score(list(predict(dev.texts)), dev.labels)
        found.append({"data": name, "method": method, **scores, "training s": seconds})
    return found


def train_sentigate(rows: Rows, preset: str, base: str) -> Predict:
    """Train with a preset from a base, as `sentigate train` does, and load the model."""
    task = "multilabel" if rows.several else "auto"
    with tempfile.TemporaryDirectory() as folder:
        config = train_config(preset, overrides={"task": task, "base": base})
        analyze = sentigate.load(train(table(rows, "train"), None, Path(folder) / "model", config))
        analyze.predict(rows.texts[:1])  # opens the files while they are there
    return lambda texts: [_answer(p, rows.several) for p in analyze.predict(texts)]


def _answer(prediction: sentigate.Prediction, several: bool) -> Any:
    """The labels decided on; a text that cannot be read is counted as an error, not left out."""
    head = prediction.heads.get("label")
    labels = head.labels if head else ()
    return labels if several else (labels or ("",))[0]


def score(found: Sequence[Any], wanted: Sequence[Any]) -> dict[str, float]:
    """Accuracy, macro-F1 and macro-recall over the labels that are in the dev rows."""
    if isinstance(wanted[0], tuple):
        binarizer = MultiLabelBinarizer().fit(wanted)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # labels that only the training rows have
            found, wanted = binarizer.transform(found), binarizer.transform(wanted)
        labels = None
    else:
        labels = sorted(set(wanted))
    options = {"average": "macro", "zero_division": 0.0, "labels": labels}
    return {
        "accuracy": float(accuracy_score(wanted, found)),
        "macro-F1": float(f1_score(wanted, found, **options)),
        "macro-recall": float(recall_score(wanted, found, **options)),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", metavar="SET", help="paths below FOLDER")
    parser.add_argument("--preset", default="default")
    parser.add_argument("--base", default="none", help="what Sentigate starts from, or auto")
    parser.add_argument("--rows", type=int, help="most training rows")
    return parser.parse_args()


if __name__ == "__main__":
    main()

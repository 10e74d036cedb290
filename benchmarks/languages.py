"""How much does a model know of a language that it has seen no label of, or only a few?

    python benchmarks/languages.py FOLDER --prefix umsab-

Every FOLDER/umsab-LANGUAGE with `train.parquet` and `dev.parquet` is a language. For each one a
small network learns from all other languages (none), goes on from there with 200 rows of it (200),
and learns from all at once (all); macro-F1 on its dev rows. Beside it TF-IDF of characters with
logistic regression on the same rows, and the answer that always names the most frequent label.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
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
SMALL = {
    "vocab_size": 10_000,
    "embedding_size": 64,
    "hidden_size": 64,
    "max_tokens": 64,
    "epochs": 4,
    "threads": 1,
}


def main() -> None:
    """Train and score everything, and print a row a language as it is done."""
    arguments = _arguments()
    one_core()
    folders = sorted(arguments.folder.glob(f"{arguments.prefix}*"))
    names = [folder.name for folder in folders if not folder.name.endswith("-all")]
    learnt, dev = (
        {name: read_rows(arguments.folder / name / f"{split}.parquet", most) for name in names}
        for split, most in (("train", arguments.rows), ("dev", None))
    )
    print(f"{machine()}\n", flush=True)
    everything = join(learnt)
    with tempfile.TemporaryDirectory() as folder:
        whole = {"TF-IDF": characters(everything), "LSTM": network(everything, Path(folder) / "a")}
        rows = [compare(name, learnt, dev[name], whole) for name in arguments.only or names]
    print(f"\n{markdown(rows)}")


def compare(
    language: str, learnt: Mapping[str, Rows], dev: Rows, whole: Mapping[str, Predict]
) -> dict[str, Any]:
    """A row of the table: no row of the language, a few, all."""
    own = learnt[language]
    others = join({name: rows for name, rows in learnt.items() if name != language})
    few = Rows(own.texts[:FEW], own.labels[:FEW])
    label = Counter(own.labels).most_common(1)[0][0]
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        methods = {
            "majority": lambda texts: [label] * len(texts),
            "TF-IDF, none": characters(others),
            f"TF-IDF, {FEW}": characters(join({"others": others, "own": few})),
            "TF-IDF, all": whole["TF-IDF"],
            "LSTM, none": network(others, base),
            f"LSTM, {FEW}": network(few, Path(folder) / "few", str(base)),
            "LSTM, all": whole["LSTM"],
        }
        scores = {name: score(predict, dev) for name, predict in methods.items()}
    print(language, scores, file=sys.stderr, flush=True)
    return {"left out": language, "dev rows": len(dev.texts), **scores}


def join(learnt: Mapping[str, Rows]) -> Rows:
    """The rows of all as one."""
    return Rows(
        [text for rows in learnt.values() for text in rows.texts],
        [label for rows in learnt.values() for label in rows.labels],
    )


def characters(rows: Rows) -> Predict:
    """Fit TF-IDF of two to four characters within words and a logistic regression."""
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), min_df=3, max_features=100_000, sublinear_tf=True
    )
    regression = OneVsRestClassifier(LogisticRegression(C=4.0, solver="liblinear"))
    model = make_pipeline(vectorizer, regression).fit(rows.texts, rows.labels)
    return lambda texts: list(model.predict(texts))


def network(rows: Rows, folder: Path, base: str = "none") -> Predict:
    """Train a small network as `sentigate train` does, from nothing or from another one."""
    settings = SMALL if base == "none" else {"threads": 1}
    config = train_config(overrides={**settings, "base": base})
    analyze = sentigate.load(train(table(rows, "train"), None, folder, config))
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
    parser.add_argument("--rows", type=int, help="most training rows of a language")
    return parser.parse_args()


if __name__ == "__main__":
    main()

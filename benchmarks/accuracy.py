"""TF-IDF + LR, fastText and Sentigate, trained on `train.parquet`, scored on `dev.parquet`.

    python benchmarks/accuracy.py FOLDER --only en/sst2 zh/ewect
    python benchmarks/accuracy.py FOLDER --only en/imdb --rows 100 1000 --seeds 0 1 2

Every folder below FOLDER that holds both files is a data set. Sentigate is trained as `sentigate
train` does, from each of `--bases`; it holds some of the training rows out to choose its epoch and
thresholds. Each of `--settings`, such as `unfreeze = 0, seed = 1`, is one more method. Nobody sees
the dev rows before they are scored. A seed draws the rows (where `--rows` asks for fewer than there
are) and trains the network; several give a mean and a standard deviation.

Prints one line of a Markdown table as each method is done: accuracy, macro-F1, macro-recall, and
Jaccard where a text may have several labels (accuracy is then the share of texts whose labels are
all right and no more).
"""

import argparse
import json
import tempfile
import time
import tomllib
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
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
from sklearn.metrics import accuracy_score, f1_score, jaccard_score, recall_score
from sklearn.preprocessing import MultiLabelBinarizer

import sentigate
from sentigate.config import train_config
from sentigate.train.fit import train

Learn = Callable[[Rows, int], Predict]


def main() -> None:
    """Train and score everything on every data set."""
    arguments = _arguments()
    print(f"{machine()}\n", flush=True)
    methods = learners(arguments.preset, arguments.bases, arguments.settings)
    head = True
    for folder in sorted(file.parent for file in arguments.folder.rglob("train.parquet")):
        name = folder.relative_to(arguments.folder).as_posix()
        if not (folder / "dev.parquet").exists() or name not in (arguments.only or [name]):
            continue
        for line in compare(folder, methods, arguments.rows, arguments.seeds):
            text = markdown([{"data": name, **line}])
            print(text if head else text.splitlines()[-1], flush=True)
            head = False


def learners(
    preset: str, bases: Sequence[str], settings: Sequence[dict[str, Any]]
) -> dict[str, Learn]:
    """Every method by its name in the table."""
    started = {
        " ".join([f"Sentigate `{preset}`, base {Path(base).name}", *_pairs(chosen)]): partial(
            ours, preset, {"base": base, **chosen}
        )
        for base in bases
        for chosen in settings
    }
    return {
        "TF-IDF + LR": lambda rows, _seed: tfidf_predict(tfidf(rows)),
        "fastText": _fast,
        **started,
    }


def _pairs(chosen: dict[str, Any]) -> list[str]:
    return [f"`{key}={json.dumps(value)}`" for key, value in chosen.items()]


def _fast(rows: Rows, _seed: int) -> Predict:
    return fasttext_predict(fasttext(rows), chinese=rows.chinese, several=rows.several)


def ours(preset: str, settings: dict[str, Any], rows: Rows, seed: int) -> Predict:
    """Train with a preset and settings, as `sentigate train` does, and load the model."""
    chosen: dict[str, Any] = {**settings, "seed": seed}
    if rows.several:
        chosen["task"] = "multilabel"
    with tempfile.TemporaryDirectory() as folder:
        config = train_config(preset, overrides=chosen)
        analyze = sentigate.load(train(table(rows, "train"), None, Path(folder) / "model", config))
        analyze.predict(rows.texts[:1])  # opens the files while they are there
    return lambda texts: [_answer(p, rows.several) for p in analyze.predict(texts)]


def _answer(prediction: sentigate.Prediction, several: bool) -> Any:
    """The labels decided on; a text that cannot be read is counted as an error, not left out."""
    head = prediction.heads.get("label")
    labels = head.labels if head else ()
    return labels if several else (labels or ("",))[0]


def compare(
    folder: Path, methods: dict[str, Learn], counts: Sequence[int], seeds: Sequence[int]
) -> Iterator[dict[str, object]]:
    """Yield a line of the table for each number of rows and each method."""
    dev = read_rows(folder / "dev.parquet")
    for count in counts:
        for method, learn in methods.items():
            runs = []
            for seed in seeds:
                rows = read_rows(folder / "train.parquet", count or None, seed)
                start = time.perf_counter()
                predict = learn(rows, seed)
                seconds = time.perf_counter() - start
                found = list(predict(dev.texts))
                runs.append({**score(found, dev.labels), "training s": seconds})
            yield {"rows": len(rows.texts), "method": method, **_together(runs)}


def score(found: Sequence[Any], wanted: Sequence[Any]) -> dict[str, float | None]:
    """Accuracy, macro-F1, macro-recall and Jaccard over the labels that are in the dev rows."""
    several = isinstance(wanted[0], tuple)
    if several:
        binarizer = MultiLabelBinarizer().fit(wanted)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # labels that only the training rows have
            found, wanted = binarizer.transform(found), binarizer.transform(wanted)
    labels = None if several else sorted(set(wanted))
    options = {"average": "macro", "zero_division": 0.0, "labels": labels}
    figures = {
        "accuracy": float(accuracy_score(wanted, found)),
        "macro-F1": float(f1_score(wanted, found, **options)),
        "macro-recall": float(recall_score(wanted, found, **options)),
    }
    jaccard = (
        jaccard_score(wanted, found, average="samples", zero_division=1.0) if several else None
    )
    return {**figures, "Jaccard": jaccard}


def _together(runs: Sequence[dict[str, float | None]]) -> dict[str, str]:
    """Mean and, of several runs, standard deviation of every figure, in words."""
    cells = {}
    for key in runs[0]:
        values = [run[key] for run in runs if run[key] is not None]
        cells[key] = _cell(values, digits=0 if key == "training s" else 3)
    return cells


def _cell(values: Sequence[float], digits: int) -> str:
    if not values:
        return "–"
    spread = f" ± {np.std(values, ddof=1):.{digits}f}" if len(values) > 1 else ""
    return f"{np.mean(values):.{digits}f}{spread}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", metavar="SET", help="paths below FOLDER")
    parser.add_argument("--preset", default="default")
    parser.add_argument(
        "--bases", nargs="+", default=["none", "auto"], help="what Sentigate starts from"
    )
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[0], help="training rows to draw; 0 is all"
    )
    parser.add_argument(
        "--settings",
        nargs="+",
        type=lambda pairs: tomllib.loads(f"it = {{ {pairs} }}")["it"],
        default=[{}],
        metavar="key=value,...",
        help="settings over the preset's; '' is none",
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    return parser.parse_args()


if __name__ == "__main__":
    main()

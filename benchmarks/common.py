"""What the benchmarks share: labelled rows, the machine in words, tables, two classic baselines."""

import os
import platform
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

Predict = Callable[[Sequence[str]], Sequence[Any]]
HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Rows:
    """Labelled texts; a label is a name, or a tuple of names where a text may have several."""

    texts: list[str]
    labels: list[Any]

    @property
    def several(self) -> bool:
        """Whether a text may have several labels."""
        return bool(self.labels) and isinstance(self.labels[0], tuple)

    @property
    def chinese(self) -> bool:
        """Whether most of the first texts hold Chinese characters."""
        sample = self.texts[:200]
        return 2 * sum(bool(HAN.search(text)) for text in sample) > len(sample)


def read_rows(path: Path, most: int | None = None, seed: int = 0) -> Rows:
    """Read a Parquet file with `text` and `label` or `labels`, shuffled; at most so many rows."""
    columns = pq.read_table(path).to_pydict()
    labels = columns.get("label") or [tuple(names) for names in columns.get("labels", [])]
    texts = columns["text"]
    order = np.random.default_rng(seed).permutation(len(texts))[:most]
    return Rows([texts[i] for i in order], [labels[i] for i in order] if labels else [])


def one_core() -> None:
    """Keep this process on one core; libraries started later see it through their settings."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["HF_HUB_OFFLINE"] = "1"


def machine() -> str:
    """The processor's name, its cores, the Python version and today's date."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"model name\s*: (.*)", info.read_text())
        model = found[1] if found else model
    python = platform.python_version()
    return f"{model}, {os.cpu_count()} cores, Python {python}, {date.today().isoformat()}"


def peak_megabytes() -> float:
    """The most memory this process has held; unlike `ru_maxrss` it does not count its parent's."""
    found = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Return a Markdown table with the keys of the first row as its head."""
    head = list(rows[0])
    lines = [head, ["---"] * len(head), *([_cell(row.get(key)) for key in head] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}"


def table(rows: Rows, name: str) -> Any:
    """The rows as Sentigate would read them from a file of that name."""
    from sentigate.data.readers import Table
    from sentigate.records import Example

    examples = [Example(text, label) for text, label in zip(rows.texts, rows.labels, strict=True)]
    return Table(
        examples=examples, text_column="text", label_column="label", notes=(), path=Path(name)
    )


def tfidf(rows: Rows, strength: float = 4.0) -> Any:
    """Fit TF-IDF and logistic regression: words and pairs, or characters up to three (Chinese).

    `strength` is the regression's C.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MultiLabelBinarizer

    analyzer, longest = ("char", 3) if rows.chinese else ("word", 2)
    vectorizer = TfidfVectorizer(
        analyzer=analyzer, ngram_range=(1, longest), min_df=2, sublinear_tf=True
    )
    regression = LogisticRegression(max_iter=1000, C=strength, class_weight="balanced")
    if not rows.several:
        return make_pipeline(vectorizer, regression).fit(rows.texts, rows.labels)
    binarizer = MultiLabelBinarizer().fit(rows.labels)
    model = make_pipeline(vectorizer, OneVsRestClassifier(regression))
    model.fit(rows.texts, binarizer.transform(rows.labels))
    model.label_names = binarizer.classes_
    return model


def tfidf_predict(model: Any) -> Predict:
    """From texts to labels with a model of `tfidf`."""
    names = getattr(model, "label_names", None)
    if names is None:
        return lambda texts: model.predict(texts)
    return lambda texts: [tuple(names[row.astype(bool)]) for row in model.predict(texts)]


def fasttext(rows: Rows) -> Any:
    """Train a fastText classifier with the settings that its tutorial ends with."""
    import fasttext as library

    library.FastText.eprint = lambda *_: None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.txt"
        lines = (
            " ".join([*(f"__label__{name}" for name in _names(label)), _line(text, rows.chinese)])
            for text, label in zip(rows.texts, rows.labels, strict=True)
        )
        file.write_text("\n".join(lines), encoding="utf-8")
        return library.train_supervised(
            str(file),
            epoch=25,
            lr=0.5,
            wordNgrams=2,
            dim=100,
            bucket=200_000,
            loss="ova" if rows.several else "softmax",
            thread=1,
            verbose=0,
            seed=0,
        )


def fasttext_predict(model: Any, *, chinese: bool, several: bool) -> Predict:
    """From texts to labels with a model of `fasttext`; several labels where p ≥ 0.5 each."""

    def predict(texts: Sequence[str]) -> list[Any]:
        lines = [_line(text, chinese) for text in texts]
        found, _ = model.predict(lines, k=-1 if several else 1, threshold=0.5 if several else 0.0)
        names = [tuple(name.removeprefix("__label__") for name in row) for row in found]
        return names if several else [row[0] if row else "" for row in names]

    return predict


def _names(label: Any) -> Sequence[str]:
    names = label if isinstance(label, tuple) else (label,)
    return [str(name).replace(" ", "_") for name in names]


def _line(text: str, chinese: bool) -> str:
    """A text on one line in lower case, its Chinese characters set apart."""
    line = " ".join(text.lower().split())
    return HAN.sub(r" \g<0> ", line) if chinese else line

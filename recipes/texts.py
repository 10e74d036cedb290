"""The texts of a set as they stand in its files, whole or cut into sentences."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from sentigate.text.sentences import sentences

MIN_SENTENCE, MAX_SENTENCE = 20, 300  # characters; a teacher is slow on long texts


def read_texts(file: Path, rows: int) -> list[str]:
    """Read a seeded sample of a column `text`."""
    texts = pq.read_table(file, columns=["text"])["text"].to_pylist()
    order = np.random.default_rng(0).permutation(len(texts))[:rows]
    return [texts[place] for place in order]


def training_texts(folder: Path) -> Iterator[str]:
    """The texts of a set that may be learnt from, labelled or not."""
    for part in ("train", "unlabelled"):
        file = folder / f"{part}.parquet"
        if file.exists():
            yield from pq.read_table(file, columns=["text"])["text"].to_pylist()


def cut(text: str) -> list[str]:
    """The sentences of a text that are neither scraps nor paragraphs; `judged/` knows them so."""
    spans = [span for span in sentences(text) if MIN_SENTENCE < span[1] - span[0] < MAX_SENTENCE]
    return [text[start:end] for start, end in spans]

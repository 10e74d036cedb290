"""What teachers say of texts: which texts they are asked, the file of scores, sources made of it.

A file of scores is Parquet: a column `text` and, for each head, a struct column of one float a
label, the form that `sentigate distil` reads too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from recipe import Recipe, Splits, bare, judging, say
from texts import MAX_SENTENCE, cut, read_texts

from sentigate.config import HeadConfig
from sentigate.text.tokenizer import Tokenizer
from sentigate.train.sense import HEAD as SENSE
from sentigate.train.sources import Source, soft_source
from sentigate.train.teacher import Answers, write_answers

WHOLE = 200  # characters up to which `pieces` leaves a text whole
SENTENCES = 6  # that `pieces` takes of a longer one


def texts_to_score(recipe: Recipe, splits: Sequence[Splits], data: Path, rows: int) -> list[str]:
    """A seeded sample of each set's short texts, and of the sentences of unlabelled ones."""
    held = judging(splits)
    pools = [
        [row.text for row in train if row.text and len(row.text) < MAX_SENTENCE]
        for train, _dev in splits
    ]
    pools += [
        [sentence for text in read_texts(data / part.path, part.rows) for sentence in cut(text)]
        for part in recipe.unlabelled
    ]
    most = [rows] * len(splits) + [part.sentences or rows for part in recipe.unlabelled]
    rng = np.random.default_rng(0)
    drawn = [
        pool[place]
        for pool, limit in zip(pools, most, strict=True)
        for place in rng.permutation(len(pool))[:limit]
    ]
    return [text for text in dict.fromkeys(drawn) if bare(text) not in held]


def pieces(texts: Sequence[str], seed: int = 0) -> list[str]:
    """Short texts as they are and a few sentences of each long one, in a seeded order."""
    rng = np.random.default_rng(seed)
    drawn = [
        part
        for place in rng.permutation(len(texts))
        for part in ([texts[place]] if len(texts[place]) < WHOLE else _some(texts[place], rng))
    ]
    return list(dict.fromkeys(drawn))


def _some(text: str, rng: np.random.Generator) -> list[str]:
    parts = cut(text)
    return [parts[place] for place in rng.permutation(len(parts))[:SENTENCES]]


def write_scores(
    texts: Sequence[str],
    tables: Mapping[str, NDArray[np.float32]],
    heads: Sequence[HeadConfig],
    output: Path,
) -> None:
    """Write the texts and each head's probabilities, float32 [texts, labels]."""
    write_answers(output, Answers(tuple(texts), tuple(heads), tables))
    say(f"wrote {output}: {len(texts):,} texts")


def read_scores(
    file: Path, recipe: Recipe, heads: Sequence[HeadConfig], tokenizer: Tokenizer, max_tokens: int
) -> list[Source]:
    """One source for each head that the recipe distils."""
    table = pq.read_table(file)
    texts = table["text"].to_pylist()
    shares = recipe.distil.heads if recipe.distil else {}
    made = []
    for head in (head for head in heads if head.name in shares):
        name = f"teacher/{head.name}"
        source = soft_source(name, texts, answers(table, head), head, tokenizer, max_tokens)
        share = shares[head.name]
        made.append(replace(source, rows_per_epoch=share.rows, weight=share.weight))
    return made


def sense_head(file: Path) -> HeadConfig:
    """The questions that the scores of `vectors.py` answer; only the schema is read."""
    questions = tuple(field.name for field in pq.read_schema(file).field(SENSE).type)
    return HeadConfig(name=SENSE, kind="multilabel", labels=questions)


def answers(table: pa.Table, head: HeadConfig) -> NDArray[np.float32]:
    """A head's probabilities, float32 [texts, labels]."""
    column = table[head.name].combine_chunks()
    return np.stack([column.field(label).to_numpy() for label in head.labels], axis=1)

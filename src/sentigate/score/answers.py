"""The centre: texts in, answers as an Arrow record batch out. Knows no file and no cluster.

The columns are those of `sentigate.runtime.columns`; what is not known is null.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from sentigate.analyzer import Analyzer
from sentigate.errors import ConfigError, DataError, suggestion
from sentigate.runtime.columns import (
    Column,
    ManyLabels,
    Numbers,
    OneLabel,
    answer_columns,
)
from sentigate.runtime.series import arrow_values
from sentigate.score.arrow import join, pa, storable
from sentigate.text.sentences import sentences

Arrays = list[tuple[str, pa.Array]]
SENTENCE = pa.schema(
    [
        ("sentence", pa.string()),
        ("sentence_number", pa.int64()),
        ("sentence_start", pa.int64()),
        ("sentence_end", pa.int64()),
    ]
)


class Scorer:
    """Answers record batches: the columns that came, and the answers beside them.

    Args:
        analyzer: who answers.
        prefix: what the names of the columns of answers begin with.
        sentences: answer every sentence in a row of its own, with its place in the text in code
            points; a text without a sentence has one row.

    Example:
        >>> from sentigate.analyzer import load
        >>> score = Scorer(load("en"))
        >>> batch = score(pa.record_batch({"id": [1, 2], "review": ["Lovely!", None]}), "review")
        >>> batch.select(["id", "sentiment", "status"]).to_pylist()
        [{'id': 1, 'sentiment': 'positive', 'status': 'ok'},
         {'id': 2, 'sentiment': None, 'status': 'missing'}]
    """

    def __init__(self, analyzer: Analyzer, *, prefix: str = "", sentences: bool = False) -> None:
        self.analyzer = analyzer
        self.prefix = prefix
        self.sentences = sentences
        self.schema: pa.Schema = self.answers([])[1].schema

    def __call__(self, batch: pa.RecordBatch, text: str) -> pa.RecordBatch:
        """Answer one column of a batch.

        Raises:
            DataError: there is no such column, or one that came is named as one of the answers.
        """
        names = batch.schema.names
        self.check(names, text)
        rows, answers = self.answers(arrow_values(batch.column(names.index(text))))
        return join(batch if rows is None else batch.take(rows), answers)

    def table(self, table: pa.Table, text: str) -> pa.Table:
        """Answer one column of a table, as of a batch."""
        batches = table.combine_chunks().to_batches()
        schema = pa.schema([*table.schema, *self.schema], table.schema.metadata)
        return pa.Table.from_batches([self(batch, text) for batch in batches], schema)

    def check(self, names: Sequence[str], text: str) -> None:
        """Check that one column that came is that of the texts and none is named as an answer.

        Raises:
            DataError: there is no such column, or one that is named as one of the answers.
        """
        if text not in names:
            raise DataError(f"there is no column {text!r}{suggestion(text, list(names))}")
        self.refuse_clash(names)

    def refuse_clash(self, names: Sequence[str]) -> None:
        """Check that no column that came is named as an answer.

        Raises:
            DataError: one is.
        """
        known = set(names)
        taken = [name for name in self.schema.names if name in known]
        if taken:
            more = f" (and {len(taken) - 1} more)" if len(taken) > 1 else ""
            raise DataError(
                f"there is a column {taken[0]!r}{more} already, and an answer has that name too: "
                "give the answers' names a beginning with --prefix, such as --prefix my_"
            )

    def answers(self, values: Sequence[object]) -> tuple[pa.Array | None, pa.RecordBatch]:
        """Answer inputs of any type.

        Returns:
            Which input each row of the answers is of, int64; None where there is a row an input.
            The answers.
        """
        if not self.sentences:
            return None, self._batch([], values)
        rows, columns, texts = _sentences(values)
        return rows, self._batch(columns, texts)

    def _batch(self, columns: Arrays, values: Sequence[object]) -> pa.RecordBatch:
        readings = self.analyzer.read(values)
        answers = answer_columns(self.analyzer.readers, readings, self.analyzer.abstain)
        columns = [*columns, *((name, _array(column)) for name, column in answers)]
        names = [self.prefix + name for name, _ in columns]
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise ConfigError([f"several answers are named {name!r}" for name in twice])
        return pa.record_batch([column for _, column in columns], names=names)


def _sentences(values: Sequence[object]) -> tuple[pa.Array, Arrays, list[object]]:
    """The row of each sentence, its columns, and the sentences themselves or what came instead."""
    rows: list[int] = []
    found: list[tuple[str | None, int | None, int | None, int | None]] = []
    texts: list[object] = []
    for row, value in enumerate(values):
        spans = sentences(value) if isinstance(value, str) else []
        for number, (start, end) in enumerate(spans, start=1):
            texts.append(value[start:end])  # type: ignore[index]
            found.append((storable(value[start:end]), number, start, end))  # type: ignore[index]
        if not spans:
            texts.append(value)
            found.append((None, None, None, None))
        rows += [row] * max(1, len(spans))
    cells = list(zip(*found, strict=True)) or [()] * len(SENTENCE)
    columns = [
        (field.name, pa.array(column, field.type))
        for field, column in zip(SENTENCE, cells, strict=True)
    ]
    return pa.array(rows, pa.int64()), columns, texts


def _array(column: Column) -> pa.Array:
    if isinstance(column, Numbers):
        return pa.array(column.values, pa.float64(), mask=np.isnan(column.values))
    if isinstance(column, OneLabel):
        places = pa.array(column.places, pa.int32(), mask=~column.answered)
        return pa.array(column.labels, pa.string()).take(places)
    if isinstance(column, ManyLabels):
        ends = np.concatenate([[0], np.cumsum(column.chosen.sum(axis=1))])
        names = pa.array(column.labels, pa.string()).take(pa.array(np.nonzero(column.chosen)[1]))
        missing = pa.array(~column.answered)
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), names, mask=missing)
    return pa.array(column.values, pa.string())

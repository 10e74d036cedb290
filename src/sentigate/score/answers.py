"""The centre: texts in, answers as an Arrow record batch out. Knows no file and no cluster.

The columns for each head `h` of the models: `h` (the label, the list of labels or the number),
`h_score` and `h_value` where the head has them, and `h_p_<label>`; then `status` and `language`.
What is not known is null.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sentigate.analyzer import Analyzer
from sentigate.config import HeadConfig
from sentigate.errors import ConfigError, DataError, suggestion
from sentigate.records import UNCERTAIN
from sentigate.runtime.decide import Decisions, decide_columns
from sentigate.runtime.readings import Part, Readings
from sentigate.score.arrow import join, pa, python_values, storable
from sentigate.text.sentences import sentences

Columns = list[tuple[str, pa.Array]]
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
        if text not in names:
            raise DataError(f"there is no column {text!r}{suggestion(text, names)}")
        self.refuse_clash(names)
        rows, answers = self.answers(python_values(batch.column(names.index(text))))
        return join(batch if rows is None else batch.take(rows), answers)

    def refuse_clash(self, names: Iterable[str]) -> None:
        """Check that no column that came is named as one of the answers.

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

    def _batch(self, columns: Columns, values: Sequence[object]) -> pa.RecordBatch:
        readings = self.analyzer.read(values)
        columns = [*columns, *_answers(self.analyzer, readings)]
        names = [self.prefix + name for name, _ in columns]
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise ConfigError([f"several answers are named {name!r}" for name in twice])
        return pa.record_batch([column for _, column in columns], names=names)


def _sentences(values: Sequence[object]) -> tuple[pa.Array, Columns, list[object]]:
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


def _heads(analyzer: Analyzer) -> dict[str, list[HeadConfig]]:
    """The heads of all models, by name."""
    heads: dict[str, list[HeadConfig]] = {}
    for reader in analyzer.readers:
        for head in reader.config.heads:
            heads.setdefault(head.name, []).append(head)
    return heads


def _answers(analyzer: Analyzer, readings: Readings) -> Columns:
    columns: Columns = []
    for name, heads in _heads(analyzer).items():
        columns += _head_columns(name, _Table(heads, readings, analyzer.abstain))
    columns.append(("status", pa.array(map(str, readings.statuses), pa.string())))
    columns.append(("language", pa.array(readings.languages, pa.string())))
    return columns


class _Table:
    """What the heads of one name say of all inputs; the labels of several models side by side.

    Args:
        heads: the head of each model that has it.
        readings: what the models have read.
        abstain: the probability below which an only label is withheld.
    """

    def __init__(self, heads: Sequence[HeadConfig], readings: Readings, abstain: float) -> None:
        rows = len(readings.texts)
        self.several = any(head.kind == "multilabel" for head in heads)
        self.labels = list(dict.fromkeys(label for head in heads for label in head.labels))
        self.answered = np.zeros(rows, bool)
        self.chosen = np.zeros((rows, len(self.labels)), bool)
        self.probabilities = np.full((rows, len(self.labels)), np.nan)
        none_decided = [decide_columns(head, np.zeros((0, head.logits))) for head in heads]
        self.values = _room(rows, any(none.values is not None for none in none_decided))
        self.scores = _room(rows, any(none.scores is not None for none in none_decided))
        for part in readings.parts:
            self._enter(part, heads[0].name, abstain)

    def _enter(self, part: Part, name: str, abstain: float) -> None:
        head = next((head for head in part.config.heads if head.name == name), None)
        if head is None:
            return
        decided: Decisions = decide_columns(head, part.logits[name], abstain=abstain)
        places = np.array([self.labels.index(label) for label in head.labels], np.int64)
        self.answered[part.places] = True
        self.chosen[np.ix_(part.places, places)] = decided.chosen
        self.probabilities[np.ix_(part.places, places)] = decided.probabilities
        for room, numbers in ((self.values, decided.values), (self.scores, decided.scores)):
            if room is not None and numbers is not None:
                room[part.places] = numbers


def _room(rows: int, needed: bool) -> NDArray[np.float64] | None:
    return np.full(rows, np.nan) if needed else None


def _head_columns(name: str, table: _Table) -> Columns:
    columns: Columns = []
    if table.labels:
        columns.append((name, _several(table) if table.several else _single(table)))
    if table.scores is not None:
        columns.append((f"{name}_score", _numbers(table.scores)))
    if table.values is not None:
        columns.append((f"{name}_value" if table.labels else name, _numbers(table.values)))
    for label, column in zip(table.labels, table.probabilities.T, strict=True):
        columns.append((f"{name}_p_{label}", _numbers(column)))
    return columns


def _numbers(column: NDArray[np.float64]) -> pa.Array:
    return pa.array(column, pa.float64(), mask=np.isnan(column))


def _single(table: _Table) -> pa.Array:
    places = np.where(table.chosen.any(axis=1), table.chosen.argmax(axis=1), len(table.labels))
    codes = pa.array(places, pa.int32(), mask=~table.answered)
    return pa.array([*table.labels, UNCERTAIN], pa.string()).take(codes)


def _several(table: _Table) -> pa.Array:
    ends = np.concatenate([[0], np.cumsum(table.chosen.sum(axis=1))])
    names = pa.array(table.labels, pa.string()).take(pa.array(np.nonzero(table.chosen)[1]))
    return pa.ListArray.from_arrays(
        pa.array(ends, pa.int32()), names, mask=pa.array(~table.answered)
    )

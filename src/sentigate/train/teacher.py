"""Teachers: what a model, a function or a file says of texts, as probabilities for each head.

A file of scores is Parquet with a column `text` and, for each head, a column of its name: a struct
of one float a label, null where the teacher has no answer; a plain float column is a regression
head. The metadata of a column may name its `kind`, and its labels then keep their order, and their
`thresholds` (a JSON list). Whoever asks a teacher keeps its answers in such files. Knows nothing of
networks.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate.config import HeadConfig
from sentigate.data.labels import LabelSpace
from sentigate.errors import ConfigError, DataError
from sentigate.extras import require
from sentigate.files import sha256, write_aside
from sentigate.model import hub
from sentigate.model.artifact import SUMS, find_model
from sentigate.records import HeadKind, HeadResult
from sentigate.runtime.decide import decide
from sentigate.runtime.model import Model
from sentigate.runtime.readings import Reader, read_inputs
from sentigate.train.sources import MOST_ROUNDING

CHUNK = 1024
KIND, THRESHOLDS = "kind", "thresholds"

Answer = Mapping[str, float] | float
"""A probability for each label, or the number of a regression head."""
Ask = Callable[[Sequence[str]], Sequence[Mapping[str, Answer | None]]]
"""From texts to, for each, the answer of every head."""


@dataclass(frozen=True)
class Teacher:
    """Who answers.

    Args:
        identity: the same for teachers that give the same answers.
        ask: gives the answers to texts, in order.
        heads: what it answers, by name, where that is known.
    """

    identity: str
    ask: Ask
    heads: Mapping[str, HeadConfig] = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """What a teacher says of texts.

    Args:
        texts: each once.
        heads: what it was asked.
        probabilities: of each head, by name: float32 [texts, labels], or [texts, 1] for the number
            of a regression head; NaN where there is no answer.
    """

    texts: tuple[str, ...]
    heads: tuple[HeadConfig, ...]
    probabilities: Mapping[str, NDArray[np.float32]]

    def take(self, rows: NDArray[np.int64]) -> "Answers":
        """Return some of the texts with what is said of them, in the order of `rows`."""
        texts = tuple(self.texts[row] for row in rows)
        return replace(
            self,
            texts=texts,
            probabilities={name: values[rows] for name, values in self.probabilities.items()},
        )


def open_teacher(spec: str, head: str) -> Teacher:
    """Open the function `module:function`, a shipped model or a model folder.

    A function takes a list of texts and gives for each a mapping from label to probability, a
    number (regression), or a mapping from the name of a head to either, one mapping from label to
    probability at least; None where it cannot say.

    Args:
        spec: the name.
        head: name of the head that a function's answers are for, where it names none.

    Raises:
        ConfigError: there is no such module or function.
        ModelError: there is no such model.
    """
    module, colon, function = spec.partition(":")
    if colon and not hub.is_address(spec) and not Path(spec).exists():
        answer = _import(module, function)
        return Teacher(f"{spec} {head}", lambda texts: _by_head(spec, answer(list(texts)), head))
    folder = find_model(spec)
    model = Model.open(folder)
    heads = {head.name: head for head in model.config.heads}
    sums = (folder / SUMS).read_text(encoding="utf-8")
    return Teacher(sums, lambda texts: _read(model, texts), heads)


def ask_all(
    teacher: Teacher, texts: Sequence[str], folder: Path, report: Callable[[str], None]
) -> Answers:
    """Ask a teacher about texts, a chunk at a time; a chunk once answered is not asked again.

    Args:
        teacher: who answers.
        texts: what about; each is asked once.
        folder: where the answers are kept, in files named after teacher and texts.
        report: takes a line of text now and then.

    Raises:
        DataError: the answers are not what they should be.
        MissingExtraError: without pyarrow.
    """
    unique = list(dict.fromkeys(texts))
    chunks = [unique[start : start + CHUNK] for start in range(0, len(unique), CHUNK)]
    files = [folder / f"{_key(teacher, chunk)}.parquet" for chunk in chunks]
    known = sum(len(chunk) for file, chunk in zip(files, chunks, strict=True) if file.exists())
    if known:
        report(f"{known:,} texts were answered before: {folder} (remove it to ask again)")
    done = known
    for file, chunk in zip(files, chunks, strict=True):
        if not file.exists():
            _write(file, chunk, teacher.ask(chunk), teacher.heads)
            done += len(chunk)
            report(f"the teacher has answered {done:,} of {len(unique):,} texts")
    return read_answers(files)


def write_answers(file: Path, answers: Answers) -> None:
    """Write a file of scores.

    Raises:
        OutputError: it cannot be written.
        MissingExtraError: without pyarrow.
    """
    columns = {head.name: _stored(head, answers.probabilities[head.name]) for head in answers.heads}
    _store(file, answers.texts, columns, {head.name: head for head in answers.heads})


def read_answers(files: Sequence[Path]) -> Answers:
    """Read files of scores that hold the same heads; of a text that comes twice the first answer.

    Raises:
        DataError: a file cannot be read, lacks the texts, or holds other heads than the first.
        MissingExtraError: without pyarrow.
    """
    pyarrow, parquet = require("pyarrow", "files"), require("pyarrow.parquet", "files")
    try:
        tables = [parquet.read_table(file) for file in files]
        table = pyarrow.concat_tables(tables, promote_options="default")
    except FileNotFoundError as error:
        raise DataError(f"there is no file {error.filename or files[0]}") from None
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"the scores in {files[0].parent} cannot be read: {error}") from error
    if "text" not in table.column_names:
        raise DataError(
            f"{files[0]} has the columns {', '.join(table.column_names)}: expected one named text"
        )
    texts = table["text"].to_pylist()
    first = {text: row for row, text in reversed(list(enumerate(texts))) if text}
    heads, values = _heads(table, files[0])
    whole = Answers(tuple(texts), heads, values)
    return whole.take(np.array(sorted(first.values()), dtype=np.int64))


def _import(module: str, function: str) -> Callable[[list[str]], Sequence[Any]]:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # the user's own module, as `python -m` finds it
    try:
        imported = import_module(module)
    except ModuleNotFoundError as error:
        if not f"{module}.".startswith(f"{error.name}."):
            raise
        raise ConfigError([f"teacher: there is no module {error.name!r} here"]) from None
    found = getattr(imported, function, None)
    if found is None:
        raise ConfigError([f"teacher: the module {module!r} has no {function!r}"])
    if not callable(found):
        raise ConfigError([f"teacher: {module}:{function} is no function but {found!r}"])
    answer: Callable[[list[str]], Sequence[Any]] = found
    return answer


def _by_head(spec: str, answers: Sequence[Any], head: str) -> list[Mapping[str, Answer | None]]:
    """Bring a function's answers into one form; None stands for no answer."""
    known = [answer for answer in answers if isinstance(answer, Mapping)]
    several = any(isinstance(value, Mapping) for answer in known for value in answer.values())
    found: list[Mapping[str, Answer | None]] = []
    for answer in answers:
        values = answer.values() if isinstance(answer, Mapping) else [answer]
        if all(value is None for value in values):
            found.append({})
        elif isinstance(answer, Mapping) and several:
            found.append(answer)
        elif isinstance(answer, Mapping):
            found.append({head: answer})
        elif isinstance(answer, Real):
            found.append({head: float(answer)})
        else:
            raise DataError(
                f"{spec} answers {answer!r:.80}: expected a mapping from label to probability"
            )
    return found


def _read(model: Model, texts: Sequence[str]) -> list[dict[str, Answer | None]]:
    """A model's answers; none to texts in other languages than its own."""
    answers = [dict[str, Answer | None]() for _ in texts]
    for part in read_inputs([Reader(model.config, lambda: model)], texts).parts:
        for head in model.config.heads:
            results = decide(head, part.logits[head.name])
            for place, result in zip(part.places, results, strict=True):
                answers[place][head.name] = _probabilities(result)
    return answers


def _probabilities(result: HeadResult) -> Answer | None:
    return result.value if result.kind == "regression" else result.probabilities


def _key(teacher: Teacher, texts: Sequence[str]) -> str:
    return sha256("\0".join([teacher.identity, *texts]).encode())[:20]


def _write(
    file: Path,
    texts: Sequence[str],
    answers: Sequence[Mapping[str, Answer | None]],
    heads: Mapping[str, HeadConfig],
) -> None:
    if len(answers) != len(texts):
        raise DataError(f"the teacher gave {len(answers)} answers to {len(texts)} texts")
    names = dict.fromkeys(name for answer in answers for name in answer)
    columns = {
        name: _column(name, [one.get(name) for one in answers], ordered=name in heads)
        for name in names
    }
    _store(file, texts, columns, heads)


def _store(
    file: Path, texts: Sequence[str], columns: Mapping[str, Any], heads: Mapping[str, HeadConfig]
) -> None:
    pyarrow, parquet = require("pyarrow", "files"), require("pyarrow.parquet", "files")
    fields = [pyarrow.field("text", pyarrow.string())]
    for name, column in columns.items():
        known = _metadata(heads[name]) if name in heads else None
        fields.append(pyarrow.field(name, column.type, metadata=known))
    arrays = [pyarrow.array(texts, pyarrow.string()), *columns.values()]
    with write_aside(file) as aside:
        parquet.write_table(pyarrow.table(arrays, pyarrow.schema(fields)), aside)


def _metadata(head: HeadConfig) -> dict[str, str]:
    thresholds = {THRESHOLDS: json.dumps(head.thresholds)} if head.thresholds else {}
    return {KIND: head.kind, **thresholds}


def _stored(head: HeadConfig, values: NDArray[np.float32]) -> Any:
    """A head's values as a column of structs, or of numbers; null where there is no answer."""
    pyarrow = require("pyarrow", "files")
    unknown = np.isnan(values).any(axis=1)
    if not head.labels:
        return pyarrow.array(values[:, 0], mask=unknown)
    parts = [pyarrow.array(part) for part in np.ascontiguousarray(values.T)]
    return pyarrow.StructArray.from_arrays(parts, head.labels, mask=pyarrow.array(unknown))


def _column(name: str, answers: Sequence[Answer | None], *, ordered: bool) -> Any:
    """A column of structs, or of numbers, for one head; labels as they come, or by alphabet."""
    pyarrow = require("pyarrow", "files")
    known = [answer for answer in answers if answer is not None]
    if not known:
        return pyarrow.nulls(len(answers))
    example = known[0]
    if not isinstance(example, Mapping):
        return pyarrow.array(answers, pyarrow.float32())
    for answer in known:
        if not isinstance(answer, Mapping) or set(answer) != set(example):
            raise DataError(
                f"the teacher answers {answer!r:.80} for {name!r}: expected a probability for each "
                f"of {', '.join(map(str, example))}"
            )
    rows = [
        {str(label): value for label, value in answer.items()}
        if isinstance(answer, Mapping)
        else None
        for answer in answers
    ]
    labels = [str(label) for label in example]
    fields = [(label, pyarrow.float32()) for label in (labels if ordered else sorted(labels))]
    return pyarrow.array(rows, pyarrow.struct(fields))


def _heads(table: Any, file: Path) -> tuple[tuple[HeadConfig, ...], dict[str, NDArray[np.float32]]]:
    """The heads of a file of scores, and their values."""
    heads, values = [], {}
    for name, answers in _answer_columns(table):
        stated = table.schema.field(name).metadata or {}
        kind, labels = _kind(stated, answers)
        told = {"name": name, "kind": kind, "labels": labels}
        try:
            heads.append(HeadConfig.from_dict(told | _thresholds(stated)))
        except ConfigError as error:
            raise DataError(f"{file}, column {name}: {error}") from None
        values[name] = np.stack([answers[label] for label in labels or ("",)], axis=1)
    if not heads:
        raise DataError(
            f"{file} holds no answers: expected for each head a column of structs with a float for "
            "each label, besides the column text"
        )
    return tuple(heads), values


def _answer_columns(table: Any) -> Iterator[tuple[str, dict[str, NDArray[np.float32]]]]:
    """Each column of answers: its name and, by label, float32 [rows]; a number's label is ""."""
    types = require("pyarrow", "files").types
    for name in table.column_names:
        column = table[name].combine_chunks()
        if types.is_struct(column.type) and all(types.is_floating(f.type) for f in column.type):
            # flatten, unlike field, carries the nulls of the struct over to its parts
            labels = [field.name.strip() for field in column.type]
            parts = dict(zip(labels, column.flatten(), strict=True))
            yield name, {label: _floats(part) for label, part in parts.items()}
        elif types.is_floating(column.type):
            yield name, {"": _floats(column)}


def _floats(array: Any) -> NDArray[np.float32]:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float32)


def _thresholds(stated: Mapping[bytes, bytes]) -> dict[str, Any]:
    written = stated.get(THRESHOLDS.encode())
    if written is None:
        return {}
    if KIND.encode() not in stated:  # without one the labels are sorted, and these are not
        raise ConfigError(["thresholds without a kind: name it in the column's metadata too"])
    try:
        return {THRESHOLDS: json.loads(written)}
    except ValueError:
        raise ConfigError([f"the thresholds {written.decode()!r} are no JSON list"]) from None


def _kind(
    stated: Mapping[bytes, bytes], answers: Mapping[str, NDArray[np.float32]]
) -> tuple[str, tuple[str, ...]]:
    """The kind and labels of a column: as it says, or by whether a text's answers add up to 1."""
    if "" in answers:
        return "regression", ()
    if kind_stated := stated.get(KIND.encode()):
        return kind_stated.decode(), tuple(answers)
    sums = np.sum(list(answers.values()), axis=0)
    kind: HeadKind = "binary" if len(answers) == 2 else "multiclass"
    if len(answers) < 2 or (np.abs(sums[~np.isnan(sums)] - 1) > MOST_ROUNDING).any():
        kind = "multilabel"
    return kind, LabelSpace.fit([(label,) for label in answers], kind).labels

"""A model's answers beside the truth of a file: which rows count, and which labels are meant."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate.config import HeadConfig, ModelConfig
from sentigate.data.labels import LabelSpace, split_names
from sentigate.errors import DataError
from sentigate.evaluate.matching import match_labels
from sentigate.records import Example, Label, Status
from sentigate.runtime.decide import choose, permitted, probabilities
from sentigate.runtime.inputs import examine
from sentigate.runtime.model import Model
from sentigate.text.language import detect

CHUNK = 2048
Watch = Callable[[int, int], None]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """What a head says of the rows that count, and what is true of them.

    Args:
        model: the name by which the model is shown.
        head: the question.
        texts: the texts of the rows that count.
        places: int64 [rows], where each stands among the examples that came in.
        tokens: int64 [rows], how many tokens were read.
        logits: float32 [rows, logits].
        targets: class indices [rows], 0 and 1 [rows, labels] (multilabel) or numbers [rows]
            (regression).
        allowed: the labels that decisions are restricted to, as only these occur in the data;
            None where there is no restriction.
        skipped: how many rows do not count, by reason.
        notes: what was assumed, in sentences.
    """

    model: str
    head: HeadConfig
    texts: tuple[str, ...]
    places: NDArray[np.int64]
    tokens: NDArray[np.int64]
    logits: NDArray[np.float32]
    targets: NDArray[Any]
    allowed: tuple[str, ...] | None
    skipped: Mapping[str, int]
    notes: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that decisions and averages are among; none for regression."""
        return self.allowed or self.head.labels

    @cached_property
    def probabilities(self) -> Floats:
        """float64 [rows, labels], in the order of `labels`."""
        return self._among(probabilities(self.head, self.logits, self.allowed))

    @cached_property
    def said(self) -> Bools:
        """The labels decided on: bool [rows, labels]."""
        return self._among(choose(self.head, probabilities(self.head, self.logits, self.allowed)))

    @cached_property
    def true(self) -> Bools:
        """The labels of the file: bool [rows, labels]."""
        if self.head.kind == "multilabel":
            return self._among(self.targets.astype(bool))
        classes: NDArray[np.int64] = np.arange(len(self.head.labels))
        return self._among(self.targets.astype(np.int64)[:, None] == classes)

    @property
    def claims(self) -> NDArray[Any]:
        """The truth as `calibration` takes it: classes [rows], or bool [rows, labels]."""
        return self.true if self.head.kind == "multilabel" else self.true.argmax(axis=1)

    @cached_property
    def right(self) -> Bools:
        """Whether all labels of a row are right: bool [rows]."""
        right: Bools = (self.said == self.true).all(axis=1)
        return right

    @cached_property
    def confidence(self) -> Floats:
        """The probability of the label decided on, where there is one a row: float64 [rows]."""
        confidence: Floats = (self.probabilities * self.said).sum(axis=1)
        return confidence

    def _among(self, columns: NDArray[Any]) -> NDArray[Any]:
        return columns[:, permitted(self.head, self.allowed)]


def answer(
    model: Model,
    examples: Sequence[Example],
    head: str | None = None,
    watch: Watch = lambda _done, _all: None,
) -> Answers:
    """Let a model read the labelled rows of a file.

    Where the labels that occur are some of the head's, decisions are among these only: a
    two-class file can be put to a three-class head.

    Args:
        model: the model.
        examples: rows; those without text or label are skipped and counted.
        head: which head; None for the only one, or the only one that knows the file's labels.
        watch: called with the number of rows read so far and of all rows.

    Raises:
        ConfigError: no such head, or no name where several would do.
        DataError: no row counts, or a label means none of the head's.
    """
    rows, skipped = _usable(examples)
    labels = [label for _, _, label in rows]
    chosen = _head(model.config, labels, head)
    meant = _meant(chosen, labels)
    logits, tokens = _read(model, [text for _, text, _ in rows], chosen.name, watch)
    read = np.flatnonzero(tokens)
    if len(read) == 0:
        raise DataError(f"none of {len(rows)} labelled rows holds any readable text")
    if len(read) < len(rows):
        skipped[str(Status.EMPTY)] += len(rows) - len(read)
    space = LabelSpace.from_head(chosen)
    only, notes = _restriction(chosen, set(meant.values()))
    return Answers(
        model=model.config.name,
        head=chosen,
        texts=(texts := tuple(rows[i][1] for i in read)),
        places=np.array([rows[i][0] for i in read]),
        tokens=tokens[read],
        logits=logits[read],
        targets=np.array([space.encode(_translate(labels[i], meant, chosen)) for i in read]),
        allowed=only,
        skipped=dict(skipped),
        notes=(*_told(meant), *_foreign(model.config, texts), *notes),
    )


def _usable(
    examples: Sequence[Example],
) -> tuple[list[tuple[int, str, Label]], Counter[str]]:
    """The rows that have text and label, with their places, and why the others do not count."""
    rows: list[tuple[int, str, Label]] = []
    skipped: Counter[str] = Counter()
    for place, example in enumerate(examples):
        text, status = examine(example.text)
        if text is None or status is not Status.OK:
            skipped[str(status)] += 1
        elif example.label is None:
            skipped["no_label"] += 1
        else:
            rows.append((place, text, example.label))
    if not rows:
        raise DataError(
            f"none of {len(examples)} rows has both text and label: there is nothing to compare "
            "with; name the columns with --text and --label"
        )
    return rows, skipped


def _head(config: ModelConfig, labels: Sequence[Label], name: str | None) -> HeadConfig:
    if name is not None or len(config.heads) == 1:
        return config.head(name)
    fitting = [head for head in config.heads if _fits(head, labels)]
    if not fitting:
        raise DataError(_strange(config, labels))
    return fitting[0] if len(fitting) == 1 else config.head(name)


def _strange(config: ModelConfig, labels: Sequence[Label]) -> str:
    """What keeps each head from the labels."""
    faults = []
    for head in config.heads:
        try:
            _meant(head, labels)
        except DataError as error:
            faults.append(f"{head.name}: {error}")
    return f"no head of the model knows all labels of the file; {'; '.join(faults)}"


def _fits(head: HeadConfig, labels: Sequence[Label]) -> bool:
    try:
        _meant(head, labels)
    except DataError:
        return False
    return True


def _meant(head: HeadConfig, labels: Sequence[Label]) -> dict[str, str]:
    """What each label of the file means to the head; nothing for numbers."""
    if head.kind == "regression":
        return {}
    found = sorted({name for label in labels for name in split_names(label, head.kind)})
    return match_labels(found, head.labels)


def _translate(label: Label, meant: Mapping[str, str], head: HeadConfig) -> Label:
    """A label of the file as the head writes it."""
    if head.kind == "regression":
        return label
    return tuple(meant[name] for name in split_names(label, head.kind))


def _read(
    model: Model, texts: Sequence[str], head: str, watch: Watch
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Logits [texts, logits] of one head and token counts [texts]."""
    logits, counts = [], []
    for start in range(0, len(texts), CHUNK):
        answers, tokens = model.logits(texts[start : start + CHUNK])
        logits.append(answers[head])
        counts.append(tokens)
        watch(min(start + CHUNK, len(texts)), len(texts))
    return np.concatenate(logits), np.concatenate(counts)


def _restriction(
    head: HeadConfig, present: set[str]
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The labels to decide among, and what to say about it."""
    if head.kind == "regression" or present == set(head.labels):
        return None, ()
    only = tuple(label for label in head.labels if label in present)
    if len(only) < 2 and head.kind != "multilabel":
        return None, (f"all rows have the label {only[0]!r}: decisions are among all labels",)
    return only, (
        f"the data hold {len(only)} of the head's {len(head.labels)} labels: "
        f"decisions are among {', '.join(only)}",
    )


def _foreign(config: ModelConfig, texts: Sequence[str]) -> tuple[str, ...]:
    """What is to be said of texts in languages that the model was not trained for."""
    known = set(config.languages)
    found = Counter(language for text in texts if known and (language := detect(text)))
    count = found.total() - sum(found[language] for language in known)
    others = ", ".join(language for language, _ in found.most_common() if language not in known)
    return (
        (f"{count:,} of {len(texts):,} texts are in a language it does not read ({others})",)
        if count
        else ()
    )


def _told(meant: Mapping[str, str]) -> tuple[str, ...]:
    changed = [f"{label} as {name}" for label, name in meant.items() if label != name]
    return (f"labels of the file read as the head's: {', '.join(changed)}",) if changed else ()

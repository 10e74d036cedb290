"""A model against a labelled file: which rows count, which labels are meant, what comes out."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate.config import HeadConfig, ModelConfig
from sentigate.data.labels import LabelSpace, split_names
from sentigate.errors import DataError
from sentigate.evaluate.matching import match_labels
from sentigate.evaluate.metrics import evaluate_head
from sentigate.records import Example, HeadKind, Label, Status
from sentigate.runtime.inputs import examine
from sentigate.runtime.model import Model

CHUNK = 2048
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out.

    Args:
        model: the model's name.
        head: the head's name.
        kind: the head's kind.
        skipped: how many rows did not count, by reason.
        figures: `n` and the figures that `evaluate_head` gives.
        restricted_to: the labels that decisions were restricted to, as only these occur in the
            data; None where there was no restriction.
        notes: what was assumed, in sentences.
    """

    model: str
    head: str
    kind: HeadKind
    skipped: Mapping[str, int]
    figures: Mapping[str, Any]
    restricted_to: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `sentigate evaluate --format json` prints."""
        return {
            "model": self.model,
            "head": self.head,
            "kind": self.kind,
            "n": self.figures["n"],
            "skipped": sum(self.skipped.values()),
            "skipped_because": dict(self.skipped),
            "restricted_to": list(self.restricted_to) if self.restricted_to else None,
            "notes": list(self.notes),
            **{key: value for key, value in self.figures.items() if key != "n"},
        }


def evaluate(
    model: Model,
    examples: Sequence[Example],
    head: str | None = None,
    watch: Watch = lambda _done, _all: None,
) -> Evaluation:
    """Compare a model's answers with the labels of a file.

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
        MissingExtraError: scikit-learn is not installed.
    """
    rows, skipped = _usable(examples)
    labels = [label for _, label in rows]
    chosen = _head(model.config, labels, head)
    meant = _meant(chosen, labels)
    logits, tokens = _read(model, [text for text, _ in rows], chosen.name, watch)
    read = np.flatnonzero(tokens)
    if len(read) == 0:
        raise DataError(f"none of {len(rows)} labelled rows holds any readable text")
    if len(read) < len(rows):
        skipped[str(Status.EMPTY)] += len(rows) - len(read)
    space = LabelSpace.from_head(chosen)
    targets = np.array([space.encode(_translate(labels[place], meant, chosen)) for place in read])
    only, notes = _restriction(chosen, set(meant.values()))
    return Evaluation(
        model=model.config.name,
        head=chosen.name,
        kind=chosen.kind,
        skipped=dict(skipped),
        figures=evaluate_head(chosen, logits[read], targets, only),
        restricted_to=only,
        notes=(*_told(meant), *notes),
    )


def _usable(examples: Sequence[Example]) -> tuple[list[tuple[str, Label]], Counter[str]]:
    """The rows that have text and label, and why the others do not count."""
    rows: list[tuple[str, Label]] = []
    skipped: Counter[str] = Counter()
    for example in examples:
        text, status = examine(example.text)
        if text is None or status is not Status.OK:
            skipped[str(status)] += 1
        elif example.label is None:
            skipped["no_label"] += 1
        else:
            rows.append((text, example.label))
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
    return fitting[0] if len(fitting) == 1 else config.head(name)


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


def _told(meant: Mapping[str, str]) -> tuple[str, ...]:
    changed = [f"{label} as {name}" for label, name in meant.items() if label != name]
    return (f"labels of the file read as the head's: {', '.join(changed)}",) if changed else ()

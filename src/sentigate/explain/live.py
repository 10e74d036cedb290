"""A text as it is typed: the answer after each token, of which only what is new is computed.

After a token the reading is what the model would say if the text ended there, as in `trajectory`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple

from sentigate.explain.carried import Carried, Logits
from sentigate.explain.course import MOST_STEPS
from sentigate.explain.subject import Subject, Unread, open_subject
from sentigate.records import HeadResult, Status
from sentigate.runtime.decide import decide
from sentigate.runtime.model import Model
from sentigate.runtime.readings import Reader

Heads = Mapping[str, HeadResult]


class Step(NamedTuple):
    """A token and what the model says of the text up to it.

    Args:
        start: where the token begins in the raw text.
        end: where it ends, exclusive.
        heads: what each head says, by name.
    """

    start: int
    end: int
    heads: Heads


@dataclass(frozen=True, slots=True)
class Typed:
    """What is said of a text that is being typed.

    Args:
        status: `ok`, or why there is no answer.
        language: ISO 639-1 code, or None where unknown.
        model: name of the model that read it.
        tokens: how many tokens the text has.
        heads: what each head says of the whole text.
        kept: how many steps of the last answer still hold; they are not repeated.
        steps: the steps behind them. Without any kept, and none here, the text is too long to be
            read after each token.
    """

    status: Status
    language: str | None = None
    model: str | None = None
    tokens: int = 0
    heads: Heads | None = None
    kept: int = 0
    steps: tuple[Step, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what `/v1/live` sends."""
        return {
            "status": str(self.status),
            "error": self.status.words,
            "language": self.language,
            "model": self.model,
            "tokens": self.tokens,
            "heads": _plain(self.heads or {}),
            "kept": self.kept,
            "steps": [
                {"start": step.start, "end": step.end, "heads": _plain(step.heads)}
                for step in self.steps
            ],
        }


class Live:
    """Reads a text again and again while it is typed.

    A network of one direction goes on from the state it carried to the end of what it had read; one
    of two directions reads each new beginning of the text.

    Args:
        readers: the models; the first that reads the text's language reads it.
    """

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._readers = readers
        self._forget()

    def _forget(self, model: Model | None = None) -> None:
        self._model = model
        self._ids: list[int] = []
        self._steps: list[Step] = []
        one_way = model is not None and not model.config.encoder.bidirectional
        self._carried = Carried(model.equations) if model is not None and one_way else None

    def read(self, text: object) -> Typed:
        """Read the text as it is now."""
        subject = open_subject(self._readers, text)
        if isinstance(subject, Unread):
            self._forget()
            return Typed(subject.status, subject.language)
        bidirectional = subject.model.config.encoder.bidirectional
        if len(subject.cuts) > 1 or (bidirectional and len(subject.encoded.ids) > MOST_STEPS):
            self._forget()
            logits = subject.model.logits([subject.text])[0]
            return _typed(subject, next(_decided(subject.model, logits)), 0, [])
        kept = self._keep(subject)
        self._read_on(subject)
        return _typed(subject, self._steps[-1].heads, kept, self._steps[kept:])

    def _keep(self, subject: Subject) -> int:
        """Forget what the text no longer begins with; how many steps of the last time are left."""
        if subject.model is not self._model:
            self._forget(subject.model)
        ids, spans = subject.encoded.ids.tolist(), subject.encoded.spans
        pairs = zip(self._ids, self._steps, ids, spans, strict=False)
        same = takewhile(lambda p: p[0] == p[2] and (p[1].start, p[1].end) == p[3], pairs)
        kept = sum(1 for _ in same)
        if self._carried is not None and kept < len(self._ids):
            self._forget(subject.model)  # a state cannot be carried back
        else:
            del self._ids[kept:], self._steps[kept:]
        return kept

    def _read_on(self, subject: Subject) -> None:
        """Read what is behind the steps that are known."""
        ids, known = subject.encoded.ids, len(self._ids)
        if known == len(ids):
            return
        if self._carried is not None:
            logits: Logits = self._carried.read(ids[known:])
        else:
            logits = subject.model.read_rows([ids[:end] for end in range(known + 1, len(ids) + 1)])
        decided = _decided(subject.model, logits)
        spans = subject.encoded.spans[known:]
        self._steps += [Step(*span, heads) for span, heads in zip(spans, decided, strict=True)]
        self._ids = ids.tolist()


def _decided(model: Model, logits: Logits) -> Iterator[Heads]:
    """What each head says, a row of logits at a time."""
    names = [head.name for head in model.config.heads]
    results = [decide(head, logits[head.name]) for head in model.config.heads]
    return (dict(zip(names, row, strict=True)) for row in zip(*results, strict=True))


def _typed(subject: Subject, heads: Heads, kept: int, steps: Sequence[Step]) -> Typed:
    name, tokens = subject.model.config.name, len(subject.encoded.ids)
    return Typed(Status.OK, subject.language, name, tokens, heads, kept, tuple(steps))


def _plain(heads: Heads) -> dict[str, Any]:
    return {name: head.to_dict() for name, head in heads.items()}

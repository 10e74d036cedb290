"""The course of feeling through a text: sentence by sentence, and token by token.

A sentence is read by itself. After a token the reading is what the model would say if the text
ended there. A network of one direction carries its state on, so one pass gives all of these
readings; one of two directions reads each beginning anew, for its backward half starts at the end.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from sentigate.config import HeadConfig, ModelConfig
from sentigate.data.scales import poles
from sentigate.errors import ConfigError, suggestion
from sentigate.explain.carried import Carried, Logits
from sentigate.explain.records import Reading, Trajectory
from sentigate.explain.subject import Subject, Unread, open_subject
from sentigate.explain.target import choose_head
from sentigate.records import HeadResult, Status
from sentigate.runtime.decide import decide
from sentigate.runtime.model import Model
from sentigate.runtime.readings import Reader, first_reader
from sentigate.text.language import detect
from sentigate.text.sentences import sentences

WITHOUT_NUMBER = ("binary", "multiclass", "multilabel")
MOST_STEPS = 256
"""Tokens up to which a network of two directions is read after each of them; the work is half the
square."""


def trajectory(
    readers: Sequence[Reader],
    text: object,
    head: str | None = None,
    label: str | None = None,
    *,
    steps: bool = True,
) -> Trajectory:
    """Follow the feeling through a text.

    Each sentence is read by the model of its own language where that has the head and the label,
    else by the model of the whole text.

    Args:
        readers: the models; the first that reads the text's language reads the whole.
        text: the input; anything that is no readable text gets a status.
        head: the head whose values make up the course; without it, the one that knows the label,
            else `sentiment`.
        label: the label whose probability makes up the course; without it, the score.
        steps: whether to read after each token too, where the text is short enough: a window of a
            one-directional network, `MOST_STEPS` tokens of a bidirectional one.

    Raises:
        ConfigError: there is no such head or label, or the head has no score and no label is named.
    """
    subject = open_subject(readers, text)
    if isinstance(subject, Unread):
        return Trajectory(subject.text, subject.status, subject.language)
    model = subject.model
    course = Course(choose_head(model.config, head, label), label)
    whole_span = [(0, len(subject.text))]
    (whole,) = _readings(model, subject.text, whole_span, model.logits([subject.text])[0], course)
    after = _after_each_token(subject) if steps else None
    return Trajectory(
        text=subject.text,
        status=Status.OK,
        language=subject.language,
        head=course.head.name,
        label=label,
        whole=whole,
        sentences=tuple(_sentences(readers, subject, course)),
        steps=tuple(_readings(model, subject.text, subject.encoded.spans, after, course))
        if after
        else (),
    )


@dataclass(frozen=True, slots=True)
class Course:
    """Which of a model's answers makes up the course.

    Args:
        head: the question.
        label: the label whose probability is followed; None for the score or the number.

    Raises:
        ConfigError: the head has no such label, or neither label nor score.
    """

    head: HeadConfig
    label: str | None

    def __post_init__(self) -> None:
        labels = list(self.head.labels)
        if self.label is not None and self.label not in labels:
            raise ConfigError(
                [
                    f"the head {self.head.name!r} has no label {self.label!r}"
                    f"{suggestion(self.label, labels)}"
                ]
            )
        if self.label is None and not poles(labels) and self.head.kind in WITHOUT_NUMBER:
            raise ConfigError(
                [
                    f"the head {self.head.name!r} has no score from negative to positive: name "
                    f"the label to follow (--label), one of {', '.join(labels)}"
                ]
            )

    def value(self, heads: Mapping[str, HeadResult]) -> float:
        """Return the place on the course that a reading has."""
        result = heads[self.head.name]
        if self.label is not None:
            return result.probabilities[self.label]
        value = result.value if result.score is None else result.score
        return float("nan") if value is None else value

    def fits(self, config: ModelConfig) -> bool:
        """Whether another model can tell of the same course."""
        return any(
            head.name == self.head.name and (self.label is None or self.label in head.labels)
            for head in config.heads
        )


def _sentences(readers: Sequence[Reader], subject: Subject, course: Course) -> list[Reading]:
    """Read each sentence by itself; those of one model together."""
    spans = sentences(subject.text)
    groups: dict[Model, list[tuple[int, int]]] = defaultdict(list)
    for start, end in spans:
        groups[_model_of(readers, subject, course, subject.text[start:end])].append((start, end))
    readings: list[Reading] = []
    for model, own in groups.items():
        logits, tokens = model.logits([subject.text[start:end] for start, end in own])
        full = tokens > 0
        kept = list(compress(own, full.tolist()))
        logits = {name: rows[full] for name, rows in logits.items()}
        readings += _readings(model, subject.text, kept, logits, course)
    return sorted(readings, key=lambda reading: reading.start)


def _model_of(readers: Sequence[Reader], subject: Subject, course: Course, sentence: str) -> Model:
    """The model of a sentence's own language, if it can tell of the course; else the text's."""
    language = detect(sentence)
    if subject.language in (language, None) or language is None:
        return subject.model
    place = first_reader(readers, language)
    if place is None or not course.fits(readers[place].config):
        return subject.model
    return readers[place].open()


def _readings(
    model: Model, text: str, spans: Sequence[tuple[int, int]], logits: Logits, course: Course
) -> list[Reading]:
    """Decide; a reading a row of logits."""
    results = {head.name: decide(head, logits[head.name]) for head in model.config.heads}
    rows = [
        {name: result[place] for name, result in results.items()} for place in range(len(spans))
    ]
    return [
        Reading(start, end, text[start:end], course.value(heads), model.config.name, heads)
        for (start, end), heads in zip(spans, rows, strict=True)
    ]


def _after_each_token(subject: Subject) -> Logits | None:
    """The logits of each beginning of a text, [tokens, logits]; None where it is too long."""
    encoder, ids = subject.model.config.encoder, subject.encoded.ids
    if len(subject.cuts) > 1 or (encoder.bidirectional and len(ids) > MOST_STEPS):
        return None
    if encoder.bidirectional:
        return subject.model.read_rows([ids[:end] for end in range(1, len(ids) + 1)])
    return Carried(subject.model.equations).read(ids)

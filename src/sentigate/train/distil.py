"""From a teacher's answers to a small model: what `sentigate distil` does.

Hinton et al. 2015, "Distilling the knowledge in a neural network"; for LSTMs, Tang et al. 2019,
"Distilling task-specific knowledge from BERT into simple neural networks".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sentigate.config import HeadConfig, TrainConfig
from sentigate.data.labels import LabelSpace, split_names
from sentigate.data.readers import Table
from sentigate.data.split import shared
from sentigate.errors import ConfigError, DataError, suggestion
from sentigate.evaluate.matching import match_labels
from sentigate.records import Example, Label
from sentigate.runtime.decide import choose
from sentigate.text.normalise import normalise
from sentigate.train.fit import command_line, hold_out, labelled, texts_of
from sentigate.train.folder import (
    DevSet,
    ModelFacts,
    check_output,
    working_folder,
    write_model,
)
from sentigate.train.loop import Run, fit
from sentigate.train.ranks import refuse_several
from sentigate.train.sources import Source, make_source, soft_source
from sentigate.train.start import Start, begin
from sentigate.train.teacher import Answers, ask_all, open_teacher, read_answers

AS_THE_TEACHER = "as the teacher"
LEAST_TEXTS = 10
Report = Callable[[str], None]


@dataclass(frozen=True)
class Lesson:
    """What a small model is to learn from.

    Args:
        teacher: `module:function`, a shipped model, a model folder, or a file of scores.
        texts: what the teacher is asked about; with a file of scores, None for all it holds.
        labels: rows with labels, learnt beside the teacher's answers, if any.
        dev: rows with labels to choose the best epoch on, if any.
    """

    teacher: str
    texts: Table | None = None
    labels: Table | None = None
    dev: Table | None = None


@dataclass(frozen=True)
class _Labelled:
    """Labelled rows of one head, parted."""

    head: HeadConfig
    training: Sequence[Example]
    dev: Sequence[Example]


def distil(
    lesson: Lesson,
    output: Path,
    config: TrainConfig,
    *,
    resume: bool = False,
    progress: bool = False,
    report: Report = lambda _line: None,
) -> Path:
    """Train a model to answer as a teacher does, and write its folder.

    Without labelled rows the best epoch is chosen on texts held out, with the teacher's decisions
    for labels: figures then say how often the student agrees. Its probabilities are the ones it
    was taught; no temperature is fitted to decisions that were never in doubt.

    Args:
        lesson: the teacher and the texts.
        output: model folder to write; answers, checkpoints and logs go to `<output>.training`.
        config: all settings; `head` names the head of a teacher that names none, and that of the
            labelled rows.
        resume: go on from the last finished epoch of a run that was stopped. What a teacher has
            once answered is never asked again.
        progress: show a progress bar.
        report: takes one line of text at a time, for people.

    Returns:
        `output`.

    Raises:
        ConfigError: no such teacher or head, or several devices.
        DataError: texts, answers or labels that cannot be learnt from.
        OutputError: `output` is there and is no model folder, or cannot be written.
    """
    refuse_several(config, "sentigate distil")
    check_output(output)
    answers = _answers(lesson, output, config, report)
    own = _own(lesson, answers.heads, config)
    taught, held = _parts(answers, own, config)
    if own:
        own = _without(own, [Example(text) for text in held.texts], report)
    dev = _dev_sets(lesson, held, own)
    report(_summary(taught, held, own))
    texts = [*taught.texts, *(texts_of(own.training) if own else ())]
    start = begin(texts, taught.heads, config, report)
    run = _run(taught, own, dev, start)
    weights = fit(run, working_folder(output), resume=resume, progress=progress, report=report)
    facts = _facts(lesson, output, config, run, start)
    write_model(output, weights, run.heads, start.tokenizer, start.config, dev, facts)
    return output


def _answers(lesson: Lesson, output: Path, config: TrainConfig, report: Report) -> Answers:
    """The teacher's answers to the texts it could answer."""
    answers = _asked(lesson, output, config, report)
    answered = [~np.isnan(values).any(axis=1) for values in answers.probabilities.values()]
    rows = np.flatnonzero(np.any(answered, axis=0))
    if len(rows) < LEAST_TEXTS:
        raise DataError(
            f"the teacher answered {len(rows)} of {len(answers.texts):,} texts, too few to learn "
            "from: give more texts, in languages that it reads"
        )
    for head in answers.heads:
        report(f"head {head.name}: {head.kind} ({', '.join(head.labels[:30]) or 'a number'})")
    return answers.take(rows)


def _asked(lesson: Lesson, output: Path, config: TrainConfig, report: Report) -> Answers:
    texts = None if lesson.texts is None else texts_of(lesson.texts.examples)
    if Path(lesson.teacher).suffix == ".parquet":
        answers = read_answers([Path(lesson.teacher)])
        wanted = set(answers.texts if texts is None else texts)
        rows = [row for row, text in enumerate(answers.texts) if text in wanted]
        return answers.take(np.array(rows, dtype=np.int64))
    if texts is None:
        raise ConfigError(["texts: none given; name a file of texts to ask the teacher about"])
    teacher = open_teacher(lesson.teacher, config.head)
    return ask_all(teacher, texts, working_folder(output) / "answers", report)


def _own(lesson: Lesson, heads: Sequence[HeadConfig], config: TrainConfig) -> _Labelled | None:
    """The labelled rows, with labels as the teacher's head spells them."""
    if lesson.labels is None and lesson.dev is None:
        return None
    head = _labelled_head(heads, config.head)
    training = _translated(lesson.labels, head) if lesson.labels else []
    if lesson.dev is None:
        return _Labelled(head, *hold_out(training, config, head.kind))
    return _Labelled(head, training, _translated(lesson.dev, head))


def _labelled_head(heads: Sequence[HeadConfig], name: str) -> HeadConfig:
    by_name = {head.name: head for head in heads}
    if name not in by_name and len(heads) > 1:
        raise ConfigError(
            [
                f"head: the labelled rows are for {name!r}, which the teacher does not answer"
                f"{suggestion(name, list(by_name))} (--head)"
            ]
        )
    return by_name.get(name, heads[0])


def _translated(table: Table, head: HeadConfig) -> list[Example]:
    rows, space = labelled(table), LabelSpace.from_head(head)
    if not rows:
        raise DataError(f"{table.path} has no row with both text and label")
    if head.kind == "regression":
        return [replace(row, label=space.parse(label)) for row, label in rows]
    names = [split_names(label, head.kind) for _row, label in rows]
    try:
        meant = match_labels(sorted({one for several in names for one in several}), head.labels)
    except DataError as error:
        raise DataError(f"{table.path}: {error}") from None
    return [
        replace(row, label=space.parse(tuple(meant[one] for one in several)))
        for (row, _label), several in zip(rows, names, strict=True)
    ]


def _parts(answers: Answers, own: _Labelled | None, config: TrainConfig) -> tuple[Answers, Answers]:
    """Texts to learn from and texts held out; no text to learn from is in a dev set."""
    rng = np.random.default_rng(config.seed)
    order = rng.permutation(len(answers.texts))
    held = max(1, round(len(order) * config.dev_fraction))
    if own and len(answers.heads) == 1:
        held = 0  # there are labelled rows for the only head
    seen = {normalise(text) for text in texts_of(own.dev if own else ())}
    seen |= {normalise(answers.texts[row]) for row in order[:held]}
    rest = [row for row in order[held:] if normalise(answers.texts[row]) not in seen]
    return answers.take(np.array(rest, dtype=np.int64)), answers.take(order[:held])


def _without(own: _Labelled, held: Sequence[Example], report: Report) -> _Labelled:
    """The labelled rows without those to learn from that a dev set or a text held out repeats."""
    known = shared(own.training, [*own.dev, *held])
    kept = [row for row, is_known in zip(own.training, known, strict=True) if not is_known]
    if len(kept) < len(known):
        report(
            f"{sum(known):,} labelled rows repeat dev texts or texts held out: they are left out"
        )
    return replace(own, training=kept)


def _dev_sets(lesson: Lesson, held: Answers, own: _Labelled | None) -> list[DevSet]:
    """For each head its labelled dev rows or else the teacher's decisions on texts held out."""
    sets = []
    for head in held.heads:
        if own and own.head == head:
            sets.append(
                DevSet(lesson.dev.path.name if lesson.dev else "held out", head.name, own.dev)
            )
        else:
            sets.append(DevSet(AS_THE_TEACHER, head.name, _decided(held, head), calibrates=False))
    return sets


def _decided(answers: Answers, head: HeadConfig) -> list[Example]:
    values = answers.probabilities[head.name]
    known = np.flatnonzero(~np.isnan(values).any(axis=1))
    labels: list[Label]
    if head.kind == "regression":
        labels = values[known, 0].tolist()
    else:
        marks = choose(head, values[known].astype(np.float64))
        names = [tuple(np.array(head.labels, dtype=object)[row]) for row in marks]
        labels = [one if head.kind == "multilabel" else one[0] for one in names]
    return [Example(answers.texts[row], label) for row, label in zip(known, labels, strict=True)]


def _run(taught: Answers, own: _Labelled | None, dev: Sequence[DevSet], start: Start) -> Run:
    tokenizer, config = start.tokenizer, start.config
    sources: list[Source] = []
    for head in taught.heads:
        values = taught.probabilities[head.name]
        name = f"teacher-{head.name}"
        sources.append(soft_source(name, taught.texts, values, head, tokenizer, config.max_tokens))
    if own and own.training:
        one = make_source("labelled", own.training, own.head, tokenizer, config.max_tokens)
        sources.append(replace(one, logit_adjustment=config.logit_adjustment))
    by_name = {head.name: head for head in taught.heads}
    dev_sources = [
        make_source(part.head, part.examples, by_name[part.head], tokenizer, config.max_tokens)
        for part in dev
    ]
    for source in (*sources, *dev_sources):
        if not source.ids:
            raise DataError(f"{source.name}: no row holds any readable text")
    return Run(config, taught.heads, sources, dev_sources, tokenizer.vocab_size, start.weights)


def _summary(taught: Answers, held: Answers, own: _Labelled | None) -> str:
    parts = [f"{len(taught.texts):,} texts to learn from"]
    if held.texts:
        parts.append(f"{len(held.texts):,} held out")
    if own:
        parts.append(f"{len(own.training):,} labelled rows, {len(own.dev):,} labelled dev rows")
    return ", ".join(parts)


def _facts(lesson: Lesson, output: Path, config: TrainConfig, run: Run, start: Start) -> ModelFacts:
    name = Path(lesson.teacher).name
    files = {"texts": lesson.texts, "labels": lesson.labels, "dev": lesson.dev}
    flags = {key: table and table.path.name for key, table in files.items()}
    note = f"answers of the teacher {name}"
    learnt = [
        {"name": source.name, "rows": len(source.ids), "note": note if source.soft else ""}
        for source in run.sources
    ]
    return ModelFacts(
        name=output.name,
        data=[*learnt, *start.data],
        command=command_line(
            ["distil", "--teacher", name], {**flags, "output": output.name}, config
        ),
    )

"""From a table of labelled texts to a model folder: what `sentigate train` does."""

import shlex
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sentigate.config import Config, HeadConfig, TrainConfig
from sentigate.data.labels import LabelSpace, guess_task
from sentigate.data.readers import Table
from sentigate.data.scales import canonical
from sentigate.data.split import shared, stratified_split
from sentigate.errors import DataError
from sentigate.records import Example, HeadKind, Label
from sentigate.train.folder import (
    DevSet,
    ModelFacts,
    check_output,
    working_folder,
    write_model,
)
from sentigate.train.loop import ENOUGH_TO_CHOOSE, Run, fit
from sentigate.train.ranks import check_devices, is_first
from sentigate.train.sources import make_source
from sentigate.train.start import Start, begin

Report = Callable[[str], None]


def train(
    data: Table,
    dev: Table | None,
    output: Path,
    config: TrainConfig,
    *,
    resume: bool = False,
    progress: bool = False,
    report: Report = lambda _line: None,
) -> Path:
    """Train a model on a table and write its folder.

    Args:
        data: labelled rows.
        dev: rows to choose the best epoch and fit thresholds on; None holds some of `data` out.
        output: model folder to write; checkpoints and logs go to `<output>.training` beside it.
        config: all settings. Of several processes, each of which calls this, the first writes.
        resume: go on from the last finished epoch of a run that was stopped.
        progress: show a progress bar.
        report: takes one line of text at a time, for people.

    Returns:
        `output`.

    Raises:
        ConfigError: there are not so many devices, or not as many processes as they need.
        DataError: rows or labels that cannot be learnt from.
        OutputError: `output` is there and is no model folder, or cannot be written.
        KeyboardInterrupt: Ctrl-C; `resume` goes on from the last finished epoch.
    """
    check_devices(config)
    check_output(output)
    head, training, held = parts(data, dev, config, report)
    start = begin(texts_of(training), [head], config, report)
    run = make_run(training, held, head, start)
    _tell(run, report)
    weights = fit(run, working_folder(output), resume=resume, progress=progress, report=report)
    if not is_first(config):
        return output
    facts = ModelFacts(
        name=output.name,
        data=[{"name": data.path.name, "rows": len(training)}, *start.data],
        command=_command(data, dev, output, config),
    )
    dev_set = DevSet(dev.path.name if dev else "held out", head.name, held)
    write_model(output, weights, [head], start.tokenizer, start.config, [dev_set], facts)
    return output


def parts(
    data: Table, dev: Table | None, config: TrainConfig, report: Report
) -> tuple[HeadConfig, list[Example], list[Example]]:
    """Decide on the task; return the head, the rows to learn from and the dev rows.

    Raises:
        DataError: rows or labels that cannot be learnt from.
    """
    head, rows = _head(data, config, report)
    training, held = _parts(rows, dev, head, config, report)
    met = {row.label for row in held}
    unmet = [label for label in head.labels if label not in met]
    if head.kind != "multilabel" and unmet:
        some = ", ".join(unmet[:5]) + (" …" if len(unmet) > 5 else "")
        report(f"labels without a dev row, of which figures say nothing: {some}")
    return head, training, held


def _head(data: Table, config: TrainConfig, report: Report) -> tuple[HeadConfig, list[Example]]:
    """Decide on the task and the labels; return the head and the rows with text and label."""
    if data.examples and all(row.label is None for row in data.examples):
        raise DataError(
            f"{data.path} holds no labels: name their column with --label, or give another file"
        )
    rows = labelled(data)
    if not rows:
        raise DataError(
            f"{data.path} has no row with both text and label: there is nothing to learn"
        )
    kind: HeadKind
    labels = [label for _row, label in rows]
    if config.task == "auto":
        kind, reason = guess_task(labels)
        report(f"task: {kind} ({reason}; another one with --task)")
    else:
        kind = config.task
    space = LabelSpace.fit(labels, kind, config.label_order)
    examples = [replace(row, label=space.parse(label)) for row, label in rows]
    if space.labels:
        report(f"labels: {', '.join(space.labels[:30])}{' …' if len(space.labels) > 30 else ''}")
    if twins := _twins(space.labels):
        report(f"labels that are spelt nearly alike are different labels: {', '.join(twins)}")
    return HeadConfig(name=config.head, kind=kind, labels=space.labels), examples


def _twins(labels: Sequence[str]) -> list[str]:
    """Labels that another one equals but for spelling."""
    counts = Counter(map(canonical, labels))
    return [label for label in labels if counts[canonical(label)] > 1]


def _parts(
    rows: list[Example], dev: Table | None, head: HeadConfig, config: TrainConfig, report: Report
) -> tuple[list[Example], list[Example]]:
    if dev is None:
        training, held = hold_out(rows, config, head.kind)
        report(f"{len(training):,} rows to learn from, {len(held):,} held out (--dev for your own)")
        return training, held
    held = _dev_rows(dev, head)
    report(f"{len(rows):,} rows to learn from, {len(held):,} dev rows from {dev.path}")
    if known := sum(shared(held, rows)):
        report(
            f"{known:,} of the dev rows have texts that stand among the rows to learn from: "
            "figures on them flatter the model; take them out of one of the files"
        )
    return rows, held


def hold_out(
    rows: Sequence[Example], config: TrainConfig, kind: HeadKind
) -> tuple[list[Example], list[Example]]:
    """Return the rows to learn from and those held out, `dev_fraction` of them.

    Raises:
        DataError: there are too few rows.
    """
    training, held = stratified_split(rows, config.dev_fraction, config.seed, kind)
    if not held:
        raise DataError(
            f"{len(rows):,} rows are too few different texts to hold some out of each label: give "
            "more rows, or a file with --dev"
        )
    return training, held


def _dev_rows(dev: Table, head: HeadConfig) -> list[Example]:
    """The dev rows with text and label, checked against the labels that training knows."""
    space = LabelSpace.from_head(head)
    rows = []
    for row, label in labelled(dev):
        try:
            rows.append(replace(row, label=space.parse(label)))
        except DataError as error:
            raise DataError(
                f"{dev.path}, row {row.row}: {error}; a label in dev must be in the training "
                "data too: add rows of it there or take these rows out"
            ) from None
    if not rows:
        raise DataError(f"{dev.path} has no row with both text and label: give another --dev file")
    return rows


def make_run(
    training: Sequence[Example], held: Sequence[Example], head: HeadConfig, start: Start
) -> Run:
    """Put together what a training run takes.

    Raises:
        DataError: no row holds any readable text.
    """
    tokenizer, config = start.tokenizer, start.config
    source = replace(
        make_source("train", training, head, tokenizer, config.max_tokens),
        logit_adjustment=config.logit_adjustment,
    )
    dev_source = make_source(head.name, held, head, tokenizer, config.max_tokens)
    for part, name in ((source, "training"), (dev_source, "dev")):
        if not part.ids:
            raise DataError(f"no {name} row holds any readable text: check the text column")
    return Run(config, [head], [source], [dev_source], tokenizer.vocab_size, start.weights)


def _tell(run: Run, report: Report) -> None:
    lengths = run.sources[0].lengths
    report(f"{run.vocab_size:,} tokens in the vocabulary, {lengths.sum():,} in the training texts")
    cut = int((lengths >= run.config.max_tokens).sum())
    if cut:
        report(
            f"{cut:,} texts reach {run.config.max_tokens} tokens: training reads the beginning and "
            "the end of longer ones (--max-tokens); prediction always reads all"
        )
    if run.config.keep == "auto" and not run.keeps_best:
        report(
            f"the last epoch is kept: fewer than {ENOUGH_TO_CHOOSE} dev rows cannot tell which is "
            "best (--keep best)"
        )


def _command(data: Table, dev: Table | None, output: Path, config: TrainConfig) -> str:
    flags = {"output": output.name, "dev": dev and dev.path.name}
    flags |= {"text": data.text_column, "label": data.label_column}
    return command_line(["train", data.path.name], flags, config)


def command_line(words: Sequence[str], flags: Mapping[str, object], config: Config) -> str:
    """Return the command that makes a model again.

    Args:
        words: what stands before the flags, the program's name left out.
        flags: values by name; None leaves one out.
        config: its settings that are no default follow.

    Example:
        >>> command_line(["train", "my file.csv"], {"dev": None}, TrainConfig(seed=7))
        "sentigate train 'my file.csv' --seed 7"
    """
    settings = {
        key: ",".join(value) if isinstance(value, tuple) else value
        for key, value in config.model_dump(exclude_defaults=True).items()
    }
    given = [
        _flag(key.replace("_", "-"), value)
        for key, value in {**flags, **settings}.items()
        if value is not None
    ]
    return " ".join(["sentigate", *map(shlex.quote, words), *given])


def _flag(name: str, value: object) -> str:
    if isinstance(value, bool):
        return f"--{name}" if value else f"--no-{name}"
    return f"--{name} {shlex.quote(str(value))}"


def labelled(table: Table) -> list[tuple[Example, Label]]:
    """Return the rows that have text and label, each with its label."""
    return [(row, row.label) for row in table.examples if row.text and row.label is not None]


def texts_of(rows: Sequence[Example]) -> list[str]:
    """Return the texts of the rows that have one."""
    return [row.text for row in rows if row.text]

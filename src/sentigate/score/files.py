"""Files in, files with the answers out: read a block, answer it, write it, note it down.

Knows no format and no network.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sentigate import __version__
from sentigate.errors import DataError, OutputError
from sentigate.files import sha256, write_aside
from sentigate.model.artifact import SUMS, find_model, shipped
from sentigate.score.arrow import pa
from sentigate.score.encoders import digest, encode_header, read_blocks, write_parquet
from sentigate.score.formats import STDIN, Format
from sentigate.score.journal import (
    Entry,
    Journal,
    Settings,
    journal_of,
    open_journal,
    part_of,
    write_errors,
)
from sentigate.score.places import Place
from sentigate.score.sources import Block, Reading, Source, open_source
from sentigate.score.workers import Answer, Answered, Job, open_workers, scorer_of

Report = Callable[[str], None]
Watch = Callable[[Place, float | None, int], None]
"""Told after each block: the file, the share of it that is read, the rows that were answered."""


@dataclass(frozen=True, slots=True)
class Options:
    """How files are scored.

    Args:
        model: a shipped model's name or a model folder; None for all shipped models.
        abstain: the probability below which an only label is `uncertain`.
        text: the name of the column of texts; guessed if None.
        prefix: what the names of the columns of answers begin with.
        sentences: whether each sentence has a row of its own.
        block: most rows that are answered together.
        workers: how many processes answer; None is one, or what an engine thinks best.
        resume: whether to go on with what a stopped run has left.
    """

    model: str | None = None
    abstain: float = 0.0
    text: str | None = None
    prefix: str = ""
    sentences: bool = False
    block: int = 4096
    workers: int | None = None
    resume: bool = False

    def job(self, place: Place) -> Job:
        """Return what is to be done with each block of a file."""
        written = (place.format, place.packing)
        hashed = place.input == STDIN
        return Job(self.model, self.abstain, self.prefix, self.sentences, *written, hashed)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows.

    Args:
        rows: how many came in, those of an earlier run included.
        answered: how many of them were answered in this run.
        statuses: how many answers have which status.
    """

    rows: int = 0
    answered: int = 0
    statuses: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.rows + other.rows, self.answered + other.answered, self.statuses + other.statuses
        )


def score_files(
    places: Sequence[Place], options: Options, *, report: Report, watch: Watch
) -> Outcome:
    """Score files one after the other; one that cannot be read does not keep the others waiting.

    Args:
        places: the files and where their answers go.
        options: how.
        report: told what was guessed or out of the ordinary, a half-sentence at a time.
        watch: told of every block.

    Raises:
        DataError: a file cannot be read; with several files, after the others are done.
        OutputError: an output cannot be written, or is there already.
    """
    # What is wrong with a model is told before anything else.
    scorer_of(Job(options.model, options.abstain, options.prefix))
    outcome = Outcome()
    failed = 0
    with open_workers(options.workers or 1) as answer:
        for place in places:
            try:
                outcome += _score(place, options, answer, report, watch)
            except DataError as error:
                if len(places) == 1:
                    raise
                failed += 1
                report(str(error))
    if failed:
        raise DataError(f"{failed} of {len(places)} files could not be scored")
    return outcome


def _score(place: Place, options: Options, answer: Answer, report: Report, watch: Watch) -> Outcome:
    if _is_done(place.output, options):
        report(f"{place.output} is whole already")
        return Outcome()
    with open_source(_reading(place, options)) as source:
        for note in source.notes:
            report(note)
        run = _Run(place, options, source, answer, watch)
        return run.to_stdout() if place.output is None else run.to_file(place.output)


def _is_done(output: Path | None, options: Options) -> bool:
    """Whether an output is there already, which only a resumed run may find."""
    if output is None or not output.exists():
        return False
    if not options.resume or not output.is_file():
        raise OutputError(f"{output} is there already: remove it, or give another place with -o")
    for left in (part_of(output), journal_of(output)):
        left.unlink(missing_ok=True)
    return True


def _reading(place: Place, options: Options) -> Reading:
    return Reading(
        place.input,
        place.input_format,
        place.input_packing,
        options.text,
        options.block,
        keep_lines=place.format is Format.JSONL,
        unique=place.format in (Format.JSONL, Format.PARQUET),
    )


class _Run:
    """One file on its way.

    Args:
        place: where it comes from and where it goes.
        options: how it is scored.
        source: its rows.
        answer: who answers.
        watch: who wants to know.
    """

    def __init__(
        self, place: Place, options: Options, source: Source, answer: Answer, watch: Watch
    ) -> None:
        self._place = place
        self._options = options
        self._source = source
        self._watch = watch
        self._job = options.job(place)
        self._answer = partial(answer, self._job)
        self._schema = scorer_of(self._job).schema
        scorer_of(self._job).refuse_clash(source.names)

    def to_stdout(self) -> Outcome:
        """Write to standard output, which cannot be resumed."""
        outcome = Outcome()
        _put(self._header())
        for one in self._answers(self._source.blocks):
            _put(one.data)
            outcome += Outcome(one.rows, one.rows, Counter(one.statuses))
        return outcome

    def to_file(self, output: Path) -> Outcome:
        """Write to a file, beside a journal."""
        with open_journal(output, self._settings(), resume=self._options.resume) as journal:
            if not journal.entries:
                journal.append(self._header())
            before = journal.rows
            self._skip(journal.entries[1:], output)
            for one in self._answers(self._source.blocks):
                journal.append(*one)
            self._finish(journal, output)
        return Outcome(journal.rows, journal.rows - before, journal.statuses)

    def _skip(self, answered: Sequence[Entry], output: Path) -> None:
        """Go behind the blocks that a stopped run has answered, if they are still the same."""
        for entry in answered:
            block = next(self._source.blocks, None)
            if entry.digest and (block is None or digest(block.rows) != entry.digest):
                raise OutputError(
                    "the run that was stopped cannot go on: standard input has other rows now; "
                    f"to begin again, remove {journal_of(output)}"
                )

    def _answers(self, blocks: Iterable[Block]) -> Iterator[Answered]:
        for one in self._answer(blocks):
            yield one
            self._watch(self._place, self._source.share(), one.rows)

    def _header(self) -> bytes:
        names = [*self._source.schema.names, *self._schema.names]
        header = encode_header(names, self._place.format)
        return self._place.packing.pack(header) if header else b""

    def _finish(self, journal: Journal, output: Path) -> None:
        if self._place.format is not Format.PARQUET:
            journal.part.replace(output)
            return
        given = self._source.schema
        schema = pa.schema([*given, *self._schema], given.metadata)
        with write_aside(output, locked=True) as aside:
            write_parquet(read_blocks(journal.part), aside, schema)

    def _settings(self) -> Settings:
        """All that the bytes of the output depend on."""
        return {
            "version": [__version__, pa.__version__],
            "input": _identity(self._place.input, self._source.names),
            "model": _fingerprint(self._options.model),
            "text column": self._source.text,
            "format": [self._place.format, self._place.packing],
            "--abstain": self._options.abstain,
            "--prefix": self._options.prefix,
            "--sentences": self._options.sentences,
            "--block": self._options.block,
        }


def _put(data: bytes) -> None:
    with write_errors("standard output", "free some, then run it again"):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _identity(name: str, columns: Sequence[str]) -> list[str | int]:
    """What tells a file from another or a changed one; of standard input its rows must tell."""
    if name == STDIN:
        return [name, *columns]
    state = Path(name).stat()
    return [Path(name).name, state.st_size, state.st_mtime_ns]


def _fingerprint(model: str | None) -> str:
    """The hash of the hashes of all files of the models."""
    folders = shipped().values() if model is None else [find_model(model)]
    return sha256(b"".join((folder / SUMS).read_bytes() for folder in folders))

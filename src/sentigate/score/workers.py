"""Who answers the blocks: this process, or several, one to a core; the order stays.

Knows nothing of files; a block goes in, its bytes come out.
"""

import multiprocessing
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.sharedctypes import Synchronized
from threading import Thread
from typing import NamedTuple

from sentigate.analyzer import Analyzer, load
from sentigate.errors import SentigateError
from sentigate.score.answers import Scorer
from sentigate.score.encoders import digest, encode
from sentigate.score.formats import Format, Packing
from sentigate.score.sources import Block

_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with a block.

    Args:
        model: a shipped model's name or a model folder; None for all shipped models.
        abstain: the probability below which an only label is `uncertain`.
        prefix: what the names of the columns of answers begin with.
        sentences: whether each sentence has a row of its own.
        format: how the rows are written.
        packing: how the bytes are packed.
        hashed: whether each block of answers has the hash of its rows beside it.
    """

    model: str | None = None
    abstain: float = 0.0
    prefix: str = ""
    sentences: bool = False
    format: Format = Format.JSONL
    packing: Packing = Packing.NONE
    hashed: bool = False


class Answered(NamedTuple):
    """A block that is ready to be written."""

    data: bytes
    rows: int
    statuses: Mapping[str, int]
    digest: str = ""


Answer = Callable[[Job, Iterable[Block]], Iterator[Answered]]
"""Answers blocks in their order, each as soon as it can."""


@contextmanager
def open_workers(count: int) -> Iterator[Answer]:
    """Give a function that answers blocks, in this process or in `count` others.

    The bytes are the same whatever the number. A process has one core where the system can hold it
    there, and a thread.
    """
    if count == 1:
        yield lambda job, blocks: (answer(job, block) for block in blocks)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        count, context, initializer=_settle, initargs=(context.Value("i", 0), _cores())
    )
    try:
        yield partial(_ordered, pool, _AHEAD * count)
    finally:
        pool.shutdown(cancel_futures=True)


def answer(job: Job, block: Block) -> Answered:
    """Answer the rows of a block and write them as the job wants them."""
    places, answers = scorer_of(job).answers(block.values)
    rows = block.rows if places is None else block.rows.take(places)
    data = job.packing.pack(encode(rows, answers, job.format))
    statuses = Counter(answers.column(f"{job.prefix}status").to_pylist())
    return Answered(data, len(block.values), statuses, digest(block.rows) if job.hashed else "")


def scorer_of(job: Job) -> Scorer:
    """Return who answers, with the models of this process."""
    return Scorer(_analyzer(job.model, job.abstain), prefix=job.prefix, sentences=job.sentences)


@cache
def _analyzer(model: str | None, abstain: float) -> Analyzer:
    """The models of this process, opened once."""
    return load(model, abstain=abstain)


def _ordered(
    pool: ProcessPoolExecutor, ahead: int, job: Job, blocks: Iterable[Block]
) -> Iterator[Answered]:
    """Answer blocks in a pool; at most so many are read ahead."""
    waiting: deque[Future[Answered]] = deque()
    try:
        for block in blocks:
            with _unheard():
                waiting.append(pool.submit(answer, job, block))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise SentigateError(
            "a worker process was ended from outside, perhaps for want of memory: run the same "
            "command with --resume, with fewer --workers or a smaller --block"
        ) from None


@contextmanager
def _unheard() -> Iterator[None]:
    """Put Ctrl-C off; a process that is started meanwhile never hears it, not even at its start."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def _settle(started: "Synchronized[int]", cores: list[int]) -> None:
    """Take a core; leave Ctrl-C to the parent, and end when the parent does, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with started.get_lock():
        place = started.value
        started.value += 1
    if cores:
        os.sched_setaffinity(0, {cores[place % len(cores)]})
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

"""Dynamic batching: texts of many requests computed together, off the event loop, in turn.

    requests ─bounded queue─> portions ─one worker thread─> answers ─> the requests they belong to

While a batch is computed the next one gathers. A large request is taken in slices between which
others have their turn, so nobody waits behind it. Knows nothing of HTTP or of models: a `Work`
turns inputs into as many outputs.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from sentigate.serve.metrics import Meters

Inputs = Sequence[Any]
Outputs = list[Any]

SLICE = 64
"""Most inputs of one request that go before another request has its turn."""


class QueueFull(Exception):
    """More waits than may wait; `retry_after` is when to come back, in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("the queue is full")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done with inputs; jobs of equal work are computed together.

    Args:
        run: from inputs to as many outputs; called in the worker thread.
        most: most inputs that are run at once.
    """

    run: Callable[[Inputs], Outputs]
    most: int


@dataclass(eq=False, slots=True)
class Job:
    """The inputs of one request, some of them answered."""

    work: Work
    inputs: Inputs
    done: asyncio.Future[Outputs]
    arrived: float
    started: float = 0.0
    taken: int = 0
    outputs: Outputs = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many inputs nobody has taken yet."""
        return len(self.inputs) - self.taken

    def take(self, most: int) -> Inputs:
        """Take the next inputs."""
        self.started = self.started or time.perf_counter()
        start, self.taken = self.taken, min(self.taken + most, len(self.inputs))
        return self.inputs[start : self.taken]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a job: its outputs, and the seconds it waited and was computed."""

    outputs: Outputs
    waited: float
    computed: float


class Batcher:
    """Gathers jobs into batches and runs them one after another in one thread.

    Args:
        meters: where sizes and times are counted.
        window: seconds that a job may wait for company while other requests are on their way.
        most_waiting: most inputs that may wait; an empty queue takes any job.
    """

    def __init__(self, meters: Meters, *, window: float, most_waiting: int) -> None:
        self._meters = meters
        self._window = window
        self._most_waiting = most_waiting
        self._jobs: deque[Job] = deque()
        self._arrival = asyncio.Event()
        self._room = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "sentigate-worker")
        self._loop: asyncio.Task[None] | None = None
        self._waiting = 0
        self._open_requests = 0
        self._pace = 0.001  # seconds an input, a running average

    def start(self) -> None:
        """Begin to answer; call it in the event loop."""
        self._loop = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Finish what waits, then stop."""
        while self._jobs:
            await asyncio.sleep(0.01)
        if self._loop is not None:
            self._loop.cancel()
            with suppress(asyncio.CancelledError):
                await self._loop
        self._thread.shutdown()

    @property
    def waiting(self) -> int:
        """How many inputs wait."""
        return self._waiting

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Say that a request is on its way, for whose texts others may wait a moment."""
        self._open_requests += 1
        try:
            yield
        finally:
            self._open_requests -= 1

    async def answer(self, work: Work, inputs: Inputs, *, patient: bool = False) -> Answer:
        """Have inputs computed.

        Args:
            work: what to do with them.
            inputs: any number.
            patient: wait for room in a full queue instead of failing.

        Raises:
            QueueFull: there is no room for them.
        """
        if not inputs:
            return Answer([], 0.0, 0.0)
        await self._find_room(len(inputs), patient)
        done = asyncio.get_running_loop().create_future()
        job = Job(work, inputs, done, time.perf_counter())
        self._jobs.append(job)
        self._count(len(inputs))
        self._arrival.set()
        outputs = await done  # of whoever is cancelled here, nothing more is computed
        end = time.perf_counter()
        return Answer(outputs, job.started - job.arrived, end - job.started)

    async def _find_room(self, inputs: int, patient: bool) -> None:
        while self._waiting and self._waiting + inputs > self._most_waiting:
            if not patient:
                raise QueueFull(ceil(self._waiting * self._pace))
            self._room.clear()
            await self._room.wait()

    async def _run(self) -> None:
        while True:
            await self._arrival.wait()
            await self._wait_for_company()
            portion = self._take()
            if portion:
                await self._compute(portion)
            self._room.set()
            if not self._jobs:
                self._arrival.clear()

    async def _wait_for_company(self) -> None:
        """Wait out the window of the oldest job, but only where somebody may yet come."""
        oldest = self._jobs[0]
        left = oldest.arrived + self._window - time.perf_counter()
        if left > 0 and self._open_requests > len(self._jobs) and self._waiting < oldest.work.most:
            await asyncio.sleep(left)

    def _take(self) -> list[tuple[Job, Inputs]]:
        """Take the next portion: of each job of the first job's work in turn, up to its most."""
        portion: list[tuple[Job, Inputs]] = []
        work, room = self._jobs[0].work, self._jobs[0].work.most
        others: deque[Job] = deque()
        while self._jobs and room:
            job = self._jobs.popleft()
            if job.done.done():
                self._count(-job.left)
            elif job.work != work:
                others.append(job)
            else:
                taken = job.take(min(room, SLICE))
                portion.append((job, taken))
                room -= len(taken)
                self._count(-len(taken))
                if job.left:
                    self._jobs.append(job)
        self._jobs.extendleft(reversed(others))
        return portion

    def _count(self, change: int) -> None:
        self._waiting += change
        self._meters.waiting.set(self._waiting)

    async def _compute(self, portion: list[tuple[Job, Inputs]]) -> None:
        start = time.perf_counter()
        loop = asyncio.get_running_loop()
        answers = await loop.run_in_executor(self._thread, _run_all, portion)
        seconds, inputs = time.perf_counter() - start, sum(len(taken) for _, taken in portion)
        self._pace += 0.1 * (seconds / inputs - self._pace)
        self._meters.batch_texts.observe(inputs)
        self._meters.batch_seconds.observe(seconds)
        for (job, _), outputs in zip(portion, answers, strict=True):
            _hand_over(job, outputs)


def _run_all(portion: list[tuple[Job, Inputs]]) -> list[Outputs | Exception]:
    """Run a portion at once; where that fails, job by job, so that one spoils no other's answer."""
    work = portion[0][0].work
    try:
        outputs = iter(work.run([one for _, inputs in portion for one in inputs]))
        return [[next(outputs) for _ in inputs] for _, inputs in portion]
    except Exception:
        return [_run_one(work, inputs) for _, inputs in portion]


def _run_one(work: Work, inputs: Inputs) -> Outputs | Exception:
    try:
        return work.run(inputs)
    except Exception as error:
        return error


def _hand_over(job: Job, outputs: Outputs | Exception) -> None:
    if job.done.done():  # nobody waits any more
        return
    if isinstance(outputs, Exception):
        job.done.set_exception(outputs)
        return
    job.outputs += outputs
    if len(job.outputs) == len(job.inputs):
        job.done.set_result(job.outputs)

"""Batching: together where it helps, in turn, bounded, and one's fault is not another's."""

import asyncio
import threading

import pytest

from sentigate.serve.batcher import SLICE, Batcher, QueueFull, Work
from sentigate.serve.metrics import Meters


class Runner:
    """Doubles its inputs and remembers how it was called; waits while `gate` is closed."""

    def __init__(self):
        self.calls = []
        self.threads = set()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, inputs):
        assert self.gate.wait(10)
        self.calls.append(list(inputs))
        self.threads.add(threading.current_thread())
        return [2 * one for one in inputs]


def in_batcher(scenario, window=0.0, most_waiting=1000):
    """Run a scenario, which gets a batcher and a runner."""

    async def run():
        batcher, runner = Batcher(Meters(), window=window, most_waiting=most_waiting), Runner()
        batcher.start()
        try:
            async with asyncio.timeout(20):
                return await scenario(batcher, runner)
        finally:
            runner.gate.set()
            await batcher.close()

    return asyncio.run(run())


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def test_jobs_that_wait_are_computed_together():
    async def scenario(batcher, runner):
        work = Work(runner, 100)
        runner.gate.clear()
        jobs = [asyncio.create_task(batcher.answer(work, [n, n])) for n in range(5)]
        await settle()
        runner.gate.set()
        answers = [await job for job in jobs]
        return [answer.outputs for answer in answers], runner

    outputs, runner = in_batcher(scenario)
    assert outputs == [[2 * n, 2 * n] for n in range(5)]
    assert len(runner.calls) <= 2
    assert len(runner.threads) == 1
    assert threading.main_thread() not in runner.threads


def test_a_lone_job_does_not_wait_for_company():
    async def scenario(batcher, runner):
        with batcher.expecting():
            answer = await batcher.answer(Work(runner, 10), [1])
        return answer.waited

    assert in_batcher(scenario, window=5.0) < 1.0


def test_a_job_waits_for_a_request_that_is_on_its_way(monkeypatch):
    over, sleep = asyncio.Event(), asyncio.sleep

    async def scenario(batcher, runner):
        work = Work(runner, 10)
        with batcher.expecting(), batcher.expecting():
            first = asyncio.create_task(batcher.answer(work, [1]))
            await settle()
            second = asyncio.create_task(batcher.answer(work, [2]))
            await settle()
            over.set()
            await asyncio.gather(first, second)
        return runner.calls

    # The window is over when the test says so, however slow the machine is.
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: over.wait() if seconds else sleep(0))
    assert in_batcher(scenario, window=60.0) == [[1, 2]]


def test_a_large_job_lets_others_pass():
    async def scenario(batcher, runner):
        work = Work(runner, SLICE)
        runner.gate.clear()
        large = asyncio.create_task(batcher.answer(work, list(range(4 * SLICE))))
        await settle()
        small = asyncio.create_task(batcher.answer(work, [-1]))
        await settle()
        runner.gate.set()
        await asyncio.gather(large, small)
        return [-1 in call for call in runner.calls], (await large).outputs

    passed, outputs = in_batcher(scenario)
    assert passed.index(True) <= 2
    assert outputs == [2 * n for n in range(4 * SLICE)]


def test_different_work_is_not_mixed():
    async def scenario(batcher, runner):
        other = Runner()
        runner.gate.clear()
        one, two = Work(runner, 10), Work(other, 10)
        jobs = [asyncio.create_task(batcher.answer(work, [1])) for work in (one, two, one, two)]
        await settle()
        runner.gate.set()
        await asyncio.gather(*jobs)
        return runner.calls, other.calls

    ours, others = in_batcher(scenario)
    assert sum(map(len, ours)) == sum(map(len, others)) == 2


def test_a_full_queue_refuses_and_says_when_to_come_back():
    async def scenario(batcher, runner):
        work = Work(runner, 1)
        runner.gate.clear()
        jobs = []
        for _ in range(3):
            jobs.append(asyncio.create_task(batcher.answer(work, [1, 2])))
            await settle()
        assert batcher.waiting == 5  # the first input is being computed
        with pytest.raises(QueueFull) as full:
            await batcher.answer(work, [3])
        patient = asyncio.create_task(batcher.answer(work, [4], patient=True))
        await settle()
        assert not patient.done()
        runner.gate.set()
        await asyncio.gather(*jobs)
        return full.value.retry_after, (await patient).outputs

    retry_after, outputs = in_batcher(scenario, most_waiting=5)
    assert retry_after >= 1
    assert outputs == [8]


def test_an_empty_queue_takes_a_job_of_any_size():
    async def scenario(batcher, runner):
        return (await batcher.answer(Work(runner, 2), [1] * 7)).outputs

    assert in_batcher(scenario, most_waiting=1) == [2] * 7


def test_nobody_computes_for_who_has_left():
    async def scenario(batcher, runner):
        work = Work(runner, 1)
        runner.gate.clear()
        first = asyncio.create_task(batcher.answer(work, [1]))
        gone = asyncio.create_task(batcher.answer(work, [2]))
        last = asyncio.create_task(batcher.answer(work, [3]))
        await settle()
        gone.cancel()
        await settle()
        runner.gate.set()
        await asyncio.gather(first, last)
        return runner.calls, batcher.waiting

    assert in_batcher(scenario) == ([[1], [3]], 0)


def test_one_fault_is_not_anothers():
    async def scenario(batcher, runner):
        def run(inputs):
            return [1 / one for one in runner(inputs)]

        work = Work(run, 10)
        runner.gate.clear()
        first = asyncio.create_task(batcher.answer(work, [1]))
        await settle()
        jobs = [asyncio.create_task(batcher.answer(work, [n])) for n in (1, 0, 2)]
        await settle()
        runner.gate.set()
        await first
        return await asyncio.gather(*jobs, return_exceptions=True)

    one, fault, two = in_batcher(scenario)
    assert (one.outputs, two.outputs) == ([0.5], [0.25])
    assert isinstance(fault, ZeroDivisionError)


def test_what_was_taken_is_finished_at_the_end():
    async def scenario(batcher, runner):
        jobs = [asyncio.create_task(batcher.answer(Work(runner, 1), [n])) for n in range(20)]
        await settle()
        await batcher.close()
        return [job.result().outputs for job in jobs]

    assert in_batcher(scenario) == [[2 * n] for n in range(20)]

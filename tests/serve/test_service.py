"""Limits in time and number, and models exchanged while serving."""

import asyncio
import shutil
import threading

import pytest

from sentigate.analyzer import Analyzer
from sentigate.serve.batcher import Work
from sentigate.serve.problems import Problem
from sentigate.serve.service import make_service
from sentigate.serve.settings import ServeConfig

ASK = {"texts": ["the food was good"]}


@pytest.fixture
def slow(monkeypatch):
    """A gate before the model, open at first; an event that is cleared to close it."""
    gate, true = threading.Event(), Analyzer.predict
    gate.set()

    def predict(self, texts):
        assert gate.wait(10)
        return true(self, texts)

    monkeypatch.setattr(Analyzer, "predict", predict)
    return gate


def in_service(scenario, **settings):
    """Run a scenario, which gets a service without models whose queue runs."""

    async def run():
        service = make_service(ServeConfig(**settings), {})
        service.batcher.start()
        try:
            return await scenario(service)
        finally:
            await service.batcher.close()

    return asyncio.run(run())


def test_a_request_that_takes_too_long_is_told_so(start, slow):
    with start(request_seconds=0.1) as server:
        slow.clear()
        response = server.post("/v1/predict", json=ASK)
        slow.set()
        assert response.status_code == 504
        assert response.json()["type"] == "urn:sentigate:problem:timeout"


def test_a_full_queue_is_told_with_a_time_to_come_back(slow):
    slow.clear()
    work = Work(lambda inputs: slow.wait(10) and list(inputs), 1)

    async def scenario(service):
        first = asyncio.create_task(service.answer(work, [1, 2, 3], 0.0))
        await asyncio.sleep(0.05)
        with pytest.raises(Problem) as problem:
            await service.answer(work, [4], 0.0)
        slow.set()
        await first
        return problem.value

    problem = in_service(scenario, max_queue=2, request_seconds=1e9)
    assert (problem.status, problem.kind) == (429, "queue-full")
    assert int(problem.headers["Retry-After"]) >= 1


def test_before_the_models_are_open_nothing_is_ready(start):
    service = make_service(ServeConfig(), {})
    assert not service.ready
    with pytest.raises(Problem, match="not-ready"):
        service.analyzer("auto")


def test_a_model_is_exchanged_without_a_failed_request(start, make_model, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(make_model("first"), folder)
    with start({"mine": folder}) as server:
        before = server.get("/v1/models").json()["models"][0]["version"]
        codes, stop = [], threading.Event()

        def keep_asking():
            while not stop.is_set():
                codes.append(server.post("/v1/predict", json=ASK).status_code)

        asking = threading.Thread(target=keep_asking)
        asking.start()
        shutil.rmtree(folder)
        shutil.copytree(make_model("second"), folder)
        server.portal.call(server.service.reload)
        stop.set()
        asking.join()
        answered = server.post("/v1/predict", json=ASK).json()
        assert set(codes) == {200}
        assert answered["models"]["mine"] != before
        assert answered["results"][0]["model"] == "mine"


def test_a_broken_model_is_not_taken(start, make_model, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(make_model("first"), folder)
    with start({"mine": folder}) as server:
        before = server.get("/v1/models").json()
        (folder / "weights.safetensors").write_bytes(b"short")
        server.portal.call(server.service.reload)
        assert server.get("/v1/models").json() == before
        assert server.post("/v1/predict", json=ASK).status_code == 200
        assert 'sentigate_reloads_total{outcome="failed"} 1.0' in server.get("/metrics").text


def test_a_server_that_drains_is_not_ready_but_answers(start):
    with start() as server:
        assert server.get("/health/ready").status_code == 200
        server.portal.call(server.service.draining.set)
        assert server.get("/health/ready").status_code == 503
        assert server.get("/health/live").status_code == 200
        answered = server.post("/v1/predict", json=ASK)
        assert answered.status_code == 200
        assert answered.headers["connection"] == "close"

"""Around a request: ids, headers, metrics; and no text anywhere but in the model."""

import io
import json
import logging
import re

import pytest

from sentigate.analyzer import Analyzer
from sentigate.serve.logs import JsonFormatter, TextFormatter
from sentigate.serve.page import POLICY
from sentigate.serve.stream import MEDIA_TYPE

MARK = "xyzzy7"


@pytest.fixture
def written(capfd):
    """What is logged, in both forms, and all that goes to the standard streams."""
    streams = [io.StringIO(), io.StringIO()]
    handlers = [logging.StreamHandler(stream) for stream in streams]
    root = logging.getLogger()
    for handler, formatter in zip(handlers, (JsonFormatter(), TextFormatter()), strict=True):
        handler.setFormatter(formatter)
        handler.addFilter(lambda record: not record.name.startswith("http"))  # the client's own
        root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    yield lambda: "".join([*(stream.getvalue() for stream in streams), *capfd.readouterr()])
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


REQUESTS = [
    ("POST", "/v1/predict", {"json": {"texts": [f"good {MARK}", {"id": 1, "text": MARK}]}}),
    ("POST", "/v1/predict", {"json": {"texts": [f"{MARK} " * 30_000]}}),
    ("POST", "/v1/predict", {"json": {"texts": MARK}}),
    ("POST", "/v1/predict", {"json": {"texts": [], MARK: 1}}),
    ("POST", "/v1/predict", {"json": {"texts": [], "model": MARK}}),
    ("POST", "/v1/predict", {"json": {"texts": [], "heads": [MARK]}}),
    ("POST", "/v1/predict", {"json": {"texts": [], "heads": MARK}}),
    ("POST", "/v1/predict", {"json": MARK}),
    ("POST", "/v1/predict", {"content": MARK, "headers": {"content-type": "application/json"}}),
    ("POST", "/v1/predict", {"content": MARK, "headers": {"content-type": MARK}}),
    ("POST", "/v1/hf", {"json": {"inputs": MARK, "parameters": {"top_k": MARK}}}),
    ("POST", f"/v1/hf?model={MARK}", {"json": {"inputs": MARK}}),
    ("POST", "/v1/predict/stream", {"content": f'"{MARK}"\n{MARK}\n', "headers": {}}),
    ("GET", f"/v1/predict/{MARK}?text={MARK}", {}),
    ("GET", "/v1/models", {"headers": {"x-request-id": f"{MARK} {MARK}", "host": MARK}}),
    ("PUT", f"/{MARK}", {"content": MARK}),
]


def test_no_text_is_written_anywhere(server, written):
    for method, path, options in REQUESTS:
        if path.endswith("stream"):
            options["headers"] = {"content-type": MEDIA_TYPE}
        response = server.request(method, path, **options)
        assert MARK not in response.text, (method, path)
        assert MARK not in str(response.headers), (method, path)
    assert MARK not in server.get("/metrics").text
    log = written()
    assert "urn" not in log
    assert '"route": "/v1/predict"' in log
    assert MARK not in log


def test_a_fault_of_ours_shows_nothing_of_itself(server, written, monkeypatch):
    def fail(self, texts):
        raise ValueError(f"cannot read {texts}")

    monkeypatch.setattr(Analyzer, "predict", fail)
    response = server.post("/v1/predict", json={"texts": [MARK]})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in response.text
    log = written()
    assert MARK not in log
    assert response.json()["request_id"] in log
    assert '"error": "ValueError"' in log
    assert re.search(r"test_context.py:\d+ fail", log)


def test_ids(server):
    given = server.get("/v1/models", headers={"x-request-id": "mine-1"})
    assert given.headers["x-request-id"] == "mine-1"
    for unfit in ("", "a b", "x" * 65, "a\\b"):
        made = server.get("/v1/models", headers={"x-request-id": unfit})
        assert re.fullmatch("[0-9a-f]{32}", made.headers["x-request-id"])


@pytest.mark.parametrize("path", ["/v1/models", "/", "/docs", "/nowhere", "/openapi.json"])
def test_security_headers(server, path):
    headers = server.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_page_may_load_its_own_files_only(server):
    assert server.get("/").headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "*" not in POLICY


def test_answers_are_not_kept_by_caches(server):
    assert server.post("/v1/predict", json={"texts": []}).headers["cache-control"] == "no-store"


def test_requests_are_counted(start):
    with start() as server:
        server.post("/v1/predict", json={"texts": ["good", None]})
        server.get("/nowhere")
        server.post("/v1/predict", content="x")
        shown = server.get("/metrics").text
    for line in [
        'sentigate_requests_total{method="POST",route="/v1/predict",status="200"} 1.0',
        'sentigate_requests_total{method="GET",route="other",status="404"} 1.0',
        'sentigate_refused_total{kind="no-such-path"} 1.0',
        'sentigate_refused_total{kind="not-json"} 1.0',
        'sentigate_texts_total{model="tiny",status="ok"} 1.0',
        'sentigate_texts_total{model="none",status="missing"} 1.0',
        "sentigate_batch_texts_sum 2.0",
        "sentigate_waiting_texts 0.0",
    ]:
        assert line in shown, line


def test_logs_of_other_libraries_keep_what_they_were_given_to_themselves():
    record = logging.LogRecord("uvicorn", 20, "x.py", 1, "got %s", (MARK,), None)
    assert MARK not in JsonFormatter().format(record)
    assert json.loads(JsonFormatter().format(record))["logger"] == "uvicorn"

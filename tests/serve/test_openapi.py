"""The interface is what its OpenAPI document says, and the document is the one checked in."""

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from sentigate.serve.app import create_app
from sentigate.serve.docs import operations
from sentigate.serve.settings import ServeConfig

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"


OPERATIONS = [
    (method, path)
    for path, methods in json.loads(DOCUMENT.read_text("utf-8"))["paths"].items()
    for method in methods
]


@schemathesis.serializer("application/x-ndjson")
def as_lines(_, value):
    return str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def interface(address):
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_whatever_is_sent_the_answer_is_as_documented(interface, method, path):
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=interface[path][method].as_strategy())
    def check(case):
        case.call_and_validate()

    check()


def test_the_document_is_up_to_date():
    document = create_app(ServeConfig(), {}).openapi()
    assert json.loads(DOCUMENT.read_text("utf-8")) == document, "run scripts/generate_docs.py"


def test_the_page_shows_all_of_it(server):
    page = server.get("/docs")
    assert page.status_code == 200
    assert "script-src" not in page.headers["content-security-policy"]
    for one in operations(server.app.openapi()):
        assert f"{one.method} {one.path}" in page.text
        assert one.told
        assert all(meaning for _, _, meaning in one.asked), one.path
    assert "://" not in page.text.replace("http://127.0.0.1:8080", "")

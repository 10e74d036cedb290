"""Running the command line inside the test process."""

import importlib.util

import pytest
from typer.testing import CliRunner

from sentigate.cli.app import app


@pytest.fixture
def run():
    """Return a function that runs a command; the result has exit_code, stdout and stderr."""

    def invoke(*arguments, **options):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], **options)

    return invoke


@pytest.fixture(scope="session")
def model(request):
    """A model that reads English, with the heads `sentiment` and `emotion`."""
    if importlib.util.find_spec("onnx") is None:
        return "en"  # a folder made here would have no graph
    return str(request.getfixturevalue("tiny"))

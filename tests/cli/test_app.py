"""What all commands have in common: help, version, errors."""

import errno
import subprocess
import sys

import pytest
import typer

from sentigate import __version__
from sentigate.cli.guard import guarded
from sentigate.errors import ConfigError, DataError

COMMANDS = ["predict", "train", "evaluate", "models", "export"]


def test_the_commands(run):
    shown = run("--help").stdout
    places = [shown.index(f"  {command} ") for command in COMMANDS]
    assert places == sorted(places)
    assert run("--version").stdout == f"sentigate {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_ends_with_an_example(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"    sentigate {command}" in result.stdout.partition("Example:")[2]
    assert not set(result.stdout) & set("│╭╰─")


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (DataError("no rows"), 1, "sentigate: no rows\n"),
        (ConfigError(["a", "b"]), 2, "sentigate: a; b\n"),
        (KeyboardInterrupt(), 130, "sentigate: stopped\n"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "sentigate: cannot read or write:"),
    ],
)
def test_errors_of_users_are_one_sentence(capsys, error, code, told):
    @guarded
    def command():
        raise error

    with pytest.raises(typer.Exit) as raised:
        command()
    assert raised.value.exit_code == code
    assert capsys.readouterr().err.startswith(told)


@pytest.mark.parametrize("error", [ValueError("ours"), BrokenPipeError(errno.EPIPE, "closed")])
def test_other_errors_go_through(error):
    @guarded
    def command():
        raise error

    with pytest.raises(type(error)):
        command()


def test_importing_the_package_loads_nothing_heavy():
    program = "import sentigate, sys; print(*(m.split('.')[0] for m in sys.modules))"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert not {"numpy", "onnxruntime", "rich", "typer", "pydantic"} & set(shown.stdout.split())

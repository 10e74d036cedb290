"""What all commands have in common: help, version, errors."""

import errno
import os
import subprocess
import sys

import pytest
import typer

from sentigate import __version__
from sentigate.cli.guard import guarded
from sentigate.errors import ConfigError, DataError

COMMANDS = [
    "predict",
    "train",
    "pretrain",
    "distil",
    "evaluate",
    "models",
    "serve",
    "key",
    "export",
]


def test_the_commands(run):
    shown = run("--help").stdout
    places = [shown.index(f"  {command} ") for command in COMMANDS]
    assert places == sorted(places)
    assert run("--version").stdout == f"sentigate {__version__}\n"


def test_no_summary_is_cut(run):
    shown = run("--help", terminal_width=80).stdout.partition("Commands:")[2].splitlines()[1:]
    assert len(shown) >= len(COMMANDS)
    assert [line for line in shown if not line.endswith(".") or line.endswith("...")] == []


@pytest.mark.parametrize(
    ("command", "usage"),
    [("predict", "TEXTS..."), ("evaluate", "MODELS... DATA"), ("check", "[MODEL]")],
)
def test_arguments_and_types_are_written_alike(run, command, usage):
    shown = run(command, "--help").stdout
    assert shown.splitlines()[0].endswith(f"{command} [OPTIONS] {usage}")
    assert all(odd not in shown for odd in ("{", "list[", " range>", "<text>", "[default: ]"))


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


def shell(redirection, arguments):
    """Run the command in a process of its own with a stream closed or led somewhere."""
    program = "from sentigate.cli import main; main()"
    line = f'exec "$0" -c "{program}" {arguments} {redirection}'
    return subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, text=True)


@pytest.mark.skipif(os.name != "posix", reason="redirection differs elsewhere")
@pytest.mark.parametrize("redirection", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_fault(redirection):
    shown = shell(redirection, "predict -")
    assert (shown.returncode, shown.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a full device")
def test_a_full_disk_behind_standard_output_is_one_sentence():
    shown = shell(">/dev/full", "predict good --format json")
    assert shown.returncode == 1
    assert shown.stderr.endswith("free some space, then run it again\n")
    assert len(shown.stderr.splitlines()) == 1


def test_ctrl_c_while_it_starts_is_one_sentence():
    program = """
import sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "sentigate.cli.app":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt())
from sentigate.cli import main
main()
"""
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (shown.returncode, shown.stderr) == (130, "sentigate: stopped\n")

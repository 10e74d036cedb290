"""Every command and every Python snippet of the READMEs and the guides runs as it stands there.

Commands run in order in one empty folder that holds the example data, as a user's would; snippets
share one name space. Commands that install, test or measure are only looked up.
"""

import contextlib
import doctest
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the README trains a model")

ROOT = Path(__file__).parents[2]
READMES = ["README.md", "README.zh-CN.md"]
GUIDES = [
    "docs/evaluation.md",
    "docs/scoring.md",
    "docs/serving.md",
    "docs/using-from.md",
    "docs/behaviour.md",
    "docs/explanations.md",
    "docs/distillation.md",
    "docs/pretraining.md",
]
LESSONS = ["docs/why-gates.md"]  # snippets, and commands that are only looked up
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOOKED_UP = ("scripts/", "python recipes/", "python benchmarks/")
SERVERS = ("sentigate serve",)
LEFT_OUT = ("git clone ", "cd ", "pip install ", "source ")


def blocks(readme, language):
    text = (ROOT / readme).read_text("utf-8")
    return [body for kind, body in BLOCK.findall(text) if kind == language]


def commands(readme):
    """The lines of the shell blocks without comments; a trailing backslash continues a line."""
    lines = "".join(blocks(readme, "bash")).replace("\\\n", " ").splitlines()
    return [line.split("  #")[0].strip() for line in lines if line.strip("# ")]


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.parametrize(("page", "least"), [(READMES[0], 5), *((guide, 1) for guide in GUIDES)])
def test_commands(page, least, folder, free_port):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ran = [line for line in commands(page) if not line.startswith(LOOKED_UP + LEFT_OUT)]
    assert len(ran) >= least
    for line in ran:
        if line.startswith(SERVERS):
            answers(line, folder, path, free_port())
            continue
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=folder,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert result.returncode == 0, f"{line}\n{result.stderr}"
        assert "Warning" not in result.stderr, f"{line}\n{result.stderr}"


def answers(line, folder, path, port):
    """Start a server on a port; it must say that it is ready, and stop when told to."""
    words = re.sub(r"--port \d+", f"--port {port}", line).split()
    server = subprocess.Popen(words, cwd=folder, env=os.environ | {"PATH": path})
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/health/ready")
    finally:
        server.terminate()
        assert server.wait(30) == 0


def wait_until_ready(address):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            assert answer.status == 200
            return
        time.sleep(0.1)
    pytest.fail(f"{address} did not answer within a minute")


SNIPPETS = READMES + [guide for guide in GUIDES + LESSONS if blocks(guide, "python")]


@pytest.mark.parametrize("readme", READMES + GUIDES + LESSONS)
def test_scripts_exist(readme):
    for line in commands(readme):
        if line.startswith(LOOKED_UP):
            script = next(word for word in line.split() if "/" in word)
            assert (ROOT / script).is_file(), line


@pytest.mark.parametrize("readme", SNIPPETS)
def test_snippets(readme, folder, monkeypatch):
    monkeypatch.chdir(folder)
    snippets = blocks(readme, "python")
    assert snippets
    names = {}
    parser = doctest.DocTestParser()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for number, snippet in enumerate(snippets):
        test = parser.get_doctest(snippet, names, f"{readme} {number}", readme, 0)
        assert test.examples, f"no >>> in a Python block:\n{snippet}"
        runner.run(test, clear_globs=False)
        names = test.globs
    assert runner.summarize(verbose=False).failed == 0


def test_both_readmes_show_the_same_commands():
    english, chinese = READMES
    assert commands(english) == commands(chinese)
    assert len(blocks(english, "python")) == len(blocks(chinese, "python"))

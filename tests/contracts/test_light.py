"""The light side: no torch and no other optional library is loaded, and no socket is opened."""

import json
import os
import subprocess
import sys

OPTIONAL = {
    *("torch", "lightning", "sklearn", "scipy", "pyarrow", "onnx", "pandas", "tensorboard"),
    *("spacy", "huggingface_hub", "optuna"),
    *("jinja2", "matplotlib", "fastapi", "uvicorn", "prometheus_client", "httpx2"),
}

LOADED = """
import json, sys
import sentigate, sentigate.cli
answers = sentigate.load()(["I waited an hour and the food was cold.", "这家餐厅太棒了！", "🥰"])
assert [str(answer.status) for answer in answers] == ["ok"] * 3, answers
print(json.dumps(sorted({module.split(".")[0] for module in sys.modules})))
"""

OFFLINE = """
import os, sys
def refuse(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError(f"{event} {arguments}")
sys.addaudithook(refuse)
import sentigate
for engine in ("onnx", "numpy"):
    answers = sentigate.load(engine=engine)(["good", "很好", "https://example.org/"])
    assert answers[0].status == "ok", answers
# An audit hook sees Python's sockets only; the list of open files shows those of C libraries too.
folder = "/proc/self/fd"
places = [f"{folder}/{name}" for name in os.listdir(folder)] if os.path.isdir(folder) else []
print([os.readlink(place) for place in places if os.path.exists(place)])
"""

# ONNX Runtime's telemetry shows in files first: an id, and a queue of what is to be sent.
PREDICTION = """
import sentigate
assert sentigate.load()("good").status == "ok"
"""

HOOK_WORKS = "import socket; socket.create_connection(('127.0.0.1', 9))"


def run(program, env=None):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=env,
    )


def left_behind(program, home):
    """The files that a program writes into an empty home, where nobody says that this is a test."""
    quiet = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME")
    env = {name: value for name, value in os.environ.items() if name not in quiet}
    places = {"HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    result = run(program, env | places)
    assert result.returncode == 0, result.stderr
    return [str(file.relative_to(home)) for file in home.rglob("*")]


def test_prediction_writes_nothing(tmp_path):
    assert left_behind(PREDICTION, tmp_path) == []


def test_prediction_and_the_command_line_load_nothing_optional():
    result = run(LOADED)
    assert result.returncode == 0, result.stderr
    assert not OPTIONAL & set(json.loads(result.stdout))


def test_prediction_opens_no_socket():
    result = run(OFFLINE)
    assert result.returncode == 0, result.stderr
    assert "socket:" not in result.stdout


def test_the_block_would_show_a_socket():
    result = run(OFFLINE.replace("import sentigate\n", f"{HOOK_WORKS}\n"))
    assert "RuntimeError: socket." in result.stderr

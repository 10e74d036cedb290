"""What stands around the server in a container: accepted by a linter, and fit for the code."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sentigate.cli.app import app as commands
from sentigate.serve.metrics import Meters
from sentigate.serve.settings import ServeConfig

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


def test_the_dockerfile_is_accepted_by_its_linter():
    linter = Path(sys.executable).with_name("hadolint")
    shown = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (shown.returncode, shown.stdout) == (0, "")


def test_the_image_runs_a_command_there_is_as_nobody_special():
    lines = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    last = {line.partition(" ")[0]: line.partition(" ")[2].strip() for line in lines if line}
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", last["USER"])
    assert "/health/ready" in last["HEALTHCHECK"]
    entry = json.loads(last["ENTRYPOINT"])
    assert entry[:2] == ["sentigate", "serve"]
    assert "serve" in [command.callback.__name__ for command in commands.registered_commands]
    flags = {one.removeprefix("--").replace("-", "_") for one in entry if one.startswith("--")}
    assert flags <= set(ServeConfig.model_fields)


def test_what_the_image_copies_is_let_through():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.M)
    names = [name for line in copied for name in line.split()]
    assert names
    for name in names:
        assert (ROOT / name).exists()
        assert f"!{name}" in ignored


def test_services_write_nothing_and_may_do_nothing(compose):
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert all(port.startswith("127.0.0.1:") for port in service["ports"]), name
        assert set(service["secrets"]) <= set(compose["secrets"]), name
    secret = f"/run/secrets/{compose['services']['sentigate']['secrets'][0]}"
    assert secret in (ROOT / "Dockerfile").read_text("utf-8")


def test_a_server_has_time_to_end(compose):
    grace = int(compose["services"]["sentigate"]["stop_grace_period"].removesuffix("s"))
    settings = ServeConfig()
    assert grace > settings.drain_seconds + settings.shutdown_seconds


def test_prometheus_asks_the_server_with_its_key(compose):
    volume = compose["services"]["prometheus"]["volumes"][0].split(":")[0]
    job = yaml.safe_load((ROOT / volume).read_text("utf-8"))["scrape_configs"][0]
    assert job["static_configs"][0]["targets"] == ["sentigate:8080"]
    secret = compose["services"]["prometheus"]["secrets"][0]
    assert job["authorization"]["credentials_file"] == f"/run/secrets/{secret}"


def test_the_board_shows_what_is_measured():
    board = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
    shown = Meters().render().decode()
    measured = set(re.findall(r"^# TYPE (\w+)", shown, re.M))
    suffix = re.compile(r"_(bucket|sum|count)$")
    asked = {
        suffix.sub("", name)
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\b(?:sentigate|process)_\w+", target["expr"])
    }
    assert len(asked) > 10
    assert asked <= measured
    assert all(panel["description"] for panel in board["panels"])
    places = [tuple(panel["gridPos"].values()) for panel in board["panels"]]
    assert len(set(places)) == len(places)

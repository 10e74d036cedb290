"""Ray Data gives the rows that this machine gives, also when a process of its is killed."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None or not sys.platform.startswith("linux"),
    reason="Ray is not installed: pip install 'sentigate[ray]'",
)
COMMAND = [sys.executable, "-c", "from sentigate.cli import main; main()", "score"]
TEXTS = ["the food was good", "", "never again", None, "I love this place so much!"]
NODES = """
import sys
from ray.cluster_utils import Cluster
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
cluster.add_node(num_cpus=1)
print(cluster.address, flush=True)
sys.stdin.read()
cluster.shutdown()
"""


@pytest.fixture(scope="module", autouse=True)
def _ray_starts(starts):
    """Not every sandbox lets Ray open its ports."""
    starts("Ray", "import ray; ray.init(num_cpus=1, include_dashboard=False)")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("ray") / "lang=de" / "a.parquet"  # which adds no column
    path.parent.mkdir()
    texts = [text and f"{text} {n}" for n in range(800) for text in TEXTS]
    parquet.write_table(pa.table({"id": range(4000), "text": texts}), path, row_group_size=500)
    return path


@pytest.fixture(scope="module")
def expected(source, tiny):
    out = source.with_name("local.parquet")
    subprocess.run([*COMMAND, source, "-o", out, "--model", tiny], check=True)
    return parquet.read_table(out)


def test_ray_on_this_machine(source, expected, tiny, same_rows):
    out = source.with_name("ray.parquet")
    command = [*COMMAND, source, "-o", out, "--model", tiny, "--engine", "ray", "--workers", "1"]
    told = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True).stderr
    assert "4,000 rows" in told
    same_rows(parquet.read_table(out), expected)


def test_an_address_where_nobody_is(source, tiny):
    command = [*COMMAND, source, "-o", f"{source.parent}/no/", "--model", tiny, "--engine", "ray"]
    told = subprocess.run(
        command, env=os.environ | {"RAY_ADDRESS": "127.0.0.1:1"}, capture_output=True, text=True
    )
    assert told.returncode == 2
    assert "no Ray cluster answers at RAY_ADDRESS=127.0.0.1:1" in told.stderr
    assert "Traceback" not in told.stderr
    assert not list(source.parent.glob("*no*"))


def test_two_nodes_one_process_killed_in_the_middle(source, expected, tiny, same_rows):
    nodes = subprocess.Popen(
        [sys.executable, "-c", NODES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    out = source.with_name("cluster")
    options = ["--model", tiny, "--engine", "ray", "--block", "20"]
    try:
        address = next(line.strip() for line in nodes.stdout if ":" in line)
        run = subprocess.Popen(
            [*COMMAND, source, "-o", f"{out}/", *options], env=os.environ | {"RAY_ADDRESS": address}
        )
        killed = kill_when_at_work(run, b"ray::MapWorker")
        assert run.wait(300) == 0
    finally:
        nodes.communicate("")
    assert killed
    same_rows(parquet.read_table(out), expected)


def kill_when_at_work(run, title):
    """Kill the first process of that title that has done some work; return whether there was."""
    while run.poll() is None:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                at_work = (folder / "cmdline").read_bytes().startswith(title + b"(")
                if at_work and b"." in (folder / "cmdline").read_bytes():
                    os.kill(int(folder.name), signal.SIGKILL)
                    return True
            except OSError:
                continue
        time.sleep(0.01)
    return False


def test_datasets(source, expected, tiny):
    program = """
import json, sys, ray
from sentigate.score.on_ray import score_dataset
from sentigate.score.workers import Job
with ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR"):
    dataset = ray.data.read_parquet(sys.argv[1])
    scored = score_dataset(dataset, "text", Job(sys.argv[2], prefix="my_"), workers=1)
    print(json.dumps(sorted((row["id"], row["my_status"]) for row in scored.take_all())))
"""
    shown = subprocess.run(
        [sys.executable, "-c", program, source, tiny], check=True, stdout=subprocess.PIPE
    )
    statuses = [status for _, status in json.loads(shown.stdout.splitlines()[-1])]
    assert statuses == expected.column("status").to_pylist()

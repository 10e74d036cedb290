"""Several processes train one model as one process does."""

import csv
import json
import os
import runpy
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.config import TrainConfig
from sentigate.data.readers import Table
from sentigate.errors import ConfigError
from sentigate.train import ranks
from sentigate.train.distil import Lesson, distil
from sentigate.train.fit import train
from sentigate.train.ranks import Ranks, check_devices
from sentigate.train.tune import Search, tune

TOY = Path(__file__).with_name("test_loop.py")
STILL = dict.fromkeys(("word_dropout", "embedding_dropout", "weight_drop", "dropout"), 0.0)
SETTINGS = {
    **{"epochs": 3, "batch_size": 7, "unfreeze": 0.3, "adversarial": 0.2},  # 7 rows on 2
    **{"learning_rate": 0.02, "clip_norm": 0.3, **STILL},  # only some gradients are as long as that
}
ON_CPU = {"CUDA_VISIBLE_DEVICES": ""}
PROGRAM = """
import atexit, json, runpy, sys
from pathlib import Path

@atexit.register
def tell():
    threads = [file.read_text() for file in Path("/proc/self/task").glob("*/comm")]
    print("left:", [name for name in threads if "gloo" in name])

from sentigate.errors import DataError
from sentigate.train.ranks import is_first

toy, folder, settings = runpy.run_path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
run = toy["run"](**settings, nodes=2)
toy["train"](run, folder / "whole")
toy["train"](run, folder / "parts", resume=True)
try:
    toy["train"](toy["run"](**settings, nodes=2, seed=int(is_first(run.config))), folder / "other")
except DataError as error:
    print(error)
"""


@given(st.integers(1, 20), st.integers(1, 5))
def test_the_shares_of_a_batch_are_of_one_size_and_make_it_up(rows, world):
    batch = np.arange(100, 100 + rows)
    shares = np.stack([Ranks(rank, world).share(batch) for rank in range(world)])
    assert shares.T.ravel()[:rows].tolist() == batch.tolist()
    assert shares.size < rows + world


def curve(folder):
    """What was measured in each epoch, by name."""
    with (folder / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = "train_loss", "dev_score"
    return {name: [float(row[name]) for row in rows if row[name]] for name in names}


def test_two_nodes_learn_as_one_process(tmp_path, monkeypatch, free_port):
    """With nothing drawn at random, losses differ by rounding alone, resumed or not."""
    monkeypatch.setattr(ranks.torch.cuda, "device_count", lambda: 0)
    toy = runpy.run_path(str(TOY))
    toy["train"](toy["run"](**SETTINGS), tmp_path / "one")
    with pytest.raises(toy["Kill"]):
        toy["train"](toy["run"](**SETTINGS), tmp_path / "parts", report=toy["killed_after"](1))
    with started(tmp_path, free_port()) as processes:
        ends = [process.wait(timeout=300) for process in processes]
    told = [file.read_text() for file in tmp_path.glob("*.log")]
    assert ends == [0, 0], "\n".join(told)
    assert all("different files, settings or checkpoints" in one for one in told)
    assert all("left: []" in one for one in told), "a thread of Gloo's outlives the interpreter"
    one, whole, parts = (curve(tmp_path / name) for name in ("one", "whole", "parts"))
    assert one["train_loss"][2] < one["train_loss"][0], "nothing is learnt"
    assert whole["train_loss"] == pytest.approx(one["train_loss"], rel=1e-5)
    assert parts["train_loss"][-2:] == pytest.approx(one["train_loss"][-2:], rel=1e-5)
    assert whole["dev_score"] == pytest.approx(one["dev_score"])


@contextmanager
def started(folder, port):
    """Two processes with what torchrun would tell them; neither outlives the test."""
    told = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "TORCHELASTIC_RUN_ID": "test"}
    arguments = [TOY, folder, json.dumps(SETTINGS)]
    told |= {"WORLD_SIZE": "2", "LOCAL_RANK": "0", **ON_CPU}
    processes = []
    try:
        for rank in ("0", "1"):
            with (folder / f"{rank}.log").open("w") as log:
                processes.append(
                    subprocess.Popen(
                        [sys.executable, "-c", PROGRAM, *arguments],
                        env=os.environ | told | {"RANK": rank},
                        stdout=log,
                        stderr=log,
                    )
                )
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_two_devices_on_the_command_line(tmp_path):
    """One voice and one model folder, of both processes."""
    data = tmp_path / "data.csv"
    words = ("good", "pos"), ("bad", "neg")
    rows = [f"the food was {word} {n},{label}" for n in range(9) for word, label in words]
    data.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    command = ["train", data, "-o", tmp_path / "mine", "--preset", "tiny", "--epochs", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "sentigate", *command, "--devices", "2"],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | ON_CPU,
        timeout=300,
    )
    assert done.stderr.count("epoch 1/1") == done.stderr.count("done: try") == 1
    assert (tmp_path / "mine" / "config.json").exists()


def test_what_does_not_fit_together_is_one_sentence(monkeypatch, tmp_path):
    two = TrainConfig(devices=2)
    monkeypatch.setattr(ranks.torch.cuda, "device_count", lambda: 0)
    with pytest.raises(ConfigError, match="tune trains on one device"):
        tune(Table(Path("x"), [], None, None, ()), None, two, Search(tmp_path / "o.toml"))
    with pytest.raises(ConfigError, match="distil trains on one device"):
        distil(Lesson("en", Table(Path("x"), [], None, None, ())), tmp_path / "o", two)
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "test")
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(
        ConfigError, match="torchrun started 3 processes, 2 of them here, and 2 devices"
    ):
        check_devices(two)
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    monkeypatch.setenv("RANK", "0")
    with pytest.raises(
        ConfigError, match="4 processes, 4 of them here, and 2 devices on each of 2"
    ):
        check_devices(TrainConfig(devices=2, nodes=2))
    monkeypatch.delenv("RANK")
    with pytest.raises(ConfigError, match="2 nodes must be started by torchrun"):
        check_devices(TrainConfig(nodes=2))
    monkeypatch.setattr(ranks.torch.cuda, "device_count", lambda: 1)
    with pytest.raises(ConfigError, match="has 1 GPUs and 2 devices"):
        train(Table(Path("x"), [], None, None, ()), None, tmp_path / "o", two)

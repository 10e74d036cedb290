"""Several processes train one model as one process does."""

import csv
import json
import os
import runpy
import socket
import subprocess
import sys
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
from sentigate.train.ranks import Ranks, is_first, on_devices
from sentigate.train.tune import Search, tune

TOY = Path(__file__).with_name("test_loop.py")
STILL = dict.fromkeys(("word_dropout", "embedding_dropout", "weight_drop", "dropout"), 0.0)
SETTINGS = {
    **{"epochs": 3, "batch_size": 7, "unfreeze": 0.3},  # 7 rows on 2 processes
    **{"learning_rate": 0.02, "clip_norm": 0.3, **STILL},  # only some gradients are as long as that
}
PROGRAM = """
import json, runpy, sys
from pathlib import Path
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


def test_two_nodes_learn_as_one_process(tmp_path):
    """With nothing drawn at random, losses differ by rounding alone, resumed or not."""
    toy = runpy.run_path(str(TOY))
    toy["train"](toy["run"](**SETTINGS), tmp_path / "one")
    with pytest.raises(toy["Kill"]):
        toy["train"](toy["run"](**SETTINGS), tmp_path / "parts", report=toy["killed_after"](1))
    ends = [process.communicate(timeout=300) for process in started(tmp_path)]
    for out, _ in ends:
        assert "different files, settings or checkpoints" in out, ends
    one, whole, parts = (curve(tmp_path / name) for name in ("one", "whole", "parts"))
    assert one["train_loss"][2] < one["train_loss"][0], "nothing is learnt"
    assert whole["train_loss"] == pytest.approx(one["train_loss"], rel=1e-5)
    assert parts["train_loss"][-2:] == pytest.approx(one["train_loss"][-2:], rel=1e-5)
    assert whole["dev_score"] == pytest.approx(one["dev_score"])


def started(folder):
    """Two processes with what torchrun would tell them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "TORCHELASTIC_RUN_ID": "test"}
    arguments = [TOY, folder, json.dumps(SETTINGS)]
    return [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            env=os.environ | told | {"WORLD_SIZE": "2", "RANK": rank, "LOCAL_RANK": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in ("0", "1")
    ]


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
    )
    assert done.stderr.count("epoch 1/1") == done.stderr.count("done: try") == 1
    assert (tmp_path / "mine" / "config.json").exists()


def test_what_does_not_fit_together_is_one_sentence(monkeypatch, tmp_path):
    two = TrainConfig(devices=2)
    with pytest.raises(ConfigError, match="tune trains on one device"):
        tune(Table(Path("x"), [], None, None, ()), None, two, Search(tmp_path / "o.toml"))
    with pytest.raises(ConfigError, match="distil trains on one device"):
        distil(Lesson("en", Table(Path("x"), [], None, None, ())), tmp_path / "o", two)
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "test")
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(ConfigError, match="torchrun started 3 processes, and 2 devices"):
        is_first(two)
    monkeypatch.setattr(ranks.torch.cuda, "device_count", lambda: 1)
    with pytest.raises(ConfigError, match="has 1 GPUs and 2 devices"):
        on_devices(two)

import csv
import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sentigate.config import HeadConfig, TrainConfig
from sentigate.errors import DataError, OutputError
from sentigate.train.loop import ENOUGH_TO_CHOOSE, Run, fit
from sentigate.train.sources import Source

HEADS = (
    HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive")),
    HeadConfig(name="emotion", kind="multilabel", labels=("joy", "fear")),
)


def source(head, rows=40, seed=0):
    rng = np.random.default_rng(seed)
    ids = tuple(rng.integers(2, 300, rng.integers(1, 9)).astype(np.int32) for _ in range(rows))
    if head == "sentiment":
        return Source(head, head, ids, np.array([row[0] % 3 for row in ids]), np.arange(3))
    targets = np.array([[row[0] % 2, row[-1] % 2] for row in ids], dtype=np.float32)
    return Source(head, head, ids, targets, np.arange(2), rows_per_epoch=rows // 2)


def run(**settings):
    config = TrainConfig(
        vocab_size=300,
        embedding_size=8,
        hidden_size=8,
        pooling=("mean", "max", "attention"),
        threads=1,
        **{
            **{"batch_size": 8, "weight_drop": 0.1},
            **{"epochs": 4, "patience": 9, "ema": 0.9, "precision": "32", "keep": "best"},
            **settings,
        },
    )
    sources = [source("sentiment"), source("emotion")]
    dev = [source("sentiment", 12, seed=1), source("emotion", 12, seed=1)]
    return Run(config, HEADS, sources, dev, vocab_size=300)


def train(one, folder, resume=False, report=lambda line: None):
    return fit(one, folder, resume=resume, progress=False, report=report)


def assert_equal(first, second):
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


class Kill(BaseException):
    """What a kill -9 leaves behind, without losing the test."""


def killed_after(epochs):
    seen = []

    def report(line):
        seen.append(line)
        if len(seen) > epochs:
            raise Kill

    return report


def test_an_adversary_is_for_labels_and_not_for_a_teachers_answers(tmp_path):
    plain, harder = (train(run(adversarial=step), tmp_path / str(step)) for step in (0.0, 0.5))
    assert not np.array_equal(plain["embedding.weight"], harder["embedding.weight"])
    probabilities = np.full((40, 3), 1 / 3, np.float32)
    soft = replace(source("sentiment"), targets=probabilities, soft=True)
    learnt = [
        train(replace(run(adversarial=step), sources=[soft]), tmp_path / f"soft-{step}")
        for step in (0.0, 0.5)
    ]
    assert_equal(*learnt)


def test_same_seed_same_weights_and_another_seed_others(tmp_path):
    first, second = (train(run(), tmp_path / name) for name in ("a", "b"))
    assert_equal(first, second)
    other = train(run(seed=1), tmp_path / "c")
    assert not np.array_equal(first["embedding.weight"], other["embedding.weight"])


def test_a_run_too_short_for_an_average_keeps_its_own_weights(tmp_path):
    """32 steps: a mean with a decay of 0.999 would hardly have moved."""
    own, short, long = (train(run(ema=ema), tmp_path / str(ema)) for ema in (0.0, 0.999, 0.9))
    assert_equal(own, short)
    assert not np.array_equal(own["embedding.weight"], long["embedding.weight"])


@pytest.mark.parametrize("settings", [{"schedule": "warmup"}, {"adversarial": 0.5}], ids=str)
def test_killed_and_resumed_equals_uninterrupted(tmp_path, settings):
    whole = train(run(**settings), tmp_path / "whole")
    with pytest.raises(Kill):
        train(run(**settings), tmp_path / "parts", report=killed_after(1))
    lines = []
    resumed = train(run(**settings), tmp_path / "parts", resume=True, report=lines.append)
    assert lines[0] == "going on behind epoch 1"
    assert len(lines) == 1 + 3, "it started over instead of going on"
    assert_equal(whole, resumed)


def losing(**settings):
    """A run whose first epoch is its best: what it learns is the contrary of what dev asks."""
    hard = source("sentiment")
    easy = {"ema": 0.0, "word_dropout": 0.0, "dropout": 0.0, "learning_rate": 0.02}
    asked = replace(hard, targets=(hard.targets + 1) % 3)
    return replace(run(**{**easy, **settings}), sources=[hard], dev_sources=[asked])


def epochs_written(folder):
    with (folder / "metrics.csv").open() as file:
        return [row["epoch"] for row in csv.DictReader(file) if row["dev_score"]]


@pytest.mark.parametrize(
    ("settings", "epochs"), [({"patience": 1}, 2), ({"epochs": 3, "ema": 0.3}, 3)]
)
def test_a_run_that_was_over_stays_as_it_was(tmp_path, settings, epochs):
    whole = train(losing(**settings), tmp_path)
    assert epochs_written(tmp_path) == [str(epoch) for epoch in range(epochs)]
    metrics = (tmp_path / "metrics.csv").read_text()
    lines = []
    assert_equal(whole, train(losing(**settings), tmp_path, resume=True, report=lines.append))
    assert lines == [f"going on behind epoch {epochs}"]
    assert (tmp_path / "metrics.csv").read_text() == metrics


def test_the_last_epoch_is_kept_though_another_was_better(tmp_path):
    """Also when it is resumed; and nothing stops early."""
    settings = {"epochs": 3, "patience": 1}
    best = train(losing(**settings), tmp_path / "best")
    last = train(losing(**settings, keep="last"), tmp_path / "last")
    assert epochs_written(tmp_path / "best") == ["0", "1"]
    assert epochs_written(tmp_path / "last") == ["0", "1", "2"]
    assert not np.array_equal(best["embedding.weight"], last["embedding.weight"])
    with pytest.raises(Kill):
        train(losing(**settings, keep="last"), tmp_path / "parts", report=killed_after(1))
    assert_equal(last, train(losing(**settings, keep="last"), tmp_path / "parts", resume=True))


@pytest.mark.parametrize(("rows", "is_best"), [(ENOUGH_TO_CHOOSE, True), (9, False)])
def test_few_dev_rows_do_not_choose_for_a_head_that_knows_nothing(rows, is_best):
    several = [source("sentiment", rows=rows - 5), source("emotion", rows=5)]
    few = replace(run(keep="auto"), dev_sources=several)
    assert few.keeps_best is is_best
    known = {"heads.sentiment.bias": np.zeros(3, np.float32)}
    assert replace(few, start=known).keeps_best
    assert not replace(few, start=known, config=run(keep="last").config).keeps_best


def test_a_resumed_run_has_the_measures_of_all_its_epochs_once(tmp_path):
    with pytest.raises(Kill):
        train(run(), tmp_path, report=killed_after(2))
    assert epochs_written(tmp_path) == ["0", "1", "2"], "the third was killed behind its dev score"
    train(run(), tmp_path, resume=True)
    assert epochs_written(tmp_path) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("ema", [0.0, 0.3])
def test_a_folder_that_was_moved_still_knows_its_best_epoch(tmp_path, ema):
    whole = train(losing(ema=ema), tmp_path / "whole")
    with pytest.raises(Kill):
        train(losing(ema=ema), tmp_path / "before", report=killed_after(1))
    (tmp_path / "before").rename(tmp_path / "moved")
    assert_equal(whole, train(losing(ema=ema), tmp_path / "moved", resume=True))
    (tmp_path / "whole").rename(tmp_path / "over")
    assert_equal(whole, train(losing(ema=ema), tmp_path / "over", resume=True))


@pytest.mark.parametrize(
    ("rows", "tokens", "epochs"),
    [(8, 5, 100), (160, 5, 20), (8_000, 5, 10), (8_000, 150, 5), (40_000, 100, 3)],
)
def test_few_rows_are_read_more_often_and_much_text_less(rows, tokens, epochs):
    text = np.full(tokens, 7, dtype=np.int32)
    many = Source("label", "sentiment", (text,) * rows, np.zeros(rows, np.int64), np.arange(3))
    assert replace(run(epochs=0), sources=[many]).epochs == epochs
    assert replace(run(epochs=7), sources=[many]).epochs == 7


def test_other_data_or_settings_are_not_resumed(tmp_path):
    train(run(epochs=1), tmp_path)
    with pytest.raises(DataError, match="other data or settings"):
        train(run(epochs=1, seed=5), tmp_path, resume=True)


def test_bfloat16_trains_and_its_gradients_are_shortened(tmp_path):
    """Lightning shortens none of a fused optimizer in mixed precision: it raises."""
    start = {"embedding.weight": np.ones((300, 8), np.float32)}
    still = {"ema": 0.0, "weight_decay": 0.0, "schedule": "constant", "learning_rate": 1e-3}

    def moved(clip_norm):
        one = replace(run(epochs=1, precision="bf16", clip_norm=clip_norm, **still), start=start)
        return np.abs(train(one, tmp_path)["embedding.weight"] - 1).max()

    assert 0 < moved(1e-10) < 1e-4 < moved(1.0)  # below Adam's epsilon a step is short


def test_a_soft_source_teaches_as_much_as_its_weight(tmp_path):
    """Two teachers contradict each other on the same texts: the one with more weight is learnt."""
    hard = source("sentiment", rows=24)
    answers = np.eye(3, dtype=np.float32)

    def learnt(weights):
        soft = [
            replace(hard, targets=answers[(hard.targets + shift) % 3], soft=True, weight=weight)
            for shift, weight in zip((0, 1), weights, strict=True)
        ]
        easy = {"epochs": 12, "ema": 0.0, "word_dropout": 0.0, "dropout": 0.0}
        one = run(**easy, learning_rate=0.02, class_weight="balanced", label_smoothing=0.1)
        lines = []
        train(replace(one, sources=soft, dev_sources=[hard]), tmp_path, report=lines.append)
        return float(lines[-1].split("dev_sentiment ")[1].split()[0])

    assert learnt((1.0, 0.05)) > 0.9
    assert learnt((0.05, 1.0)) < 0.1


def test_metrics_of_each_epoch_are_written_as_csv_and_for_tensorboard(tmp_path):
    train(run(epochs=2), tmp_path)
    rows = (tmp_path / "metrics.csv").read_text().splitlines()
    assert {"epoch", "train_loss", "dev_score", "dev_emotion"} <= set(rows[0].split(","))
    assert len(rows) >= 3
    assert list(tmp_path.glob("events.out.tfevents.*"))


def test_training_learns_what_can_be_learnt(tmp_path):
    """The first token decides, so the loss of the dev rows' own tokens must fall."""
    lines = []
    easy = run(epochs=12, ema=0.0, word_dropout=0.0, dropout=0.0, learning_rate=0.02)
    same = [source("sentiment"), source("emotion")]
    one = Run(easy.config, HEADS, same, same, vocab_size=300)
    train(one, tmp_path, report=lines.append)
    score = float(lines[-1].split("dev_sentiment ")[1].split()[0])
    assert score > 0.9


def test_ctrl_c_is_a_keyboard_interrupt_and_can_be_resumed(tmp_path):
    def report(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(run(), tmp_path, report=report)
    assert_equal(train(run(), tmp_path, resume=True), train(run(), tmp_path / "whole"))


def test_every_epoch_can_be_resumed_from_and_not_the_best_ones_only(tmp_path):
    still = {"epochs": 6, "learning_rate": 1e-30, "ema": 0.0}
    with pytest.raises(Kill):
        train(run(**still), tmp_path, report=killed_after(4))
    lines = []
    train(run(**still), tmp_path, resume=True, report=lines.append)
    assert lines[0] == "going on behind epoch 4"


@pytest.mark.parametrize(
    ("failing", "left", "said"),
    [
        ([".best.ckpt"], [], "no finished epoch: starting"),
        ([".last.ckpt"] * 2, ["best.ckpt", "last.ckpt"], "going on behind epoch 1"),
    ],
    ids=["first", "second"],
)
def test_a_full_disk_leaves_the_checkpoint_before_whole(tmp_path, monkeypatch, failing, left, said):
    write, written = Path.write_bytes, []

    def full(file, content):
        written.extend(start for start in failing[:1] if file.name.startswith(start))
        if written == failing:
            write(file, b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, content)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(OutputError, match=r"no space left on the disk while writing .*\.ckpt"):
            train(run(), tmp_path)
    assert sorted(file.name for file in (tmp_path / "checkpoints").iterdir()) == left
    lines = []
    resumed = train(run(), tmp_path, resume=True, report=lines.append)
    assert lines[0] == said
    assert_equal(resumed, train(run(), tmp_path / "whole"))


@pytest.mark.parametrize("size", [0, 1000])
def test_a_checkpoint_that_is_not_whole_is_one_sentence(tmp_path, size):
    train(run(epochs=1), tmp_path)
    last = tmp_path / "checkpoints" / "last.ckpt"
    last.write_bytes(last.read_bytes()[:size])
    with pytest.raises(DataError, match=r"last\.ckpt is not whole"):
        train(run(epochs=1), tmp_path, resume=True)

"""The recipe every tutorial shows: preset `tutorial` against the same model in Keras.

    python benchmarks/tutorial.py TRAIN.parquet DEV.parquet

Both read the same SentencePiece ids, padding masked, for as many epochs, in batches of 32, with
Adam's defaults; both keep the epoch that did best on DEV. Sentigate's preset `default` stands
beside them. Texts of more than 100 tokens are not read alike, so take short ones: Keras gets their
first 100; Sentigate trains on the first and last 50 and then reads all, window by window.
Runs on two labels; prints a Markdown table of accuracy and seconds per epoch (dev pass included).
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import Rows, machine, markdown, read_rows, table

import sentigate
from sentigate.config import TrainConfig, train_config
from sentigate.data.labels import LabelSpace
from sentigate.text.tokenizer import train_tokenizer
from sentigate.train.fit import train


def main() -> None:
    """Train the three models in turn and print what came of them."""
    arguments = _arguments()
    rows, dev = read_rows(arguments.train, arguments.rows), read_rows(arguments.dev)
    print(f"{machine()}; {arguments.threads} threads; {len(rows.texts):,} training texts\n")
    overrides = {"task": "binary", "threads": arguments.threads, "base": "none"}
    if arguments.epochs:
        overrides |= {"epochs": arguments.epochs}
    tutorial, default = (
        train_config(name, overrides=overrides) for name in ("tutorial", "default")
    )
    found = [
        with_keras(rows, dev, tutorial),
        {"model": "Sentigate `tutorial`", **with_sentigate(rows, dev, tutorial)},
        {"model": "Sentigate `default`", **with_sentigate(rows, dev, default)},
    ]
    print(markdown(found))


class Clock:
    """Notes when each epoch ended."""

    def __init__(self) -> None:
        self.times = [time.perf_counter()]

    def tick(self) -> None:
        """An epoch ended."""
        self.times.append(time.perf_counter())

    def report(self, line: str) -> None:
        """Take a line of training's report: one on an epoch ends it, the last before begins it."""
        if line.startswith("epoch "):
            self.tick()
        elif len(self.times) == 1:
            self.times = [time.perf_counter()]

    def summary(self) -> dict[str, float]:
        """Epochs and the median of their seconds."""
        seconds = np.diff(self.times)
        return {"epochs": len(seconds), "s per epoch": round(float(np.median(seconds)), 2)}


def with_sentigate(rows: Rows, dev: Rows, config: TrainConfig) -> dict[str, Any]:
    """Train with Sentigate, as `sentigate train` does."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "model"
        train(table(rows, "train"), table(dev, "dev"), place, config, report=clock.report)
        predictions = sentigate.load(place).predict(dev.texts)
    right = [
        p.heads[config.head].label == label if p.heads else False
        for p, label in zip(predictions, dev.labels, strict=True)
    ]
    return {"accuracy": float(np.mean(right)), **clock.summary()}


def with_keras(rows: Rows, dev: Rows, config: TrainConfig) -> dict[str, Any]:
    """Train the same layers with Keras, on TensorFlow unless KERAS_BACKEND names another."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    _limit_threads(config.threads)
    keras.utils.set_random_seed(config.seed)
    tokenizer = train_tokenizer(rows.texts, config.vocab_size, seed=config.seed)
    space = LabelSpace.fit(rows.labels, "binary")
    inputs, targets = _arrays(rows, tokenizer, space, config)
    dev_arrays = _arrays(dev, tokenizer, space, config)
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Embedding(tokenizer.vocab_size, config.embedding_size, mask_zero=True),
            layers.LSTM(config.hidden_size, return_sequences=True),
            layers.LSTM(config.hidden_size),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    adam = keras.optimizers.Adam(config.learning_rate)
    model.compile(optimizer=adam, loss="binary_crossentropy", metrics=["accuracy"])
    clock = Clock()
    history = model.fit(
        inputs,
        targets,
        validation_data=dev_arrays,
        epochs=config.epochs,
        batch_size=config.batch_size,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: clock.tick())],
    )
    name = f"Keras {keras.__version__}, {keras.backend.backend()}"
    return {"model": name, "accuracy": max(history.history["val_accuracy"]), **clock.summary()}


def _limit_threads(threads: int) -> None:
    if os.environ["KERAS_BACKEND"] == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    else:
        import torch

        torch.set_num_threads(threads)


def _arrays(
    rows: Rows, tokenizer: Any, space: LabelSpace, config: TrainConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Ids padded behind to one length, as the tutorials do, and targets of 0 and 1."""
    ids = np.zeros((len(rows.texts), config.max_tokens), dtype=np.int32)
    for line, row in enumerate(tokenizer.encode_ids(rows.texts)):
        ids[line, : len(row)] = row[: config.max_tokens]
    targets = [space.encode(space.parse(label)) for label in rows.labels]
    return ids, np.array(targets, dtype=np.float32)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path, metavar="TRAIN.parquet")
    parser.add_argument("dev", type=Path, metavar="DEV.parquet")
    parser.add_argument("--rows", type=int, help="most training rows")
    parser.add_argument("--epochs", type=int, help="instead of the presets' own")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()

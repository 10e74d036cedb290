"""Texts a second from string to label, one process and one core each, on the same texts.

    python benchmarks/throughput.py TEST.parquet --train TRAIN.parquet --language en

TEST has a column `text`; TRAIN has `text` and `label` and is what fastText and TF-IDF learn from.
Texts are shuffled once with a fixed seed; every competitor reads them from the first on, in blocks
of 1,000, until all are read or its time is up, so that slow ones read a prefix of the same texts.
Prints a Markdown table: texts/s (median of the rounds), how many times Sentigate's default engine
that is, p50 and p99 of single texts, peak memory, time to import and load, installed size.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
from common import Predict, machine, markdown, one_core, peak_megabytes, read_rows
from competitors import COMPETITORS
from packaging.requirements import Requirement

BLOCK = 1000
REFERENCE = next(iter(COMPETITORS))


def main() -> None:
    """Measure all competitors in turn, or (with `--child`) prepare or measure one."""
    arguments = _arguments()
    one_core()
    if arguments.child == "prepare":
        COMPETITORS[arguments.only[0]].prepare(arguments.folder, read_rows(arguments.train))
    elif arguments.child == "measure":
        print(json.dumps(measure(arguments)))
    else:
        print(f"{machine()}; one core; {arguments.texts.parent.name}/{arguments.texts.name}\n")
        print(markdown(compare(arguments)))


def compare(arguments: argparse.Namespace) -> list[dict[str, object]]:
    """One row a competitor, each prepared and measured in processes of its own."""
    names = [
        name
        for name, competitor in COMPETITORS.items()
        if arguments.language in (competitor.languages or (arguments.language,))
        and name in (arguments.only or COMPETITORS)
    ]
    rows = [_row(name, arguments) for name in names]
    reference = next((row["texts/s"] for row in rows if row["what"] == REFERENCE), None)
    for row in rows:
        row["ratio"] = f"{row['texts/s'] / reference:.3g}×" if reference else None
    return rows


def _row(name: str, arguments: argparse.Namespace) -> dict[str, object]:
    print(f"{name} …", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        if arguments.model:
            (Path(folder) / "model").write_text(str(arguments.model))
        for child in ("prepare", "measure"):
            command = [sys.executable, __file__, *sys.argv[1:], "--child", child]
            result = subprocess.run(
                [*command, "--only", name, "--folder", folder], stdout=subprocess.PIPE, check=True
            )
    found = json.loads(result.stdout.splitlines()[-1])
    size = installed_megabytes(COMPETITORS[name].packages)
    return {"what": name, "texts/s": None, "ratio": None, **found, "installed MB": size}


def measure(arguments: argparse.Namespace) -> dict[str, float]:
    """Load one competitor and time it."""
    texts = read_rows(arguments.texts, arguments.rows).texts
    before, start = peak_megabytes(), time.perf_counter()
    predict = COMPETITORS[arguments.only[0]].load(arguments.folder)
    predict(texts[:1])
    loaded = time.perf_counter() - start
    predict(texts[:64])
    rates = [throughput(predict, texts, arguments.seconds) for _ in range(arguments.rounds)]
    delays = latencies(predict, texts[: arguments.single], arguments.seconds)
    return {
        "texts/s": round(float(np.median(rates)), 1),
        "p50 ms": round(float(np.percentile(delays, 50)) * 1e3, 3),
        "p99 ms": round(float(np.percentile(delays, 99)) * 1e3, 3),
        "peak MB": round(peak_megabytes() - before),
        "load s": round(loaded, 2),
    }


def throughput(predict: Predict, texts: Sequence[str], seconds: float) -> float:
    """Texts a second over blocks of the texts, until all are read or the time is up."""
    start, done = time.perf_counter(), 0
    while done < len(texts) and time.perf_counter() - start < seconds:
        block = texts[done : done + BLOCK]
        if len(predict(block)) != len(block):
            raise RuntimeError(f"expected {len(block)} answers")
        done += len(block)
    return done / (time.perf_counter() - start)


def latencies(predict: Predict, texts: Sequence[str], seconds: float) -> list[float]:
    """Seconds for each text alone."""
    delays: list[float] = []
    begin = time.perf_counter()
    for text in texts:
        start = time.perf_counter()
        predict([text])
        delays.append(time.perf_counter() - start)
        if start - begin > seconds:
            break
    return delays


def installed_megabytes(packages: Sequence[str]) -> int:
    """Size of the packages' files with all that they require, without byte code."""
    names: set[str] = set()
    waiting = list(packages)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in names:
            names.add(name)
            wanted = [Requirement(text) for text in metadata.requires(name) or []]
            waiting += [r.name for r in wanted if not r.marker or r.marker.evaluate({"extra": ""})]
    return round(sum(_size(name) for name in names) / 2**20)


def _size(name: str) -> int:
    distribution = metadata.distribution(name)
    files = [Path(str(file.locate())) for file in distribution.files or []]
    if name == "sentigate":  # installed editable: its files lie in the source tree
        import sentigate

        files += Path(sentigate.__file__).parent.rglob("*")
    return sum(os.path.getsize(file) for file in files if file.suffix != ".pyc" and file.is_file())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path, metavar="TEST.parquet")
    parser.add_argument("--train", type=Path, required=True, metavar="TRAIN.parquet")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    parser.add_argument("--model", type=Path, help="folder; otherwise the shipped models")
    parser.add_argument("--rows", type=int, default=20_000, help="most texts to read")
    parser.add_argument("--single", type=int, default=500, help="texts timed alone")
    parser.add_argument("--seconds", type=float, default=20.0, help="most time for a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=tuple(COMPETITORS))
    parser.add_argument("--child", choices=("prepare", "measure"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()

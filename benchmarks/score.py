"""What `sentigate score` costs beside the network, and what it costs beside other tools.

    python benchmarks/score.py TEXTS.parquet --rows 1000000
    python benchmarks/score.py TEXTS.parquet --only rate workers resume --rows 100000

TEXTS has a column `text`. A large Parquet is made of it by repetition with noise (words dropped,
doubled and exchanged), and scored to Parquet. Prints Markdown tables:

- rate: rows/s of the files and of the network alone (tokens and logits, in the same blocks) on one
  core, taken in turns in one process, so that a busy machine slows both;
- memory: peak memory and rows/s of the whole command, at a tenth of the rows and at all of them;
- workers: the whole command with one process and with two, in turns;
- resume: the command on a run of which all is written but the end, as a share of the whole run;
- others: a pandas loop with VADER, fastText and a network of DistilBERT's size, on a sample, and
  how long all rows would take them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from common import machine, markdown, one_core, peak_megabytes, read_rows

PARTS = ("rate", "memory", "workers", "resume", "others")
OTHERS = ("VADER", "fastText", "DistilBERT size, random, ONNX int8")
GROUP = 1 << 16


def main() -> None:
    """Make the rows, then measure every part in processes of its own."""
    arguments = _arguments()
    if arguments.child:
        print(json.dumps(CHILDREN[arguments.child](arguments)))
        return
    with tempfile.TemporaryDirectory() as folder:
        arguments.folder = Path(folder)
        make(arguments.texts, arguments.folder / "all.parquet", arguments.rows)
        print(f"{machine()}; {arguments.rows:,} rows of {arguments.texts.parent.name}\n")
        for part in arguments.only or PARTS:
            print(f"{part}\n\n{markdown(TABLES[part](arguments))}\n", flush=True)


def make(source: Path, place: Path, rows: int) -> None:
    """Write texts again and again, each time a little different, with a number beside each."""
    texts = pq.read_table(source, columns=["text"]).column("text").drop_null().to_pylist()
    random = np.random.default_rng(0)
    schema = pa.schema([("id", pa.int64()), ("text", pa.string())])
    with pq.ParquetWriter(place, schema) as writer:
        for start in range(0, rows, GROUP):
            ids = range(start, min(start + GROUP, rows))
            noisy = [noise(texts[i % len(texts)], random) for i in ids]
            writer.write_table(pa.table([list(ids), noisy], schema=schema))


def noise(text: str, random: np.random.Generator) -> str:
    """Drop a word, say one twice and exchange two."""
    words = text.split()
    if len(words) > 2:
        del words[random.integers(len(words))]
        words.insert(random.integers(len(words)), words[random.integers(len(words))])
        i, j = random.integers(len(words), size=2)
        words[i], words[j] = words[j], words[i]
    return " ".join(words)


def rate(arguments: argparse.Namespace) -> list[dict[str, object]]:
    """The network alone and the files, in turns on one core."""
    found = child("rate", arguments)
    return [
        {"what": "network alone", "rows/s": found["rows"] / found["network"], "share": 1.0},
        {
            "what": "sentigate score",
            "rows/s": found["rows"] / found["score"],
            "share": found["network"] / found["score"],
        },
    ]


def rate_child(arguments: argparse.Namespace) -> dict[str, float]:
    """Seconds for the same rows, slice by slice."""
    one_core()
    from sentigate.model.artifact import find_model
    from sentigate.runtime.model import Model

    model = Model.open(find_model(arguments.model))
    seconds = {"rows": 0, "network": 0.0, "score": 0.0}
    file = pq.ParquetFile(arguments.folder / "all.parquet")
    for number, batch in enumerate(file.iter_batches(arguments.block * 2)):
        if number > arguments.slices or len(batch) < arguments.block * 2:
            break
        part = arguments.folder / f"part-{number}.parquet"
        pq.write_table(pa.Table.from_batches([batch]), part)
        texts = batch.column("text").to_pylist()
        start = time.perf_counter()
        for place in range(0, len(texts), arguments.block):
            model.logits(texts[place : place + arguments.block])
        middle = time.perf_counter()
        score_here(part, part.with_suffix(".out.parquet"), arguments)
        end = time.perf_counter()
        if number:  # the first slice warms up
            seconds["rows"] += len(texts)
            seconds["network"] += middle - start
            seconds["score"] += end - middle
    return seconds


def score_here(source: Path, target: Path, arguments: argparse.Namespace, watch=None, **options):
    """What the command does, in this process."""
    from sentigate.score.files import Options, score_files
    from sentigate.score.places import find_places

    quiet = watch or (lambda *_: None)
    chosen = Options(model=arguments.model, block=arguments.block, **options)
    places = find_places([str(source)], str(target))
    return score_files(places, chosen, report=lambda _: None, watch=quiet)


def memory(arguments: argparse.Namespace) -> list[dict[str, object]]:
    """All of it at a tenth of the rows and at all."""
    few = max(1, arguments.rows // 10)
    make(arguments.texts, arguments.folder / "few.parquet", few)
    return [
        {"rows": rows, "peak MB": round(found["peak"]), "rows/s": rows / found["seconds"]}
        for rows, name in ((few, "few"), (arguments.rows, "all"))
        for found in [child("memory", arguments, "--name", name)]
    ]


def memory_child(arguments: argparse.Namespace) -> dict[str, float]:
    """Seconds, and the most memory that the process held."""
    source = arguments.folder / f"{arguments.name}.parquet"
    start = time.perf_counter()
    score_here(source, source.with_suffix(".scored.parquet"), arguments)
    return {"seconds": time.perf_counter() - start, "peak": peak_megabytes()}


def command(arguments: argparse.Namespace, name: str, workers: int) -> float:
    """Run the command as a user does; seconds."""
    target = arguments.folder / f"{name}-{time.time_ns()}.parquet"
    options = ["--model", arguments.model, "--block", arguments.block, "--workers", workers]
    line = [sys.executable, "-m", "sentigate", "score", arguments.folder / f"{name}.parquet"]
    start = time.perf_counter()
    subprocess.run(
        [*map(str, [*line, "-o", target, *options])], check=True, stderr=subprocess.DEVNULL
    )
    target.unlink()
    return time.perf_counter() - start


def workers(arguments: argparse.Namespace) -> list[dict[str, object]]:
    """One process and two, in turns."""
    rows = min(arguments.rows, arguments.part)
    make(arguments.texts, arguments.folder / "part.parquet", rows)
    taken = {1: [], 2: []}
    for _ in range(arguments.rounds):
        for count in taken:
            taken[count].append(command(arguments, "part", count))
    best = {count: min(seconds) for count, seconds in taken.items()}
    return [
        {"workers": count, "rows/s": rows / best[count], "times": best[1] / best[count]}
        for count in best
    ]


class Stop(Exception):
    """Ends a run."""


def resume(arguments: argparse.Namespace) -> list[dict[str, object]]:
    """A run of which all blocks are written, resumed."""
    found = child("resume", arguments)
    share = f"{100 * found['resumed'] / found['whole']:.2f} %"
    return [
        {
            "rows": found["rows"],
            "whole s": found["whole"],
            "resume s": found["resumed"],
            "share": share,
        }
    ]


def resume_child(arguments: argparse.Namespace) -> dict[str, float]:
    """Seconds of a whole run, and of what a resumed one does before its first new block."""
    one_core()
    rows = min(arguments.rows, arguments.part)
    source, target = arguments.folder / "resume.parquet", arguments.folder / "resumed.parquet"
    make(arguments.texts, source, rows)
    score_here(source, arguments.folder / "warm.parquet", arguments)
    done = 0

    def watch(_place: object, _share: object, new: int) -> None:
        nonlocal done
        done += new
        if done >= rows:
            raise Stop

    start = time.perf_counter()
    try:
        score_here(source, target, arguments, watch)
    except Stop:
        middle = time.perf_counter()
    score_here(source, target, arguments, resume=True)
    return {"rows": rows, "whole": middle - start, "resumed": time.perf_counter() - middle}


def others(arguments: argparse.Namespace) -> list[dict[str, object]]:
    """Each competitor in a process of its own, on the first rows."""
    rows: list[dict[str, object]] = []
    for name in OTHERS:
        try:
            found = child("others", arguments, "--name", name)
        except subprocess.CalledProcessError:
            print(f"{name} cannot be measured here", file=sys.stderr)
            continue
        hours = arguments.rows / found["rate"] / 3600
        rows.append({"what": name, "rows/s": found["rate"], "all rows, hours": hours, **found})
    return rows


def others_child(arguments: argparse.Namespace) -> dict[str, float]:
    """Rows/s of a loop over the Parquet: text by text with VADER, in blocks with the others."""
    one_core()
    import pandas as pd
    from competitors import COMPETITORS

    competitor = COMPETITORS[arguments.name]
    competitor.prepare(arguments.folder, read_rows(arguments.train or arguments.texts))
    predict = competitor.load(arguments.folder)
    frame = pd.read_parquet(arguments.folder / "all.parquet").head(arguments.sample)
    predict(frame["text"].head(8).tolist())
    start, done = time.perf_counter(), 0
    while done < len(frame) and time.perf_counter() - start < arguments.seconds:
        texts = frame["text"].iloc[done : done + 1000]
        if arguments.name == "VADER":
            answers = texts.apply(lambda text: predict([text])[0]).tolist()
        else:
            answers = predict(texts.tolist())
        done += len(answers)
    return {"sample": done, "rate": done / (time.perf_counter() - start)}


TABLES = {"rate": rate, "memory": memory, "workers": workers, "resume": resume, "others": others}
CHILDREN = {
    "rate": rate_child,
    "memory": memory_child,
    "resume": resume_child,
    "others": others_child,
}


def child(part: str, arguments: argparse.Namespace, *more: str) -> dict[str, float]:
    """Measure in a process of its own."""
    line = [sys.executable, __file__, *sys.argv[1:], "--folder", arguments.folder, *more]
    shown = subprocess.run(
        [*map(str, line), "--child", part], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(shown.stdout.splitlines()[-1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path, metavar="TEXTS.parquet")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--model", default="en")
    parser.add_argument("--train", type=Path, help="labelled rows for fastText; else TEXTS")
    parser.add_argument("--block", type=int, default=4096)
    parser.add_argument("--slices", type=int, default=8, help="turns of `rate`")
    parser.add_argument("--rounds", type=int, default=3, help="turns of `workers`")
    parser.add_argument("--part", type=int, default=100_000, help="rows of `workers` and `resume`")
    parser.add_argument("--sample", type=int, default=20_000, help="rows that others read")
    parser.add_argument("--seconds", type=float, default=60, help="most time for each of them")
    parser.add_argument("--only", nargs="+", choices=PARTS)
    parser.add_argument("--child", choices=tuple(CHILDREN), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--name", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()

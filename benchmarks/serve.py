"""The server under load: rate and delays, memory over many requests, its end while it is asked.

    python benchmarks/serve.py
    python benchmarks/serve.py --only load --seconds 5 --clients 1 64

All texts have 20 tokens, made of the sentences in examples/. Servers and load share the machine,
over loopback; the server has one process, where no other number is said, each with one thread for
the network. Prints Markdown tables:

- load: the shipped English model as it is served, with two processes, with one text at a time, and
  a network of DistilBERT's size with random weights in its place. First as many requests as are
  answered (texts/s, and its ratio to the library's own rate on the same texts in blocks, measured
  before and after), then at 70 % of that rate by the clock, with delays from the moment each
  request was due;
- soak: resident memory while many requests are answered;
- end: SIGTERM while 64 clients ask: what was taken and what was answered.
"""

import argparse
import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from common import machine, markdown
from load import Load, Outcome, put

PARTS = ("load", "soak", "end")
TOKENS = 20
EXAMPLES = Path(__file__).parents[1] / "examples" / "reviews.csv"
MODEL = ("--model", "en")
SERVERS = {
    "Sentigate": MODEL,
    "Sentigate, two processes": (*MODEL, "--workers", "2"),
    "Sentigate, one text at a time": (*MODEL, "--batch-texts", "1", "--batch-window-ms", "0"),
    "DistilBERT size, random, torch": None,
}
STEADY = 0.7  # of the highest rate


def main() -> None:
    """Measure the parts in turn, or (with `--child`) serve the network of DistilBERT's size."""
    arguments = _arguments()
    if arguments.child:
        serve_distilbert()
        return
    texts = texts_of(TOKENS, 500)
    print(f"{machine()}\n")
    for part in arguments.only:
        print(f"{part} …", file=sys.stderr)
        print(markdown(MEASURES[part](texts, arguments)) + "\n")


def measure_load(texts: Sequence[str], arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """A row for each server, number of clients and number of texts in a request."""
    before = library_rate(texts, arguments.seconds)
    rows = []
    for name in arguments.servers:
        print(f"  {name} …", file=sys.stderr)
        with serving(SERVERS[name]) as server:
            put(Load(server.url, bodies(texts, 1), 16, arguments.seconds / 4))
            for clients in arguments.clients:
                sizes = (1, 16) if clients == max(arguments.clients) else (1,)
                rows += [_load_row(name, server, texts, clients, n, arguments) for n in sizes]
    library = (before + library_rate(texts, arguments.seconds)) / 2
    for row in rows:
        row["ratio"] = f"{row['texts/s'] / library:.0%}"
    whole = {"server": "the library, in blocks of 1,000", "texts/s": library, "ratio": "100%"}
    return [dict.fromkeys(rows[0]) | whole, *rows]


def _load_row(
    name: str,
    server: "Server",
    texts: Sequence[str],
    clients: int,
    size: int,
    arguments: argparse.Namespace,
) -> dict[str, Any]:
    asked = bodies(texts, size)
    most = put(Load(server.url, asked, clients, arguments.seconds))
    rate = STEADY * max(most.rate, 1.0)
    steady = put(Load(server.url, asked, clients, arguments.seconds, rate=rate))
    return {
        "server": name,
        "clients": clients,
        "texts per request": size,
        "texts/s": round(most.rate * size, 1),
        "ratio": "",
        **_delays("", most),
        **_delays(f" at {STEADY:.0%}", steady),
        "other answers": most.answers.total() - most.answers["200"],
        "load's share of a core": f"{most.busy:.0%}",
    }


def _delays(when: str, outcome: Outcome) -> dict[str, float | None]:
    return {f"p{which:g} ms{when}": outcome.milliseconds(which) for which in (50, 99, 99.9)}


def measure_soak(texts: Sequence[str], arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """One row: memory at the start, after a tenth of the requests, and from there to the end."""
    asked = bodies(texts, 1)
    with serving(SERVERS["Sentigate"]) as server:
        start = server.megabytes()
        put(Load(server.url, asked, 16, 3600, requests=arguments.soak // 10))
        warm = server.megabytes()
        with sampled(server) as seen:
            load = Load(server.url, asked, 16, 3600, requests=arguments.soak * 9 // 10)
            outcome = put(load)
        end = server.megabytes()
    return [
        {
            "requests": arguments.soak,
            "RSS MB at the start": round(start, 1),
            "after a tenth": round(warm, 1),
            "highest after that": round(max(seen), 1),
            "at the end": round(end, 1),
            "growth": f"{max(*seen, end) / warm - 1:+.1%}",
            "requests/s": round(outcome.rate),
            "other answers": outcome.answers.total() - outcome.answers["200"],
        }
    ]


def measure_end(texts: Sequence[str], arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """One row: what the server says it answered, and what the clients got."""
    with serving(SERVERS["Sentigate"]) as server:
        stop = threading.Timer(arguments.seconds / 2, server.process.send_signal, [signal.SIGTERM])
        stop.start()
        outcome = put(Load(server.url, bodies(texts, 1), 64, arguments.seconds + 60))
        server.process.wait(120)
        log = [json.loads(line) for line in server.log.read_text("utf-8").splitlines()]
    given = Counter(str(line["status"]) for line in log if line.get("route") == "/v1/predict")
    had = Counter({status: n for status, n in outcome.answers.items() if status.isdecimal()})
    lost = (given - had).total()
    return [
        {
            "taken by the server": given.total(),
            "answered": had["200"],
            "refused": had.total() - had["200"],
            "lost": lost,
            "closed before the server took them": outcome.answers.total() - had.total() - lost,
            "exit code": server.process.returncode,
        }
    ]


MEASURES = {"load": measure_load, "soak": measure_soak, "end": measure_end}


class Server:
    """A server in a process of its own, ready to be asked."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log
        found = self._wait_for(r'serving on (http://[^"]+)')
        self._wait_for("models are open")
        self.url = f"{found[1]}/v1/predict"

    def megabytes(self) -> float:
        """Its resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s*(\d+)", status)[1]) / 1024

    def _wait_for(self, pattern: str) -> re.Match[str]:
        while self.process.poll() is None:
            if found := re.search(pattern, self.log.read_text("utf-8")):
                return found
            time.sleep(0.05)
        raise RuntimeError(f"the server has ended:\n{self.log.read_text('utf-8')}")


@contextmanager
def serving(settings: Sequence[str] | None) -> Iterator[Server]:
    """Run `sentigate serve`; without settings the network of DistilBERT's size behind it."""
    command = [sys.executable, __file__, "--child"]
    if settings is not None:
        command = [sys.executable, "-m", "sentigate", "serve", "--port", "0", *settings]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as file:
            environment = os.environ | {"OMP_NUM_THREADS": "1"}
            process = subprocess.Popen(command, stdout=file, stderr=file, env=environment)
        try:
            yield Server(process, log)
        finally:
            process.terminate()
            process.wait(120)


@contextmanager
def sampled(server: Server) -> Iterator[list[float]]:
    """Note the memory of a server every half second while the block runs."""
    seen, stop = [server.megabytes()], threading.Event()

    def note() -> None:
        while not stop.wait(0.5):
            seen.append(server.megabytes())

    thread = threading.Thread(target=note)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def texts_of(tokens: int, number: int) -> list[str]:
    """Different texts of so many tokens: stretches of the English examples, joined in a ring."""
    from sentigate.model.artifact import shipped
    from sentigate.runtime.model import Model

    tokenizer = Model.open(shipped()["en"]).tokenizer
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        sentences = [row["text"] for row in csv.DictReader(file) if row["language"] == "en"]
    words = " ".join(sentences).split()
    draw, texts = random.Random(0), dict[str, None]()
    while len(texts) < number:
        starts = [(draw.randrange(len(words)), draw.randint(tokens // 2, tokens)) for _ in words]
        some = [" ".join((words[at:] + words)[:length]) for at, length in starts]
        counted = zip(some, tokenizer.encode_ids(some), strict=True)
        texts |= dict.fromkeys(text for text, ids in counted if len(ids) == tokens)
    return list(texts)[:number]


def bodies(texts: Sequence[str], size: int) -> list[bytes]:
    """Requests of so many texts each."""
    starts = range(0, len(texts) - size + 1, size)
    return [json.dumps({"texts": list(texts[at : at + size])}).encode() for at in starts]


def library_rate(texts: list[str], seconds: float) -> float:
    """Texts a second of the library, in blocks of 1,000, on one thread."""
    from sentigate import load

    analyze = load("en")
    analyze(texts[:100])
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        done += len(analyze(texts * 2))
    return done / (time.perf_counter() - start)


class Distilbert:
    """Random weights of DistilBERT's size in the place of a model: texts in, logits out."""

    def __init__(self, config: Any) -> None:
        from common import Rows
        from competitors import distilbert, prepare_wordpiece
        from tokenizers import Tokenizer

        self.config = config
        with tempfile.TemporaryDirectory() as folder:
            prepare_wordpiece(Path(folder), Rows(texts_of(TOKENS, 500), []))
            self._tokenizer = Tokenizer.from_file(str(Path(folder) / "wordpiece.json"))
        self._tokenizer.enable_truncation(128)
        self._tokenizer.enable_padding()
        self._network = distilbert()

    def logits(self, texts: Sequence[str]) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """As `sentigate.runtime.model.Model.logits`; all texts have about the same length."""
        import torch

        rows = self._tokenizer.encode_batch(list(texts))
        ids = torch.tensor([row.ids for row in rows])
        mask = torch.tensor([row.attention_mask for row in rows])
        with torch.inference_mode():
            found = self._network(ids, attention_mask=mask).logits.numpy()
        return {"sentiment": found}, mask.sum(1).numpy()


def serve_distilbert() -> None:
    """Run the server with this network under the shipped English model's configuration."""
    from sentigate.analyzer import Analyzer
    from sentigate.model.artifact import read_config, shipped
    from sentigate.runtime.readings import Reader
    from sentigate.serve import run, service
    from sentigate.serve.settings import ServeConfig
    from sentigate.serve.shelf import AUTO, Shelf

    config = read_config(shipped()["en"])
    heads = tuple(head for head in config.heads if head.name == "sentiment")
    config = config.model_copy(update={"heads": heads})
    network = Distilbert(config)
    analyzer = Analyzer([Reader(config, lambda: network)])
    shelf = Shelf({AUTO: analyzer, "en": analyzer}, {"en": config}, {"en": "random"})
    service.open_shelf = lambda folders, threads: shelf
    run.serve(ServeConfig(port=0), {"en": "en"})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--servers", nargs="+", choices=SERVERS, default=list(SERVERS))
    parser.add_argument("--clients", nargs="+", type=int, default=(1, 16, 64))
    parser.add_argument("--seconds", type=float, default=10.0, help="for each measurement")
    parser.add_argument("--soak", type=int, default=100_000, help="requests")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()

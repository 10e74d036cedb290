"""What is counted for Prometheus; the only importer of its client.

No label holds anything that a client sent: routes are those of the server, models those it serves.
"""

import os
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    GC_COLLECTOR,
    PROCESS_COLLECTOR,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that names the folder in which several processes share counts."""

disable_created_metrics()  # the time of a counter's birth would be a series for each counter

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
TEXTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Meters:
    """All counters of a server process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = self._counter("requests", "Requests", "route", "method", "status")
        self.request_seconds = self._histogram(
            "request_seconds", "From a request's arrival to its answer", SECONDS, "route"
        )
        self.texts = self._counter("texts", "Texts by what became of them", "model", "status")
        self.tokens = self._counter("tokens", "Tokens read", "model")
        self.refused = self._counter("refused", "Requests refused, by the kind of problem", "kind")
        self.batch_texts = self._histogram("batch_texts", "Texts computed together", TEXTS)
        self.batch_seconds = self._histogram("batch_seconds", "Time to compute a batch", SECONDS)
        self.waiting_seconds = self._histogram(
            "waiting_seconds", "Time that a request's texts waited in the queue", SECONDS
        )
        self.waiting = self._gauge("waiting_texts", "Texts in the queue")
        self.streams = self._gauge("streams", "Open NDJSON streams and live connections")
        self.errors = self._counter("errors", "Requests that failed by a fault of the server")
        self.reloads = self._counter("reloads", "Times the models were opened anew", "outcome")

    def render(self) -> bytes:
        """Return all counts of all processes in Prometheus' text format."""
        return generate_latest(self._collected())

    @property
    def media_type(self) -> str:
        """The type of what `render` returns."""
        return CONTENT_TYPE_LATEST

    def _collected(self) -> CollectorRegistry:
        registry = CollectorRegistry()
        if SHARED_FOLDER in os.environ:
            MultiProcessCollector(registry)
            return registry
        for collector in (self._registry, PROCESS_COLLECTOR, GC_COLLECTOR):
            registry.register(collector)
        return registry

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"sentigate_{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(
            f"sentigate_{name}", text, registry=self._registry, multiprocess_mode="livesum"
        )

    def _histogram(
        self, name: str, text: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(
            f"sentigate_{name}", text, labels, buckets=buckets, registry=self._registry
        )


def forget_process(pid: int) -> None:
    """Leave the gauges of a process that has ended out of the sums."""
    if Path(os.environ.get(SHARED_FOLDER, "")).is_dir():
        mark_process_dead(pid)

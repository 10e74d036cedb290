"""Ray Data: datasets of any size, on one machine or a cluster; a thin coat over `Scorer`.

What is lost with a process or a machine Ray runs again, and it gives every row once.
"""

import logging
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sentigate.errors import ConfigError
from sentigate.extras import require
from sentigate.files import write_aside
from sentigate.score.arrow import pa, parquet
from sentigate.score.encoders import write_parquet
from sentigate.score.parts import Part, cut, read_rows
from sentigate.score.workers import Job, scorer_of

PART_BLOCKS = 8
"""Blocks of a part: enough to pay for what a task costs, few enough to run again."""


class _Answering:
    """Answers tables in a process of Ray's, which opens the models once.

    Args:
        job: how.
        text: the name of the column of texts.
    """

    def __init__(self, job: Job, text: str) -> None:
        self._scorer = scorer_of(job)
        self._text = text

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with the answers beside its columns."""
        return self._scorer.table(table, self._text)


def score_dataset(
    dataset: Any,
    text: str,
    job: Job | None = None,
    *,
    block: int = 4096,
    workers: int | None = None,
) -> Any:
    """Answer a column of a Ray dataset.

    Args:
        dataset: a `ray.data.Dataset`.
        text: the name of the column of texts.
        job: models, prefix and the like; every machine of the cluster must have the models.
        block: most rows that are answered together.
        workers: most processes that answer; as many as the cluster has cores if None.

    Returns:
        The dataset with the answers, lazily, as Ray has it.

    Raises:
        DataError: there is no such column, or one that is named as one of the answers.
        MissingExtraError: Ray is not installed.
    """
    require("ray.data", "ray")
    job = job or Job()
    scorer_of(job).check(dataset.schema().names, text)
    return dataset.map_batches(
        _Answering,
        fn_constructor_args=(job, text),
        batch_format="pyarrow",
        batch_size=block,
        num_cpus=1,
        compute=_processes(require("ray", "ray"), workers),
    )


class _Writing:
    """Answers parts of files in a process of Ray's and writes each to a file of its own.

    Its name says where its rows stand. Ray's own way to keep an order loses it with a process
    (Ray 2.60), and what it runs again here writes the same rows to the same place.

    Args:
        job: how.
        text: the name of the column of texts.
        folder: where the files go.
        block: most rows that are answered together.
    """

    def __init__(self, job: Job, text: str, folder: Path, block: int) -> None:
        self._scorer = scorer_of(job)
        self._text = text
        self._folder = folder
        self._block = block

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Answer the rows of a part, and return which part it was."""
        part = Part(**row)
        with parquet.ParquetFile(part.file) as file:
            columns = file.schema_arrow
            schema = pa.schema([*columns, *self._scorer.schema], columns.metadata)
            batches = read_rows(file, part.first, part.end, self._block)
            with write_aside(self._folder / part.name) as aside:
                write_parquet((self._scorer(one, self._text) for one in batches), aside, schema)
        return row


def score_parts(
    files: Sequence[str], folder: Path, text: str, job: Job, block: int, workers: int | None
) -> None:
    """Score Parquet files to a folder of them, whose names sort in the order of the rows.

    Ray is started here, or joined where its environment variable RAY_ADDRESS says so.

    Args:
        files: with the same columns; every machine of the cluster must see them.
        folder: where the answered files go; every machine must see it too.
        text: the name of the column of texts.
        job: how.
        block: most rows that are answered together.
        workers: most processes that answer; as many as the cluster has cores if None.

    Raises:
        ConfigError: there is no cluster where RAY_ADDRESS says.
    """
    ray = require("ray", "ray")
    data = require("ray.data", "ray")
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    parts = [part._asdict() for part in cut(files, PART_BLOCKS * block)]
    with _started(ray):
        data.DataContext.get_current().enable_progress_bars = False
        data.from_items(parts, override_num_blocks=len(parts)).map(
            _Writing,
            fn_constructor_args=(job, text, folder.resolve(), block),
            num_cpus=1,
            compute=_processes(ray, workers),
        ).materialize()


def _processes(ray: Any, most: int | None) -> Any:
    """Processes that open the models once; as many as the cluster has cores if None is given."""
    cores = int(ray.cluster_resources().get("CPU", 1))
    return ray.data.ActorPoolStrategy(min_size=1, max_size=most or max(1, cores))


def _started(ray: Any) -> Any:
    """Ray, started or joined; a wrong address is told at once, where Ray would wait for minutes.

    Without an address it is one of our own: Ray would join whichever runs here, and end with it.
    """
    address = os.environ.get("RAY_ADDRESS", "")
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        if host and port.isdigit():
            socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
        return ray.init(
            address or "local", include_dashboard=False, log_to_driver=False, logging_level="ERROR"
        )
    except (ConnectionError, TimeoutError, socket.gaierror, OverflowError) as error:
        raise ConfigError([f"no Ray cluster answers at RAY_ADDRESS={address}: {error}"]) from error

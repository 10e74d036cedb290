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
from sentigate.score.arrow import pa
from sentigate.score.workers import Job, scorer_of


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
    data = require("ray.data", "ray")
    job = job or Job()
    scorer_of(job).check(dataset.schema().names, text)
    most = workers or max(1, int(require("ray", "ray").cluster_resources().get("CPU", 1)))
    return dataset.map_batches(
        _Answering,
        fn_constructor_args=(job, text),
        batch_format="pyarrow",
        batch_size=block,
        num_cpus=1,
        compute=data.ActorPoolStrategy(min_size=1, max_size=most),
    )


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
        workers: most processes that answer.

    Raises:
        ConfigError: there is no cluster where RAY_ADDRESS says.
    """
    ray = require("ray", "ray")
    data = require("ray.data", "ray")
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    with _started(ray):
        context = data.DataContext.get_current()
        context.execution_options.preserve_order = True
        context.enable_progress_bars = False
        # Columns are what is in the files; a folder named lang=de would add one of that name.
        paths = [str(Path(file).resolve()) for file in files]
        dataset = data.read_parquet(paths, partitioning=None, file_extensions=None)
        scored = score_dataset(dataset, text, job, block=block, workers=workers)
        scored.write_parquet(str(folder.resolve()))


def _started(ray: Any) -> Any:
    """Ray, started or joined; a wrong address is told at once, where Ray would wait for minutes."""
    address = os.environ.get("RAY_ADDRESS", "")
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        if host and port.isdigit():
            socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
        return ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, TimeoutError, socket.gaierror, OverflowError) as error:
        raise ConfigError([f"no Ray cluster answers at RAY_ADDRESS={address}: {error}"]) from error

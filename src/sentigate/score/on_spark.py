"""Spark: data frames of any size, on one machine or a cluster; a thin coat over `Scorer`.

What is lost with a process or a machine Spark runs again, and it gives every row once.
"""

import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sentigate.errors import MissingExtraError
from sentigate.extras import require
from sentigate.score.arrow import pa
from sentigate.score.workers import Job, scorer_of


def score_frame(frame: Any, text: str, job: Job | None = None) -> Any:
    """Answer a column of a Spark data frame.

    Args:
        frame: a `pyspark.sql.DataFrame`.
        text: the name of the column of texts.
        job: models, prefix and the like; every machine of the cluster must have the models.

    Returns:
        The frame with the answers, lazily, as Spark has it.

    Raises:
        DataError: there is no such column, or one that is named as one of the answers.
        MissingExtraError: PySpark is not installed.
    """
    job = job or Job()
    scorer = scorer_of(job)
    scorer.check(frame.columns, text)

    def answer(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield scorer_of(job)(batch, text)

    return frame.mapInArrow(answer, _schema(frame, scorer.schema))


def score_parts(
    files: Sequence[str], folder: Path, text: str, job: Job, block: int, workers: int | None
) -> None:
    """Score Parquet files to a folder of them; the rows of a file keep their order.

    Spark is started on this machine, or as `spark-submit` or PYSPARK_SUBMIT_ARGS says.

    Args:
        files: with the same columns; every machine of the cluster must see them.
        folder: where the answered files go; every machine must see it too.
        text: the name of the column of texts.
        job: how.
        block: most rows that are answered together.
        workers: most processes that answer on this machine.

    Raises:
        MissingExtraError: PySpark or Java is not installed.
    """
    with warnings.catch_warnings(), _session(workers) as session:
        warnings.simplefilter("ignore", FutureWarning)  # of pandas, which is not asked for anything
        session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", block)
        frame = session.read.parquet(*(str(Path(file).resolve()) for file in files))
        score_frame(frame, text, job).write.mode("append").parquet(str(folder.resolve()))


def _session(workers: int | None) -> Any:
    sql = require("pyspark.sql", "spark")
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        raise MissingExtraError(
            "Spark needs Java, which is not installed; on Debian or Ubuntu, "
            "run: apt-get install default-jre-headless"
        )
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = sql.SparkSession.builder.appName("sentigate")
    # The second is what spark-submit sets; a master said here would win over its own.
    if not {"PYSPARK_SUBMIT_ARGS", "PYSPARK_GATEWAY_PORT"} & os.environ.keys():
        builder = builder.master(f"local[{workers or '*'}]")
    quiet = {"spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}
    return builder.config(map=quiet).getOrCreate()


def _schema(frame: Any, answers: pa.Schema) -> Any:
    """The schema of a frame with the answers behind it, in Spark's types."""
    types = require("pyspark.sql.types", "spark")
    plain = {
        pa.string(): types.StringType(),
        pa.float64(): types.DoubleType(),
        pa.int64(): types.LongType(),
        pa.list_(pa.string()): types.ArrayType(types.StringType()),
    }
    schema = types.StructType(list(frame.schema.fields))
    for field in answers:
        schema = schema.add(field.name, plain[field.type])
    return schema

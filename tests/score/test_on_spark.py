"""Spark gives the rows that this machine gives."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from sentigate.score.workers import Job, scorer_of

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None,
        reason="PySpark is not installed: pip install 'sentigate[spark]'",
    ),
    pytest.mark.skipif(
        "JAVA_HOME" not in os.environ and shutil.which("java") is None,
        reason="Java is not installed: apt-get install default-jre-headless",
    ),
]
COMMAND = [sys.executable, "-c", "from sentigate.cli import main; main()", "score"]
TEXTS = ["the food was good", "", "never again", None, "I love this place so much!"]


@pytest.fixture(scope="module", autouse=True)
def _spark_starts(starts):
    """Not every sandbox lets Spark open its ports."""
    session = "SparkSession.builder.master('local[1]').getOrCreate()"
    starts("Spark", f"from pyspark.sql import SparkSession; {session}.stop()")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("spark") / "a.parquet"
    texts = [text and f"{text} {n}" for n in range(40) for text in TEXTS]
    parquet.write_table(pa.table({"id": range(200), "text": texts}), path, row_group_size=50)
    return path


def test_spark_on_this_machine(source, tiny, same_rows):
    local, spark = source.with_name("local.parquet"), source.with_name("spark.parquet")
    subprocess.run([*COMMAND, source, "-o", local, "--model", tiny], check=True)
    options = ["--model", tiny, "--engine", "spark", "--workers", "2", "--block", "30"]
    subprocess.run([*COMMAND, source, "-o", spark, *options], check=True)
    same_rows(parquet.read_table(spark), parquet.read_table(local))


def test_frames(source, tiny):
    program = """
import os, sys
os.environ["PYSPARK_PYTHON"] = sys.executable
from pyspark.sql import SparkSession
from sentigate.score.on_spark import score_frame
from sentigate.score.workers import Job
builder = SparkSession.builder.master("local[1]").config("spark.log.level", "ERROR")
with builder.getOrCreate() as spark:
    frame = spark.read.parquet(sys.argv[1])
    scored = score_frame(frame, "text", Job(sys.argv[2], sentences=True))
    counts = {row["status"]: row["count"] for row in scored.groupBy("status").count().collect()}
    print(sorted(counts.items()))
"""
    shown = subprocess.run(
        [sys.executable, "-c", program, source, tiny], check=True, stdout=subprocess.PIPE, text=True
    )
    local = scorer_of(Job(str(tiny), sentences=True)).table(parquet.read_table(source), "text")
    statuses = Counter(local.column("status").to_pylist())
    assert shown.stdout.splitlines()[-1] == str(sorted(statuses.items()))
    assert statuses["ok"] > 120, "no text has two sentences"

"""Dask: data frames of any size as partitions of pandas; a thin coat over the analyzer's columns.

A partition is a data frame of pandas, so one of these can be scored here too.
"""

from typing import Any

from sentigate.errors import ConfigError
from sentigate.runtime.columns import answer_columns
from sentigate.runtime.series import series_like, series_values
from sentigate.score.workers import Job, scorer_of


def score_frame(frame: Any, text: str, job: Job | None = None) -> Any:
    """Answer a column of a data frame.

    Args:
        frame: a data frame of Dask or of pandas.
        text: the name of the column of texts.
        job: models, prefix and the like.

    Returns:
        The frame with the answers, lazily if it is one of Dask.

    Raises:
        ConfigError: a row a sentence is wanted, which would need another index.
        DataError: there is no such column, or one that is named as one of the answers.
    """
    job = job or Job()
    if job.sentences:
        raise ConfigError(["a frame keeps its rows: leave out sentences, or split them before"])
    scorer_of(job).check(list(frame.columns), text)
    if hasattr(frame, "map_partitions"):
        return frame.map_partitions(_partition, text, job, meta=_partition(frame._meta, text, job))
    return _partition(frame, text, job)


def _partition(frame: Any, text: str, job: Job) -> Any:
    analyzer = scorer_of(job).analyzer
    readings = analyzer.read(series_values(frame[text]))
    columns = answer_columns(analyzer.readers, readings, analyzer.abstain)
    answers = {job.prefix + name: series_like(frame[text], name, [one]) for name, one in columns}
    return frame.assign(**answers)

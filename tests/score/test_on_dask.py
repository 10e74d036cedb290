"""Frames of pandas and Dask: the same rows and index, and the analyzer's answers."""

import pytest

from sentigate.analyzer import load
from sentigate.errors import ConfigError, DataError
from sentigate.score.on_dask import score_frame
from sentigate.score.workers import Job

pandas = pytest.importorskip("pandas", reason="frames are pandas'")
TEXTS = ["the food was good", None, "never again", "", "这家餐厅太棒了"]


@pytest.fixture
def frame():
    return pandas.DataFrame({"n": range(5), "text": TEXTS}, index=list("edcba"))


def test_a_frame_of_pandas(frame, tiny):
    scored = score_frame(frame, "text", Job(str(tiny), prefix="my_"))
    assert scored[["n", "text"]].equals(frame)
    answers = load(tiny)(TEXTS)
    assert scored["my_status"].tolist() == [str(answer.status) for answer in answers]
    assert scored["my_sentiment_score"].dropna().tolist() == [
        answer.sentiment.score for answer in answers if answer.sentiment
    ]


def test_a_frame_of_dask(frame, tiny):
    dask = pytest.importorskip("dask.dataframe", reason="Dask is not installed")
    job = Job(str(tiny))
    parts = dask.from_pandas(frame.reset_index(drop=True), npartitions=2)
    scored = score_frame(parts, "text", job).compute(scheduler="synchronous")
    whole = score_frame(frame.reset_index(drop=True), "text", job)
    assert scored.columns.tolist() == whole.columns.tolist()
    assert scored["sentiment"].tolist()[0] == whole["sentiment"].tolist()[0]
    assert scored["status"].tolist() == whole["status"].tolist()
    assert (scored["sentiment_score"] - whole["sentiment_score"]).abs().max() < 1e-6


def test_columns_are_checked(frame, tiny):
    with pytest.raises(DataError, match="no column 'txt', did you mean 'text'"):
        score_frame(frame, "txt", Job(str(tiny)))
    with pytest.raises(ConfigError, match="a frame keeps its rows"):
        score_frame(frame, "text", Job(str(tiny), sentences=True))
    with pytest.raises(DataError, match="'status' already"):
        score_frame(frame.assign(status=""), "text", Job(str(tiny)))

"""A column in, a column of the same kind out; nothing is imported that the caller did not."""

import subprocess
import sys

import pytest

from sentigate.analyzer import load
from sentigate.errors import DataError

TEXTS = ["the food was good", None, "", "what a waste of time"]
STATUSES = ["ok", "missing", "empty", "ok"]


@pytest.fixture(scope="module")
def analyze(tiny, engine):
    return load(tiny, engine=engine)


@pytest.fixture(scope="module")
def expected(analyze):
    """What the analyzer itself says, by column."""
    answers = analyze(TEXTS)
    return {
        "sentiment": [a.sentiment and a.sentiment.label for a in answers],
        "sentiment_score": [a.sentiment and a.sentiment.score for a in answers],
        "emotion": [a.emotion and list(a.emotion.labels) for a in answers],
        "emotion_p_joy": [a.emotion and a.emotion.probabilities["joy"] for a in answers],
        "status": STATUSES,
        "language": [a.language for a in answers],
    }


NAMES = ["sentiment", "sentiment_score", "emotion", "emotion_p_joy", "status", "language"]


@pytest.mark.parametrize("name", NAMES)
def test_a_list(analyze, expected, name):
    assert analyze.column(TEXTS, name) == expected[name]
    assert analyze.column((), name) == []


@pytest.mark.parametrize("name", NAMES)
def test_pandas(analyze, expected, name):
    pandas = pytest.importorskip("pandas", reason="compares with pandas itself")
    frame = pandas.DataFrame({"review": [*TEXTS[:3], pandas.NA, TEXTS[3]]}, index=[7, 3, 9, 1, 1])
    answers = analyze.column(frame["review"], name)
    assert isinstance(answers, pandas.Series)
    assert answers.name == name
    assert answers.index.equals(frame.index)
    frame["answer"] = answers
    said = [None if is_missing(pandas, value) else value for value in frame["answer"]]
    assert said[:3] + said[4:] == expected[name]
    assert analyze.column(frame["review"][:0], name).tolist() == []


def is_missing(pandas, value):
    return not isinstance(value, list) and pandas.isna(value)


@pytest.mark.parametrize("name", NAMES)
def test_polars(analyze, expected, name):
    polars = pytest.importorskip("polars", reason="compares with Polars itself")
    answers = analyze.column(polars.Series("review", TEXTS), name)
    assert isinstance(answers, polars.Series)
    assert (answers.name, answers.to_list()) == (name, expected[name])
    none = analyze.column(polars.Series("review", [], dtype=polars.String), name)
    assert (none.dtype, len(none)) == (answers.dtype, 0)


@pytest.mark.parametrize("name", NAMES)
def test_arrow(analyze, expected, name):
    arrow = pytest.importorskip("pyarrow", reason="compares with Arrow itself")
    answers = analyze.column(arrow.array(TEXTS), name)
    assert isinstance(answers, arrow.Array)
    assert answers.to_pylist() == expected[name]
    table = arrow.table({"review": arrow.chunked_array([TEXTS[:1], TEXTS[1:]])})
    chunked = analyze.column(table["review"], name)
    assert table.append_column("answer", chunked)["answer"].to_pylist() == expected[name]
    assert analyze.column(arrow.array([None], arrow.string()), name).type == answers.type


def test_the_main_head_is_answered_unasked(analyze, expected, make_model, engine):
    assert analyze.column(TEXTS) == expected["sentiment"]
    from sentigate.config import HeadConfig

    stars = HeadConfig(name="stars", kind="regression")
    mood = HeadConfig(name="mood", kind="binary", labels=("bad", "good"))
    assert isinstance(load(make_model("s", (stars,)), engine=engine).column(["good"])[0], float)
    with pytest.raises(DataError, match="stars, mood: give the name of one"):
        load(make_model("sm", (stars, mood)), engine=engine).column(["good"])


def test_long_columns_are_answered_in_blocks(analyze):
    assert analyze.column(["good", None] * 1500, "status") == ["ok", "missing"] * 1500


@pytest.mark.parametrize("what", ["one text", {"text": ["good"]}, 7, None, {"a", "set"}])
def test_what_is_no_column_is_told(analyze, what):
    with pytest.raises(DataError, match="expected one column"):
        analyze.column(what)


def test_a_whole_frame_is_no_column(analyze):
    pandas = pytest.importorskip("pandas")
    with pytest.raises(DataError, match=r"DataFrame: name one, such as table\['text'\]"):
        analyze.column(pandas.DataFrame({"text": TEXTS}))


def test_an_answer_that_is_not_there_names_the_nearest(analyze):
    with pytest.raises(DataError, match="no answer is called 'sentimnt', did you mean 'sentiment'"):
        analyze.column(TEXTS, "sentimnt")


def test_no_library_is_imported_for_a_list():
    program = (
        "import sys, sentigate; sentigate.load().column(['good']); "
        "print({'pandas', 'polars', 'pyarrow'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert shown.stdout == "set()\n", shown.stderr

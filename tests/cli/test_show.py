"""What a prediction looks like on a line."""

import io
import json

import pytest
from rich.console import Console

from sentigate.cli import show
from sentigate.config import HeadConfig
from sentigate.errors import ConfigError
from sentigate.records import HeadResult, Prediction, Status

SENTIMENT = HeadConfig(
    name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive")
)
EMOTION = HeadConfig(name="emotion", kind="multilabel", labels=("annoyance", "joy", "love"))
STARS = HeadConfig(name="stars", kind="regression")
HEADS = {"sentiment": SENTIMENT, "emotion": EMOTION}


def happy(text="Lovely!", emotions=("love", "joy")):
    positive = {"negative": 0.05, "neutral": 0.05, "positive": 0.9}
    return Prediction(
        text,
        Status.OK,
        "en",
        "tiny",
        {
            "sentiment": HeadResult("multiclass", ("positive",), positive, score=0.85),
            "emotion": HeadResult(
                "multilabel", emotions, {"annoyance": 0.5, "joy": 0.9, "love": 0.6}
            ),
        },
        tokens=2,
    )


@pytest.fixture
def table(monkeypatch):
    """Return a function that prints a table and gives its lines."""

    def lines(blocks, heads=HEADS, width=80, fit=True, **options):
        out = io.StringIO()
        console = Console(file=out, width=width, highlight=False, markup=False, **options)
        monkeypatch.setattr(show, "plain_console", lambda: console)
        show.table(blocks, heads, fit=fit)
        return out.getvalue().splitlines()

    return lines


def test_a_row_says_text_language_sentiment_and_emotions(table):
    assert table([[happy()]]) == [
        "text                      lang  sentiment        emotions",
        "Lovely!                   en    positive  +0.85  joy 0.90, love 0.60",
    ]


def test_columns_stand_under_each_other_for_wide_characters(table):
    lines = table([[happy("这家餐厅太棒了，下次还来！" * 4), happy("plain"), happy("🥰" * 50)]])
    assert all("…" in line for line in (lines[1], lines[3]))
    cells = [show.Text(line.split("  en  ")[0]).cell_len for line in lines[1:]]
    assert [show.Text(line[: line.index("positive")]).cell_len for line in lines[1:]] == [32] * 3, (
        cells
    )


def test_what_does_not_fit_is_counted(table):
    lines = table([[happy(emotions=("annoyance", "joy", "love"))]])
    assert lines[1].endswith("joy 0.90, love 0.60 +1")


def test_no_emotion_is_a_dash(table):
    assert table([[happy(emotions=())]])[1].endswith("–")


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.OK])
def test_every_status_is_said_in_words(table, status):
    assert table([[Prediction(None, status)]])[1].endswith(status.words)


@pytest.mark.parametrize("fit", [True, False])
def test_a_status_is_not_cut_where_columns_are_narrow(table, fit):
    heads = {"stars": STARS}
    for status in (status for status in Status if status is not Status.OK):
        lines = table([[Prediction("a text " * 30, status)]], heads, fit=fit, width=60)
        assert lines[1].endswith(status.words)


def test_the_header_comes_once_and_blocks_line_up(table):
    lines = table([[happy()], [happy("another text")]], fit=False)
    assert len(lines) == 3
    assert len({line.index("positive") for line in lines[1:]}) == 1
    assert max(map(len, lines)) <= 80


def test_colours_are_for_terminals(table):
    assert "\x1b[32m" in table([[happy()]], force_terminal=True, color_system="standard")[1]
    assert "\x1b" not in table([[happy()]])[1]


def test_a_number_and_a_foreign_head(table):
    row = Prediction("a", Status.OK, "en", "m", {"stars": HeadResult("regression", value=3.456)})
    assert table([[row]], {"stars": STARS, "sentiment": SENTIMENT})[1].split() == [
        "a",
        "en",
        "3.46",
        "–",
    ]


def test_hugging_face_shows_the_only_head(capsys):
    row = Prediction("a", Status.OK, "en", "m", {"stars": HeadResult("regression", value=3.5)})
    show.hugging_face([[row]], {"stars": STARS})
    assert json.loads(capsys.readouterr().out) == [{"label": "stars", "score": 3.5}]


def test_hugging_face_shows_the_likeliest_of_several(capsys):
    show.hugging_face([[happy(emotions=())]], {"emotion": EMOTION})
    assert json.loads(capsys.readouterr().out) == [{"label": "joy", "score": 0.9}]


def test_hugging_face_needs_one_head():
    with pytest.raises(ConfigError, match="stars, emotion: use --format json"):
        show.hugging_face([[happy()]], {"stars": STARS, "emotion": EMOTION})


def test_an_ordinal_head_shows_its_label(table, capsys):
    head = HeadConfig(name="stars", kind="ordinal", labels=("1", "2", "3"))
    result = HeadResult("ordinal", ("2",), {"1": 0.4, "2": 0.25, "3": 0.35}, value=1.95)
    row = Prediction("a", Status.OK, "en", "m", {"stars": result})
    assert table([[row]], {"stars": head})[1].split() == ["a", "en", "2", "0.25"]
    show.hugging_face([[row]], {"stars": head})
    assert json.loads(capsys.readouterr().out) == [{"label": "2", "score": 0.25}]

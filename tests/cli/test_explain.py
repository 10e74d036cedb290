"""`sentigate explain` and `sentigate course`, as a user types them."""

import json

import pytest

from sentigate.cli.tint import bar, coloured, style
from sentigate.explain.records import Contribution

TEXT = "the food was good, but never again"


def test_a_table_of_words(run, model):
    result = run("explain", TEXT, "--model", model, "--label", "positive")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith("sentiment: positive 0.")
    assert TEXT in lines
    assert any(line.startswith("good") for line in lines)
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("method", ["gates", "occlusion"])
def test_json_of_each_method(run, model, method):
    result = run("explain", TEXT, "--model", model, "--method", method, "--format", "json")
    told = json.loads(result.stdout)
    assert told["method"] == method
    assert [word["text"] for word in told["words"]][:4] == ["the", "food", "was", "good"]
    assert (told["baseline"] is None) == (method == "occlusion")


def test_the_sum_is_told(run, model):
    assert "together" in run("explain", TEXT, "--model", model, "--method", "gates").stdout
    assert "scores without it" in run("explain", TEXT, "--model", model).stdout
    several = "mean log-odds of positive against each other label)"
    assert several in run("explain", TEXT, "--model", model, "--label", "positive").stdout
    alone = run("explain", TEXT, "--model", model, "--label", "joy").stdout
    assert "(log-odds of joy)" in alone


def test_a_label_finds_its_head(run, model):
    result = run("explain", TEXT, "--model", model, "--label", "joy", "--format", "json")
    assert json.loads(result.stdout)["head"] == "emotion"


def test_phrases(run, model):
    result = run("explain", TEXT, "--model", model, "--by", "phrase", "--format", "json")
    words = [word["text"] for word in json.loads(result.stdout)["words"]]
    assert words == ["the food was good,", "but never again"]


def test_gates(run, model):
    table = run("explain", "--gates", "so good", "--model", model)
    assert table.exit_code == 0, table.stderr
    assert "read from the beginning to the end" in table.stdout
    assert table.stdout.count("adds  input  forget  output") == 2
    plain = run("explain", "--gates", "so good", "--model", model, "--format", "json")
    assert len(json.loads(plain.stdout)["courses"]) == 2


def test_pages(run, model, tmp_path):
    pytest.importorskip("jinja2", reason="pages need the extra report")
    for name, arguments in {
        "why.html": ("explain", TEXT),
        "gates.html": ("explain", "--gates", TEXT),
        "course.html": ("course", "-"),
    }.items():
        file = tmp_path / name
        result = run(*arguments, "--model", model, "--html", file, input=f"{TEXT}.")
        assert result.exit_code == 0, result.stderr
        assert file.read_text("utf-8").startswith("<!doctype html>")
        assert str(file) in result.stderr


def test_a_text_from_standard_input(run, model):
    result = run("explain", "-", "--model", model, "--format", "json", input="so\ngood")
    assert json.loads(result.stdout)["text"] == "so\ngood"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("",), "there is nothing to explain: nothing to read"),
        (("so good", "--label", "joi"), "no head has the label 'joi', did you mean 'joy'"),
        (("so good", "--head", "moods"), "no head 'moods'"),
        (("so good", "--gates", "--by", "phrase"), "leave out --by and --method"),
        (("so good", "--head", "emotion", "--label", "positive"), "'emotion' has no label"),
    ],
)
def test_a_mistake_is_one_sentence(run, model, arguments, message):
    result = run("explain", *arguments, "--model", model)
    assert result.exit_code != 0
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_no_text_as_json_has_a_status(run, model):
    result = run("explain", " ", "--model", model, "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["status"] == "empty"


def test_a_course(run, model, tmp_path):
    file = tmp_path / "review.txt"
    file.write_text("The food was good. Never again!\nWhat a waste.", encoding="utf-8")
    result = run("course", file, "--model", model)
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith("sentiment of the whole text: ")
    assert [line.split()[0] for line in lines[2:]] == ["1", "2", "3"]
    assert lines[3].endswith("Never again!")
    told = json.loads(run("course", file, "--model", model, "--format", "json").stdout)
    assert [s["text"] for s in told["sentences"]][-1] == "What a waste."


def test_a_course_of_a_label(run, model):
    result = run("course", "-", "--model", model, "--label", "joy", input="So good! So bad.")
    assert result.stdout.startswith("joy of the whole text: +0.")


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        (("I loved it",), None, "cannot read I loved it: no such file; for a text itself: echo"),
        ((".",), None, "cannot read .: Is a directory"),
        (("-",), "", "nothing to read"),
        (("-", "--head", "emotion"), "So good.", "name the label to follow"),
    ],
)
def test_a_wrong_course_is_one_sentence(run, model, arguments, given, message):
    result = run("course", *arguments, "--model", model, input=given)
    assert result.exit_code != 0
    assert message in result.stderr


def test_words_are_coloured_by_what_they_speak_for():
    words = [Contribution(0, 3, "bad", 1.0), Contribution(4, 8, "good", -0.5)]
    text = coloured("bad\x1b good", words, "negative", 1.0)
    assert text.plain == "bad  good"
    assert [(span.start, span.end, str(span.style)) for span in text.spans] == [
        (0, 3, "bold red"),
        (4, 8, "green"),
    ]
    assert style(1.0, "joy", 1.0) == "bold cyan"
    assert style(0.1, "joy", 0.1) == "none"


@pytest.mark.parametrize(("share", "shown"), [(0, ""), (0.5, "██"), (1, "████"), (7, "████")])
def test_bars(share, shown):
    assert bar(share, 4) == shown

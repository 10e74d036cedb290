"""`sentigate check`: readable for people, stable for programs, an exit code for CI."""

import json
from xml.etree import ElementTree

import pytest

OWN = """
language = "en"
about = "Praise is positive, blame negative."

[[tests]]
name = "plain"
kind = "label"
labels = ["positive", "negative"]
pairs = [["I love it, it is wonderful!", "I hate it, it is horrible!"]]

[[tests]]
name = "never so"
kind = "label"
label = "negative"
texts = ["I love it so much, best day ever!"]

[[tests]]
name = "names"
kind = "same"
within = 0.5
templates = ["{name} is here."]
groups = {women = ["Emma"], men = ["Jack"]}
"""


@pytest.fixture
def own(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    return file


def test_the_shipped_models_keep_their_floors(run):
    result = run("check")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["suite", "cases", "skipped", "passed", "floor"]
    assert any(line.startswith("en/negation") for line in lines)
    assert any(line.startswith("zh/negation") for line in lines)
    assert "\x1b" not in result.stdout


def test_a_suite_of_ones_own(run, own):
    result = run("check", "en", "--suite", own, "--failures", 3)
    assert result.exit_code == 0, result.stderr
    assert "en/own" in result.stdout
    assert "0.67" in result.stdout
    assert "never so: negative" in result.stdout
    assert "I love it so much, best day ever!" in result.stdout
    assert "en/own: names" in result.stdout  # groups compared


def test_under_the_floor_is_exit_code_3(run, own):
    result = run("check", "en", "--suite", own, "--floor", 0.7)
    assert result.exit_code == 3
    assert "en/own: 0.67 passed, floor 0.70" in result.stderr
    assert "below" in result.stdout
    assert run("check", "en", "--suite", own, "--floor", 0.6).exit_code == 0


def test_json_is_one_object(run, own):
    result = run("check", "en", "--suite", f"{own},negation", "--format", "json", "--failures", 1)
    told = json.loads(result.stdout)
    assert set(told) == {"head", "passed", "suites", "fairness"}
    assert told["passed"] is (result.exit_code == 0)
    assert [suite["suite"] for suite in told["suites"]] == ["en/negation", "en/own"]
    assert told["suites"][1]["failures"][0]["texts"] == ["I love it so much, best day ever!"]
    assert told["fairness"][0]["means"].keys() == {"women", "men"}


def test_junit_is_red_where_the_command_fails(run, own):
    result = run("check", "en", "--suite", own, "--floor", 0.7, "--format", "junit")
    assert result.exit_code == 3
    assert ElementTree.fromstring(result.stdout.encode()).get("failures") == "1"


def test_floors_that_are_written_are_kept(run, own, tmp_path):
    written = run("check", "en", "--suite", own, "--format", "floors")
    file = tmp_path / "floors.toml"
    file.write_text(written.stdout)
    assert written.stdout == '[en]\n"en/own" = 0.64\n'
    assert run("check", "en", "--suite", own, "--floor", file).exit_code == 0
    file.write_text(written.stdout.replace("0.64", "0.99"))
    assert run("check", "en", "--suite", own, "--floor", file).exit_code == 3


def test_a_model_of_ones_own(run, model, own):
    result = run("check", model, "--suite", own)
    assert result.exit_code == 0, result.stderr
    assert "en/own" in result.stdout


def test_a_language_that_the_model_does_not_read_is_skipped(run):
    result = run("check", "en", "--suite", "zh/negation", "--lang", "zh")
    assert result.exit_code == 0, result.stderr
    assert "a text has the status unsupported_language" in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["nowhere"], "there is no model 'nowhere'"),
        (["en", "--suite", "negatoin"], "did you mean 'negation'"),
        (["en", "--suite", "none.toml"], "none.toml"),
        (["en", "--lang", "english"], "'english'"),
        (["en", "--head", "emotion"], "the head 'emotion' tells no polarity, but: sentiment"),
        (["en", "--head", "emotoin"], "did you mean 'emotion'"),
        (["en", "--floor", "7"], "a share from 0 to 1"),
        (["en", "--floor", "none.toml"], "cannot read none.toml"),
    ],
)
def test_what_does_not_fit_is_one_sentence(run, options, message):
    result = run("check", *options)
    assert result.exit_code in (1, 2)
    assert result.stdout == ""
    assert message in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr

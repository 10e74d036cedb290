"""`sentigate predict`: a row in, a row out, in three formats."""

import json
import os
import subprocess
import sys

import pytest

FRENCH = "Je ne suis pas content du tout de ce restaurant, le service était lent."
KEYS = ["text", "status", "language", "model", "heads", "tokens"]


def objects(result):
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_is_one_object_a_text_in_order(run, model):
    texts = ["the food was good", " ", FRENCH, "the food was bad"]
    answers = objects(run("predict", "--model", model, *texts, "--format", "json"))
    assert [answer["text"] for answer in answers] == texts
    assert [answer["status"] for answer in answers] == ["ok", "empty", "unsupported_language", "ok"]
    assert all(list(answer) == KEYS for answer in answers)
    sentiment = answers[0]["heads"]["sentiment"]
    assert set(sentiment["probabilities"]) == {"negative", "neutral", "positive"}
    assert sentiment["label"] in sentiment["probabilities"]
    assert -1 <= sentiment["score"] <= 1
    assert "labels" in answers[0]["heads"]["emotion"]
    assert answers[1]["heads"] == {}


def test_json_keeps_characters_as_they_are(run, model):
    result = run("predict", "--model", model, "good 好 🥰", "--format", "json")
    assert "good 好 🥰" in result.stdout


def test_standard_input_is_a_text_a_line(run, model):
    lines = "good\r\n\nbad 🥰\n"
    answers = objects(run("predict", "-", "--model", model, "--format", "json", input=lines))
    assert [answer["text"] for answer in answers] == ["good", "", "bad 🥰"]
    assert [answer["status"] for answer in answers] == ["ok", "empty", "ok"]


def test_bad_bytes_lose_no_row(run, model):
    answers = objects(
        run("predict", "-", "--model", model, "--format", "json", input=b"good\n\xff\xfe\x00\nbad")
    )
    assert len(answers) == 3


def test_nothing_on_standard_input_is_nothing_out(run, model):
    assert run("predict", "-", "--model", model, input="").stdout == ""
    assert run("predict", "-", "--model", model, "--format", "json", input="").stdout == ""
    assert run("predict", "-", "--model", model, "--format", "hf", input="").stdout == "[]\n"


def test_hf_looks_like_a_pipeline(run, model):
    result = run("predict", "--model", model, "the food was good", "", "--format", "hf")
    good, empty = json.loads(result.stdout)
    assert set(good) == {"label", "score"}
    assert good["label"] in {"negative", "neutral", "positive"}
    assert 0 < good["score"] <= 1
    assert empty == {"label": None, "score": None}


def test_the_table_is_plain_in_a_pipe(run, model):
    texts = ["the food was good", "这家餐厅太棒了 and the food was bad too", "", FRENCH]
    result = run("predict", "--model", model, *texts)
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["text", "lang", "sentiment", "emotions"] or "emotion" in lines[0]
    assert len(lines) == 5
    assert "nothing to read" in lines[3]
    assert "no model for this language" in lines[4]
    assert "\x1b" not in result.stdout
    assert not set(result.stdout) & set("│┃━─┏┓")


def test_a_text_cannot_command_the_terminal(run, model):
    result = run("predict", "--model", model, "good\x1b[2J\nfood\r\x9b", "so \ud800 good")
    assert "\x1b" not in result.stdout
    assert "\x9b" not in result.stdout
    assert len(result.stdout.splitlines()) == 3


def test_a_model_that_is_not_there_is_one_sentence(run):
    result = run("predict", "good", "--model", "nowhere")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("sentigate: there is no model 'nowhere'")
    assert len(result.stderr.splitlines()) == 1


def test_a_damaged_model_is_one_sentence(run, make_model):
    folder = make_model("damaged")
    (folder / "weights.safetensors").write_bytes(b"short")
    result = run("predict", "good", "--model", folder)
    assert result.exit_code == 1
    assert "weights.safetensors" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_standard_input_stands_alone(run, model):
    result = run("predict", "-", "so good", "--model", model)
    assert result.exit_code == 2
    assert "give it alone" in result.stderr


def test_without_texts_the_usage_is_shown(run):
    result = run("predict")
    assert result.exit_code == 2
    assert "Usage" in result.stderr


@pytest.fixture
def process(model):
    """The command in a process of its own, with pipes that stay open."""
    command = "from sentigate.cli import main; main()"
    started = subprocess.Popen(
        [sys.executable, "-c", command, "predict", "-", "--model", model, "--format", "json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    with started:
        yield started
        started.kill()


@pytest.mark.skipif(os.name != "posix", reason="waiting for a pipe needs POSIX")
def test_a_slow_source_is_answered_line_by_line(process):
    for line in ("good", "bad 🥰"):
        process.stdin.write(f"{line}\n".encode())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["text"] == line


@pytest.mark.skipif(os.name != "posix", reason="a closed pipe differs elsewhere")
def test_a_reader_that_leaves_is_no_error_message(process):
    process.stdout.close()
    process.stdin.write(b"good\n" * 10)
    process.stdin.close()
    assert process.wait(30) != 0
    assert process.stderr.read() == b""


def test_a_lone_surrogate_can_be_printed(model):
    command = "from sentigate.cli import main; main()"
    arguments = ["predict", "--model", model, "good \udce9", "--format", "json"]
    shown = subprocess.run(
        [sys.executable, "-c", command, *arguments],
        capture_output=True,
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert shown.stderr == b""
    assert json.loads(shown.stdout)["text"] == "good \udce9"


@pytest.mark.parametrize("form", ["table", "json", "hf"])
def test_an_unsure_answer_can_be_withheld(run, model, form):
    result = run(
        "predict", "the food was good", "--model", model, "--abstain", "1", "--format", form
    )
    assert result.exit_code == 0, result.stderr
    assert "uncertain" in result.stdout


def test_a_bound_that_is_no_probability_is_one_sentence(run, model):
    result = run("predict", "good", "--model", model, "--abstain", "60")
    assert result.exit_code == 2
    assert "abstain: expected a probability from 0 to 1, got 60" in result.stderr

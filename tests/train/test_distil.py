"""From a teacher and texts to a model that answers as it does."""

import json

import numpy as np
import pytest

from sentigate.analyzer import load
from sentigate.config import HeadConfig, train_config
from sentigate.data.readers import read
from sentigate.errors import ConfigError, DataError
from sentigate.train.distil import Lesson, distil
from sentigate.train.teacher import Answers, write_answers

WORDS = {"lovely": 0.9, "nice": 0.7, "poor": 0.2, "awful": 0.05}
THINGS = ["soup", "tea", "staff", "room", "bed", "view", "price", "bread", "wine", "door"]
SETTINGS = {"epochs": 12, "learning_rate": 0.02, "threads": 1, "vocab_size": 400}


@pytest.fixture
def lesson(tmp_path):
    """Texts, and a teacher's scores: how good a text is by one of its words."""
    texts = tuple(f"the {thing} was {word}" for thing in THINGS for word in WORDS)
    good = np.array([WORDS[text.split()[-1]] for text in texts], np.float32)
    heads = (
        HeadConfig(name="mood", kind="binary", labels=("bad", "good")),
        HeadConfig(name="tone", kind="multilabel", labels=("calm", "sharp")),
    )
    values = {"mood": np.stack([1 - good, good], 1), "tone": np.stack([good * 0 + 0.9, good], 1)}
    write_answers(tmp_path / "scores.parquet", Answers(texts, heads, values))
    return Lesson(str(tmp_path / "scores.parquet"))


def learn(lesson, output, **overrides):
    lines = []
    config = train_config("tiny", overrides=SETTINGS | overrides)
    distil(lesson, output, config, report=lines.append)
    return lines


def test_the_student_gives_the_teachers_probabilities_and_not_only_its_labels(lesson, tmp_path):
    lines = learn(lesson, tmp_path / "small", epochs=40, dev_fraction=0.2, learning_rate=0.01)
    assert "32 texts to learn from, 8 held out" in lines
    analyze = load(tmp_path / "small")
    good = {
        word: analyze(f"the tea was {word}").heads["mood"].probabilities["good"] for word in WORDS
    }
    assert good["lovely"] > good["nice"] > 0.5 > good["poor"] > good["awful"]
    assert analyze("the tea was nice").heads["tone"].labels == ("calm", "sharp")
    metrics = json.loads((tmp_path / "small" / "metrics.json").read_text())
    assert set(metrics["dev"]) == {"as the teacher/mood", "as the teacher/tone"}
    assert metrics["command"].startswith("sentigate distil --teacher scores.parquet --output small")


def table(file, rows):
    file.write_text("\n".join(["text,label", *(f"{text},{label}" for text, label in rows)]))
    return read(file)


def test_labelled_rows_are_learnt_and_measured_and_stay_apart(lesson, tmp_path):
    dev = [(f"the {thing} was {word}", "Good") for thing in THINGS[:2] for word in ("poor", "nice")]
    told = Lesson(
        lesson.teacher,
        labels=table(tmp_path / "more.csv", [("so so", "Bad"), ("well well", "Good")] * 20),
        dev=table(tmp_path / "dev.csv", dev),
    )
    lines = learn(told, tmp_path / "small", head="mood")
    assert "40 labelled rows, 4 labelled dev rows" in " ".join(lines)
    metrics = json.loads((tmp_path / "small" / "metrics.json").read_text())
    assert metrics["dev"]["dev.csv/mood"]["n"] == 4
    assert "as the teacher/tone" in metrics["dev"]
    held = metrics["dev"]["as the teacher/tone"]["n"]
    rows = {one["name"]: one["rows"] for one in metrics["data"]}
    assert 40 - held - 4 <= rows["teacher-mood"] <= 40 - held
    assert rows["labelled"] == 40
    assert load(tmp_path / "small")("so so").heads["mood"].label == "bad"


def test_a_labelled_row_that_is_measured_on_is_not_learnt(lesson, tmp_path):
    texts = [f"the {thing} was poor" for thing in THINGS]
    told = Lesson(
        lesson.teacher,
        labels=table(tmp_path / "more.csv", [(text, "bad") for text in texts] + [("yes", "good")]),
        dev=table(tmp_path / "dev.csv", [(texts[0].replace(" was", "  was"), "bad")]),
    )
    learn(told, tmp_path / "small", head="mood", dev_fraction=0.3)
    metrics = json.loads((tmp_path / "small" / "metrics.json").read_text())
    rows = {one["name"]: one["rows"] for one in metrics["data"]}
    held = 40 - metrics["dev"]["as the teacher/tone"]["n"]
    assert rows["teacher-mood"] <= held
    assert rows["labelled"] < 10


def test_few_labelled_rows_are_one_sentence(lesson, tmp_path):
    few = table(tmp_path / "few.csv", [("so so", "bad"), ("well", "good")])
    with pytest.raises(DataError, match="too few different texts to hold some out"):
        learn(Lesson(lesson.teacher, labels=few), tmp_path / "small", head="mood")


def test_a_label_the_teacher_does_not_know_is_named(lesson, tmp_path):
    odd = table(tmp_path / "odd.csv", [("so so", "meh")])
    with pytest.raises(DataError, match=r"odd\.csv: the label 'meh'"):
        learn(Lesson(lesson.teacher, dev=odd), tmp_path / "small", head="mood")
    with pytest.raises(ConfigError, match="which the teacher does not answer"):
        learn(Lesson(lesson.teacher, dev=odd), tmp_path / "small", head="mod")


def test_texts_choose_among_the_scores(lesson, tmp_path):
    few = table(tmp_path / "few.csv", [("the tea was nice", ""), ("never scored", "")])
    with pytest.raises(DataError, match="answered 1 of 1 texts"):
        learn(Lesson(lesson.teacher, few), tmp_path / "small")


def test_a_model_teaches_and_its_answers_are_kept(tiny, tmp_path):
    texts = table(
        tmp_path / "texts.csv",
        [(f"the {thing} was {word}", "") for thing in THINGS for word in WORDS],
    )
    told = Lesson(str(tiny), texts)
    learn(told, tmp_path / "small", epochs=1)
    lines = learn(told, tmp_path / "small", epochs=1)
    assert "40 texts were answered before" in lines[0]
    assert set(load(tmp_path / "small")("the tea was nice").heads) == {"sentiment", "emotion"}
    with pytest.raises(ConfigError, match="none given"):
        learn(Lesson(str(tiny)), tmp_path / "small")

"""From a file to a model folder that answers, through the functions the command line calls."""

import json
from pathlib import Path

import pytest

from sentigate.analyzer import load
from sentigate.config import train_config
from sentigate.data.readers import read
from sentigate.errors import DataError, OutputError
from sentigate.evaluate.evaluation import evaluate
from sentigate.runtime.model import Model
from sentigate.train.fit import parts, train

GOOD = ["lovely food", "great place", "so happy with it", "wonderful staff", "very good soup"]
BAD = ["awful food", "bad place", "so angry about it", "horrible staff", "very cold soup"]
FLAT = ["the shop opens at nine", "it is a place in town", "they sell soup", "we had two coffees"]


def write(path, rows, header="text,label"):
    path.write_text("\n".join([header, *(f"{text},{label}" for text, label in rows)]))
    return read(path)


def rows(texts, label, times=5):
    return [(f"{text} {number}", label) for number in range(times) for text in texts]


def settings(**overrides):
    return train_config(
        "tiny",
        overrides={"epochs": 10, "learning_rate": 0.02, "threads": 1, "vocab_size": 400}
        | overrides,
    )


@pytest.fixture(scope="module")
def three_way(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    table = write(
        folder / "reviews.csv",
        rows(GOOD, "positive") + rows(BAD, "negative") + rows(FLAT, "neutral"),
    )
    lines = []
    output = train(table, None, folder / "mine", settings(head="sentiment"), report=lines.append)
    return output, lines


def test_a_trained_folder_answers_and_says_what_was_guessed(three_way):
    output, lines = three_way
    analyze = load(output)
    assert analyze("lovely soup").sentiment.label == "positive"
    assert analyze("awful soup").sentiment.label == "negative"
    assert analyze("lovely soup").sentiment.score > analyze("awful soup").sentiment.score
    assert any("multiclass" in line for line in lines)
    assert any("the last epoch is kept" in line for line in lines)


def test_the_folder_holds_figures_of_the_stored_model_and_a_card(three_way):
    output, _ = three_way
    metrics = json.loads((output / "metrics.json").read_text())
    (figures,) = metrics["dev"].values()
    assert figures["n"] > 0
    assert 0 <= figures["macro_f1"] <= 1
    assert metrics["settings"]["seed"] == 0
    assert "--head sentiment --base none --vocab-size 400" in metrics["command"]
    assert "reviews.csv" in (output / "README.md").read_text()


def test_multilabel_gets_a_threshold_a_label(tmp_path):
    table = write(
        tmp_path / "data.csv",
        rows(GOOD, "joy|trust") + rows(BAD, "anger") + rows(FLAT, "trust"),
        header="text,labels",
    )
    output = train(table, None, tmp_path / "mine", settings())
    (head,) = json.loads((output / "config.json").read_text())["heads"]
    assert head["kind"] == "multilabel"
    assert len(head["thresholds"]) == 3


def test_an_ordinal_head_is_trained_evaluated_and_answers(tmp_path):
    table = write(
        tmp_path / "data.csv", rows(GOOD, "5 stars") + rows(BAD, "1 star") + rows(FLAT, "3 stars")
    )
    lines = []
    output = train(
        table, None, tmp_path / "mine", settings(task="ordinal", head="stars"), report=lines.append
    )
    assert "labels: 1 star, 3 stars, 5 stars" in lines
    analyze = load(output)
    good, bad = (analyze(text).heads["stars"] for text in ("lovely food", "awful food"))
    assert (good.label, bad.label) == ("5 stars", "1 star")
    assert 1 <= bad.value < good.value <= 5
    by_equations = load(output, engine="numpy")("lovely food").heads["stars"]
    assert by_equations.value == pytest.approx(good.value, abs=1e-4)
    figures = evaluate(Model.open(output), table.examples).figures
    assert figures["mae"] < 0.5
    assert figures["qwk"] > 0.8
    assert json.loads((output / "config.json").read_text())["format_version"] == 2
    assert "one of several, which stand in order" in (output / "README.md").read_text()


def test_an_order_that_names_do_not_tell_is_given(tmp_path):
    table = write(tmp_path / "data.csv", rows(GOOD, "hot") + rows(BAD, "cold") + rows(FLAT, "warm"))
    with pytest.raises(DataError, match="--label-order"):
        train(table, None, tmp_path / "mine", settings(task="ordinal"))
    order = ("cold", "warm", "hot")
    output = train(
        table, None, tmp_path / "mine", settings(task="ordinal", label_order=order, epochs=1)
    )
    assert tuple(load(output)("lovely food").heads["label"].probabilities) == order
    assert (
        "--label-order cold,warm,hot"
        in json.loads((output / "metrics.json").read_text())["command"]
    )


def test_numbers_become_a_regression(tmp_path):
    many = [(text, place / 7) for place, (text, _) in enumerate(rows(GOOD + BAD, ""))]
    output = train(write(tmp_path / "data.csv", many), None, tmp_path / "mine", settings())
    assert load(output)("lovely food").heads["label"].value is not None


def test_two_labels_become_binary_and_the_negative_one_comes_first(tmp_path):
    table = write(tmp_path / "data.csv", rows(GOOD, "pos") + rows(BAD, "neg"))
    output = train(table, None, tmp_path / "mine", settings())
    (head,) = json.loads((output / "config.json").read_text())["heads"]
    assert (head["kind"], head["labels"]) == ("binary", ["neg", "pos"])
    assert load(output)("lovely place").heads["label"].label == "pos"


def test_one_class_only_is_one_clear_sentence(tmp_path):
    table = write(tmp_path / "data.csv", rows(GOOD, "pos"))
    with pytest.raises(DataError, match="pos"):
        train(table, None, tmp_path / "mine", settings())
    assert not (tmp_path / "mine").exists()


def test_a_file_without_labels_is_one_sentence(tmp_path):
    (tmp_path / "data.txt").write_text("\n".join(GOOD))
    with pytest.raises(DataError, match="holds no labels: name their column"):
        train(read(tmp_path / "data.txt"), None, tmp_path / "mine", settings())


def test_labels_that_nobody_can_tell_apart_or_measure_are_told(tmp_path):
    table = write(tmp_path / "data.csv", rows(GOOD, "pos") + rows(BAD, "neg") + rows(FLAT, "Neg"))
    dev = write(tmp_path / "dev.csv", [("great", "pos"), ("awful", "neg")])
    lines = []
    parts(table, dev, settings(), lines.append)
    assert "labels that are spelt nearly alike are different labels: Neg, neg" in lines
    assert "labels without a dev row, of which figures say nothing: Neg" in lines


def test_a_dev_label_unseen_in_training_is_named_with_its_row(tmp_path):
    table = write(tmp_path / "data.csv", rows(GOOD, "pos") + rows(BAD, "neg"))
    dev = write(tmp_path / "dev.csv", [("so so", "meh"), ("good", "pos")])
    with pytest.raises(DataError, match="meh"):
        train(table, dev, tmp_path / "mine", settings())


def test_a_folder_that_is_no_model_is_not_replaced(tmp_path):
    table = write(tmp_path / "data.csv", rows(GOOD, "pos") + rows(BAD, "neg"))
    place = tmp_path / "mine"
    place.mkdir()
    (place / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="no model folder"):
        train(table, None, place, settings())
    assert (place / "thesis.txt").exists()


def test_dev_texts_that_are_learnt_from_are_counted(tmp_path):
    rows = "text,label\n" + "".join(f"it is  {'so' * n} good,yes\nno {n},no\n" for n in range(9))
    (tmp_path / "a.csv").write_text(rows)
    (tmp_path / "dev.csv").write_text("text,label\nit is soso good,yes\nnever met,no\n")
    lines = []
    config = train_config("tiny", overrides={"epochs": 1, "threads": 1, "vocab_size": 300})
    train(
        read(tmp_path / "a.csv"),
        read(tmp_path / "dev.csv"),
        tmp_path / "m",
        config,
        report=lines.append,
    )
    assert "1 of the dev rows have texts that stand among the rows to learn from" in " ".join(lines)


def test_too_few_rows_to_hold_some_out_are_one_sentence(tmp_path):
    table = write(tmp_path / "data.csv", [("good", "pos"), ("bad", "neg")])
    with pytest.raises(DataError, match="2 rows are too few"):
        train(table, None, tmp_path / "mine", settings())


def test_training_that_goes_astray_is_one_sentence(tmp_path):
    table = write(tmp_path / "data.csv", rows(GOOD, "pos") + rows(BAD, "neg"))
    with pytest.raises(DataError, match="lower --learning-rate"):
        train(table, None, tmp_path / "mine", settings(learning_rate=1e9, epochs=1))
    assert not (tmp_path / "mine").exists()


def test_a_dev_file_of_one_class_is_decided_among_all(tmp_path):
    table = write(tmp_path / "data.csv", rows(GOOD, "good") + rows(BAD, "bad") + rows(FLAT, "flat"))
    dev = write(tmp_path / "dev.csv", [(text, "bad") for text in GOOD])
    output = train(table, dev, tmp_path / "mine", settings(epochs=5))
    (figures,) = json.loads((output / "metrics.json").read_text())["dev"].values()
    assert figures["accuracy"] < 1
    assert len(figures["per_class"]) == 3


def test_a_place_without_a_name_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = write(tmp_path / "data.csv", rows(GOOD, "pos") + rows(BAD, "neg"))
    with pytest.raises(OutputError, match="names no new folder"):
        train(table, None, Path("."), settings())

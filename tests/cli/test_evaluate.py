"""`sentigate evaluate`: readable for people, one object for programs."""

import json
import sys

import pytest

from sentigate.model.artifact import load_artifact

pytest.importorskip("sklearn")

ROWS = [("the food was good", "positive"), ("the food was bad", "negative"), ("open", "neutral")]


@pytest.fixture
def data(tmp_path):
    def write(rows, header="text,label"):
        file = tmp_path / "test.csv"
        lines = [header, *(f"{text},{label}" for text, label in rows)]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    return write


def test_json_is_one_object(run, model, data):
    result = run("evaluate", model, data([*ROWS, ("", "positive")]), "--format", "json")
    assert result.exit_code == 0, result.stderr
    (line,) = result.stdout.splitlines()
    told = json.loads(line)
    assert (told["n"], told["skipped"], told["head"]) == (3, 1, "sentiment")
    assert list(told["per_class"]) == told["confusion"]["labels"]
    assert "'label'" in result.stderr  # what was guessed


def test_the_table_can_be_read(run, model, data):
    result = run("evaluate", model, data(ROWS))
    assert result.exit_code == 0, result.stderr
    for word in ("3 rows", "macro F1", "precision", "negative", "is / said"):
        assert word in result.stdout
    assert "\x1b" not in result.stdout


def test_how_faithful_explanations_are(run, model, data):
    file = data([("the food was good and I love it", "positive"), *ROWS])
    plain = run("evaluate", model, file, "--explanations", "--format", "json")
    assert plain.exit_code == 0, plain.stderr
    told = json.loads(plain.stdout)["explanations"]
    assert told["n"] + sum(told["skipped"].values()) == 4
    assert list(told["methods"]) == ["gates", "occlusion", "random"]
    table = run("evaluate", model, file, "--explanations", env={"COLUMNS": "80"})
    assert table.exit_code == 0, table.stderr
    assert "explanations of" in table.stdout
    for heading in ("comprehensiveness", "sufficiency", "deletion", "insertion", "above chance"):
        assert heading in table.stdout
    assert "explanations" not in run("evaluate", model, file).stdout


def test_a_restriction_is_said(run, model, data):
    result = run("evaluate", model, data(ROWS[:2]))
    assert "decisions are among negative, positive" in result.stdout


def test_other_columns_and_heads(run, model, data):
    file = data([("good", "joy"), ("bad", "sadness|joy")], header="eins,zwei")
    options = ("--text", "eins", "--label", "zwei", "--head", "emotion", "--format", "json")
    result = run("evaluate", model, file, *options)
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["kind"] in ("multilabel", "multiclass")
    assert set(told["per_class"]) == {"joy", "sadness"}


@pytest.mark.parametrize(
    ("options", "rows", "message"),
    [
        (["--label", "labl"], ROWS, "labl"),
        (["--head", "sentimnt"], ROWS, "did you mean 'sentiment'"),
        (
            [],
            [("good", "meh"), ("bad", "positive")],
            "no head of the model knows all labels of the file; sentiment: the label 'meh'",
        ),
        (["--head", "sentiment"], [("good", "meh"), ("bad", "positive")], "'meh' is none of"),
        ([], [("", "positive")], "has both text and label"),
    ],
)
def test_what_does_not_fit_is_one_sentence(run, model, data, options, rows, message):
    result = run("evaluate", model, data(rows), *options)
    assert result.exit_code in (1, 2)
    assert result.stdout == ""
    assert message in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_a_file_that_is_not_there(run, model, tmp_path):
    result = run("evaluate", model, tmp_path / "no.csv")
    assert result.exit_code == 1
    assert "no.csv" in result.stderr


def test_several_models_stand_side_by_side(run, model, data):
    file = data(ROWS * 10)
    result = run("evaluate", model, "en", file)
    assert result.exit_code == 0, result.stderr
    heading = next(line for line in result.stdout.splitlines() if line.startswith("figure"))
    assert model[-10:] in result.stdout
    assert "en" in heading
    assert "(McNemar, exact)" in result.stdout
    assert "(paired bootstrap)" in result.stdout


def test_several_models_are_one_object(run, model, data):
    result = run("evaluate", model, model, data(ROWS * 10), "--format", "json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert [one["model"] for one in told["models"]] == [model, model]
    (comparison,) = told["comparisons"]
    assert (comparison["difference"], comparison["p_accuracy"]) == (0.0, 1.0)


def test_the_model_that_does_not_fit_is_named(run, model, data):
    file = data([("good", "joy"), ("bad", "sadness")])
    result = run("evaluate", model, "zh", file, "--head", "emotion")
    assert result.exit_code == 1
    assert "zh: the label 'joy' is none of the head's" in result.stderr


def test_slices_by_a_column(run, model, data):
    file = data(
        [(f"{text}", f"{label},{'ab'[i % 2]}") for i, (text, label) in enumerate(ROWS * 20)],
        header="text,label,shop",
    )
    result = run("evaluate", model, file, "--slice", "shop", "--format", "json")
    assert result.exit_code == 0, result.stderr
    parts = [one for one in json.loads(result.stdout)["slices"] if one["by"] == "shop"]
    assert [(one["value"], one["n"]) for one in parts] == [("a", 30), ("b", 30)]
    assert "shop" in run("evaluate", model, file, "--slice", "shop").stdout
    assert run("evaluate", model, file, "--slice", "shp").exit_code == 1


def test_abstaining(run, model, data):
    result = run("evaluate", model, data(ROWS * 10), "--abstain", "0.5")
    assert "`uncertain` below 0.5 leaves" in result.stdout
    assert run("evaluate", model, data(ROWS), "--abstain", "50").exit_code == 2


def test_a_report_is_a_folder_of_files(run, model, data, tmp_path):
    pytest.importorskip("jinja2")
    pytest.importorskip("matplotlib")
    folder = tmp_path / "report"
    file = data(ROWS * 10)
    result = run("evaluate", model, file, "--report", folder, "--label", "label")
    assert result.exit_code == 0, result.stderr
    assert {"report.html", "report.md", "metrics.json"} <= {one.name for one in folder.iterdir()}
    told = json.loads((folder / "metrics.json").read_text("utf-8"))
    assert told["command"].startswith(f"sentigate evaluate {model} {file} --label label")
    assert "accuracy" in result.stdout  # the table is printed as well


def test_without_the_extra_nothing_is_read_first(run, model, data, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    result = run("evaluate", model, tmp_path / "no.csv", "--report", tmp_path / "report")
    assert result.exit_code == 1
    assert "pip install 'sentigate[report]'" in result.stderr


def test_texts_of_the_training_file_are_found(run, model, data, tmp_path):
    train = tmp_path / "train.csv"
    train.write_text("text,label\nThe food was  GOOD,positive\n", encoding="utf-8")
    result = run("evaluate", model, data(ROWS * 10), "--train", train, "--format", "json")
    assert result.exit_code == 0, result.stderr
    parts = {one["value"]: one["n"] for one in json.loads(result.stdout)["slices"]}
    assert (parts["yes"], parts["no"]) == (10, 20)


def test_the_card_is_updated_and_the_folder_stays_whole(run, make_model, data, engine):
    if engine != "onnx":
        pytest.skip("a folder made here has no graph")
    folder = make_model("carded")
    (folder / "notes.txt").write_text("mine")
    file = data(ROWS * 10)
    for _ in range(2):
        assert run("evaluate", folder, file, "--update-card").exit_code == 0
    card = (folder / "README.md").read_text("utf-8")
    assert card.count("## Measured on ") == 1
    assert "| accuracy | 0." in card
    assert "# A model of random numbers" in card
    assert load_artifact(folder).config.name == "carded"  # every hash is right
    assert (folder / "notes.txt").read_text() == "mine"


def test_the_card_of_a_shipped_model_is_left_alone(run, data):
    result = run("evaluate", "en", data(ROWS), "--update-card")
    assert result.exit_code == 2
    assert "'en' is shipped" in result.stderr

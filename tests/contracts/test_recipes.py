"""The recipes: each can be read, their grammars hold together, one makes a model of small data."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import numpy as np
import pytest

from sentigate.model.artifact import read_config, shipped

pa = pytest.importorskip("pyarrow")
pytest.importorskip("torch")

RECIPES = Path(__file__).parents[2] / "recipes"
NAMES = sorted(file.stem for file in RECIPES.glob("*.toml") if file.stem != "emoji")
JUDGED = sorted(file.stem for file in (RECIPES / "judged").glob("*.tsv"))
SYNTHETIC = sorted(file for file in (RECIPES / "synthetic").rglob("*.tsv"))
LANGUAGES = sorted(file.stem for file in (RECIPES / "written").glob("*.toml"))
SENTIMENTS = {"negative", "neutral", "positive"}
EMOTIONS = {
    name: {
        label
        for head in read_config(folder).heads
        if head.name == "emotion"
        for label in head.labels
    }
    for name, folder in shipped().items()
}


@pytest.fixture
def recipes(monkeypatch):
    """The modules beside the recipes, importable for a test and forgotten after it."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(RECIPES))
    yield
    for name in {file.stem for file in RECIPES.glob("*.py")} - before:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_can_be_read_and_its_sources_teach_its_heads(recipes, name):
    from recipe import read_recipe

    recipe = read_recipe(name)
    assert {source.head for source in recipe.sources} == {head.name for head in recipe.heads}
    assert all(
        source.path or source.synthetic or source.written in LANGUAGES for source in recipe.sources
    )
    assert {source.judged for source in recipe.sources} <= {"", *JUDGED}
    assert all(source.licence for source in recipe.sources)


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
@pytest.mark.parametrize("name", NAMES)
def test_one_command_makes_a_shipped_model_of_nothing(name, tmp_path):
    given = [f"OUT={tmp_path}", "DATA=d", "ENCODER=e", "PYTHON=python"]
    calm = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    planned = subprocess.run(
        ["make", "-n", "-C", str(RECIPES), name, *given],
        capture_output=True,
        text=True,
        check=True,
        env=calm,
    )
    assert not planned.stderr
    steps = [line for line in planned.stdout.splitlines() if line.startswith("python ")]
    assert "corpus.py" in planned.stdout
    assert re.search(rf"(make|soup)\.py {name} d .*-o {tmp_path / name}( |$)", steps[-1])
    scripts = {step.split()[1] for step in steps} - {"-m"}
    assert all((RECIPES / script).is_file() for script in scripts)


def test_several_devices_are_refused_before_any_work(recipes, tmp_path):
    from make import main

    from sentigate.errors import ConfigError

    with pytest.raises(ConfigError, match=r"make\.py trains on one device"):
        main(["en", str(tmp_path), "-o", str(tmp_path / "en"), "--set", "devices=2"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_of_a_grammar_can_be_said(recipes, language):
    from written import NAME, _labels

    grammar = tomllib.loads((RECIPES / "written" / f"{language}.toml").read_text(encoding="utf-8"))
    texts = [text for pattern in grammar["patterns"] for text in pattern["texts"]]
    named = {name: set(NAME.findall(" ".join(words))) for name, words in grammar["words"].items()}
    assert all(grammar["words"].values())
    assert set(NAME.findall(" ".join(texts))).union(*named.values()) <= set(named)
    # Raises CycleError where a class names itself, also through others.
    TopologicalSorter(named).prepare()
    assert not any(re.search("[{}]", NAME.sub("", text)) for text in texts)
    assert all(text.strip() == text != "" for text in texts)
    assert all(set(_labels(pattern)) <= SENTIMENTS for pattern in grammar["patterns"])


@pytest.mark.parametrize(
    ("calm", "loud"),
    [("The café was closed.", "The café was closed!"), ("奶茶很好喝。", "奶茶很好喝！")],
)
def test_a_loud_sentence_keeps_the_width_of_its_stop(recipes, calm, loud):
    from written import _spoken

    rng = np.random.default_rng(0)
    ends = {_spoken(calm, rng)[-1] for _ in range(100)}
    assert loud[-1] in ends
    assert not ends & ({"!", "！"} - {loud[-1]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_drawing_sentences_is_repeatable_and_meets_all_labels(recipes, language):
    from written import written

    rows = written(language, 300)
    assert rows == written(language, 300)
    assert rows != written(language, 300, seed=1)
    assert {row.label for row in rows} == SENTIMENTS
    assert len({row.text for row in rows}) == len(rows)


@pytest.mark.parametrize("file", SYNTHETIC, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_synthetic_texts_are_whole_once_and_of_nobody(recipes, file):
    from recipe import bare
    from synthetic import FOLDER, read_synthetic

    rows = read_synthetic([f"{file.relative_to(FOLDER).with_suffix('')}"])
    assert {row["label"] for row in rows} == SENTIMENTS
    assert all(row["text"].strip() == row["text"] != "" for row in rows)
    assert len({bare(row["text"]) for row in rows}) == len(rows)
    shares = Counter(row["label"] for row in rows)
    assert min(shares.values()) > len(rows) / 6
    traces = re.compile(r"@(?!user\b)\w|\w@\w|https?://|\d{7,}", re.IGNORECASE)
    assert not [row["text"] for row in rows if traces.search(row["text"])]


@pytest.mark.parametrize("name", NAMES)
def test_every_synthetic_text_teaches_labels_that_its_head_knows(recipes, name):
    from recipe import read_recipe, read_source

    recipe = read_recipe(name)
    taught = [source for source in recipe.sources if source.synthetic]
    used = {file for source in taught for file in source.synthetic}
    assert used == {
        f"{file.parent.name}/{file.stem}" for file in SYNTHETIC if file.parent.name == name
    }
    known = {"sentiment": SENTIMENTS, "emotion": EMOTIONS[name]}
    for source in taught:
        rows, dev = read_source(source, Path("nowhere"))
        share = len(dev) / (len(rows) + len(dev))
        assert share == pytest.approx(source.hold_out.fraction if source.hold_out else 0, abs=0.01)
        assert {row.label for row in [*rows, *dev]} <= known[source.head]


RECIPE = """
name = "small"
languages = ["en"]
licence = "Apache-2.0"
tokenizer_rows = 500
[train]
vocab_size = 400
embedding_size = 8
hidden_size = 8
epochs = 1
threads = 1
[[heads]]
name = "sentiment"
kind = "multiclass"
labels = ["negative", "neutral", "positive"]
[[sources]]
name = "reviews"
path = "reviews"
head = "sentiment"
dev = true
licence = "CC0"
[[sources]]
name = "written"
written = "en"
head = "sentiment"
rows = 200
licence = "Apache-2.0"
"""


@pytest.fixture
def small(recipes, tmp_path, monkeypatch):
    """A recipe, and a folder with its data: the last training text is the first dev text."""
    import pyarrow.parquet as pq
    import recipe as reading

    monkeypatch.setattr(reading, "WRITTEN_ROWS", 300)
    (tmp_path / "reviews").mkdir()
    words = ["good", "bad", "red"]
    labels = ["positive", "negative", "neutral"]
    rows = [(f"The thing number {n} is {words[n % 3]}.", labels[n % 3]) for n in range(120)]
    leak = (rows[0][0].replace(".", " !!"), rows[0][1])
    for part, some in (("dev", rows[:30]), ("train", [*rows[30:], leak])):
        table = pa.table({"text": [row[0] for row in some], "label": [row[1] for row in some]})
        pq.write_table(table, tmp_path / "reviews" / f"{part}.parquet")
    file = tmp_path / "small.toml"
    file.write_text(RECIPE, encoding="utf-8")
    return file


def test_a_teacher_reads_other_rows_of_sets_that_there_are(recipes):
    from recipe import Recipe, read_recipe

    from sentigate.errors import ConfigError

    recipe = read_recipe("en")
    asked = {source.name: source.rows for source in recipe.for_teacher().sources}
    own = {source.name: source.rows for source in recipe.sources}
    assert asked == own | recipe.teacher.rows != own
    with pytest.raises(ConfigError, match="named flims"):
        Recipe.from_dict(recipe.model_dump() | {"teacher": {"rows": {"flims": 1}}})


def test_a_teacher_scores_as_many_sentences_as_are_asked_for(recipes, small, tmp_path):
    import pyarrow.parquet as pq
    from recipe import Unlabelled, read_recipe, read_sources
    from scores import texts_to_score

    reviews = [
        f"Scene number {n} is dull as can be. But film {n} ends well enough." for n in range(9)
    ]
    pq.write_table(pa.table({"text": reviews}), tmp_path / "unlabelled.parquet")
    recipe = read_recipe(str(small))
    splits = read_sources(recipe, tmp_path)
    for asked, drawn in ((0, 5), (12, 12)):
        part = Unlabelled(path="unlabelled.parquet", rows=9, sentences=asked)
        more = recipe.model_copy(update={"unlabelled": (part,)})
        texts = texts_to_score(more, splits, tmp_path, 5)
        assert sum(text.startswith(("Scene", "But film")) for text in texts) == drawn


@pytest.mark.parametrize("name", JUDGED)
def test_judged_texts_are_digests_with_a_grade(recipes, name):
    lines = (RECIPES / "judged" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    answers = [line.split("\t") for line in lines[1:]]
    assert lines[0].split("\t") == ["text", "grade", "emotions"]
    assert len({text for text, *_ in answers}) == len(answers) > 1000
    assert all(re.fullmatch("[0-9a-f]{12}", text) for text, *_ in answers)
    assert {grade for _, grade, _ in answers} <= set("12345")


def test_a_language_models_answers_find_their_texts_again(recipes, tmp_path, monkeypatch):
    import judged
    import pyarrow.parquet as pq
    from recipe import SourceRecipe, read_source

    from sentigate.errors import DataError

    long = "The first half is dull, though. But how it ends is the best that I have ever seen!"
    tables = {"train": [long], "unlabelled": ["A lovely film.", "Never judged."], "dev": ["So so."]}
    for part, texts in tables.items():
        pq.write_table(pa.table({"text": texts}), tmp_path / f"{part}.parquet")
    given = {"The first half is dull, though.": "2", "A lovely film.": "4", "So so.": "3"}
    answers = "".join(f"{judged.digest(text)}\t{grade}\tjoy\n" for text, grade in given.items())
    (tmp_path / "films.tsv").write_text(f"text\tgrade\temotions\n{answers}", encoding="utf-8")
    monkeypatch.setattr(judged, "FOLDER", tmp_path)
    whole = SourceRecipe(
        name="films", judged="films", head="emotion", label="emotions", licence="none"
    )
    train, dev = read_source(whole, tmp_path)
    assert [(row.text, row.label) for row in train] == [("A lovely film.", ("joy",))]
    assert not dev
    graded = whole.model_copy(
        update={"sentences": True, "label": "grade", "map": {"2": "negative"}, "head": "sentiment"}
    )
    train, _dev = read_source(graded, tmp_path)
    assert [(row.text, row.label) for row in train] == [
        ("The first half is dull, though.", "negative")
    ]
    with pytest.raises(DataError, match="no text of judged/films"):
        judged.read_judged("films", ["Another set."])


def test_what_is_made_of_rows_is_made_of_those_that_do_not_leak(recipes, small, tmp_path):
    import pyarrow.parquet as pq
    from recipe import read_recipe, read_sources

    tweets = {"text": ["I love this teapot", "I love this spoon"], "label": ["positive"] * 2}
    dev = {"text": ["I love this teapot!!"], "label": ["positive"]}
    (tmp_path / "tweets").mkdir()
    for part, rows in (("train", tweets), ("dev", dev)):
        pq.write_table(pa.table(rows), tmp_path / "tweets" / f"{part}.parquet")
    recipe = read_recipe(str(small))
    given = {"head": "sentiment", "licence": "none", "path": "tweets", "words": True}
    source = type(recipe.sources[0])(name="tweets", **given)
    ((train, _dev),) = read_sources(recipe.model_copy(update={"sources": (source,)}), tmp_path)
    nouns = {row.text.split()[-1] for row in train} & {"teapot", "spoon"}
    assert nouns == {"spoon"}


def test_make_turns_a_recipe_and_data_into_a_model(small, tmp_path, capsys):
    import make
    from recipe import bare, read_recipe, read_sources, without_domain

    import sentigate

    recipe = read_recipe(str(small))
    splits = read_sources(recipe, tmp_path)
    held = {bare(row.text) for row in splits[0][1]}
    assert len(splits[0][0]) == 90
    assert not held & {bare(row.text) for train, _dev in splits for row in train}
    left_out = without_domain(recipe, "")
    assert not left_out.sources
    assert left_out.judges == recipe.sources

    make.main([str(small), str(tmp_path), "-o", str(tmp_path / "model")])
    analyze = sentigate.load(tmp_path / "model")
    assert analyze("The thing is good.").sentiment.label in SENTIMENTS
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "CC0" in card
    assert "wrote" in capsys.readouterr().err


def test_a_soup_is_the_mean_of_models_of_one_encoder(small, tmp_path):
    import make
    import soup

    import sentigate
    from sentigate.errors import ModelError
    from sentigate.model.artifact import load_artifact

    first, second, mean, other = (tmp_path / name for name in ("first", "second", "mean", "other"))
    given = [str(small), str(tmp_path)]
    make.main([*given, "-o", str(first)])
    make.main([*given, "-o", str(second), "--encoder", str(first), "--set", "seed=1"])
    soup.main([*given, str(first), str(second), "-o", str(mean)])
    one, two, both = (load_artifact(folder).weights for folder in (first, second, mean))
    for name, array in both.items():
        np.testing.assert_allclose(array, (one[name] + two[name]) / 2, atol=1e-3, rtol=1e-3)
    assert sentigate.load(mean)("The thing is good.").sentiment.label in SENTIMENTS
    assert "soup.py" in (mean / "README.md").read_text(encoding="utf-8")

    make.main([*given, "-o", str(other), "--set", "embedding_size=12"])
    with pytest.raises(ModelError, match="differ in vocabulary, form or labels"):
        soup.main([*given, str(first), str(other), "-o", str(tmp_path / "never")])


def test_a_recipe_can_start_from_an_encoder_that_read_its_texts(small, tmp_path):
    import corpus
    import make
    import pyarrow.parquet as pq

    from sentigate.config import PretrainConfig
    from sentigate.data.readers import read
    from sentigate.model.artifact import load_artifact
    from sentigate.train.pretrain import pretrain

    texts, start, encoder, model = (tmp_path / name for name in ("t.parquet", "s", "e", "m"))
    corpus.main([str(small), str(tmp_path), "-o", str(texts), "--start", str(start)])
    kept = pq.read_table(texts)["text"].to_pylist()
    assert kept == [
        f"The thing number {n} is {['good', 'bad', 'red'][n % 3]}." for n in range(30, 120)
    ]
    settings = PretrainConfig(base=str(start), epochs=1, batch_size=2, bptt=16, dev_fraction=0.1)
    pretrain([read(texts)], encoder, settings)
    make.main([str(small), str(tmp_path), "-o", str(model), "--encoder", str(encoder)])
    first, last, made = map(load_artifact, (start, encoder, model))
    assert first.tokenizer == last.tokenizer == made.tokenizer
    moved = [
        np.abs(one.weights["embedding.weight"] - other.weights["embedding.weight"]).max()
        for one, other in ((first, last), (last, made))
    ]
    assert all(0 < far < 0.5 for far in moved)


def test_short_texts_stay_whole_and_long_ones_give_a_few_sentences(recipes):
    from scores import SENTENCES, pieces

    sentence = "Of the {} rooms that we saw this one was the best."
    long = " ".join(sentence.format(number) for number in range(20))
    found = pieces(["Fine.", long, "Fine."])
    assert found == pieces(["Fine.", long, "Fine."])
    assert len(found) == 1 + SENTENCES
    assert set(found) <= {"Fine.", *(sentence.format(number) for number in range(20))}


def test_a_sense_of_which_texts_are_alike_is_learnt_first_and_kept_up(small, tmp_path):
    import corpus
    import make
    import pyarrow.parquet as pq

    from sentigate.config import TrainConfig
    from sentigate.model.artifact import load_artifact
    from sentigate.train.distil import Lesson, distil
    from sentigate.train.sense import sense
    from sentigate.train.teacher import write_answers

    texts, start, file = (tmp_path / name for name in ("t.parquet", "start", "sense.parquet"))
    corpus.main([str(small), str(tmp_path), "-o", str(texts), "--start", str(start)])
    rows = pq.read_table(texts)["text"].to_pylist()
    write_answers(file, sense(rows, np.array([[row.count(c) for c in "gbr"] for row in rows])))
    encoder = distil(
        Lesson(str(file)), tmp_path / "encoder", TrainConfig(base=str(start), epochs=1)
    )
    shares = '[distil]\nwho = "letters"\nheads.sense = { rows = 64, weight = 0.5 }\n'
    small.write_text(f"{small.read_text(encoding='utf-8')}{shares}", encoding="utf-8")
    flags = ["-o", str(tmp_path / "model"), "--encoder", str(encoder), "--sense", str(file)]
    make.main([str(small), str(tmp_path), *flags])
    model = load_artifact(tmp_path / "model")
    assert [head.name for head in model.config.heads] == ["sentiment"]
    assert model.metrics["command"].endswith("--sense SENSE --encoder ENCODER")
    assert "answers of letters" in (tmp_path / "model" / "README.md").read_text(encoding="utf-8")

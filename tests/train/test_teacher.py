"""Teachers and what is kept of their answers; no network is trained here."""

import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentigate.config import HeadConfig
from sentigate.errors import ConfigError, DataError
from sentigate.model.artifact import load_artifact
from sentigate.train import teacher as module
from sentigate.train.teacher import (
    Answers,
    Teacher,
    ask_all,
    open_teacher,
    read_answers,
    write_answers,
)


def by_length(texts):
    """Long texts are good; of an empty one it cannot say."""
    return [
        {"mood": {"good": len(text) / 10, "bad": 1 - len(text) / 10} if text != "?" else None}
        for text in texts
    ]


def ask(texts, folder, report=lambda line: None, answer=by_length):
    return ask_all(Teacher("length", answer), texts, folder, report)


def test_every_text_is_asked_once_and_what_is_not_known_is_nan(tmp_path):
    answers = ask(["abc", "?", "abcdef", "abc"], tmp_path)
    assert answers.texts == ("abc", "?", "abcdef")
    (head,) = answers.heads
    assert (head.name, head.kind, head.labels) == ("mood", "binary", ("bad", "good"))
    expected = [[0.7, 0.3], [math.nan] * 2, [0.4, 0.6]]
    np.testing.assert_allclose(answers.probabilities["mood"], expected, rtol=1e-6)


def test_a_chunk_once_answered_is_not_asked_again(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 2)
    asked, texts = [], ["a", "ab", "abc", "abcd", "abcde"]

    def tired(texts):
        if len(asked) == 4:
            raise KeyboardInterrupt
        asked.extend(texts)
        return by_length(texts)

    with pytest.raises(KeyboardInterrupt):
        ask(texts, tmp_path, answer=tired)
    lines = []
    again = []
    answers = ask(texts, tmp_path, lines.append, lambda some: again.extend(some) or by_length(some))
    assert (asked, again) == (texts[:4], texts[4:])
    assert "4 texts were answered before" in lines[0]
    np.testing.assert_allclose(answers.probabilities["mood"][:, 1], [0.1, 0.2, 0.3, 0.4, 0.5])


def test_a_chunk_without_any_answer_does_no_harm(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 1)
    answers = ask(["?", "abc"], tmp_path)
    assert np.isnan(answers.probabilities["mood"]).any(axis=1).tolist() == [True, False]


def test_scores_written_are_scores_read(tmp_path):
    heads = (
        HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive")),
        HeadConfig(
            name="emotion",
            kind="multilabel",
            labels=("anger", "joy, love"),
            thresholds=(0.2, 0.35),
        ),
        HeadConfig(name="stars", kind="regression"),
        HeadConfig(name="level", kind="ordinal", labels=("low", "middle", "high")),
    )
    values = {
        "level": np.array([[1, 0, 0], [0.25, 0.25, 0.5]], np.float32),
        "sentiment": np.array([[0.5, 0.25, 0.25], [math.nan] * 3], np.float32),
        "emotion": np.array([[0.5, 0.75], [0, 0]], np.float32),
        "stars": np.array([[math.nan], [4.5]], np.float32),
    }
    write_answers(tmp_path / "scores.parquet", Answers(("a", "b"), heads, values))
    answers = read_answers([tmp_path / "scores.parquet"])
    assert (answers.texts, answers.heads) == (("a", "b"), heads)
    for name in values:
        np.testing.assert_array_equal(answers.probabilities[name], values[name])


def test_a_file_of_scores_is_columns_of_structs(tmp_path):
    rows = [{"text": "a", "id": 7, "mood": {"b": 0.75, "a": 0.25}}, {"text": None, "mood": None}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "scores.parquet")
    answers = read_answers([tmp_path / "scores.parquet"])
    assert answers.texts == ("a",)
    assert answers.heads == (HeadConfig(name="mood", kind="binary", labels=("a", "b")),)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"thresholds": "[0.8, 0.2]"}, "column mood: thresholds without a kind"),
        ({"kind": "multilabel", "thresholds": "0.8, 0.2"}, "column mood: .* no JSON list"),
        ({"kind": "multilabel", "thresholds": "[0.8]"}, "column mood: .*1 thresholds, expected 2"),
    ],
)
def test_thresholds_that_fit_no_labels_are_one_sentence(tmp_path, metadata, said):
    struct = pa.struct([("joy", pa.float32()), ("anger", pa.float32())])
    schema = pa.schema([("text", pa.string()), pa.field("mood", struct, metadata=metadata)])
    rows = [{"text": "a", "mood": {"joy": 0.5, "anger": 0.75}}]
    pq.write_table(pa.Table.from_pylist(rows, schema), tmp_path / "scores.parquet")
    with pytest.raises(DataError, match=said):
        read_answers([tmp_path / "scores.parquet"])


@pytest.mark.parametrize(
    ("columns", "said"),
    [({"sentence": ["a"]}, "expected one named text"), ({"text": ["a"]}, "holds no answers")],
)
def test_a_file_that_is_none_is_one_sentence(tmp_path, columns, said):
    pq.write_table(pa.table(columns), tmp_path / "scores.parquet")
    with pytest.raises(DataError, match=said):
        read_answers([tmp_path / "scores.parquet"])
    with pytest.raises(DataError, match="there is no file"):
        read_answers([tmp_path / "none.parquet"])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda texts: by_length(texts)[1:], "1 answers to 2 texts"),
        (lambda texts: [{"mood": {"a": 1.0}}, {"mood": {"b": 1.0}}], "a probability for each of a"),
    ],
)
def test_answers_that_do_not_fit_are_one_sentence(tmp_path, answer, said):
    with pytest.raises(DataError, match=said):
        ask(["a", "ab"], tmp_path, answer=answer)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "my_teacher.py").write_text(
        "import numpy\n"
        "def moods(texts):\n"
        "    return [None if text == '?' else {'bad': 0.25, 'good': 0.75} for text in texts]\n"
        "def stars(texts):\n"
        "    return [4.5 for text in texts]\n"
        "def strange(texts):\n"
        "    return ['good' for text in texts]\n"
        "def both(texts):\n"
        "    known = {'mood': {'a': 0.5, 'b': 0.5}, 'stars': numpy.float32(2)}\n"
        "    some = {'?': dict.fromkeys(known), 'half': {'mood': None, 'stars': 1.0}}\n"
        "    return [some.get(text, known) for text in texts]\n"
        "wrong = 3\n"
    )
    return tmp_path


def test_a_function_of_the_users_own_answers(here):
    answers = ask_all(open_teacher("my_teacher:moods", "mood"), ["a", "?"], here / "kept", print)
    assert answers.probabilities["mood"][0].tolist() == [0.25, 0.75]
    answers = ask_all(open_teacher("my_teacher:stars", "stars"), ["a"], here / "kept", print)
    assert answers.heads == (HeadConfig(name="stars", kind="regression"),)


def test_a_function_with_several_heads_may_know_nothing_of_a_text(here):
    texts = ["?", "a", "half"]
    answers = ask_all(open_teacher("my_teacher:both", "label"), texts, here / "kept", print)
    assert [head.name for head in answers.heads] == ["mood", "stars"]
    unknown = {name: np.isnan(v).any(axis=1) for name, v in answers.probabilities.items()}
    assert unknown["mood"].tolist() == [True, False, True]
    assert unknown["stars"].tolist() == [True, False, False]


def test_a_teacher_may_lie_on_the_hub(here, tiny, monkeypatch):
    monkeypatch.setattr(module, "find_model", {"hf://owner/name": tiny}.__getitem__)
    assert open_teacher("hf://owner/name", "label").heads


@pytest.mark.parametrize(
    "spec", ["no_such_module:f", "no_such.module:f", "my_teacher:no_such", "my_teacher:wrong"]
)
def test_a_teacher_that_is_not_there_is_one_sentence(here, spec):
    with pytest.raises(ConfigError, match="teacher: "):
        open_teacher(spec, "label")


def test_what_is_wrong_within_a_module_is_told_as_it_is(here):
    (here / "broken_teacher.py").write_text("import math\nmath.no_such\ndef f(texts): ...\n")
    with pytest.raises(AttributeError, match="no_such"):
        open_teacher("broken_teacher:f", "label")


def test_a_function_that_answers_something_else_is_one_sentence(here):
    with pytest.raises(DataError, match="expected a mapping from label"):
        open_teacher("my_teacher:strange", "label").ask(["a"])


def test_a_model_answers_for_all_its_heads_and_not_for_other_languages(tiny, tmp_path):
    texts = ["the food was good", "这家餐厅太棒了"]
    answers = ask_all(open_teacher(str(tiny), "label"), texts, tmp_path, print)
    kinds = {head.name: head.kind for head in answers.heads}
    assert kinds == {"sentiment": "multiclass", "emotion": "multilabel"}
    own = {head.name: head.thresholds for head in load_artifact(tiny).config.heads}
    assert {head.name: head.thresholds for head in answers.heads} == own != {}
    assert len(own["emotion"]) > 1
    for values in answers.probabilities.values():
        assert np.isnan(values).any(axis=1).tolist() == [False, True]

"""A record batch in, the same rows with the answers beside them out, equal to the analyzer's."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.analyzer import Analyzer, load
from sentigate.config import HeadConfig
from sentigate.errors import ConfigError, DataError
from sentigate.score.answers import Scorer

HEADS = (
    HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive")),
    HeadConfig(name="emotion", kind="multilabel", labels=("joy", "anger"), thresholds=(0.4, 0.6)),
    HeadConfig(name="spam", kind="binary", labels=("no", "yes"), temperature=2.0),
    HeadConfig(name="stars", kind="regression"),
)
INPUTS = [
    *("the food was good", "what a waste of time, never again", "", " \n", None, float("nan"), 7),
    *(b"bytes", ["a", "list"], "\x00", "nul \x00 inside", "so \ud800 good", "🥰", "good. " * 99),
    "Je ne suis pas content du tout de ce restaurant, le service était lent.",
    *("这家餐厅太棒了", "It was not bad at all! Would I go again? Yes."),
]


@pytest.fixture(scope="module")
def analyze(make_model):
    return load(make_model("kinds", HEADS))


@pytest.fixture(scope="module")
def both(make_model):
    """Two models, whose heads `emotion` differ in kind and in labels."""
    emotion = HeadConfig(name="emotion", kind="multiclass", labels=("angry", "joy"))
    english = load(make_model("english", HEADS[:2], ("en",)))
    return Analyzer([*english.readers, *load(make_model("chinese", (emotion,), ("zh",))).readers])


def expected(prediction, schema):
    """The row that a prediction should have become."""
    row = dict.fromkeys(schema.names)
    row |= {"status": str(prediction.status), "language": prediction.language}
    for name, head in prediction.heads.items():
        listed = pa.types.is_list(schema.field(name).type)
        row[name] = list(head.labels) if listed else head.label
        if head.kind == "regression":
            row[name] = head.value
        if head.score is not None:
            row[f"{name}_score"] = head.score
        row |= {f"{name}_p_{label}": p for label, p in head.probabilities.items()}
    return row


def test_answers_equal_the_analyzers_exactly(analyze):
    _, answers = Scorer(analyze).answers(INPUTS)
    assert answers.to_pylist() == [expected(p, answers.schema) for p in analyze(INPUTS)]


def test_a_withheld_label_is_uncertain(make_model):
    analyze = load(make_model("kinds", HEADS), abstain=0.9)
    _, answers = Scorer(analyze).answers(INPUTS)
    assert answers.to_pylist() == [expected(p, answers.schema) for p in analyze(INPUTS)]
    assert "uncertain" in answers.column("sentiment").to_pylist()


@given(st.lists(st.one_of(st.text(), st.none(), st.integers(), st.binary(), st.floats())))
def test_any_inputs_are_answered_as_the_analyzer_does(analyze, values):
    _, answers = Scorer(analyze).answers(values)
    assert answers.to_pylist() == [expected(p, answers.schema) for p in analyze(values)]


def test_models_with_different_labels_share_columns(both):
    _, answers = Scorer(both).answers(INPUTS)
    assert answers.to_pylist() == [expected(p, answers.schema) for p in both(INPUTS)]
    assert [name for name in answers.schema.names if name.startswith("emotion_p_")] == [
        "emotion_p_joy",
        "emotion_p_anger",
        "emotion_p_angry",
    ]
    assert {"en", "zh", "fr"} <= set(answers.column("language").to_pylist())


def test_columns_and_their_types(analyze):
    schema = Scorer(analyze).schema
    assert schema.names == [
        *("sentiment", "sentiment_score", "sentiment_p_negative", "sentiment_p_neutral"),
        *("sentiment_p_positive", "emotion", "emotion_p_joy", "emotion_p_anger"),
        *("spam", "spam_p_no", "spam_p_yes", "stars", "status", "language"),
    ]
    assert [str(schema.field(name).type) for name in ("sentiment", "stars", "spam_p_no")] == [
        *("string", "double", "double")
    ]
    assert pa.types.is_list(schema.field("emotion").type)


def test_rows_columns_and_metadata_stay(analyze):
    schema = pa.schema([("id", pa.int8()), ("text", pa.large_string())], {"made": "by me"})
    batch = pa.record_batch([[3, 1, 2], ["good", None, ""]], schema=schema)
    scored = Scorer(analyze)(batch, "text")
    assert scored.select(["id", "text"]).equals(batch)
    assert scored.schema.metadata == {b"made": b"by me"}
    assert scored.column("status").to_pylist() == ["ok", "missing", "empty"]


@pytest.mark.parametrize(
    ("column", "statuses"),
    [
        (pa.array(["good", "bad", "good"]).dictionary_encode(), ["ok", "ok", "ok"]),
        (pa.array(["good", None], pa.string_view()), ["ok", "missing"]),
        (pa.array([1, None]), ["not_text", "missing"]),
        (pa.array([float("nan"), 2.5]), ["missing", "not_text"]),
        (pa.array([["good"], None]), ["not_text", "missing"]),
        (pa.array([b"good", None]), ["not_text", "missing"]),
        (pa.nulls(2), ["missing", "missing"]),
        (pa.array([], pa.string()), []),
    ],
    ids=str,
)
def test_columns_of_any_type(analyze, column, statuses):
    scored = Scorer(analyze)(pa.record_batch({"text": column}), "text")
    assert scored.column("status").to_pylist() == statuses


@pytest.mark.parametrize(
    "encode", [lambda column: column, lambda column: column.dictionary_encode()]
)
def test_bytes_that_are_no_unicode_lose_no_row(analyze, encode):
    broken = pa.array([b"the food w\xffs good", None, b"the food was bad"]).view(pa.string())
    batch = pa.record_batch({"text": encode(broken)})
    assert Scorer(analyze)(batch, "text").column("status").to_pylist() == ["ok", "missing", "ok"]


def test_a_column_that_is_there_already_is_told_with_a_way_out(analyze):
    batch = pa.record_batch({"text": ["good"], "status": ["sent"]})
    with pytest.raises(DataError, match=r"'status' already.*--prefix"):
        Scorer(analyze)(batch, "text")
    scored = Scorer(analyze, prefix="my_")(batch, "text")
    assert scored.column("status").to_pylist() == ["sent"]
    assert scored.column("my_status").to_pylist() == ["ok"]


def test_a_text_column_that_is_not_there_names_the_nearest(analyze):
    with pytest.raises(DataError, match=r"no column 'txt', did you mean 'text'\?"):
        Scorer(analyze)(pa.record_batch({"text": ["good"]}), "txt")


def test_answers_of_one_name_are_refused(make_model):
    heads = (HEADS[0], HeadConfig(name="sentiment_score", kind="regression"))
    with pytest.raises(ConfigError, match="several answers are named 'sentiment_score'"):
        Scorer(load(make_model("twice", heads)))


def test_a_row_a_sentence(analyze):
    texts = ["It was good. Was it? 太好吃了！", None, "", "no stop"]
    batch = pa.record_batch({"id": [1, 2, 3, 4], "text": texts})
    rows = Scorer(analyze, sentences=True)(batch, "text").to_pylist()
    assert [row["id"] for row in rows] == [1, 1, 1, 2, 3, 4]
    assert [row["sentence_number"] for row in rows] == [1, 2, 3, None, None, 1]
    assert [row["status"] for row in rows[2:]] == ["unsupported_language", "missing", "empty", "ok"]
    for row in rows:
        if row["sentence"] is not None:
            assert row["text"][row["sentence_start"] : row["sentence_end"]] == row["sentence"]
    alone = analyze([row["sentence"] for row in rows if row["sentence"]])
    assert [row["sentiment"] for row in rows if row["sentence"]] == [
        p.sentiment and p.sentiment.label for p in alone
    ]


def test_no_rows_and_no_sentences(analyze):
    empty = pa.record_batch({"text": pa.array([], pa.string())})
    for sentences in (False, True):
        scorer = Scorer(analyze, sentences=sentences)
        assert scorer(empty, "text").schema.names == ["text", *scorer.schema.names]


def test_a_lone_surrogate_in_a_sentence_can_be_stored(analyze):
    _, answers = Scorer(analyze, sentences=True).answers(["so \ud800 good"])
    assert answers.column("sentence").to_pylist() == ["so \ufffd good"]

"""Whatever comes in, one prediction comes out for each input, in order, and nothing raises."""

import datetime
import decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate import analyzer as module
from sentigate.analyzer import Analyzer, load
from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.errors import ConfigError, ModelError
from sentigate.model.artifact import Artifact
from sentigate.records import Prediction, Status
from sentigate.runtime.inputs import examine
from sentigate.runtime.model import Model
from sentigate.runtime.readings import Reader

SENTIMENT = HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "positive"))
ENGLISH = "The food was good and we had a lovely evening there."
CHINESE = "这家餐厅太棒了，下次还来！"
FRENCH = "Je ne suis pas content du tout de ce restaurant, le service était lent."
GERMAN = "Das Essen war leider kalt und wir haben lange gewartet."


class Characters:
    """A tokeniser whose tokens are the characters that are not control characters."""

    def encode_ids(self, texts):
        return [np.array([ord(c) for c in text if c > "\x1f"], np.int32) for text in texts]


class Sums:
    """An engine whose logits are sums of a row's ids, so that a mixed-up row is noticed."""

    def run(self, batch):
        sums = (batch.ids * batch.mask).sum(axis=1).astype(np.float32)
        return {"sentiment": np.stack([np.zeros_like(sums), sums / 1e4], axis=1)}


def reader(name, languages=()):
    config = ModelConfig(
        name=name, languages=languages, encoder=EncoderConfig(), heads=(SENTIMENT,), window=100_000
    )
    model = Model(config, Characters(), Sums())
    return Reader(config, lambda: model)


any_language = Analyzer([reader("any")])
two_languages = Analyzer([reader("en", ("en",)), reader("zh", ("zh",))])


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (None, Status.MISSING),
        (float("nan"), Status.MISSING),
        (np.float32("nan"), Status.MISSING),
        (3, Status.NOT_TEXT),
        (2.5, Status.NOT_TEXT),
        (True, Status.NOT_TEXT),
        (b"bytes", Status.NOT_TEXT),
        ({"text": "good"}, Status.NOT_TEXT),
        (decimal.Decimal("1"), Status.NOT_TEXT),
        (datetime.date(2026, 1, 1), Status.NOT_TEXT),
        (["a", "list"], Status.NOT_TEXT),
        ("", Status.EMPTY),
        (" \t\n\u3000", Status.EMPTY),
        ("\x00\x01", Status.EMPTY),
        ("good", Status.OK),
        (np.str_("good"), Status.OK),
        ("\ud800 lone", Status.OK),
        ("nul \x00 inside", Status.OK),
        ("🥰🥰", Status.OK),
    ],
    ids=repr,
)
def test_every_input_gets_its_status(value, status):
    (prediction,) = any_language.predict([value])
    assert prediction.status is status
    assert (prediction.text is None) == (not isinstance(value, str))
    assert bool(prediction.heads) == (status is Status.OK)
    assert (prediction.tokens > 0) == (status is Status.OK)


def test_missing_values_of_pandas_are_missing():
    pandas = pytest.importorskip("pandas")
    statuses = [p.status for p in any_language(pandas.Series(["a", pandas.NA, pandas.NaT, None]))]
    assert statuses == [Status.OK, *[Status.MISSING] * 3]


@given(
    st.lists(
        st.one_of(st.text(), st.none(), st.floats(), st.integers(), st.binary(), st.booleans())
    )
)
def test_a_row_in_a_row_out_in_order(values):
    predictions = any_language.predict(values)
    assert len(predictions) == len(values)
    for value, prediction in zip(values, predictions, strict=True):
        assert prediction.text == (value if isinstance(value, str) else None)
        assert prediction == any_language.predict([value])[0]


def test_one_text_gives_one_prediction_and_several_give_a_list():
    assert isinstance(any_language("good"), Prediction)
    assert any_language(None).status is Status.MISSING
    assert any_language(7).status is Status.NOT_TEXT
    assert any_language(b"good").status is Status.NOT_TEXT
    for several in (["good", "bad"], ("good", "bad"), iter(["good", "bad"]), np.array(["a", "b"])):
        answers = any_language(several)
        assert isinstance(answers, list)
        assert len(answers) == 2
    assert any_language([]) == []


def test_each_text_goes_to_the_model_of_its_language():
    answers = two_languages([CHINESE, ENGLISH, FRENCH, "🥰", None])
    assert [answer.model for answer in answers] == ["zh", "en", None, "en", None]
    assert [answer.language for answer in answers] == ["zh", "en", "fr", None, None]
    assert answers[2].status is Status.UNSUPPORTED_LANGUAGE
    assert answers[2].text == FRENCH


def test_a_model_for_any_language_refuses_none():
    assert [p.status for p in any_language([CHINESE, ENGLISH, FRENCH])] == [Status.OK] * 3


def test_the_stream_reads_no_further_than_a_block():
    read = []

    def endless():
        while True:
            read.append(len(read))
            yield "good"

    stream = any_language.stream(endless(), block=8)
    assert [next(stream).status for _ in range(10)] == [Status.OK] * 10
    assert len(read) == 16


def test_the_stream_holds_few_long_texts_at_once(monkeypatch):
    monkeypatch.setattr(module, "BLOCK_CHARACTERS", 100)
    read = []
    texts = (read.append(i) or "x" * 60 for i in range(10))
    next(any_language.stream(texts))
    assert len(read) == 2


def test_examine_does_not_change_the_text():
    assert examine(" good\x00") == (" good\x00", Status.OK)


def test_heads_of_all_models_are_known_without_opening_them():
    def refuse():
        raise AssertionError("opened")

    lazy = Analyzer([Reader(reader("en").config, refuse)])
    assert lazy.heads == {"sentiment": SENTIMENT}
    assert lazy([None, ""])[0].status is Status.MISSING


def test_an_analyzer_without_models_is_refused():
    with pytest.raises(ModelError, match="no model to answer"):
        Analyzer([])


def test_load_opens_a_folder(tiny, engine):
    analyze = load(tiny, engine=engine)
    answer = analyze("the food was good")
    assert (answer.status, answer.model, answer.language) == (Status.OK, "tiny", "en")
    assert set(answer.heads) == {"sentiment", "emotion"}
    assert answer.sentiment.score == pytest.approx(
        answer.sentiment.probabilities["positive"] - answer.sentiment.probabilities["negative"]
    )
    assert analyze(FRENCH).status is Status.UNSUPPORTED_LANGUAGE


def test_load_without_a_name_opens_shipped_models_only_when_needed(monkeypatch, make_model, engine):
    folders = {name: make_model(name, languages=(name,)) for name in ("en", "zh")}
    monkeypatch.setattr(module, "shipped", lambda: folders)
    opened = []
    original = Model.open.__func__

    def counting(cls, source, **options):
        assert not isinstance(source, Artifact)
        opened.append(source.name)
        return original(cls, source, **options)

    monkeypatch.setattr(Model, "open", classmethod(counting))
    analyze = load(engine=engine)
    assert opened == []
    assert [p.model for p in analyze([CHINESE, CHINESE])] == ["zh", "zh"]
    assert analyze(ENGLISH).model == "en"
    assert analyze(CHINESE).model == "zh"
    assert opened == ["zh", "en"]


def test_of_two_shipped_models_that_read_a_language_the_one_of_fewer_answers(
    monkeypatch, make_model, engine
):
    several = {"any": (), "all": ("zh", "fr", "en"), "english": ("en",)}
    folders = {name: make_model(name, languages=languages) for name, languages in several.items()}
    monkeypatch.setattr(module, "shipped", lambda: folders)
    answers = load(engine=engine)([ENGLISH, CHINESE, FRENCH, GERMAN])
    assert [answer.model for answer in answers] == ["english", "all", "all", "any"]


def test_load_names_the_models_there_are():
    with pytest.raises(ModelError, match="no model 'nowhere'"):
        load("nowhere")


def test_a_text_of_two_hundred_thousand_characters_gets_one_answer(tiny, engine):
    text = "the food was good and the place was bad. " * 5000
    answer = load(tiny, engine=engine)(text)
    assert answer.status is Status.OK
    assert answer.tokens > 40_000


def test_unsure_answers_can_be_withheld(tiny, engine):
    texts = ["the food was good", "", "what a waste of time"]
    plain = load(tiny, engine=engine)(texts)
    bound = max(one.sentiment.probabilities[one.sentiment.label] for one in plain if one.sentiment)
    answers = load(tiny, engine=engine, abstain=bound)(texts)
    assert [one.status for one in answers] == [one.status for one in plain]
    labels = [one.sentiment.label for one in answers if one.sentiment]
    assert sorted(label == "uncertain" for label in labels) == [False, True]
    assert [one.emotion for one in answers] == [one.emotion for one in plain]


@pytest.mark.parametrize("bound", [-0.1, 60, float("nan")])
def test_a_bound_that_is_no_probability_is_refused(tiny, engine, bound):
    with pytest.raises(ConfigError, match="abstain: expected a probability from 0 to 1"):
        load(tiny, engine=engine, abstain=bound)

"""The component in pipelines of the real spaCy."""

import pickle
from importlib.metadata import entry_points

import pytest

pytest.importorskip("spacy")

import spacy

import sentigate
from sentigate.compat.spacy import SentimentComponent, make_component
from sentigate.config import HeadConfig
from sentigate.errors import ConfigError, ModelError

ROOM = "Such a lovely room! But breakfast was cold and the waiter was rude."
MEAL = "这家餐厅太棒了！等了一个小时，菜上来还是凉的，气死我了。"


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("en")
    nlp.add_pipe("sentigate")
    return nlp


def test_spacy_finds_it_without_an_import():
    (found,) = entry_points(group="spacy_factories", name="sentigate")
    assert found.load() is make_component


def test_a_document_is_given_what_the_analyzer_says(nlp):
    doc, answer = nlp(ROOM), sentigate.load()(ROOM)
    assert doc.cats == pytest.approx(answer.sentiment.probabilities)
    assert doc.sentiment == pytest.approx(answer.sentiment.score, abs=1e-6)
    assert doc._.sentiment["label"] == answer.sentiment.label
    assert doc._.sentiment["probabilities"] == doc.cats
    assert set(doc._.sentigate["heads"]) == {"sentiment", "emotion"}
    assert (doc._.sentigate["status"], doc._.sentigate["language"]) == ("ok", "en")


@pytest.mark.parametrize(("language", "text"), [("en", ROOM), ("zh", MEAL)])
def test_sentences_have_answers_of_their_own(language, text):
    nlp = spacy.blank(language)
    nlp.add_pipe("sentigate")
    doc = nlp(text)
    first, second = doc.spans["sentigate"]
    assert (first.label_, second.label_) == ("positive", "negative")
    assert first.text + second.text == text.replace("! ", "!")
    assert second._.sentiment["score"] < 0 < first._.sentiment["score"]
    assert doc[first.start : first.end]._.sentiment == first._.sentiment
    assert doc[1:2]._.sentiment is None


def test_the_sentences_of_the_pipeline_are_taken_where_it_has_some():
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": [","]})
    nlp.add_pipe("sentigate")
    doc = nlp("The room was lovely, but. breakfast was cold")
    assert [span.text for span in doc.spans["sentigate"]] == [sent.text for sent in doc.sents]
    assert next(doc.sents)._.sentiment["label"] == "positive"


def test_a_stream_is_answered_in_order_and_nothing_is_lost(nlp):
    texts = ["good", "", "   ", "такой красивый", "bad", MEAL]
    docs = list(nlp.pipe(texts, batch_size=2))
    assert [doc.text for doc in docs] == texts
    statuses = [doc._.sentigate["status"] for doc in docs]
    assert statuses == ["ok", "empty", "empty", "unsupported_language", "ok", "ok"]
    assert [doc._.sentiment is None for doc in docs] == [status != "ok" for status in statuses]
    for doc, alone in zip(docs, map(nlp, texts), strict=True):
        assert doc.cats == pytest.approx(alone.cats, abs=1e-5)


def test_documents_can_be_written_and_components_sent(nlp):
    doc = nlp(ROOM)
    copy = spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert copy._.sentiment == doc._.sentiment
    assert [span._.sentiment for span in copy.spans["sentigate"]] == [
        span._.sentiment for span in doc.spans["sentigate"]
    ]
    component = pickle.loads(pickle.dumps(nlp.get_pipe("sentigate")))
    assert component(nlp.make_doc(ROOM)).cats == doc.cats


def test_settings_are_kept_with_the_pipeline(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("sentigate", config={"model": "en", "head": "emotion", "by_sentence": False})
    nlp.to_disk(tmp_path)
    doc = spacy.load(tmp_path)("I am so grateful, thank you!")
    assert doc.cats["gratitude"] > 0.3
    assert "gratitude" in doc._.sentiment["labels"]
    assert "sentigate" not in doc.spans
    assert SentimentComponent("en", "emotion")(doc).spans["sentigate"][0].label_ == "gratitude"


def test_a_number_is_no_category(make_model):
    head = HeadConfig(name="stars", kind="regression")
    doc = SentimentComponent(str(make_model("stars", (head,))))(spacy.blank("en")("good"))
    assert (doc.cats, doc.sentiment) == ({}, 0)
    assert doc._.sentiment["value"] is not None
    assert doc.spans["sentigate"][0].label_ == ""


def test_wrong_settings_are_told_when_the_pipeline_is_made():
    with pytest.raises(ConfigError, match="did you mean 'emotion'"):
        spacy.blank("en").add_pipe("sentigate", config={"head": "emotions"})
    with pytest.raises(ModelError, match="no model 'fr'"):
        spacy.blank("en").add_pipe("sentigate", config={"model": "fr"})

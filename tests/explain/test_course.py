"""The course of feeling: sentences by themselves, and every beginning of a text."""

import json

import pytest

from sentigate.errors import ConfigError
from sentigate.explain.course import MOST_STEPS, trajectory
from sentigate.records import Status

TEXT = "The food was good. It was so cold!\n太棒了。 Never again..."


def test_each_sentence_is_read_by_itself(reader):
    course = trajectory([reader], TEXT)
    texts = ["The food was good.", "It was so cold!", "太棒了。", "Never again..."]
    assert [sentence.text for sentence in course.sentences] == texts
    for sentence in course.sentences:
        alone = trajectory([reader], sentence.text)
        assert sentence.value == pytest.approx(alone.whole.value, abs=1e-5)
        assert TEXT[sentence.start : sentence.end] == sentence.text
        assert sentence.heads.keys() == {"sentiment", "emotion", "spam", "rating", "stars"}
    assert course.values == [sentence.value for sentence in course.sentences]


def test_after_each_token_stands_what_the_text_up_to_there_says(shaped):
    text = "the food was good but"
    course = trajectory([shaped], text)
    model = shaped.open()
    (ids,) = model.tokenizer.encode_ids([text])
    assert len(course.steps) == len(ids)
    for end, step in enumerate(course.steps, start=1):
        logits = model.read_rows([ids[:end]])["stars"][0, 0]
        assert step.heads["stars"].value == pytest.approx(logits, abs=1e-4)
    assert course.steps[-1].value == pytest.approx(course.whole.value, abs=1e-5)


def test_a_long_text_has_sentences_but_no_steps(make_reader):
    reader = make_reader(window=MOST_STEPS * 2)
    text = "The food was good. " * MOST_STEPS
    course = trajectory([reader], text)
    assert len(course.sentences) == MOST_STEPS
    assert course.steps == ()
    assert not trajectory([reader], "good", steps=False).steps


@pytest.mark.parametrize(
    ("head", "label", "value"),
    [
        (None, None, lambda heads: heads["sentiment"].score),
        (None, "joy", lambda heads: heads["emotion"].probabilities["joy"]),
        ("sentiment", "neutral", lambda heads: heads["sentiment"].probabilities["neutral"]),
        ("stars", None, lambda heads: heads["stars"].value),
        ("rating", None, lambda heads: heads["rating"].value),
        ("rating", "high", lambda heads: heads["rating"].probabilities["high"]),
    ],
)
def test_what_the_course_is_of(reader, head, label, value):
    course = trajectory([reader], TEXT, head, label)
    assert course.values == [value(sentence.heads) for sentence in course.sentences]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"head": "emotion"}, "no score from negative to positive: name the label"),
        ({"label": "happy"}, "no head has the label 'happy'"),
        ({"head": "mood"}, "no head 'mood'"),
    ],
)
def test_a_wrong_name_is_one_clear_sentence(reader, options, message):
    with pytest.raises(ConfigError, match=message):
        trajectory([reader], TEXT, **options)


def test_a_sentence_in_another_language_is_read_by_its_model(make_reader):
    readers = [make_reader(languages=("en",)), make_reader(languages=("zh",), hidden_size=4)]
    text = "The food was good and we had a lovely time. 这家餐厅太棒了，下次还来！ Ok."
    course = trajectory(readers, text)
    assert course.language == "en"
    own = [
        trajectory([readers[place]], s.text)
        for place, s in zip((0, 1, 0), course.sentences, strict=True)
    ]
    for sentence, alone in zip(course.sentences, own, strict=True):
        assert sentence.value == pytest.approx(alone.whole.value, abs=1e-5)


def test_what_has_no_tokens_is_no_sentence(reader):
    course = trajectory([reader], "Good food.\n\x00\n")
    assert [sentence.text for sentence in course.sentences] == ["Good food."]


@pytest.mark.parametrize(("value", "status"), [("", Status.EMPTY), (3, Status.NOT_TEXT)])
def test_what_cannot_be_read_has_a_status(reader, value, status):
    course = trajectory([reader], value)
    assert course.status is status
    assert json.loads(json.dumps(course.to_dict()))["whole"] is None
    assert str(status) in course._repr_html_()


def test_as_json_and_in_a_notebook(reader):
    course = trajectory([reader], "Good <b>food</b>. <script>")
    plain = json.loads(json.dumps(course.to_dict()))
    assert set(plain["sentences"][0]) == {"start", "end", "text", "value", "model", "heads"}
    assert "<script" not in course._repr_html_()

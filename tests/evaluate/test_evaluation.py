"""Which rows of a file count, which labels are meant, and what the figures are figures of."""

import json

import numpy as np
import pytest

from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.errors import ConfigError, DataError
from sentigate.evaluate.answers import answer
from sentigate.evaluate.evaluation import evaluate, measure
from sentigate.records import Example

pytest.importorskip("sklearn")

SENTIMENT = HeadConfig(
    name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive")
)
EMOTION = HeadConfig(name="emotion", kind="multilabel", labels=("anger", "joy"))
STARS = HeadConfig(name="stars", kind="regression")


class Said:
    """A model whose texts are numbers, one a logit of each head: "5 0 0" says the first label."""

    def __init__(self, *heads):
        self.config = ModelConfig(name="said", encoder=EncoderConfig(), heads=heads)

    def logits(self, texts):
        rows = np.array([[float(n) for n in text.split()] for text in texts])
        answers = {head.name: rows[:, : head.logits] for head in self.config.heads}
        return answers, np.ones(len(texts), dtype=np.int64)


def rows(*pairs):
    return [Example(text, label, row) for row, (text, label) in enumerate(pairs, 1)]


NEGATIVE, NEUTRAL, POSITIVE = "5 0 0", "0 5 0", "0 0 5"


def test_rows_that_cannot_count_are_counted_by_reason():
    result = evaluate(
        Said(SENTIMENT),
        rows(
            (NEGATIVE, "negative"),
            (NEUTRAL, "neutral"),
            (POSITIVE, "positive"),
            (None, "positive"),
            ("  ", "positive"),
            (POSITIVE, None),
        ),
    )
    assert result.figures["n"] == 3
    assert result.figures["accuracy"] == 1.0
    assert result.answers.skipped == {"missing": 1, "empty": 1, "no_label": 1}
    assert (result.answers.allowed, result.answers.notes) == (None, ())


def test_texts_in_a_language_the_model_does_not_read_are_told():
    model = Said(SENTIMENT)
    model.config = model.config.model_copy(update={"languages": ("en",)})
    model.logits = lambda texts: (
        {SENTIMENT.name: np.tile([5.0, 0.0, 0.0], (len(texts), 1))},
        np.ones(len(texts), dtype=np.int64),
    )
    texts = ("The soup was good.", "菜是凉的", "这家餐厅太棒了", ":)")
    found = evaluate(model, rows(*((text, "negative") for text in texts)))
    assert "2 of 4 texts are in a language it does not read (zh)" in found.answers.notes


def test_texts_without_tokens_are_skipped_and_the_others_stay_in_place():
    said = Said(STARS)
    said.logits = lambda texts: (
        {"stars": np.array([[1.0], [0.0], [3.0]])},
        np.array([1, 0, 1], dtype=np.int64),
    )
    result = evaluate(said, rows(("a", "1"), ("b", "9"), ("c", "3")))
    assert result.figures["mae"] == 0.0
    assert result.answers.skipped == {"empty": 1}


def test_a_two_class_file_restricts_a_three_class_head_and_says_so():
    result = evaluate(Said(SENTIMENT), rows(("1 5 0", "negative"), ("0 5 1", "positive")))
    assert result.figures["accuracy"] == 1.0
    assert result.answers.allowed == ("negative", "positive")
    assert any("2 of the head's 3 labels" in note for note in result.answers.notes)


def test_one_class_alone_restricts_nothing():
    result = evaluate(Said(SENTIMENT), rows((NEUTRAL, "positive"), (POSITIVE, "positive")))
    assert result.figures["accuracy"] == 0.5
    assert result.answers.allowed is None
    assert any("all rows have the label 'positive'" in note for note in result.answers.notes)


def test_other_spellings_are_matched_aloud():
    result = evaluate(Said(SENTIMENT), rows((NEGATIVE, "0"), (POSITIVE, "1")))
    assert result.figures["accuracy"] == 1.0
    assert any("0 as negative, 1 as positive" in note for note in result.answers.notes)


def test_an_unknown_label_is_named():
    with pytest.raises(DataError, match="'meh' is none of the head's"):
        evaluate(Said(SENTIMENT), rows((NEGATIVE, "negative"), (NEUTRAL, "meh")))


@pytest.mark.parametrize(
    "labels", [("anger|joy", "joy"), (("anger", "joy"), ("joy",))], ids=["cells", "lists"]
)
def test_several_labels_a_row(labels):
    result = evaluate(Said(EMOTION), rows(("5 5", labels[0]), ("-5 5", labels[1])))
    assert result.figures["accuracy"] == result.figures["macro_f1"] == 1.0


def test_numbers():
    result = evaluate(Said(STARS), rows(("1", "1"), ("3", 2.0), ("4", "4.5")))
    assert result.figures["mae"] == pytest.approx(0.5)


def test_the_head_that_knows_the_labels_is_taken():
    said = Said(SENTIMENT, EMOTION)
    emotions = rows(("5 0 0", "anger"), ("0 5 0", "joy"))
    assert evaluate(said, emotions).answers.head.name == "emotion"
    assert (
        evaluate(said, rows((NEGATIVE, "neg"), (POSITIVE, "pos"))).answers.head.name == "sentiment"
    )
    with pytest.raises(DataError, match="'anger' is none of the head's"):
        evaluate(said, emotions, "sentiment")


def test_where_several_heads_would_do_one_must_be_named():
    twins = Said(SENTIMENT, SENTIMENT.model_copy(update={"name": "tone"}))
    with pytest.raises(ConfigError, match="sentiment, tone: name one of them"):
        evaluate(twins, rows((NEGATIVE, "negative"), (POSITIVE, "positive")))
    assert (
        evaluate(twins, rows((NEGATIVE, "neg"), (POSITIVE, "pos")), "tone").answers.head.name
        == "tone"
    )


@pytest.mark.parametrize("examples", [[], rows((None, "positive"), ("1 0 0", None))])
def test_nothing_to_compare_with(examples):
    with pytest.raises(DataError, match="has both text and label"):
        evaluate(Said(SENTIMENT), examples)


def test_the_watch_sees_all_rows():
    seen = []
    examples = rows(*[(NEGATIVE, "negative"), (POSITIVE, "positive")] * 2000)
    evaluate(Said(SENTIMENT), examples, watch=lambda *progress: seen.append(progress))
    assert seen == [(2048, 4000), (4000, 4000)]


def test_the_json_object_has_the_promised_keys():
    told = evaluate(Said(SENTIMENT), rows((NEGATIVE, "negative"), (POSITIVE, None))).to_dict()
    assert {
        "n",
        "skipped",
        "accuracy",
        "macro_f1",
        "micro_f1",
        "macro_precision",
        "macro_recall",
        "per_class",
        "confusion",
    } <= set(told)
    assert (told["n"], told["skipped"]) == (1, 1)
    json.dumps(told, allow_nan=False)


def test_rows_of_control_characters_only_are_one_sentence():
    class Deaf(Said):
        def logits(self, texts):
            answers, counts = super().logits(["0 0 0"] * len(texts))
            return answers, 0 * counts

    with pytest.raises(DataError, match="none of 2 labelled rows holds any readable text"):
        evaluate(Deaf(SENTIMENT), rows(("\x01", "negative"), ("\x02", "positive")))


def test_temperature_and_areas_are_among_the_figures():
    hot = SENTIMENT.model_copy(update={"temperature": 8.0})
    examples = rows((NEGATIVE, "negative"), (NEUTRAL, "neutral"), (POSITIVE, "positive"))
    figures = evaluate(Said(hot), examples).figures
    assert figures["roc_auc"] == figures["average_precision"] == 1.0
    assert figures["per_class"]["neutral"]["roc_auc"] == 1.0
    assert figures["ece_uncalibrated"] < 0.02 < figures["ece"]


def test_one_class_has_no_areas():
    figures = evaluate(Said(SENTIMENT), rows((POSITIVE, "positive"), (NEUTRAL, "positive"))).figures
    assert figures["roc_auc"] is None
    assert figures["per_class"]["positive"]["average_precision"] is None
    json.dumps(figures, allow_nan=False)


def test_abstaining_is_for_heads_that_give_one_label():
    few = answer(Said(SENTIMENT), rows(("1 0 0", "negative"), (POSITIVE, "positive")))
    assert measure(few, abstain=0.9).abstain.n == 1
    assert measure(few).abstain is None
    several = answer(Said(EMOTION), rows(("5 5", "anger|joy"), ("-5 5", "joy")))
    assert measure(several, abstain=0.9).abstain is None


def test_answers_know_where_their_rows_are():
    answers = answer(Said(SENTIMENT), rows((None, "x"), (NEGATIVE, "negative"), (POSITIVE, "neg")))
    assert answers.places.tolist() == [1, 2]
    assert answers.right.tolist() == [True, False]
    assert answers.confidence == pytest.approx(answers.probabilities.max(axis=1))

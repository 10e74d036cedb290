"""A test that cannot be is refused, with all its faults; cases come out as written."""

import pytest

from sentigate.behaviour.records import BehaviourTest, Case, Outcome, Suite, SuiteResult
from sentigate.errors import ConfigError

LABEL = {"name": "praise", "kind": "label", "label": "positive", "texts": ["Good.", "Great."]}
PAIRS = {"name": "typo", "kind": "same", "within": 0.1, "pairs": [["good", "goood"]]}
NAMES = {
    "name": "names",
    "kind": "same",
    "within": 0.1,
    "templates": ["{name} was late.", "I met {name}."],
    "groups": {"women": ["Emma", "Grace"], "men": ["Jack", "Tom"]},
}
PRONOUNS = NAMES | {
    "templates": ["{He} lost {his} keys."],
    "groups": {"women": [{"He": "She", "his": "her"}], "men": [{"He": "He", "his": "his"}]},
}


def made(values):
    return BehaviourTest.from_dict(values)


def test_single_texts_and_pairs():
    assert made(LABEL).cases() == [Case(("Good.",)), Case(("Great.",))]
    assert made(PAIRS).cases() == [Case(("good", "goood"))]


def test_templates_swap_members_of_the_same_place():
    cases = made(NAMES).cases()
    assert [case.texts for case in cases] == [
        ("Emma was late.", "Jack was late."),
        ("Grace was late.", "Tom was late."),
        ("I met Emma.", "I met Jack."),
        ("I met Grace.", "I met Tom."),
    ]
    assert cases[0].groups == ("women", "men")
    assert cases[2].template == "I met {name}."


def test_several_slots_are_filled_from_a_table():
    assert made(PRONOUNS).cases()[0].texts == ("She lost her keys.", "He lost his keys.")


def test_a_label_may_be_one_or_several():
    assert made(LABEL).label == ("positive",)
    assert made(LABEL | {"label": ["neutral", "positive"]}).label == ("neutral", "positive")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (LABEL | {"label": None}, "needs the key 'label', got none of them"),
        (LABEL | {"label": "good"}, "Input should be 'negative', 'neutral' or 'positive'"),
        (LABEL | {"by": 0.1}, "got by, label"),
        (LABEL | {"pairs": [["a", "b"]]}, "give texts, pairs or templates, one of them"),
        (LABEL | {"texts": []}, "one of them; got none"),
        (LABEL | {"texts": ["good", "  "]}, "a text is empty"),
        (LABEL | {"text": ["good"]}, "did you mean 'texts'"),
        (LABEL | {"kind": "rises"}, "needs the key 'by'"),
        (PAIRS | {"pairs": [["alone"]]}, "at least 2 items"),
        (PAIRS | {"within": 0}, "greater than 0"),
        (PAIRS | {"kind": "label", "within": None, "label": "positive"}, "needs the key 'labels'"),
        (
            PAIRS | {"kind": "label", "within": None, "labels": ["positive"] * 3},
            "each row needs 3 texts",
        ),
        (PAIRS | {"pairs": [], "texts": ["good"]}, "compares texts: give pairs or templates"),
        (NAMES | {"groups": {}}, "templates and groups go together"),
        (NAMES | {"groups": {"one": ["Emma"]}}, "two groups or more"),
        (NAMES | {"groups": {"a": ["Emma"], "b": ["Jack", "Tom"]}}, "the same number of members"),
        (NAMES | {"templates": ["nobody was late"]}, "has no slot such as {name}"),
        (PRONOUNS | {"templates": ["{He} lost {hers}."]}, "does not fill each template"),
        (PRONOUNS | {"groups": {"a": ["She"], "b": ["He"]}}, "does not fill each template"),
    ],
)
def test_what_cannot_be_is_refused(values, message):
    with pytest.raises(ConfigError) as caught:
        made(values)
    assert message in str(caught.value)


def test_all_faults_at_once():
    with pytest.raises(ConfigError) as caught:
        made(LABEL | {"kind": "same", "texts": ["", "good"]})
    for message in ("needs the key 'within'", "a text is empty", "give pairs or templates"):
        assert message in str(caught.value)


def outcome(passed):
    return Outcome("praise", Case(("Good.",)), (), (), "positive", passed)


def test_shares_count_what_was_asked():
    suite = Suite(name="mine", language="en", about="Praise.", tests=(made(LABEL),))
    outcomes = tuple(map(outcome, (True, True, False, None)))
    result = SuiteResult(suite, outcomes, floor=0.6)
    assert suite.key == "en/mine"
    assert (result.asked, len(result.skipped), len(result.failures)) == (3, 1, 1)
    assert result.share == pytest.approx(2 / 3)
    assert result.by_test == {"praise": pytest.approx(2 / 3)}
    assert not result.below
    assert SuiteResult(suite, outcomes, floor=0.7).below
    assert not SuiteResult(suite, outcomes).below


def test_a_suite_that_could_not_be_asked_keeps_no_floor():
    suite = Suite(name="mine", language="en", about="Praise.", tests=(made(LABEL),))
    result = SuiteResult(suite, (outcome(None),), floor=0.1)
    assert result.share is None
    assert result.below

"""The XML parses, is red where a floor is not kept, and holds whatever the texts hold."""

from xml.etree import ElementTree

from sentigate.behaviour.junit import junit
from sentigate.behaviour.records import BehaviourTest, Case, Outcome, Suite, SuiteResult

NASTY = "<b>&]]> \x00\x1b[31m \ufffe 😡"
TEST = BehaviourTest(name="one", kind="label", label="positive", texts=("Good.",))


def result(name, floor=None, passed=False, language="en"):
    suite = Suite(name=name, language=language, about="A test.", tests=(TEST,))
    outcome = Outcome("one", Case((NASTY,)), (-0.5,), ("negative",), "positive", passed)
    return SuiteResult(suite, (outcome,), floor)


def parsed(*results, most=5):
    return ElementTree.fromstring(junit(results, most).encode())


def test_red_exactly_where_a_floor_is_not_kept():
    root = parsed(result("below", 0.5), result("free"), result("kept", 0.5, True))
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert root.get("failures") == "1"
    assert [name for name, case in cases.items() if case.find("failure") is not None] == ["below"]
    assert "0.00 of 1 cases passed, floor 0.50" in cases["below"].find("failure").get("message")
    assert "no floor" in cases["free"].find("system-out").text


def test_failures_are_listed_whatever_they_hold():
    failure = next(parsed(result("below", 0.5)).iter("failure"))
    assert "one: positive\n  -0.50 negative <b>&]]>" in failure.text
    assert "😡" in failure.text
    assert next(parsed(result("below", 0.5), most=0).iter("failure")).text is None


def test_a_suite_that_could_not_be_asked_is_skipped():
    suite = Suite(name="none", language="zh", about="A test.", tests=(TEST,))
    outcome = Outcome("one", Case(("Good.",)), (), (), "positive", None, "not read")
    root = parsed(result("below", 0.5), SuiteResult(suite, (outcome,)))
    assert [element.get("name") for element in root.iter("testsuite")] == ["en", "zh"]
    assert root.findall("testsuite")[1].get("skipped") == "1"
    assert next(root.iter("skipped")).get("message") == "no case could be asked, no floor"


def test_a_case_without_an_answer_is_listed_with_the_reason():
    suite = Suite(name="below", language="en", about="A test.", tests=(TEST,))
    outcome = Outcome("one", Case(("Good.",)), (), (), "positive", False, "not read")
    failure = next(parsed(SuiteResult(suite, (outcome,), 0.5)).iter("failure"))
    assert failure.text == "one: positive\n  not read\n  Good."

"""Results as JUnit XML, which CI services show: one test case a suite, red where the command fails.

What the elements mean: https://github.com/testmoapp/junitxml
"""

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from sentigate.behaviour.records import Outcome, SuiteResult

# XML 1.0 has no place for these, not even escaped.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(results: Sequence[SuiteResult], most: int) -> str:
    """Return the XML document.

    Args:
        results: as `check` gives them.
        most: how many failed cases of a suite are listed.
    """
    root = ElementTree.Element(
        "testsuites", name="sentigate check", tests=str(len(results)), failures=_below(results)
    )
    for language in dict.fromkeys(result.suite.language for result in results):
        some = [result for result in results if result.suite.language == language]
        element = ElementTree.SubElement(
            root,
            "testsuite",
            name=language,
            tests=str(len(some)),
            failures=_below(some),
            skipped=str(sum(result.share is None and not result.below for result in some)),
        )
        for result in some:
            _add(element, result, most)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode")


def _add(parent: ElementTree.Element, result: SuiteResult, most: int) -> None:
    suite = result.suite
    case = ElementTree.SubElement(
        parent, "testcase", classname=f"sentigate.{suite.language}", name=_clean(suite.name)
    )
    listed = "\n\n".join(describe(outcome) for outcome in result.failures[:most])
    if result.below:
        failure = ElementTree.SubElement(case, "failure", message=_summary(result))
        failure.text = _clean(listed)
    elif result.share is None:
        ElementTree.SubElement(case, "skipped", message=_summary(result))
    else:
        told = ElementTree.SubElement(case, "system-out")
        told.text = _clean(f"{_summary(result)}\n\n{listed}".strip())


def describe(outcome: Outcome) -> str:
    """Return a case in lines: what had to hold, then each text with its score and label."""
    texts = outcome.case.texts
    if not outcome.scores:
        lines = [f"  {text}" for text in (outcome.reason, *texts)]
    else:
        answers = zip(texts, outcome.scores, outcome.labels, strict=True)
        lines = [f"  {score:+.2f} {label:<8} {text}" for text, score, label in answers]
    return "\n".join([f"{outcome.test}: {outcome.expected}", *lines])


def _summary(result: SuiteResult) -> str:
    floor = "no floor" if result.floor is None else f"floor {result.floor:.2f}"
    if result.share is None:
        return f"no case could be asked, {floor}"
    return f"{result.share:.2f} of {result.asked} cases passed, {floor}"


def _below(results: Sequence[SuiteResult]) -> str:
    return str(sum(result.below for result in results))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)

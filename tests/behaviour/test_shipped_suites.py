"""What the suites of the package promise: enough cases, in both languages, none of them twice."""

import re
from collections import Counter

import pytest

from sentigate.behaviour.floors import SHIPPED, read_floors
from sentigate.behaviour.suites import FOLDER, shipped_suites

SUITES = shipped_suites()
LEAST = 60
HAN = re.compile(r"[\u4e00-\u9fff]")


def texts_of(suite):
    return [text for test in suite.tests for case in test.cases() for text in case.texts]


@pytest.fixture(params=SUITES, ids=lambda suite: suite.key)
def suite(request):
    return request.param


def test_both_languages_have_the_same_suites():
    names = {
        language: {s.name for s in SUITES if s.language == language} for language in ("en", "zh")
    }
    assert names["en"] == names["zh"]
    assert len(SUITES) == 2 * len(names["en"])


def test_each_stands_in_the_folder_of_its_language(suite):
    assert (FOLDER / suite.language / f"{suite.name}.toml").is_file()


def test_there_are_enough_cases(suite):
    assert sum(len(test.cases()) for test in suite.tests) >= LEAST


def test_no_text_comes_twice(suite):
    twice = [text for text, count in Counter(texts_of(suite)).items() if count > 1]
    assert twice == []


def test_texts_are_in_the_language_of_the_suite(suite):
    chinese = sum(bool(HAN.search(text)) for text in texts_of(suite)) / len(texts_of(suite))
    assert chinese == 1 if suite.language == "zh" else chinese < 0.1 or suite.name == "code_mixed"


def test_texts_are_trimmed_and_of_one_line(suite):
    assert [text for text in texts_of(suite) if text != " ".join(text.split())] == []


def test_test_names_differ(suite):
    assert len({test.name for test in suite.tests}) == len(suite.tests)


def test_every_required_suite_has_a_floor():
    floors = {key for table in read_floors(SHIPPED).values() for key in table}
    assert floors == {suite.key for suite in SUITES if suite.required}

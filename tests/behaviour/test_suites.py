"""Files of suites: read whole, or refused with every fault and the name of its test."""

import re
from pathlib import Path

import pytest

from sentigate.behaviour.suites import read_suite, select, shipped_suites
from sentigate.errors import ConfigError

GOOD = """
language = "en"
about = "Praise is positive."

[[tests]]
name = "praise"
kind = "label"
label = "positive"
texts = ["Lovely."]
"""


@pytest.fixture
def file(tmp_path):
    def write(content, name="praise.toml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_the_name_is_that_of_the_file(file):
    suite = read_suite(file(GOOD))
    assert (suite.key, suite.required, suite.tests[0].name) == ("en/praise", True, "praise")


def test_every_fault_of_a_file_is_told(file):
    path = file("""
abuot = "Praise is positive."
language = "English"
tests = [
  {name = "one", kind = "label", texts = ["Lovely."]},
  {name = "two", kind = "same", within = 5, pairs = [["a", "b"]]},
  {name = "three", kind = "rises", by = 0.1, paris = [["a", "b"]]},
  7,
]
""")
    with pytest.raises(ConfigError) as caught:
        read_suite(path)
    faults = caught.value.faults
    assert all(fault.startswith(str(path)) for fault in faults)
    for message in (
        "unknown key 'abuot', did you mean 'about'",
        "language: String should match",
        "test 'one': the kind 'label' of these cases needs the key 'label'",
        "test 'two': within: Input should be less than 2, got 5",
        "test 'three': unknown key 'paris', did you mean 'pairs'",
        "tests.4: expected a table [[tests]], got 7",
    ):
        assert any(message in fault for fault in faults), message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("language = ", "is not valid TOML"),
        (b"\xff\xfe\x00", "is not valid TOML"),
        ("", "tests: "),
        ('language = "en"\nabout = "x"\ntests = 3', "tests: "),
    ],
)
def test_what_is_no_suite_is_refused(file, content, message):
    with pytest.raises(ConfigError, match=message):
        read_suite(file(content))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        read_suite(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot read"):
        read_suite(tmp_path)


def test_select_by_name_language_and_path(file):
    assert select() == list(shipped_suites())
    assert [suite.key for suite in select(["negation"])] == ["en/negation", "zh/negation"]
    assert [suite.key for suite in select(["zh/negation", "emoji"], ["zh"])] == [
        "zh/emoji",
        "zh/negation",
    ]
    own = str(file(GOOD))
    assert [suite.key for suite in select([own])] == ["en/praise"]
    assert [suite.key for suite in select([own, "emoji"], ["zh"])] == ["zh/emoji", "en/praise"]


def test_the_suite_in_the_guide_is_one(tmp_path):
    guide = (Path(__file__).parents[2] / "docs" / "behaviour.md").read_text("utf-8")
    (content,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    file = tmp_path / "bikes.toml"
    file.write_text(content, encoding="utf-8")
    suite = read_suite(file)
    assert [(test.kind, len(test.cases())) for test in suite.tests] == [("label", 1), ("same", 4)]


def test_unknown_names_are_told_together():
    with pytest.raises(ConfigError) as caught:
        select(["negatoin", "emoji"], ["xx"])
    assert "did you mean 'negation'" in str(caught.value)
    assert "'xx'" in str(caught.value)
    with pytest.raises(ConfigError, match="no suite for en/negation in zh"):
        select(["en/negation"], ["zh"])

"""Mistakes, confusions and suspicious labels, by hand."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from sentigate.evaluate.errors import confusions, likelier_classes, mistakes, suspects


def of(answers_to, head, table, targets, **others):
    """Answers of given probabilities."""
    table = np.asarray(table)
    logits = np.log(table / (1 - table)) if head.kind == "multilabel" else np.log(table)
    return answers_to(head, logits, targets, **others)


@pytest.fixture
def abc(heads, answers_to):
    table = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.05, 0.05, 0.9], [0.9, 0.05, 0.05]]
    return of(answers_to, heads["multiclass"], table, [0, 0, 0, 2], places=np.array([0, 1, 4, 5]))


def test_the_surest_mistake_comes_first_under_its_row_number(abc):
    found = mistakes(abc)
    assert [(one.row, one.true, one.said) for one in found] == [
        (5, ("a",), ("c",)),
        (6, ("c",), ("a",)),
        (2, ("a",), ("b",)),
    ]
    assert found[0].size == pytest.approx(0.9)
    assert found[0].text == "text 2"
    assert (found[0].about, found[0].extent) == ("c", "0.90")


def test_confusions_are_counted_by_pair(abc, heads, answers_to):
    assert [asdict(one) for one in confusions(abc)] == [
        {"true": "a", "said": "b", "n": 1, "share": pytest.approx(1 / 3)},
        {"true": "a", "said": "c", "n": 1, "share": pytest.approx(1 / 3)},
        {"true": "c", "said": "a", "n": 1, "share": 1.0},
    ]
    twice = of(answers_to, heads["multiclass"], [[0.1, 0.8, 0.1]] * 2, [2, 2])
    assert [(one.true, one.said, one.n, one.share) for one in confusions(twice)] == [
        ("c", "b", 2, 1.0)
    ]


def test_several_labels(heads, answers_to):
    table = [[0.9, 0.1, 0.2], [0.6, 0.99, 0.1], [0.1, 0.1, 0.1]]
    answers = of(answers_to, heads["multilabel"], table, [[0, 1, 0], [1, 1, 0], [0, 0, 0]])
    (mistake,) = mistakes(answers)
    assert (mistake.true, mistake.said) == (("y",), ("x",))
    assert mistake.size == pytest.approx(0.9)  # x, which was said, and y, which was missed
    assert (mistake.about, mistake.p) == ("x", pytest.approx(0.9))
    missed = of(answers_to, heads["multilabel"], [[0.9, 0.1, 0.2]], [[1, 1, 0]])
    assert mistakes(missed)[0].extent == "y 0.10"
    assert [(one.true, one.said, one.n, one.share) for one in confusions(answers)] == [
        ("y", "x", 1, 0.5)
    ]


def test_numbers(heads, answers_to):
    answers = answers_to(heads["regression"], [[1.0], [5.0]], [1.5, 2.0])
    assert [(one.row, one.true, one.said, one.size) for one in mistakes(answers)] == [
        (2, 2.0, 5.0, 3.0),
        (1, 1.5, 1.0, 0.5),
    ]
    assert mistakes(answers)[0].extent == "3.00 off"
    assert confusions(answers) == suspects(answers) == []


def test_a_planted_label_error_is_the_first_suspect(heads, drawn):
    answers = drawn(heads["multiclass"], rows=300, skill=6.0)
    row = int(answers.confidence.argmax())
    targets = answers.targets.copy()
    targets[row] = (targets[row] + 1) % 3
    planted = drawn(heads["multiclass"], rows=300, skill=6.0)
    object.__setattr__(planted, "targets", targets)
    first = suspects(planted)[0]
    assert first.row == row + 1
    assert first.given == "abc"[targets[row]]
    assert first.likely == "abc"[answers.targets[row]]
    assert first.p_likely > first.p_given
    json.dumps(asdict(first), allow_nan=False)


def test_a_planted_error_among_several_labels(heads, drawn):
    answers = drawn(heads["multilabel"], rows=300, skill=4.0)
    row, place = np.unravel_index(answers.probabilities.argmax(), answers.probabilities.shape)
    targets = answers.targets.copy()
    targets[row, place] = 0
    planted = drawn(heads["multilabel"], rows=300, skill=4.0)
    object.__setattr__(planted, "targets", targets)
    first = suspects(planted)[0]
    assert (first.row, first.given, first.likely) == (row + 1, f"not {'xyz'[place]}", "xyz"[place])


def test_a_class_without_rows_is_nobodys():
    table = np.array([[0.1, 0.9], [0.6, 0.4]])
    assert likelier_classes(table, np.array([0, 0])).tolist() == [-1, -1]


def test_a_perfect_head_has_none(heads, answers_to):
    answers = of(answers_to, heads["multiclass"], np.eye(3) * 0.7 + 0.1, [0, 1, 2])
    assert mistakes(answers) == confusions(answers) == suspects(answers) == []

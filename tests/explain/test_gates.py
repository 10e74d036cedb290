"""The gates of a text: in their ranges, in the text's order, and what each summary number says."""

import json

import numpy as np
import pytest

from sentigate.explain.gates import read_gates
from sentigate.records import Batch, Status

TEXT = "the food was GOOD, but 菜是凉的"


@pytest.fixture
def read(shaped):
    return read_gates([shaped], TEXT, "sentiment", "positive")


def test_there_is_a_course_for_each_layer_and_direction(read, shaped):
    encoder = shaped.config.encoder
    ways = [False, True] if encoder.bidirectional else [False]
    expected = [(layer, way) for layer in range(encoder.num_layers) for way in ways]
    assert [(course.layer, course.reverse) for course in read.courses] == expected


def test_gates_are_open_between_nothing_and_all(read):
    for course in read.courses:
        for gate in (course.input, course.forget, course.output):
            assert 0 <= np.min(gate) <= np.max(gate) <= 1
        assert np.abs(course.candidate).max() <= 1
        assert np.shape(course.memory) == (len(read.tokens), 6)  # as many groups as units


def test_what_is_left_sums_to_one_and_nothing_was_kept_before_the_first(read):
    for course in read.courses:
        assert sum(course.left) == pytest.approx(1, abs=1e-5)
        kept = course.kept[::-1] if course.reverse else course.kept
        assert kept[0] is None
        assert all(0 <= share <= 1 for share in kept[1:])
        assert all(0 <= share <= 1 for share in (*course.shown, *course.written))


def test_a_group_is_the_mean_of_its_units(shaped):
    units = read_gates([shaped], "so good", "sentiment", "positive").courses[0]
    model = shaped.open()
    (ids,) = model.tokenizer.encode_ids(["so good"])
    batch = Batch(ids[None].astype(np.int64), np.array([len(ids)]), np.array([0]))
    gates = model.equations.trace(batch)[0].gates
    np.testing.assert_allclose(
        np.sort(np.array(units.forget), axis=1), np.sort(gates.forget[0], axis=1), atol=1e-6
    )


def test_contributions_make_up_the_score(read):
    whole = read.baseline + sum(token.value for token in read.tokens)
    assert whole == pytest.approx(read.score, abs=1e-4)


def test_only_the_first_window_of_a_long_text_is_shown(reader):
    text = "the food was good " * 9
    read = read_gates([reader], text)
    (ids,) = reader.open().tokenizer.encode_ids([text])
    assert 8 <= len(read.tokens) <= reader.config.window
    assert read.unread == len(ids) - len(read.tokens)
    assert read_gates([reader], "good").unread == 0


def test_as_json_and_in_a_notebook(reader):
    read = read_gates([reader], "a <script>alert(1)</script>")
    plain = json.loads(json.dumps(read.to_dict()))
    assert plain["courses"][1]["reverse"] is True
    assert len(plain["courses"][0]["input"]) == len(plain["tokens"])
    html = read._repr_html_()
    assert "<script" not in html
    assert html.count("<svg") == 2 * 4 * len(read.tokens)


@pytest.mark.parametrize(("value", "status"), [("", Status.EMPTY), (None, Status.MISSING)])
def test_what_cannot_be_read_has_a_status(reader, value, status):
    read = read_gates([reader], value)
    assert read.status is status
    assert str(status) in read._repr_html_()
    assert json.loads(json.dumps(read.to_dict()))["tokens"] == []

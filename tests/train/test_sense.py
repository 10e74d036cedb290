"""From vectors to answers, and on to a student that has learnt what they say is alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentigate.config import TrainConfig
from sentigate.errors import DataError
from sentigate.runtime.model import Model
from sentigate.train.distil import Lesson, distil
from sentigate.train.sense import HEAD, sense
from sentigate.train.teacher import read_answers, write_answers


def test_a_number_above_the_mean_is_a_yes_and_the_farther_the_surer():
    answers = sense(["a", "b", "c", "d"], np.array([[-3.0], [-1.0], [1.0], [3.0]]))
    (told,) = answers.probabilities[HEAD].T
    assert told[0] < told[1] < 0.5 < told[2] < told[3]
    assert told[1] + told[2] == pytest.approx(1, abs=1e-6)


@given(st.floats(0.01, 100), st.floats(-100, 100))
def test_neither_scale_nor_origin_of_the_vectors_matters(scale, origin):
    texts, vectors = list("abcdefgh"), np.random.default_rng(0).normal(size=(8, 5))
    expected = sense(texts, vectors).probabilities[HEAD]
    found = sense(texts, vectors * scale + origin).probabilities[HEAD]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_numbers_that_hardly_vary_are_left_out():
    vectors = np.random.default_rng(0).normal(size=(50, 4)) * [1, 1e-6, 1, 0]
    answers = sense([str(row) for row in range(50)], vectors)
    assert answers.heads[0].labels == ("0", "2")
    assert answers.probabilities[HEAD].shape == (50, 2)


def test_half_precision_and_outliers_are_taken_as_they_are():
    vectors = np.random.default_rng(0).normal(size=(500, 3)).astype(np.float16)
    vectors[0, 0] = 60_000
    told = sense([str(row) for row in range(500)], vectors).probabilities[HEAD]
    assert told.dtype == np.float32
    assert told[0, 0] == 1
    assert np.isfinite(told).all()


@pytest.mark.parametrize(
    ("vectors", "says"),
    [
        (np.zeros((3, 2)), "expected one row a text"),
        (np.zeros(2), "expected one row a text"),
        (np.full((2, 3), 0.1), "all vectors are alike"),
        (np.empty((2, 0)), "expected one row a text"),
        (np.array([[1.0, 2.0], [3.0, np.nan]]), "the vector of text 1 holds"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(vectors, says):
    with pytest.raises(DataError, match=says):
        sense(["a", "b"], vectors)


def test_a_student_learns_which_texts_are_alike(tmp_path):
    words = {"fine": (1.0, 0.0), "poor": (-1.0, 0.0), "north": (0.0, 1.0), "south": (0.0, -1.0)}
    texts = [f"{word} {number}" for word in words for number in range(60)]
    file = tmp_path / "sense.parquet"
    told = sense(texts, np.array([words[text.split()[0]] for text in texts]))
    write_answers(file, told)
    assert read_answers([file]).heads == told.heads
    sizes = {"vocab_size": 300, "embedding_size": 8, "hidden_size": 8, "batch_size": 16}
    config = TrainConfig(base="none", epochs=12, learning_rate=0.02, **sizes)
    student = Model.open(distil(Lesson(str(file)), tmp_path / "encoder", config))
    logits, _tokens = student.logits([f"{word} 7" for word in words])
    fine, poor, north, south = logits[HEAD]
    assert fine[0] > 1 > north[0] > -1 > poor[0]
    assert north[1] > 1 > fine[1] > -1 > south[1]

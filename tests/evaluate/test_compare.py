"""Two models on the same rows: exact tests by hand, and no difference where there is none."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from scipy import stats

from sentigate.errors import DataError
from sentigate.evaluate.compare import compare
from sentigate.evaluate.slices import only


def deciding(answers_to, head, right, **others):
    """Answers of which the given rows are right: bool [rows]."""
    targets = np.arange(len(right)) % 3
    said = np.where(right, targets, (targets + 1) % 3)
    return answers_to(head, np.eye(3)[said] * 9, targets, **others)


def test_mcnemar_by_hand(heads, answers_to):
    both = np.repeat([[True, True], [True, False], [False, True]], [20, 10, 2], axis=0)
    first, second = (deciding(answers_to, heads["multiclass"], column) for column in both.T)
    found = compare(first, second)
    assert (found.n, found.only_first, found.only_second) == (32, 10, 2)
    assert found.p_accuracy == pytest.approx(stats.binomtest(10, 12).pvalue)
    assert found.difference < 0


@pytest.mark.parametrize("kind", ["binary", "multiclass", "multilabel", "regression"])
def test_a_model_is_no_better_than_itself(heads, drawn, kind):
    found = compare(drawn(heads[kind]), drawn(heads[kind]))
    assert (found.difference, found.interval, found.p_figure) == (0.0, [0.0, 0.0], 1.0)
    assert found.p_accuracy in (1.0, None)
    json.dumps(asdict(found), allow_nan=False)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "multilabel", "regression"])
def test_a_clearly_better_model_is_found(heads, drawn, kind):
    found = compare(drawn(heads[kind], skill=0.5), drawn(heads[kind], skill=3.0))
    better = -found.difference if kind == "regression" else found.difference
    assert better > 0
    assert found.p_figure < 0.01
    assert np.prod(found.interval) > 0  # both bounds on the same side of zero


def test_equally_good_models_are_rarely_told_apart(heads, drawn):
    """Of 40 pairs of equal skill about 2 have p < 0.05; 8 or more have a chance of 1 in 700."""
    low = 0
    for seed in range(40):
        pair = [drawn(heads["binary"], rows=120, skill=1.0, seed=seed) for _ in range(2)]
        noise = np.random.default_rng(seed + 999).normal(size=pair[0].logits.shape)
        other = pair[0].targets[:, None] * 2 - 1 + noise
        object.__setattr__(pair[1], "logits", other.astype(np.float32))
        low += compare(*pair).p_figure < 0.05
    assert low < 8


def test_only_common_rows_count(heads, drawn):
    whole = drawn(heads["multiclass"], rows=50)
    part = only(whole, np.arange(50) % 2 == 0)
    assert compare(whole, part).n == compare(part, whole).n == 25
    with pytest.raises(DataError, match="no row in common"):
        compare(part, only(whole, np.arange(50) % 2 == 1))


def test_numbers_and_classes_cannot_be_compared(heads, drawn):
    with pytest.raises(DataError, match="one of the heads 'mood' and 'stars' gives numbers"):
        compare(drawn(heads["binary"]), drawn(heads["regression"]))

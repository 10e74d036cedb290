"""Areas are what they say they are, and missing where a class has no rows or no others."""

import numpy as np
import pytest

from sentigate.evaluate.curves import areas, curves

pytest.importorskip("sklearn")


@pytest.mark.parametrize("kind", ["binary", "multiclass", "multilabel"])
def test_the_roc_area_is_how_often_a_pair_is_in_order(heads, drawn, kind):
    answers = drawn(heads[kind], rows=80)
    for one, true, likely in zip(
        curves(answers), answers.true.T, answers.probabilities.T, strict=True
    ):
        pairs = likely[true][:, None] - likely[~true][None, :]
        assert one.roc_auc == pytest.approx((pairs > 0).mean() + (pairs == 0).mean() / 2)
        assert one.roc_auc == pytest.approx(np.trapezoid(one.roc[1], one.roc[0]))
        steps = -np.diff(one.precision_recall[0]) * one.precision_recall[1][:-1]
        assert one.average_precision == pytest.approx(steps.sum())


def test_a_class_without_rows_or_without_others_has_no_curve(heads, answers_to):
    answers = answers_to(heads["multiclass"], np.eye(3)[[0, 1]], [0, 1])
    assert [one.label for one in curves(answers)] == ["a", "b"]
    alone = answers_to(heads["multiclass"], np.eye(3)[[0, 1]], [0, 0])
    assert curves(alone) == []
    assert areas([]) == {"roc_auc": None, "average_precision": None}

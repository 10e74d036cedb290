import numpy as np
import torch
from torch.nn import functional as F

from sentigate.config import HeadConfig
from sentigate.runtime.decide import class_scores
from sentigate.train.losses import Balance, make_loss, ordinal_scores

THREE = HeadConfig(name="sentiment", kind="multiclass", labels=("negative", "neutral", "positive"))
BINARY = HeadConfig(name="label", kind="binary", labels=("no", "yes"))
STARS = HeadConfig(name="stars", kind="ordinal", labels=("1", "2", "3", "4"))
MULTI = HeadConfig(name="emotion", kind="multilabel", labels=("joy", "fear"))


def test_a_label_the_source_cannot_hold_gets_no_gradient():
    logits = torch.randn(4, 3, requires_grad=True)
    loss = make_loss(THREE, Balance(torch.tensor([0, 2])), 0.05)
    loss(logits, torch.tensor([0, 2, 2, 0])).backward()
    assert torch.equal(logits.grad[:, 1], torch.zeros(4))
    assert (logits.grad[:, [0, 2]] != 0).all()


def test_all_labels_and_no_balance_is_plain_cross_entropy():
    logits, targets = torch.randn(8, 3), torch.arange(8) % 3
    loss = make_loss(THREE, Balance(torch.arange(3)), 0.1)
    torch.testing.assert_close(
        loss(logits, targets), F.cross_entropy(logits, targets, label_smoothing=0.1)
    )


def test_logit_adjustment_makes_the_bare_logits_of_an_unbalanced_coin_equal():
    """With p(a) = 0.9 and no input, the loss is least where the adjusted logits fit, i.e. at 0."""
    adjustment = torch.tensor([0.8, 0.1, 0.1]).log()
    loss = make_loss(THREE, Balance(torch.arange(3), adjustment=adjustment), 0.0)
    logits = torch.zeros(1, 3, requires_grad=True)
    targets = torch.tensor([0] * 8 + [1, 2])
    loss(logits.expand(10, 3), targets).backward()
    torch.testing.assert_close(logits.grad, torch.zeros(1, 3), atol=1e-6, rtol=0)


def test_binary_weights_count_each_side():
    loss = make_loss(BINARY, Balance(torch.arange(2), weights=torch.tensor([1.0, 3.0])), 0.0)
    logits = torch.zeros(1, 1)
    negative, positive = (float(loss(logits, torch.tensor([side]))) for side in (0, 1))
    assert positive == 3 * negative


def test_multilabel_row_is_half_the_sum_over_labels():
    loss = make_loss(MULTI, Balance(torch.arange(2)), 0.0)
    logits, targets = torch.randn(5, 2), torch.randint(0, 2, (5, 2)).float()
    expected = F.binary_cross_entropy_with_logits(logits, targets)  # the mean, and there are two
    torch.testing.assert_close(loss(logits, targets), expected)


def test_regression_forgives_a_wild_number():
    head = HeadConfig(name="stars", kind="regression")
    loss = make_loss(head, Balance(torch.arange(0)), 0.0)
    assert float(loss(torch.zeros(1, 1), torch.tensor([1000.0]))) < 1000
    assert np.isclose(float(loss(torch.zeros(1, 1), torch.tensor([0.5]))), 0.125)


def test_a_teacher_that_is_certain_teaches_what_a_label_does():
    loss = make_loss(THREE, Balance(torch.tensor([0, 2])), 0.0)
    logits, targets = torch.randn(4, 3), torch.tensor([0, 2, 2, 0])
    certain = F.one_hot(targets, 3).float()
    torch.testing.assert_close(loss(logits, certain), loss(logits, targets))


def test_soft_loss_is_least_where_the_student_says_what_the_teacher_says():
    answers = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    loss = make_loss(THREE, Balance(torch.arange(3)), 0.0)
    logits = answers.log().requires_grad_()
    loss(logits, answers).backward()
    torch.testing.assert_close(logits.grad, torch.zeros(2, 3), atol=1e-7, rtol=0)


def test_a_binary_head_learns_a_probability():
    loss = make_loss(BINARY, Balance(torch.arange(2)), 0.0)
    logits = torch.logit(torch.tensor([[0.3], [0.9]])).requires_grad_()
    loss(logits, torch.tensor([0.3, 0.9])).backward()
    torch.testing.assert_close(logits.grad, torch.zeros(2, 1), atol=1e-6, rtol=0)


def test_the_ordinal_loss_is_the_sum_of_the_conditional_ones():
    """CORN: step k learns from the rows that reach label k whether they go on."""
    logits, targets = torch.randn(9, 3), torch.arange(9) % 4
    expected = torch.tensor(0.0)
    for step in range(3):
        reached = targets >= step
        expected += F.binary_cross_entropy_with_logits(
            logits[reached, step], (targets[reached] > step).float(), reduction="sum"
        )
    loss = make_loss(STARS, Balance(torch.arange(4)), 0.0)
    torch.testing.assert_close(loss(logits, targets), expected / 9)


def test_training_and_prediction_climb_alike():
    logits = torch.tensor([[0.0, 1.0, -2.0], [500.0, -500.0, 3.0], [-80.0, 80.0, 80.0]])
    np.testing.assert_allclose(
        ordinal_scores(logits.double()).numpy(), class_scores("ordinal", logits.numpy()), rtol=1e-12
    )


def test_ordinal_gradients_are_finite_and_zero_above_the_label():
    logits = torch.tensor([[90.0, -90.0, 90.0], [0.0, 0.0, 0.0]], requires_grad=True)
    loss = make_loss(STARS, Balance(torch.arange(4)), 0.0)
    loss(logits, torch.tensor([1, 0])).backward()
    assert torch.isfinite(logits.grad).all()
    assert torch.equal(logits.grad[1, 1:], torch.zeros(2))


def test_an_ordinal_source_of_some_labels_is_compared_among_these():
    loss = make_loss(STARS, Balance(torch.tensor([0, 3])), 0.0)
    zero = torch.zeros(1, 3)  # p = 1/2, 1/4, 1/8, 1/8: one and four stars as 4 to 1
    assert np.isclose(float(loss(zero, torch.tensor([3]))), np.log(5))


def test_ordinal_weights_count_each_class():
    weights = torch.tensor([1.0, 1.0, 1.0, 3.0])
    loss = make_loss(STARS, Balance(torch.arange(4), weights=weights), 0.0)
    both = loss(torch.zeros(2, 3), torch.tensor([0, 3]))
    assert np.isclose(float(both), (1 * np.log(2) + 3 * np.log(8)) / 4)

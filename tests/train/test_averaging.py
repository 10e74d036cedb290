"""The running average forgets where it began, and then keeps its decay."""

import pytest
import torch
from torch.optim.swa_utils import AveragedModel

from sentigate.train.averaging import moving_average


def followed(decay, values):
    """The average after each of the values that a weight takes."""
    weight = torch.nn.Parameter(torch.tensor(0.0))
    model = torch.nn.Module()
    model.weight = weight
    averaged = AveragedModel(model, avg_fn=moving_average(decay))
    means = []
    for value in values:
        weight.data.fill_(value)
        averaged.update_parameters(model)
        means.append(averaged.module.weight.item())
    return means


def test_a_short_run_is_not_held_back_by_the_weights_it_began_with():
    means = followed(0.99, [0.0, *[1.0] * 30])
    assert means[10] > 0.9
    assert means == sorted(means)


def test_in_a_long_run_the_decay_is_the_one_that_was_asked_for():
    *_, before, after = followed(0.9, [*[0.0] * 500, 1.0, 1.0])
    assert (1 - after) / (1 - before) == pytest.approx(0.9, rel=1e-5)

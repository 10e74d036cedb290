"""The loss of texts pushed uphill, held against its formula."""

import pytest
import torch
from torch import nn

from sentigate.train.adversarial import with_adversary

IDS = torch.tensor([[1, 2, 3], [4, 4, 0]])


@pytest.fixture
def network():
    torch.manual_seed(0)
    heads = {name: nn.Linear(4, 1) for name in ("head", "other", "frozen")}
    return nn.ModuleDict({"embedding": nn.Embedding(6, 4), **heads})


@pytest.fixture
def embedding(network):
    return network.embedding


def test_it_is_the_mean_of_the_loss_and_of_that_one_step_along_the_gradient(network, embedding):
    weights = torch.randn(2, 3, 4)
    vectors = embedding(IDS).detach()
    uphill = 2 * weights * vectors
    step = 0.5 * uphill / uphill.flatten(1).norm(dim=1)[:, None, None]
    assert step.flatten(1).norm(dim=1).tolist() == pytest.approx([0.5, 0.5])
    wanted = (weights * (vectors**2 + (vectors + step) ** 2)).sum() / 2
    found = with_adversary(network, lambda: (weights * embedding(IDS) ** 2).sum(), 0.5)
    torch.testing.assert_close(found, wanted)


def test_both_losses_teach_and_the_step_itself_does_not(network, embedding):
    with_adversary(network, lambda: embedding(IDS).square().sum(), 0.5).backward()
    vectors = embedding(IDS).detach()
    step = 0.5 * vectors / vectors.flatten(1).norm(dim=1)[:, None, None]
    each = vectors + (vectors + step)
    wanted = torch.zeros(6, 4).index_add(0, IDS.flatten(), each.flatten(0, 1))
    torch.testing.assert_close(embedding.weight.grad, wanted)


def test_every_part_learns_what_the_two_losses_say_and_no_more(network, embedding):
    network.frozen.requires_grad_(False)

    def loss_of(vectors):
        return network.head(vectors).tanh().sum() + network.frozen(vectors).square().sum()

    vectors = embedding(IDS)
    (uphill,) = torch.autograd.grad(loss_of(vectors), vectors)
    step = 0.5 * uphill / uphill.flatten(1).norm(dim=1)[:, None, None]
    learning = [embedding.weight, *network.head.parameters()]
    wanted = (loss_of(embedding(IDS)) + loss_of(embedding(IDS) + step)) / 2
    slopes = torch.autograd.grad(wanted, learning)
    with_adversary(network, lambda: loss_of(embedding(IDS)), 0.5).backward()
    for weights, slope in zip(learning, slopes, strict=True):
        torch.testing.assert_close(weights.grad, slope)
    assert network.other.weight.grad is None
    assert network.frozen.weight.grad is None


def test_where_no_vector_learns_the_loss_is_the_plain_one(network, embedding):
    head = network.head
    embedding.weight.requires_grad_(False)
    found = with_adversary(network, lambda: head(embedding(IDS)).sum(), 0.5)
    torch.testing.assert_close(found, head(embedding(IDS)).sum())


def test_a_flat_loss_gives_no_step_and_no_nan(network, embedding):
    found = with_adversary(network, lambda: (0 * embedding(IDS)).sum(), 0.5)
    assert found.item() == 0


def test_nothing_stays_hooked_when_the_loss_fails(network, embedding):
    def failing():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        with_adversary(network, failing, 0.5)
    assert not embedding._forward_hooks

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from sentigate.train.sampled_softmax import IGNORED, ROWS, Frequencies, draw, linear_cross_entropy

VOCABULARY = 2000
COUNTS = np.maximum(1, 100_000 // np.arange(1, VOCABULARY + 1))


def test_blocks_are_the_whole():
    """Value and gradients, over more rows than a block has, some of which count for nothing."""
    rows = 2 * ROWS + 7
    inputs, targets = torch.randn(rows, 5), torch.randint(0, 30, (rows,))
    targets[::3] = IGNORED
    values = (inputs, torch.randn(30, 5), torch.randn(30))
    for value in values:
        value.requires_grad_()
    found = linear_cross_entropy(*values, targets)
    wanted = F.cross_entropy(F.linear(*values), targets, reduction="sum", ignore_index=IGNORED)
    torch.testing.assert_close(found, wanted)
    pairs = zip(
        torch.autograd.grad(found, values), torch.autograd.grad(wanted, values), strict=True
    )
    for ours, theirs in pairs:
        torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-5)


def test_chances_are_how_often_a_token_is_drawn():
    torch.manual_seed(0)
    frequencies, seen = Frequencies.of(COUNTS), torch.zeros(VOCABULARY)
    chances = torch.zeros(VOCABULARY, dtype=torch.float64)
    text = torch.distributions.Categorical(torch.from_numpy(COUNTS / COUNTS.sum()))
    for _ in range(400):
        found = draw(text.sample((60,)), frequencies, 60)
        seen[found.tokens] += 1 / 400
        chances[found.tokens] = found.log_chances.exp()
    often = chances > 0.05
    assert often.sum() > 50
    assert (seen[often] - chances[often]).abs().max() < 0.1
    assert (seen[often] - chances[often]).abs().mean() < 0.02


def test_gradients_point_where_those_of_the_full_softmax_do():
    """A model that knows nothing but frequencies already: the estimate adds no pull of its own."""
    torch.manual_seed(0)
    frequencies = Frequencies.of(COUNTS)
    shares = torch.from_numpy(COUNTS / COUNTS.sum()).float()
    text = torch.distributions.Categorical(shares)
    bias = torch.zeros(VOCABULARY, requires_grad=True)
    optimizer = torch.optim.Adam([bias], lr=0.1)
    for step in range(400):
        optimizer.param_groups[0]["lr"] = 0.1 * (1 - step / 400)
        targets = text.sample((200,))
        found = draw(targets, frequencies, 200)
        logits = bias[found.tokens] - found.log_chances.float()
        nothing = torch.zeros(len(targets), 1), torch.zeros(len(logits), 1)
        (linear_cross_entropy(*nothing, logits, found.places) / len(targets)).backward()
        optimizer.step()
        optimizer.zero_grad()
    learnt = torch.softmax(bias.detach(), 0)
    best = float(-(shares * shares.log()).sum())
    assert float(-(shares * learnt.log()).sum()) == pytest.approx(best, abs=0.1)

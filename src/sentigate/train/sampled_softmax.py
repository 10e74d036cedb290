"""A softmax over a vocabulary: its loss, and an estimate from some tokens. Knows no network.

Over a whole vocabulary it takes most of a language model's time. Jean et al. 2015, "On using very
large target vocabulary for neural machine translation": the targets of a step serve each other as
negatives, some more are drawn, and the logit of each is lowered by the logarithm of how likely it
was to be among them.
"""

from typing import NamedTuple, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

FLATTENING = 0.75  # of the negatives' distribution, so that rare tokens are met too
IGNORED = -100  # as a target: left out of the loss
ROWS = 512  # of a block: on a CPU 256 to 1,024 are alike


class Frequencies(NamedTuple):
    """How often tokens come, as logarithms of 1 - p; float64 [vocabulary] each.

    `targets` is for a token of the texts, `negatives` for one that is drawn.
    """

    targets: Tensor
    negatives: Tensor

    @classmethod
    def of(cls, counts: NDArray[np.integer]) -> Self:
        """Count on what was counted; no token is taken to be impossible."""
        known = torch.from_numpy(counts.astype(np.float64)).clamp_min(0.5)
        flat = known**FLATTENING
        return cls(torch.log1p(-known / known.sum()), torch.log1p(-flat / flat.sum()))


class Candidates(NamedTuple):
    """The tokens that a step compares.

    `tokens` int64 [candidates], in order; `places` int64 [targets], where each target stands among
    them; `log_chances` float64 [candidates], of each to be there.
    """

    tokens: Tensor
    places: Tensor
    log_chances: Tensor


def draw(targets: Tensor, frequencies: Frequencies, negatives: int) -> Candidates:
    """Draw negatives, with replacement, beside the targets of a step.

    Args:
        targets: int64 [targets].
        frequencies: of all tokens.
        negatives: how many to draw.

    Example:
        >>> found = draw(torch.tensor([3, 1, 3]), Frequencies.of(np.ones(9, int)), 0)
        >>> found.tokens.tolist(), found.places.tolist()
        ([1, 3], [1, 0, 1])
    """
    chances = -torch.expm1(frequencies.negatives)
    more = torch.multinomial(chances, negatives, replacement=True) if negatives else targets[:0]
    tokens = torch.unique(torch.cat((targets, more)))
    missed = len(targets) * frequencies.targets[tokens] + negatives * frequencies.negatives[tokens]
    return Candidates(tokens, torch.searchsorted(tokens, targets), torch.log(-torch.expm1(missed)))


def linear_cross_entropy(inputs: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    """Return the sum of the cross-entropies of `inputs @ weight.T + bias`.

    Block by block: logits of all rows at once are a hundred megabytes, and on a CPU most of the
    time went into getting and filling that memory. (torch has one of this name from 2.13 on.)

    Args:
        inputs: [rows, width].
        weight: [tokens, width], multiplied in the precision of the training.
        bias: [tokens], added in float32.
        targets: int64 [rows]; rows of `IGNORED` count for nothing.

    Example:
        >>> inputs, weight, bias = torch.zeros(2, 3), torch.zeros(8, 3), torch.zeros(8)
        >>> float(linear_cross_entropy(inputs, weight, bias, torch.tensor([5, IGNORED])).exp())
        8.0
    """
    blocks = zip(torch.split(inputs, ROWS), torch.split(targets, ROWS), strict=True)
    losses = [
        F.cross_entropy(
            F.linear(rows, weight) + bias.float(), wanted, reduction="sum", ignore_index=IGNORED
        )
        for rows, wanted in blocks
    ]
    return torch.stack(losses).sum()

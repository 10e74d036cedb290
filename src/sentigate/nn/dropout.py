"""The dropouts that suit a recurrent network; functions of a tensor, with no state of their own."""

import torch
from torch import Tensor


def locked_dropout(x: Tensor, p: float, *, training: bool) -> Tensor:
    """Drop the same features of a row at every step, so that noise does not blur a sequence.

    Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
    Networks", 2016.

    Args:
        x: [batch, time, width].
        p: probability of a feature to be dropped; the others are scaled by 1 / (1 - p).
        training: whether to drop at all.

    Example:
        >>> dropped = locked_dropout(torch.ones(1, 3, 8), 0.5, training=True)
        >>> bool((dropped[:, 0] == dropped[:, 2]).all())
        True
    """
    if not training or p == 0:
        return x
    keep = x.new_empty(x.shape[0], 1, x.shape[2]).bernoulli_(1 - p)
    return x * keep.div_(1 - p)


def word_dropout(ids: Tensor, p: float, unknown_id: int, *, training: bool) -> Tensor:
    """Replace tokens by the unknown one, so that no single word carries an answer alone.

    Args:
        ids: int64 [batch, time].
        p: probability of a token to be replaced.
        unknown_id: what it is replaced by.
        training: whether to replace at all.

    Example:
        >>> word_dropout(torch.tensor([[7, 8, 9]]), 0.999999, 1, training=True)
        tensor([[1, 1, 1]])
    """
    if not training or p == 0:
        return ids
    dropped = torch.rand(ids.shape, device=ids.device) < p
    return ids.masked_fill(dropped, unknown_id)

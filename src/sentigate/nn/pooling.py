"""A row's outputs to one vector, in several ways side by side; what is padding never counts."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from sentigate.config import Pooling


def pool(
    outputs: Tensor,
    lengths: Tensor,
    kinds: Sequence[Pooling],
    *,
    bidirectional: bool,
    attention: nn.Linear | None = None,
) -> Tensor:
    """Pool each row in every way of `kinds` and lay the vectors side by side.

    Args:
        outputs: [batch, time, width]; zero behind each row's end.
        lengths: int64 [batch], each from 1 to time.
        kinds: "last" (the backward half: its last step, which is the row's first), "mean", "max",
            "attention" (mean weighted by the softmax of learned scores).
        bidirectional: whether the second half of the width was read backwards.
        attention: [width] -> [1], gives the scores.

    Returns:
        [batch, width × number of kinds]

    Example:
        >>> outputs = torch.tensor([[[1.0], [3.0], [0.0]]])
        >>> pool(outputs, torch.tensor([2]), ("last", "mean", "max"), bidirectional=False)
        tensor([[3., 2., 3.]])
    """
    mask = torch.arange(outputs.shape[1], device=outputs.device) < lengths.unsqueeze(1)
    pooled = []
    for kind in kinds:
        if kind == "last":
            pooled.append(_last(outputs, lengths, bidirectional=bidirectional))
        elif kind == "mean":
            pooled.append(outputs.sum(dim=1) / lengths.unsqueeze(1).to(outputs.dtype))
        elif kind == "max":
            pooled.append(outputs.masked_fill(~mask.unsqueeze(2), -torch.inf).max(dim=1).values)
        else:
            pooled.append(_attend(outputs, mask, attention))
    return torch.cat(pooled, dim=1)


def _last(outputs: Tensor, lengths: Tensor, *, bidirectional: bool) -> Tensor:
    final = outputs[torch.arange(len(lengths), device=outputs.device), lengths - 1]
    if not bidirectional:
        return final
    half = outputs.shape[2] // 2
    return torch.cat((final[:, :half], outputs[:, 0, half:]), dim=1)


def _attend(outputs: Tensor, mask: Tensor, attention: nn.Linear | None) -> Tensor:
    if attention is None:
        raise ValueError("pooling by attention needs the layer that gives the scores, got None")
    scores = attention(outputs).squeeze(2).masked_fill(~mask, -torch.inf)
    weights = torch.softmax(scores, dim=1).to(outputs.dtype)
    return torch.einsum("bt,btw->bw", weights, outputs)

"""The loss of each kind of head, as functions of logits and targets. Knows nothing of networks."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from sentigate.config import HeadConfig

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Balance:
    """How a loss makes up for classes of unequal size.

    Args:
        columns: int64, the labels that the source can hold.
        weights: float [columns] class weights (for a binary head one for each side), or None.
        adjustment: float [columns], added to the logits in training only: tau x log of the
            class's share, so that the bare logits come out balanced (Menon et al. 2021,
            https://arxiv.org/abs/2007.07314), or None.
    """

    columns: Tensor
    weights: Tensor | None = None
    adjustment: Tensor | None = None


def make_loss(head: HeadConfig, balance: Balance, label_smoothing: float) -> Loss:
    """Return the loss of one source: `loss(logits [batch, logits], targets) -> scalar`.

    Cross-entropy (multiclass, ordinal) among the labels the source can hold, binary cross-entropy
    (binary, multilabel), Huber (regression, so that a few wild numbers do not rule). Targets of the
    former two are places of labels, int64 [batch], or a teacher's probabilities, float [batch,
    labels].

    Args:
        head: whose loss it is.
        balance: which labels there are and how they weigh.
        label_smoothing: share of probability spread over the other labels, where a row has one.

    Example:
        >>> head = HeadConfig(name="label", kind="multiclass", labels=("a", "b", "c"))
        >>> loss = make_loss(head, Balance(torch.tensor([0, 2])), 0.0)
        >>> round(float(loss(torch.tensor([[1.0, 9.0, 1.0]]), torch.tensor([2]))), 4)
        0.6931
    """
    if head.kind in ("multiclass", "ordinal"):
        return _cross_entropy(head, balance, label_smoothing)
    if head.kind == "binary":
        return _binary(balance.weights, label_smoothing)
    if head.kind == "multilabel":
        return _multilabel(balance.weights)
    return lambda logits, targets: F.huber_loss(logits[:, 0], targets)


def ordinal_scores(logits: Tensor) -> Tensor:
    """Return log-probabilities, float [batch, labels], from logits [batch, labels - 1].

    The likelihood of a label is that of the yes and no at each step on the way up to it, so that
    cross-entropy of these is the sum of CORN's conditional losses (Shi, Cao and Raschka 2021,
    https://arxiv.org/abs/2111.08851); the equations stand in `runtime.decide.class_scores`.
    """
    nothing = torch.zeros_like(logits[:, :1])
    climbed = F.logsigmoid(logits).cumsum(dim=1)
    return torch.cat([nothing, climbed], dim=1) + torch.cat([F.logsigmoid(-logits), nothing], dim=1)


def _cross_entropy(head: HeadConfig, balance: Balance, label_smoothing: float) -> Loss:
    place = torch.full((len(head.labels),), -1, dtype=torch.int64)
    place[balance.columns] = torch.arange(len(balance.columns))

    def loss(logits: Tensor, targets: Tensor) -> Tensor:
        scores = ordinal_scores(logits) if head.kind == "ordinal" else logits
        columns = balance.columns.to(logits.device)
        among = scores[:, columns]
        if balance.adjustment is not None:
            among = among + balance.adjustment.to(logits)
        soft = targets.is_floating_point()
        return F.cross_entropy(
            among,
            targets[:, columns] if soft else place.to(logits.device)[targets],
            weight=_to(balance.weights, logits),
            label_smoothing=label_smoothing,
        )

    return loss


def _binary(weights: Tensor | None, label_smoothing: float) -> Loss:
    def loss(logits: Tensor, targets: Tensor) -> Tensor:
        each = None if weights is None else weights.to(logits)[targets]
        smooth = targets.to(logits.dtype) * (1 - label_smoothing) + label_smoothing / 2
        return F.binary_cross_entropy_with_logits(logits[:, 0], smooth, weight=each)

    return loss


def _multilabel(weights: Tensor | None) -> Loss:
    def loss(logits: Tensor, targets: Tensor) -> Tensor:
        each = F.binary_cross_entropy_with_logits(
            logits, targets, pos_weight=_to(weights, logits), reduction="none"
        )
        # Half the sum over labels: a row then counts about as much as one softmax decision,
        # however many labels there are, which matters where several heads share an encoder.
        return each.sum(dim=1).mean() / 2

    return loss


def _to(weights: Tensor | None, logits: Tensor) -> Tensor | None:
    return None if weights is None else weights.to(logits)

"""A second loss where the text was pushed uphill, so that no single token's vector is leant on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

Hook = Callable[[nn.Module, tuple[Tensor, ...], Tensor], Tensor | None]


def with_adversary(network: nn.Module, loss: Callable[[], Tensor], length: float) -> Tensor:
    """Return the mean of a loss and of the same loss with each text's vectors moved uphill.

    One step of the fast gradient method (Miyato, Dai and Goodfellow 2017,
    https://arxiv.org/abs/1605.07725, equations 3 and 4, without their scaling of the vectors): all
    vectors of a text together move by `length` along the gradient. Twice the work of the loss
    alone. As long as the vectors do not learn, it is the loss alone.

    Args:
        network: holds all that learns; its part `embedding` gives the vectors, float
            [batch, time, width].
        loss: computes the loss through the embedding, once each time that it is called.
        length: of the step, in the unit of the vectors.

    Example:
        >>> network = nn.ModuleDict({"embedding": nn.Embedding(5, 2)})
        >>> ids = torch.tensor([[1, 2]])
        >>> plain = lambda: network.embedding(ids).square().sum()
        >>> bool(with_adversary(network, plain, 0.1) > plain())
        True
    """
    embedding: Any = network.embedding
    seen: list[Tensor] = []
    with _hooked(embedding, lambda _module, _inputs, vectors: seen.append(vectors)):
        plain = loss()
    (vectors,) = seen
    if not vectors.requires_grad:
        return plain
    learning = [weights for weights in network.parameters() if weights.requires_grad]
    uphill, *slopes = torch.autograd.grad(plain, [vectors, *learning], allow_unused=True)
    step = length * uphill / uphill.norm(dim=(1, 2), keepdim=True).clamp_min(1e-12)
    with _hooked(embedding, lambda _module, _inputs, vectors: vectors + step):
        return (_tangent(plain, learning, slopes) + loss()) / 2


def _tangent(value: Tensor, weights: Sequence[Tensor], slopes: Sequence[Tensor | None]) -> Tensor:
    """The value with the gradients that are known of it: no second way back through the network."""
    pairs = zip(weights, slopes, strict=True)
    terms = [(slope * some).sum() for some, slope in pairs if slope is not None]
    line = torch.stack(terms).sum()
    return value.detach() + line - line.detach()


@contextmanager
def _hooked(module: nn.Module, hook: Hook) -> Iterator[None]:
    handle = module.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()

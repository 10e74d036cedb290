"""The layers of a network from its heads down: how fast each learns, and when it begins to."""

import re
from collections import defaultdict

from torch import nn

_LAYER = re.compile(r"^lstm\.\w+_l(\d+)")


def layers(network: nn.Module) -> list[list[nn.Parameter]]:
    """Group the parameters: heads and attention first, then recurrent layers, embeddings last.

    What has none of these names, as in a network that is not ours, counts as head.

    Example:
        >>> network = nn.ModuleDict({"embedding": nn.Embedding(9, 2), "lstm": nn.LSTM(2, 3, 2)})
        >>> [sum(one.numel() for one in layer) for layer in layers(network)]
        [96, 84, 18]
    """
    depths: dict[float, list[nn.Parameter]] = defaultdict(list)
    for name, parameter in network.named_parameters():
        depths[_depth(name)].append(parameter)
    return [depths[depth] for depth in sorted(depths)]


def _depth(name: str) -> float:
    if name.startswith("embedding."):
        return float("inf")
    found = _LAYER.match(name)
    return -1 - int(found[1]) if found else float("-inf")


def thawed(count: int, done: float, unfreeze: float) -> int:
    """Return how many layers, from the top, learn after a share of the training is done.

    Gradual unfreezing (Howard and Ruder 2018), in shares of the training and not in epochs, whose
    number depends on the rows.

    Args:
        count: how many layers there are.
        done: share of the training that is over, from 0 to 1.
        unfreeze: share after which all layers learn; 0 is from the start.

    Example:
        >>> [thawed(3, done, unfreeze=0.2) for done in (0.0, 0.1, 0.2, 0.9)]
        [1, 2, 3, 3]
    """
    if done >= unfreeze:
        return count
    return 1 + int((count - 1) * done / unfreeze)

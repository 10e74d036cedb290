"""Integrated gradients of a head's logits with respect to the tokens' vectors; the user of Captum.

Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", 2017. Knows ids and logits,
no text and no label. Needs the extra `explain`.
"""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sentigate.extras import require
from sentigate.model.artifact import Artifact
from sentigate.nn.classifier import Classifier, build_classifier

MOST_VECTORS = 16_384
"""How many vectors are held at once, all steps of the path together."""


def open_network(artifact: Artifact) -> Classifier:
    """Return a model as a network in evaluation mode, on a GPU where there is one."""
    network = build_classifier(artifact.config.encoder, artifact.config.heads)
    network.load_weights(artifact.weights)
    return network.to("cuda" if torch.cuda.is_available() else "cpu").eval()


class Integrated(NamedTuple):
    """What came of the path from the baseline to the text.

    Args:
        tokens: the contribution of each token, float32 [time].
        delta: what is lost to summing instead of integrating: contributions - (end - start).
    """

    tokens: NDArray[np.float32]
    delta: float


def integrated_gradients(
    network: Classifier,
    ids: NDArray[np.integer],
    baseline: NDArray[np.integer],
    head: str,
    slopes: NDArray[np.floating],
    *,
    steps: int = 32,
) -> Integrated:
    """Integrate the gradient of a weighted sum of logits along the way from a baseline to a row.

    Args:
        network: in evaluation mode, on the device where it shall run.
        ids: the row, [time].
        baseline: the row the way begins at, [time].
        head: the name of the head.
        slopes: the weight of each logit, [logits].
        steps: points on the way, by Gauss and Legendre.

    Raises:
        MissingExtraError: Captum is not installed.
    """
    captum = require("captum.attr", "explain")
    device = network.embedding.weight.device
    place = network.head_names.index(head)
    weights = torch.as_tensor(np.asarray(slopes, np.float32), device=device)

    def score(vectors: Tensor, lengths: Tensor) -> Tensor:
        logits: Tensor = network.heads[place](network.encode_vectors(vectors, lengths))
        return logits @ weights

    rows = torch.as_tensor(np.stack([ids, baseline]).astype(np.int64), device=device)
    vectors = network.embedding(rows).detach()
    lengths = torch.tensor([len(ids)], device=device)
    # cuDNN's LSTM refuses to run backward in evaluation mode; PyTorch's own kernel does not.
    with torch.backends.cudnn.flags(enabled=False):
        parts, delta = captum.IntegratedGradients(score).attribute(
            vectors[:1],
            baselines=vectors[1:],
            additional_forward_args=(lengths,),
            n_steps=steps,
            internal_batch_size=max(1, MOST_VECTORS // len(ids)),
            return_convergence_delta=True,
        )
    return Integrated(parts[0].sum(dim=1).cpu().numpy(), float(delta[0]))

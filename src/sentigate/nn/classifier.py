"""One encoder, several named heads: the network of a model folder as a torch module.

Knows the configuration (in `build_classifier` alone) and the weight names of the model folder;
knows nothing of text, labels, losses or files.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import DTypeLike, NDArray
from torch import Tensor, nn

from sentigate.config import EncoderConfig, HeadConfig, Pooling
from sentigate.errors import ModelError
from sentigate.nn.embedding import Embedding
from sentigate.nn.pooling import pool
from sentigate.nn.recurrent import Recurrent


class Classifier(nn.Module):
    """Token ids to logits: embedding, recurrent layers, pooling, one linear layer a head.

    Args:
        embedding: ids to vectors.
        lstm: vectors to outputs.
        pooling: how outputs become one vector; see `pool`.
        output_size: width of one step's output.
        heads: number of logits of each head, by name.
        dropout: share of the pooled features dropped in training.

    Shapes:
        ids int64 [batch, time], lengths int64 [batch] -> by head name: float [batch, logits]

    Example:
        >>> network = build_classifier(
        ...     EncoderConfig(vocab_size=300, embedding_size=8, hidden_size=4),
        ...     [HeadConfig(name="mood", kind="multiclass", labels=("bad", "so-so", "good"))],
        ... )
        >>> logits = network(torch.tensor([[5, 6, 7], [8, 0, 0]]), torch.tensor([3, 1]))
        >>> logits["mood"].shape
        torch.Size([2, 3])
    """

    def __init__(
        self,
        *,
        embedding: Embedding,
        lstm: Recurrent,
        pooling: Sequence[Pooling],
        output_size: int,
        heads: Mapping[str, int],
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.pooling = tuple(pooling)
        self.head_names = tuple(heads)
        self.dropout = dropout
        self.embedding = embedding
        self.lstm = lstm
        attends = "attention" in self.pooling
        self.attention = nn.Linear(output_size, 1, bias=False) if attends else None
        pooled_size = output_size * len(self.pooling)
        # A list, for a ModuleDict refuses names that are its own methods, such as "type".
        self.heads = nn.ModuleList(nn.Linear(pooled_size, logits) for logits in heads.values())
        for head in self.heads:
            nn.init.zeros_(head.bias)  # type: ignore[arg-type]

    def encode(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Return one vector a row: [batch, output_size × number of poolings]."""
        return self.encode_vectors(self.embedding(ids), lengths)

    def encode_vectors(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """Do what `encode` does, from the tokens' vectors on: [batch, time, embedding_size]."""
        outputs, _ = self.lstm(vectors, lengths)
        return pool(
            outputs,
            lengths,
            self.pooling,
            bidirectional=self.lstm.bidirectional,
            attention=self.attention,
        )

    def forward(self, ids: Tensor, lengths: Tensor) -> dict[str, Tensor]:
        """Return the logits of every head, [batch, logits] each, in the weights' precision."""
        vector = F.dropout(self.encode(ids, lengths), self.dropout, self.training)
        precision = self.embedding.weight.dtype
        return {
            name: head(vector).to(precision)
            for name, head in zip(self.head_names, self.heads, strict=True)
        }

    def to_weights(self, dtype: DTypeLike = np.float32) -> dict[str, NDArray[Any]]:
        """Return the weights under the names of the model folder, as NumPy arrays."""
        return {
            self._public_name(name): tensor.detach().cpu().numpy().astype(dtype)
            for name, tensor in self.state_dict().items()
        }

    def load_weights(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Take over the weights of a model folder.

        Raises:
            ModelError: names or shapes are not those of this network; names every difference.
        """
        own = {self._public_name(name): tensor for name, tensor in self.state_dict().items()}
        faults = [f"{name} is missing" for name in own if name not in weights]
        faults += [f"{name} is not part of the network" for name in weights if name not in own]
        faults += [
            f"{name} is {weights[name].shape}, expected {tuple(tensor.shape)}"
            for name, tensor in own.items()
            if name in weights and weights[name].shape != tuple(tensor.shape)
        ]
        if faults:
            raise ModelError(f"the weights do not fit the configuration: {'; '.join(faults)}")
        with torch.no_grad():
            for name, tensor in own.items():
                tensor.copy_(torch.from_numpy(np.array(weights[name])))

    def _public_name(self, name: str) -> str:
        """Turn "heads.0.bias" into "heads.sentiment.bias"; leave the other names alone."""
        group, _, rest = name.partition(".")
        if group != "heads":
            return name
        index, _, parameter = rest.partition(".")
        return f"heads.{self.head_names[int(index)]}.{parameter}"


def build_classifier(
    encoder: EncoderConfig,
    heads: Sequence[HeadConfig],
    *,
    word_dropout: float = 0.0,
    embedding_dropout: float = 0.0,
    layer_dropout: float = 0.0,
    weight_drop: float = 0.0,
    dropout: float = 0.0,
) -> Classifier:
    """Build the network that a configuration describes; the dropouts matter in training only."""
    embedding = Embedding(
        vocab_size=encoder.vocab_size,
        embedding_size=encoder.embedding_size,
        word_dropout=word_dropout,
        embedding_dropout=embedding_dropout,
    )
    lstm = Recurrent(
        input_size=encoder.embedding_size,
        hidden_size=encoder.hidden_size,
        num_layers=encoder.num_layers,
        bidirectional=encoder.bidirectional,
        cell=encoder.cell,
        layer_dropout=layer_dropout,
        weight_drop=weight_drop,
    )
    return Classifier(
        embedding=embedding,
        lstm=lstm,
        pooling=encoder.pooling,
        output_size=encoder.output_size,
        heads={head.name: head.logits for head in heads},
        dropout=dropout,
    )

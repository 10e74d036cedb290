"""Language models that share their encoder with a classifier: one reads forwards, one backwards.

Each direction predicts the next token in its own order of reading, through the embeddings
themselves (tied weights). Rows hold text after text with `END` between them; every text is read as
if it were alone, so that what is learnt is what a classifier's encoder will do. Knows no files.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sentigate.config import EncoderConfig
from sentigate.errors import ModelError
from sentigate.nn.dropout import locked_dropout
from sentigate.nn.embedding import Embedding
from sentigate.nn.recurrent import Recurrent
from sentigate.records import LSTMState

END = 0  # the id of padding, which no text holds
OWN = "language_model."


class LanguageModel(nn.Module):
    """Token ids to outputs of each direction, and outputs to factors of the next token's logits.

    Press and Wolf 2017, "Using the output embedding to improve language models" (tied weights);
    Merity et al. 2018, "Regularizing and optimizing LSTM language models".

    Args:
        embedding: ids to vectors, and outputs back to ids.
        directions: one network of one direction for each order of reading.
        dropout: share of output features dropped in training, the same at all steps.

    Shapes:
        ids int64 [directions, batch, time], states of the last stretch
        -> outputs [directions, batch, time, hidden_size], states behind this one
    """

    def __init__(
        self, *, embedding: Embedding, directions: Sequence[Recurrent], dropout: float = 0.0
    ) -> None:
        super().__init__()
        vocab_size, width = embedding.weight.shape
        self.dropout = dropout
        self.embedding = embedding
        self.directions = nn.ModuleList(directions)
        self.projections = nn.ModuleList(nn.Linear(one.hidden_size, width) for one in directions)
        self.bias = nn.Parameter(torch.zeros(vocab_size))

    def zero_states(self, batch: int) -> list[LSTMState]:
        """Return the state of each direction before the first token."""
        return [direction.zero_state(batch) for direction in self._networks]

    @property
    def _networks(self) -> list[Recurrent]:
        return [one for one in self.directions if isinstance(one, Recurrent)]

    def forward(self, ids: Tensor, states: Sequence[LSTMState]) -> tuple[Tensor, list[LSTMState]]:
        """Read the next stretch of each direction's rows."""
        outputs, after = [], []
        for network, own, state in zip(self._networks, ids, states, strict=True):
            output, behind = network.read_on(self.embedding(own), own == END, state)
            outputs.append(locked_dropout(output, self.dropout, training=self.training))
            after.append(behind)
        return torch.stack(outputs), after

    def projected(self, outputs: Tensor) -> Tensor:
        """Turn outputs [directions, batch, time, hidden_size] into what logits are made of.

        Returns:
            [directions × batch × time, embedding_size]: a product with `tied` gives the logits of
            the next token.
        """
        pairs = zip(self.projections, outputs, strict=True)
        return torch.cat([projection(output.flatten(0, 1)) for projection, output in pairs])

    def tied(self, tokens: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return vectors [tokens, embedding_size] and biases of these tokens, or of all."""
        if tokens is None:
            return self.embedding.weight, self.bias
        return self.embedding.weight[tokens], self.bias[tokens]

    def to_weights(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights as a model folder names them.

        Embedding and recurrent layers are those of a classifier's encoder: in a deeper layer, which
        there reads both directions side by side, the weights for the other direction are 0. What
        only a language model has is named `language_model.…`.
        """
        weights = {"embedding.weight": _array(self.embedding.weight)}
        for place, network in enumerate(self._networks):
            for name, values in network.state_dict().items():
                weights[_encoder_name(name, place)] = self._widened(name, _array(values), place)
        weights[f"{OWN}bias"] = _array(self.bias)
        for name, values in self.projections.state_dict().items():
            weights[f"{OWN}{name}"] = _array(values)
        return weights

    def load_weights(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Take over an encoder's weights; what is only a language model's may be missing.

        Raises:
            ModelError: the weights are not those of such a network.
        """
        own = self.to_weights()
        known = {name: weights[name] for name in own if name in weights}
        missing = [name for name in own if name not in weights and not name.startswith(OWN)]
        wrong = [name for name, values in known.items() if values.shape != own[name].shape]
        if missing or wrong:
            raise ModelError(
                f"the weights do not fit a language model: {', '.join([*missing, *wrong])}"
            )
        with torch.no_grad():
            self._fill({**own, **known})

    def _fill(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self.embedding.weight.copy_(_tensor(weights["embedding.weight"]))
        self.bias.copy_(_tensor(weights[f"{OWN}bias"]))
        for name, tensor in self.projections.state_dict().items():
            tensor.copy_(_tensor(weights[f"{OWN}{name}"]))
        for place, network in enumerate(self._networks):
            for name, tensor in network.state_dict().items():
                values = weights[_encoder_name(name, place)]
                tensor.copy_(_tensor(self._narrowed(name, values, place)))

    def _widened(self, name: str, values: NDArray[Any], place: int) -> NDArray[Any]:
        if not self._reads_both(name):
            return values
        blocks = [np.zeros_like(values) for _ in self.directions]
        blocks[place] = values
        return np.concatenate(blocks, axis=1)

    def _narrowed(self, name: str, values: NDArray[Any], place: int) -> NDArray[Any]:
        """Leave out what a deeper layer reads of the other direction, which is not there."""
        return (
            np.split(values, len(self.directions), axis=1)[place]
            if self._reads_both(name)
            else values
        )

    def _reads_both(self, name: str) -> bool:
        deeper = name.startswith("weight_ih_l") and not name.startswith("weight_ih_l0")
        return deeper and len(self.directions) > 1


def build_language_model(
    encoder: EncoderConfig,
    *,
    word_dropout: float = 0.0,
    embedding_dropout: float = 0.0,
    layer_dropout: float = 0.0,
    weight_drop: float = 0.0,
    dropout: float = 0.0,
) -> LanguageModel:
    """Build the language model of an encoder; the dropouts matter in training only.

    Example:
        >>> encoder = EncoderConfig(vocab_size=300, embedding_size=8, hidden_size=4)
        >>> model = build_language_model(encoder)
        >>> outputs, states = model(torch.ones(2, 3, 5, dtype=torch.int64), model.zero_states(3))
        >>> outputs.shape, model.projected(outputs).shape
        (torch.Size([2, 3, 5, 4]), torch.Size([30, 8]))
    """
    embedding = Embedding(
        vocab_size=encoder.vocab_size,
        embedding_size=encoder.embedding_size,
        word_dropout=word_dropout,
        embedding_dropout=embedding_dropout,
    )
    directions = [
        Recurrent(
            input_size=encoder.embedding_size,
            hidden_size=encoder.hidden_size,
            num_layers=encoder.num_layers,
            layer_dropout=layer_dropout,
            weight_drop=weight_drop,
        )
        for _ in range(2 if encoder.bidirectional else 1)
    ]
    return LanguageModel(embedding=embedding, directions=directions, dropout=dropout)


def _encoder_name(name: str, place: int) -> str:
    return f"lstm.{name}{'_reverse' if place else ''}"


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.detach().cpu().float().numpy().copy()


def _tensor(values: NDArray[Any]) -> Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float32))

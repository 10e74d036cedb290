"""The reference engine: the equations of `sentigate.lstm` in NumPy, every gate within reach.

It answers as the fast engine does and needs neither ONNX Runtime nor torch.
"""

import numpy as np
from numpy.typing import NDArray

from sentigate.config import Pooling
from sentigate.errors import ConfigError
from sentigate.lstm.layers import layers_of, outputs, run_layers
from sentigate.lstm.pooling import pooling_shares
from sentigate.lstm.traces import GateTrace, trace
from sentigate.model.artifact import Artifact
from sentigate.records import Batch

Floats = NDArray[np.float32]


class NumpyEngine:
    """Runs a model by its equations.

    Args:
        artifact: the model.
    """

    def __init__(self, artifact: Artifact) -> None:
        self.config = artifact.config
        self.weights = {name: w.astype(np.float32) for name, w in artifact.weights.items()}
        self.layers = layers_of(self.weights)

    def run(self, batch: Batch) -> dict[str, Floats]:
        """Return the logits of every head, float32 [batch, logits]."""
        encoder = self.config.encoder
        passes = run_layers(self.embed(batch), batch.lengths, self.layers, cell=encoder.cell)[-1]
        steps = outputs(passes)
        vectors = np.concatenate(
            [(steps * self.shares(kind, steps, batch)).sum(axis=1) for kind in encoder.pooling],
            axis=1,
        )
        return {
            head.name: vectors @ self.weights[f"heads.{head.name}.weight"].T
            + self.weights[f"heads.{head.name}.bias"]
            for head in self.config.heads
        }

    def trace(self, batch: Batch) -> list[GateTrace]:
        """Return every gate and memory of the LSTM at every step, layer and direction.

        Raises:
            ConfigError: the model is a plain RNN, which has no gates.
        """
        if self.config.encoder.cell != "lstm":
            raise ConfigError([f"the model {self.config.name!r} is a plain RNN: it has no gates"])
        return trace(self.embed(batch), batch.lengths, self.layers)

    def embed(self, batch: Batch) -> Floats:
        """Return the vector of each token, [batch, time, embedding_size]."""
        vectors: Floats = self.weights["embedding.weight"][batch.ids]
        return vectors

    def shares(self, kind: Pooling, steps: Floats, batch: Batch) -> NDArray[np.floating]:
        """Return how much each of the last layer's outputs counts in a pooling; `pooling_shares`.

        Args:
            kind: the pooling.
            steps: outputs of the last layer, [batch, time, output_size].
            batch: the rows they come from.
        """
        return pooling_shares(
            kind,
            steps,
            batch.lengths,
            bidirectional=self.config.encoder.bidirectional,
            attention=self.weights.get("attention.weight"),
        )

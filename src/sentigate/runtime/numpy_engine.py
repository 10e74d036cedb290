"""The reference engine: the equations of `sentigate.lstm` in NumPy, every gate within reach.

It answers as the fast engine does and needs neither ONNX Runtime nor torch.
"""

import numpy as np
from numpy.typing import NDArray

from sentigate.config import Pooling
from sentigate.errors import ConfigError
from sentigate.lstm.layers import layers_of, outputs, run_layers
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
        self._config = artifact.config
        self._weights = {name: w.astype(np.float32) for name, w in artifact.weights.items()}
        self._layers = layers_of(self._weights)

    def run(self, batch: Batch) -> dict[str, Floats]:
        """Return the logits of every head, float32 [batch, logits]."""
        vectors = self._encode(batch)
        return {
            head.name: vectors @ self._weights[f"heads.{head.name}.weight"].T
            + self._weights[f"heads.{head.name}.bias"]
            for head in self._config.heads
        }

    def trace(self, batch: Batch) -> list[GateTrace]:
        """Return every gate and memory of the LSTM at every step, layer and direction.

        Raises:
            ConfigError: the model is a plain RNN, which has no gates.
        """
        if self._config.encoder.cell != "lstm":
            raise ConfigError([f"the model {self._config.name!r} is a plain RNN: it has no gates"])
        return trace(self._embed(batch), batch.lengths, self._layers)

    def _embed(self, batch: Batch) -> Floats:
        vectors: Floats = self._weights["embedding.weight"][batch.ids]
        return vectors

    def _encode(self, batch: Batch) -> Floats:
        """[batch, output_size × number of poolings]."""
        encoder = self._config.encoder
        passes = run_layers(self._embed(batch), batch.lengths, self._layers, cell=encoder.cell)[-1]
        last = np.concatenate([one.end.hidden for one in passes], axis=1)
        steps = outputs(passes)
        pooled = [last if k == "last" else self._pool(k, steps, batch) for k in encoder.pooling]
        return np.concatenate(pooled, axis=1)

    def _pool(self, kind: Pooling, steps: Floats, batch: Batch) -> Floats:
        """[batch, time, width] -> [batch, width]; `steps` is zero on the padding."""
        mask = batch.mask[:, :, None]
        pooled: Floats
        if kind == "mean":
            pooled = steps.sum(axis=1) / batch.lengths[:, None].astype(np.float32)
        elif kind == "max":
            pooled = np.where(mask, steps, -np.inf).max(axis=1)
        else:
            scores = np.where(mask, steps @ self._weights["attention.weight"].T, -np.inf)
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            pooled = (steps * shares).sum(axis=1) / shares.sum(axis=1)
        return pooled

"""A network of one direction in the middle of a text: its state carried on, one answer per token.

Knows no text; it takes token ids as they come and gives logits.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sentigate.config import Pooling
from sentigate.lstm.layers import outputs, run_layers
from sentigate.records import Batch, LSTMState
from sentigate.runtime.model import Ids
from sentigate.runtime.numpy_engine import NumpyEngine

Logits = Mapping[str, NDArray[np.floating]]
Doubles = NDArray[np.float64]


class Carried:
    """Reads on from where it stopped.

    After a token the answer is that of a text which ends there, for a network of one direction
    never looks ahead: only the pooling is done anew at each step, from what it has gathered.

    Args:
        engine: the equations of a network of one direction.
    """

    def __init__(self, engine: NumpyEngine) -> None:
        self._engine = engine
        self._states: list[LSTMState] | None = None
        self._pools = [_Pool(kind) for kind in engine.config.encoder.pooling]

    def read(self, ids: Ids) -> Logits:
        """Read on.

        Args:
            ids: the next token ids, [time], at least one.

        Returns:
            For each head the logits after each token, [time, logits].
        """
        engine = self._engine
        batch = Batch(ids[None].astype(np.int64), np.array([len(ids)]), np.array([0]))
        passes = run_layers(
            engine.embed(batch),
            batch.lengths,
            engine.layers,
            self._states,
            cell=engine.config.encoder.cell,
        )
        self._states = [layer[0].end for layer in passes]
        steps = outputs(passes[-1])[0].astype(np.float64)
        scores = steps @ engine.weights.get("attention.weight", np.zeros((1, steps.shape[1]))).T
        vectors = np.concatenate([pool.add(steps, scores) for pool in self._pools], axis=1)
        return {
            head.name: vectors @ engine.weights[f"heads.{head.name}.weight"].T
            + engine.weights[f"heads.{head.name}.bias"]
            for head in engine.config.heads
        }


class _Pool:
    """What a pooling has gathered of the steps so far."""

    def __init__(self, kind: Pooling) -> None:
        self._kind = kind
        self._highest: Doubles | float = -np.inf
        self._shift = -np.inf
        self._sum: Doubles | float = 0.0
        self._weight = 0.0

    def add(self, steps: Doubles, scores: Doubles) -> Doubles:
        """Gather steps; returns what is pooled after each, [time, width] -> [time, width]."""
        if self._kind == "last":
            return steps
        if self._kind == "max":
            highest = np.maximum.accumulate(np.maximum(steps, self._highest), axis=0)
            self._highest = highest[-1]
            return highest
        return self._mean(steps, scores if self._kind == "attention" else np.zeros_like(scores))

    def _mean(self, steps: Doubles, scores: Doubles) -> Doubles:
        """The mean so far, weighted by exp(score); the largest score is taken out of all."""
        shift = max(self._shift, float(scores.max()))
        before, weights = np.exp(self._shift - shift), np.exp(scores - shift)
        sums = before * self._sum + np.cumsum(weights * steps, axis=0)
        totals = before * self._weight + np.cumsum(weights, axis=0)
        self._shift, self._sum, self._weight = shift, sums[-1], float(totals[-1, 0])
        pooled: Doubles = sums / totals
        return pooled

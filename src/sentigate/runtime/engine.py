"""What runs a network: one protocol, and the function that opens an engine by its name.

Knows nothing of text; an engine takes token ids and gives logits.
"""

from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from sentigate.errors import ConfigError, suggestion
from sentigate.model.artifact import Artifact
from sentigate.records import Batch

EngineName = Literal["onnx", "numpy"]


class Engine(Protocol):
    """Runs the network of one model."""

    def run(self, batch: Batch) -> dict[str, NDArray[np.float32]]:
        """Return the logits of every head, float32 [batch, logits], in the order of the rows.

        What a row gets depends on nothing but the row: not on its neighbours, nor on the padding.
        """
        ...


def open_engine(artifact: Artifact, name: EngineName = "onnx", threads: int = 1) -> Engine:
    """Open the engine of a model.

    Args:
        artifact: the model.
        name: "onnx", the fast one, or "numpy", the equations themselves.
        threads: how many threads the onnx engine may use; NumPy's own are set by its
            environment (OMP_NUM_THREADS).

    Raises:
        ConfigError: there is no such engine.
    """
    # Imported when wanted, for ONNX Runtime alone takes most of a cold start.
    if name == "onnx":
        from sentigate.runtime.onnx_engine import OnnxEngine

        return OnnxEngine(artifact, threads=threads)
    if name == "numpy":
        from sentigate.runtime.numpy_engine import NumpyEngine

        return NumpyEngine(artifact)
    raise ConfigError(
        [f"there is no engine {name!r}{suggestion(name, list(get_args(EngineName)))}"]
    )

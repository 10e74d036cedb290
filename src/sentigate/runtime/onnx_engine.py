"""The fast engine: the model's ONNX graph in ONNX Runtime; the only importer of it."""

import os

import numpy as np
from numpy.typing import NDArray

from sentigate.errors import ModelError
from sentigate.model.artifact import Artifact
from sentigate.records import Batch

# Its official builds (from 1.29 on, on Linux and macOS too) otherwise keep an id of the machine in
# the home folder and tell Microsoft of every session. It reads this when it is loaded; the call is
# for Windows, and for a program that had loaded it before.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime

onnxruntime.disable_telemetry_events()

_ERRORS_ONLY = 3


class OnnxEngine:
    """Runs a model in ONNX Runtime on the CPU.

    Args:
        artifact: the model; its weights are handed over in memory, no file is read.
        threads: how many threads one run may use.

    Raises:
        ModelError: ONNX Runtime does not accept the graph.
    """

    def __init__(self, artifact: Artifact, *, threads: int = 1) -> None:
        # The session reads these arrays in place, so they must live as long as it does.
        self._weights = {
            name: onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(array))
            for name, array in artifact.weights.items()
        }
        options = _options(threads)
        options.add_external_initializers(list(self._weights), list(self._weights.values()))
        try:
            self._session = onnxruntime.InferenceSession(
                artifact.onnx, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its errors have no common base but this
            raise ModelError(
                f"ONNX Runtime cannot open the model {artifact.config.name!r} ({error}): "
                "try the engine 'numpy'"
            ) from error
        self._heads = [head.name for head in artifact.config.heads]

    def run(self, batch: Batch) -> dict[str, NDArray[np.float32]]:
        """Return the logits of every head, float32 [batch, logits]."""
        inputs = {"ids": batch.ids, "lengths": batch.lengths}
        return dict(zip(self._heads, self._session.run(self._heads, inputs), strict=True))


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = _ERRORS_ONLY
    # A waiting thread that spins takes a core from whoever shares the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options

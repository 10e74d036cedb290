"""A small hand for writing ONNX graphs: every method adds one thing and returns its name.

Knows the ONNX format and nothing of the network; the only importer of the package `onnx`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentigate.extras import require
from sentigate.model.weights import Place

OPSET = 17
IR_VERSION = 8


class Graph:
    """An ONNX graph under construction.

    Args:
        name: name of the graph.

    Example:
        >>> graph = Graph("sum")
        >>> a = graph.input("a", np.float32, ("n",))
        >>> graph.output(graph.node("Add", a, graph.constant(np.float32([1]))), "b", ("n",))
        >>> len(graph.to_bytes()) > 0
        True
    """

    def __init__(self, name: str) -> None:
        self._onnx = require("onnx", "train")
        self._graph = self._onnx.GraphProto(name=name)

    def input(self, name: str, dtype: type, shape: Sequence[str | int]) -> str:
        """Add an input; a name in its shape is a size known at run time only."""
        self._graph.input.append(self._value(name, np.dtype(dtype), shape))
        return name

    def output(self, value: str, name: str, shape: Sequence[str | int]) -> None:
        """Make a float32 value an output under another name."""
        self._graph.node.append(self._onnx.helper.make_node("Identity", [value], [name]))
        self._graph.output.append(self._value(name, np.dtype(np.float32), shape))

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output."""
        return self.nodes(operator, *inputs, outputs=1, **attributes)[0]

    def nodes(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """Add a node with several outputs."""
        stem = f"/{operator}_{len(self._graph.node)}"
        names = [f"{stem}_{index}" for index in range(outputs)]
        node = self._onnx.helper.make_node(operator, inputs, names, name=stem, **attributes)
        self._graph.node.append(node)
        return names

    def constant(self, value: NDArray[Any] | Sequence[int]) -> str:
        """Add a small array; a list of whole numbers becomes int64."""
        name = f"/constant_{len(self._graph.initializer)}"
        tensor = self._onnx.numpy_helper.from_array(np.asarray(value), name)
        self._graph.initializer.append(tensor)
        return name

    def weight(self, name: str, array: NDArray[Any], place: Place) -> str:
        """Add an array that lies in the file `weights.safetensors` beside the graph."""
        tensor = self._graph.initializer.add(name=name, dims=array.shape)
        tensor.data_type = self._onnx.helper.np_dtype_to_tensor_dtype(array.dtype)
        tensor.data_location = self._onnx.TensorProto.EXTERNAL
        where = {"location": "weights.safetensors", **place._asdict()}
        for key, value in where.items():
            tensor.external_data.add(key=key, value=str(value))
        return name

    def to_bytes(self) -> bytes:
        """Return the model, serialized."""
        model = self._onnx.helper.make_model(
            self._graph,
            producer_name="sentigate",
            ir_version=IR_VERSION,
            opset_imports=[self._onnx.helper.make_opsetid("", OPSET)],
        )
        return bytes(model.SerializeToString(deterministic=True))

    def _value(self, name: str, dtype: np.dtype[Any], shape: Sequence[str | int]) -> Any:
        kind = self._onnx.helper.np_dtype_to_tensor_dtype(dtype)
        return self._onnx.helper.make_tensor_value_info(name, kind, shape)


def inline_weights(
    content: bytes, weights: Mapping[str, NDArray[Any]], properties: Mapping[str, str]
) -> bytes:
    """Return the same model with its outside weights inside, and with named texts about it."""
    onnx = require("onnx", "train")
    model = onnx.load_from_string(content)
    for tensor in model.graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            tensor.CopyFrom(
                onnx.numpy_helper.from_array(np.array(weights[tensor.name]), tensor.name)
            )
    onnx.helper.set_model_props(model, dict(properties))
    return bytes(model.SerializeToString(deterministic=True))

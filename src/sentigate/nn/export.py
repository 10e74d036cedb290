"""The network as an ONNX graph, written node by node and not traced.

Exporters freeze the time axis of a bidirectional LSTM; this graph takes any batch and any time, and
reads each row to its own end. It is laid out time first, as the LSTM operator wants it:

    ids ─> Gather ─> LSTM (× layers) ─> pooling, masked ─> one linear layer a head ─> logits

Needs the package `onnx` and no torch.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentigate.config import EncoderConfig, HeadConfig, ModelConfig
from sentigate.files import write_aside
from sentigate.model.artifact import Artifact
from sentigate.model.weights import places, to_bytes
from sentigate.nn.graph import Graph, inline_weights


class _Rows(NamedTuple):
    """What the rows of the batch look like, as names of values in the graph."""

    lengths: str  # int32 [batch]
    mask: str  # bool [time, 1, batch, 1]
    counts: str  # float [batch, 1]


class _Outputs(NamedTuple):
    """What a recurrent layer gives, as names of values in the graph."""

    steps: str  # [time, directions, batch, hidden]
    final: str  # [directions, batch, hidden]


def build_onnx(config: ModelConfig, weights: Mapping[str, NDArray[Any]]) -> bytes:
    """Write the graph of a network; its weights stay in `weights.safetensors`.

    The inputs are `ids`, int64 [batch, time], and `lengths`, int64 [batch]; each head is an output
    of its own name, float32 [batch, logits]. Weights stored in half precision are widened in the
    graph.

    Args:
        config: the network.
        weights: its arrays by name, as they will be stored.

    Raises:
        MissingExtraError: the package `onnx` is not installed.
    """
    graph = Graph(config.name)
    ids = graph.input("ids", np.int64, ("batch", "time"))
    lengths = graph.input("lengths", np.int64, ("batch",))
    where = places(to_bytes(weights))
    names = {
        name: graph.weight(name, array, where[name]) for name, array in sorted(weights.items())
    }
    network = _Network(graph, config.encoder, names)
    vector = network.encode(ids, lengths)
    for head in config.heads:
        network.answer(vector, head)
    return graph.to_bytes()


def export_onnx(artifact: Artifact, file: Path) -> None:
    """Write a model as one ONNX file that stands on its own, its configuration inside.

    Args:
        artifact: the model.
        file: where to write; the configuration is the property `sentigate.config` of the file.

    Raises:
        OutputError: the file cannot be written.
        MissingExtraError: the package `onnx` is not installed.
    """
    properties = {"sentigate.config": artifact.config.model_dump_json()}
    content = inline_weights(artifact.onnx, artifact.weights, properties)
    with write_aside(file) as aside:
        aside.write_bytes(content)


class _Network:
    """Adds the parts of one network to a graph."""

    def __init__(self, graph: Graph, encoder: EncoderConfig, weights: Mapping[str, str]) -> None:
        self.graph = graph
        self.encoder = encoder
        self.weights = weights
        self.directions = 2 if encoder.bidirectional else 1

    def wide(self, name: str) -> str:
        """A weight in float32, whatever it is stored in."""
        return self.graph.node("Cast", self.weights[name], to=1)

    def encode(self, ids: str, lengths: str) -> str:
        """From ids to the pooled vector [batch, output_size × poolings]."""
        rows = self._rows(ids, lengths)
        steps = self.graph.node("Transpose", ids, perm=[1, 0])
        x = self.graph.node("Gather", self.wide("embedding.weight"), steps, axis=0)
        outputs = self._layer(x, 0, rows)
        for layer in range(1, self.encoder.num_layers):
            outputs = self._layer(self._side_by_side(outputs.steps), layer, rows)
        pooled = [self._pool(kind, outputs, rows) for kind in self.encoder.pooling]
        return self.graph.node("Concat", *pooled, axis=1)

    def answer(self, vector: str, head: HeadConfig) -> None:
        """From the pooled vector to the logits of one head."""
        weight, bias = self.wide(f"heads.{head.name}.weight"), self.wide(f"heads.{head.name}.bias")
        logits = self.graph.node("Gemm", vector, weight, bias, transB=1)
        self.graph.output(logits, head.name, ("batch", head.logits))

    def _rows(self, ids: str, lengths: str) -> _Rows:
        add, constant = self.graph.node, self.graph.constant
        time = add("Gather", add("Shape", ids), constant(np.array(1)), axis=0)
        steps = add("Range", constant(np.array(0)), time, constant(np.array(1)))
        mask = add(
            "Less", add("Unsqueeze", steps, constant([1])), add("Unsqueeze", lengths, constant([0]))
        )
        return _Rows(
            lengths=add("Cast", lengths, to=6),
            mask=add("Unsqueeze", mask, constant([1, 3])),
            counts=add("Unsqueeze", add("Cast", lengths, to=1), constant([1])),
        )

    def _layer(self, x: str, layer: int, rows: _Rows) -> _Outputs:
        """Read x [time, batch, width]; the operator leaves zeros behind each row's end."""
        places = [f"l{layer}", f"l{layer}_reverse"][: self.directions]
        inputs = [self._both("weight_ih", places), self._both("weight_hh", places)]
        steps, final = self.graph.nodes(
            self.encoder.cell.upper(),
            x,
            *inputs,
            self._biases(places),
            rows.lengths,
            outputs=2,
            hidden_size=self.encoder.hidden_size,
            direction="bidirectional" if self.directions == 2 else "forward",
        )
        return _Outputs(steps, final)

    def _both(self, kind: str, places: list[str]) -> str:
        """One matrix a direction: [directions, gates × hidden, width]."""
        rows = [
            self.graph.node(
                "Unsqueeze", self._gates(f"lstm.{kind}_{place}"), self.graph.constant([0])
            )
            for place in places
        ]
        return self.graph.node("Concat", *rows, axis=0)

    def _biases(self, places: list[str]) -> str:
        """Input bias, then recurrent bias: [directions, 2 × gates × hidden]."""
        inputs, recurrent = self._both("bias_ih", places), self._both("bias_hh", places)
        return self.graph.node("Concat", inputs, recurrent, axis=1)

    def _gates(self, name: str) -> str:
        """A weight with its gates in the order of the operator: i, o, f, g for our i, f, g, o."""
        weight = self.wide(name)
        if self.encoder.cell == "rnn":
            return weight
        i, f, g, o = self.graph.nodes("Split", weight, outputs=4, axis=0)
        return self.graph.node("Concat", i, o, f, g, axis=0)

    def _side_by_side(self, steps: str) -> str:
        """[time, directions, batch, hidden] -> [time, batch, directions × hidden]."""
        swapped = self.graph.node("Transpose", steps, perm=[0, 2, 1, 3])
        shape = self.graph.constant([0, 0, self.encoder.output_size])
        return self.graph.node("Reshape", swapped, shape)

    def _pool(self, kind: str, outputs: _Outputs, rows: _Rows) -> str:
        """[time, directions, batch, hidden] -> [batch, directions × hidden]."""
        if kind == "last":
            return self._flat(outputs.final)
        if kind == "mean":
            total = self._sum(outputs.steps)
            return self.graph.node("Div", self._flat(total), rows.counts)
        if kind == "max":
            return self._flat(self._max(outputs.steps, rows.mask))
        return self._attend(outputs, rows)

    def _attend(self, outputs: _Outputs, rows: _Rows) -> str:
        """Softmax over the steps of each row's scores: [time, 1, batch, 1]."""
        add, hidden = self.graph.node, self.encoder.hidden_size
        shape = self.graph.constant([self.directions, hidden, 1])
        parts = add("MatMul", outputs.steps, add("Reshape", self.wide("attention.weight"), shape))
        scores = add("ReduceSum", parts, self.graph.constant([1]), keepdims=1)
        never = self.graph.constant(np.array(-np.inf, np.float32))
        weights = add("Softmax", add("Where", rows.mask, scores, never), axis=0)
        return self._flat(self._sum(add("Mul", outputs.steps, weights)))

    def _max(self, steps: str, mask: str) -> str:
        """Largest over the steps: [time, directions, batch, hidden] -> [directions, batch, hidden].

        ONNX Runtime takes three times as long over the first axis of an array as over the second,
        and twice as long to choose as to add. An output is from -1 to 1, and 0 on the padding.
        """
        add, constant = self.graph.node, self.graph.constant
        never = add("Where", mask, *(constant(np.array(n, np.float32)) for n in (0, -2)))
        flat = add("Reshape", add("Add", steps, never), constant([0, -1]))
        largest = add("ReduceMax", add("Unsqueeze", flat, constant([0])), axes=[1], keepdims=0)
        return add("Reshape", largest, constant([self.directions, -1, self.encoder.hidden_size]))

    def _sum(self, steps: str) -> str:
        return self.graph.node("ReduceSum", steps, self.graph.constant([0]), keepdims=0)

    def _flat(self, pooled: str) -> str:
        """[directions, batch, hidden] -> [batch, directions × hidden]."""
        swapped = self.graph.node("Transpose", pooled, perm=[1, 0, 2])
        return self.graph.node(
            "Reshape", swapped, self.graph.constant([0, self.encoder.output_size])
        )

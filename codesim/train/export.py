"""From trained weights to the ONNX file that ships in the wheel.

In: the state dict of `codesim.train.model.Encoder`. Out: the bytes of an ONNX model with the same inputs (n nodes,
m edges, g graphs, all dynamic) and its record for `encoder.json`. The graph is written node by node: it needs only
`onnx`, no tracing, and it shows exactly which operators a scan runs.

Source: ONNX operators, opset 18 (ScatterND with reduction, LayerNormalization); our own layout.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from codesim.embed.features import FEATURE_VERSION, IS_LOCAL, TOKENS_PER_NODE
from codesim.embed.weights import INPUT_NAMES, SketchRecord, WeightsRecord
from codesim.graph import SCHEMA_VERSION
from codesim.train.model import BEHAVIOUR_SHARE, DIM, EPSILON, HIDDEN, LAYERS, PURPOSE_DIM, TOKEN_WIDTH, Encoder

MODEL_NAME = "pdg-gnn-3"
OPSET = 18
GATES = ("gate", "behaviour.gate")
"""Of the two attentions; they are written as one product."""
IR_VERSION = 8
"""Old enough for every onnxruntime that the project allows."""

State = Mapping[str, NDArray[np.float32]]


@dataclass(slots=True)
class _Writer:
    """Collects ONNX nodes and constants; every call returns the name of the tensor it made."""

    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Store a tensor once under `name`."""
        self.constants.setdefault(name, numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def integers(self, *values: int) -> str:
        """Store a 1-d int64 constant."""
        return self.constant("i_" + "_".join(map(str, values)), np.array(values, dtype=np.int64))

    def number(self, value: float) -> str:
        """Store a float32 scalar."""
        return self.constant(f"f_{value!r}", np.array(value, dtype=np.float32))

    def position(self, value: int) -> str:
        """Store an int64 scalar."""
        return self.constant(f"scalar_{value}", np.array(value, dtype=np.int64))

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add one operator with one output."""
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def token_sum(self, table: str) -> str:
        """Sum the rows of a table over the tokens of each node, column by column: faster than one wide reduction."""
        columns = [self.op("Gather", "tokens", self.position(place), axis=1) for place in range(TOKENS_PER_NODE)]
        rows = [self.op("Gather", table, column) for column in columns]
        while len(rows) > 1:
            rows = [*rows[2:], self.op("Add", rows[0], rows[1])]
        return rows[0]

    def scatter(self, rows: str, index: str, shape: str, reduction: str = "add", start: float = 0.0) -> str:
        """Reduce rows into a tensor of `shape` by a 1-d index."""
        fill = helper.make_tensor("value", TensorProto.FLOAT, [1], [start])
        base = self.op("ConstantOfShape", shape, value=fill)
        return self.op("ScatterND", base, self.op("Unsqueeze", index, self.integers(1)), rows, reduction=reduction)


def encoder_onnx(state: State) -> bytes:
    """Write the encoder as an ONNX model.

    Args:
        state: the float32 arrays of `Encoder.state_dict()`.

    Returns:
        The serialised model; metadata: name, feature_version, schema_version, dim.
    """
    w = _Writer()
    for name, value in state.items():
        if name.rpartition(".")[0] in GATES:
            continue  # written together below
        w.constant(name, (value.T if _is_matrix(name, value) else value).astype(np.float32))
    gates = [np.concatenate([state[f"{gate}.{name}"] for gate in GATES]) for name in ("weight", "bias")]
    w.constant("gates.weight", gates[0].T.astype(np.float32))
    w.constant("gates.bias", gates[1].astype(np.float32))
    node_count = w.op("Shape", "kind")
    graph_count = w.op("Shape", "sizes")
    layers = _layers(w, node_count)
    vectors = _read_out(w, layers, graph_count)
    w.nodes.append(helper.make_node("Identity", [vectors], ["embedding"]))
    shapes: dict[str, list[str | int]] = {
        "kind": ["n"], "tokens": ["n", TOKENS_PER_NODE], "edge_index": [2, "m"],
        "edge_kind": ["m"], "batch": ["n"], "sizes": ["g"],
    }  # fmt: skip
    graph = helper.make_graph(
        w.nodes,
        MODEL_NAME,
        [helper.make_tensor_value_info(name, TensorProto.INT64, shapes[name]) for name in INPUT_NAMES],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["g", DIM])],
        list(w.constants.values()),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="codesim")
    model.ir_version = IR_VERSION
    metadata = {"name": MODEL_NAME, "feature_version": FEATURE_VERSION, "schema_version": SCHEMA_VERSION, "dim": DIM}
    helper.set_model_props(model, {key: str(value) for key, value in metadata.items()})
    onnx.checker.check_model(model)
    return model.SerializeToString()  # type: ignore[no-any-return]


def exported_state(model: bytes) -> dict[str, NDArray[np.float32]]:
    """Read the weights of `Encoder.state_dict()` back from what `encoder_onnx` wrote.

    Raises:
        KeyError: the model was written by another version; the key is the weight that it lacks.
    """
    found = {one.name: numpy_helper.to_array(one) for one in onnx.load_from_string(model).graph.initializer}
    for name in ("weight", "bias"):
        both = found[f"gates.{name}"].T
        found |= {f"{gate}.{name}": both[place : place + 1].T for place, gate in enumerate(GATES)}
    names = Encoder().state_dict()
    state = {name: found[name] for name in names}
    return {name: np.array(rows.T if _is_matrix(name, rows) else rows, order="C") for name, rows in state.items()}


def _is_matrix(name: str, value: NDArray[Any]) -> bool:
    """Whether a weight is stored transposed: as MatMul reads it."""
    return name.endswith(".weight") and value.ndim == 2 and not _is_table(name)


def _is_table(name: str) -> bool:
    return name in {"kinds.weight", "tokens.weight", "salience.weight"} or name.endswith("relation.weight")


def _linear(w: _Writer, rows: str, name: str) -> str:
    return w.op("Add", w.op("MatMul", rows, f"{name}.weight"), f"{name}.bias")


def _norm(w: _Writer, rows: str, name: str) -> str:
    return w.op("LayerNormalization", rows, f"{name}.weight", f"{name}.bias", axis=-1, epsilon=1e-5)


def _layers(w: _Writer, node_count: str) -> str:
    """Write the node states of every round, concatenated: (n, (LAYERS + 1) * HIDDEN)."""
    present = w.op("Cast", w.op("Cast", "tokens", to=TensorProto.BOOL), to=TensorProto.FLOAT)
    counts = w.op("ReduceSum", present, w.integers(1), keepdims=1)
    # both products are of constants: a session multiplies them once, not for every node
    told = w.token_sum(w.op("MatMul", "tokens.weight", "widen.weight"))
    told = w.op("Div", told, w.op("Max", counts, w.number(1.0)))
    kinds = w.op("Gather", "kinds.weight", "kind")
    shown = w.op("Gather", w.constant("shown", (~IS_LOCAL).astype(np.float32)[:, None]), "kind")
    hidden = _norm(w, w.op("Add", kinds, w.op("Mul", told, shown)), "start")

    source = w.op("Gather", "edge_index", w.position(0), axis=0)
    target = w.op("Gather", "edge_index", w.position(1), axis=0)
    one = helper.make_tensor("value", TensorProto.FLOAT, [1], [1.0])
    ones = w.op("ConstantOfShape", w.op("Shape", "edge_kind"), value=one)
    degree = w.scatter(ones, target, node_count)
    damping = w.op("Reciprocal", w.op("Sqrt", w.op("Add", degree, w.number(1.0))))
    damping = w.op("Unsqueeze", damping, w.integers(1))
    wide = w.op("Concat", node_count, w.integers(HIDDEN), axis=0)
    states = [hidden]
    for number in range(LAYERS):
        name = f"rounds.{number}"
        relation = w.op("Gather", f"{name}.relation.weight", "edge_kind")
        message = w.op("Relu", w.op("Add", w.op("Gather", hidden, source), relation))
        mixed = w.op("Add", hidden, w.op("Mul", w.scatter(message, target, wide), damping))
        update = _linear(w, w.op("Relu", _linear(w, mixed, f"{name}.inner")), f"{name}.outer")
        hidden = _norm(w, w.op("Add", hidden, update), f"{name}.norm")
        states.append(hidden)
    return w.op("Concat", *states, axis=1)


def _read_out(w: _Writer, layers: str, graph_count: str) -> str:
    """Write the pooling, the projections of both parts and the normalisation: (g, DIM)."""
    wide = w.op("Concat", graph_count, w.integers(HIDDEN * (LAYERS + 1)), axis=0)
    count = w.op("Unsqueeze", w.op("Cast", "sizes", to=TensorProto.FLOAT), w.integers(1))
    mean = w.op("Div", w.scatter(layers, "batch", wide), count)
    word = w.token_sum(w.op("Mul", "tokens.weight", "salience.weight"))
    narrow = w.op("Concat", graph_count, w.integers(TOKEN_WIDTH), axis=0)
    words = _norm(w, w.scatter(word, "batch", narrow), "words")
    by_purpose, by_behaviour = _attended(w, layers, graph_count, wide)
    purpose = _unit(w, _linear(w, w.op("Concat", by_purpose, mean, words, axis=1), "project"), 1 - BEHAVIOUR_SHARE)
    pooled = _norm(w, w.op("Concat", by_behaviour, mean, axis=1), "behaviour.norm")
    behaviour = _linear(w, w.op("Relu", _linear(w, pooled, "behaviour.inner")), "behaviour.outer")
    return w.op("Concat", purpose, _unit(w, behaviour, BEHAVIOUR_SHARE), axis=1)


def _attended(w: _Writer, layers: str, graph_count: str, wide: str) -> tuple[str, str]:
    """Write both poolings by attention, their gates as one product: (g, (LAYERS + 1) * HIDDEN) each."""
    scores = _linear(w, layers, "gates")  # (n, 2)
    narrow = w.op("Concat", graph_count, w.integers(2), axis=0)
    lowest = float(np.finfo(np.float32).min)
    top = w.scatter(scores, "batch", narrow, reduction="max", start=lowest)  # (g, 2)
    weights = w.op("Exp", w.op("Sub", scores, w.op("Gather", top, "batch")))  # (n, 2)
    totals = w.scatter(weights, "batch", narrow)  # (g, 2)
    pooled = []
    for place in range(2):
        weight, total = (w.op("Gather", pair, w.integers(place), axis=1) for pair in (weights, totals))
        pooled.append(w.op("Div", w.scatter(w.op("Mul", layers, weight), "batch", wide), total))
    return pooled[0], pooled[1]


def _unit(w: _Writer, rows: str, share: float) -> str:
    """Write rows of one part, scaled so that they make up this share of the whole's squared length."""
    norm = w.op("Sqrt", w.op("ReduceSum", w.op("Mul", rows, rows), w.integers(1), keepdims=1))
    scaled = w.op("Mul", rows, w.number(float(np.float32(share**0.5))))
    return w.op("Div", scaled, w.op("Add", norm, w.number(EPSILON)))


def weights_record(model: bytes, training: Mapping[str, Any], sketch: SketchRecord | None = None) -> WeightsRecord:
    """Describe what ships.

    Args:
        model: the exported model.
        training: the summary of its training, JSON values only.
        sketch: of `sketch_table.sketch_record`; None for vectors that are all learned.

    Returns:
        The record for `encoder.json`.
    """
    return WeightsRecord(
        name=MODEL_NAME,
        sha256=hashlib.sha256(model).hexdigest(),
        dim=DIM + (sketch.width if sketch else 0),
        purpose_dim=PURPOSE_DIM,
        feature_version=FEATURE_VERSION,
        schema_version=SCHEMA_VERSION,
        training=dict(training),
        sketch=sketch,
    )

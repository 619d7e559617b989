"""The encoder at scan time: graphs in, unit vectors out, by ONNX Runtime.

In: `GraphArrays`. Out: one float32 row of unit length per graph: the learned part, and beside it the sketch, so that a
cosine is the weighted mean of theirs. Graphs are packed into batches by size, up to a number of nodes; the rows come
back in the order given. One thread: with more, ONNX Runtime's parallel scatter operators race and give wrong sums
(measured; work is spread over processes instead).

Source: the model is `codesim.train.model`, the sketch `codesim.embed.sketch`; the runtime is onnxruntime.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from codesim.embed.features import GraphArrays, batch_graphs
from codesim.embed.sketch import Sketch
from codesim.embed.weights import INPUT_NAMES, RETRAIN, Weights, load_weights
from codesim.errors import WeightsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

ONNXRUNTIME_ERRORS_ONLY = 3
NODE_BUDGET = 2048
"""Measured: 1,000 graphs of 108 nodes take 0.59 s with 2,048, 0.69 s with 4,096, 1.13 s with 16,384 (cache)."""


class Encoder:
    """A trained encoder, ready to embed; it stays in its process, graphs and vectors travel."""

    def __init__(self, weights: Weights) -> None:
        self._record = record = weights.record
        self._sketch: Sketch | None = None
        self._share = 0.0
        if record.sketch is not None and weights.table is not None:
            self._sketch, self._share = Sketch(weights.table, record.sketch.width), record.sketch.share
        self._session = _open_session(weights)

    @classmethod
    def load(cls, path: Path | None = None) -> Encoder:
        """Load an encoder.

        Args:
            path: an ONNX file with its record beside it, or their folder; None for the shipped weights.

        Returns:
            The encoder.

        Raises:
            WeightsError: the weights are missing, damaged, or of another version.
        """
        return cls(load_weights(path))

    @property
    def dim(self) -> int:
        """The width of a vector."""
        return self._record.dim

    @property
    def purpose_dim(self) -> int:
        """How many of a vector's first numbers are for purpose; those for behaviour follow, up to `learned_dim`."""
        return self._record.purpose_dim

    @property
    def learned_dim(self) -> int:
        """How many of a vector's first numbers are learned; the rest, if there is a rest, is the sketch."""
        return self._record.learned_dim

    @property
    def name(self) -> str:
        """The name and hash of the weights, such as "pdg-gnn-3:ab12cd34"; only vectors of one name are comparable."""
        return self._record.version

    def embed(self, graphs: Sequence[GraphArrays], node_budget: int = NODE_BUDGET) -> NDArray[np.float32]:
        """Embed graphs; a graph's row does not depend on its companions or their order within 1e-6.

        Args:
            graphs: any number of graphs, none of them empty.
            node_budget: nodes per batch, at least 1; a larger graph makes a batch of its own. Bounds memory only.

        Returns:
            (len(graphs), dim) float32, rows of unit length, in the order given.
        """
        return self._embedded(graphs, node_budget, self.dim, self._whole)

    def embed_learned(self, graphs: Sequence[GraphArrays], node_budget: int = NODE_BUDGET) -> NDArray[np.float32]:
        """Embed graphs by the model alone: as `embed`, but (len(graphs), learned_dim)."""
        return self._embedded(graphs, node_budget, self.learned_dim, self._learned)

    def _embedded(
        self,
        graphs: Sequence[GraphArrays],
        node_budget: int,
        width: int,
        rows_of: Callable[[list[GraphArrays]], NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(graphs), width), dtype=np.float32)
        for members in pack([len(graph.kind) for graph in graphs], node_budget):
            vectors[members] = rows_of([graphs[member] for member in members])
        return vectors

    def _learned(self, graphs: list[GraphArrays]) -> NDArray[np.float32]:
        batch = batch_graphs(graphs)
        inputs = {name: getattr(batch, name) for name in INPUT_NAMES}
        rows: NDArray[np.float32] = self._session.run(["embedding"], inputs)[0]
        return rows

    def _whole(self, graphs: list[GraphArrays]) -> NDArray[np.float32]:
        learned = self._learned(graphs)
        if self._sketch is None:
            return learned
        sketch = self._sketch.rows(graphs)
        # a graph without words has a sketch of zeros, and its learned part counts in full
        share = np.where(sketch.any(axis=1, keepdims=True), self._share, 0.0)
        rows = np.concatenate([np.sqrt(1 - share) * learned, np.sqrt(share) * sketch], axis=1)
        return rows.astype(np.float32)


def learned_cosine(first: NDArray[np.float32], second: NDArray[np.float32], learned_dim: int) -> float:
    """Return how alike two vectors are in what was learned, without the sketch: in [-1, 1], to four digits.

    Retrieval goes by the whole vector; what is said of a pair goes by this, which names of locals hardly change.

    Args:
        first: (dim,) float32, of `Encoder.embed`.
        second: (dim,) float32, of the same weights.
        learned_dim: of that encoder.
    """
    one, two = first[:learned_dim], second[:learned_dim]
    length = math.sqrt(float(one @ one) * float(two @ two))  # half of the time of two calls of numpy's norm
    return round(max(-1.0, min(1.0, float(one @ two) / length)), 4) if length else 0.0


def pack(sizes: Sequence[int], node_budget: int) -> Iterator[list[int]]:
    """Group graphs of like size into batches of at most `node_budget` nodes; yields positions, each exactly once."""
    members: list[int] = []
    total = 0
    for position in sorted(range(len(sizes)), key=lambda position: (sizes[position], position)):
        if members and total + sizes[position] > node_budget:
            yield members
            members, total = [], 0
        members.append(position)
        total += sizes[position]
    if members:
        yield members


def _open_session(weights: Weights) -> Any:
    import onnxruntime  # noqa: PLC0415  # 0.06 s that `codesim --help` need not pay

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = ONNXRUNTIME_ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(weights.model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors share no public base class
        shown = weights.record.version
        raise WeightsError(shown, f"onnxruntime cannot load the model ({error}); {RETRAIN}") from error

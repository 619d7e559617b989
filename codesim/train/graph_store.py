"""Many graphs as a few long arrays, in the smallest integers that hold them.

In: joined graphs. Out: a `GraphStore`, which a corpus of hundreds of thousands of graphs fits into, and which gives
back one graph, or many as one batch, without a loop over graphs. Only forward edges are kept: the reverse ones follow.

Source: compressed sparse rows, as in any sparse matrix; the fields are our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codesim.embed import GraphArrays, GraphBatch, joined_arrays
from codesim.embed.features import RELATIONS, TOKENS_PER_NODE
from codesim.graph import JoinedGraphs

IntArray = NDArray[np.int64]
REVERSE = RELATIONS // 2
"""The relation of a reverse edge is that of its forward edge and this."""


@dataclass(frozen=True, slots=True)
class GraphStore:
    """g graphs with n nodes and m forward edges in all, graph by graph.

    kind: (n,) uint8. tokens, masked: (n, TOKENS_PER_NODE) uint16, with names of locals kept and masked.
    source, target: (m,) uint16, node numbers within the graph. relation: (m,) uint8 in [0, REVERSE).
    node_ends, edge_ends: (g + 1,) int64, 0 and then the number of nodes or edges up to the end of each graph.
    """

    kind: NDArray[np.uint8]
    tokens: NDArray[np.uint16]
    masked: NDArray[np.uint16]
    source: NDArray[np.uint16]
    target: NDArray[np.uint16]
    relation: NDArray[np.uint8]
    node_ends: IntArray
    edge_ends: IntArray

    def __len__(self) -> int:
        """How many graphs there are."""
        return len(self.node_ends) - 1

    @classmethod
    def from_joined(cls, graphs: JoinedGraphs) -> GraphStore:
        """Take joined graphs in; none of them has more than 65,535 nodes."""
        kept, masked = joined_arrays(graphs), joined_arrays(graphs, mask_names=True)
        if not kept:
            return cls.empty()
        forward = [len(graph.edge_kind) // 2 for graph in kept]
        edges = np.concatenate([graph.edge_index[:, :m] for graph, m in zip(kept, forward, strict=True)], axis=1)
        relation = np.concatenate([graph.edge_kind[:m] for graph, m in zip(kept, forward, strict=True)])
        return cls(
            kind=graphs.kind.astype(np.uint8),
            tokens=np.concatenate([graph.tokens for graph in kept]).astype(np.uint16),
            masked=np.concatenate([graph.tokens for graph in masked]).astype(np.uint16),
            source=edges[0].astype(np.uint16),
            target=edges[1].astype(np.uint16),
            relation=relation.astype(np.uint8),
            node_ends=graphs.node_ends.astype(np.int64),
            edge_ends=graphs.edge_ends.astype(np.int64),
        )

    @classmethod
    def empty(cls) -> GraphStore:
        """A store without graphs."""
        short, byte = np.empty(0, np.uint16), np.empty(0, np.uint8)
        tokens, ends = np.empty((0, TOKENS_PER_NODE), np.uint16), np.zeros(1, np.int64)
        return cls(byte, tokens, tokens, short, short, byte, ends, ends)

    @classmethod
    def concatenate(cls, stores: Sequence[GraphStore]) -> GraphStore:
        """Put stores one after the other."""
        if not stores:
            return cls.empty()

        def joined(name: str) -> NDArray[Any]:
            return np.concatenate([getattr(store, name) for store in stores])

        def ends(name: str) -> IntArray:
            sizes = [np.diff(getattr(store, name)) for store in stores]
            return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate(sizes), dtype=np.int64)])

        return cls(
            kind=joined("kind"),
            tokens=joined("tokens"),
            masked=joined("masked"),
            source=joined("source"),
            target=joined("target"),
            relation=joined("relation"),
            node_ends=ends("node_ends"),
            edge_ends=ends("edge_ends"),
        )

    def sizes(self) -> IntArray:
        """The number of nodes of each graph, (g,) int64."""
        return np.diff(self.node_ends)

    def take(self, graphs: IntArray | Sequence[int]) -> GraphStore:
        """Return the graphs at these positions, in this order; positions may come more than once."""
        chosen = np.asarray(graphs, dtype=np.int64)
        nodes, node_ends = _parts(self.node_ends, chosen)
        edges, edge_ends = _parts(self.edge_ends, chosen)
        return GraphStore(
            self.kind[nodes], self.tokens[nodes], self.masked[nodes],
            self.source[edges], self.target[edges], self.relation[edges], node_ends, edge_ends,
        )  # fmt: skip

    def graph(self, position: int, masked: bool = False) -> GraphArrays:
        """Return one graph as the encoder reads it, its names of locals kept or masked."""
        batch = self.batch([position], masked)
        return GraphArrays(batch.kind, batch.tokens, batch.edge_index, batch.edge_kind)

    def batch(self, graphs: IntArray | Sequence[int], masked: bool | NDArray[np.bool_] = False) -> GraphBatch:
        """Return graphs as one disjoint union, exactly as `batch_graphs` of each `graph` would.

        Args:
            graphs: (b,) positions; at least one, also repeated ones.
            masked: whether names of locals are masked, for all or (b,) bool for each.

        Returns:
            The batch, reverse edges included, all int64.
        """
        part = self.take(graphs)
        sizes, edges = np.diff(part.node_ends), np.diff(part.edge_ends)
        batch = np.repeat(np.arange(len(part), dtype=np.int64), sizes)
        hidden = np.broadcast_to(np.asarray(masked, dtype=np.bool_), (len(part),))
        if hidden.all() or not hidden.any():
            tokens = part.masked if hidden.all() else part.tokens
        else:
            tokens = np.where(hidden[batch][:, None], part.masked, part.tokens)
        shift = np.repeat(part.node_ends[:-1], edges)
        there = np.arange(len(part.source)) + np.repeat(part.edge_ends[:-1], edges)
        back = there + np.repeat(edges, edges)
        edge_index = np.empty((2, 2 * len(part.source)), dtype=np.int64)
        edge_index[0, there] = edge_index[1, back] = part.source + shift
        edge_index[1, there] = edge_index[0, back] = part.target + shift
        edge_kind = np.empty(2 * len(part.source), dtype=np.int64)
        edge_kind[there] = part.relation
        edge_kind[back] = edge_kind[there] + REVERSE
        return GraphBatch(part.kind.astype(np.int64), tokens.astype(np.int64), edge_index, edge_kind, batch, sizes)


def _parts(ends: IntArray, chosen: IntArray) -> tuple[IntArray, IntArray]:
    """The positions of all elements of the chosen parts, and the ends of these parts among themselves."""
    sizes = np.diff(ends)[chosen]
    fresh = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
    positions = np.arange(fresh[-1], dtype=np.int64) + np.repeat(ends[chosen] - fresh[:-1], sizes)
    return positions, fresh

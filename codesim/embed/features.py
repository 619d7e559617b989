"""From program dependence graphs to the integer arrays that the encoder reads.

In: `Pdg`s. Out: `GraphArrays` per graph, `GraphBatch` for several at once. A node becomes its kind and up to
`TOKENS_PER_NODE` hashed sub-tokens of its label (no vocabulary: unseen names work); an edge becomes a relation, which
is its kind refined by branch, operand position or loop, once forward and once reversed.

Source: hashed sub-tokens after Weinberger et al., Feature Hashing, 2009; the relations are our own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

FEATURE_VERSION = 1
NODE_KINDS = 48
"""Size of the node-kind table (a few more than `NodeKind` has)."""
TOKEN_BUCKETS = 8192
"""Size of the sub-token hash table; bucket 0 is padding."""
TOKENS_PER_NODE = 4
RELATIONS = 20
"""Forward relations 0..9 and their reverses 10..19."""


@dataclass(frozen=True, slots=True)
class GraphArrays:
    """One graph as integers.

    kind: (n,) int64 in [0, NODE_KINDS). tokens: (n, TOKENS_PER_NODE) int64 in [0, TOKEN_BUCKETS), 0 is padding.
    edge_index: (2, m) int64, row 0 the sources, row 1 the targets. edge_kind: (m,) int64 in [0, RELATIONS).
    Reverse edges are included.
    """

    kind: IntArray
    tokens: IntArray
    edge_index: IntArray
    edge_kind: IntArray


@dataclass(frozen=True, slots=True)
class GraphBatch:
    """Several graphs as one disjoint union.

    Fields as in `GraphArrays`, with node numbers shifted; batch: (n,) int64, the graph of each node, ascending;
    sizes: (g,) int64, the number of nodes of each graph.
    """

    kind: IntArray
    tokens: IntArray
    edge_index: IntArray
    edge_kind: IntArray
    batch: IntArray
    sizes: IntArray


def batch_graphs(graphs: list[GraphArrays]) -> GraphBatch:
    """Join graphs into one disjoint union; at least one graph, none of them empty."""
    sizes = np.array([len(graph.kind) for graph in graphs], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    return GraphBatch(
        kind=np.concatenate([graph.kind for graph in graphs]),
        tokens=np.concatenate([graph.tokens for graph in graphs]),
        edge_index=np.concatenate([g.edge_index + start for g, start in zip(graphs, starts, strict=True)], axis=1),
        edge_kind=np.concatenate([graph.edge_kind for graph in graphs]),
        batch=np.repeat(np.arange(len(graphs), dtype=np.int64), sizes),
        sizes=sizes,
    )

"""From program dependence graphs to the integer arrays that the encoder reads.

In: `Pdg`s. Out: `GraphArrays` per graph, `GraphBatch` for several at once. A node becomes its kind and up to
`TOKENS_PER_NODE` hashed sub-tokens of its label (no vocabulary: unseen names work); an edge becomes a relation, which
is its kind refined by branch, operand position or loop, once forward and once reversed.

Source: hashed sub-tokens after Weinberger et al., Feature Hashing, 2009; the relations are our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from codesim.graph import Edge, EdgeKind, NodeKind, Pdg

IntArray = NDArray[np.int64]

FEATURE_VERSION = 1
NODE_KINDS = 48
"""Size of the node-kind table (a few more than `NodeKind` has)."""
TOKEN_BUCKETS = 8192
"""Size of the sub-token hash table; bucket 0 is padding."""
TOKENS_PER_NODE = 4
RELATIONS = 20
"""Forward relations 0..9 and their reverses 10..19."""
_REVERSE = RELATIONS // 2
_CONTROL = {"true": 0, "false": 1}  # any other branch: 2
_LOCAL = frozenset({NodeKind.PARAMETER, NodeKind.USE, NodeKind.DEFINITION, NodeKind.FUNCTION, NodeKind.WALRUS})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\sA-Za-z0-9_]+")


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


def graph_arrays(pdg: Pdg, mask_names: bool = False) -> GraphArrays:
    """Turn a graph into the arrays that the encoder reads.

    Args:
        pdg: the graph of the canonical tree.
        mask_names: leave out the names of local variables and parameters (all become one token).

    Returns:
        n = number of nodes of the graph, m = twice the number of its edges (each also reversed).

    Source: our own.
    """
    tokens = np.zeros((len(pdg.kinds), TOKENS_PER_NODE), dtype=np.int64)
    for row, (kind, label) in enumerate(zip(pdg.kinds, pdg.labels, strict=True)):
        found = _MASKED if mask_names and kind in _LOCAL else label_tokens(label)
        tokens[row, : len(found)] = found
    source = np.array([edge.source for edge in pdg.edges], dtype=np.int64)
    target = np.array([edge.target for edge in pdg.edges], dtype=np.int64)
    relation = np.array([_relation(edge) for edge in pdg.edges], dtype=np.int64)
    return GraphArrays(
        kind=np.array(pdg.kinds, dtype=np.int64),
        tokens=tokens,
        edge_index=np.stack([np.concatenate([source, target]), np.concatenate([target, source])]),
        edge_kind=np.concatenate([relation, relation + _REVERSE]),
    )


@lru_cache(maxsize=65536)
def label_tokens(label: str) -> tuple[int, ...]:
    """The buckets, in [1, TOKEN_BUCKETS), of a label's first sub-tokens: words in either case style, numbers, symbols.

    A prime and the number after it (a fresh name of the lowering) are dropped.
    """
    words = _WORD.findall(label.partition("'")[0] if label[:1].isidentifier() else label[:200])
    return tuple(
        [
            crc32(word.lower().encode("utf-8", "surrogatepass")) % (TOKEN_BUCKETS - 1) + 1
            for word in words[:TOKENS_PER_NODE]
        ]
    )


_MASKED = (crc32(b"<local>") % (TOKEN_BUCKETS - 1) + 1,)


def _relation(edge: Edge) -> int:
    """Control by branch 0-2, data and loop-carried data 3 and 4, operands by position 5-7, stored values 8, order 9."""
    if edge.kind is EdgeKind.CONTROL:
        return _CONTROL.get(edge.detail, 2)
    if edge.kind is EdgeKind.DATA:
        return 4 if edge.loop_carried else 3
    if edge.kind is EdgeKind.OPERAND:
        return 8 if edge.detail == "=" else 5 + min(int(edge.detail), 2)
    return 9

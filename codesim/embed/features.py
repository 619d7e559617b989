"""From program dependence graphs to the integer arrays that the encoder reads.

In: graphs, one or joined. Out: `GraphArrays` per graph, `GraphBatch` for several as one. A node becomes its kind and up
to `TOKENS_PER_NODE` hashed sub-tokens of its label (no vocabulary: unseen names work), the function's name the same; an
edge becomes a relation, which is its kind refined by branch, operand position or loop, once forward and once reversed.

Source: hashed sub-tokens after Weinberger et al., Feature Hashing, 2009; the relations are our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from codesim.graph import EdgeForm, EdgeKind, JoinedGraphs, NodeKind, Pdg, join_graphs

IntArray = NDArray[np.int64]

FEATURE_VERSION = 2
NODE_KINDS = 48
"""Size of the node-kind table (a few more than `NodeKind` has)."""
TOKEN_BUCKETS = 8192
"""Size of the sub-token hash table; bucket 0 is padding."""
TOKEN_BITS = 13
"""A sub-token is a number of this many bits."""
TOKENS_PER_NODE = 4
RELATION_OF = {
    (EdgeKind.CONTROL, "true"): 0,
    (EdgeKind.CONTROL, "false"): 1,
    (EdgeKind.CONTROL, ""): 2,
    (EdgeKind.DATA, ""): 3,
    (EdgeKind.DATA, "loop"): 4,
    (EdgeKind.OPERAND, "0"): 5,
    (EdgeKind.OPERAND, "1"): 6,
    (EdgeKind.OPERAND, ""): 7,
    (EdgeKind.OPERAND, "="): 8,
    (EdgeKind.ORDER, ""): 9,
    (EdgeKind.DATA, "may"): 10,
}
"""The relation of an edge by its kind and mark; "" stands for every mark without a line. A change needs new weights."""
_REVERSE = len(RELATION_OF)
RELATIONS = 2 * _REVERSE
"""Forward relations 0..10 and their reverses 11..21."""
_LOCAL = frozenset({NodeKind.PARAMETER, NodeKind.USE, NodeKind.DEFINITION, NodeKind.FUNCTION, NodeKind.WALRUS})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\sA-Za-z0-9_]+")


def _no_name() -> IntArray:
    return np.zeros(TOKENS_PER_NODE, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class GraphArrays:
    """One graph as integers.

    kind: (n,) int64 in [0, NODE_KINDS). tokens: (n, TOKENS_PER_NODE) int64 in [0, TOKEN_BUCKETS), 0 is padding.
    edge_index: (2, m) int64, row 0 the sources, row 1 the targets. edge_kind: (m,) int64 in [0, RELATIONS).
    Reverse edges are included. name: (TOKENS_PER_NODE,) int64, the function's own name as `tokens` has a label, zeros
    if it is masked, not known or has no words; only the sketch reads it, the model does not.
    """

    kind: IntArray
    tokens: IntArray
    edge_index: IntArray
    edge_kind: IntArray
    name: IntArray = field(default_factory=_no_name)


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


def graph_arrays(pdg: Pdg, mask_names: bool = False, mask_own: bool = False) -> GraphArrays:
    """Turn a graph into the arrays that the encoder reads.

    Args:
        pdg: the graph of the canonical tree.
        mask_names: leave out the function's own name and those of its locals and parameters (all become one token).
        mask_own: leave out the function's own name only; in its body it is a label like others.

    Returns:
        n = number of nodes of the graph, m = twice the number of its edges (each also reversed).

    Source: our own.
    """
    return joined_arrays(join_graphs([pdg]), mask_names, mask_own)[0]


def joined_arrays(graphs: JoinedGraphs, mask_names: bool = False, mask_own: bool = False) -> list[GraphArrays]:
    """Turn several graphs into arrays at once, each exactly as `graph_arrays` does it alone.

    Args:
        graphs: graphs of canonical trees, joined.
        mask_names: as for `graph_arrays`.
        mask_own: as for `graph_arrays`.

    Returns:
        For each graph its part of arrays that all of them share.

    Source: our own.
    """
    tokens = _token_rows(graphs.labels)[graphs.label]
    if mask_names:
        tokens[IS_LOCAL[graphs.kind]] = MASKED_TOKENS
    names = _token_rows(("",) * len(graphs.names) if mask_names or mask_own else graphs.names)
    edge_index, edge_kind = _edges_both_ways(graphs)
    nodes, edges = graphs.node_ends.tolist(), (2 * graphs.edge_ends).tolist()
    return [
        GraphArrays(graphs.kind[a:b], tokens[a:b], edge_index[:, c:d], edge_kind[c:d], name)
        for (a, b), (c, d), name in zip(pairwise(nodes), pairwise(edges), names, strict=True)
    ]


def _token_rows(labels: tuple[str, ...]) -> IntArray:
    return np.array([label_tokens(label) for label in labels], dtype=np.int64).reshape(-1, TOKENS_PER_NODE)


def _edges_both_ways(graphs: JoinedGraphs) -> tuple[IntArray, IntArray]:
    """Each graph's edges and then the same reversed, in its own node numbers, and their relations."""
    sizes = np.diff(graphs.edge_ends)
    starts = np.repeat(graphs.node_ends[:-1], sizes)
    source, target = graphs.source - starts, graphs.target - starts
    there = np.arange(len(source)) + np.repeat(graphs.edge_ends[:-1], sizes)
    back = there + np.repeat(sizes, sizes)
    edge_index = np.empty((2, 2 * len(source)), dtype=np.int64)
    edge_index[0, there], edge_index[0, back] = source, target
    edge_index[1, there], edge_index[1, back] = target, source
    edge_kind = np.empty(2 * len(source), dtype=np.int64)
    edge_kind[there] = np.array([_relation(form) for form in graphs.forms], dtype=np.int64)[graphs.form]
    edge_kind[back] = edge_kind[there] + _REVERSE
    return edge_index, edge_kind


@lru_cache(maxsize=65536)
def label_tokens(label: str) -> tuple[int, ...]:
    """The buckets, in [1, TOKEN_BUCKETS), of a label's first sub-tokens: words in either case style, numbers, symbols.

    A prime and the number after it (a fresh name of the lowering) are dropped. Always TOKENS_PER_NODE, 0 for none.
    """
    words = _WORD.findall(label.partition("'")[0] if label[:1].isidentifier() else label[:200])
    buckets = [
        crc32(word.lower().encode("utf-8", "surrogatepass")) % (TOKEN_BUCKETS - 1) + 1
        for word in words[:TOKENS_PER_NODE]
    ]
    return (*buckets, *[0] * (TOKENS_PER_NODE - len(buckets)))


MASKED_TOKENS = (crc32(b"<local>") % (TOKEN_BUCKETS - 1) + 1, *[0] * (TOKENS_PER_NODE - 1))
"""What stands for the label of a masked local."""
IS_LOCAL = np.array([kind in _LOCAL for kind in range(NODE_KINDS)])
"""Which kinds of nodes carry the name of a local variable, parameter or inner function: (NODE_KINDS,) bool."""


@lru_cache(maxsize=65536)
def _relation(form: EdgeForm) -> int:
    kind = form[0]
    return next(RELATION_OF[kind, mark] for mark in _marks(form) if (kind, mark) in RELATION_OF)


def _marks(form: EdgeForm) -> list[str]:
    """What may decide about an edge's relation, the strongest first: marks of data, the detail of other kinds."""
    kind, detail, loop_carried, may = form
    return ["may"] * may + ["loop"] * loop_carried + [""] if kind is EdgeKind.DATA else [detail, ""]

"""Random graphs in the encoder's schema, for tests that need no source."""

from __future__ import annotations

import numpy as np

from codesim.embed import NODE_KINDS, RELATIONS, TOKEN_BUCKETS, TOKENS_PER_NODE, GraphArrays


def random_graphs(count: int, seed: int = 0, largest: int = 120) -> list[GraphArrays]:
    """Make graphs of 1 to `largest` nodes with about four edges a node; the first has one node and no edge."""
    rng = np.random.default_rng(seed)
    return [_random_graph(rng, 1 if number == 0 else int(rng.integers(1, largest + 1))) for number in range(count)]


def _random_graph(rng: np.random.Generator, nodes: int) -> GraphArrays:
    edges = 0 if nodes == 1 else int(rng.integers(nodes, 6 * nodes))
    tokens = rng.integers(1, TOKEN_BUCKETS, (nodes, TOKENS_PER_NODE))
    tokens[np.arange(TOKENS_PER_NODE) >= rng.integers(0, TOKENS_PER_NODE + 1, (nodes, 1))] = 0
    return GraphArrays(
        kind=rng.integers(0, NODE_KINDS, nodes),
        tokens=tokens,
        edge_index=rng.integers(0, nodes, (2, edges)),
        edge_kind=rng.integers(0, RELATIONS, edges),
    )

"""Near copies between packages: functions of a training package that are almost those of a held-out one.

In: the graphs of held-out packages, then of training ones. Out: which of the latter share most of their features with
one of the former. A feature is an edge with both its nodes, kinds and masked tokens, so that names of locals do not
count. Candidates come from MinHash bands; what decides is the exact Jaccard similarity.

Source: Broder, On the Resemblance and Containment of Documents, 1997; banding after Leskovec, Rajaraman, Ullman, Mining
of Massive Datasets, chapter 3.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from codesim.train.graph_store import GraphStore

NEAR = 0.8
"""Jaccard similarity from which two functions are near copies."""
BANDS, ROWS = 12, 4
"""A pair of similarity 0.8 shares at least one of 12 bands of 4 with probability 0.998, one of 0.5 with 0.54."""
_Words = NDArray[np.uint64]
_RNG = np.random.default_rng(1997)
_FACTORS = _RNG.integers(1, 2**63, BANDS * ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_MIX, _SHIFT = np.uint64(0xBF58476D1CE4E5B9), np.uint64(31)


class HeldOutFeatures:
    """The features of all held-out functions, to compare others with."""

    def __init__(self) -> None:
        self._features: list[_Words] = []
        self._bands: list[defaultdict[int, list[int]]] = [defaultdict(list) for _ in range(BANDS)]

    def add(self, graphs: GraphStore) -> None:
        """Take in the graphs of a held-out package."""
        words, ends = edge_features(graphs)
        keys = _band_keys(words, ends)
        start = len(self._features)
        self._features += [words[a:b] for a, b in pairwise(ends.tolist())]
        for band, column in zip(self._bands, keys.T.tolist(), strict=True):
            for number, key in enumerate(column, start=start):
                band[key].append(number)

    def near(self, graphs: GraphStore) -> NDArray[np.int64]:
        """Return the positions of the graphs that are near copies of one that was added, ascending."""
        words, ends = edge_features(graphs)
        keys = _band_keys(words, ends)
        found = []
        for position, row in enumerate(keys.tolist()):
            others = {other for band, key in zip(self._bands, row, strict=True) for other in band.get(key, ())}
            own = words[ends[position] : ends[position + 1]]
            if any(_similarity(own, self._features[other]) >= NEAR for other in others):
                found.append(position)
        return np.array(found, dtype=np.int64)


def edge_features(graphs: GraphStore) -> tuple[_Words, NDArray[np.int64]]:
    """Hash the edges of each graph.

    Args:
        graphs: any graphs.

    Returns:
        words: (k,) uint64, the distinct features of each graph, ascending within the graph; ends: (g + 1,) int64.
    """
    nodes = graphs.kind.astype(np.uint64)
    for column in graphs.masked.T:
        nodes = _mixed(nodes * np.uint64(65_599) + column)
    counts = np.diff(graphs.edge_ends)
    shift = np.repeat(graphs.node_ends[:-1], counts)
    edges = _mixed(nodes[graphs.source + shift] * np.uint64(31) + graphs.relation)
    edges = _mixed(edges + nodes[graphs.target + shift] * np.uint64(65_599))
    owner = np.repeat(np.arange(len(graphs)), counts)
    order = np.lexsort((edges, owner))
    edges, owner = edges[order], owner[order]
    fresh = np.ones(len(edges), dtype=np.bool_)
    fresh[1:] = (edges[1:] != edges[:-1]) | (owner[1:] != owner[:-1])
    sizes = np.bincount(owner[fresh], minlength=len(graphs))
    return edges[fresh], np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])


def _mixed(words: _Words) -> _Words:
    mixed: _Words = (words ^ (words >> _SHIFT)) * _MIX
    mixed ^= mixed >> _SHIFT
    return mixed


def _band_keys(words: _Words, ends: NDArray[np.int64]) -> _Words:
    """The MinHash bands of each graph, (g, BANDS) uint64; graphs of the corpus all have edges."""
    out = np.zeros((len(ends) - 1, BANDS), dtype=np.uint64)
    if not len(words):
        return out
    for number, factor in enumerate(_FACTORS):
        least = np.minimum.reduceat(_mixed(words * factor), ends[:-1])
        band = out[:, number // ROWS]
        band *= np.uint64(65_599)
        band += least
    return out


def _similarity(first: _Words, second: _Words) -> float:
    """Jaccard similarity of two ascending sets."""
    small, large = sorted((len(first), len(second)))
    if small < NEAR * large:
        return 0.0
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared / (small + large - shared)

"""Sparse rows and their similarities, in numpy: bags of features of thousands of functions.

In: for each row its features and weights. Out: dot products, many at once. Features that many rows share go through a
dense matrix product, rare ones through inverted lists: 2,000 queries among 20,000 rows of 300 features take seconds.

Source: our own; inverted lists as in any text retrieval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

FREQUENT = 0.02
"""Share of the rows from which on a feature is kept in the dense part."""
MOST_FREQUENT = 1024
"""Features in the dense part, at most: four kilobytes a row."""


@dataclass(frozen=True, slots=True)
class SparseRows:
    """Rows of weighted features, one after the other.

    ends: (n,) int64, where each row ends. features: (m,) int64 in [0, width), ascending within a row.
    weights: (m,) float32.
    """

    ends: IntArray
    features: IntArray
    weights: FloatArray
    width: int

    @classmethod
    def from_bags(cls, features: Sequence[IntArray], weights: Sequence[FloatArray], width: int) -> SparseRows:
        """Put rows together; `features` of each row ascending and distinct."""
        ends = np.cumsum([len(row) for row in features], dtype=np.int64)
        return cls(
            ends,
            np.concatenate([*features, np.zeros(0, dtype=np.int64)]),
            np.concatenate([*weights, np.zeros(0, dtype=np.float32)]),
            width,
        )

    @property
    def sizes(self) -> IntArray:
        """The number of features of each row."""
        return np.diff(self.ends, prepend=0)

    def frequencies(self, rows: IntArray) -> IntArray:
        """In how many of these rows each feature stands: (width,) int64."""
        chosen = np.zeros(len(self.ends), dtype=bool)
        chosen[rows] = True
        return np.bincount(self.features[np.repeat(chosen, self.sizes)], minlength=self.width)

    def scaled(self, factor: FloatArray) -> SparseRows:
        """Multiply each feature's weights by its factor and bring every row to unit length; empty rows stay zero."""
        weights = self.weights * factor[self.features]
        owner = np.repeat(np.arange(len(self.ends)), self.sizes)
        norms = np.sqrt(np.bincount(owner, weights.astype(np.float64) ** 2, minlength=len(self.ends)))
        weights = weights / np.where(norms > 0, norms, 1)[owner]
        return SparseRows(self.ends, self.features, weights.astype(np.float32), self.width)

    def row(self, number: int) -> slice:
        """Where the features and weights of a row stand."""
        return slice(int(self.ends[number - 1]) if number else 0, int(self.ends[number]))


class DotProducts:
    """Dot products of sparse rows with each other."""

    def __init__(self, rows: SparseRows) -> None:
        self._rows = rows
        count = len(rows.ends)
        owner = np.repeat(np.arange(count), rows.sizes)
        found = np.bincount(rows.features, minlength=rows.width)
        frequent = np.argsort(-found, kind="stable")[:MOST_FREQUENT]
        frequent = frequent[found[frequent] > FREQUENT * count]
        place = np.full(rows.width, -1, dtype=np.int64)
        place[frequent] = np.arange(len(frequent))
        dense = place[rows.features] >= 0
        self._dense = np.zeros((count, len(frequent)), dtype=np.float32)
        self._dense[owner[dense], place[rows.features[dense]]] = rows.weights[dense]
        rest = rows.features[~dense]
        order = np.argsort(rest, kind="stable")
        self._list_rows = owner[~dense][order]
        self._list_weights = rows.weights[~dense][order].astype(np.float64)
        self._list_ends = np.cumsum(np.bincount(rest, minlength=rows.width))
        self._rare = place < 0

    def block(self, queries: IntArray, corpus: IntArray) -> FloatArray:
        """Dot products of some rows with others: (len(queries), len(corpus)) float32."""
        products: FloatArray = self._dense[queries] @ self._dense[corpus].T
        for place, query in enumerate(queries):
            products[place] += self._rare_products(int(query))[corpus].astype(np.float32)
        return products

    def paired(self, first: IntArray, second: IntArray) -> FloatArray:
        """Dot product of each row of `first` with that of `second` at the same place."""
        rows = self._rows
        products = np.zeros(len(first), dtype=np.float32)
        for place, (one, other) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            a, b = rows.row(one), rows.row(other)
            _, at_a, at_b = np.intersect1d(rows.features[a], rows.features[b], assume_unique=True, return_indices=True)
            products[place] = rows.weights[a][at_a] @ rows.weights[b][at_b]
        return products

    def _rare_products(self, query: int) -> NDArray[np.float64]:
        """With all rows, by rare features only."""
        part = self._rows.row(query)
        features, weights = self._rows.features[part], self._rows.weights[part]
        keep = self._rare[features]
        ends = self._list_ends[features[keep]]
        starts = np.where(features[keep] > 0, self._list_ends[features[keep] - 1], 0)
        sizes = ends - starts
        # the positions of all lists at once: each list's own count, moved to its start
        positions = np.arange(sizes.sum()) + np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
        values = self._list_weights[positions] * np.repeat(weights[keep], sizes)
        return np.bincount(self._list_rows[positions], values, minlength=len(self._rows.ends)).astype(np.float64)

"""Similarities between functions, whatever they come from: dense vectors, weighted bags, sets.

In: what a system knows of each function, one row each. Out: similarities of some rows with others, as a block or pair
by pair. A row of zeros (a function that could not be read) has similarity 0 to everything.

Source: TF-IDF with sublinear counts and smoothed document frequency, as scikit-learn has them; Jaccard as usual.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from codesim.evaluate.sparse import DotProducts, FloatArray, IntArray, SparseRows


class Similarity(Protocol):
    """Similarities of rows, each at most 1."""

    def block(self, queries: IntArray, corpus: IntArray) -> FloatArray:
        """Similarities of some rows with others: (len(queries), len(corpus)) float32."""

    def paired(self, first: IntArray, second: IntArray) -> FloatArray:
        """Similarity of each row of `first` with that of `second` at the same place: (len(first),) float32."""


class VectorCosine:
    """Cosine of dense rows of unit length; rows of zeros are allowed."""

    def __init__(self, vectors: FloatArray) -> None:
        self.vectors = vectors

    def block(self, queries: IntArray, corpus: IntArray) -> FloatArray:
        """Cosines of some rows with others."""
        product: FloatArray = self.vectors[queries] @ self.vectors[corpus].T
        return product

    def paired(self, first: IntArray, second: IntArray) -> FloatArray:
        """Cosines row by row."""
        products: FloatArray = np.einsum("ij,ij->i", self.vectors[first], self.vectors[second])
        return products


class BagCosine:
    """Cosine of bags, each count weighted as 1 + ln(count), times the inverse document frequency."""

    def __init__(self, bags: SparseRows, fitted: IntArray) -> None:
        known = bags.frequencies(fitted)
        inverse = (np.log((1 + len(fitted)) / (1 + known)) + 1).astype(np.float32)
        damped = SparseRows(bags.ends, bags.features, 1 + np.log(bags.weights), bags.width)
        self._products = DotProducts(damped.scaled(inverse))

    def block(self, queries: IntArray, corpus: IntArray) -> FloatArray:
        """Cosines of some rows with others."""
        return self._products.block(queries, corpus)

    def paired(self, first: IntArray, second: IntArray) -> FloatArray:
        """Cosines row by row."""
        return self._products.paired(first, second)


class SetJaccard:
    """Size of the intersection by size of the union; counts are not looked at."""

    def __init__(self, bags: SparseRows) -> None:
        self._sizes = bags.sizes.astype(np.float32)
        self._products = DotProducts(SparseRows(bags.ends, bags.features, np.ones_like(bags.weights), bags.width))

    def block(self, queries: IntArray, corpus: IntArray) -> FloatArray:
        """Jaccard similarities of some rows with others."""
        common = self._products.block(queries, corpus)
        return self._share(common, self._sizes[queries][:, None] + self._sizes[corpus][None, :])

    def paired(self, first: IntArray, second: IntArray) -> FloatArray:
        """Jaccard similarities row by row."""
        return self._share(self._products.paired(first, second), self._sizes[first] + self._sizes[second])

    @staticmethod
    def _share(common: FloatArray, both: FloatArray) -> FloatArray:
        union = both - common
        return (common / np.where(union > 0, union, 1)).astype(np.float32)


def mean_similarity(parts: list[FloatArray]) -> FloatArray:
    """The mean of several systems' similarities of the same rows."""
    mean: FloatArray = parts[0] / np.float32(len(parts))
    for part in parts[1:]:
        mean += part / np.float32(len(parts))
    return mean

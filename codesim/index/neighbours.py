"""Nearest neighbours among embeddings: which pairs of fragments are worth verifying.

In: unit vectors. Out: for each query its k most similar corpus rows, or all candidate pairs of a corpus. Two
implementations of one protocol: an exact reference in numpy, and FAISS, which the scan uses; tests hold one against
the other. Source: Johnson, Douze, Jegou, Billion-scale Similarity Search with GPUs, 2017 (faiss); here its flat,
exact index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
_BLOCK = 512  # rows of scores held at once by the reference; larger blocks only cost memory
_FEW_QUERIES = 100  # as many functions as a check is about: 3,500 vectors are searched before faiss is loaded
_BLAS_QUERIES = 20  # faiss 1.15 scans row by row below 1000 queries at 128 dimensions; from here on BLAS is faster


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The answer to a search.

    similarity: (n_queries, k) float32 cosine in [-1, 1], falling along axis 1. ids: (n_queries, k) int64, rows of the
    corpus. Ties are broken by the smaller id.
    """

    similarity: FloatArray
    ids: NDArray[np.int64]


class Index(Protocol):
    """What both indexes can do."""

    def search(self, queries: FloatArray, k: int) -> Neighbours:
        """Find the k most similar rows of the corpus for each query; see `ExactIndex.search`."""
        ...


class ExactIndex:
    """The reference: every cosine, by blocks, in numpy.

    Args:
        vectors: (n, dim) float32, rows of unit length.
    """

    def __init__(self, vectors: FloatArray) -> None:
        self.vectors = vectors

    def search(self, queries: FloatArray, k: int) -> Neighbours:
        """Find the k most similar corpus rows of each query; exact up to float32 rounding.

        Args:
            queries: (n_queries, dim) float32, rows of unit length.
            k: neighbours per query, at least 1; at most the size of the corpus are returned.

        Returns:
            The neighbours; a query that is in the corpus finds itself.
        """
        k = min(k, len(self.vectors))
        similarity = np.empty((len(queries), k), dtype=np.float32)
        ids = np.empty((len(queries), k), dtype=np.int64)
        for start in range(0, len(queries), _BLOCK):
            scores = queries[start : start + _BLOCK] @ self.vectors.T
            floors = np.partition(scores, -k, axis=1)[:, -k]  # sorting whole rows would take ten times as long
            for query, (row, floor) in enumerate(zip(scores, floors, strict=True), start):
                near = np.flatnonzero(row >= floor)
                ids[query] = near[np.argsort(-row[near], kind="stable")[:k]]
                similarity[query] = row[ids[query]]
        return Neighbours(similarity, ids)


class FaissIndex:
    """Exact inner product by faiss (`IndexFlatIP`), one thread, so that results do not depend on the machine's load.

    Args:
        vectors: (n, dim) float32, rows of unit length.
    """

    def __init__(self, vectors: FloatArray) -> None:
        import faiss  # noqa: PLC0415  # 0.1 s that a command without a search need not pay

        faiss.omp_set_num_threads(1)
        faiss.cvar.distance_compute_blas_threshold = _BLAS_QUERIES
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def search(self, queries: FloatArray, k: int) -> Neighbours:
        """Find the k most similar corpus rows of each query; as `ExactIndex.search`, up to ties beyond the k-th."""
        k = min(k, self._index.ntotal)
        similarity, ids = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), k)
        order = np.lexsort((ids, -similarity), axis=1)
        return Neighbours(np.take_along_axis(similarity, order, axis=1), np.take_along_axis(ids, order, axis=1))


def candidate_pairs(
    vectors: FloatArray, neighbours: int, min_similarity: float, focus: NDArray[np.bool_] | None = None
) -> list[tuple[int, int]]:
    """All pairs of rows that are among each other's nearest neighbours.

    Args:
        vectors: (n, dim) float32, rows of unit length.
        neighbours: how many neighbours each row proposes, at least 1.
        min_similarity: least cosine of a pair, in [-1, 1].
        focus: (n,) bool; only these rows propose neighbours. None: all do.

    Returns:
        (i, j) with i < j, ascending, each pair once.
    """
    if len(vectors) < 2:
        return []
    rows = np.arange(len(vectors)) if focus is None else np.flatnonzero(focus)
    if not len(rows):
        return []
    index: Index = FaissIndex(vectors) if len(rows) > _FEW_QUERIES else ExactIndex(vectors)
    found = index.search(vectors[rows], neighbours + 1)
    pairs: set[tuple[int, int]] = set()
    for row, ids, cosines in zip(rows.tolist(), found.ids.tolist(), found.similarity.tolist(), strict=True):
        near = [other for other, cosine in zip(ids, cosines, strict=True) if cosine >= min_similarity and other != row]
        pairs.update([(row, other) if row < other else (other, row) for other in near])
    return sorted(pairs)

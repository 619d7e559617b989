"""Retrieval quality: does a query find its twin among many others?

In: unit vectors and the group of each row. Out: recall at 1 and 10 and MAP@R, over all queries and by kind of query.
Rows of equal similarity are taken to come in random order, and the expectation is reported: a baseline that cannot
tell functions apart gains nothing by the order of the file, and loses nothing.

Source: recall@k as usual; MAP@R after Musgrave, Belongie, Lim, A Metric Learning Reality Check, 2020.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from codesim.evaluate.dataset import ORIGINAL, Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALL = "all"
MEASURES = ("recall_at_1", "recall_at_10", "map_at_r")
TIE = 1e-6
"""Similarities nearer than this are equal: float32 rounding of a cosine."""
BLOCK = 256


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over the queries of one kind, in [0, 1]; `queries` says how many."""

    queries: int
    recall_at_1: float
    recall_at_10: float
    map_at_r: float


@dataclass(frozen=True, slots=True)
class Task:
    """Who searches what: positions of the queries and of the corpus, and the group number of every row."""

    queries: NDArray[np.int64]
    corpus: NDArray[np.int64]
    groups: NDArray[np.int64]
    kinds: tuple[str, ...]


def retrieval_task(rows: Sequence[Row]) -> Task:
    """Plan the search: rows that are not originals search the originals; without originals, each row all others.

    Rows without a relevant row in the corpus stay in the corpus and are no queries.
    """
    numbers = {group: number for number, group in enumerate(sorted({row.group for row in rows}))}
    groups = np.array([numbers[row.group] for row in rows], dtype=np.int64)
    originals = np.array([row.kind == ORIGINAL for row in rows], dtype=bool)
    corpus = np.flatnonzero(originals) if originals.any() else np.arange(len(rows))
    available = np.bincount(groups[corpus], minlength=len(numbers))
    asking = ~originals if originals.any() else np.ones(len(rows), dtype=bool)
    needed = 1 if originals.any() else 2
    queries = np.flatnonzero(asking & (available[groups] >= needed)) if len(rows) else corpus
    return Task(queries, corpus, groups, tuple(row.kind for row in rows))


def measure_retrieval(vectors: NDArray[np.float32], task: Task) -> dict[str, Quality]:
    """Search for every query and average.

    Args:
        vectors: (n, dim) float32, rows of unit length, one per row of the data set.
        task: from `retrieval_task`.

    Returns:
        The quality over "all" queries first, then by kind of query, sorted; empty without queries.
    """
    figures = np.zeros((len(task.queries), len(MEASURES)))
    for places in query_blocks(task):
        asked = task.queries[places]
        figures[places] = query_figures(vectors[asked] @ vectors[task.corpus].T, asked, task)
    kinds = np.array([task.kinds[query] for query in task.queries])
    chosen = {ALL: np.ones(len(kinds), dtype=bool)} if len(kinds) else {}
    chosen |= {str(kind): kinds == kind for kind in np.unique(kinds)}
    result = {}
    for kind, members in chosen.items():
        means = figures[members].mean(axis=0)
        result[kind] = Quality(int(members.sum()), float(means[0]), float(means[1]), float(means[2]))
    return result


def query_blocks(task: Task) -> Iterator[slice]:
    """Cut the queries into blocks, so that similarities with the whole corpus fit into memory."""
    for start in range(0, len(task.queries), BLOCK):
        yield slice(start, start + BLOCK)


def query_figures(similarity: NDArray[np.float32], asked: NDArray[np.int64], task: Task) -> NDArray[np.float64]:
    """Judge some queries.

    Args:
        similarity: (len(asked), len(task.corpus)) float32.
        asked: positions of the queries; one that is in the corpus does not find itself.
        task: from `retrieval_task`.

    Returns:
        (len(asked), len(MEASURES)) in [0, 1].
    """
    figures = np.zeros((len(asked), len(MEASURES)))
    groups = task.groups[task.corpus]
    for row, (query, scores) in enumerate(zip(asked, similarity, strict=True)):
        others = task.corpus != query
        figures[row] = _expected_figures(scores[others], groups[others] == task.groups[query])
    return figures


def _expected_figures(scores: NDArray[np.float32], relevant: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return the expected recall@1, recall@10 and average precision at R of one query, over the orders of ties."""
    best = scores[relevant].max()
    above = int((scores[~relevant] > best + TIE).sum())
    level = int((np.abs(scores[~relevant] - best) <= TIE).sum())
    first = int((np.abs(scores[relevant] - best) <= TIE).sum())
    return (
        _chance_within(1, above, level, first),
        _chance_within(10, above, level, first),
        _average_precision(scores, relevant),
    )


def _chance_within(k: int, above: int, level: int, first: int) -> float:
    """Return the chance that one of `first` rows is among the best k, `above` others before and `level` tied."""
    places = k - above
    if places <= 0:
        return 0.0
    missed = 1.0
    for drawn in range(min(places, level + first)):
        missed *= max(0, level - drawn) / (level + first - drawn)
    return 1.0 - missed


def _average_precision(scores: NDArray[np.float32], relevant: NDArray[np.bool_]) -> float:
    count = int(relevant.sum())
    if count == 1:  # then it is recall@1, with its ties
        best = scores[relevant][0]
        above = int((scores[~relevant] > best + TIE).sum())
        return _chance_within(1, above, int((np.abs(scores[~relevant] - best) <= TIE).sum()), 1)
    last = np.partition(scores, -count)[-count]
    best_scores, hits = scores[scores >= last], relevant[scores >= last]
    hits = hits[np.lexsort((hits, -best_scores))[:count]]  # relevant rows last among equals: no credit by luck
    precision = np.cumsum(hits) / np.arange(1, count + 1)
    return float((precision * hits).sum() / count)

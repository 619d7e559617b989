"""The faiss index against the exact reference, and candidate pairs against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from codesim.index import ExactIndex, FaissIndex, candidate_pairs, neighbours


def unit_rows(count: int, dim: int, seed: int) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


@pytest.mark.parametrize("count", [1, 2, 19, 300, 1100])
def test_faiss_agrees_with_the_reference(count: int) -> None:
    vectors = unit_rows(count, 32, count)
    exact, faiss = ExactIndex(vectors).search(vectors, 7), FaissIndex(vectors).search(vectors, 7)
    assert exact.similarity.shape == faiss.similarity.shape == (count, min(7, count))
    np.testing.assert_allclose(exact.similarity, faiss.similarity, atol=1e-5)
    assert (exact.ids == faiss.ids).mean() > 0.999  # equal but for near-ties


def test_ties_fall_to_the_smaller_id() -> None:
    vectors = np.repeat(unit_rows(3, 8, 0), 2, axis=0)
    for index in (ExactIndex(vectors), FaissIndex(vectors)):
        assert index.search(vectors[:1], 2).ids.tolist() == [[0, 1]]


@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(1, 5))
def test_candidate_pairs_are_those_of_brute_force(seed: int, count: int, neighbours: int) -> None:
    vectors = unit_rows(count, 6, seed)
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -9)
    wanted = set()
    for i in range(count):
        for j in np.argsort(-scores[i], kind="stable")[:neighbours]:
            if scores[i, j] >= 0.3 + 1e-5:
                wanted.add((min(i, int(j)), max(i, int(j))))
    found = candidate_pairs(vectors, neighbours, 0.3)
    assert found == sorted(set(found))
    assert {pair for pair in wanted if scores[pair] > 0.3002} == {pair for pair in found if scores[pair] > 0.3002}


def test_only_the_focus_proposes_neighbours() -> None:
    vectors = np.array([[1, 0], [1, 0.01], [0, 1], [0.01, 1]], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert candidate_pairs(vectors, 2, 0.9) == [(0, 1), (2, 3)]
    assert candidate_pairs(vectors, 2, 0.9, np.array([False, True, False, False])) == [(0, 1)]
    assert candidate_pairs(vectors, 2, 0.9, np.zeros(4, dtype=np.bool_)) == []


def test_a_single_vector_has_no_pairs() -> None:
    assert candidate_pairs(unit_rows(1, 4, 0), 3, 0.0) == []


def test_few_queries_are_answered_without_faiss_and_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    vectors = random.standard_normal((400, 16)).astype(np.float32)
    vectors[350:354] = vectors[0]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    focus = np.zeros(400, dtype=np.bool_)
    focus[:40] = True
    few = candidate_pairs(vectors, 7, 0.1, focus)
    monkeypatch.setattr(neighbours, "_FEW_QUERIES", 0)
    assert few == candidate_pairs(vectors, 7, 0.1, focus)

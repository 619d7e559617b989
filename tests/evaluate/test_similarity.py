"""Sparse similarities against dense arithmetic and values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from codesim.evaluate import read_function
from codesim.evaluate.patterns import SubtreeLabels, identifier_words, identifiers, path_ngrams, text_tokens
from codesim.evaluate.similarity import BagCosine, SetJaccard, VectorCosine, mean_similarity
from codesim.evaluate.sparse import DotProducts, SparseRows

ROWS, WIDTH = 300, 80


def bags(dense: np.ndarray) -> SparseRows:
    features = [np.flatnonzero(row) for row in dense]
    return SparseRows.from_bags(
        features,
        [row[found].astype(np.float32) for row, found in zip(dense, features, strict=True)],
        dense.shape[1],
    )


@pytest.fixture(scope="module")
def dense() -> np.ndarray:
    """Counts of frequent and rare features; row 7 is empty, feature 5 is nowhere."""
    rng = np.random.default_rng(3)
    share = np.where(np.arange(WIDTH) < 20, 0.5, 0.01)
    counts = rng.integers(1, 6, (ROWS, WIDTH)) * (rng.random((ROWS, WIDTH)) < share)
    counts[7], counts[:, 5] = 0, 0
    return counts.astype(np.float64)


def test_dot_products(dense: np.ndarray) -> None:
    products = DotProducts(bags(dense))
    queries, corpus = np.array([0, 7, 299, 0]), np.arange(10, 250)
    np.testing.assert_allclose(products.block(queries, corpus), dense[queries] @ dense[corpus].T, rtol=1e-6)
    np.testing.assert_allclose(
        products.paired(queries, corpus[:4]), (dense[queries] * dense[corpus[:4]]).sum(axis=1), rtol=1e-6
    )


def test_bag_cosine_is_tf_idf(dense: np.ndarray) -> None:
    fitted, every = np.arange(100), np.arange(ROWS)
    frequency = (dense[:100] > 0).sum(axis=0)
    weights = np.where(dense > 0, 1 + np.log(np.maximum(dense, 1)), 0) * (np.log(101 / (1 + frequency)) + 1)
    norms = np.linalg.norm(weights, axis=1, keepdims=True)
    unit = weights / np.where(norms > 0, norms, 1)
    found = BagCosine(bags(dense), fitted).block(every, every)
    np.testing.assert_allclose(found, unit @ unit.T, atol=1e-6)
    assert not found[7].any()


def test_jaccard(dense: np.ndarray) -> None:
    every = np.arange(ROWS)
    jaccard = SetJaccard(bags(dense))
    present = dense > 0
    common = (present[:, None] & present[None]).sum(axis=2)
    either = (present[:, None] | present[None]).sum(axis=2)
    np.testing.assert_allclose(jaccard.block(every, every), common / np.maximum(either, 1), atol=1e-6)
    np.testing.assert_allclose(jaccard.paired(every, every[::-1]), np.diag((common / np.maximum(either, 1))[:, ::-1]))


def test_no_rows() -> None:
    empty = BagCosine(SparseRows.from_bags([], [], 0), np.zeros(0, dtype=np.int64))
    assert empty.block(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)).shape == (0, 0)


def test_mean_of_similarities_leaves_its_parts_alone() -> None:
    one, two = np.array([1.0, 0.0], dtype=np.float32), np.array([0.0, 0.5], dtype=np.float32)
    np.testing.assert_allclose(mean_similarity([one, two]), [0.5, 0.25])
    np.testing.assert_array_equal(one, [1, 0])
    vectors = VectorCosine(np.eye(2, dtype=np.float32))
    assert vectors.paired(np.array([0, 0]), np.array([0, 1])).tolist() == [1, 0]


def test_words_of_identifiers() -> None:
    assert identifier_words("readCSV_file2") == ("read", "csv", "file", "2")
    found = identifiers(read_function("def getRows(db, *, max_rows=3):\n    return db.fetchMany(size=max_rows)\n"))
    assert found == {"get": 1, "rows": 3, "db": 2, "max": 2, "fetch": 1, "many": 1, "size": 1}


def test_path_ngrams() -> None:
    found = path_ngrams(read_function("def f():\n    return -x\n"))
    assert found == {
        ("FunctionDef",): 1, ("arguments",): 1, ("FunctionDef", "arguments"): 1, ("Return",): 1,
        ("FunctionDef", "Return"): 1, ("UnaryOp",): 1, ("Return", "UnaryOp"): 1,
        ("FunctionDef", "Return", "UnaryOp"): 1, ("USub",): 1, ("UnaryOp", "USub"): 1, ("Return", "UnaryOp", "USub"): 1,
        ("Name",): 1, ("UnaryOp", "Name"): 1, ("Return", "UnaryOp", "Name"): 1,
    }  # fmt: skip


def test_subtree_labels_see_structure_but_no_names() -> None:
    labels = SubtreeLabels()
    one = labels(read_function("def f(a):\n    return g(a) + 1\n"))
    renamed = labels(read_function("def h(b):\n    return i(b) + 1\n"))
    other = labels(read_function("def f(a):\n    return g(a + 1)\n"))
    assert one == renamed
    assert one != other
    assert sum(one.values()) == 4 * 10  # ten nodes, each with its own label and three that know what is below


def test_tokens_without_comments() -> None:
    found = text_tokens(read_function("def f(a):  # hi\n    return a + 'x y'\n"))
    assert found == {"def": 1, "f": 1, "(": 1, "a": 2, ")": 1, ":": 1, "return": 1, "+": 1, "'x y'": 1}

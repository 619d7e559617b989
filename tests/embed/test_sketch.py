"""The sketch: unit rows of what labels and words a graph holds, the same bytes in any company."""

from __future__ import annotations

import ast
from dataclasses import replace
from math import sqrt
from random import Random

import numpy as np
import pytest
from embed.random_graphs import random_graphs
from embed.sketched import some_table
from graph.random_pdgs import random_pdg
from hypothesis import given, settings
from hypothesis import strategies as st

from codesim.embed import TOKENS_PER_NODE, GraphArrays, graph_arrays
from codesim.embed.features import MASKED_TOKENS, label_tokens
from codesim.embed.sketch import MOST_BUCKETS, MOST_WIDTH, Sketch
from codesim.evaluate import function_graph
from codesim.graph import NodeKind, Pdg
from codesim.source import Span

TABLE = some_table()
LOCAL = (label_tokens("local")[0], 0, 0, 0)
WORD, OWN = 1, 2


def graph_of(source: str, mask_names: bool = False) -> GraphArrays:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    return graph_arrays(function_graph(node), mask_names)


def named(graph: GraphArrays, name: str) -> GraphArrays:
    return replace(graph, name=np.array(label_tokens(name)))


def bare(nodes: int = 1) -> GraphArrays:
    """A graph without words."""
    empty = np.zeros((2, 0), np.int64)
    return GraphArrays(np.zeros(nodes, np.int64), np.zeros((nodes, TOKENS_PER_NODE), np.int64), empty, empty[0])


def mixed(number: int) -> int:
    """MurmurHash3's finaliser on Python's own integers."""
    number ^= number >> 33
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        number = number * factor % 2**64
        number ^= number >> 33
    return number


def slow_row(graph: GraphArrays, table: np.ndarray, width: int) -> list[float]:
    """One row as the definition says it, one feature after the other."""
    features: set[tuple[tuple[int, ...], bool, bool]] = set()
    for own, rows in ((False, graph.tokens.tolist()), (True, [graph.name.tolist()])):
        for label in rows:
            if any(label) and tuple(label) != MASKED_TOKENS:
                features.add((tuple(label), False, own))
                features |= {((token,), True, own) for token in label if token}
    sums = [0.0] * width
    for tokens, is_word, own in features:
        number = sum(token << (13 * place) for place, token in enumerate(tokens)) + (2**52 if is_word else 0)
        fields = mixed(number) >> 26
        value = float(table[(fields >> 20) % len(table)]) * (0.5 if is_word else 1) * (2 if own else 1)
        for place in range(2):
            column = (fields >> (10 * place)) % width
            sums[width - 1 - column if own else column] += -value if (fields >> (36 + place)) & 1 else value
    length = sqrt(sum(value * value for value in sums))
    return [value / length if length else 0.0 for value in sums]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(1, 12),
    st.sampled_from([2, 64, MOST_WIDTH]),
    st.sampled_from([2, 256, MOST_BUCKETS]),
    st.lists(st.text(max_size=12), max_size=12),
)
def test_rows_are_what_the_definition_says(seed: int, count: int, width: int, buckets: int, names: list[str]) -> None:
    graphs = random_graphs(count, seed, largest=30)
    graphs = [named(graph, name) for graph, name in zip(graphs, names, strict=False)] + graphs[len(names) :]
    table = some_table(buckets, seed)
    rows = Sketch(table, width).rows(graphs)
    assert rows.dtype == np.float32
    expected = np.array([slow_row(graph, table, width) for graph in graphs]).astype(np.float32)
    np.testing.assert_array_equal(rows, expected)


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_a_row_is_the_same_bytes_in_any_company(seed: int, rng: Random) -> None:
    graphs = [named(graph, f"name_{number}") for number, graph in enumerate(random_graphs(9, seed, largest=60))]
    sketch = Sketch(TABLE, 64)
    together = sketch.rows(graphs)
    order = rng.sample(range(9), rng.randint(1, 9))
    assert sketch.rows([graphs[place] for place in order]).tobytes() == together[order].tobytes()


def test_rows_are_unit_and_do_not_depend_on_node_numbers() -> None:
    graphs = random_graphs(50)[1:]
    rows = Sketch(TABLE, 512).rows(graphs)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    turned = [replace(graph, tokens=graph.tokens[::-1]) for graph in graphs]
    assert Sketch(TABLE, 512).rows(turned).tobytes() == rows.tobytes()


def test_graphs_without_words_are_zero_and_no_graphs_no_rows() -> None:
    sketch = Sketch(TABLE, 64)
    assert sketch.rows([]).shape == (0, 64)
    rows = sketch.rows([bare(), named(bare(3), "read_rows"), bare(2)])
    assert rows.any(axis=1).tolist() == [False, True, False]


def test_a_label_counts_once_and_by_its_weight() -> None:
    sketch = Sketch(np.linspace(1, 9, 256).astype(np.float16), MOST_WIDTH)
    once, twice, other = (
        replace(bare(2), tokens=np.array([label_tokens(label) for label in labels]))
        for labels in (("read_rows", ""), ("read_rows", "read_rows"), ("read_rows", "read_cells"))
    )
    rows = sketch.rows([once, twice, other])
    np.testing.assert_array_equal(rows[0], rows[1])
    assert 0.3 < float(rows[0] @ rows[2]) < 0.95


def test_a_function_is_not_like_its_callers() -> None:
    called = replace(bare(), tokens=np.array([label_tokens("read_rows")]))
    rows = Sketch(TABLE, MOST_WIDTH).rows([called, named(bare(), "read_rows"), named(bare(), "readRows")])
    assert abs(float(rows[0] @ rows[1])) < 0.2
    np.testing.assert_array_equal(rows[1], rows[2])


def test_masked_names_leave_no_lexical_feature() -> None:
    """The row is that of the graph in which locals have no label, and the function no name."""
    masked = graph_of("def total(orders):\n    for row in orders:\n        print(row.price)\n", mask_names=True)
    renamed = graph_of("def f(a):\n    for b in a:\n        print(b.price)\n", mask_names=True)
    sketch = Sketch(TABLE, 512)
    row = sketch.rows([masked])[0]
    assert row.any()
    assert sketch.rows([renamed])[0].tobytes() == row.tobytes()
    words = {label_tokens(word) for word in ("total", "orders", "row")}
    assert not words & {tuple(tokens) for tokens in [*masked.tokens.tolist(), masked.name.tolist()]}
    hidden = (masked.tokens == np.array(LOCAL)).all(axis=1)
    assert not hidden.any() or not (masked.tokens[hidden][:, 1:]).any()
    local = [int(kind) in (NodeKind.PARAMETER, NodeKind.USE, NodeKind.DEFINITION) for kind in masked.kind]
    assert any(local)
    unlabelled = masked.tokens.copy()
    unlabelled[local] = 0
    assert sketch.rows([replace(masked, tokens=unlabelled)])[0].tobytes() == row.tobytes()


def test_only_the_own_name_may_be_masked() -> None:
    pdg = random_pdg(7)
    plain, masked = graph_arrays(pdg), graph_arrays(pdg, mask_own=True)
    assert plain.name.any()
    assert not masked.name.any()
    np.testing.assert_array_equal(plain.tokens, masked.tokens)


@pytest.mark.parametrize("label", ["\ud800\udfff\udc80", "x" * 10_000, "x_" * 5_000, "'" + "\0" * 10_000, "é" * 300])
def test_hostile_labels_and_names(label: str) -> None:
    kinds = (NodeKind.ENTRY, NodeKind.CONSTANT)
    pdg = Pdg(label, kinds, ("", label), (Span(1, 0, 1, 1),) * 2, ())
    rows = Sketch(TABLE, 64).rows([graph_arrays(pdg)])
    assert np.isfinite(rows).all()
    assert float(np.linalg.norm(rows)) == pytest.approx(1, abs=1e-6)


GOLDEN = """\
 1 +0.2325
 2 -0.2325
 3 -0.1162
 5 +0.2325
 6 +0.4650
10 +0.2325
12 -0.2325
14 +0.6975
15 -0.1162
"""


def test_sketch_of_a_small_function_as_text() -> None:
    """Another text means that old tables and old vectors are of no use: then SKETCH_VERSION must grow."""
    graph = graph_of("def mean(values):\n    return sum(values) / len(values)\n")
    row = Sketch(np.ones(2, np.float16), 16).rows([graph])[0]
    assert "".join(f"{column:2} {value:+.4f}\n" for column, value in enumerate(row) if value) == GOLDEN

"""Arrays of graphs: what they hold, alone and among others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from graph.random_pdgs import random_pdg, random_pdgs
from hypothesis import given
from hypothesis import strategies as st

from codesim.embed import RELATIONS, TOKEN_BUCKETS, TOKENS_PER_NODE, GraphArrays, batch_graphs, graph_arrays
from codesim.embed.features import joined_arrays, label_tokens
from codesim.graph import Edge, EdgeKind, NodeKind, Pdg, join_graphs
from codesim.source import Span

FIELDS = ("kind", "tokens", "edge_index", "edge_kind", "name")


def assert_equal(one: GraphArrays, other: GraphArrays) -> None:
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field))
        assert getattr(one, field).dtype == np.int64


@given(st.lists(st.integers(0, 300), max_size=12), st.booleans())
def test_a_graph_has_the_same_arrays_alone_and_among_others(seeds: list[int], mask_names: bool) -> None:
    pdgs = [random_pdg(seed) for seed in seeds]
    together = joined_arrays(join_graphs(pdgs), mask_names)
    assert len(together) == len(pdgs)
    for pdg, arrays in zip(pdgs, together, strict=True):
        assert_equal(arrays, graph_arrays(pdg, mask_names))


@pytest.mark.parametrize("pdg", random_pdgs(20), ids=lambda pdg: f"{len(pdg.kinds)} nodes")
def test_arrays_say_what_the_graph_says(pdg: Pdg) -> None:
    arrays = graph_arrays(pdg)
    assert tuple(arrays.kind) == pdg.kinds
    assert [tuple(row) for row in arrays.tokens] == [label_tokens(label) for label in pdg.labels]
    there = [(edge.source, edge.target) for edge in pdg.edges]
    assert [tuple(edge) for edge in arrays.edge_index.T] == there + [(b, a) for a, b in there]
    forward, backward = np.split(arrays.edge_kind, 2)
    assert ((forward >= 0) & (forward < RELATIONS // 2)).all()
    np.testing.assert_array_equal(backward, forward + RELATIONS // 2)


RELATION_OF = {
    (EdgeKind.CONTROL, "true", False): 0,
    (EdgeKind.CONTROL, "false", False): 1,
    (EdgeKind.CONTROL, "", False): 2,
    (EdgeKind.CONTROL, "finally", True): 2,
    (EdgeKind.DATA, "x", False): 3,
    (EdgeKind.DATA, "true", True): 4,
    (EdgeKind.OPERAND, "0", False): 5,
    (EdgeKind.OPERAND, "1", False): 6,
    (EdgeKind.OPERAND, "2", False): 7,
    (EdgeKind.OPERAND, "11", False): 7,
    (EdgeKind.OPERAND, "=", False): 8,
    (EdgeKind.ORDER, "", False): 9,
    (EdgeKind.ORDER, "", True): 9,
}


@pytest.mark.parametrize(("form", "relation"), RELATION_OF.items(), ids=str)
def test_the_relation_of_an_edge(form: tuple[EdgeKind, str, bool], relation: int) -> None:
    """The numbers are those that the shipped weights were trained with."""
    edge = Edge(0, 1, *form)
    pdg = Pdg("f", (NodeKind.ENTRY, NodeKind.PASS), ("", ""), (Span(1, 0, 1, 1),) * 2, (edge,))
    assert graph_arrays(pdg).edge_kind.tolist() == [relation, relation + RELATIONS // 2]


def test_masked_names_are_all_one_and_nothing_else_is_masked() -> None:
    kinds = (NodeKind.ENTRY, NodeKind.PARAMETER, NodeKind.USE, NodeKind.GLOBAL, NodeKind.CALL)
    pdg = Pdg("f", kinds, ("", "rows", "orders", "rows", "x"), (Span(1, 0, 1, 1),) * 5, ())
    plain, masked = graph_arrays(pdg).tokens, graph_arrays(pdg, mask_names=True).tokens
    assert masked[1].tolist() == masked[2].tolist()
    assert masked[1].tolist() not in plain.tolist()
    assert np.count_nonzero(masked[1]) == 1
    np.testing.assert_array_equal(masked[[0, 3, 4]], plain[[0, 3, 4]])


@pytest.mark.parametrize(
    ("qualname", "name"),
    [("f", "f"), ("Rows.read_all", "read_all"), ("make.<locals>.inner", "inner"), ("C.f#2", "f"), ("f#2.g", "g"),
     ("<lambda>", ""), ("", ""), ("C.<lambda>", "")],
)  # fmt: skip
def test_the_own_name_is_the_last_part(qualname: str, name: str) -> None:
    pdg = Pdg(qualname, (NodeKind.ENTRY,), ("",), (Span(1, 0, 1, 1),), ())
    assert tuple(graph_arrays(pdg).name) == label_tokens(name)
    assert not graph_arrays(pdg, mask_names=True).name.any()
    assert not graph_arrays(pdg, mask_own=True).name.any()


@pytest.mark.parametrize(
    ("label", "count"),
    [("", 0), ("total", 1), ("getHTTPResponse", 3), ("a_b_c_d_e", 4), ("+", 1), ("x'17", 1), ("unary -", 2), ("_", 0)],
)
def test_sub_tokens_of_a_label(label: str, count: int) -> None:
    tokens = label_tokens(label)
    assert len(tokens) == TOKENS_PER_NODE
    assert all(0 < token < TOKEN_BUCKETS for token in tokens[:count])
    assert not any(tokens[count:])


def test_both_case_styles_give_the_same_sub_tokens() -> None:
    assert label_tokens("maxItemCount") == label_tokens("max_item_count") != label_tokens("min_item_count")


def test_a_batch_holds_its_graphs_one_after_the_other() -> None:
    graphs = joined_arrays(join_graphs(random_pdgs(30)))
    batch = batch_graphs(graphs)
    ends = np.cumsum(batch.sizes)
    assert batch.sizes.tolist() == [len(graph.kind) for graph in graphs]
    at = 0
    for number, graph in enumerate(graphs):
        nodes = slice(ends[number] - batch.sizes[number], ends[number])
        edges = slice(at, at + len(graph.edge_kind))
        at = edges.stop
        found = GraphArrays(
            batch.kind[nodes], batch.tokens[nodes], batch.edge_index[:, edges] - nodes.start, batch.edge_kind[edges]
        )
        assert_equal(found, replace(graph, name=found.name))  # the model does not see names
        assert (batch.batch[nodes] == number).all()

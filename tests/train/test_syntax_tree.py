"""The syntax tree as a graph: its nodes, its edges, what can be masked, and that the encoder takes it."""

from __future__ import annotations

import ast
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from codesim.embed import NODE_KINDS, graph_arrays
from codesim.graph import EdgeKind, NodeKind, Pdg
from codesim.train.syntax_tree import syntax_graph

SUM = """
def total(items, *, key=None):
    \"\"\"Add up.\"\"\"
    found: int = 0
    for item in items:
        found += item.value if key else len(item)
    return found
"""


def tree(source: str) -> Pdg:
    return syntax_graph(ast.parse(source).body[0])  # type: ignore[arg-type]


def labels(graph: Pdg, kind: NodeKind) -> list[str]:
    return [label for found, label in zip(graph.kinds, graph.labels, strict=True) if found is kind]


def test_nodes_are_those_of_the_tree() -> None:
    graph = tree("def f(a):\n    return a + 1\n")
    assert [(kind.name, label) for kind, label in zip(graph.kinds, graph.labels, strict=True)] == [
        ("ENTRY", "FunctionDef"),
        ("SCOPE", "arguments"),
        ("PARAMETER", "a"),
        ("RETURN", ""),
        ("OPERATOR", "BinOp"),
        ("USE", "a"),
        ("OPERATOR", "Add"),
        ("CONSTANT", "1"),
    ]


def test_edges_go_to_parents_siblings_and_the_next_use() -> None:
    graph = tree("def f(a):\n    return a + 1\n")
    edges = {(edge.source, edge.target, edge.kind, edge.detail) for edge in graph.edges}
    assert edges == {
        (1, 0, EdgeKind.OPERAND, "0"),
        (2, 1, EdgeKind.OPERAND, "0"),
        (3, 0, EdgeKind.OPERAND, "1"),
        (4, 3, EdgeKind.OPERAND, "0"),
        (5, 4, EdgeKind.OPERAND, "0"),
        (6, 4, EdgeKind.OPERAND, "1"),
        (7, 4, EdgeKind.OPERAND, "2"),
        (1, 3, EdgeKind.ORDER, ""),
        (5, 6, EdgeKind.ORDER, ""),
        (6, 7, EdgeKind.ORDER, ""),
        (2, 5, EdgeKind.DATA, "a"),
    }
    assert list(graph.edges) == sorted(graph.edges)


def test_what_the_dependence_graph_leaves_out_is_left_out() -> None:
    graph = tree(SUM)
    assert not any("Add up" in label or label in {"int", "total"} for label in graph.labels)
    assert graph.qualname == "total"
    renamed = tree(SUM.replace("total", "other"))
    assert (renamed.kinds, renamed.labels, renamed.edges) == (graph.kinds, graph.labels, graph.edges)


def test_names_of_locals_alone_can_be_masked() -> None:
    kept = "def f(a):\n    b = helper(a.size, flag=1)\n    return b\n"
    renamed = "def f(x):\n    y = helper(x.size, flag=1)\n    return y\n"
    other = kept.replace("helper", "worker")
    masked = {text: graph_arrays(tree(text), mask_names=True).tokens for text in (kept, renamed, other)}
    assert np.array_equal(masked[kept], masked[renamed])
    assert not np.array_equal(masked[kept], masked[other])
    assert not np.array_equal(graph_arrays(tree(kept)).tokens, graph_arrays(tree(renamed)).tokens)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("import numpy as np; use(np)", "np"),
        ("import os.path; use(os)", "os"),
        ("try: pass\n    except E as error: use(error)", "error"),
        ("match v:\n        case [*rest]: use(rest)", "rest"),
        ("match v:\n        case {**others}: use(others)", "others"),
        ("match v:\n        case [1] as whole: use(whole)", "whole"),
        ("use(found := 1, found)", "found"),
        ("use([each for each in v])", "each"),
    ],
)
def test_every_bound_name_is_a_definition_and_its_use_a_use(statement: str, name: str) -> None:
    graph = tree(f"def f(v):\n    {statement}\n")
    assert name in labels(graph, NodeKind.DEFINITION)
    assert name in labels(graph, NodeKind.USE)
    places = [place for place, label in enumerate(graph.labels) if label == name]
    followed = {(edge.source, edge.target) for edge in graph.edges if edge.kind is EdgeKind.DATA}
    assert any((first, last) in followed for first in places for last in places if first < last)


def test_what_shares_a_kind_is_told_apart_by_its_label() -> None:
    pairs = [("a + b", "a - b"), ("[a]", "{a}"), ("(yield a)", "(yield from a)"), ("[x for x in a]", "{x for x in a}")]
    for one, two in pairs:
        assert tree(f"def f(a, b):\n    {one}\n").labels != tree(f"def f(a, b):\n    {two}\n").labels


def test_a_deep_tree_needs_no_recursion() -> None:
    value: ast.expr = ast.Name("a", ast.Load())
    depth = 3 * sys.getrecursionlimit()
    for _ in range(depth):
        value = ast.UnaryOp(ast.Not(), value)
    node = ast.parse("def f(a):\n    return 0\n").body[0]
    assert isinstance(node, ast.FunctionDef)
    assert isinstance(node.body[0], ast.Return)
    node.body[0].value = value
    assert len(syntax_graph(node).kinds) == 2 * depth + 5


def test_real_functions_become_whole_trees() -> None:
    count = 0
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[:25]:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            graph = syntax_graph(node)
            parents = [edge.source for edge in graph.edges if edge.kind is EdgeKind.OPERAND]
            assert sorted(parents) == list(range(1, len(graph.kinds)))
            assert all(edge.source < edge.target for edge in graph.edges if edge.kind is not EdgeKind.OPERAND)
            arrays = graph_arrays(graph)
            assert arrays.kind.max() < NODE_KINDS
            assert arrays.edge_kind.size == 2 * len(graph.edges)
            count += 1
    assert count > 300

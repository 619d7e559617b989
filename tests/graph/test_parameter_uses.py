"""Where parameters are read: the same as the data edges of the whole graph."""

from __future__ import annotations

import ast

from cases import FIXTURES

from codesim.graph import EdgeKind, NodeKind, Pdg, build_pdg, parameter_uses
from codesim.parse import lower, parse_function
from codesim.source import Span


def edges(pdg: Pdg) -> set[tuple[str, Span]]:
    return {
        (edge.detail, pdg.spans[edge.target])
        for edge in pdg.edges
        if edge.kind is EdgeKind.DATA
        and pdg.kinds[edge.source] is NodeKind.PARAMETER
        and pdg.labels[edge.source] == edge.detail
        and pdg.kinds[edge.target] is NodeKind.USE
    }


def test_uses_are_the_data_edges_from_parameters() -> None:
    found = 0
    for file in sorted(FIXTURES.glob("*/*/*/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                faithful = parse_function(node)
                for tree in (faithful, lower(faithful)):
                    uses = parameter_uses(tree)
                    assert uses == edges(build_pdg(tree, ""))
                    found += len(uses)
    assert found > 500


def test_a_parameter_that_is_set_first_is_not_read() -> None:
    (node,) = ast.parse("def f(a, b, c):\n    a = b\n    for c in a:\n        b = c\n    return b\n").body
    assert isinstance(node, ast.FunctionDef)
    assert parameter_uses(parse_function(node)) == {("b", Span(2, 8, 2, 9)), ("b", Span(5, 11, 5, 12))}

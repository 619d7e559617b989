"""Order edges against their definition: which statements of one suite may not change places."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from property.programs import functions

from codesim.graph import EdgeKind, NodeKind, Pdg, build_pdg
from codesim.parse import Kind, Node, lower, parse_function

QUIET_CALLS = frozenset({"len", "range", "isinstance", "sorted", "sum", "any", "all", "list", "set", "dict", "str"})


def tree_of(source: str) -> Node:
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    return parse_function(function)


def running(statement: Node) -> Iterator[Node]:
    """The nodes that run when the statement runs: not those of nested functions and lambdas."""
    stack = [statement]
    while stack:
        node = stack.pop()
        yield node
        if node.kind in (Kind.FUNCTION, Kind.LAMBDA):
            stack.extend(default for parameter in node.children[0].children for default in parameter.children)
            stack.extend(node.children[2:])
        else:
            stack.extend(node.children)


def has_effects(statement: Node) -> bool:
    """Whether it calls, stores into an object, raises, or the like."""
    for node in running(statement):
        if node.kind in (Kind.RAISE, Kind.ASSERT, Kind.DELETE, Kind.IMPORT, Kind.WITH, Kind.YIELD, Kind.AWAIT):
            return True
        if node.kind is Kind.CALL:
            callee = node.children[0]
            if callee.kind is not Kind.NAME or callee.label not in QUIET_CALLS:
                return True
        if node.kind in (Kind.ASSIGN, Kind.AUGMENT):
            targets = node.children[:-1] if node.kind is Kind.ASSIGN else node.children[:1]
            places = (Kind.ATTRIBUTE, Kind.SUBSCRIPT)
            if any(inner.kind in places for target in targets for inner in target.walk()):
                return True
            mutable = (Kind.COLLECTION, Kind.COMPREHENSION, Kind.CALL)
            if node.kind is Kind.AUGMENT and node.children[-1].kind in mutable:
                return True
        if node.kind is Kind.FOR and any(n.kind in (Kind.ATTRIBUTE, Kind.SUBSCRIPT) for n in node.children[0].walk()):
            return True
    return False


def suites(tree: Node) -> Iterator[Node]:
    return (node for node in tree.walk() if node.kind is Kind.SUITE)


def order_paths(pdg: Pdg) -> dict[int, set[int]]:
    """By node, the nodes that order edges lead to, loop-carried ones left out."""
    after: dict[int, set[int]] = {}
    for edge in sorted(pdg.edges, reverse=True):
        if edge.kind is EdgeKind.ORDER and not edge.loop_carried:
            assert edge.source < edge.target
            after.setdefault(edge.source, set()).update({edge.target}, after.get(edge.target, set()))
    return after


@settings(max_examples=60, deadline=None)
@given(functions())
def test_effects_of_one_suite_keep_their_order(source: str) -> None:
    for tree in (tree_of(source), lower(tree_of(source))):
        pdg = build_pdg(tree, "function")
        after = order_paths(pdg)
        place = {
            pdg.spans[node]: node
            for node in range(len(pdg.kinds) - 1, -1, -1)
            if NodeKind.ASSIGN <= pdg.kinds[node] <= NodeKind.CLASS
        }
        for suite in suites(tree):
            nodes = [place[statement.span] for statement in suite.children]
            if len(set(nodes)) < len(nodes):
                continue  # lowering gave two statements one span
            effects = [has_effects(statement) for statement in suite.children]
            for late, node in enumerate(nodes):
                for early in range(late):
                    reaches = node in after.get(nodes[early], set())
                    if effects[early] and effects[late]:
                        assert reaches
                    if not any(effects[early : late + 1]):
                        assert not reaches


LOOPS = {
    "the next round comes after the last effect": ("for x in xs:\n        a(x)\n        b(x)", [(4, 2)]),
    "a round without effects is free": ("for x in xs:\n        y = x", []),
    "nested": ("for x in xs:\n        while x:\n            a(x)", [(3, 2), (4, 3)]),
}


@pytest.mark.parametrize(("body", "expected"), LOOPS.values(), ids=LOOPS.keys())
def test_order_around_a_loop(body: str, expected: list[tuple[int, int]]) -> None:
    pdg = build_pdg(tree_of(f"def f(xs):\n    {body}"), "f")
    line = [span.start_line for span in pdg.spans]
    found = [
        (line[edge.source], line[edge.target])
        for edge in pdg.edges
        if edge.kind is EdgeKind.ORDER and edge.loop_carried
    ]
    assert sorted(found) == expected


def test_a_look_stays_between_the_effects_around_it() -> None:
    pdg = build_pdg(tree_of("def f(a):\n    a.x = 1\n    y = a.x\n    z = a.y\n    a.x = 2\n    return y, z"), "f")
    line = [span.start_line for span in pdg.spans]
    found = sorted((line[e.source], line[e.target]) for e in pdg.edges if e.kind is EdgeKind.ORDER)
    assert found == [(2, 3), (2, 4), (3, 5), (4, 5)]

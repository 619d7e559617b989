"""Dominance against networkx, and control dependence against its definition, on random graphs."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from codesim.graph.dominance import control_dependences, immediate_dominators

ENTRY, EXIT = 0, 1
MANY = settings(max_examples=300, deadline=None)


@st.composite
def flow_graphs(draw: st.DrawFn) -> list[list[tuple[int, str]]]:
    """Successors with branches: any shape, but the exit has none and a point has at most one edge to another."""
    count = draw(st.integers(2, 9))
    successors: list[list[tuple[int, str]]] = []
    for point in range(count):
        targets = draw(st.lists(st.integers(1, count - 1), max_size=3, unique=True)) if point != EXIT else []
        branches = ["true", "false", ""] if len(targets) > 1 else [""]
        successors.append(list(zip(targets, branches, strict=False)))
    return successors


def plain(successors: list[list[tuple[int, str]]]) -> list[list[int]]:
    return [[target for target, _ in edges] for edges in successors]


def reachable(successors: list[list[int]], start: int, without: int = -1) -> set[int]:
    """What can be reached from a point without passing another one; by the plainest search there is."""
    if start == without:
        return set()
    seen, stack = {start}, [start]
    while stack:
        for target in successors[stack.pop()]:
            if target != without and target not in seen:
                seen.add(target)
                stack.append(target)
    return seen


@MANY
@given(flow_graphs())
def test_immediate_dominators_are_those_of_networkx(successors: list[list[tuple[int, str]]]) -> None:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(successors)))
    graph.add_edges_from((point, target) for point, targets in enumerate(plain(successors)) for target in targets)
    expected = dict(nx.immediate_dominators(graph, ENTRY))
    expected[ENTRY] = ENTRY  # networkx 3.6 leaves the root out, or gives it None
    found = immediate_dominators(plain(successors), ENTRY)
    assert {point: one for point, one in enumerate(found) if one != -1} == expected


@MANY
@given(flow_graphs())
def test_control_dependence_is_what_its_definition_says(successors: list[list[tuple[int, str]]]) -> None:
    """A depends on the edge B -> S if A post-dominates S (or is S), and does not strictly post-dominate B.

    A post-dominates S if the exit cannot be reached from S without A.
    """
    everything = reachable(plain(successors), ENTRY)
    if any(EXIT not in reachable(plain(successors), point) for point in range(len(successors))):
        return  # endless loops get an exit of the builder's choice; the next test is about them
    whole = [list(edges) for edges in successors]
    whole[ENTRY].append((EXIT, ""))  # the pseudo edge
    lists = plain(whole)

    def post_dominates(late: int, early: int) -> bool:
        return EXIT not in reachable(lists, early, without=late)

    expected = {
        (decider, dependent, branch)
        for decider in range(len(whole))
        for target, branch in whole[decider]
        for dependent in range(len(whole))
        if dependent != EXIT
        if post_dominates(dependent, target) and (dependent == decider or not post_dominates(dependent, decider))
    }
    found = control_dependences(successors, ENTRY, EXIT)
    assert found == expected
    assert everything <= {ENTRY, EXIT} | {dependent for _, dependent, _ in found}


@MANY
@given(flow_graphs())
def test_an_endless_loop_still_has_dependences(successors: list[list[tuple[int, str]]]) -> None:
    """Every point that the entry reaches hangs on the entry by a chain of dependences."""
    targets: dict[int, list[int]] = {}
    for decider, dependent, _ in control_dependences(successors, ENTRY, EXIT):
        targets.setdefault(decider, []).append(dependent)
    chained = reachable([targets.get(point, []) for point in range(len(successors))], ENTRY)
    assert reachable(plain(successors), ENTRY) - {EXIT} <= chained

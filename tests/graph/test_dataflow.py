"""Reaching definitions against their definition: a search from each write along the control-flow graph.

The rules of what ends what stand here a second time, said for one write and one read. Definitions must give the very
same pairs. Of changes `def_use_pairs` leaves out those that a later change has seen, where ways meet; so each pair of
the search must be there, or be a chain of pairs, each change of it having seen the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from unittest.mock import patch

import pytest
from behaviour import faithful
from hypothesis import HealthCheck, example, given, settings
from property.programs import functions

from codesim.graph import build_pdg, pdg
from codesim.graph.bits import members, singles
from codesim.graph.dataflow import DefUse, def_use_pairs
from codesim.graph.flow import EXIT, FlowGraph
from codesim.parse import Node, lower

CASES = {
    "place as target": """
        def f(a, xs):
            for a.b in xs:
                a.c.d = a.b
                a.c.go(a)
            return a.c.d, a.b, a
    """,
    "places inside places": """
        def f(a):
            a.b.c = 1
            while a:
                if a.b:
                    a.b.go()
                    continue
                a.b = a.b.c
            del a.b.c
            return a.b.c, a.b, a
    """,
    "places side by side": """
        def f(a):
            a.b.go(a.c)
            a.c = a.d
            if a.d.e:
                a.run(a.b.x)
            a.b.y = a.d
            return a.d, a.b.x, a.c, a
    """,
    "patterns": """
        def f(a, b):
            match a:
                case [x, y] if (z := b):
                    b.go(x)
                case {"k": x, **y}:
                    z = x
                case x:
                    y = 1
            return x, y, z, b
    """,
    "a pattern that fails half-way": """
        def f(a, x):
            match a:
                case [x, 1]:
                    return x
                case {"k": x}:
                    a = x
            return x, a
    """,
    "perhaps written": """
        def f(a, b):
            b.x = 1
            if a and (b := a.x):
                a = [b := c for c in a if (d := c)]
            return b, b.x, a or (d := b.x), d
    """,
    "nested function": """
        def f(a, b):
            def g():
                nonlocal a
                a = b
                b.go()
                return a, c
            c = a
            a = 2
            g()
            c = a
            return lambda: (a, b, c)
    """,
    "globals": """
        def f(a):
            global b
            b = a
            a.go(b)
            return b, b.x
    """,
    "exceptions": """
        def f(a):
            try:
                a.b = 1
                a.go()
                a.b = f(a.b, a)
                a.go(a.b)
                assert a
                a = a.b
            except E as e:
                a.b.go(e)
            finally:
                a.b += 1
            with a as b, b.c:
                return a, b
            return a.b
    """,
    "unreachable": """
        def f(a):
            return a
            a = 1
            print(a)
    """,
    "loops in loops": """
        def f(a):
            for b in a:
                while b:
                    if b.c:
                        a.go()
                    elif b.d:
                        a.b = 1
                        break
                    else:
                        a.b.go()
                a.c(a.b)
            return a
    """,
    "many branches": "def f(a, x):\n"
    + "".join(f"    if a.c{i}:\n        a.go({i})\n        x = a.d\n" for i in range(60))
    + "    return a, x",
    "many writes": "def f(a, x):\n"
    + "".join(f"    y{i} = x = a.go({i}, x)\n" for i in range(130))
    + "    return y7, y99, a.b",
}


@dataclass(frozen=True)
class Write:
    """What happens to one object, place or variable at one point: its `rank` there, and what it is to `target`."""

    point: int
    rank: int
    node: int
    target: int  # a variable; ~variable: its object; a place
    shown: int
    role: str  # "definition", "store", "change" or "inside"
    place: int  # where a change is made
    is_store: bool


class Search:
    """The writes of a function, and where each of them may be seen."""

    def __init__(self, flow: FlowGraph, parents: dict[int, int]) -> None:
        self.flow, self.parents = flow, parents
        around = [self.around(place) for _, place, _, _ in flow.changes]
        self.places = {place for places in around for place in places[:-1]}
        self.targets = {~places[-1] for places in around} | self.places
        self.writes: list[Write] = []
        for rank, change in enumerate(flow.changes):
            for target in self.targets:
                self.writes += self.change(rank, change, target)
        first = len(flow.changes)
        for rank, (point, variable, node) in enumerate(flow.definitions, first):
            self.writes.append(Write(point, rank, node, variable, variable, "definition", -1, is_store=False))
        self.definitions: dict[int, list[tuple[int, int, int]]] = {}
        for rank, (point, variable, node) in enumerate(flow.definitions, first):
            self.definitions.setdefault(point, []).append((rank, variable, node))
        self.at: dict[tuple[int, int], list[Write]] = {}
        for write in self.writes:
            self.at.setdefault((write.point, write.target), []).append(write)
        self.reached = set(self.closure([0]))

    def around(self, place: int) -> list[int]:
        """The place and all around it, the variable last."""
        out = [place]
        while out[-1] in self.parents:
            out.append(self.parents[out[-1]])
        return out

    def change(self, rank: int, change: tuple[int, int, int, bool], target: int) -> Iterator[Write]:
        """What a change of a place is to the object or place `target`."""
        point, place, node, is_store = change
        whole = "store" if is_store else "change"
        if target < 0:
            if self.around(place)[-1] == ~target:
                role = "inside" if place in self.parents else "change"
                yield Write(point, rank, node, target, place, role, place, is_store)
        elif place in self.around(target):
            yield Write(point, rank, node, target, target, whole, place, is_store)
        elif target in self.around(place):
            yield Write(point, rank, node, target, place, "inside", place, is_store)

    def closure(self, points: list[int]) -> list[int]:
        """All points that control can come to from these, with them."""
        met, stack = set(points), list(points)
        while stack:
            point = stack.pop()
            fresh = {target for target, _ in self.flow.successors[point]} | set(self.flow.exceptional[point])
            stack.extend(fresh - met)
            met |= fresh
        return sorted(met)

    def ends(self, later: Write, write: Write) -> bool:
        """Whether a later write to the same variable or place ends an earlier one."""
        match later.role:
            case "definition":
                return later.node not in self.flow.weak and write.node not in self.flow.lasting
            case "store":
                return True
            case "change":
                return write.role != "store"
            case _:
                return write.role == "inside" and write.place == later.place

    def survives(self, write: Write, point: int, rank: int, branch: str) -> bool:
        """Whether a write is left at the end of a point where it is from this rank on."""
        on_true = self.flow.on_true if branch == "false" else set()
        for later in self.at.get((point, write.target), []):
            if later.rank > rank and later.node not in on_true and self.ends(later, write):
                return False
        if write.role != "definition":
            holder = ~write.target if write.target < 0 else self.around(write.target)[-1]
            for later_rank, variable, node in self.definitions.get(point, []):
                bound = variable == holder and node not in on_true and node not in self.flow.weak
                if bound and later_rank > rank:
                    return False
        return True

    def leaves(self, write: Write, branch: str) -> bool:
        """Whether a write goes along a branch out of its own point."""
        if branch == "false" and write.node in self.flow.on_true:
            return write.point in self.flow.tried and self.survives(write, write.point, write.rank, "true")
        if branch == "false" and write.point in self.flow.tried and self.survives(write, write.point, write.rank, ""):
            return True
        return self.survives(write, write.point, write.rank, branch)

    def seen_at(self, write: Write) -> set[int]:
        """The points that a write may be alive at when control comes to them."""
        if write.point not in self.reached:
            return set()
        flow = self.flow
        stack = [target for target, branch in flow.successors[write.point] if self.leaves(write, branch)]
        stack += flow.exceptional[write.point]
        met = set(stack)
        while stack:
            point = stack.pop()
            ways = [target for target, branch in flow.successors[point] if self.survives(write, point, -1, branch)]
            fresh = (set(ways) | set(flow.exceptional[point])) - met
            met |= fresh
            stack.extend(fresh)
        return met - {EXIT}

    def definition_pairs(self) -> set[DefUse]:
        """All pairs of definitions with the uses that may see them."""
        flow, out = self.flow, set[DefUse]()
        for write in self.writes:
            if write.role == "definition":
                seen = self.seen_at(write)
                unsure = write.node in flow.weak | flow.lasting | flow.shared
                for point, variable, node in flow.uses:
                    if variable == write.target:
                        if point in seen:
                            out.add((write.node, node, variable, write.point >= point, unsure))
                        elif node in flow.late:
                            out.add((write.node, node, variable, False, True))
        return out

    def reads_of(self, target: int) -> Iterator[tuple[int, int, bool]]:
        """Point and node of what looks at an object or place; whether also at what happens to places inside it."""
        for point, place, node, root_node, is_whole in self.flow.reads:
            around = self.around(place)
            told_apart = [one for one in around[:-1] if one in self.places]
            if target < 0 and around[-1] == ~target and not told_apart and root_node >= 0:
                yield point, root_node, is_whole and place == ~target
            elif target == place and place in told_apart and node >= 0:
                yield point, node, is_whole

    def check_changes(self, pairs: set[DefUse]) -> set[DefUse]:
        """Check that each pair of the search is a pair or a chain of them; returns the pairs of the search."""
        out: set[DefUse] = set()
        for target in self.targets:
            writes = [write for write in self.writes if write.target == target]
            seen = {write: self.seen_at(write) for write in writes}
            seers = {
                write: [
                    later
                    for later in writes
                    if not later.is_store and self.ends(later, write) and later.point in seen[write]
                ]
                for write in writes
            }
            for point, node, is_whole in self.reads_of(target):
                found = {w for w in writes if point in seen[w] and (is_whole or w.role != "inside")}
                given = {w for w in found if (w.node, node, w.shown, w.point >= point, True) in pairs}
                out |= {(w.node, node, w.shown, w.point >= point, True) for w in found}
                assert found <= chained(given, seers), (target, point, node)
        return out


def chained(given: set[Write], seers: dict[Write, list[Write]]) -> set[Write]:
    """The writes that are given, or have been seen by such a one, step by step."""
    out = set(given)
    while fresh := {write for write, later in seers.items() if write not in out and out.intersection(later)}:
        out |= fresh
    return out


def check(tree: Node) -> None:
    """Compare the pairs of a function with those of the search."""
    with patch.object(pdg, "def_use_pairs", wraps=def_use_pairs) as spy:
        build_pdg(tree, "f")
    flow, parents = spy.call_args.args
    search = Search(flow, parents)
    pairs = set(def_use_pairs(flow, parents))
    defined = {node for _, _, node in flow.definitions}
    assert {pair for pair in pairs if pair[0] in defined} == search.definition_pairs()
    changes = {pair for pair in pairs if pair[0] not in defined}
    assert changes <= search.check_changes(changes)


@pytest.mark.parametrize("source", CASES.values(), ids=CASES)
@pytest.mark.parametrize("is_lowered", [False, True])
def test_chosen_functions(source: str, is_lowered: bool) -> None:
    tree = faithful(source)
    check(lower(tree) if is_lowered else tree)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(functions())
@example(
    "def f(alpha):\n    while alpha.x:\n        alpha.go()\n        alpha.x = alpha.y\n    return alpha.x, alpha\n"
)
def test_random_functions(source: str) -> None:
    tree = faithful(source)
    check(tree)
    check(lower(tree))


def test_a_change_that_a_later_one_has_seen_is_seen_through_it() -> None:
    lines = [f"    if a[{i}]:\n        a.go({i})" for i in range(50)]
    with patch.object(pdg, "def_use_pairs", wraps=def_use_pairs) as spy:
        build_pdg(faithful("def f(a):\n" + "\n".join([*lines, "    return a"])), "f")
    flow, parents = spy.call_args.args
    changes = {node for _, _, node, _ in flow.changes}
    assert len([pair for pair in def_use_pairs(flow, parents) if pair[0] in changes]) < 4 * 50


def test_what_comes_around_a_loop_hides_nothing_from_before_it() -> None:
    with patch.object(pdg, "def_use_pairs", wraps=def_use_pairs) as spy:
        build_pdg(faithful("def f(a):\n    a.go()\n    while a:\n        a.run()\n"), "f")
    flow, parents = spy.call_args.args
    test = next(node for point, _, node in flow.uses if len(flow.successors[point]) == 2)
    changes = {node for _, _, node, _ in flow.changes}
    carried = {pair[3] for pair in def_use_pairs(flow, parents) if pair[0] in changes and pair[1] == test}
    assert carried == {False, True}


@settings(max_examples=100, deadline=None)
@given(...)
def test_pages_are_sets(one: frozenset[int], other: frozenset[int]) -> None:
    left, right = ({abs(number) * 97 % 9999 for number in numbers} for numbers in (one, other))
    for count in (10, 10_000):
        single = singles(count)
        a, b = single(0) ^ single(0), single(0) ^ single(0)
        for number in left:
            a = a | single(number)
        for number in right:
            b = b | single(number)
        assert sorted(members(a & b)) == sorted(left & right)
        assert sorted(members(a | b)) == sorted(left | right)
        assert sorted(members(a ^ b)) == sorted(left ^ right)
        assert sorted(members(a)) == sorted(left)
        assert (a == b) == (left == right)
        assert a ^ a == 0
        assert bool(a & b) is bool(left & right)

"""Layout: which rows, arcs and lanes the picture of a graph has.

In: a `Pdg`. Out: a `Layout` in rows and lanes, not yet in pixels. Each statement is a row and owns the operations that
operand edges tie to it; one control edge of each row becomes its place in a tree, all dependences between rows become
arcs, one for each definition with all its uses. Arcs get lanes by greedy interval colouring, the short ones first,
which keeps them near the rows, order and may-edges last. Lanes and arrows are limited: the rest is counted, not drawn.
Source: interval colouring as in register allocation (Poletto, Sarkar, Linear Scan Register Allocation, 1999); the rest
is our own.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import NamedTuple

from codesim.graph.draw.spelling import Speller
from codesim.graph.schema import Edge, EdgeKind, NodeKind, Pdg

MAX_ROWS = 25_000
MAX_LANES = 60
MAX_ARROWS = 30_000
NO_PARENT = -1


class ArcStyle(NamedTuple):
    """What an arc stands for: kind of edge, name of the variable (or branch), and the two marks of the edge."""

    kind: EdgeKind
    name: str
    loop_carried: bool
    may: bool


@dataclass(frozen=True, slots=True)
class Arc:
    """The dependences of one style that start in one row: source and targets are rows, lane 0 is nearest to them."""

    source: int
    targets: tuple[int, ...]
    style: ArcStyle
    lane: int


@dataclass(frozen=True, slots=True)
class Row:
    """A statement: its node, its line in the source, its text (keyword apart), and its place in the control tree.

    parent: the row that decides about this one, NO_PARENT for the entry and for what nothing decides. branch: along
    which branch. repeats: it is a loop's test, which decides about its own next round.
    """

    node: int
    line: int
    keyword: str
    text: str
    depth: int
    parent: int
    branch: str
    repeats: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The picture: rows from top to bottom, arcs, and how many statements and dependences were left out."""

    rows: tuple[Row, ...]
    arcs: tuple[Arc, ...]
    rows_left_out: int
    arrows_left_out: int


def lay_out(pdg: Pdg, title: str) -> Layout:
    """Arrange a graph in rows and lanes.

    Args:
        pdg: any graph.
        title: the name of the function in its first row.

    Returns:
        Layout: at most MAX_ROWS rows, MAX_LANES lanes and MAX_ARROWS arrows.
    """
    nodes = [node for node, kind in enumerate(pdg.kinds) if kind <= NodeKind.CLASS and kind is not NodeKind.PARAMETER]
    shown = nodes[:MAX_ROWS]
    row_of = _rows_of_nodes(pdg, shown, len(nodes) > len(shown))
    rows, found = _control_tree(pdg, shown, row_of, title)
    for edge in pdg.edges:
        if edge.kind in (EdgeKind.DATA, EdgeKind.ORDER):
            source, target = row_of[edge.source], row_of[edge.target]
            if source >= 0 and target >= 0 and (source != target or edge.loop_carried):
                style = ArcStyle(edge.kind, edge.detail, edge.loop_carried, edge.may)
                found.setdefault((source, style), set()).add(target)
    arcs, left_out = _in_lanes(found)
    return Layout(rows, arcs, len(nodes) - len(shown), left_out)


def _rows_of_nodes(pdg: Pdg, statements: list[int], is_cut: bool) -> list[int]:
    """The row of each node: that of the statement it is tied to, else of the one before it; -1 if not shown."""
    row_of = [-1] * len(pdg.kinds)
    for row, node in enumerate(statements):
        row_of[node] = row
    ties: list[list[int]] = [[] for _ in pdg.kinds]
    for edge in pdg.edges:
        if edge.kind is EdgeKind.OPERAND or pdg.kinds[edge.target] is NodeKind.PARAMETER:
            ties[edge.source].append(edge.target)
            ties[edge.target].append(edge.source)
    reached = list(statements)
    for node in reached:  # grows while it is walked: breadth first from all statements at once
        for other in ties[node]:
            if row_of[other] < 0 and not _is_statement(pdg.kinds[other]):
                row_of[other] = row_of[node]
                reached.append(other)
    row = 0
    for node, kind in enumerate(pdg.kinds):
        if row_of[node] >= 0:
            row = row_of[node]
        elif is_cut and _is_statement(kind):
            break
        else:
            row_of[node] = row
    return row_of


def _is_statement(kind: NodeKind) -> bool:
    return kind <= NodeKind.CLASS and kind is not NodeKind.PARAMETER


Found = dict[tuple[int, ArcStyle], set[int]]


def _control_tree(pdg: Pdg, statements: list[int], row_of: list[int], title: str) -> tuple[tuple[Row, ...], Found]:
    """The rows, each below the nearest one that decides about it, and the control edges that the tree leaves over.

    Only rows on the way from the entry to the row above are asked, so that no line of the tree crosses a row.
    """
    deciders: list[list[Edge]] = [[] for _ in statements]
    for edge in pdg.edges:
        if edge.kind is EdgeKind.CONTROL and pdg.kinds[edge.target] is not NodeKind.PARAMETER:
            row = row_of[edge.target]
            if row >= 0 and row_of[edge.source] >= 0:
                deciders[row].append(edge)
    speller = Speller(pdg)
    rows: list[Row] = []
    way: list[int] = []  # rows from the entry to the one above
    on_way: set[int] = set()
    found: Found = {}
    for row, node in enumerate(statements):
        sources = {row_of[edge.source] for edge in deciders[row]}
        parent = max((source for source in sources if source in on_way), default=NO_PARENT)
        floor = max(parent, 0)
        while way and way[-1] > floor:
            on_way.discard(way.pop())
        branches, repeats = set(), row in sources
        for edge in deciders[row]:
            source = row_of[edge.source]
            if source == parent and not edge.loop_carried:
                branches.add(edge.detail)
            elif source != row and (edge.detail or source not in on_way):
                style = ArcStyle(EdgeKind.CONTROL, edge.detail, edge.loop_carried, edge.may)
                found.setdefault((source, style), set()).add(row)
        keyword, text = speller.statement(node, title)
        branch = "/".join(sorted(branches))
        line = pdg.spans[node].start_line
        rows.append(Row(node, line, keyword, text, len(way), parent, branch, repeats))
        way.append(row)
        on_way.add(row)
    return tuple(rows), found


def _in_lanes(found: Found) -> tuple[tuple[Arc, ...], int]:
    """Arcs with lanes, in the order of their rows, and how many of their arrows were left out."""
    spans = []
    for (source, style), targets in found.items():
        # a row's arrows arrive above the point where its own arcs start
        places = [2 * target for target in targets] + [2 * source + 1]
        length = max(places) - min(places)
        is_weak = style.may or style.kind is EdgeKind.ORDER
        spans.append((is_weak, length, min(places), max(places), source, style))
    lanes = [_Lane() for _ in range(MAX_LANES)]
    arcs, arrows, left_out = [], 0, 0
    for _, _, first, last, source, style in sorted(spans):
        rows = tuple(sorted(found[source, style]))
        lane = next((number for number, one in enumerate(lanes) if one.is_free(first, last)), None)
        if lane is None or arrows + len(rows) > MAX_ARROWS:
            left_out += len(rows)
            continue
        lanes[lane].take(first, last)
        arrows += len(rows)
        arcs.append(Arc(source, rows, style, lane))
    place = {key: number for number, key in enumerate(found)}
    return tuple(sorted(arcs, key=lambda arc: (arc.source, place[arc.source, arc.style]))), left_out


class _Lane:
    """Disjoint intervals, sorted."""

    def __init__(self) -> None:
        self.firsts: list[int] = []
        self.lasts: list[int] = []

    def is_free(self, first: int, last: int) -> bool:
        place = bisect_left(self.lasts, first)
        return place == len(self.firsts) or self.firsts[place] > last

    def take(self, first: int, last: int) -> None:
        place = bisect_left(self.lasts, first)
        self.firsts.insert(place, first)
        self.lasts.insert(place, last)

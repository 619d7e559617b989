"""Dominance and control dependence on a small control-flow graph.

In: successor lists. Out: immediate post-dominators, and for each point the branches that decide whether it runs.
Sources: Cooper, Harvey, Kennedy, A Simple, Fast Dominance Algorithm, 2001; Ferrante, Ottenstein, Warren, 1987, 3.1.
"""

from __future__ import annotations


def immediate_dominators(successors: list[list[int]], root: int) -> list[int]:
    """The immediate dominator of each point.

    Args:
        successors: for each point, the points that follow it.
        root: the point from which all paths start; it is its own immediate dominator.

    Returns:
        One entry per point; -1 where the root does not reach it.

    Source: Cooper, Harvey, Kennedy, 2001, figure 3.
    """
    order = _postorder(successors, root)
    rank = [-1] * len(successors)
    for position, point in enumerate(order):
        rank[point] = position
    predecessors: list[list[int]] = [[] for _ in successors]
    for point in order:
        for target in successors[point]:
            predecessors[target].append(point)
    idom = [-1] * len(successors)
    idom[root] = root
    changed = True
    while changed:
        changed = False
        for point in reversed(order):
            if point == root:
                continue
            best = -1
            for other in predecessors[point]:
                if idom[other] == -1:
                    continue
                best = other if best == -1 else _common(best, other, idom, rank)
            if idom[point] != best:
                idom[point] = best
                changed = True
    return idom


def _common(one: int, other: int, idom: list[int], rank: list[int]) -> int:
    """The nearest dominator that two points have in common."""
    while one != other:
        while rank[one] < rank[other]:
            one = idom[one]
        while rank[other] < rank[one]:
            other = idom[other]
    return one


def control_dependences(
    successors: list[list[tuple[int, str]]], entry: int, exit_point: int
) -> set[tuple[int, int, str]]:
    """Which branch decides about which point.

    Points that cannot reach the exit (an endless loop) are joined to it by a pseudo edge, so that every point has a
    post-dominator; points that the entry cannot reach depend on nothing.

    Args:
        successors: for each point, (target, branch) of its ordinary edges.
        entry: the first point; it gets a pseudo edge to the exit, so that what always runs depends on it.
        exit_point: the last point.

    Returns:
        (decider, dependent, branch) of each.

    Source: Ferrante, Ottenstein, Warren, 1987, section 3.1.1.
    """
    leader, members = _blocks(successors, entry, exit_point)
    edges = {
        block: [(leader[target], branch) for target, branch in successors[points[-1]]]
        for block, points in members.items()
    }
    reverse: list[list[int]] = [[] for _ in successors]
    for block, targets in edges.items():
        for target, _ in targets:
            reverse[target].append(block)
    reverse[exit_point].append(entry)
    _join_endless(edges, reverse, entry, exit_point)
    ipdom = immediate_dominators(reverse, exit_point)
    edges[entry].append((exit_point, ""))
    out: set[tuple[int, int, str]] = set()
    for block, targets in edges.items():
        stop, decider = ipdom[block], members[block][-1]
        for target, branch in targets:
            runner = target
            while runner not in (stop, -1, exit_point):
                out.update([(decider, dependent, branch) for dependent in members[runner]])
                runner = ipdom[runner]
    return out


def _blocks(
    successors: list[list[tuple[int, str]]], entry: int, exit_point: int
) -> tuple[list[int], dict[int, list[int]]]:
    """Straight runs of points, which share their dependences: the first point of each, and the points of each first."""
    entries = [0] * len(successors)
    for edges in successors:
        for target, _ in edges:
            entries[target] += 1
    entries[entry] = entries[exit_point] = 2  # blocks of their own
    leader = list(range(len(successors)))
    members: dict[int, list[int]] = {}
    for first in range(len(successors)):
        if leader[first] != first:
            continue
        block = members[first] = [first]
        while len(successors[block[-1]]) == 1 and first != entry:
            following = successors[block[-1]][0][0]
            if entries[following] != 1 or following in members or leader[following] != following:
                break
            leader[following] = first
            block.append(following)
    return leader, members


def _join_endless(
    edges: dict[int, list[tuple[int, str]]], reverse: list[list[int]], entry: int, exit_point: int
) -> None:
    """Give what cannot reach the exit, innermost first, a pseudo edge to it: every block then has a post-dominator."""
    reached = set(_postorder(reverse, exit_point))
    if len(reached) == len(edges):
        return
    forward: list[list[int]] = [[] for _ in reverse]
    for block, targets in edges.items():
        forward[block] = [target for target, _ in targets]
    for block in _postorder(forward, entry):
        if block not in reached:
            reverse[exit_point].append(block)
            reached.update(_postorder(reverse, block))


def _postorder(successors: list[list[int]], root: int) -> list[int]:
    seen = {root}
    order: list[int] = []
    stack = [(root, iter(successors[root]))]
    while stack:
        point, targets = stack[-1]
        for target in targets:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(successors[target])))
                break
        else:
            order.append(point)
            stack.pop()
    return order

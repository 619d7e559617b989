"""Group verified clone pairs into clone classes without chaining.

In: pairs with scores, and a way to verify a pair that retrieval did not propose. Out: classes in which every member
is a clone of every other. Pairs are taken best first; two groups join only if all pairs across them hold (complete
linkage), so a weak pair cannot tie two families together. Source: Defays, An Efficient Algorithm for a Complete Link
Method, 1977, for the linkage; connected components by networkx.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import networkx as nx

Pair = tuple[int, int]
_COHESION = 0.9  # a class takes no member whose scores are below this share of its best: exact copies stay together


def group_pairs(
    scores: Mapping[Pair, float],
    verify: Callable[[int, int], float | None],
    identical: frozenset[int] = frozenset(),
) -> list[tuple[int, ...]]:
    """Group clone pairs into classes.

    Args:
        scores: the score in [0, 1] of each verified pair (i, j), i < j.
        verify: the score of another pair i < j, or None if it is no clone pair; asked at most once for each pair.
        identical: members that stand for several equal copies, which are a class of score 1 by themselves.

    Returns:
        Classes of at least two members, each ascending, in ascending order of their first members. A member is in at
        most one class.

    Source: our own use of complete linkage.
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(scores)
    known: dict[Pair, float | None] = dict(scores)

    def score(i: int, j: int) -> float:
        pair = (i, j) if i < j else (j, i)
        if pair not in known:
            known[pair] = verify(*pair)
        return known[pair] or 0.0

    classes: list[tuple[int, ...]] = []
    for component in nx.connected_components(graph):
        inside = [pair for pair in scores if pair[0] in component]
        inside.sort(key=lambda pair: (-scores[pair], pair))
        group_of: dict[int, list[int]] = {member: [member] for member in component}
        best = {member: float(member in identical) for member in component}  # the best score inside a member's group
        for i, j in inside:
            left, right = group_of[i], group_of[j]
            if left is right:
                continue
            floor = _COHESION * max(best[i], best[j])
            if all((found := score(a, b)) > 0.0 and found >= floor for a in left for b in right):
                top = max(best[i], best[j], scores[i, j])
                left.extend(right)
                for member in left:
                    group_of[member] = left
                    best[member] = top
        unique = {id(members): members for members in group_of.values() if len(members) > 1}
        classes.extend(tuple(sorted(members)) for members in unique.values())
    return sorted(classes)


def representative(members: tuple[int, ...], score: Callable[[int, int], float]) -> int:
    """The member that is closest to all others: the one to show first, and to extract from.

    Args:
        members: a class, ascending.
        score: the score of a pair of members i < j.

    Returns:
        The member with the largest sum of scores; the first of several.
    """
    totals = {a: sum(score(min(a, b), max(a, b)) for b in members if b != a) for a in members}
    return max(members, key=lambda member: (round(totals[member], 6), -member))

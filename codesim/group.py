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


def group_pairs(scores: Mapping[Pair, float], verify: Callable[[int, int], float | None]) -> list[tuple[int, ...]]:
    """Group clone pairs into classes.

    Args:
        scores: the score in [0, 1] of each verified pair (i, j), i < j.
        verify: the score of another pair i < j, or None if it is no clone pair; asked at most once for each pair.

    Returns:
        Classes of at least two members, each ascending, in ascending order of their first members. A member is in at
        most one class.

    Source: our own use of complete linkage.
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(scores)
    known: dict[Pair, float | None] = dict(scores)

    def holds(i: int, j: int) -> bool:
        pair = (i, j) if i < j else (j, i)
        if pair not in known:
            known[pair] = verify(*pair)
        return known[pair] is not None

    classes: list[tuple[int, ...]] = []
    for component in nx.connected_components(graph):
        inside = [pair for pair in scores if pair[0] in component]
        inside.sort(key=lambda pair: (-scores[pair], pair))
        group_of: dict[int, list[int]] = {member: [member] for member in component}
        for i, j in inside:
            left, right = group_of[i], group_of[j]
            if left is not right and all(holds(a, b) for a in left for b in right):
                left.extend(right)
                for member in right:
                    group_of[member] = left
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

"""Group verified clone pairs into clone classes without chaining.

In: pairs with scores, and a way to verify a pair that retrieval did not propose. Out: classes in which every member
is a clone of every other, or, where there are many, of each of the class's first twelve. Pairs are taken best first;
two groups join only if the pairs across them hold (complete linkage), so a weak pair cannot tie two families
together. A class that holds exact copies of one graph is then parted by itself, so that a copy changes no other class.
Source: Defays, An Efficient Algorithm for a Complete Link Method, 1977, for the linkage.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain, combinations

from codesim.group.components import components

Pair = tuple[int, int]
Score = Callable[[int, int], float]
_COHESION = 0.9  # a class takes no member whose scores are below this share of its best: exact copies stay together
_CORE = 12  # 500 functions alike have 125,000 pairs; each with the first twelve are 6,000, as many as retrieval gives


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
    known: dict[Pair, float | None] = dict(scores)

    def score(i: int, j: int) -> float:
        pair = (i, j) if i < j else (j, i)
        if pair not in known:
            known[pair] = verify(*pair)
        return known[pair] or 0.0

    classes: list[tuple[int, ...]] = []
    for pairs in components(scores, _both):
        members = sorted({*chain.from_iterable(pairs)})
        for group in _linked(members, pairs, score):
            if identical.isdisjoint(group):
                classes.append(group)
            else:  # parted by itself: that a member has a copy changes no other class
                inside = [pair for pair in combinations(group, 2) if known.get(pair)]
                classes += _linked(group, inside, score, identical)
    return sorted(classes)


def _both(pair: Pair) -> Pair:
    return pair


def _linked(
    members: Collection[int],
    pairs: Iterable[Pair],
    score: Score,
    identical: frozenset[int] = frozenset(),
) -> list[tuple[int, ...]]:
    """Join the members along pairs, best first, as long as a group's core holds with all of the other group."""
    group_of = {member: [member] for member in members}  # a group's first twelve are its core
    best = {member: float(member in identical) for member in members}  # the best score inside a member's group
    for i, j in sorted(pairs, key=lambda pair: (-score(*pair), pair)):
        larger, smaller = group_of[i], group_of[j]
        if larger is smaller:
            continue
        if len(larger) < len(smaller):
            larger, smaller = smaller, larger
        floor = _COHESION * max(best[i], best[j])
        if all((found := score(a, b)) > 0.0 and found >= floor for a in larger[:_CORE] for b in smaller):
            top = max(best[i], best[j], score(i, j))
            larger.extend(smaller)
            group_of.update(dict.fromkeys(smaller, larger))
            best.update(dict.fromkeys(larger, top))
    unique = {id(group): group for group in group_of.values() if len(group) > 1}
    return [tuple(sorted(group)) for group in unique.values()]


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

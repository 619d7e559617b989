"""What hangs together: pairs by connected component, so that each can be looked at by itself.

In: pairs of numbered things. Out: lists of pairs. Source: our own; networkx takes 0.1 s to load, a seventh of a check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeVar

Pair = TypeVar("Pair")


def components(pairs: Iterable[Pair], ends: Callable[[Pair], tuple[int, int]]) -> list[list[Pair]]:
    """Part pairs by connected component.

    Args:
        pairs: in any order.
        ends: the two numbers of a pair; they may be equal.

    Returns:
        The pairs of each component, in the order of their first pairs.
    """
    parts: dict[int, list[Pair]] = {}  # of each number, the pairs of its component
    for pair in pairs:
        i, j = ends(pair)
        one, two = parts.setdefault(i, []), parts.setdefault(j, [])
        if one is not two:
            larger, smaller = (one, two) if len(one) >= len(two) else (two, one)
            larger.extend(smaller)
            parts.update(dict.fromkeys({i, j, *chain.from_iterable(map(ends, smaller))}, larger))
        parts[i].append(pair)
    return list({id(part): part for part in parts.values()}.values())

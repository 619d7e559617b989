"""Pair the units of two subjects: which statement of one corresponds to which of the other.

In: two `Subject`s. Out: a `Pairing`. Two steps: the best order-preserving assignment of units by dynamic programming
over feature similarity (in long functions only in the gaps between equal units that are there once); then units that
moved. Source: Needleman, Wunsch, A General Method Applicable to the Search for Similarities, 1970 (the dynamic
programme); Bram Cohen's patience diff (the anchors); the rest is our own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from codesim.verify.bags import bag_similarity
from codesim.verify.subject import Subject, Unit

_MINIMUM = 0.5  # below this similarity two units are not the same statement changed, but two statements
_MOVED = 0.8  # a unit out of order must be this similar to count as moved
_POOR, _EQUAL = 0.75, 0.9  # a pair below the first gives way to one from the second on, out of order
_LEAST_PART = _MINIMUM / 2  # of two sizes together, the smaller must be this: less cannot be similar enough
_ANCHORED = 10_000  # cells (100 statements by 100) from which on statements that are there once are paired first
_MAX_CELLS = 250_000  # of the dynamic programme for one pair: beyond this only equal statements are paired


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which units correspond: those that keep their order, ascending, those that moved, and the share of all mass."""

    in_order: list[tuple[int, int]]
    moved: list[tuple[int, int]]
    aligned_share: float


def pair_units(left: Subject, right: Subject) -> Pairing:
    """Pair the units of two subjects. It takes a third of the time of an alignment.

    Args:
        left: one fragment.
        right: the other.

    Returns:
        Pairing: ties between equally good assignments fall to the earlier unit.

    Source: Needleman, Wunsch, 1970; details are our own.
    """
    in_order = _refined(left.units, right.units, _in_order(left.units, right.units))
    moved = _moved(left.units, right.units, in_order)
    mass = left.mass + right.mass
    paired = sum(left.units[i].mass + right.units[j].mass for i, j in in_order + moved)
    return Pairing(in_order, moved, paired / mass if mass else 0.0)


def _similarity(a: Unit, b: Unit) -> float:
    return bag_similarity(a.bag, b.bag) if a.node.kind is b.node.kind else 0.0


def _in_order(left: tuple[Unit, ...], right: tuple[Unit, ...]) -> list[tuple[int, int]]:
    """The order-preserving assignment with the largest total of similarity times mass.

    Equal heads and tails are paired at once. Between two long functions, so are the statements that each holds just
    once, and the programme fills the gaps between them, as far as its cells last.
    """
    pairs: list[tuple[int, int]] = []
    cells = _MAX_CELLS
    gaps = [(range(len(left)), range(len(right)))]
    while gaps:
        rows, columns = gaps.pop()
        rows, columns, ends = _without_equal_ends(left, right, rows, columns)
        pairs += ends
        size = len(rows) * len(columns)
        anchors = _anchors(left, right, rows, columns) if size > _ANCHORED else []
        if anchors:
            pairs += anchors
            bounds = [(rows.start - 1, columns.start - 1), *anchors, (rows.stop, columns.stop)]
            gaps += [(range(a + 1, c), range(b + 1, d)) for (a, b), (c, d) in pairwise(bounds)]
        elif size <= cells:
            cells -= size
            pairs += _programme(left, right, rows, columns)
    return sorted(pairs)


def _without_equal_ends(
    left: tuple[Unit, ...], right: tuple[Unit, ...], rows: range, columns: range
) -> tuple[range, range, list[tuple[int, int]]]:
    """The ranges without their equal heads and tails, and these in pairs."""
    shorter = min(len(rows), len(columns))
    head = 0
    while head < shorter and left[rows[head]].bag == right[columns[head]].bag:
        head += 1
    tail = 0
    while tail < shorter - head and left[rows[-1 - tail]].bag == right[columns[-1 - tail]].bag:
        tail += 1
    pairs = [(rows[k], columns[k]) for k in range(head)]
    pairs += [(rows[-1 - k], columns[-1 - k]) for k in range(tail)]
    return rows[head : len(rows) - tail], columns[head : len(columns) - tail], pairs


def _anchors(left: tuple[Unit, ...], right: tuple[Unit, ...], rows: range, columns: range) -> list[tuple[int, int]]:
    """The longest ascending chain of equal units of which each side has just one."""
    ours, theirs = Counter([left[i].bag for i in rows]), Counter([right[j].bag for j in columns])
    place = {right[j].bag: j for j in columns if theirs[right[j].bag] == 1}
    common = [(i, place[left[i].bag]) for i in rows if ours[left[i].bag] == 1 and left[i].bag in place]
    tops: list[int] = []  # the least last column of a chain of each length
    chains: list[int] = []  # the pair that ends it
    before: list[int] = []
    for number, (_, column) in enumerate(common):
        at = bisect_left(tops, column)
        before.append(chains[at - 1] if at else -1)
        tops[at : at + 1], chains[at : at + 1] = [column], [number]
    out: list[tuple[int, int]] = []
    number = chains[-1] if chains else -1
    while number >= 0:
        out.append(common[number])
        number = before[number]
    return out[::-1]


def _programme(left: tuple[Unit, ...], right: tuple[Unit, ...], rows: range, columns: range) -> list[tuple[int, int]]:
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    gain: dict[tuple[int, int], float] = {}
    others = [(y, right[j].node.kind, right[j].bag, right[j].mass) for y, j in enumerate(columns)][::-1]
    for x in range(len(rows) - 1, -1, -1):
        unit = left[rows[x]]
        kind, bag = unit.node.kind, unit.bag
        size = len(bag)
        line, below = best[x], best[x + 1]
        value = 0.0
        for y, other_kind, other_bag, other_mass in others:
            value = max(value, below[y])
            if other_kind is kind and min(size, len(other_bag)) >= _LEAST_PART * (size + len(other_bag)):
                similarity = bag_similarity(bag, other_bag)
                if similarity >= _MINIMUM:
                    weight = gain[x, y] = similarity * (unit.mass + other_mass)
                    value = max(value, weight + below[y + 1])
            line[y] = value
    pairs: list[tuple[int, int]] = []
    x = y = 0
    while x < len(rows) and y < len(columns):
        weight_here = gain.get((x, y))
        if weight_here is not None and best[x][y] <= weight_here + best[x + 1][y + 1]:
            pairs.append((rows[x], columns[y]))
            x, y = x + 1, y + 1
        elif best[x + 1][y] >= best[x][y + 1]:
            x += 1
        else:
            y += 1
    return pairs


def _refined(left: tuple[Unit, ...], right: tuple[Unit, ...], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without the poor pairs of which one side has a near-equal unit elsewhere: that one moved."""
    free_left = set(range(len(left))) - {i for i, _ in pairs}
    free_right = set(range(len(right))) - {j for _, j in pairs}
    out: list[tuple[int, int]] = []
    for i, j in pairs:
        similarity = _similarity(left[i], right[j])
        better = similarity < _POOR and (
            any(_similarity(left[i], right[other]) >= _EQUAL for other in free_right)
            or any(_similarity(left[other], right[j]) >= _EQUAL for other in free_left)
        )
        if not better:
            out.append((i, j))
    return out


def _moved(left: tuple[Unit, ...], right: tuple[Unit, ...], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    free_left = sorted(set(range(len(left))) - {i for i, _ in pairs})
    free_right = sorted(set(range(len(right))) - {j for _, j in pairs})
    if len(free_left) * len(free_right) > _MAX_CELLS:
        return []
    out: list[tuple[int, int]] = []
    for i in free_left:
        if left[i].mass < 3:
            continue  # a lone `break` or `return` elsewhere is not the same one moved
        kind = left[i].node.kind
        found = [(_similarity(left[i], right[j]), -j) for j in free_right if right[j].node.kind is kind]
        if found and max(found)[0] >= _MOVED:
            j = -max(found)[1]
            out.append((i, j))
            free_right.remove(j)
    return out

"""Align two subjects statement by statement.

In: two `Subject`s. Out: an `Alignment`: which units correspond, and every difference between them. Three steps: the
best order-preserving assignment of units by dynamic programming over feature similarity (in long functions only in the
gaps between equal units that are there once); then units that moved, allowed without a difference when no dependence
forbids the move; then nesting: units under different deciders differ in a guard. Source: Needleman, Wunsch, 1970 (the
dynamic programme); Bram Cohen's patience diff (the anchors); the rest is our own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from codesim.parse import Kind
from codesim.source import Span
from codesim.verify.compare_trees import Comparison
from codesim.verify.differences import Axis, Difference, DifferenceKind, Place
from codesim.verify.subject import Bag, Subject, Unit, statement_dependences

_MINIMUM = 0.5  # below this similarity two units are not the same statement changed, but two statements
_MOVED = 0.8  # a unit out of order must be this similar to count as moved
_POOR, _EQUAL = 0.75, 0.9  # a pair below the first gives way to one from the second on, out of order
_LEAST_PART = _MINIMUM / 2  # of two sizes together, the smaller must be this: less cannot be similar enough
_JUMPS = (Kind.RETURN, Kind.RAISE, Kind.BREAK, Kind.CONTINUE)
_EXCEPTIONS = (Kind.RAISE, Kind.HANDLER)
_ANCHORED = 10_000  # cells (100 statements by 100) from which on statements that are there once are paired first
_MAX_CELLS = 250_000  # of the dynamic programme for one pair: beyond this only equal statements are paired


@dataclass(frozen=True, slots=True)
class Alignment:
    """How two subjects correspond.

    pairs: (left unit, right unit), ascending in left. differences: sorted by left line. aligned_share: mass of paired
    units over all mass, in [0, 1]. moved: pairs out of order that no dependence forbids.
    """

    pairs: tuple[tuple[int, int], ...]
    differences: tuple[Difference, ...]
    aligned_share: float
    moved: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which units correspond: those that keep their order, ascending, those that moved, and the share of all mass."""

    in_order: list[tuple[int, int]]
    moved: list[tuple[int, int]]
    aligned_share: float


def bag_similarity(a: Bag, b: Bag) -> float:
    """Dice coefficient of two bags of features, in [0, 1]."""
    total = len(a) + len(b)
    return 2 * len(a & b) / total if total else 0.0


def align(left: Subject, right: Subject) -> Alignment:
    """Align two subjects: which units correspond, and what differs.

    Not symmetric to the last bit: ties between equally good assignments fall to the earlier unit.

    Args:
        left: one fragment.
        right: the other.

    Source: Needleman, Wunsch, A General Method Applicable to the Search for Similarities, 1970; details are our own.
    """
    return compare_units(left, right, pair_units(left, right))


def pair_units(left: Subject, right: Subject) -> Pairing:
    """The first half of `align`: which units correspond. It takes a third of the time, and most pairs end here."""
    in_order = _refined(left.units, right.units, _in_order(left.units, right.units))
    moved = _moved(left.units, right.units, in_order)
    mass = left.mass + right.mass
    paired = sum(left.units[i].mass + right.units[j].mass for i, j in in_order + moved)
    return Pairing(in_order, moved, paired / mass if mass else 0.0)


def compare_units(left: Subject, right: Subject, pairing: Pairing) -> Alignment:
    """The second half of `align`: what differs between the units that correspond, and around them."""
    every = sorted(pairing.in_order + pairing.moved)
    comparison = Comparison(left, right)
    _compare_parameters(comparison)
    for i, j in every:
        _compare_units(comparison, left.units[i], right.units[j])
    comparison.resolve_names()
    differences = comparison.differences
    differences += _unpaired(left, right, every)
    differences += _guards(left, right, every)
    free = 0
    if pairing.moved:
        bound = _bound_moves(left, right, pairing.in_order, pairing.moved)
        free = len(pairing.moved) - len(bound)
        differences += bound
    ordered = tuple(sorted(differences, key=lambda d: (d.left.span, d.right.span, d.kind)))
    return Alignment(tuple(every), ordered, pairing.aligned_share, free)


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
        found = [(_similarity(left[i], right[j]), -j) for j in free_right]
        if found and max(found)[0] >= _MOVED:
            j = -max(found)[1]
            out.append((i, j))
            free_right.remove(j)
    return out


def _compare_parameters(comparison: Comparison) -> None:
    """Parameters meet by position; they tell which variables correspond, and their defaults may differ."""
    left, right = comparison.left.tree.children[0].children, comparison.right.tree.children[0].children
    for a, b in zip(left, right, strict=False):
        if a.kind is b.kind is Kind.PARAMETER:
            comparison.pairs[a.label, b.label] += 1
            if a.children and b.children:
                comparison.compare(a.children[0], b.children[0])


def _compare_units(comparison: Comparison, a: Unit, b: Unit) -> None:
    if a.node.label != b.node.label and a.node.kind in (Kind.IMPORT, Kind.FOR, Kind.WITH, Kind.TRY):
        comparison.add(DifferenceKind.EXPRESSION, Axis.BEHAVIOUR, a.expressions[0] if a.expressions else None, b.node)
    one, two = a.expressions, b.expressions
    if a.node.kind in _EXCEPTIONS and (one or two):
        if one and two:
            comparison.compare_exceptions(one[0], two[0])
        else:
            comparison.differences.append(_as_difference(DifferenceKind.EXCEPTION, comparison, a, b))
        one, two = one[1:], two[1:]
    comparison.compare_all(one, two)


def _as_difference(kind: DifferenceKind, comparison: Comparison, a: Unit, b: Unit) -> Difference:
    left, right = comparison.left, comparison.right
    sides = Place(_header(a), left.text(_header(a))), Place(_header(b), right.text(_header(b)))
    return Difference(kind, Axis.BEHAVIOUR, *sides, a.mass)


def _header(unit: Unit) -> Span:
    """The span of a unit without its suites: to the end of its last own expression, or the first line."""
    if not unit.expressions:
        line, column = unit.node.span[:2]
        return unit.node.span if not unit.node.children else Span(line, column, line, column + 5)
    end = max(expression.span[2:] for expression in unit.expressions)
    return Span(*unit.node.span[:2], *max(end, unit.node.span[:2]))


def _unpaired(left: Subject, right: Subject, pairs: list[tuple[int, int]]) -> list[Difference]:
    out: list[Difference] = []
    for subject, other, paired, is_left in (
        (left, right, {i for i, _ in pairs}, True),
        (right, left, {j for _, j in pairs}, False),
    ):
        start = other.fragment.span
        nothing = Place(Span(*start[:2], *start[:2]), "")
        parents = {subject.units[k].parent for k in paired}
        for index, unit in enumerate(subject.units):
            if index in paired:
                continue
            here = Place(_header(unit), subject.text(_header(unit)))
            kind = DifferenceKind.GUARD if index in parents else DifferenceKind.STATEMENT
            if unit.node.kind in (Kind.TRY, *_EXCEPTIONS):
                kind = DifferenceKind.EXCEPTION
            elif unit.node.kind is Kind.IF and _jumps(unit):
                kind = DifferenceKind.GUARD
            sides = (here, nothing) if is_left else (nothing, here)
            out.append(Difference(kind, Axis.BEHAVIOUR, *sides, unit.mass))
    return out


def _jumps(unit: Unit) -> bool:
    """Whether a condition ends something early: a guard clause, also where the statements that it guards differ."""
    suites = unit.node.children[1:]
    return any(suite.children and suite.children[-1].kind in _JUMPS for suite in suites)


def _guards(left: Subject, right: Subject, pairs: list[tuple[int, int]]) -> list[Difference]:
    """Paired units whose nearest paired ancestors, or their branches, do not correspond."""
    forward, backward = dict(pairs), {j: i for i, j in pairs}
    out: list[Difference] = []
    for i, j in pairs:
        a, b = _ancestor(left.units, i, forward), _ancestor(right.units, j, backward)
        if (forward.get(a[0], -1), a[1]) != b:
            one, two = left.units[i], right.units[j]
            sides = Place(_header(one), left.text(_header(one))), Place(_header(two), right.text(_header(two)))
            out.append(Difference(DifferenceKind.GUARD, Axis.BEHAVIOUR, *sides, one.mass))
    return out


def _ancestor(units: tuple[Unit, ...], index: int, paired: dict[int, int]) -> tuple[int, int]:
    role = units[index].role
    parent = units[index].parent
    while parent >= 0 and parent not in paired:
        role = units[parent].role
        parent = units[parent].parent
    return parent, role if parent >= 0 else 0


def _bound_moves(
    left: Subject, right: Subject, pairs: list[tuple[int, int]], moved: list[tuple[int, int]]
) -> list[Difference]:
    """Moved pairs that a dependence ties to a statement which they changed places with."""
    dependences = statement_dependences(left)
    out: list[Difference] = []
    for i, j in moved:
        one = left.units[i]
        crossed = [left.units[a].node.span for a, b in pairs + moved if (a < i) != (b < j) and a != i]
        if any((one.node.span, span) in dependences or (span, one.node.span) in dependences for span in crossed):
            two = right.units[j]
            sides = Place(_header(one), left.text(_header(one))), Place(_header(two), right.text(_header(two)))
            out.append(Difference(DifferenceKind.ORDER, Axis.BEHAVIOUR, *sides, one.mass))
    return out

"""Align two subjects statement by statement.

In: two `Subject`s. Out: an `Alignment`: which units correspond, and every difference between them. Three steps: the
best order-preserving assignment of units by dynamic programming over feature similarity; then units that moved,
allowed without a difference when no dependence forbids the move; then nesting: units under different deciders differ
in a guard. Source: Needleman, Wunsch, 1970 (the dynamic programme); the rest is our own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from codesim.parse import Kind
from codesim.source import Span
from codesim.verify.compare_trees import Comparison
from codesim.verify.differences import Axis, Difference, DifferenceKind, Place
from codesim.verify.subject import Feature, Subject, Unit, statement_dependences

_MINIMUM = 0.5  # below this similarity two units are not the same statement changed, but two statements
_MOVED = 0.8  # a unit out of order must be this similar to count as moved
_POOR, _EQUAL = 0.75, 0.9  # a pair below the first gives way to one from the second on, out of order
_JUMPS = (Kind.RETURN, Kind.RAISE, Kind.BREAK, Kind.CONTINUE)
_EXCEPTIONS = (Kind.RAISE, Kind.HANDLER)
_MAX_CELLS = 250_000  # beyond this only the equal heads and tails of two functions are paired


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


def bag_similarity(a: Counter[Feature], b: Counter[Feature]) -> float:
    """Dice coefficient of two bags of features, in [0, 1]."""
    if len(b) < len(a):
        a, b = b, a
    shared = 0
    for feature, count in a.items():
        other = b.get(feature)
        if other:
            shared += min(count, other)
    total = a.total() + b.total()
    return 2 * shared / total if total else 0.0


def align(left: Subject, right: Subject) -> Alignment:
    """Align two subjects.

    Not symmetric to the last bit: ties between equally good assignments fall to the earlier unit.

    Args:
        left: one fragment.
        right: the other.

    Source: Needleman, Wunsch, A General Method Applicable to the Search for Similarities, 1970; details are our own.
    """
    pairs = _refined(left.units, right.units, _in_order(left.units, right.units))
    moved = _moved(left.units, right.units, pairs)
    comparison = Comparison(left, right)
    _compare_parameters(comparison)
    for i, j in sorted(pairs + moved):
        _compare_units(comparison, left.units[i], right.units[j])
    comparison.resolve_names()
    every = sorted(pairs + moved)
    differences = comparison.differences
    differences += _unpaired(left, right, every)
    differences += _guards(left, right, every)
    free = 0
    if moved:
        bound = _bound_moves(left, right, pairs, moved)
        free = len(moved) - len(bound)
        differences += bound
    mass = left.mass + right.mass
    paired = sum(left.units[i].mass + right.units[j].mass for i, j in every)
    ordered = tuple(sorted(differences, key=lambda d: (d.left.span, d.right.span, d.kind)))
    return Alignment(tuple(every), ordered, paired / mass if mass else 0.0, free)


def _similarity(a: Unit, b: Unit) -> float:
    return bag_similarity(a.bag, b.bag) if a.node.kind is b.node.kind else 0.0


def _in_order(left: tuple[Unit, ...], right: tuple[Unit, ...]) -> list[tuple[int, int]]:
    """The order-preserving assignment with the largest total of similarity times mass."""
    head = 0
    while (
        head < min(len(left), len(right))
        and left[head].bag == right[head].bag
        and left[head].node.kind is right[head].node.kind
    ):
        head += 1
    tail = 0
    while tail < min(len(left), len(right)) - head and left[-1 - tail].bag == right[-1 - tail].bag:
        tail += 1
    pairs = [(i, i) for i in range(head)]
    pairs += [(len(left) - 1 - k, len(right) - 1 - k) for k in range(tail)]
    rows, columns = range(head, len(left) - tail), range(head, len(right) - tail)
    if len(rows) * len(columns) <= _MAX_CELLS:
        pairs += _programme(left, right, rows, columns)
    return sorted(pairs)


def _programme(left: tuple[Unit, ...], right: tuple[Unit, ...], rows: range, columns: range) -> list[tuple[int, int]]:
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    gain: dict[tuple[int, int], float] = {}
    for x in range(len(rows) - 1, -1, -1):
        unit = left[rows[x]]
        line, below = best[x], best[x + 1]
        for y in range(len(columns) - 1, -1, -1):
            other = right[columns[y]]
            value = max(below[y], line[y + 1])
            if unit.node.kind is other.node.kind:
                similarity = bag_similarity(unit.bag, other.bag)
                if similarity >= _MINIMUM:
                    weight = similarity * (unit.mass + other.mass)
                    gain[x, y] = weight
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

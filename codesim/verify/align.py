"""Align two subjects statement by statement.

In: two `Subject`s. Out: an `Alignment`: which units correspond, and every difference between them. Two halves: units
are paired (see pairing.py); then what differs around paired units, in them and in their order is listed, as long as
that costs no more than the two may differ. A unit that moved is no difference when no dependence forbids the move;
units under different deciders differ in a guard. Source: our own.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from math import inf

from codesim.parse import Kind
from codesim.source import Span
from codesim.verify.compare_trees import Comparison
from codesim.verify.costs import COSTS, difference_cost
from codesim.verify.dependences import statement_dependences
from codesim.verify.differences import Axis, Difference, DifferenceKind, Place
from codesim.verify.pairing import Pairing, pair_units
from codesim.verify.subject import Subject, Unit

_JUMPS = (Kind.RETURN, Kind.RAISE, Kind.BREAK, Kind.CONTINUE)
_EXCEPTIONS = (Kind.RAISE, Kind.HANDLER)


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


def align(left: Subject, right: Subject) -> Alignment:
    """Align two subjects: which units correspond, and what differs.

    Not symmetric to the last bit: ties between equally good assignments fall to the earlier unit.

    Args:
        left: one fragment.
        right: the other.

    Source: our own.
    """
    alignment = compare_units(left, right, pair_units(left, right), inf)
    if alignment is None:
        raise ValueError("no cost exceeds infinity")
    return alignment


def compare_units(left: Subject, right: Subject, pairing: Pairing, most_cost: float) -> Alignment | None:
    """The second half of `align`: what differs between the units that correspond, and around them.

    Args:
        left: one fragment.
        right: the other.
        pairing: of their units.
        most_cost: what the differences may cost together, in tree nodes.

    Returns:
        Alignment | None: None as soon as they are seen to cost more; the last ones, those of order, are not looked at.
    """
    every = sorted(pairing.in_order + pairing.moved)
    alone_left, alone_right = _alone(left, {i for i, _ in every}), _alone(right, {j for _, j in every})
    displaced = _displaced(left, right, every)
    guards = [kind for _, kind in alone_left + alone_right if kind is DifferenceKind.GUARD]
    cost = COSTS[DifferenceKind.GUARD] * (len(guards) + len(displaced))
    comparison = Comparison(left, right)
    differences = comparison.differences
    _compare_parameters(comparison)
    done = 0
    for i, j in every:
        if cost > most_cost:
            return None
        _compare_units(comparison, left.units[i], right.units[j])
        cost += sum([difference_cost(difference) for difference in differences[done:]])
        done = len(differences)
    comparison.resolve_names()
    differences += [_unpaired(left, right, unit, kind) for unit, kind in alone_left]
    differences += [_unpaired(right, left, unit, kind, mirrored=True) for unit, kind in alone_right]
    differences += [_unit_difference(DifferenceKind.GUARD, left, right, a, b) for a, b in displaced]
    free = 0
    if pairing.moved:
        if sum([difference_cost(difference) for difference in differences]) > most_cost:
            return None  # before the dependences are looked for, which takes longest
        bound = _bound_moves(left, right, pairing.in_order, pairing.moved)
        free = len(pairing.moved) - len(bound)
        differences += bound
    ordered = tuple(sorted(differences, key=lambda d: (d.left.span, d.right.span, d.kind)))
    return Alignment(tuple(every), ordered, pairing.aligned_share, free)


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
            comparison.differences.append(
                _unit_difference(DifferenceKind.EXCEPTION, comparison.left, comparison.right, a, b)
            )
        one, two = one[1:], two[1:]
    comparison.compare_all(one, two)


def _unit_difference(kind: DifferenceKind, left: Subject, right: Subject, a: Unit, b: Unit) -> Difference:
    sides = Place(_header(a), left.text(_header(a))), Place(_header(b), right.text(_header(b)))
    return Difference(kind, Axis.BEHAVIOUR, *sides, a.mass)


def _header(unit: Unit) -> Span:
    """The span of a unit without its suites: to the end of its last own expression, or the first line."""
    if not unit.expressions:
        line, column = unit.node.span[:2]
        return unit.node.span if not unit.node.children else Span(line, column, line, column + 5)
    end = max(expression.span[2:] for expression in unit.expressions)
    return Span(*unit.node.span[:2], *max(end, unit.node.span[:2]))


def _alone(subject: Subject, paired: Set[int]) -> list[tuple[Unit, DifferenceKind]]:
    """The units without a counterpart, and what it means that they are alone."""
    parents = {subject.units[k].parent for k in paired}
    out: list[tuple[Unit, DifferenceKind]] = []
    for index, unit in enumerate(subject.units):
        if index in paired:
            continue
        kind = DifferenceKind.GUARD if index in parents else DifferenceKind.STATEMENT
        if unit.node.kind in (Kind.TRY, *_EXCEPTIONS):
            kind = DifferenceKind.EXCEPTION
        elif unit.node.kind is Kind.IF and _jumps(unit):
            kind = DifferenceKind.GUARD
        out.append((unit, kind))
    return out


def _unpaired(subject: Subject, other: Subject, unit: Unit, kind: DifferenceKind, mirrored: bool = False) -> Difference:
    """A unit that only one subject has; `mirrored`: the right one."""
    start = other.fragment.span
    here, nothing = Place(_header(unit), subject.text(_header(unit))), Place(Span(*start[:2], *start[:2]), "")
    sides = (nothing, here) if mirrored else (here, nothing)
    return Difference(kind, Axis.BEHAVIOUR, *sides, unit.mass)


def _jumps(unit: Unit) -> bool:
    """Whether a condition ends something early: a guard clause, also where the statements that it guards differ."""
    suites = unit.node.children[1:]
    return any(suite.children and suite.children[-1].kind in _JUMPS for suite in suites)


def _displaced(left: Subject, right: Subject, pairs: list[tuple[int, int]]) -> list[tuple[Unit, Unit]]:
    """Paired units whose nearest paired ancestors, or their branches, do not correspond."""
    forward, backward = dict(pairs), {j: i for i, j in pairs}
    out: list[tuple[Unit, Unit]] = []
    for i, j in pairs:
        a, b = _ancestor(left.units, i, forward), _ancestor(right.units, j, backward)
        if (forward.get(a[0], -1), a[1]) != b:
            out.append((left.units[i], right.units[j]))
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
            out.append(_unit_difference(DifferenceKind.ORDER, left, right, one, right.units[j]))
    return out

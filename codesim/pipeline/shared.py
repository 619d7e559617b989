"""What all copies of a class share, and how much of it is worth a helper.

In: the members of a class, their alignments, and how common each statement is in the scanned code. Out: a `Shared`:
statements of real work that every copy has, weighted by their rarity, and the runs of whole statements that could be
lifted out even where the functions as wholes cannot be merged. A statement that stands all over the code base is an
idiom of it, not a copy. Source: our own; the weight is a document frequency as in tf-idf (Sparck Jones, 1972).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from math import log2

from codesim.parse import Kind
from codesim.refactor import code_lines
from codesim.verify import Alignment, Axis, Subject, Unit, bag_hash

_SHORTEST_RUN = 5  # lines of code: a shorter run is not worth a call
_RARITY = 0.25  # a statement in 15 other functions weighs half: common statements in a rare order are a copy still
_CHECKS = ("assert", "_assert", "check", "_check", "verify", "raises", "warns", "fail", "expect")
_FEWEST_COPIES = 2
_CALL = 2  # lines that the call of a lifted run takes in each copy
_LEAVING = {  # what leaves a statement early, and inside which statements it does not
    Kind.RETURN: frozenset({Kind.FUNCTION, Kind.CLASS}),
    Kind.BREAK: frozenset({Kind.FOR, Kind.WHILE, Kind.FUNCTION, Kind.CLASS}),
    Kind.CONTINUE: frozenset({Kind.FOR, Kind.WHILE, Kind.FUNCTION, Kind.CLASS}),
}


class Commonness:
    """In how many functions of the scanned code each statement stands, whatever its local names.

    Args:
        functions: of each function looked at, its `statement_hashes`.
    """

    def __init__(self, functions: Iterable[Set[int]]) -> None:
        counts = Counter(chain.from_iterable(functions))
        # of what a class of two or more shares, this many stand nowhere else
        self._counts = {statement: count for statement, count in counts.items() if count > _FEWEST_COPIES}

    def weight(self, unit: Unit, copies: int) -> float:
        """The weight of a statement that a class of so many copies shares: 1 if it stands nowhere else, else less.

        Args:
            unit: the statement.
            copies: members of the class, at least 2.
        """
        elsewhere = max(0, self._counts.get(bag_hash(unit.bag), 0) - copies) if self._counts else 0
        return 1.0 / (1.0 + _RARITY * log2(1 + elsewhere))


def statement_hashes(subject: Subject) -> frozenset[int]:
    """What `Commonness` counts of a function: a hash of each of its statements, the same in every process."""
    return frozenset([bag_hash(unit.bag) for unit in subject.units])


@dataclass(frozen=True, slots=True)
class Shared:
    """What the copies share.

    work: statements of real work in all copies that differ in no behaviour. weight: the same, each by its rarity.
    checks: statements among them that assert something. share: mass of what is shared over that of the largest copy,
    in [0, 1]. runs: lines of code in each run of whole statements that can be lifted out.
    """

    work: int
    weight: float
    checks: int
    share: float
    runs: tuple[int, ...]

    def lifted(self, copies: int) -> int:
        """Lines saved by lifting the runs out of so many copies."""
        return sum(max(0, (copies - 1) * lines - _CALL * copies) for lines in self.runs)


def shared_content(members: Sequence[Subject], alignments: Sequence[Alignment], commonness: Commonness) -> Shared:
    """Measure what the copies of a class share.

    Args:
        members: the representative first.
        alignments: of the representative with each other member, in order.
        commonness: of statements in the scanned code.

    Source: our own.
    """
    first = members[0]
    kept = set(range(len(first.units)))
    for alignment in alignments:
        paired = {i for i, _ in alignment.pairs}
        changed = {d.left.span[:2] for d in alignment.differences if d.axis is Axis.BEHAVIOUR and d.left.text}
        kept = {i for i in kept & paired if changed.isdisjoint(first.starts[i])}
    work = [first.units[i] for i in sorted(kept) if first.units[i].substance]
    weight = sum(commonness.weight(unit, len(members)) for unit in work)
    checks = sum(_asserts(first.units[i]) for i in kept)
    share = sum(first.units[i].mass for i in kept) / max(1, *(member.mass for member in members))
    return Shared(len(work), round(weight, 4), checks, round(min(1.0, share), 4), _runs(first, kept))


def _asserts(unit: Unit) -> bool:
    """Whether a statement checks something, as pytest's and unittest's tests do."""
    if unit.node.kind is Kind.ASSERT:
        return True
    calls = [node.children[0] for part in unit.expressions for node in part.walk() if node.kind is Kind.CALL]
    return any(callee.label.lower().startswith(_CHECKS) for callee in calls)


def _runs(subject: Subject, kept: set[int]) -> tuple[int, ...]:
    """Lines of code of the maximal runs of neighbouring statements that are shared with all that stands in them."""
    units = subject.units
    whole = _whole(units, kept)
    leaving = _leaving(units)
    suites: dict[tuple[int, int], list[list[int]]] = {}
    for i, unit in enumerate(units):
        if unit.parent >= 0 and whole[unit.parent] and not leaving[unit.parent]:
            continue  # inside a statement that is lifted as a whole
        runs = suites.setdefault((unit.parent, unit.role), [[]])
        if whole[i] and not leaving[i]:
            runs[-1].append(i)
        else:
            runs.append([])
    code = code_lines(subject.lines)
    top = subject.fragment.span.start_line
    lengths = []
    for run in [run for runs in suites.values() for run in runs if run]:
        start, end = units[run[0]].node.span[0], units[run[-1]].node.span[2]
        lengths.append(sum(start <= top + line <= end for line in code))
    return tuple(sorted((length for length in lengths if length >= _SHORTEST_RUN), reverse=True))


def _whole(units: Sequence[Unit], kept: set[int]) -> list[bool]:
    """For each statement, whether it and all that stands in it is kept."""
    whole = [i in kept for i in range(len(units))]
    for i in range(len(units) - 1, -1, -1):
        parent = units[i].parent
        if parent >= 0:
            whole[parent] = whole[parent] and whole[i]
    return whole


def _leaving(units: Sequence[Unit]) -> list[bool]:
    """For each statement, whether control may leave it for elsewhere in the function, or the function itself."""
    leaving = [unit.node.kind in _LEAVING for unit in units]
    for i, unit in enumerate(units):
        parent = i if unit.node.kind in _LEAVING else -1
        while parent >= 0 and units[parent].node.kind not in _LEAVING.get(unit.node.kind, ()):
            leaving[parent] = True
            parent = units[parent].parent
    return leaving

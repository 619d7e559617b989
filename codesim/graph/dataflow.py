"""Reaching definitions: which write of a variable, and which change of an object, each read may see.

In: a `FlowGraph` with the reads and writes of each point. Out: pairs (write node, read node, variable). Sets of writes
are bits (see `bits`). The writes of a variable, and the changes of its object and of each place in it (see `writes`),
are families, each with its own rules of what ends what. A straight run of points is gone through in one go, and only at
its head a set is kept.

Source: Aho, Lam, Sethi, Ullman, Compilers, 2nd edition, section 9.2.4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import reduce
from itertools import chain
from operator import and_

from codesim.graph.bits import Bits, below, members
from codesim.graph.flow import ENTRY, EXIT, FlowGraph
from codesim.graph.writes import Site, Writes

DefUse = tuple[int, int, int, bool, bool]
"""Write node, read node, variable or place, whether only a loop brings it there, and `Edge.may`."""


def def_use_pairs(flow: FlowGraph, parents: Mapping[int, int]) -> list[DefUse]:
    """All data dependences of a function, not sorted, some perhaps twice.

    Reads of a point come before its writes. An exception in a `try` may strike before or after any write inside it, so
    exceptional edges carry both states. Loop-carried means that the write stands at or after the read in the source,
    so that only a loop can bring it there.

    Args:
        flow: the control-flow graph with the reads and writes of its points.
        parents: for each place, the variable or place that it is an attribute of.

    Source: our own statement of reaching definitions.
    """
    pairs = _Reaching(flow, Writes(flow, parents)).pairs()
    if flow.late:
        pairs += _late_pairs(flow, pairs)
    return pairs


def _late_pairs(flow: FlowGraph, pairs: list[DefUse]) -> list[DefUse]:
    """What may run at any later time may see every write of its variable, not only those that reach it."""
    reaching = {(source, node) for source, node, _, _, _ in pairs if node in flow.late}
    written: defaultdict[int, list[int]] = defaultdict(list)
    for _, variable, source in flow.definitions:
        written[variable].append(source)
    return [
        (source, node, variable, False, True)
        for _, variable, node in flow.uses
        if node in flow.late
        for source in written[variable]
        if (source, node) not in reaching
    ]


class _Reaching:
    """The fixed point over the points of a function, and the pairs found on the way.

    What `_arrive` hides at the head of a run is not taken back from where it went on an earlier visit.
    """

    def __init__(self, flow: FlowGraph, writes: Writes) -> None:
        self._flow = flow
        self._writes = writes
        self._is_head, self._is_join = _cut_runs(flow)
        count = len(self._is_head)
        self._before: list[Bits | None] = [None] * count  # what reaches the head of a run; None: control never does
        self._is_new = [False] * count  # whether more reaches it than it has passed on
        self._passed: list[Bits | None] = [None] * count  # what of it went on into the run, on any visit
        self._pairs: list[list[DefUse]] = [[]] * count  # by the head of the run, as of the last visit
        self._known: dict[Bits, list[Site]] = {}  # the writes of a set
        self._has_seen: dict[int, Bits] = {}  # what a change has seen, itself or through the changes it has seen
        self._ended: Bits = 0  # all that some change has seen
        self._settled: defaultdict[int, dict[int, Bits]] = defaultdict(dict)  # by head and way there: see `_arrive`

    def pairs(self) -> list[DefUse]:
        """All pairs of reads that control can come to.

        Points stand in the order of the source, so that only loops (and a `finally` that leads back into one) ask for
        another pass; a loop has its passes before what follows it has its own.
        """
        self._reach(ENTRY, 0)
        point, is_new = ENTRY, self._is_new
        while point < len(is_new):
            if is_new[point]:
                is_new[point] = False
                point = self._go_through(point, *self._arrive(point))
            else:
                point += 1
        return list(chain.from_iterable(self._pairs))

    def _go_through(self, head: int, state: Bits, settled: Bits) -> int:
        """Carry a state through a run and on to where it leads.

        Returns:
            The first point that may see more now: one before the run, or else the one after it.
        """
        flow, writes, is_head = self._flow, self._writes, self._is_head
        sets, all_reads, all_steps = writes.sets, writes.reads, writes.steps
        pairs = self._pairs[head] = []
        if all_reads[head]:
            self._pair(head, state, pairs)
        passed = self._passed[head]
        if passed:
            state = passed | state
        self._passed[head] = thrown = state
        may_throw = bool(flow.exceptional[head])
        point = head
        while True:
            entering = state
            if all_steps[point]:
                if passed is None and point in writes.chained:
                    self._note_seen(point, state)
                for ended, made, _ in all_steps[point]:
                    gone = state & sets[ended]
                    state = (state ^ gone if gone else state) | made
                    if may_throw:
                        thrown = thrown | made
            point += 1
            if is_head[point]:
                break
            if all_reads[point]:
                self._pair(point, state, pairs)
        last = point - 1
        on_false = state
        if last in writes.on_true or last in flow.tried:
            on_false = self._on_false(last, entering, state)
        again = point
        for target, branch in flow.successors[last]:
            self._settled[target][last] = settled
            if self._reach(target, on_false if branch == "false" else state) and target < again:
                again = target
        for target in flow.exceptional[last]:
            self._settled[target][last] = settled
            if self._reach(target, thrown) and target < again:
                again = target
        return again

    def _reach(self, point: int, state: Bits) -> bool:
        """Let a state come to a point; returns whether it brings anything new."""
        there = self._before[point]
        union = state if there is None else there | state
        if union == there or point == EXIT:
            return False
        self._before[point] = union
        self._is_new[point] = True
        return True

    def _pair(self, point: int, state: Bits, pairs: list[DefUse]) -> None:
        """Add the pairs of the reads of a point."""
        sets, known = self._writes.sets, self._known
        for family, node in self._writes.reads[point]:
            found = state & sets[family]
            if found:
                sites = known.get(found)
                if sites is None:
                    sites = known[found] = [self._writes.sites[number] for number in members(found)]
                for source_point, source, variable, may in sites:
                    pairs.append((source, node, variable, source_point >= point, may))

    def _on_false(self, point: int, state: Bits, on_true: Bits) -> Bits:
        """What leaves a point along "false": a loop's target is not written then, of a failing pattern perhaps some."""
        made_here: Bits = 0
        for ended, made, only_on_true in self._writes.steps[point]:
            made_here = made_here | made
            if not only_on_true:
                gone = state & self._writes.sets[ended]
                state = (state ^ gone) | made
        return state | (on_true & made_here) if point in self._flow.tried else state

    def _note_seen(self, point: int, state: Bits) -> None:
        """Note what the changes of a point have seen, when control first comes there."""
        for change, ending in self._writes.chained[point]:
            seen = state & self._writes.sets[ending]
            if seen:
                self._ended = self._ended | seen
                for number in members(seen & self._writes.all_chained):
                    seen = seen | self._has_seen.get(number, 0)
                self._has_seen[change] = seen

    def _arrive(self, point: int) -> tuple[Bits, Bits]:
        """What is seen at the head of a run, and the changes that have nothing more to hide behind it.

        Where ways meet, a change that a later one has seen is seen through it, also on the way around the later one:
        else a row of conditional changes would be a square of pairs. What was looked at on every way there is settled.
        """
        state = self._before[point] or 0
        if not self._ended:
            return state, 0
        settled = reduce(and_, self._settled[point].values())
        if not self._is_join[point]:
            return state, settled
        alive = below(state & self._writes.all_chained, self._writes.first_change[point])
        passed = self._passed[point] or 0
        hidden: Bits = 0
        for change in members(alive ^ (alive & settled)):
            seen = state & self._has_seen.get(change, 0)
            if seen:
                hidden = hidden | seen
                if seen & passed:
                    alive = alive ^ self._writes.single(change)
        return state ^ hidden, alive


def _cut_runs(flow: FlowGraph) -> tuple[list[bool], list[bool]]:
    """Which points are the head of a run, and at which several ways meet.

    Within a run each point leads to the next one only, and all have the same handlers. One more head stands at the end.
    """
    successors, exceptional = flow.successors, flow.exceptional
    ways = [0] * len(successors)
    for edges in successors:
        for target, _ in edges:
            ways[target] += 1
    for target in chain.from_iterable(exceptional):
        ways[target] += 1
    is_head = [True] * (len(successors) + 1)
    for point in range(EXIT + 1, len(successors) - 1):
        edges = successors[point]
        if len(edges) == 1:
            after, branch = edges[0]
            if after == point + 1 and ways[after] == 1 and branch != "false":
                is_head[after] = exceptional[point] != exceptional[after] and not _same(exceptional, point, after)
    return is_head, [way > 1 for way in ways]


def _same(exceptional: list[list[int]], one: int, other: int) -> bool:
    """Whether two points have the same handlers; nothing is done at the exit."""
    return {EXIT, *exceptional[one]} == {EXIT, *exceptional[other]}

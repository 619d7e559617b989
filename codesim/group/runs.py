"""Group pairs of runs into classes of blocks: one run as the template, and all that correspond to the whole of it.

In: run pairs, and a way to verify two runs. Out: classes, each of a template and its copies. Runs of several pairs
overlap in many ways, so a class is not a component of pairs: the template that saves most lines is taken, its copies
are what other pairs put in the place of exactly these statements, each is verified against it, and in a later class
all of them count as one place. So no copy is tied to the class by another copy. Source: our own; greedy covering.
"""

from __future__ import annotations

import heapq
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence, Set

from codesim.index import Run, RunPair

_COHESION = 0.9  # as for functions: a copy whose score is below this share of the best is left out
_MOST_TEMPLATES = 40  # pairs of one function up to which the parts that two of them share are templates too
_HELPER = 1  # lines beside its own that the helper costs
_LEAST_SAVED = 3  # lines that a class must save to be looked at

Verify = Callable[[Run, Run], float | None]
Order = tuple[int, Run]
"""Sorts what several calls of `group_runs` accept, each on other functions, as one call would have accepted it."""
Accept = Callable[[tuple[Run, ...], Order], tuple[Set[int], Set[int]] | None]
Passed = Callable[[Run, Run, str], None]
"""Called with a template, a copy, and why grouping passed them by: `no-gain`, the lines saved are too few, or
`other-class`, the copy is far below the best one of its template."""


def group_runs(
    pairs: Sequence[RunPair], verify: Verify, accept: Accept, min_lines: int, passed: Passed | None = None
) -> list[tuple[Run, ...]]:
    """Group run pairs into classes.

    Args:
        pairs: as `find_run_pairs` gives them.
        verify: the score in [0, 1] of a template and a copy, None if they are no clones.
        accept: None for a class that is a finding; else (lines, members): copies that do not fit, by number, without
            which it is tried again; or, if there are none, lines of the template without which its rest is tried.
        min_lines: shortest template.
        passed: told of templates and copies that are passed by before `accept` is asked; costs nothing if it is None.

    Returns:
        Classes of at least two runs that do not overlap, the template first, the others ascending; the class that saves
        most first.

    Source: our own.
    """
    return _Grouping(pairs, verify, accept, min_lines, passed).classes()


class _Grouping:
    def __init__(
        self, pairs: Sequence[RunPair], verify: Verify, accept: Accept, min_lines: int, passed: Passed | None
    ) -> None:
        self.verify, self.accept, self.min_lines, self.passed = verify, accept, min_lines, passed
        self.pairs: dict[int, list[RunPair]] = defaultdict(list)  # by function
        for pair in pairs:
            for function in {pair.left.function, pair.right.function}:
                self.pairs[function].append(pair)
        self.opposite: dict[Run, set[Run]] = {}
        self.known: set[Run] = set()  # templates that were tried or will be
        self.rejected: set[tuple[Run, Run]] = set()
        self.taken: dict[int, list[tuple[Run, int]]] = defaultdict(list)  # function: members there, with their class
        self.heap: list[Order] = []
        self.reached: Order = (-sys.maxsize, Run(0, 0, 0))

    def classes(self) -> list[tuple[Run, ...]]:
        for function in sorted(self.pairs):
            for template in self.templates(function):
                self.known.add(template)
                self.push(template)
        out: list[tuple[Run, ...]] = []
        while self.heap:
            saved, template = heapq.heappop(self.heap)
            self.reached = max(self.reached, (saved, template))  # what is left of a template may save more than it
            copies = self.copies(template)
            if -saved != _saved(template, copies):  # something was taken away since
                self.push(template)
                continue
            scores = {copy: self.verify(template, copy) or 0.0 for copy in copies}
            floor = _COHESION * max(scores.values())
            failed = [copy for copy in copies if scores[copy] <= 0.0 or scores[copy] < floor]
            if failed:
                if self.passed is not None:
                    for copy in failed:
                        if scores[copy] > 0.0:
                            self.passed(template, copy, "other-class")
                self.rejected.update((template, copy) for copy in failed)
                self.push(template)
                continue
            members = (template, *copies)
            misfit = self.accept(members, self.reached)
            if misfit is not None:
                wrong, odd = misfit[0], misfit[1] - {0}
                if odd:
                    self.rejected.update((template, members[k]) for k in odd)
                    self.push(template)
                    continue
                for part in self.parts(template, wrong):
                    self.known.add(part)
                    self.push(part)
                continue
            for member in members:
                self.taken[member.function].append((member, len(out)))
            out.append(members)
        return out

    def push(self, template: Run) -> None:
        copies = self.copies(template)
        saved = _saved(template, copies)
        if saved >= _LEAST_SAVED:
            heapq.heappush(self.heap, (-saved, template))
        elif self.passed is not None:
            for copy in copies:
                self.passed(template, copy, "no-gain")

    def templates(self, function: int) -> list[Run]:
        """The runs of a function that may stand for a class: its sides of pairs, and what two of them share."""
        pairs = self.pairs[function]
        sides = [
            (side, starts, ends)
            for pair in pairs
            for side, starts, ends in (
                (pair.left, {s[0] for s in pair.steps}, {s[1] for s in pair.steps}),
                (pair.right, {s[2] for s in pair.steps}, {s[3] for s in pair.steps}),
            )
            if side.function == function
        ]
        found = {side for side, _, _ in sides}
        if len(sides) <= _MOST_TEMPLATES:
            for number, (one, starts, ends) in enumerate(sides):
                for two, other_starts, other_ends in sides[number + 1 :]:
                    shared = Run(function, max(one.first_line, two.first_line), min(one.last_line, two.last_line))
                    known = shared.first_line in starts & other_starts and shared.last_line in ends & other_ends
                    if known and shared.last_line - shared.first_line + 1 >= self.min_lines:
                        found.add(shared)
        return sorted(found)

    def parts(self, template: Run, wrong: Set[int]) -> list[Run]:
        """What is left of a template without the statements on some of its lines: runs of the others."""
        if not wrong:
            return []
        steps: dict[int, int] = {}
        for pair in self.pairs[template.function]:
            for side, at in ((pair.left, 0), (pair.right, 2)):
                if side.function == template.function:
                    steps.update({step[at]: step[at + 1] for step in pair.steps})
        out: list[Run] = []
        start = last = -1
        for first in sorted(steps):
            end = steps[first]
            if not (template.first_line <= first <= end <= template.last_line) or first <= last:
                continue
            if start >= 0 and any(last < line < first for line in wrong):  # between two that correspond
                out.append(Run(template.function, start, last))
                start = -1
            if any(first <= line <= end for line in wrong):
                out.append(Run(template.function, start, last))
                start = -1
            elif start < 0:
                start = first
            last = end
        out.append(Run(template.function, start, last))
        long = [run for run in out if run.first_line > 0 and run.last_line - run.first_line + 1 >= self.min_lines]
        return [run for run in long if run not in self.known]

    def copies(self, template: Run) -> list[Run]:
        """What corresponds to the whole of a template and overlaps neither it nor what comes before; ascending."""
        near = self.counterparts(template)
        found = near.union(*[self.counterparts(run) for run in near])  # two places of one side may be too short a pair
        found = {run for run in found if (template, run) not in self.rejected and not _overlap(run, template)}
        out: list[Run] = []
        explained = self.classes_at(template)
        for run in sorted(found):
            classes = self.classes_at(run)
            if not classes & explained and (not out or not _overlap(out[-1], run)):
                out.append(run)
                explained |= classes
        return out

    def counterparts(self, run: Run) -> set[Run]:
        """What pairs put in the place of a run."""
        if run not in self.opposite:
            pairs = self.pairs[run.function]
            self.opposite[run] = {other for pair in pairs for other in _projections(pair, run)}
        return self.opposite[run]

    def classes_at(self, run: Run) -> set[int]:
        """The classes found so far that a run overlaps: one place of each may stand for it in another class."""
        return {number for member, number in self.taken[run.function] if _overlap(member, run)}


def _projections(pair: RunPair, template: Run) -> list[Run]:
    """The other side's statements in the place of the template's, where the pair knows both ends of the template."""
    out: list[Run] = []
    for side, other, at in ((pair.left, pair.right, 0), (pair.right, pair.left, 2)):
        if side.function != template.function:
            continue
        first = [step[2 - at] for step in pair.steps if step[at] == template.first_line]
        last = [step[3 - at] for step in pair.steps if step[at + 1] == template.last_line]
        if first and last:
            out.append(Run(other.function, first[0], last[0]))
    return out


def _saved(template: Run, copies: Sequence[Run]) -> int:
    """Lines that the class may save at most: all copies, less the helper and the calls."""
    lines = template.last_line - template.first_line + 1
    return len(copies) * (lines - 1) - 1 - _HELPER if copies else 0


def _overlap(one: Run, two: Run) -> bool:
    same = one.function == two.function
    return same and one.first_line <= two.last_line and two.first_line <= one.last_line

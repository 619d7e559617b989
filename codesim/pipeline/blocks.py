"""Blocks: from the outlines of functions to candidates of runs of statements that several functions share.

In: fragment records, and the candidates of whole functions. Out: candidates of kind BLOCK, none of which says what one
of those says already. seeds -> run pairs -> classes (`codesim.pipeline.block_classes`) -> those that stand apart.
Source: our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from codesim.group import components
from codesim.index import RunLimits, RunPair, ShortPair, find_run_pairs
from codesim.pipeline.bench import Bench
from codesim.pipeline.block_classes import BlockTask, FoundBlocks, Hold, find_block_classes, is_whole
from codesim.pipeline.rank import Prospect, Rule
from codesim.pipeline.rejected import RunLedger
from codesim.pipeline.shared import Commonness
from codesim.pipeline.texts import Texts
from codesim.pipeline.workers import Workers
from codesim.refactor import RefactoringCandidate
from codesim.source import Focus, is_test_path
from codesim.store import FragmentRecord

_LEAST_STATEMENTS = 3  # nested ones counted
_LEAST_MASS = 24  # tree nodes that correspond exactly, or twice as many that do so loosely
_TASKS_EACH = 4

_Places = dict[str, list[tuple[int, int, int, int]]]  # by file: first line, last line, candidate, member


class BlockSearch:
    """One scan's way from outlines to candidates of blocks.

    Args:
        records: all fragments; those of test suites and suppressed ones are left out here.
        texts: of their files.
        focus: report only blocks with a copy in it; None reports all.
        workers: who shares the work; of this process's settings, `min_block_lines` and `min_score` are used.
        keep_basis: keep in each candidate what it was made of; then all is done in this process.
    """

    def __init__(
        self, records: Iterable[FragmentRecord], texts: Texts, focus: Focus | None,
        *, workers: Workers[Bench], keep_basis: bool,
    ) -> None:  # fmt: skip
        self.records = [r for r in records if not r.suppressed and not is_test_path(r.fragment.path)]
        self.texts, self.focus = texts, focus
        self.workers, self.keep_basis, self.settings = workers, keep_basis, workers.here.settings

    def with_functions(
        self, functions: Sequence[Prospect], commonness: Commonness, ledger: RunLedger | None = None
    ) -> list[Prospect]:
        """Find runs of statements that stand in several functions, or several times in one.

        A block that can be extracted takes the place of whole functions around it that cannot be merged.

        Args:
            functions: what would be reported of whole functions.
            commonness: of statements in the scanned code.
            ledger: told where runs end that are no candidates.

        Returns:
            The functions and the blocks, in no particular order; functions that give way have a rule that keeps them
            out.

        Source: our own.
        """
        if not self.settings.min_block_lines:
            return list(functions)
        known = [prospect.candidate for prospect in functions]
        blocks = self._blocks(known, commonness, ledger)
        better = [block.candidate for block in blocks if block.candidate.verdict.extractable]
        judged = [replace(prospect, rule=_way_given(prospect.candidate, better)) for prospect in functions]
        return [*judged, *blocks]

    def _blocks(
        self, functions: Sequence[RefactoringCandidate], commonness: Commonness, ledger: RunLedger | None
    ) -> list[Prospect]:
        """Seeds to candidates."""
        apart = [candidate for candidate in functions if not candidate.verdict.extractable]
        pairs = self._pairs(functions, apart, ledger)
        found = sorted(self._classes(pairs, commonness, ledger), key=lambda blocks: blocks.order)
        free = [blocks.prospect for blocks in found if blocks.hold is Hold.NOTHING]
        held = [blocks for hold in (Hold.PARAMETERS, Hold.CODE) for blocks in found if blocks.hold is hold]
        return [*free, *_standing_apart(held, free, apart, ledger)]

    def _pairs(
        self,
        functions: Sequence[RefactoringCandidate],
        apart: Sequence[RefactoringCandidate],
        ledger: RunLedger | None,
    ) -> list[RunPair]:
        """The run pairs that are in focus and that no whole functions tell of."""
        limits = RunLimits(self.settings.min_block_lines, _LEAST_STATEMENTS, _LEAST_MASS)
        outlines = [record.outline for record in self.records]
        short: list[ShortPair] = []
        focus = None
        if self.focus is not None:
            focus = np.array([record.fragment.path in self.focus.changed for record in self.records], dtype=np.bool_)
        merged = _members_by_path([candidate for candidate in functions if candidate.verdict.extractable])
        unmerged = _members_by_path(apart)
        pairs = find_run_pairs(outlines, limits, short.append if ledger else None, focus)
        pairs = [pair for pair in pairs if self._is_watched(pair) and not self._is_known(pair, merged, unmerged)]
        if ledger:
            parts = [pair for pair in pairs if not self._is_of_wholes(pair)]
            ledger.open(self.records, limits, parts, [pair for pair in short if self._is_watched(pair)])
        return pairs

    def _classes(self, pairs: Sequence[RunPair], commonness: Commonness, ledger: RunLedger | None) -> list[FoundBlocks]:
        parts = components(pairs, lambda pair: (pair.left.function, pair.right.function))
        stay = self.keep_basis or ledger is not None
        shares = _even_shares(parts, 1 if stay else _TASKS_EACH * self.workers.count(0))
        tasks = [BlockTask(self.texts, self._records_of(share), share, commonness) for share in shares]
        work = partial(find_block_classes, ledger=ledger)
        return [blocks for found in self.workers.map(work, tasks, 0, stay=stay) for blocks in found]

    def _records_of(self, parts: Sequence[Sequence[RunPair]]) -> dict[int, FragmentRecord]:
        functions = {run.function for part in parts for pair in part for run in (pair.left, pair.right)}
        return {function: self.records[function] for function in sorted(functions)}

    def _is_watched(self, pair: RunPair | ShortPair) -> bool:
        return self.focus is None or any(
            self.focus.holds(self.records[run.function].fragment.path, run.first_line, run.last_line)
            for run in (pair.left, pair.right)
        )

    def _is_known(self, pair: RunPair, merged: _Places, unmerged: _Places) -> bool:
        """Whether whole functions tell of it: both bodies as a whole, or members of one candidate.

        Functions that are a class and cannot be merged as wholes may have a part that can be extracted.
        """
        if self._are_together(pair, merged):
            return True
        return self._is_of_wholes(pair) and not self._are_together(pair, unmerged)

    def _is_of_wholes(self, pair: RunPair) -> bool:
        return all(is_whole(run, self.records[run.function]) for run in (pair.left, pair.right))

    def _are_together(self, pair: RunPair, places: _Places) -> bool:
        """Whether two members of one candidate stand around the two sides."""
        left, right = (
            {
                number: member
                for first, last, number, member in places.get(self.records[run.function].fragment.path, ())
                if first <= run.first_line and run.last_line <= last
            }
            for run in (pair.left, pair.right)
        )
        return any(left[number] != member for number, member in right.items() if number in left)


def _even_shares(parts: Sequence[Sequence[RunPair]], count: int) -> list[list[Sequence[RunPair]]]:
    """Parts in at most so many shares of about as many pairs each."""
    shares: list[list[Sequence[RunPair]]] = [[] for _ in range(min(count, len(parts)))]
    sizes = [0] * len(shares)
    for part in sorted(parts, key=len, reverse=True):
        least = sizes.index(min(sizes))
        shares[least].append(part)
        sizes[least] += len(part)
    return shares


def _standing_apart(
    held: Sequence[FoundBlocks],
    free: Sequence[Prospect],
    functions: Sequence[RefactoringCandidate],
    ledger: RunLedger | None,
) -> list[Prospect]:
    """Those that overlap neither what is easy to extract nor one another, the first ones first."""
    taken = _members_by_path([prospect.candidate for prospect in free])
    out: list[Prospect] = []
    for blocks in held:
        candidate, runs = blocks.prospect.candidate, blocks.runs
        rule = _in_place_of(candidate, taken, functions)
        if rule is None:
            out.append(blocks.prospect)
            for path, rows in _members_by_path([candidate]).items():
                taken.setdefault(path, []).extend(rows)
        elif ledger:
            for k in range(len(runs) - 1):
                ledger.refused(runs[k:], rule)
    return out


def _in_place_of(
    candidate: RefactoringCandidate, taken: _Places, functions: Sequence[RefactoringCandidate]
) -> Rule | None:
    """The rule that something else tells of the lines of a candidate."""
    for member in candidate.members:
        for first, last, _, _ in taken.get(member.path, ()):
            if first <= member.end_line and member.start_line <= last:
                place = f"{member.path}:{first}-{last}"
                return Rule("overlap", f"a class that is easier to extract holds {place}, a part of it")
    if not candidate.verdict.extractable and any(_is_inside(candidate, around) for around in functions):
        return Rule("inside-class", f"the functions around it are a class; {candidate.verdict.reasons[0]}")
    return None


def _way_given(functions: RefactoringCandidate, blocks: Sequence[RefactoringCandidate]) -> Rule | None:
    """The rule that functions which cannot be merged give way to a block in them that can be extracted."""
    if functions.verdict.extractable:
        return None
    block = next((block for block in blocks if _is_inside(block, functions)), None)
    if block is None:
        return None
    first = block.members[0]
    place = f"{first.path}:{first.start_line}-{first.end_line}"
    return Rule("block", f"{functions.verdict.reasons[0]}; the block {place} in them can be extracted")


def _is_inside(block: RefactoringCandidate, functions: RefactoringCandidate) -> bool:
    """Whether at least two members of a candidate of functions hold a member of a block."""
    holding = {
        number
        for number, function in enumerate(functions.members)
        for member in block.members
        if member.path == function.path
        and function.start_line <= member.start_line
        and member.end_line <= function.end_line
    }
    return len(holding) > 1


def _members_by_path(candidates: Sequence[RefactoringCandidate]) -> _Places:
    """For each file, the members of candidates there."""
    out: _Places = {}
    for number, candidate in enumerate(candidates):
        for place, member in enumerate(candidate.members):
            out.setdefault(member.path, []).append((member.start_line, member.end_line, number, place))
    return out

"""Blocks: from the outlines of functions to candidates of runs of statements that several functions share.

In: fragment records, subjects, and the candidates of whole functions. Out: candidates of kind BLOCK, none of which says
what one of those says already. seeds -> run pairs -> classes, each copy verified against its template -> candidates.
Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np

from codesim import refactor  # the rooms that build are loaded when there is a candidate
from codesim.config import Settings
from codesim.graph import build_pdg, canonical_hash
from codesim.group import group_runs
from codesim.index import Run, RunLimits, RunPair, ShortPair, find_run_pairs
from codesim.pipeline.identity import class_id
from codesim.pipeline.rank import Prospect, Rule, boilerplate_rule, work_rule
from codesim.pipeline.rejected import RunLedger, not_a_clone
from codesim.pipeline.shared import Commonness, shared_content
from codesim.pipeline.subjects import Subjects
from codesim.refactor import ClassDifference, RefactoringCandidate
from codesim.source import Focus, Fragment, is_test_path
from codesim.store import FragmentRecord
from codesim.verify import Block, Enclosing, PairVerdict, bag_similarity, cut_block, score_pair, verify_blocks

_LEAST_STATEMENTS = 3  # nested ones counted
_EASY_PARAMETERS = 3
_LEAST_MASS = 24  # tree nodes that correspond exactly, or twice as many that do so loosely


def with_blocks(
    functions: Sequence[Prospect],
    records: Sequence[FragmentRecord],
    subjects: Subjects,
    commonness: Commonness,
    settings: Settings,
    *,
    focus: Focus | None,
    ledger: RunLedger | None = None,
) -> list[Prospect]:
    """Find runs of statements that stand in several functions, or several times in one.

    A block that can be extracted takes the place of whole functions around it that cannot be merged.

    Args:
        functions: what would be reported of whole functions.
        records: all fragments; those of test suites and suppressed ones are left out here.
        subjects: where the functions' trees come from.
        commonness: of statements in the scanned code.
        settings: `min_block_lines` and `min_score` are used.
        focus: report only blocks with a copy in it; None reports all.
        ledger: told where runs end that are no candidates.

    Returns:
        The functions and the blocks, in no particular order; functions that give way have a rule that keeps them out.

    Source: our own.
    """
    if not settings.min_block_lines:
        return list(functions)
    chosen = [r for r in records if not r.suppressed and not is_test_path(r.fragment.path)]
    known = [prospect.candidate for prospect in functions]
    search = _BlockSearch(chosen, subjects, settings, focus, functions=known, ledger=ledger)
    blocks = search.candidates()
    better = [block for block in blocks if block.verdict.extractable]
    judged = [replace(prospect, rule=_way_given(prospect.candidate, better)) for prospect in functions]
    return [*judged, *[_prospect(search.with_graphs(block), commonness) for block in blocks]]


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


def _prospect(candidate: RefactoringCandidate, commonness: Commonness) -> Prospect:
    basis = candidate.basis
    if basis is None:
        raise ValueError("a candidate that was just built keeps its basis")
    alignments = [verdict.alignment for verdict in basis.verdicts]
    return Prospect(candidate, shared_content(basis.subjects, alignments, commonness))


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


_Class = tuple[RefactoringCandidate, Sequence[Run]]
_Places = dict[str, list[tuple[int, int, int, int]]]  # by file: first line, last line, candidate, member


class _BlockSearch:
    def __init__(
        self, records: list[FragmentRecord], subjects: Subjects, settings: Settings, focus: Focus | None,
        *, functions: Sequence[RefactoringCandidate], ledger: RunLedger | None,
    ) -> None:  # fmt: skip
        self.records, self.subjects, self.settings = records, subjects, settings
        self.focus, self.ledger = focus, ledger
        self.merged = _members_by_path([candidate for candidate in functions if candidate.verdict.extractable])
        self.apart = [candidate for candidate in functions if not candidate.verdict.extractable]
        self.unmerged = _members_by_path(self.apart)
        self.enclosing: dict[int, Enclosing] = {}
        self.blocks: dict[Run, Block | None] = {}
        self.faults: dict[Run, Rule | None] = {}
        self.graphs: dict[Fragment, str] = {}
        self.verdicts: dict[tuple[Fragment, Fragment], PairVerdict | None] = {}
        self.found: list[RefactoringCandidate] = []
        self.heavy: list[_Class] = []  # takes many parameters
        self.tied: list[_Class] = []  # what something ties to its place

    def candidates(self) -> list[RefactoringCandidate]:
        """Seeds to candidates."""
        lines = self.settings.min_block_lines
        limits = RunLimits(lines, _LEAST_STATEMENTS, _LEAST_MASS)
        outlines = [record.outline for record in self.records]
        ledger = self.ledger
        short: list[ShortPair] = []
        focus = None
        if self.focus is not None:
            focus = np.array([record.fragment.path in self.focus.changed for record in self.records], dtype=np.bool_)
        pairs = find_run_pairs(outlines, limits, short.append if ledger else None, focus)
        pairs = [pair for pair in pairs if self._is_watched(pair) and not self._is_known(pair)]
        if ledger:
            parts = [pair for pair in pairs if not self._is_of_wholes(pair)]
            ledger.open(self.records, limits, parts, [pair for pair in short if self._is_watched(pair)])
        group_runs(pairs, self._verify, self._accept, lines, ledger.passed if ledger else None)
        return [*self.found, *self._apart([*self.heavy, *self.tied])]

    def with_graphs(self, candidate: RefactoringCandidate) -> RefactoringCandidate:
        """A candidate whose members have the hashes of their own graphs and of the functions around them."""
        around = {(r.fragment.path, r.fragment.qualname): r.canonical_hash for r in self.records}
        blocks = candidate.basis.subjects if candidate.basis else ()
        members = [
            replace(member, graph=self.graphs[block.fragment], around=around[member.path, member.qualname])
            for member, block in zip(candidate.members, blocks, strict=True)
        ]
        return replace(candidate, members=tuple(members))

    def _identity(self, blocks: Sequence[Block]) -> str:
        """The identity of a class of blocks, from their canonical graphs; never that of a class of whole functions."""
        for block in blocks:
            self.graphs[block.subject.fragment] = canonical_hash(build_pdg(block.subject.tree, ""))
        return class_id(["block", *[self.graphs[block.subject.fragment] for block in blocks]])

    def _accept(self, members: Sequence[Run]) -> tuple[Set[int], Set[int]] | None:
        """None for a class that is easy to extract; one that is not is kept for what remains at the end."""
        blocks = [block for run in members if (block := self._block(run)) is not None]
        verdicts = [verdict for block in blocks[1:] if (verdict := self._verdict(blocks[0], block)) is not None]
        candidate = refactor.build_block_candidate(blocks, verdicts, lambda: self._identity(blocks))
        if isinstance(candidate, refactor.Misfit):
            if self.ledger:
                self.ledger.refused(members, Rule(candidate.rule, candidate.reason))
            return candidate.lines, candidate.members
        if all(self._is_whole(run) for run in members):  # functions are judged as wholes
            return frozenset(), frozenset()
        if not candidate.verdict.extractable:
            self.tied.append((candidate, members))
        elif candidate.parameters > _EASY_PARAMETERS:
            self.heavy.append((candidate, members))
        else:
            self.found.append(candidate)
            return None
        return frozenset(), refactor.odd_members([_agreement(difference) for difference in candidate.differences])

    def _apart(self, classes: Sequence[_Class]) -> list[RefactoringCandidate]:
        """Those that overlap neither what is easy to extract nor one another, the first ones first."""
        taken = _members_by_path(self.found)
        out: list[RefactoringCandidate] = []
        for candidate, runs in classes:
            rule = self._in_place_of(candidate, taken)
            if rule is None:
                out.append(candidate)
                for path, rows in _members_by_path([candidate]).items():
                    taken.setdefault(path, []).extend(rows)
            elif self.ledger:
                for k in range(len(runs) - 1):
                    self.ledger.refused(runs[k:], rule)
        return out

    def _in_place_of(self, candidate: RefactoringCandidate, taken: _Places) -> Rule | None:
        """The rule that something else tells of the lines of a candidate."""
        for member in candidate.members:
            for first, last, _, _ in taken.get(member.path, ()):
                if first <= member.end_line and member.start_line <= last:
                    place = f"{member.path}:{first}-{last}"
                    return Rule("overlap", f"a class that is easier to extract holds {place}, a part of it")
        if not candidate.verdict.extractable and any(_is_inside(candidate, functions) for functions in self.apart):
            return Rule("inside-class", f"the functions around it are a class; {candidate.verdict.reasons[0]}")
        return None

    def _is_watched(self, pair: RunPair | ShortPair) -> bool:
        return self.focus is None or any(
            self.focus.holds(self.records[run.function].fragment.path, run.first_line, run.last_line)
            for run in (pair.left, pair.right)
        )

    def _is_known(self, pair: RunPair) -> bool:
        """Whether whole functions tell of it: both bodies as a whole, or members of one candidate.

        Functions that are a class and cannot be merged as wholes may have a part that can be extracted.
        """
        if self._are_together(pair, self.merged):
            return True
        return self._is_of_wholes(pair) and not self._are_together(pair, self.unmerged)

    def _is_of_wholes(self, pair: RunPair) -> bool:
        return self._is_whole(pair.left) and self._is_whole(pair.right)

    def _is_whole(self, run: Run) -> bool:
        shape = self.records[run.function].outline.shape
        return bool(run.first_line <= shape[:, 3].min() and run.last_line >= shape[:, 4].max())

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

    def _block(self, run: Run) -> Block | None:
        if run not in self.blocks:
            if run.function not in self.enclosing:
                self.enclosing[run.function] = self.subjects.enclosing(self.records[run.function])
            self.blocks[run] = cut_block(self.enclosing[run.function], run.first_line, run.last_line)
        return self.blocks[run]

    def _verify(self, template: Run, copy: Run) -> float | None:
        one, two = self._block(template), self._block(copy)
        rule = self._fault(template) or self._fault(copy)
        verdict = None
        if one is not None and two is not None and rule is None:
            verdict = self._verdict(one, two)
            if verdict is None and self.ledger:
                similarity = bag_similarity(one.subject.bag, two.subject.bag)
                rule = not_a_clone(score_pair(one.subject, two.subject, similarity))
        if rule is not None and self.ledger:
            self.ledger.refused((template, copy), rule)
        return None if verdict is None else verdict.closeness

    def _fault(self, run: Run) -> Rule | None:
        """The rule that a run is nothing to cut out, does no real work, or is boilerplate."""
        if run not in self.faults:
            block = self._block(run)
            if block is None:
                self.faults[run] = Rule("no-whole-statements", "the lines hold more or less than whole statements")
            else:
                self.faults[run] = work_rule(block.subject.substance) or boilerplate_rule([block.subject])
        return self.faults[run]

    def _verdict(self, one: Block, two: Block) -> PairVerdict | None:
        key = (one.subject.fragment, two.subject.fragment)
        if key not in self.verdicts:
            self.verdicts[key] = verify_blocks(one, two, self.settings.min_score)
        return self.verdicts[key]


def _agreement(difference: ClassDifference) -> list[bool]:
    """Whether each member has the representative's text."""
    return [site.text == difference.where[0].text for site in difference.where]


def _members_by_path(candidates: Sequence[RefactoringCandidate]) -> _Places:
    """For each file, the members of candidates there."""
    out: _Places = {}
    for number, candidate in enumerate(candidates):
        for place, member in enumerate(candidate.members):
            out.setdefault(member.path, []).append((member.start_line, member.end_line, number, place))
    return out

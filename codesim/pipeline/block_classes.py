"""Classes of blocks among functions that share runs: each copy verified against its template, and the candidate built.

In: run pairs, and the records of the functions that they stand in. Out: what was found, in an order that does not
depend on which process found it. Functions that share runs with no function outside are a work of their own, so that
the search (`codesim.pipeline.blocks`) can hand parts of it to other processes. Source: our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import Enum

from codesim import refactor  # the rooms that build are loaded when there is a candidate
from codesim.graph import build_pdg, canonical_hash
from codesim.group import Order, group_runs
from codesim.index import Run, RunPair
from codesim.pipeline.bench import Bench
from codesim.pipeline.identity import class_id
from codesim.pipeline.rank import Prospect, Rule, boilerplate_rule, work_rule
from codesim.pipeline.rejected import RunLedger, not_a_clone
from codesim.pipeline.shared import Commonness, shared_content
from codesim.pipeline.texts import Texts
from codesim.refactor import ClassDifference, RefactoringCandidate
from codesim.source import Fragment
from codesim.store import FragmentRecord
from codesim.verify import Block, Enclosing, PairVerdict, bag_similarity, cut_block, score_pair, verify_blocks

_EASY_PARAMETERS = 3


class Hold(Enum):
    """What holds a class of blocks in its place: nothing, the many parameters that it takes, or the code around it."""

    NOTHING = 0
    PARAMETERS = 1
    CODE = 2


@dataclass(frozen=True, slots=True)
class FoundBlocks:
    """A class of blocks. order: sorts the classes of all parts of the search. runs: the template, then its copies."""

    order: Order
    hold: Hold
    prospect: Prospect
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class BlockTask:
    """Parts of a search, each the run pairs of functions that share no run with others; `records` by their numbers."""

    texts: Texts
    records: Mapping[int, FragmentRecord]
    parts: Sequence[Sequence[RunPair]]
    commonness: Commonness


def find_block_classes(bench: Bench, task: BlockTask, ledger: RunLedger | None = None) -> list[FoundBlocks]:
    """Find the classes of blocks of a task.

    Args:
        bench: of this process.
        task: what to look at.
        ledger: told where runs end that are no candidates.

    Source: our own.
    """
    search = _ClassSearch(bench, task, ledger)
    passed = None if ledger is None else ledger.passed
    for part in task.parts:
        group_runs(part, search.verify, search.accept, bench.settings.min_block_lines, passed)
    return search.found


def is_whole(run: Run, record: FragmentRecord) -> bool:
    """Whether a run is the whole body of its function."""
    shape = record.outline.shape
    return bool(run.first_line <= shape[:, 3].min() and run.last_line >= shape[:, 4].max())


class _ClassSearch:
    def __init__(self, bench: Bench, task: BlockTask, ledger: RunLedger | None) -> None:
        self.bench, self.task, self.ledger = bench, task, ledger
        self.subjects = bench.subjects(task.texts)
        self.around = {(r.fragment.path, r.fragment.qualname): r.canonical_hash for r in task.records.values()}
        self.found: list[FoundBlocks] = []
        self.enclosing: dict[int, Enclosing] = {}
        self.blocks: dict[Run, Block | None] = {}
        self.faults: dict[Run, Rule | None] = {}
        self.graphs: dict[Fragment, str] = {}
        self.verdicts: dict[tuple[Fragment, Fragment], PairVerdict | None] = {}

    def verify(self, template: Run, copy: Run) -> float | None:
        """The closeness of two runs, None if they are no clones."""
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

    def accept(self, members: tuple[Run, ...], order: Order) -> tuple[Set[int], Set[int]] | None:
        """None for a class that is easy to extract; one that is not is kept for what remains at the end."""
        blocks = [block for run in members if (block := self._block(run)) is not None]
        verdicts = [verdict for block in blocks[1:] if (verdict := self._verdict(blocks[0], block)) is not None]
        candidate = refactor.build_block_candidate(blocks, verdicts, lambda: self._identity(blocks))
        if isinstance(candidate, refactor.Misfit):
            if self.ledger:
                self.ledger.refused(members, Rule(candidate.rule, candidate.reason))
            return candidate.lines, candidate.members
        if all(is_whole(run, self.task.records[run.function]) for run in members):  # functions are judged as wholes
            return frozenset(), frozenset()
        hold = Hold.NOTHING
        if not candidate.verdict.extractable:
            hold = Hold.CODE
        elif candidate.parameters > _EASY_PARAMETERS:
            hold = Hold.PARAMETERS
        self.found.append(FoundBlocks(order, hold, self._prospect(candidate, blocks, verdicts), members))
        if hold is Hold.NOTHING:
            return None
        return frozenset(), refactor.odd_members([_agreement(difference) for difference in candidate.differences])

    def _prospect(
        self, candidate: RefactoringCandidate, blocks: Sequence[Block], verdicts: Sequence[PairVerdict]
    ) -> Prospect:
        """A candidate whose members have the hashes of their own graphs and of the functions around them."""
        members = [
            replace(member, graph=self.graphs[block.subject.fragment], around=self.around[member.path, member.qualname])
            for member, block in zip(candidate.members, blocks, strict=True)
        ]
        subjects = [block.subject for block in blocks]
        shared = shared_content(subjects, [verdict.alignment for verdict in verdicts], self.task.commonness)
        return Prospect(self.bench.carried(replace(candidate, members=tuple(members))), shared)

    def _identity(self, blocks: Sequence[Block]) -> str:
        """The identity of a class of blocks, from their canonical graphs; never that of a class of whole functions."""
        for block in blocks:
            self.graphs[block.subject.fragment] = canonical_hash(build_pdg(block.subject.tree, ""))
        return class_id(["block", *[self.graphs[block.subject.fragment] for block in blocks]])

    def _block(self, run: Run) -> Block | None:
        if run not in self.blocks:
            if run.function not in self.enclosing:
                self.enclosing[run.function] = self.subjects.enclosing(self.task.records[run.function])
            self.blocks[run] = cut_block(self.enclosing[run.function], run.first_line, run.last_line)
        return self.blocks[run]

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
            self.verdicts[key] = verify_blocks(one, two, self.bench.settings.min_score)
        return self.verdicts[key]


def _agreement(difference: ClassDifference) -> list[bool]:
    """Whether each member has the representative's text."""
    return [site.text == difference.where[0].text for site in difference.where]

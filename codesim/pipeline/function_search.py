"""The search for clone classes of whole functions: retrieve, verify, group, refactor.

In: fragment records. Out: prospects. Verifying pairs and building candidates is work for every process: it comes in
tasks that hold all they need, and a task gives the same result wherever it is done. Fragments with equal canonical
graphs are clones by construction: one of them stands for all in retrieval and verification. Source: our own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from codesim import refactor  # it loads its libraries when there is a candidate
from codesim.embed import learned_cosine
from codesim.group import group_pairs, representative
from codesim.index import candidate_pairs
from codesim.pipeline.bench import Bench
from codesim.pipeline.focused import fragment_in_focus
from codesim.pipeline.identity import class_id
from codesim.pipeline.rank import Prospect, boilerplate_rule
from codesim.pipeline.rejected import NEAR, pairs_apart
from codesim.pipeline.result import Progress
from codesim.pipeline.shared import Commonness, shared_content, statement_hashes
from codesim.pipeline.subjects import Subjects
from codesim.pipeline.texts import Texts
from codesim.pipeline.workers import Workers
from codesim.report import Rejected
from codesim.source import Focus, is_test_path
from codesim.store import FragmentRecord
from codesim.verify import PairVerdict, nested, pair_closeness, score_pair

_PAIRS_PER_WORKER = 1_500  # below this a process costs more than it brings
_CLASS_TASKS = 4  # for each process
_PAIRS_AT_ONCE = 256  # in one process; for several, one task each: with more, more fragments are prepared twice


@dataclass(frozen=True, slots=True)
class PairTask:
    """Pairs to verify: their numbers in `records`. learned_dim: how many of a vector's first numbers are learned."""

    texts: Texts
    records: Mapping[int, FragmentRecord]
    pairs: Sequence[tuple[int, int]]
    learned_dim: int


@dataclass(frozen=True, slots=True)
class VerifiedPairs:
    """The closeness of each pair of a task, None for one that is no clone.

    statements: of each function that was prepared in another process; see `statement_hashes`.
    """

    closeness: list[float | None]
    statements: dict[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class ClassTask:
    """Classes to build candidates of: the members of each, its representative first."""

    texts: Texts
    classes: Sequence[Sequence[FragmentRecord]]
    learned_dim: int
    commonness: Commonness


def verify_pairs(bench: Bench, task: PairTask) -> VerifiedPairs:
    """Align each pair of a task and tell how close it is."""
    subjects = bench.subjects(task.texts)
    subjects.prefetch(task.records.values())
    closeness = [
        _closeness(subjects, task.records[i], task.records[j], task.learned_dim, bench.settings.min_score)
        for i, j in task.pairs
    ]
    if bench.is_here:
        return VerifiedPairs(closeness, {})
    statements = {k: statement_hashes(subjects.get(record)) for k, record in task.records.items()}
    bench.clear()  # few of them are members of a class, and 100 MB of trees in each process are much
    return VerifiedPairs(closeness, statements)


def build_classes(bench: Bench, task: ClassTask) -> list[Prospect]:
    """Build the candidate of each class of a task, if it is one."""
    found = [_prospect(bench, members, task) for members in task.classes]
    return [prospect for prospect in found if prospect is not None]


class FunctionSearch:
    """One scan's way from fragments to candidates of whole functions."""

    def __init__(
        self, records: Sequence[FragmentRecord], texts: Texts, focus: Focus | None,
        *, learned_dim: int, workers: Workers[Bench], keep_basis: bool,
    ) -> None:  # fmt: skip
        self.texts, self.focus, self.learned_dim = texts, focus, learned_dim
        self.workers, self.keep_basis, self.settings = workers, keep_basis, workers.here.settings
        copies: dict[str, list[FragmentRecord]] = defaultdict(list)
        for record in records:
            copies[record.canonical_hash].append(record)
        self.copies = list(copies.values())
        self.closeness: dict[tuple[int, int], float | None] = {}
        self.statements: dict[int, frozenset[int]] = {}
        self.groups: list[tuple[int, ...]] = []

    @property
    def subjects(self) -> Subjects:
        """The subjects prepared in this process."""
        return self.workers.here.subjects(self.texts)

    def candidates(self) -> list[tuple[int, int]]:
        """Retrieve: pairs of distinct graphs with similar vectors."""
        if not self.copies:
            return []
        first = [group[0] for group in self.copies]
        vectors = np.stack([record.vector for record in first])
        focus = None
        if self.focus is not None:
            focus = np.array([any(map(self._is_watched, group)) for group in self.copies], dtype=np.bool_)
        return candidate_pairs(vectors, self.settings.neighbours, self.settings.min_similarity, focus)

    def verify(self, pairs: Sequence[tuple[int, int]], say: Progress) -> dict[tuple[int, int], float]:
        """Verify: align each pair and keep the clones, with their closeness."""
        wanted = len(pairs) // _PAIRS_PER_WORKER
        processes = self.workers.count(wanted)
        if processes < 2:  # file by file: pair by pair, each file would be split again and again
            self.subjects.prefetch(self.copies[k][0] for k in {k for pair in pairs for k in pair})
        size = _PAIRS_AT_ONCE if processes < 2 else -(-len(pairs) // processes) or 1
        parts = [pairs[start : start + size] for start in range(0, len(pairs), size)]
        done = 0
        for part, found in zip(parts, self.workers.map(verify_pairs, self._tasks(parts), wanted), strict=True):
            self.closeness.update(zip(part, found.closeness, strict=True))
            self.statements.update(found.statements)
            done += len(part)
            say("verifying", done, len(pairs))
        return {pair: near for pair, near in self.closeness.items() if near is not None}

    def commonness(self) -> Commonness:
        """How common each statement is in the functions that take part in a pair."""
        paired = {k for pair in self.closeness for k in pair}
        here = [statement_hashes(self.subjects.get(self.copies[k][0])) for k in sorted(paired - self.statements.keys())]
        return Commonness([*self.statements.values(), *here])

    def classes(
        self, scores: Mapping[tuple[int, int], float], commonness: Commonness
    ) -> tuple[list[Prospect], list[Prospect]]:
        """Group and refactor: classes of work, and those of boilerplate where they are wanted."""
        identical = frozenset(k for k, group in enumerate(self.copies) if len(group) > 1)
        groups = group_pairs(scores, self._close, identical)
        single = set(range(len(self.copies))) - {member for group in groups for member in group}
        groups += [(member,) for member in sorted(single) if len(self.copies[member]) > 1]
        self.groups = groups
        found = self._built([members for group in groups if (members := self._members(group))], commonness)
        return [one for one in found if one.rule is None], [one for one in found if one.rule is not None]

    def rejected(self) -> list[Rejected]:
        """The pairs that were verified and are in no class together."""
        return pairs_apart([group[0] for group in self.copies], self.closeness, self.groups, self._compare)

    def _tasks(self, parts: Sequence[Sequence[tuple[int, int]]]) -> list[PairTask]:
        return [
            PairTask(
                self.texts,
                {k: self.copies[k][0] for k in sorted({k for pair in part for k in pair})},
                part,
                self.learned_dim,
            )
            for part in parts
        ]

    def _is_watched(self, record: FragmentRecord) -> bool:
        return self.focus is not None and fragment_in_focus(record.fragment, self.focus)

    def _close(self, i: int, j: int) -> float | None:
        """The closeness of a pair that retrieval may not have proposed."""
        if (i, j) not in self.closeness:
            one, two = (self.copies[k][0] for k in (i, j))
            self.closeness[i, j] = _closeness(self.subjects, one, two, self.learned_dim, self.settings.min_score)
        return self.closeness[i, j]

    def _compare(self, i: int, j: int) -> PairVerdict | None:
        """The verdict of a pair that was turned away; None where the vectors are not near, or one holds the other."""
        one, two = (self.copies[k][0] for k in (i, j))
        similarity = learned_cosine(one.vector, two.vector, self.learned_dim)
        if similarity < NEAR:
            return None
        left, right = self.subjects.get(one), self.subjects.get(two)
        if nested(left, right):
            return None
        return score_pair(left, right, similarity)

    def _members(self, group: tuple[int, ...]) -> list[FragmentRecord]:
        """The members of a class: its representative first, the others in order of place; none if not in focus."""
        standing = tuple(k for k in group if self.focus is not None and not all(map(self._is_watched, self.copies[k])))
        best = representative(standing or group, lambda i, j: self.closeness.get((i, j)) or 0.0)
        members = [record for k in group for record in self.copies[k]]
        if self.focus is not None and not any(map(self._is_watched, members)):
            return []
        chosen = min(  # a copy outside the focus first, then the one that was just written
            self.copies[best], key=lambda r: (self._is_watched(r), is_test_path(r.fragment.path), r.fragment)
        )
        others = sorted((r for r in members if r is not chosen), key=lambda r: (not self._is_watched(r), r.fragment))
        return [chosen, *others]

    def _built(self, classes: Sequence[Sequence[FragmentRecord]], commonness: Commonness) -> list[Prospect]:
        """The prospects of classes."""
        size = max(1, len(classes) // (_CLASS_TASKS * self.workers.count(0)))
        tasks = [
            ClassTask(self.texts, classes[start : start + size], self.learned_dim, commonness)
            for start in range(0, len(classes), size)
        ]
        return [p for found in self.workers.map(build_classes, tasks, 0, stay=self.keep_basis) for p in found]


def _closeness(
    subjects: Subjects, one: FragmentRecord, two: FragmentRecord, learned_dim: int, min_score: float
) -> float | None:
    left, right = subjects.get(one), subjects.get(two)
    return pair_closeness(left, right, learned_cosine(one.vector, two.vector, learned_dim), min_score)


def _prospect(bench: Bench, members: Sequence[FragmentRecord], task: ClassTask) -> Prospect | None:
    """The candidate of a class; None for one that holds nothing but each other, or that no one wants to see."""
    subjects, settings = bench.subjects(task.texts), bench.settings
    chosen, *others = members
    first = subjects.get(chosen)
    kept, verdicts, own = [first], list[PairVerdict](), [chosen.canonical_hash]
    for record in others:
        other = subjects.get(record)
        if not nested(first, other):
            kept.append(other)
            own.append(record.canonical_hash)
            verdicts.append(score_pair(first, other, learned_cosine(chosen.vector, record.vector, task.learned_dim)))
    rule = boilerplate_rule(kept)
    if len(kept) < 2 or (rule is not None and settings.min_value and not settings.rejected):
        return None
    tests = all(is_test_path(member.fragment.path) for member in kept)
    candidate = refactor.build_candidate(kept, verdicts, class_id(own), tests)
    named = [replace(member, graph=graph) for member, graph in zip(candidate.members, own, strict=True)]
    shared = shared_content(kept, [verdict.alignment for verdict in verdicts], task.commonness)
    return Prospect(bench.carried(replace(candidate, members=tuple(named))), shared, rule)

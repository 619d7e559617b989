"""Suppress comments that suppress nothing: no function, and no run of statements, that they speak of has a clone.

In: the file records of a scan. Out: a note for each comment that can go. Whether a clone would be worth reporting
depends on the rest of the code and does not count, so that a comment stays in use until its copy is gone. What is
suppressed takes no part in the scan itself, so it is looked for here, and only where there are such comments.
Source: our own; ruff's RUF100 is the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

import numpy as np

from codesim.embed import learned_cosine
from codesim.index import candidate_pairs
from codesim.parse import outline
from codesim.pipeline.bench import Bench
from codesim.pipeline.blocks import BlockSearch
from codesim.pipeline.rank import MIN_SUBSTANCE
from codesim.pipeline.shared import Commonness
from codesim.pipeline.texts import Texts
from codesim.pipeline.workers import Workers
from codesim.report import Unused
from codesim.source import EVERY_LINE, Focus, Mark
from codesim.store import FileRecord, FragmentRecord
from codesim.verify import nested, verify_pair


def unused_marks(
    records: Mapping[str, FileRecord], texts: Texts, workers: Workers[Bench], learned_dim: int, focus: Focus | None
) -> list[Unused]:
    """Find the suppress comments that suppress nothing.

    Args:
        records: of every file of the scan, by shown path.
        texts: of these files.
        workers: of the scan; nothing is worth handing over to another process.
        learned_dim: how many of a vector's first numbers are learned.
        focus: look at the comments in it only; None looks at all.

    Returns:
        In order of path and line.

    Source: our own.
    """
    places = {
        _Place(path, mark)
        for path, record in records.items()
        for mark in record.marks
        if focus is None or focus.holds(path, mark.line, mark.line)
    }
    if not places:
        return []
    search = _Search(records, texts, workers, learned_dim)
    used = search.of_functions(places)
    used |= search.of_blocks(places - used)
    return [Unused(f"{place.path}:{place.mark.line}", search.reason(place)) for place in sorted(places - used)]


def invalid_marks(records: Mapping[str, FileRecord], focus: Focus | None) -> list[str]:
    """What is wrong with suppress comments, in order of path and line; of the files in focus, or of all for None."""
    return [
        problem
        for path in sorted(records)
        if focus is None or path in focus.changed
        for problem in records[path].invalid
    ]


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    path: str
    mark: Mark

    def holds(self, record: FragmentRecord) -> bool:
        """Whether the comment suppresses a function, or speaks of lines in it."""
        span = record.fragment.span
        return record.fragment.path == self.path and (
            record.suppressed == self.mark.line or self.speaks_of(span.start_line, span.end_line)
        )

    def speaks_of(self, first: int, last: int) -> bool:
        return self.mark.first <= last and first <= self.mark.last


class _Search:
    def __init__(
        self, records: Mapping[str, FileRecord], texts: Texts, workers: Workers[Bench], learned_dim: int
    ) -> None:
        self.fragments = [item for path in sorted(records) for item in records[path].fragments]
        self.texts, self.workers, self.learned_dim = texts, workers, learned_dim
        self.settings, self.subjects = workers.here.settings, workers.here.subjects(texts)

    def of_functions(self, places: Set[_Place]) -> set[_Place]:
        """Those that suppress a function which has a clone."""
        by_line = {(place.path, place.mark.line): place for place in places}
        working = [record for record in self.fragments if record.substance >= MIN_SUBSTANCE]
        spoken_of = [by_line.get((r.fragment.path, r.suppressed)) for r in working]
        if not any(spoken_of):
            return set()
        focus = np.array([place is not None for place in spoken_of], dtype=np.bool_)
        vectors = np.stack([record.vector for record in working])
        used: set[_Place] = set()
        for i, j in candidate_pairs(vectors, self.settings.neighbours, self.settings.min_similarity, focus):
            both = {place for place in (spoken_of[i], spoken_of[j]) if place is not None}
            if not both <= used and self._are_clones(working[i], working[j]):
                used |= both
        return used

    def of_blocks(self, places: Set[_Place]) -> set[_Place]:
        """Those that keep a run of statements, or a function with one, out of the blocks."""
        lifted = [self._lifted(r) if any(place.holds(r) for place in places) else r for r in self.fragments]
        if not places:
            return set()
        focus = Focus({place.path: EVERY_LINE for place in places}, dated=False)
        blocks = BlockSearch(lifted, self.texts, focus, workers=self.workers, keep_basis=True)
        prospects = blocks.with_functions([], Commonness([]))
        members = [member for prospect in prospects for member in prospect.candidate.members]
        lines = {(r.fragment.path, r.fragment.qualname): r.suppressed for r in self.fragments}
        return {
            place
            for place in places
            for member in members
            if member.path == place.path
            and (
                place.speaks_of(member.start_line, member.end_line)
                or lines[member.path, member.qualname] == place.mark.line
            )
        }

    def reason(self, place: _Place) -> str:
        """Why a comment that is not used is not."""
        if any(place.holds(record) for record in self.fragments):
            return "suppresses nothing: what it speaks of has no copy in what was scanned"
        return "suppresses nothing: it speaks of no function or statement that is large enough to compare"

    def _are_clones(self, one: FragmentRecord, two: FragmentRecord) -> bool:
        left, right = self.subjects.get(one), self.subjects.get(two)
        if nested(left, right):
            return False
        cosine = learned_cosine(one.vector, two.vector, self.learned_dim)
        return verify_pair(left, right, cosine, self.settings.min_score) is not None

    def _lifted(self, record: FragmentRecord) -> FragmentRecord:
        """A record as it would be without suppress comments."""
        return replace(record, suppressed=0, outline=outline(self.subjects.enclosing(record).faithful))

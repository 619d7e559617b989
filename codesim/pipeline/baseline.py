"""What the baseline knows: which candidates are new, which gained a copy, and what to write down.

In: candidates and a `Baseline`. Out: the candidates that it does not know, or another baseline. A class is known if
each of its copies is matched by a copy of its own in the entries that share one with it; so a class that lost copies,
or whose copies now stand in one class or in two, is known, and one more copy is not. A copy is matched by its graph, a
block also by the graph of the function around it: between functions that have not changed nothing new can arise.
Source: our own (docs/baseline.md).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codesim.graph import SCHEMA_VERSION
from codesim.pipeline.version import ANALYSIS_VERSION
from codesim.refactor import Member, RefactoringCandidate
from codesim.store import Baseline, Copy, KnownClass

GRAPHS = f"{SCHEMA_VERSION}.{ANALYSIS_VERSION}"
"""The version of the graphs whose hashes a baseline holds; copies of another version are matched by their places."""

_MATCHES: tuple[Callable[[Copy, Copy], bool], ...] = (
    lambda old, new: old == new,
    lambda old, new: old.graph == new.graph and bool(old.around) == bool(new.around),
    lambda old, new: old.around == new.around != "",
)
"""When a known copy is a member, the closest way first; each known copy is so for one member."""


@dataclass(frozen=True, slots=True)
class Update:
    """Another baseline, and how many classes were added, gained copies, lost copies, and were taken out."""

    baseline: Baseline
    added: int = 0
    extended: int = 0
    shortened: int = 0
    removed: int = 0


class Known:
    """A baseline, ready to be asked.

    Args:
        baseline: what is known.
        folder: the folder that its places count from.
    """

    def __init__(self, baseline: Baseline, folder: Path) -> None:
        self.baseline, self.folder = baseline, folder
        self.same_graphs = baseline.graphs == GRAPHS
        self.by_key: dict[str, list[int]] = {}
        for number, entry in enumerate(baseline.classes):
            for key in sorted({key for copy in entry.copies for key in self._keys(copy)}):
                self.by_key.setdefault(key, []).append(number)

    def new_ones(self, candidates: Sequence[RefactoringCandidate]) -> list[RefactoringCandidate]:
        """The candidates that are new, and those that gained copies, which are named in them.

        In a check, only a copy in its focus counts as gained: what others added is theirs.

        Args:
            candidates: of a scan, in any order.

        Returns:
            In the same order; how many it leaves out is how many are known.
        """
        out = []
        for candidate in candidates:
            parts = [self._match(part) for part in (candidate, *candidate.covers)]
            if any(part.gained for part in parts):
                knows = any(part.matched for part in parts)
                gained = tuple(member for part in parts for member in part.gained) if knows else ()
                if not gained or _concerns(candidate, gained):
                    out.append(replace(candidate, gained=gained))
        return out

    def updated(self, candidates: Sequence[RefactoringCandidate]) -> Update:
        """The baseline with what is new in a scan.

        A class that gained copies gains them in the entry that matches most of it; nothing else is changed. A baseline
        of other graphs is written anew for the classes that are still found, by their places.

        Args:
            candidates: of a scan.
        """
        parts = _parts(candidates)
        matches = [self._match(part) for part in parts]
        added = [part for part, match in zip(parts, matches, strict=True) if not match.matched]
        if not self.same_graphs:
            found = {number for match in matches for number in match.matched}
            return Update(baseline_of(parts, self.folder), len(added), removed=len(self.baseline.classes) - len(found))
        entries = list(self.baseline.classes)
        extended = 0
        for part, match in zip(parts, matches, strict=True):
            if match.matched and match.gained:
                extended += 1
                number = _largest(match.matched)
                fresh = [copy_of(member, self.folder) for member in match.gained]
                entries[number] = KnownClass(part.id, (*entries[number].copies, *fresh))
        entries += [known_class(part, self.folder) for part in added]
        return Update(Baseline(GRAPHS, tuple(entries)), len(added), extended)

    def pruned(self, candidates: Sequence[RefactoringCandidate], is_judged: Callable[[str], bool]) -> Update:
        """The baseline without what a scan no longer finds.

        Args:
            candidates: of a scan that leaves out nothing for its value.
            is_judged: whether a place was scanned; an entry with a copy elsewhere stays as it is.
        """
        found: list[Counter[Copy]] = [Counter() for _ in self.baseline.classes]
        for part in _parts(candidates):
            for number, copies in self._match(part).matched.items():
                found[number] |= Counter(copies)
        kept: list[KnownClass] = []
        shortened = 0
        for entry, seen in zip(self.baseline.classes, found, strict=True):
            left = tuple((Counter(entry.copies) & seen).elements())
            if not all(is_judged(copy.place) for copy in entry.copies):
                kept.append(entry)
            elif len(left) > 1:
                kept.append(replace(entry, copies=left))
                shortened += len(left) < len(entry.copies)
        removed = len(self.baseline.classes) - len(kept)
        return Update(Baseline(self.baseline.graphs, tuple(kept)), shortened=shortened, removed=removed)

    def _match(self, candidate: RefactoringCandidate) -> _Match:
        """Match each member with a known copy of its own, the closest first."""
        new = [copy_of(member, self.folder) for member in candidate.members]
        numbers = sorted({number for copy in new for key in self._keys(copy) for number in self.by_key.get(key, ())})
        pool: Counter[tuple[int, Copy]] = Counter()
        taken: Counter[Copy] = Counter()
        for number in numbers:  # a copy that stands in two entries is one copy
            for copy, count in Counter(self.baseline.classes[number].copies).items():
                pool[number, copy] = max(0, count - taken[copy])
                taken[copy] = max(count, taken[copy])
        matched: dict[int, list[Copy]] = {}
        waiting = list(range(len(new)))
        for matches in _MATCHES if self.same_graphs else (_same_place,):
            for k in list(waiting):
                choice = next((item for item, left in pool.items() if left and matches(item[1], new[k])), None)
                if choice is not None:
                    pool[choice] -= 1
                    matched.setdefault(choice[0], []).append(choice[1])
                    waiting.remove(k)
        for k in list(waiting):  # in a function that has not changed, a formatter may bring runs to light
            choice = next((item for item in pool if new[k].around and item[1][1:] == new[k][1:]), None)
            if choice is not None:
                matched.setdefault(choice[0], []).append(choice[1])
                waiting.remove(k)
        return _Match(matched, [candidate.members[k] for k in waiting])

    def _keys(self, copy: Copy) -> tuple[str, ...]:
        if not self.same_graphs:
            return (copy.place,)
        return (f"@{copy.graph}", copy.around) if copy.around else (copy.graph,)


@dataclass(frozen=True, slots=True)
class _Match:
    """What of a class is known, by number of the entry, and the members that are not."""

    matched: dict[int, list[Copy]]
    gained: list[Member]


def baseline_of(candidates: Sequence[RefactoringCandidate], folder: Path) -> Baseline:
    """Write down every candidate of a scan, and those that it covers.

    Args:
        candidates: in any order.
        folder: the folder that places count from.
    """
    return Baseline(GRAPHS, tuple(known_class(part, folder) for part in _parts(candidates)))


def known_class(candidate: RefactoringCandidate, folder: Path) -> KnownClass:
    """An entry for one candidate."""
    return KnownClass(candidate.id, tuple(copy_of(member, folder) for member in candidate.members))


def copy_of(member: Member, folder: Path) -> Copy:
    """What a baseline holds of a member."""
    path = Path(os.path.relpath(member.path, folder)).as_posix()
    return Copy(member.graph, member.around, f"{path}::{member.qualname}")


def _concerns(candidate: RefactoringCandidate, gained: Sequence[Member]) -> bool:
    """Whether one of the copies is in focus; a scan of all has no focus."""
    return any(m.in_focus for m in gained) or not any(m.in_focus for m in candidate.members)


def _parts(candidates: Sequence[RefactoringCandidate]) -> list[RefactoringCandidate]:
    return [part for candidate in candidates for part in (candidate, *candidate.covers)]


def _largest(matched: dict[int, list[Copy]]) -> int:
    """The entry that matches most; of equal ones the first."""
    return min(matched, key=lambda number: (-len(matched[number]), number))


def _same_place(old: Copy, new: Copy) -> bool:
    return old.place == new.place and bool(old.around) == bool(new.around)

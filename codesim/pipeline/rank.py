"""What is worth reporting, and in which order.

In: fragment records and candidates. Out: those that are no boilerplate, not inside another candidate, best first.
Source: our own; the first form of a ranking that later learns from judged candidates.
"""

from __future__ import annotations

from codesim.refactor import CandidateKind, RefactoringCandidate
from codesim.store import FragmentRecord

MIN_SUBSTANCE = 3
"""Statements of real work below which a function is boilerplate: fewer than this are not worth a helper."""
_NOT_EXTRACTABLE = 0.25  # what the lines saved are worth when the data flow speaks against merging
_FREE_PARAMETERS = 2
_PARAMETER = 0.8  # what each further parameter leaves of the value: the call gets as hard to read as the copy


def is_reportable(record: FragmentRecord) -> bool:
    """Whether a fragment may be reported at all: not suppressed, and no boilerplate."""
    return not record.suppressed and record.substance >= MIN_SUBSTANCE


def without_nested(candidates: list[RefactoringCandidate]) -> list[RefactoringCandidate]:
    """Drop candidates whose members all lie inside the members of one other candidate (functions nested in clones)."""
    return [c for c in candidates if not any(c is not other and _inside(c, other) for other in candidates)]


def in_rank_order(candidates: list[RefactoringCandidate]) -> list[RefactoringCandidate]:
    """Production code first; then by the lines saved, weighted by score and by whether the class can be extracted."""
    return sorted(
        candidates,
        key=lambda c: (c.kind is CandidateKind.TESTS, -value(c), c.members[0].path, c.members[0].start_line, c.id),
    )


def value(candidate: RefactoringCandidate) -> float:
    """Lines that a maintainer may expect to save."""
    weight = 1.0 if candidate.verdict.extractable else _NOT_EXTRACTABLE
    weight *= _PARAMETER ** max(0, candidate.parameters - _FREE_PARAMETERS)
    return round(candidate.lines_saved * candidate.score * weight, 4)


def _inside(inner: RefactoringCandidate, outer: RefactoringCandidate) -> bool:
    return all(
        any(
            member.path == around.path
            and around.start_line <= member.start_line
            and member.end_line <= around.end_line
            and (around.start_line, around.end_line) != (member.start_line, member.end_line)
            for around in outer.members
        )
        for member in inner.members
    )

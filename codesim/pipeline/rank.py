"""What is worth reporting, and in which order.

In: fragment records and candidates. Out: those that are no boilerplate, not inside another candidate, best first.
Source: our own; the first form of a ranking that later learns from judged candidates.
"""

from __future__ import annotations

import math

from codesim.refactor import CandidateKind, RefactoringCandidate
from codesim.report import RankPart
from codesim.store import FragmentRecord

MIN_SUBSTANCE = 3
"""Statements of real work below which a function is boilerplate: fewer than this are not worth a helper."""
RANK_RULE = "production code before tests, what can be merged before the rest, then the largest value"
_FREE_PARAMETERS = 2
_PARAMETER = 0.8  # what each further parameter leaves of the value: the call gets as hard to read as the copy
_EVEN = 0.5  # the closeness of a pair that may be a clone or not
_UNEQUAL = 0.5  # what is left where the copies are surely not equal in behaviour: some merges are still wanted


def is_reportable(record: FragmentRecord) -> bool:
    """Whether a fragment may be reported at all: not suppressed, and no boilerplate."""
    return not record.suppressed and record.substance >= MIN_SUBSTANCE


def without_nested(candidates: list[RefactoringCandidate]) -> list[RefactoringCandidate]:
    """Drop candidates whose members all lie inside the members of one other candidate (functions nested in clones)."""
    return [c for c in candidates if not any(c is not other and _inside(c, other) for other in candidates)]


def is_worthwhile(candidate: RefactoringCandidate) -> bool:
    """Whether a maintainer gains by the candidate: lines, or, in production code, the knowledge of a copy.

    Tests that cannot be merged are left out: test suites repeat their shapes on purpose, and would flood the report.
    """
    return candidate.lines_saved > 0 and (candidate.verdict.extractable or candidate.kind is not CandidateKind.TESTS)


def in_rank_order(candidates: list[RefactoringCandidate]) -> list[RefactoringCandidate]:
    """Production code first, then what can be merged, then by the lines that a maintainer may expect to save."""
    return sorted(candidates, key=_rank)


def _rank(candidate: RefactoringCandidate) -> tuple[bool, bool, float, str, int, str]:
    first = candidate.members[0]
    in_tests = candidate.kind is CandidateKind.TESTS
    return in_tests, not candidate.verdict.extractable, -value(candidate), first.path, first.start_line, candidate.id


def value(candidate: RefactoringCandidate) -> float:
    """Lines that a maintainer may expect to save: the product of `rank_parts`."""
    return round(math.prod(part.value for part in rank_parts(candidate)), 4)


def rank_parts(candidate: RefactoringCandidate) -> tuple[RankPart, ...]:
    """The factors of a candidate's value, the lines first."""
    closeness = max(0.0, candidate.closeness - _EVEN) / (1.0 - _EVEN)
    equality = _UNEQUAL + (1.0 - _UNEQUAL) * candidate.score
    readable = _PARAMETER ** max(0, candidate.parameters - _FREE_PARAMETERS)
    return (
        RankPart("lines", float(candidate.lines_saved), "lines that the merge removes, helper and calls paid for"),
        RankPart("closeness", closeness, f"how far the closeness stands above even odds, {_EVEN}"),
        RankPart("equality", equality, f"{_UNEQUAL:.0%}, and the rest as the score says that the copies are equal"),
        RankPart("readability", readable, f"each parameter beyond {_FREE_PARAMETERS} leaves {_PARAMETER:.0%}"),
    )


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

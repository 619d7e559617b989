"""Refactor: judge and propose; returns values, never writes.

`build_candidate` makes of a clone class what the user gets: what differs, whether it can be merged, and the helper to
extract. libcst is imported only when a helper's text is written.
"""

from codesim.refactor.build import build_candidate
from codesim.refactor.candidate import (
    CandidateKind,
    ClassDifference,
    Helper,
    Member,
    RefactoringCandidate,
    Site,
    Verdict,
)

__all__ = [
    "CandidateKind",
    "ClassDifference",
    "Helper",
    "Member",
    "RefactoringCandidate",
    "Site",
    "Verdict",
    "build_candidate",
]

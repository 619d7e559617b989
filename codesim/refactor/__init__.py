"""Refactor: judge and propose; returns values, never writes.

`build_candidate` makes of a clone class what the user gets: what differs, whether it can be merged, and the helper to
extract. libcst is imported only when a helper's text is written.
"""

from codesim.refactor.build import build_candidate
from codesim.refactor.candidate import (
    Basis,
    CandidateKind,
    ClassDifference,
    FilledHole,
    Helper,
    HoleRole,
    Member,
    RankPart,
    RefactoringCandidate,
    Site,
    Verdict,
)
from codesim.refactor.correspondence import Counterpart, correspond, find_counterparts
from codesim.refactor.data_flow import DataFlow, data_flow
from codesim.refactor.saving import code_lines

__all__ = [
    "Basis",
    "CandidateKind",
    "ClassDifference",
    "Counterpart",
    "DataFlow",
    "FilledHole",
    "Helper",
    "HoleRole",
    "Member",
    "RankPart",
    "RefactoringCandidate",
    "Site",
    "Verdict",
    "build_candidate",
    "code_lines",
    "correspond",
    "data_flow",
    "find_counterparts",
]

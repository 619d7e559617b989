"""Refactor: judge and propose; returns values, never writes.

`build_candidate` makes of a clone class what the user gets: what differs, whether it can be merged, and the helper to
extract; `build_block_candidate` does so for runs of statements inside functions. libcst is imported only when a
helper's text is written.
"""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.refactor.block_build import Misfit, build_block_candidate, odd_members
    from codesim.refactor.build import build_candidate
    from codesim.refactor.candidate import (
        Basis,
        CandidateKind,
        ClassDifference,
        FilledHole,
        Gain,
        Helper,
        HoleRole,
        Member,
        RankPart,
        RefactoringCandidate,
        Site,
        Verdict,
    )
    from codesim.refactor.correspondence import Counterpart, correspond, find_counterparts, rows_between
    from codesim.refactor.data_flow import DataFlow, data_flow
    from codesim.refactor.saving import code_lines

__all__ = [
    "Basis",
    "CandidateKind",
    "ClassDifference",
    "Counterpart",
    "DataFlow",
    "FilledHole",
    "Gain",
    "Helper",
    "HoleRole",
    "Member",
    "Misfit",
    "RankPart",
    "RefactoringCandidate",
    "Site",
    "Verdict",
    "build_block_candidate",
    "build_candidate",
    "code_lines",
    "correspond",
    "data_flow",
    "find_counterparts",
    "odd_members",
    "rows_between",
]

import_late(
    __name__,
    {
        "block_build": "Misfit build_block_candidate odd_members",
        "build": "build_candidate",
        "candidate": (
            "Basis CandidateKind ClassDifference FilledHole Gain Helper HoleRole Member RankPart "
            "RefactoringCandidate Site Verdict"
        ),
        "correspondence": "Counterpart correspond find_counterparts rows_between",
        "data_flow": "DataFlow data_flow",
        "saving": "code_lines",
    },
)

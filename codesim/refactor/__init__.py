"""Refactor: judge and propose; returns values, never writes."""

from codesim.refactor.candidate import CandidateKind, ClassDifference, Helper, Member, RefactoringCandidate, Site, Verdict

__all__ = ["CandidateKind", "ClassDifference", "Helper", "Member", "RefactoringCandidate", "Site", "Verdict"]

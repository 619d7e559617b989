"""Clone classes from source texts."""

from __future__ import annotations

from collections.abc import Sequence

from cases import subject_of

from codesim.refactor import RefactoringCandidate, build_candidate
from codesim.verify import Subject, score_pair


def members_of(*texts: str, paths: Sequence[str] = (), qualnames: Sequence[str] = ()) -> list[Subject]:
    """One subject per text; without paths, each is in a file of its own (a.py, b.py, ...)."""
    paths = paths or [f"{chr(ord('a') + i)}.py" for i in range(len(texts))]
    names = qualnames or [None] * len(texts)
    return [subject_of(text, name, path) for text, name, path in zip(texts, names, paths, strict=True)]


def candidate_of(
    *texts: str, paths: Sequence[str] = (), qualnames: Sequence[str] = (), is_tests: bool = False
) -> RefactoringCandidate:
    """The candidate of a class, whatever its score."""
    members = members_of(*texts, paths=paths, qualnames=qualnames)
    verdicts = [score_pair(members[0], member, 1.0) for member in members[1:]]
    return build_candidate(members, verdicts, "0" * 16, is_tests)

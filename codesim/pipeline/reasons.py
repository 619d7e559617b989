"""Explain a candidate: the reasons for its score, clone type, verdict and rank, and what corresponds to what.

In: a candidate with its basis, or the beginning of the id of one that a scan reports. Out: an `Explanation` for the
reporters. A scan keeps what its candidates were built from, so that what is explained is what was decided, not a second
computation beside it.
Source: our own.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codesim.config import Settings
from codesim.errors import CandidateError, ConfigError
from codesim.pipeline.corridor import scan
from codesim.pipeline.rank import RANK_RULE, Prospect, rank_parts
from codesim.pipeline.result import Progress
from codesim.pipeline.shared import Commonness, shared_content, statement_hashes
from codesim.refactor import (
    Basis,
    RefactoringCandidate,
    correspond,
    data_flow,
    find_counterparts,
    rows_between,
)
from codesim.report import ExplainedPair, Explanation, ScanReport
from codesim.verify import Difference, explain_type, score_parts

_MOST_OTHERS = 5


@dataclass(frozen=True, slots=True)
class Explained:
    """A report with the one candidate that was explained, its explanation, and the warnings of the scan."""

    report: ScanReport
    explanation: Explanation
    warnings: tuple[str, ...] = ()


def explain(
    paths: Sequence[Path],
    settings: Settings,
    root: Path,
    name: str,
    *,
    only: int | None = None,
    progress: Progress | None = None,
) -> Explained:
    """Scan, and explain the candidate whose id begins with a name.

    Args:
        paths: files and folders; none means the working directory.
        settings: as for `scan`.
        root: the project's root, where the cache lives.
        name: the first digits of an id, at least one.
        only: explain only the pair of the representative and this member, from 2; None explains all.
        progress: told how far each stage is.

    Returns:
        Explained: byte-identical for equal input, as the scan's own report is.

    Raises:
        CandidateError: no candidate has such an id, or more than one.
        ConfigError: there is no such member.

    Source: our own.
    """
    result = scan(paths, replace(settings, rejected=False), root, progress=progress)
    candidates = result.report.candidates
    place = _find(candidates, name, result.report.summary.files)
    explanation = explain_candidate(candidates[place], only, place + 1, len(candidates))
    report = replace(result.report, candidates=(candidates[place],))
    return Explained(report, explanation, tuple(result.warnings))


def explain_candidate(
    candidate: RefactoringCandidate, only: int | None = None, rank: int = 0, ranked: int = 0
) -> Explanation:
    """Explain a candidate that was built in this process.

    Args:
        candidate: with its basis.
        only: explain only the pair of the representative and this member, from 2; None explains all.
        rank: its place among the candidates of a scan, from 1; 0 where there was none.
        ranked: how many these are.

    Returns:
        Explanation: `pairs` has one entry for each member but the first, or the one asked for.

    Raises:
        ConfigError: there is no such member.
        ValueError: the candidate has no basis.

    Source: our own.
    """
    if candidate.basis is None:
        raise ValueError("only a candidate that keeps its basis can be explained")
    members = len(candidate.members)
    if only is not None and not 2 <= only <= members:
        problem = f"{only} is no other member: this candidate has {members}"
        raise ConfigError("--with", problem, "2" if members == 2 else f"2 to {members}")
    basis = candidate.basis
    if not candidate.rank_parts:
        candidate = replace(candidate, rank_parts=rank_parts(lone_prospect(candidate, basis)))
    pairs = [_pair(candidate, basis, k) for k in range(1, members)]
    return Explanation(
        candidate=candidate,
        pairs=tuple(pair for pair in pairs if only in (None, pair.number)),
        deciding=min(pairs, key=lambda pair: pair.score),
        typing=max(pairs, key=lambda pair: pair.clone_type),
        holes=basis.holes,
        flow=data_flow(basis.subjects[0]),
        rank=rank,
        ranked=ranked,
        value=candidate.value,
        rank_parts=candidate.rank_parts,
        rank_rule=RANK_RULE,
    )


def lone_prospect(candidate: RefactoringCandidate, basis: Basis) -> Prospect:
    """A candidate that stands alone: nothing is known of what is common around it, or of its history."""
    alignments = [verdict.alignment for verdict in basis.verdicts]
    return Prospect(
        candidate, shared_content(basis.subjects, alignments, Commonness(map(statement_hashes, basis.subjects)))
    )


def _pair(candidate: RefactoringCandidate, basis: Basis, k: int) -> ExplainedPair:
    left, right, verdict = basis.subjects[0], basis.subjects[k], basis.verdicts[k - 1]
    alignment = verdict.alignment
    first, other = candidate.members[0], candidate.members[k]
    rows = rows_between(correspond(left, right, alignment), first.start_line, other.start_line)
    return ExplainedPair(
        number=k + 1,
        left=first,
        right=other,
        correspondence=rows,
        differences=_in_row_order(alignment.differences, rows),
        counterparts=find_counterparts(left, right, alignment, rows),
        aligned_share=alignment.aligned_share,
        score=verdict.score,
        similarity=verdict.similarity,
        clone_type=verdict.clone_type,
        score_parts=score_parts(verdict.features),
        type_reason=explain_type(left, right, alignment)[1],
    )


def _in_row_order(
    differences: Sequence[Difference], rows: Sequence[tuple[int | None, int | None]]
) -> tuple[Difference, ...]:
    """Differences in the order in which a reader meets them; the verifier puts first what only the right side has."""
    left = {line: number for number, (line, _) in enumerate(rows)}
    right = {line: number for number, (_, line) in enumerate(rows)}
    return tuple(
        sorted(differences, key=lambda d: left.get(d.left.line, 0) if d.left.text else right.get(d.right.line, 0))
    )


def _find(candidates: Sequence[RefactoringCandidate], name: str, files: int) -> int:
    """The index of the only candidate whose id begins with a name."""
    wanted = name.lower()
    found = [k for k, candidate in enumerate(candidates) if candidate.id.startswith(wanted)] if wanted else []
    if len(found) == 1:
        return found[0]
    if found:
        raise CandidateError(
            name, f"{len(found)} candidates have an id that begins so:", _described(candidates, found[:_MOST_OTHERS])
        )
    if not candidates:
        seen = "reports no candidate" if files else "found no Python file that could be analysed"
        raise CandidateError(name, f"no candidate has an id that begins so: the scan {seen}")
    if not wanted:
        raise CandidateError("ID", "give at least the first digit of one, such as:", _described(candidates, range(1)))
    nearest = sorted(range(len(candidates)), key=lambda k: _distance(candidates[k].id, wanted))
    raise CandidateError(
        name,
        "no candidate has an id that begins so (an edit inside the functions changes it); the nearest are:",
        _described(candidates, nearest[:_MOST_OTHERS]),
    )


def _distance(identity: str, wanted: str) -> tuple[int, float, str]:
    """How far an id is from what the user wrote: a shared beginning first, then likeness."""
    likeness = difflib.SequenceMatcher(None, identity[: max(1, len(wanted))], wanted, autojunk=False).ratio()
    shared = next((k for k, (a, b) in enumerate(zip(identity, wanted, strict=False)) if a != b), len(wanted))
    return -shared, -likeness, identity


def _described(candidates: Sequence[RefactoringCandidate], places: Sequence[int]) -> tuple[str, ...]:
    firsts = [(candidates[k].id, candidates[k].members[0]) for k in places]
    return tuple(f"{identity}  {first.path}:{first.start_line}  {first.qualname}" for identity, first in firsts)

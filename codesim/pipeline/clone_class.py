"""From a clone class of functions to its candidate, without the copies that stand in the way of a merge.

In: the members with their verified pairs and the hashes of their graphs. Out: the candidate of the class; or, where
production code cannot be merged as a whole, that of the copies which differ from the first one in values only, and the
whole class with the rule that keeps it out. All members of a class are close to one another, yet one of them may do
something else, and then the class as a whole says little. Source: our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from codesim import refactor  # the rooms that build are loaded when there is a candidate
from codesim.pipeline.identity import class_id
from codesim.pipeline.rank import Rule
from codesim.refactor import RefactoringCandidate
from codesim.source import Fragment, is_test_path
from codesim.verify import Axis, PairVerdict, Subject


@dataclass(frozen=True, slots=True)
class CloneClass:
    """The members of a class, the representative first, their verified pairs, the candidate, and what keeps it out."""

    members: Sequence[Subject]
    verdicts: Sequence[PairVerdict]
    candidate: RefactoringCandidate
    rule: Rule | None = None


def build_classes(
    members: Sequence[Subject], verdicts: Sequence[PairVerdict], graphs: Mapping[Fragment, str]
) -> list[CloneClass]:
    """Build the candidate of a class, without the copies that do something else if only so it can be merged.

    Args:
        members: at least two; the representative first.
        verdicts: of the representative with each other member, in order.
        graphs: the canonical hash of each member.

    Returns:
        The whole class where it can be merged, or no part of it can, or it is one of tests; else the part that can, and
        the whole class with its rule.

    Source: our own.
    """
    whole = _built(members, verdicts, graphs)
    same = [k for k, verdict in enumerate(verdicts, 1) if not _does_something_else(verdict)]
    if whole.candidate.verdict.extractable or not 0 < len(same) < len(verdicts) or _are_tests(members):
        return [whole]
    part = _built([members[0], *[members[k] for k in same]], [verdicts[k - 1] for k in same], graphs)
    if not part.candidate.verdict.extractable:
        return [whole]
    reason = f"{len(same) + 1} of the {len(members)} copies can be merged; {whole.candidate.verdict.reasons[0]}"
    return [part, replace(whole, rule=Rule("different", reason))]


def _built(members: Sequence[Subject], verdicts: Sequence[PairVerdict], graphs: Mapping[Fragment, str]) -> CloneClass:
    own = [graphs[member.fragment] for member in members]
    candidate = refactor.build_candidate(members, verdicts, class_id(own), _are_tests(members))
    named = [replace(member, graph=graph) for member, graph in zip(candidate.members, own, strict=True)]
    return CloneClass(members, verdicts, replace(candidate, members=tuple(named)))


def _are_tests(members: Sequence[Subject]) -> bool:
    return all(is_test_path(member.fragment.path) for member in members)


def _does_something_else(verdict: PairVerdict) -> bool:
    return any(difference.axis is Axis.BEHAVIOUR for difference in verdict.alignment.differences)

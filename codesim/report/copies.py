"""What a check says of each copy in its focus: of what it is a copy, since when, and what to do.

In: a candidate whose members are marked. Out: one sentence for each copy in focus, which alone suffices to find the
original. Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codesim.refactor import CandidateKind, Member, RefactoringCandidate
from codesim.report.wording import counted, member_name
from codesim.source import Age, is_test_path


@dataclass(frozen=True, slots=True)
class CopyNote:
    """A copy in focus, and what is said of it."""

    member: Member
    text: str


def original(candidate: RefactoringCandidate) -> Member:
    """The copy to reuse: one that stood there before and is not in focus, if there is one.

    Args:
        candidate: any candidate.

    Returns:
        Of equals the first in production code, and of those the first.
    """

    def order(member: Member) -> tuple[bool, bool, bool]:
        return member.age not in {None, Age.OLD}, member.in_focus, is_test_path(member.path)

    return min(candidate.members, key=order)


def copy_notes(candidate: RefactoringCandidate) -> list[CopyNote]:
    """Say of each copy in focus what it is a copy of, and what to do.

    Args:
        candidate: of a check.

    Returns:
        In the order of the members; nothing for a candidate of a scan without a focus.

    Source: our own.
    """
    first = original(candidate)
    copies = [member for member in candidate.members if member.in_focus and member is not first]
    if first.in_focus and not copies:  # it alone was touched
        first, copies = next(member for member in candidate.members if member is not first), [first]
    others = len(candidate.members) - 1 - len(copies)
    more = f" (and {counted(others, 'more place')})" if others else ""
    place = f"{first.path}:{first.start_line} {member_name(candidate, first)}{more}"
    return [CopyNote(copy, f"{_relation(first, copy)} {place}: {_remedy(candidate, first, copy)}") for copy in copies]


def _relation(first: Member, copy: Member) -> str:
    if copy.age is Age.NEW:
        return "new copy of"
    if copy.age is Age.CHANGED:
        return "changed, but not its copy" if first.age is Age.OLD else "changed, as is its copy"
    return "copy of"


def _remedy(candidate: RefactoringCandidate, first: Member, copy: Member) -> str:
    if not candidate.verdict.extractable:
        return f"cannot be merged as it stands, {candidate.verdict.reasons[0]}"
    if candidate.kind is CandidateKind.BLOCK:
        remedy = "move both into one helper"
    elif candidate.kind is CandidateKind.TESTS or candidate.helper is None:
        remedy = candidate.advice[:1].lower() + candidate.advice[1:].removesuffix(".")
    else:
        use = "call it" if copy.path == first.path else "reuse it" if "." in first.qualname else "import it"
        added = candidate.helper.new_parameters
        remedy = f"extend it by {_listed(added)} and {use}" if added else use
    diverge = copy.age is Age.CHANGED and first.age is Age.OLD
    return f"change both, or {remedy}" if diverge else remedy


def _listed(names: Sequence[str]) -> str:
    *most, last = (f"`{name}`" for name in names)
    return f"{', '.join(most)} and {last}" if most else last

"""What a check keeps of a scan: the candidates that have a member in its focus, each member marked by its age.

In: prospects and a focus. Out: some of them. Retrieval starts from the focus already; here it is made exact, as a class
of blocks may have shrunk away from the changed lines that it began with. Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codesim.pipeline.rank import Prospect
from codesim.refactor import Member
from codesim.source import Focus, Fragment


def in_focus(prospects: Sequence[Prospect], focus: Focus | None) -> list[Prospect]:
    """Keep the prospects that have a member in focus, and mark all members.

    Args:
        prospects: of any kind.
        focus: what the check is about; None keeps all as they are.

    Source: our own.
    """
    if focus is None:
        return list(prospects)
    marked = [_marked(prospect, focus) for prospect in prospects]
    return [prospect for prospect in marked if any(member.in_focus for member in prospect.candidate.members)]


def fragment_in_focus(fragment: Fragment, focus: Focus) -> bool:
    """Tell whether a fragment is in focus, by any of its lines, decorators included."""
    return focus.holds(fragment.path, fragment.span.start_line, fragment.span.end_line)


def _marked(prospect: Prospect, focus: Focus) -> Prospect:
    candidate = prospect.candidate
    members = tuple(_marked_member(member, focus) for member in candidate.members)
    return replace(prospect, candidate=replace(candidate, members=members))


def _marked_member(member: Member, focus: Focus) -> Member:
    place = (member.path, member.start_line, member.end_line)
    return replace(member, in_focus=focus.holds(*place), age=focus.age(*place))

"""Where a finding stands, as a forge wants it: which copy comes first, and paths from the root of the repository.

In: a candidate, and where the working directory lies in the repository (a report's paths count from it). Out: the copy
to show the finding at with the others behind it, and paths, URIs and links that a code review resolves. One idea: a
finding belongs to the copy that is to go, and names the others.
Source: our own; URIs by RFC 3986.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from codesim.refactor import Member, RefactoringCandidate
from codesim.report.copies import original


class Arranged(NamedTuple):
    """The copy to show a finding at, and the others, of which the one to keep comes first."""

    first: Member
    others: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Checkout:
    """A repository as it lies on disk.

    root: its root folder; here: the working directory; both absolute, POSIX. web: what a link to a file begins with, up
    to the slash before the path; empty makes links relative.
    """

    root: str
    here: str
    web: str = ""

    def path_of(self, shown: str) -> str:
        """Give a path from the root of the repository.

        Args:
            shown: a path of a report: from the working directory, or absolute.

        Returns:
            A relative path without `./`; an absolute one for what lies outside.
        """
        absolute = posixpath.normpath(posixpath.join(self.here, shown))
        return absolute.removeprefix(self.root.rstrip("/") + "/")

    def link_to(self, member: Member) -> str:
        """Give the address of a copy, lines included, as GitHub and GitLab understand it."""
        return f"{self.web}{encoded(self.path_of(member.path))}#L{member.start_line}-L{member.end_line}"


def encoded(path: str) -> str:
    """Spell a path as part of a URI: everything but letters, digits and `/-._~` as percent escapes."""
    return quote(path, safe="/", errors="replace")


def arrange(candidate: RefactoringCandidate) -> Arranged:
    """Choose the copy that a finding is shown at.

    Args:
        candidate: at least two members, the representative first.

    Returns:
        In a check, the first copy in focus that is not the original, if it can be had, and the original next; beside a
        baseline, the first copy that it does not know; else the copy that differs from the representative in most
        places, the first of equals.
    """
    members = candidate.members
    checked = [member for member in members if member.in_focus]
    news = checked or [member for member in members if member in candidate.gained]
    kept = original(candidate) if checked else next((member for member in members if member not in news), members[0])
    if news:
        first = next((member for member in news if member is not kept), kept)
    else:
        first = max(members[1:], key=lambda member: _changes(candidate, member))
    others = sorted((member for member in members if member is not first), key=lambda member: member is not kept)
    return Arranged(first, tuple(others))


def _changes(candidate: RefactoringCandidate, member: Member) -> int:
    return sum(
        site.text != difference.where[0].text
        for difference in candidate.differences
        for site in difference.where[1:]
        if site.path == member.path and member.start_line <= site.line <= member.end_line
    )

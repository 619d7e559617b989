"""The one sentence that stands for a candidate where there is no room for more: an alert, an annotation, a log line.

In: a candidate, and its other copies as each format names them. Out: what it is a copy of, what merging saves, and what
to do; the same words in every format, so that a finding is known again. Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence

from codesim.refactor import Gain, Member, RefactoringCandidate
from codesim.report import wording
from codesim.report.places import Checkout

MOST_NAMED = 5
"""Copies that a sentence names; the others are counted."""


def title(candidate: RefactoringCandidate) -> str:
    """Name the finding in a few words, such as `Near-miss copy (type 3)`."""
    words = wording.clone_type(candidate)
    return words[0].upper() + words[1:]


def relation(candidate: RefactoringCandidate) -> str:
    """Say what a copy is to another, such as `Near-miss copy (type 3) of`."""
    return f"{title(candidate)} {'as' if candidate.clone_type == 4 else 'of'}"


def named(candidate: RefactoringCandidate, member: Member, path: str) -> str:
    """Name a copy, such as `shop/orders.py:8 read_orders`.

    Args:
        candidate: the copy's candidate.
        member: the copy.
        path: its path, as the format spells it.
    """
    return f"{path}:{member.start_line} {wording.member_name(candidate, member)}"


def advice_in(checkout: Checkout, candidate: RefactoringCandidate) -> str:
    """Give a candidate's advice; the copy to keep, where it names one, by its path from the root of the repository."""
    for kept in {member.path for member in candidate.members}:
        if f"`{kept}::" in candidate.advice:
            return candidate.advice.replace(f"`{kept}::", f"`{checkout.path_of(kept)}::")
    return candidate.advice


def sentence(candidate: RefactoringCandidate, others: Sequence[str], advice: str) -> str:
    """Say what a copy is, and what to do about it.

    Args:
        candidate: the candidate.
        others: the other copies as the format names them, at least one.
        advice: the candidate's advice, made fit for the format.

    Returns:
        One line.
    """
    hidden = len(others) - MOST_NAMED
    copies = ", ".join(others[:MOST_NAMED]) + (f" and {hidden:,} more" if hidden > 0 else "")
    small = ", a small gain" if candidate.gain is Gain.SMALL else ""
    return f"{relation(candidate)} {copies}; {wording.saving(candidate)}{small}. {advice}"

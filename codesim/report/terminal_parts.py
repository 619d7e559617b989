"""What every text about a candidate shares: its headline, and sections with a title.

In: a candidate, or lines. Out: rich `Text` lines. The report and the explanation of one candidate agree in these to the
letter, so that an id or a score is found where it was seen before. Source: our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from codesim.refactor import RefactoringCandidate
from codesim.report import wording
from codesim.report.copies import copy_notes
from codesim.report.visible import visible

INDENT = "    "


def headline(candidate: RefactoringCandidate, place: str, encoding: str) -> Text:
    """Say in one line what a candidate is.

    Args:
        candidate: of a scan or a comparison.
        place: where it stands in a ranking, such as "#3"; "" for none.
        encoding: of the console.
    """
    return Text.assemble(
        (f"{place}  " if place else "", "bold"),
        (visible(candidate.id, encoding), "cyan"),
        "  ",
        (wording.clone_type(candidate), "bold"),
        f"  closeness {candidate.closeness:.2f}  score {candidate.score:.2f}  ",
        (wording.saving(candidate), "bold green" if candidate.lines_saved > 0 else "dim"),
        f"  {candidate.kind.value}",
    )


def copy_lines(candidate: RefactoringCandidate, encoding: str) -> Iterator[Text]:
    """Say of each copy in the focus of a check what it is a copy of; nothing where there is no focus.

    Args:
        candidate: of a scan or a check.
        encoding: of the console.
    """
    for note in copy_notes(candidate):
        place = f"{note.member.path}:{note.member.start_line}"
        name = wording.member_name(candidate, note.member)
        yield Text.assemble(
            INDENT, (visible(place, encoding), "magenta"), f" {visible(name, encoding)}: ", visible(note.text, encoding)
        )


def section(title: str, lines: Iterable[Text]) -> Iterator[Text]:
    """Put lines under a title, indented, with a blank line after them."""
    yield Text(f"  {title}", style="bold")
    for line in lines:
        yield Text(INDENT).append_text(line)
    yield Text()

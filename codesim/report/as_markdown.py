"""The report as Markdown, for a comment on a pull request or the summary of a job.

In: a `ScanReport` and where the repository lies. Out: Markdown that stays within what a forge takes: the first
candidates with code and helper, each folded, then the others in a line each, then a count. All scanned text stands in
code (`markdown_text`).
Source: our own; the bound is that of a comment on GitHub, below that of a job summary (1 MiB) and of a note on GitLab.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from codesim.refactor import Gain, Member, RefactoringCandidate
from codesim.report import wording
from codesim.report.markdown_text import code, code_block, html_code, prose
from codesim.report.message import advice_in, named, relation
from codesim.report.places import Checkout, arrange
from codesim.report.rows import Mark, align_rows, cut_cell
from codesim.report.scan_report import ScanReport
from codesim.report.visible import visible_code

LONGEST = 65_000
"""UTF-16 code units; GitHub takes 65,536 in a comment, and who posts it may want to add a line."""
MARKER = "<!-- codesim -->"
"""First line, by which a job finds its earlier comment to replace it."""
_FOLDED_SHARE = 0.75  # of the room for candidates with code; the rest is for lists
_FRAME = 200  # room for what stands around a list
_CLOSING = 4 * _FRAME  # room for the frames of lists that do not fit, and the last line
_MOST_ROWS, _MOST_COPIES, _LONGEST_LINE = 100, 10, 160

Ranked = tuple[int, RefactoringCandidate]


def render_markdown(report: ScanReport, checkout: Checkout, longest: int = LONGEST) -> str:
    """Render a report as Markdown.

    Args:
        report: the scan's result.
        checkout: where the repository lies, and what links begin with.
        longest: most UTF-16 code units of the text, at least 3,000.

    Returns:
        Markdown with a line end.
    """
    found, _, seen = wording.summary_sentence(report).partition("; ")
    text = f"{MARKER}\n## codesim: {found}\n\n"
    if not report.candidates:
        text += f"{wording.nothing_found(report)}\n\n"
    closing = f"{seen[0].upper()}{seen[1:]}. codesim {code(report.version)}.\n"
    writer = _Writer(checkout)
    ranked = list(enumerate(report.candidates, start=1))
    clear = [each for each in ranked if each[1].gain is Gain.CLEAR]
    small = [each for each in ranked if each[1].gain is Gain.SMALL]
    room = longest - _units(text) - _CLOSING
    shown = list(_fitting(map(writer.section, clear), int(room * _FOLDED_SHARE)))
    text += "".join(shown)
    for what, rest in (("more", clear[len(shown) :]), ("with a small gain", small)):
        text += _folded(len(rest), "candidate", what, map(writer.line, rest), longest - _units(text) - _CLOSING)
    skipped = report.summary.skipped
    lines = (f"- {code(each.path)}: {prose(each.reason)}\n" for each in skipped)
    text += _folded(len(skipped), "file", "skipped", lines, longest - _units(text) - _CLOSING)
    return text + closing


class _Writer:
    """Writes candidates; holds what each needs."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout

    def section(self, each: Ranked) -> str:
        rank, candidate = each
        first, others = arrange(candidate)
        summary = (
            f"<b>{rank}.</b> {relation(candidate)} {html_code(self._name(candidate, others[0]))}"
            f"{_more(len(others) - 1)}: {html_code(self._name(candidate, first))}, {wording.saving(candidate)}"
        )
        parts = [
            f"<details>\n<summary>{summary}</summary>\n\n",
            f"{prose(advice_in(self.checkout, candidate))}\n\n",
            "".join(f"- {self._place(candidate, member)}\n" for member in candidate.members[:_MOST_COPIES]),
            f"- and {hidden:,} more\n" if (hidden := len(candidate.members) - _MOST_COPIES) > 0 else "",
            "\n",
            code_block(_diff(candidate), "diff"),
            "\n",
            self._remedy(candidate),
            f"{code(f'codesim explain {candidate.id}')} says more.\n\n</details>\n\n",
        ]
        return "".join(parts)

    def line(self, each: Ranked) -> str:
        rank, candidate = each
        first, others = arrange(candidate)
        return (
            f"- {rank}: {relation(candidate)} {self._place(candidate, others[0])}"
            f"{_more(len(others) - 1)}: {self._place(candidate, first)}, {wording.saving(candidate)}\n"
        )

    def _remedy(self, candidate: RefactoringCandidate) -> str:
        reasons = "".join(f"- {prose(reason)}\n" for reason in candidate.verdict.reasons)
        verdict = f"{wording.verdict(candidate).capitalize()}\n{reasons}\n"
        helper = candidate.helper
        if helper is None or not helper.text:
            return verdict
        lines = [_cut(visible_code(line)) for line in helper.text.splitlines()]
        return f"{verdict}The helper:\n\n{code_block(_first(lines, _MOST_ROWS), 'python')}\n"

    def _place(self, candidate: RefactoringCandidate, member: Member) -> str:
        return f"[{code(self._name(candidate, member))}]({self.checkout.link_to(member)})"

    def _name(self, candidate: RefactoringCandidate, member: Member) -> str:
        return named(candidate, member, self.checkout.path_of(member.path))


def _diff(candidate: RefactoringCandidate) -> list[str]:
    lines = []
    for row in align_rows(candidate):
        left, right = (None if cell is None else cut_cell(cell, _LONGEST_LINE).text for cell in (row.left, row.right))
        if row.mark is Mark.SAME and left is not None and right is not None:
            lines.append(f" {left}")
            continue
        lines += [f"{sign}{text}" for sign, text in (("-", left), ("+", right)) if text is not None]
    return _first(lines, _MOST_ROWS)


def _first(lines: Sequence[str], most: int) -> list[str]:
    return [*lines[:most], *([f"… {len(lines) - most:,} more lines"] if len(lines) > most else [])]


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"


def _more(number: int) -> str:
    return f" and {number:,} more" if number > 0 else ""


def _fitting(pieces: Iterable[str], room: int) -> Iterator[str]:
    """The first pieces that fit together; nothing after one that does not, so that ranks stay in order."""
    for piece in pieces:
        room -= _units(piece)
        if room < 0:
            return
        yield piece


def _folded(number: int, noun: str, what: str, lines: Iterable[str], room: int) -> str:
    """A list behind one line, as long as there is room for."""
    if not number:
        return ""
    head = f"<details>\n<summary>{wording.counted(number, noun)} {what}</summary>\n\n"
    shown = list(_fitting(lines, room - _FRAME))
    hidden = number - len(shown)
    return head + "".join(shown) + (f"- {hidden:,} not listed here\n" if hidden else "") + "\n</details>\n\n"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2

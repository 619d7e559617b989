"""The report in a line a candidate, for logs, editors and `grep`.

In: a `ScanReport`. Out: `path:line: id message` lines and the summary; the path counts from the working directory, so
that a terminal makes it a link. Scanned text passes `visible`, so that a finding is one line whatever its path holds.
Source: our own; the form of the line is that of compilers (GNU Coding Standards, Formatting Error Messages).
"""

from __future__ import annotations

from codesim.report import wording
from codesim.report.message import named, sentence
from codesim.report.places import arrange
from codesim.report.scan_report import ScanReport
from codesim.report.visible import visible


def render_concise(report: ScanReport, limit: int | None = None) -> str:
    """Render a report in a line a candidate.

    Args:
        report: the scan's result.
        limit: show only the first so many candidates, >= 0; the closing line counts all.

    Returns:
        Lines, each with its line end.
    """
    shown = report.candidates if limit is None else report.candidates[:limit]
    lines = []
    for candidate in shown:
        first, others = arrange(candidate)
        places = [named(candidate, member, _path(member.path)) for member in others]
        said = sentence(candidate, places, candidate.advice)
        lines.append(f"{_path(first.path)}:{first.start_line}: {candidate.id} {said}")
    hidden = len(report.candidates) - len(shown)
    if hidden:
        lines.append(f"{wording.counted(hidden, 'more candidate')} not shown (--limit 0 shows all)")
    if not report.candidates:
        lines.append(wording.nothing_found(report))
    lines.append(wording.summary_sentence(report))
    lines += [f"skipped {skipped.path}: {skipped.reason}" for skipped in report.summary.skipped]
    return "".join(f"{visible(line)}\n" for line in lines)


def _path(path: str) -> str:
    # at the start of a line, colons would be a command to GitHub's runner
    return f"./{path}" if path.startswith(":") else path

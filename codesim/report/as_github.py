"""The report as commands to GitHub's runner, which become annotations in the log, in the run and beside the lines.

In: a `ScanReport` and where the repository lies. Out: `::warning` lines for clear gains and `::notice` lines for small
ones, the most valuable first, as many as GitHub shows, and one notice that sums up. Nothing but commands is printed:
text from scanned code can then not be taken for one.
Source: GitHub's documentation of workflow commands; the escapes are those of its toolkit.
"""

from __future__ import annotations

from collections.abc import Sequence

from codesim.refactor import Gain, RefactoringCandidate
from codesim.report import wording
from codesim.report.message import advice_in, named, sentence, title
from codesim.report.places import Checkout, arrange
from codesim.report.scan_report import ScanReport
from codesim.report.visible import visible

MOST_ANNOTATIONS = 10
"""Annotations of one kind that GitHub shows of a step."""


def render_github(report: ScanReport, checkout: Checkout) -> str:
    """Render a report as workflow commands.

    Args:
        report: the scan's result.
        checkout: where the repository lies; paths count from its root.

    Returns:
        Lines, each a command; the last is a notice with the summary.
    """
    clear = [candidate for candidate in report.candidates if candidate.gain is Gain.CLEAR]
    small = [candidate for candidate in report.candidates if candidate.gain is Gain.SMALL]
    commands = _annotations("warning", clear[:MOST_ANNOTATIONS], checkout)
    commands += _annotations("notice", small[: MOST_ANNOTATIONS - 1], checkout)
    said = wording.summary_sentence(report)
    hidden = len(report.candidates) - len(commands)
    if hidden:
        said += f". {wording.counted(hidden, 'more candidate')} without an annotation: GitHub shows ten of a kind"
    return "".join(f"{line}\n" for line in [*commands, _command("notice", {"title": "codesim"}, said)])


def _annotations(kind: str, candidates: Sequence[RefactoringCandidate], checkout: Checkout) -> list[str]:
    commands = []
    for candidate in candidates:
        first, others = arrange(candidate)
        places = [named(candidate, member, checkout.path_of(member.path)) for member in others]
        properties = {
            "file": checkout.path_of(first.path),
            "line": str(first.start_line),
            "endLine": str(first.end_line),
            "title": f"codesim: {title(candidate)}",
        }
        said = f"{sentence(candidate, places, advice_in(checkout, candidate))} (codesim explain {candidate.id})"
        commands.append(_command(kind, properties, said))
    return commands


def _command(kind: str, properties: dict[str, str], said: str) -> str:
    values = ",".join(f"{name}={_property(visible(value))}" for name, value in properties.items())
    return f"::{kind} {values}::{_data(visible(said))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

"""The report for a terminal: what is written twice, where, side by side, what differs, and what to do.

In: a `ScanReport` and a rich `Console`. Out: lines on that console. All text from the scanned repository passes
`visible` and is built as `rich.text.Text`, so that neither markup such as `[red]` nor an escape sequence in it takes
effect; every line is printed as one, so that `path:line` stays whole and clickable.
Source: our own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from codesim.refactor import ClassDifference, Gain, RefactoringCandidate
from codesim.report import wording
from codesim.report.rows import align_rows
from codesim.report.scan_report import Rejected, ScanReport
from codesim.report.terminal_parts import INDENT, copy_lines, headline, section
from codesim.report.terminal_rows import Glyphs, draw_rows
from codesim.report.visible import visible, visible_brief, visible_code
from codesim.source import Skipped

if TYPE_CHECKING:
    from rich.console import Console

MOST_MEMBERS = 10
MOST_DIFFERENCES = 12
MOST_SKIPPED = 10
LONGEST_TEXT = 56
_MOST_PLACES = 3


def render_text(report: ScanReport, console: Console, limit: int | None = None, verbose: bool = False) -> None:
    """Print a report on a console.

    Colour, width and encoding are the console's: off a terminal it writes no ANSI codes.

    Args:
        report: the scan's result.
        console: where to print; from 100 columns on the code is shown in two columns, below that stacked.
        limit: show only the first so many candidates, and of what is rejected, >= 0; counts are of all.
        verbose: fold, cut and cap nothing, and show the helper's whole text.
    """
    shown = report.candidates if limit is None else report.candidates[:limit]
    small: list[tuple[int, RefactoringCandidate]] = []
    for rank, candidate in enumerate(shown, start=1):
        if candidate.gain is Gain.SMALL and not verbose:
            small.append((rank, candidate))
            continue
        for line in _CandidateText(candidate, rank, console, verbose).lines():
            _print(console, line)
    for line in _small_gains(small, console.encoding):
        _print(console, line)
    hidden = len(report.candidates) - len(shown)
    if hidden:
        more = wording.counted(hidden, "more candidate")
        _print(console, Text(f"{more} not shown (--limit 0 shows all)", style="dim"))
    if not report.candidates:
        _print(console, Text(wording.nothing_found(report)))
    for line in _rejected(report.rejected or (), console.encoding, limit):
        _print(console, line)
    _print(console, Text(wording.summary_sentence(report), style="bold"))
    for line in _skipped(report.summary.skipped, console.encoding, verbose):
        _print(console, line)
    if report.timings is not None:
        _print(console, Text(f"time: {wording.stages(report.timings)}", style="dim"))


def _small_gains(small: Sequence[tuple[int, RefactoringCandidate]], encoding: str) -> Iterator[Text]:
    """Those that gain little, in a line each: a reader who wants more asks for it."""
    if not small:
        return
    yield Text.assemble(("Small gains", "bold"), ("  (--verbose or codesim explain ID shows them)", "dim"))
    for rank, candidate in small:
        yield Text(INDENT).append_text(headline(candidate, f"#{rank}", encoding))
        notes = list(copy_lines(candidate, encoding))
        if notes:
            yield from (Text(INDENT).append_text(note) for note in notes)
            continue
        places = ", ".join(f"{member.path}:{member.start_line}" for member in candidate.members[:_MOST_PLACES])
        more = len(candidate.members) - _MOST_PLACES
        yield Text.assemble(
            INDENT * 2, (visible(places, encoding), "magenta"), f" and {more:,} more" if more > 0 else ""
        )
        if candidate.gained:
            yield Text(INDENT * 2 + visible(wording.gained(candidate), encoding), style="bold")
    yield Text()


def _print(console: Console, line: Text) -> None:
    line.rstrip()
    console.print(line, soft_wrap=True)


class _CandidateText:
    """Draws one candidate; holds what every section needs."""

    def __init__(self, candidate: RefactoringCandidate, rank: int, console: Console, verbose: bool) -> None:
        self.candidate, self.rank, self.console, self.verbose = candidate, rank, console, verbose
        self.glyphs = Glyphs.for_encoding(console.encoding)

    def lines(self) -> Iterator[Text]:
        yield headline(self.candidate, f"#{self.rank}", self.console.encoding)
        yield from copy_lines(self.candidate, self.console.encoding)
        yield Text()
        yield from section("Where", self._where())
        yield from section("Side by side", self._side_by_side())
        if self.candidate.differences:
            yield from section("What differs", self._what_differs())
        yield from section("What to do", self._what_to_do())

    def _where(self) -> Iterator[Text]:
        members = self.candidate.members
        shown = members if self.verbose else members[:MOST_MEMBERS]
        for member in shown:
            place = self._visible(f"{member.path}:{member.start_line}")
            name = self._visible(wording.member_name(self.candidate, member))
            yield Text.assemble((place, "magenta"), "  ", name)
        yield from self._more(len(members) - len(shown), "copy", "copies")
        if self.candidate.gained:
            yield Text(self._visible(wording.gained(self.candidate)), style="bold")

    def _side_by_side(self) -> Iterator[Text]:
        if self.rank == 1:
            yield Text(f"{self.glyphs.differs} differs  ~ only spelled otherwise  < > on one side only", style="dim")
        rows = align_rows(self.candidate, self.console.encoding)
        yield from draw_rows(
            rows, self.candidate.members, self.console, width=self.console.width - len(INDENT), verbose=self.verbose
        )

    def _what_differs(self) -> Iterator[Text]:
        differences = self.candidate.differences
        shown = differences if self.verbose else differences[:MOST_DIFFERENCES]
        for difference in shown:
            if difference.where:
                yield self._difference(difference)
        yield from self._more(len(differences) - len(shown), "difference", "differences")

    def _difference(self, difference: ClassDifference) -> Text:
        first, others = wording.distinct_texts(difference)
        line = Text(f"{difference.kind.value:<11} ").append_text(self._source(first))
        if others:
            line.append(f" {self.glyphs.arrow} ", style="dim")
        for position, text in enumerate(others):
            line.append(" | " if position else "", style="dim").append_text(self._source(text))
        numbers = ", ".join(str(site.line) for site in difference.where)
        return line.append(f"  (line{'s' if len(difference.where) > 1 else ''} {numbers})", style="dim")

    def _source(self, text: str) -> Text:
        if not text.strip():
            return Text("nothing", style="dim italic")
        longest = None if self.verbose else LONGEST_TEXT
        return Text(visible_brief(text, self.console.encoding, longest), style="yellow")

    def _what_to_do(self) -> Iterator[Text]:
        candidate = self.candidate
        yield Text(self._visible(candidate.advice))
        if candidate.helper is not None:
            added = wording.counted(candidate.parameters, "new parameter")
            yield Text.assemble("helper: ", (self._visible(candidate.helper.signature), "green"), f"  ({added})")
            if self.verbose:
                for line in candidate.helper.text.splitlines():
                    yield Text(f"  {visible_code(line, self.console.encoding)}", style="green")
        yield Text(wording.verdict(candidate))
        for reason in candidate.verdict.reasons:
            yield Text(f"- {self._visible(reason)}")

    def _more(self, number: int, one: str, many: str) -> Iterator[Text]:
        if number > 0:
            yield Text(f"and {number:,} more {one if number == 1 else many}: see --format json", style="dim")

    def _visible(self, text: str) -> str:
        return visible(text, self.console.encoding)


def _rejected(rejected: Sequence[Rejected], encoding: str, limit: int | None) -> Iterator[Text]:
    """What was left out: how many by rule, then a line each."""
    if not rejected:
        return
    yield Text.assemble(("Left out on purpose", "bold"), f"  {wording.rules(rejected)}")
    shown = rejected if limit is None else rejected[:limit]
    for each in shown:
        places = visible(wording.places(each.members), encoding)
        yield Text.assemble(f"{INDENT}{each.rule}  ", (places, "magenta"), f"  {visible(each.reason, encoding)}")
    hidden = len(rejected) - len(shown)
    if hidden:
        yield Text(f"{INDENT}and {hidden:,} more: see --limit 0 or --format json", style="dim")
    yield Text()


def _skipped(skipped: tuple[Skipped, ...], encoding: str, verbose: bool) -> Iterator[Text]:
    shown = skipped if verbose else skipped[:MOST_SKIPPED]
    for each in shown:
        yield Text(f"  skipped {visible(each.path, encoding)}: {visible(each.reason, encoding)}", style="yellow")
    if len(skipped) > len(shown):
        yield Text(f"  and {len(skipped) - len(shown):,} more: see --format json", style="dim")

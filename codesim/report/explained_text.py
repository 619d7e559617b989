"""An explanation for a terminal: every pair side by side, then the reasons for score, type, verdict and rank.

In: an `Explanation` and a rich `Console`. Out: lines on that console. The rules are those of `as_text`: all text from
the scanned repository passes `visible` and is built as `rich.text.Text`, and what colour says a sign says too.
Source: our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from codesim.refactor import FilledHole, HoleRole
from codesim.report import wording
from codesim.report.explanation import ExplainedPair, Explanation
from codesim.report.pair_rows import axis_mark, pair_rows
from codesim.report.rows import Mark
from codesim.report.terminal_parts import INDENT, headline, section
from codesim.report.terminal_rows import MARK_STYLES, NARROW, Glyphs, draw_rows
from codesim.report.visible import visible, visible_brief, visible_code
from codesim.verify import Difference

if TYPE_CHECKING:
    from rich.console import Console

_LONGEST_TEXT = 56
_ROLES = {
    HoleRole.VALUE: "a new parameter",
    HoleRole.FUNCTION: "a new parameter that takes a function",
    HoleRole.FLAG: "a new parameter that switches a step on",
    HoleRole.EXISTING: "a parameter that the first copy has already",
}
_LEGEND = (
    (Mark.REPRESENTATION, "representation: spelled otherwise, the same to codesim"),
    (Mark.HOLE, "hole: can become a parameter"),
    (Mark.BEHAVIOUR, "behaviour: does something else, lowers the score"),
    (Mark.MOVED, "moved: the same statement in another place"),
)


def render_explanation(explanation: Explanation, console: Console, verbose: bool = False) -> None:
    """Print an explanation on a console.

    Colour, width and encoding are the console's: off a terminal it writes no ANSI codes.

    Args:
        explanation: what to explain.
        console: where to print; from 100 columns on the code is shown in two columns, below that stacked.
        verbose: fold and cut nothing.
    """
    for line in _ExplanationText(explanation, console, verbose).lines():
        line.rstrip()
        console.print(line, soft_wrap=True)


class _ExplanationText:
    """Draws one explanation; holds what every section needs."""

    def __init__(self, explanation: Explanation, console: Console, verbose: bool) -> None:
        self.explanation, self.candidate = explanation, explanation.candidate
        self.console, self.verbose = console, verbose
        self.glyphs = Glyphs.for_encoding(console.encoding)

    def lines(self) -> Iterator[Text]:
        yield headline(self.candidate, self._place(), self.console.encoding)
        yield Text()
        yield from section("Where", self._where())
        yield from section("Signs", self._legend())
        for pair in self.explanation.pairs:
            yield from section(f"1 and {pair.number}, side by side", self._side_by_side(pair))
            yield from section(f"1 and {pair.number}: what differs", self._what_differs(pair))
            yield from section(f"1 and {pair.number}: score {pair.score:.4f}", self._score(pair))
            yield from section(f"1 and {pair.number}: type {pair.clone_type}", (Text(pair.type_reason),))
        yield from section("Verdict", self._verdict())
        if self.explanation.holes:
            yield from section("Holes, and where their values come from", self._holes())
        if self.candidate.helper is not None:
            yield from section("Helper", self._helper())
        yield from section("Rank", self._rank())

    def _place(self) -> str:
        explanation = self.explanation
        return f"#{explanation.rank} of {explanation.ranked:,}" if explanation.rank else ""

    def _where(self) -> Iterator[Text]:
        digits = len(str(len(self.candidate.members)))
        for number, member in enumerate(self.candidate.members, start=1):
            place = self._visible(f"{member.path}:{member.start_line}")
            name = self._visible(wording.member_name(self.candidate, member))
            yield Text.assemble(f"{number:>{digits}}  ", (place, "magenta"), "  ", name)
        if len(self.candidate.members) > 2:
            decided = self._decided()
            yield Text(f"1 stands for all: the others are compared with it; {decided}", style="dim")

    def _decided(self) -> str:
        deciding, typing = self.explanation.deciding.number, self.explanation.typing.number
        if deciding == typing:
            return f"{deciding} has the lowest score and the largest type, and decides on both"
        return f"{deciding} has the lowest score and {typing} the largest type, and they decide on them"

    def _legend(self) -> Iterator[Text]:
        for mark, meaning in _LEGEND:
            yield Text.assemble((self.glyphs.sign(mark), MARK_STYLES[mark]), f"  {meaning}")
        yield Text("<  only on the left     >  only on the right")
        if self.console.width < NARROW:
            yield Text("two line numbers beside one line: it stands on both sides, with a sign in another place")
        else:
            yield Text(f"{self.glyphs.arrow} line N: what corresponds stands there")

    def _side_by_side(self, pair: ExplainedPair) -> Iterator[Text]:
        yield from draw_rows(
            pair_rows(pair, self.console.encoding),
            (pair.left, pair.right),
            self.console,
            width=self.console.width - len(INDENT),
            verbose=self.verbose,
            most_rows=None,
        )

    def _what_differs(self, pair: ExplainedPair) -> Iterator[Text]:
        if not pair.differences:
            yield Text("nothing but what codesim takes to be the same", style="dim")
        for difference in pair.differences:
            yield self._difference(difference)
        moves = [(one.left, one.right) for one in pair.counterparts if one.moved]
        if moves:
            shown = [f"{a} {self.glyphs.arrow} {b}" for a, b in _first_lines(moves)]
            yield Text.assemble(
                (self.glyphs.sign(Mark.MOVED), MARK_STYLES[Mark.MOVED]),
                f" moved: line{'s' if len(shown) > 1 else ''} {', '.join(shown)}",
            )

    def _difference(self, difference: Difference) -> Text:
        mark = axis_mark(difference.axis)
        line = Text.assemble(
            (self.glyphs.sign(mark), MARK_STYLES[mark]),
            (f" {difference.axis.value:<14} ", MARK_STYLES[mark]),
            f"{difference.kind.value:<10} ",
        )
        sides = difference.left, difference.right
        line.append_text(self._source(sides[0].text, MARK_STYLES[mark]))
        line.append(f" {self.glyphs.arrow} ", style="dim").append_text(self._source(sides[1].text, MARK_STYLES[mark]))
        numbers = [str(side.line) for side in sides if side.text.strip()]
        return line.append(f"  (line{'s' if len(numbers) > 1 else ''} {', '.join(numbers)})", style="dim")

    def _score(self, pair: ExplainedPair) -> Iterator[Text]:
        width = max((len(part.name) for part in pair.score_parts), default=0)
        yield Text(f"{'feature':<{width}}  {'value':>8}  {'weight':>8}  {'adds':>8}", style="dim")
        for part in pair.score_parts:
            figures = f"{part.value:>8.3f}  {part.weight:>8.2f}  {_plain(part.contribution):>+8.2f}"
            yield Text(f"{part.name:<{width}}  {figures}")
        logit = _plain(sum(part.contribution for part in pair.score_parts))
        yield Text(f"logit {logit:+.2f}, so the score is 1 / (1 + exp({-logit:.2f})) = {pair.score:.4f}")
        yield Text(f"{pair.aligned_share:.0%} of the statements correspond, by size")

    def _verdict(self) -> Iterator[Text]:
        yield Text(self._visible(self.candidate.advice))
        yield Text(wording.verdict(self.candidate))
        for reason in self.candidate.verdict.reasons:
            yield Text(f"- {self._visible(reason)}")
        flow = self.explanation.flow
        yield from self._listed("takes", (("", flow.parameters), ("reads ", flow.free_names + flow.attributes)))
        outcomes = (
            ("returns ", flow.returns),
            ("yields ", flow.yields),
            ("raises ", flow.raises),
            ("sets ", flow.writes),
        )
        yield from self._listed("gives", outcomes)

    def _listed(self, title: str, groups: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Text]:
        """One line for each group of texts, the first with the title."""
        shown = [(verb, texts) for verb, texts in groups if texts]
        for position, (verb, texts) in enumerate(shown):
            line = Text(f"{'' if position else title + ':':<7}{verb}")
            for number, text in enumerate(texts):
                line.append(", " if number else "").append_text(self._source(text, "green", "again"))
            yield line
        if not shown:
            yield Text(f"{title + ':':<7}nothing")

    def _holes(self) -> Iterator[Text]:
        for hole in self.explanation.holes:
            yield Text.assemble((self._visible(hole.parameter), "green"), f"  {_ROLES[hole.role]}")
            yield from self._values(hole)

    def _values(self, hole: FilledHole) -> Iterator[Text]:
        digits = len(str(len(hole.where)))
        for number, site in enumerate(hole.where, start=1):
            yield Text.assemble(
                f"  {number:>{digits}}  ",
                self._source(site.text, "yellow"),
                (f"  ({self._visible(site.path)}:{site.line})", "dim"),
            )

    def _helper(self) -> Iterator[Text]:
        helper = self.candidate.helper
        if helper is None:
            return
        added = wording.counted(self.candidate.parameters, "new parameter")
        yield Text.assemble((self._visible(helper.signature), "green"), f"  ({added})")
        if not helper.text:
            yield Text("its text could not be written down exactly", style="dim")
        for line in helper.text.splitlines():
            yield Text(f"  {visible_code(line, self.console.encoding)}", style="green")

    def _rank(self) -> Iterator[Text]:
        explanation = self.explanation
        width = max((len(part.name) for part in explanation.rank_parts), default=0)
        for part in explanation.rank_parts:
            yield Text.assemble(f"{part.name:<{width}}  {part.value:>8.2f}  ", (self._visible(part.note), "dim"))
        place = f"{explanation.rank} of {explanation.ranked:,}: " if explanation.rank else ""
        yield Text.assemble((f"{'value':<{width}}  {explanation.value:>8.2f}  ", "bold"))
        yield Text(f"{place}{explanation.rank_rule}")
        standing = explanation.standing
        if standing is not None:
            yield Text(self._visible(wording.standing(standing)), style="bold")

    def _source(self, text: str, style: str, nothing: str = "nothing") -> Text:
        if not text.strip():
            return Text(nothing, style="dim italic")
        return Text(visible_brief(text, self.console.encoding, None if self.verbose else _LONGEST_TEXT), style=style)

    def _visible(self, text: str) -> str:
        return visible(text, self.console.encoding)


def _plain(number: float) -> float:
    return number + 0.0  # no sign before a zero


def _first_lines(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first of each stretch of line pairs that follow each other on both sides."""
    runs = groupby(enumerate(pairs), key=lambda item: (item[1][0] - item[0], item[1][1] - item[0]))
    return [next(run)[1] for _, run in runs]

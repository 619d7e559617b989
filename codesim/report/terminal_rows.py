"""Draw side-by-side rows with rich: two columns on a wide console, stacked on a narrow one.

In: the `Row`s of a candidate and a width. Out: `Text` lines. What differs is told twice, by a sign in the gutter (which
survives a log file and a colour-blind reader) and by style. Columns are laid out here and not with `rich.table`,
which would pad every line with blanks to its full width.
Source: our own; the gutter follows `diff --side-by-side`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.text import Text

from codesim.refactor import Member
from codesim.report.rows import Cell, Mark, Row, Run, cut_cell, fold_rows
from codesim.report.visible import visible

if TYPE_CHECKING:
    from rich.console import Console

NARROW = 100
MOST_ROWS = 60
LINES_PER_CELL = 4  # a longer source line is cut to what fits, around what differs in it
MARK_STYLES = {
    Mark.SAME: "",
    Mark.RESPELLED: "cyan",
    Mark.DIFFERS: "bold yellow",
    Mark.REPRESENTATION: "cyan",
    Mark.HOLE: "bold yellow",
    Mark.BEHAVIOUR: "bold red",
    Mark.MOVED: "magenta",
}
_UNDERLINED = (Mark.DIFFERS, Mark.HOLE, Mark.BEHAVIOUR)  # what matters shows without colour too
_PART_STYLES = {mark: f"{style} underline" if mark in _UNDERLINED else style for mark, style in MARK_STYLES.items()}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs that a report draws with; plain ASCII where the encoding has no better."""

    differs: str = "≠"
    hole: str = "○"
    moved: str = "↕"
    arrow: str = "→"
    ellipsis: str = "…"

    @classmethod
    def for_encoding(cls, encoding: str) -> Glyphs:
        """Choose the signs that an encoding can hold.

        Args:
            encoding: name of a codec.

        Returns:
            The signs.
        """
        glyphs = cls()
        try:
            "".join(astuple(glyphs)).encode(encoding)
        except UnicodeEncodeError:
            return cls(differs="!", hole="o", moved="^", arrow="->", ellipsis="...")
        return glyphs

    def sign(self, mark: Mark) -> str:
        """Give the sign of a mark, one character."""
        if mark in (Mark.DIFFERS, Mark.BEHAVIOUR):
            return self.differs
        if mark in (Mark.RESPELLED, Mark.REPRESENTATION):
            return "~"
        return {Mark.SAME: " ", Mark.HOLE: self.hole, Mark.MOVED: self.moved}[mark]

    def gutter(self, row: Row) -> str:
        """Give the sign of a row: how its sides differ, or that something stands on one side only.

        Args:
            row: any row.

        Returns:
            One character.
        """
        one_sided = row.left is None or row.right is None
        if one_sided and row.elsewhere is None and row.mark is not Mark.REPRESENTATION:
            return ">" if row.left is None else "<"
        return self.sign(row.mark)


def draw_rows(
    rows: Sequence[Row],
    members: Sequence[Member],
    console: Console,
    *,
    width: int,
    verbose: bool,
    most_rows: int | None = MOST_ROWS,
) -> Iterator[Text]:
    """Draw the rows of a candidate.

    Args:
        rows: from `align_rows`.
        members: the first two head the columns.
        console: for its width (below 100 columns: stacked) and encoding.
        width: columns to use.
        verbose: fold, cut and cap nothing.
        most_rows: cap after so many rows; None draws all.

    Returns:
        Lines, none of them wider than `width` but for the two heads.
    """
    if not rows:
        return
    last = max(cell.line for row in rows for cell in (row.left, row.right) if cell is not None)
    glyphs = Glyphs.for_encoding(console.encoding)
    heads = [visible(f"{member.path}:{member.start_line}", console.encoding) for member in members[:2]]
    layout = (_Stacked if console.width < NARROW else _Columns)(console, glyphs, width, len(str(last)), verbose)
    yield from layout.heads(*heads)
    drawn = hidden = 0
    for run in [Run(tuple(rows), folded=False)] if verbose else fold_rows(rows):
        room = len(run.rows) if verbose or most_rows is None else max(0, most_rows - drawn)
        if room == 0:
            hidden += len(run.rows)
            continue
        if run.folded:
            yield Text(f"{glyphs.ellipsis} {len(run.rows)} equal lines {glyphs.ellipsis}", style="dim")
            continue
        for row in run.rows[:room]:
            yield from layout.draw(row)
        drawn += len(run.rows[:room])
        hidden += len(run.rows[room:])
    if hidden:
        yield Text(f"and {hidden:,} more rows: see --format html", style="dim")


class _Layout:
    """What both layouts know, and how a cell becomes lines."""

    def __init__(self, console: Console, glyphs: Glyphs, width: int, digits: int, verbose: bool) -> None:
        self.console, self.glyphs, self.width, self.digits, self.verbose = console, glyphs, width, digits, verbose

    def cell_lines(self, cell: Cell, width: int) -> list[Text]:
        cut = cell if self.verbose else cut_cell(cell, LINES_PER_CELL * width, self.glyphs.ellipsis)
        text = Text(cut.text)
        for start, end, mark in cut.parts:
            text.stylize(_PART_STYLES[mark], start, end)
        return list(text.wrap(self.console, width, overflow="fold")) or [Text()]

    def gutter(self, row: Row) -> Text:
        return Text(self.glyphs.gutter(row), style=MARK_STYLES[row.mark])

    def number(self, line: int | None) -> Text:
        return Text(f"{'' if line is None else line:>{self.digits}}", style="dim")

    def elsewhere(self, row: Row) -> Text:
        """What stands in place of a side that has nothing here: where what corresponds to it is, if anywhere."""
        return Text("" if row.elsewhere is None else f"{self.glyphs.arrow} line {row.elsewhere}", style="dim")


class _Columns(_Layout):
    """Left and right in two columns, the sign between them."""

    def heads(self, left: str, right: str) -> Iterator[Text]:
        column = self.digits + 1 + self._code_width()
        if len(left) > column:
            left = self.glyphs.ellipsis + left[len(left) - column + len(self.glyphs.ellipsis) :]
        head = Text(left, style="magenta")
        head.truncate(column, pad=True)
        yield head.append("   ").append(right, style="magenta")

    def draw(self, row: Row) -> Iterator[Text]:
        code = self._code_width()
        sides = [
            self.cell_lines(cell, code) if cell is not None else [self.elsewhere(row)] for cell in (row.left, row.right)
        ]
        left_number, right_number = (self.number(cell.line if cell else None) for cell in (row.left, row.right))
        blank = Text(" " * self.digits)
        for position, (left, right) in enumerate(zip_longest(*sides)):
            first = position == 0
            left_code = (left or Text()).copy()
            left_code.truncate(code, pad=True)
            yield Text.assemble(
                left_number if first else blank,
                " ",
                left_code,
                " ",
                self.gutter(row) if first else " ",
                " ",
                right_number if first else blank,
                " ",
                right or Text(),
            )

    def _code_width(self) -> int:
        return (self.width - 2 * (self.digits + 1) - 3) // 2


class _Stacked(_Layout):
    """One column of code: an equal line once with both numbers, another line once for each side."""

    def heads(self, left: str, right: str) -> Iterator[Text]:
        yield Text.assemble("< ", (left, "magenta"))
        yield Text.assemble("> ", (right, "magenta"))

    def draw(self, row: Row) -> Iterator[Text]:
        if row.mark is Mark.SAME and row.left is not None and row.right is not None:
            yield from self._side(Text(" "), row.left.line, row.right.line, row.left)
            return
        gutter = self.gutter(row)
        if row.left is not None:
            yield from self._side(gutter, row.left.line, row.elsewhere, row.left)
            gutter = Text(" ")
        if row.right is not None:
            yield from self._side(gutter, row.elsewhere, row.right.line, row.right)

    def _side(self, gutter: Text, left: int | None, right: int | None, code: Cell) -> Iterator[Text]:
        head = Text.assemble(gutter, " ", self.number(left), " ", self.number(right), " ")
        for line in self.cell_lines(code, max(8, self.width - len(head))):
            yield head + line
            head = Text(" " * len(head))

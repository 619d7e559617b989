"""Draw side-by-side rows with rich: two columns on a wide console, stacked on a narrow one.

In: the `Row`s of a candidate and a width. Out: `Text` lines. What differs is told twice, by a sign in the gutter (which
survives a log file and a colour-blind reader) and by style. Columns are laid out here and not with `rich.table`,
which would pad every line with blanks to its full width.
Source: our own; the gutter follows `diff --side-by-side`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
_STYLES = {Mark.SAME: "", Mark.RESPELLED: "cyan", Mark.DIFFERS: "bold yellow underline"}
_GUTTER_STYLES = {Mark.SAME: "", Mark.RESPELLED: "cyan", Mark.DIFFERS: "bold yellow"}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs that a report draws with; plain ASCII where the encoding has no better."""

    differs: str = "≠"
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
            (glyphs.differs + glyphs.arrow + glyphs.ellipsis).encode(encoding)
        except UnicodeEncodeError:
            return cls(differs="!", arrow="->", ellipsis="...")
        return glyphs

    def gutter(self, row: Row) -> str:
        """Give the sign of a row: differs, is spelled otherwise, or stands on one side only.

        Args:
            row: any row.

        Returns:
            One character.
        """
        if row.left is None:
            return ">"
        if row.right is None:
            return "<"
        return {Mark.SAME: " ", Mark.RESPELLED: "~", Mark.DIFFERS: self.differs}[row.mark]


def draw_rows(
    rows: Sequence[Row], members: Sequence[Member], console: Console, width: int, verbose: bool
) -> Iterator[Text]:
    """Draw the rows of a candidate.

    Args:
        rows: from `align_rows`.
        members: the candidate's members; the first two head the columns.
        console: for its width (below 100 columns: stacked) and encoding.
        width: columns to use.
        verbose: fold, cut and cap nothing.

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
        room = len(run.rows) if verbose else max(0, MOST_ROWS - drawn)
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

    def cell_lines(self, cell: Cell, mark: Mark, width: int) -> list[Text]:
        cut = cell if self.verbose else cut_cell(cell, LINES_PER_CELL * width, self.glyphs.ellipsis)
        text = Text(cut.text)
        for start, end in cut.parts:
            text.stylize(_STYLES[mark], start, end)
        return list(text.wrap(self.console, width, overflow="fold")) or [Text()]

    def gutter(self, row: Row) -> Text:
        return Text(self.glyphs.gutter(row), style=_GUTTER_STYLES[row.mark])

    def number(self, cell: Cell | None) -> Text:
        return Text(f"{cell.line if cell else '':>{self.digits}}", style="dim")


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
            self.cell_lines(cell, row.mark, code) if cell is not None else [Text()] for cell in (row.left, row.right)
        ]
        blank = Text(" " * self.digits)
        for position, (left, right) in enumerate(zip_longest(*sides)):
            first = position == 0
            left_code = (left or Text()).copy()
            left_code.truncate(code, pad=True)
            yield Text.assemble(
                self.number(row.left) if first else blank,
                " ",
                left_code,
                " ",
                self.gutter(row) if first else " ",
                " ",
                self.number(row.right) if first else blank,
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
            yield from self._side(Text(" "), row.left, row.right, row.left, row.mark)
            return
        gutter = self.gutter(row)
        if row.left is not None:
            yield from self._side(gutter, row.left, None, row.left, row.mark)
            gutter = Text(" ")
        if row.right is not None:
            yield from self._side(gutter, None, row.right, row.right, row.mark)

    def _side(self, gutter: Text, left: Cell | None, right: Cell | None, code: Cell, mark: Mark) -> Iterator[Text]:
        head = Text.assemble(gutter, " ", self.number(left), " ", self.number(right), " ")
        for line in self.cell_lines(code, mark, max(8, self.width - len(head))):
            yield head + line
            head = Text(" " * len(head))

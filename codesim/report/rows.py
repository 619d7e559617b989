"""The side-by-side view of a candidate's first two members, as plain values that every reporter can draw.

In: a `RefactoringCandidate`. Out: `Row`s (a line of each side, what differs within it, and how much that matters), cut
into `Run`s, of which the long equal ones may be folded away. The idea is the two axes of the design: a row *differs*
when a listed difference touches it, and is merely *respelled* when its text is another but the comparison absorbed it.
Source: our own; parts within a line by the longest matching blocks of `difflib` (Ratcliff and Obershelp, 1988).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from codesim.refactor import ClassDifference, Member, RefactoringCandidate, Site
from codesim.report.visible import TAB_WIDTH, visible_code
from codesim.verify import DifferenceKind

LONGEST_EQUAL_RUN = 6
CONTEXT_ROWS = 2
_MOST_TOKENS = 600  # per line; the matcher is quadratic, and beyond this a reader needs no finer marks
_LONG_TOKEN = 40  # within a longer one (data, mostly) the reader is shown where it differs
_SEPARATORS = frozenset({"", "-", ".", ","})
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")

Range = tuple[int, int]


class Mark(StrEnum):
    """How the two sides of a row stand to each other: two marks for a scan, four more where a pair is explained."""

    SAME = "same"
    RESPELLED, DIFFERS = "respelled", "differs"
    REPRESENTATION, HOLE, BEHAVIOUR, MOVED = "representation", "hole", "behaviour", "moved"


class Part(NamedTuple):
    """A stretch of a line (start, end) that is not the same on the other side, and how it differs."""

    start: int
    end: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Cell:
    """One side of a row: its 1-based line, its printable text, and the parts that the other side lacks."""

    line: int
    text: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of each side; a side that has nothing there is None, and never are both.

    elsewhere: where one side has nothing here because what corresponds stands elsewhere, the line there.
    """

    left: Cell | None
    right: Cell | None
    mark: Mark
    elsewhere: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that follow each other; `folded` if they are equal and may be hidden."""

    rows: tuple[Row, ...]
    folded: bool


def align_rows(candidate: RefactoringCandidate, encoding: str = "utf-8") -> tuple[Row, ...]:
    """Lay the first two members of a candidate side by side.

    Args:
        candidate: a candidate with at least two members; its `correspondence` gives the order of the rows.
        encoding: the encoding that the text will be written in.

    Returns:
        One row per line pair; pairs that name no line of either member are left out.
    """
    left_member, right_member = candidate.members[:2]
    left_lines, right_lines = _shown_lines(left_member, encoding), _shown_lines(right_member, encoding)
    left_touched, right_touched = _touched_lines(candidate.differences, left_member, right_member)
    rows = []
    for left, right in candidate.correspondence:
        touched = left in left_touched or right in right_touched
        left_text = left_lines.get(left) if left is not None else None
        right_text = right_lines.get(right) if right is not None else None
        if left_text is not None or right_text is not None:
            rows.append(_row(left, left_text, right, right_text, touched))
    return tuple(rows)


def fold_rows(rows: Sequence[Row]) -> Iterator[Run]:
    """Cut rows into runs, folding equal stretches of more than `LONGEST_EQUAL_RUN` rows.

    Args:
        rows: the rows of one candidate, in order.

    Returns:
        Runs that hold all rows in order; `CONTEXT_ROWS` rows stay unfolded at each end of a folded run.
    """
    shown: list[Row] = []
    for equal, group in groupby(rows, key=lambda row: row.mark is Mark.SAME):
        stretch = list(group)
        if not equal or len(stretch) <= LONGEST_EQUAL_RUN:
            shown += stretch
            continue
        shown += stretch[:CONTEXT_ROWS]
        yield Run(tuple(shown), folded=False)
        yield Run(tuple(stretch[CONTEXT_ROWS:-CONTEXT_ROWS]), folded=True)
        shown = stretch[-CONTEXT_ROWS:]
    if shown:
        yield Run(tuple(shown), folded=False)


def cut_cell(cell: Cell, longest: int, ellipsis: str = "…") -> Cell:
    """Cut an overlong line to a window around the first part that differs.

    Args:
        cell: one side of a row.
        longest: characters to keep, the ellipses included; well above twice their length.
        ellipsis: what stands for the text that is left out.

    Returns:
        The same cell if it is short enough, else one whose text has at most `longest` characters.
    """
    if len(cell.text) <= longest:
        return cell
    room = longest - 2 * len(ellipsis)
    first = cell.parts[0][0] if cell.parts else 0
    start = 0 if first < room else min(first - room // 4, len(cell.text) - room)
    end = min(len(cell.text), start + room)
    head = ellipsis if start else ""
    shift = len(head) - start
    parts = tuple(
        Part(max(a, start) + shift, min(b, end) + shift, mark) for a, b, mark in cell.parts if a < end and b > start
    )
    return Cell(cell.line, head + cell.text[start:end] + (ellipsis if end < len(cell.text) else ""), parts)


def shown_source(member: Member, encoding: str = "utf-8") -> tuple[tuple[int, str], ...]:
    """Give a member's source as it is shown: dedented to its first line, printable.

    Args:
        member: one copy.
        encoding: the encoding that the text will be written in.

    Returns:
        (line, text) pairs, 1-based, in order.
    """
    return tuple(_shown_lines(member, encoding).items())


def _shown_lines(member: Member, encoding: str) -> dict[int, str]:
    expanded = [line.expandtabs(TAB_WIDTH) for line in member.lines]
    indent = len(expanded[0]) - len(expanded[0].lstrip(" ")) if expanded else 0
    shown = {}
    for number, line in enumerate(expanded, start=member.start_line):
        # A string may run further left than the `def`: such a line loses only the blanks that it has.
        own = len(line) - len(line.lstrip(" "))
        shown[number] = visible_code(line[min(indent, own) :], encoding)
    return shown


def _touched_lines(
    differences: Sequence[ClassDifference], left: Member, right: Member
) -> tuple[frozenset[int], frozenset[int]]:
    left_lines: set[int] = set()
    right_lines: set[int] = set()
    for difference in differences:
        if not difference.where:
            continue
        first, others = difference.where[0], difference.where[1:]
        second = next((site for site in others if _holds(right, site)), None)
        if others and second is None:
            continue  # between the representative and a third copy: nothing to mark here
        if second is not None and second.text == first.text and difference.kind is not DifferenceKind.ORDER:
            continue
        if _holds(left, first):
            left_lines.update(_lines_of(first))
        if second is not None:
            right_lines.update(_lines_of(second))
    return frozenset(left_lines), frozenset(right_lines)


def _holds(member: Member, site: Site) -> bool:
    return site.path == member.path and member.start_line <= site.line <= member.end_line


def _lines_of(site: Site) -> range:
    # An empty text stands for "nothing here": its line is only where something would stand.
    return range(site.line, site.line + len(site.text.splitlines()))


def _row(left: int | None, left_text: str | None, right: int | None, right_text: str | None, touched: bool) -> Row:
    if left_text is None or right_text is None:
        mark = Mark.DIFFERS if touched else Mark.RESPELLED if (left_text or right_text) else Mark.SAME
        return Row(_whole(left, left_text, mark), _whole(right, right_text, mark), mark)
    mark = Mark.DIFFERS if touched else Mark.RESPELLED if left_text != right_text else Mark.SAME
    cells = [
        Cell(line or 0, text, tuple(Part(*part, mark) for part in parts))
        for line, text, parts in zip(
            (left, right), (left_text, right_text), differing_parts(left_text, right_text), strict=True
        )
    ]
    return Row(cells[0], cells[1], mark)


def _whole(line: int | None, text: str | None, mark: Mark) -> Cell | None:
    if text is None or line is None:
        return None
    start = len(text) - len(text.lstrip())
    return Cell(line, text, (Part(start, len(text), mark),) if text else ())


def differing_parts(left: str, right: str) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """Find what two lines do not share, word by word.

    Args:
        left: one line of text.
        right: the other.

    Returns:
        (start, end) ranges of the left line and of the right one, in order; none where the lines are equal.

    Source: Ratcliff and Obershelp, 1988, by difflib.
    """
    if left == right:
        return (), ()
    left_tokens, right_tokens = _TOKEN.findall(left), _TOKEN.findall(right)
    if len(left_tokens) + len(right_tokens) > 2 * _MOST_TOKENS:
        left_part, right_part = _middle(left, right, (0, len(left)), (0, len(right)))
        return _joined(left, left_part), _joined(right, right_part)
    left_starts, right_starts = _starts(left_tokens), _starts(right_tokens)
    left_parts: list[Range] = []
    right_parts: list[Range] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left_tokens, right_tokens, autojunk=False).get_opcodes():
        if tag != "equal":
            left_parts.append((left_starts[i1], left_starts[i2]))
            right_parts.append((right_starts[j1], right_starts[j2]))
            if min(i2 - i1, j2 - j1) == 1 and len(left_tokens[i1]) > _LONG_TOKEN < len(right_tokens[j1]):
                left_parts[-1:], right_parts[-1:] = _middle(left, right, left_parts[-1], right_parts[-1])
    return _joined(left, left_parts), _joined(right, right_parts)


def _starts(tokens: Sequence[str]) -> list[int]:
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token))
    return starts


def _joined(text: str, parts: Sequence[Range]) -> tuple[Range, ...]:
    """Join parts that only blanks or a separator keep apart, and drop those that hold nothing but blanks."""
    joined: list[Range] = []
    for start, end in parts:
        if not text[start:end].strip():
            continue
        if joined and text[joined[-1][1] : start].strip() in _SEPARATORS:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _middle(left: str, right: str, left_part: Range, right_part: Range) -> tuple[list[Range], list[Range]]:
    """Narrow two parts by what they begin and end with in common."""
    a, b = left[slice(*left_part)], right[slice(*right_part)]
    shorter = min(len(a), len(b))
    head = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    tail = next((i for i in range(shorter - head) if a[-1 - i] != b[-1 - i]), shorter - head)
    return (
        [(left_part[0] + head, left_part[1] - tail)],
        [(right_part[0] + head, right_part[1] - tail)],
    )

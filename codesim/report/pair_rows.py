"""The side-by-side view of an explained pair: what differs is marked where it stands, by its axis.

In: an `ExplainedPair`. Out: `Row`s as of a scan, but with the marks of an explanation: a difference that the verifier
listed is a hole or a behaviour, at its exact columns; other text that is not the same was absorbed: representation. A
row has the gravest mark of what it holds, and statements in another order point at each other.
Source: our own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

from codesim.refactor import Member
from codesim.report.explanation import ExplainedPair
from codesim.report.rows import Cell, Mark, Part, Range, Row, differing_parts, shown_source
from codesim.report.visible import TAB_WIDTH, visible
from codesim.verify import Axis, Place

_MARKS = {Axis.REPRESENTATION: Mark.REPRESENTATION, Axis.HOLE: Mark.HOLE, Axis.BEHAVIOUR: Mark.BEHAVIOUR}
_GRAVITY = (Mark.SAME, Mark.REPRESENTATION, Mark.MOVED, Mark.HOLE, Mark.BEHAVIOUR)

_Marked = dict[int, list[Part]]
_Pointer = tuple[int | None, bool]
_NOWHERE: _Pointer = (None, False)


def axis_mark(axis: Axis) -> Mark:
    """The mark of a difference's axis."""
    return _MARKS[axis]


def pair_rows(pair: ExplainedPair, encoding: str = "utf-8") -> tuple[Row, ...]:
    """Lay an explained pair side by side.

    Args:
        pair: the representative and another member.
        encoding: the encoding that the text will be written in.

    Returns:
        One row per line pair of the correspondence, in its order.
    """
    left, right = dict(shown_source(pair.left, encoding)), dict(shown_source(pair.right, encoding))
    left_marked = _marked(pair.left, [(d.left, axis_mark(d.axis)) for d in pair.differences], encoding)
    right_marked = _marked(pair.right, [(d.right, axis_mark(d.axis)) for d in pair.differences], encoding)
    forward, backward = _pointers(pair)
    rows = []
    for one, two in pair.correspondence:
        here, there = left.get(one) if one else None, right.get(two) if two else None
        if one is not None and two is not None and here is not None and there is not None:
            ranges = differing_parts(here, there)
            cells = (
                _cell(one, here, ranges[0], left_marked.get(one, [])),
                _cell(two, there, ranges[1], right_marked.get(two, [])),
            )
            rows.append(Row(*cells, _gravest(cells)))
        elif one is not None and here is not None:
            rows.append(_one_sided(one, here, left_marked.get(one, []), forward.get(one, _NOWHERE), is_left=True))
        elif two is not None and there is not None:
            rows.append(_one_sided(two, there, right_marked.get(two, []), backward.get(two, _NOWHERE), is_left=False))
    return tuple(rows)


def _pointers(pair: ExplainedPair) -> tuple[dict[int, _Pointer], dict[int, _Pointer]]:
    """Where the lines of each side have their counterparts, the first where there are several."""
    forward: dict[int, _Pointer] = {}
    backward: dict[int, _Pointer] = {}
    for one in pair.counterparts:
        forward.setdefault(one.left, (one.right, one.moved))
        backward.setdefault(one.right, (one.left, one.moved))
    return forward, backward


def _one_sided(line: int, text: str, marked: Sequence[Part], pointer: _Pointer, *, is_left: bool) -> Row:
    start = len(text) - len(text.lstrip())
    cell = _cell(line, text, ((start, len(text)),), marked)
    mark = _gravest((cell,))
    elsewhere, moved = pointer
    if moved and mark is Mark.REPRESENTATION:
        mark = Mark.MOVED
        cell = Cell(line, text, tuple(part._replace(mark=mark) for part in cell.parts))
    return Row(cell if is_left else None, None if is_left else cell, mark, elsewhere)


def _gravest(cells: Sequence[Cell]) -> Mark:
    marks = [part.mark for cell in cells for part in cell.parts]
    return max(marks, key=_GRAVITY.index, default=Mark.SAME)


def _cell(line: int, text: str, absorbed: Sequence[Range], marked: Sequence[Part]) -> Cell:
    """A cell whose listed differences are painted over what merely is not the same text."""
    paint = [Mark.SAME] * len(text)
    absorbed_parts = [Part(start, end, Mark.REPRESENTATION) for start, end in absorbed]
    for start, end, mark in [*absorbed_parts, *sorted(marked, key=lambda part: _GRAVITY.index(part.mark))]:
        for column in range(start, min(end, len(text))):
            paint[column] = mark
    parts = []
    at = 0
    for mark, group in groupby(paint):
        end = at + len(list(group))
        if mark is not Mark.SAME and text[at:end].strip():
            parts.append(Part(at, end, mark))
        at = end
    return Cell(line, text, tuple(parts))


def _marked(member: Member, places: Sequence[tuple[Place, Mark]], encoding: str) -> _Marked:
    """The parts of each line that listed differences cover, in columns of the text as it is shown."""
    out: _Marked = defaultdict(list)
    indent = _indent(member.lines[0]) if member.lines else 0
    for place, mark in places:
        span = place.span
        if not place.text:
            continue
        for line in range(max(span.start_line, member.start_line), min(span.end_line, member.end_line) + 1):
            source = member.lines[line - member.start_line]
            start = span.start_column if line == span.start_line else _indent_bytes(source)
            end = span.end_column if line == span.end_line else len(_encoded(source))
            shown = [_shown_column(source, byte, indent, encoding) for byte in (start, end)]
            if shown[0] < shown[1]:
                out[line].append(Part(shown[0], shown[1], mark))
    return out


def _shown_column(source: str, byte: int, indent: int, encoding: str) -> int:
    """Where a byte of a source line stands in the line as it is shown: dedented, and every character visible."""
    before = _encoded(source)[:byte].decode("utf-8", "ignore").expandtabs(TAB_WIDTH)
    cut = min(indent, _indent(source))
    return len(visible(before[cut:], encoding))


def _indent(source: str) -> int:
    expanded = source.expandtabs(TAB_WIDTH)
    return len(expanded) - len(expanded.lstrip(" "))


def _indent_bytes(source: str) -> int:
    return len(_encoded(source)) - len(_encoded(source.lstrip()))


def _encoded(source: str) -> bytes:
    return source.encode("utf-8", "surrogatepass")

"""Which line of one copy corresponds to which line of the other.

In: two members and their alignment. Out: line pairs that cover every line of both exactly once, in order. The
alignment of statements gives the anchors; the longest increasing chain of them is kept, and only between anchors are
texts compared.
Source: longest increasing subsequence with weights (Fenwick, 1994, for the prefix maxima); gaps by difflib (Ratcliff
and Obershelp, 1988).
"""

from __future__ import annotations

import ast
import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

from codesim.refactor.located import locate
from codesim.refactor.saving import code_lines, docstring_lines
from codesim.source import Span
from codesim.verify import Alignment, Subject, Unit

Row = tuple[int | None, int | None]


class Counterpart(NamedTuple):
    """Lines of aligned statements that share no row; moved: the statements themselves stand in another order."""

    left: int
    right: int
    moved: bool


_KEYWORDS = "|".join(keyword.kwlist)
_VARIABLE = re.compile(rf"(?<![.\w])(?!(?:{_KEYWORDS})\b)[^\W\d]\w*(?![\w(])")  # no attribute, no callee
_EQUAL_TEXT = 4  # what an equal text weighs beside an aligned statement


def correspond(left: Subject, right: Subject, alignment: Alignment) -> tuple[Row, ...]:
    """Pair the lines of two members.

    Args:
        left: the representative.
        right: another member.
        alignment: theirs.

    Returns:
        (line, line) pairs, absolute and 1-based, ascending on both sides; None where one side has nothing. A
        statement that moved is shown at both of its places.

    Source: our own.
    """
    one, two = _Side(left), _Side(right)
    votes: Counter[tuple[int, int]] = Counter()
    for a, b in zip(one.landmarks, two.landmarks, strict=True):
        votes.update(_line_pairs(a, b))
    for i, j in alignment.pairs:
        votes.update(_line_pairs(_header_lines(left.units[i]), _header_lines(right.units[j])))
    weights = {
        pair: count + _EQUAL_TEXT * (one.text(pair[0]) == two.text(pair[1]))
        for pair, count in votes.items()
        if pair[0] in one.lines and pair[1] in two.lines
    }
    rows: list[Row] = []
    at = (one.lines.start, two.lines.start)
    for pair in _chain(weights):
        rows += _gap(one, two, range(at[0], pair[0]), range(at[1], pair[1]))
        rows.append(pair)
        at = pair[0] + 1, pair[1] + 1
    rows += _gap(one, two, range(at[0], one.lines.stop), range(at[1], two.lines.stop))
    return tuple(rows)


def find_counterparts(
    left: Subject, right: Subject, alignment: Alignment, rows: Sequence[Row]
) -> tuple[Counterpart, ...]:
    """Find the statements that correspond, but of which a line stands alone on its row.

    Args:
        left: the representative.
        right: another member.
        alignment: theirs.
        rows: as `correspond` gives them.

    Returns:
        Counterparts in the order of the left lines.

    Source: our own.
    """
    kept = set(_chain({(i, j): left.units[i].mass for i, j in alignment.pairs}))
    one, two = {a for a, b in rows if b is None}, {b for a, b in rows if a is None}
    found = {
        Counterpart(a, b, (i, j) not in kept)
        for i, j in alignment.pairs
        for a, b in _line_pairs(_header_lines(left.units[i]), _header_lines(right.units[j]))
        if a in one or b in two
    }
    return tuple(sorted(found))


def rows_between(rows: Sequence[Row], left: int, right: int) -> tuple[Row, ...]:
    """The rows from a line of each side on: those of a block without the header that was made up for it.

    Args:
        rows: as `correspond` gives them.
        left: first line of the left side.
        right: first line of the right side.
    """
    kept = [
        (one if one is not None and one >= left else None, two if two is not None and two >= right else None)
        for one, two in rows
    ]
    return tuple(row for row in kept if row != (None, None))


class _Side:
    """One member's lines, by absolute number."""

    def __init__(self, subject: Subject) -> None:
        self.first = subject.fragment.span.start_line
        self.lines = range(self.first, self.first + len(subject.lines))
        self.texts = [line.strip() for line in subject.lines]
        code, docstring = code_lines(subject.lines), docstring_lines(subject.lines)
        self.kinds = [
            "code" if i in code else "docstring" if i in docstring else "comment" if text else "blank"
            for i, text in enumerate(self.texts)
        ]
        function = locate(subject).function
        shift = 1 if subject.lines and subject.lines[0][:1].isspace() else 0
        start = self.first - 1 - shift
        head = [function.lineno + start] if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else []
        own = [i + self.first for i in sorted(docstring)]
        self.landmarks: tuple[Sequence[int], ...] = (head, own[:1], own[1:-1], own[-1:] if len(own) > 1 else [])

    def text(self, line: int) -> str:
        return self.texts[line - self.first]

    def kind(self, line: int) -> str:
        return self.kinds[line - self.first]


Key = Callable[[_Side, int], str]


def _header_lines(unit: Unit) -> range:
    """The lines of a statement without the statements inside it."""
    spans: list[Span] = [expression.span for expression in unit.expressions]
    start = unit.node.span.start_line
    end = max([start, *[span.end_line for span in spans]]) if unit.node.children else unit.node.span.end_line
    return range(start, end + 1)


def _line_pairs(left: Sequence[int], right: Sequence[int]) -> Iterable[tuple[int, int]]:
    return zip(left, right, strict=False)


def _chain(weights: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
    """The heaviest chain of pairs that ascends on both sides; of equal ones, the one with the earlier pairs."""
    columns = {column: rank for rank, column in enumerate(sorted({j for _, j in weights}), 1)}
    tree: list[tuple[int, tuple[int, int] | None]] = [(0, None)] * (len(columns) + 1)
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    totals: dict[tuple[int, int], int] = {}
    for _, group in groupby(sorted(weights), key=lambda pair: pair[0]):
        row = list(group)
        for pair in row:  # first all look-ups of a line, then its updates: no two pairs of a chain share a line
            best: tuple[int, tuple[int, int] | None] = (0, None)
            rank = columns[pair[1]] - 1
            while rank:
                best = max(best, tree[rank], key=lambda entry: entry[0])
                rank &= rank - 1
            totals[pair], before[pair] = best[0] + weights[pair], best[1]
        for pair in row:
            rank = columns[pair[1]]
            while rank <= len(columns):
                if totals[pair] > tree[rank][0]:
                    tree[rank] = totals[pair], pair
                rank += rank & -rank
    last: tuple[int, int] | None = min(totals, key=lambda pair: (-totals[pair], pair), default=None)
    out: list[tuple[int, int]] = []
    while last is not None:
        out.append(last)
        last = before[last]
    return out[::-1]


def _gap(one: _Side, two: _Side, left: range, right: range) -> Iterator[Row]:
    """The lines between two anchors: equal texts first, then equal but for names, then comments with comments."""
    return _by_keys(_KEYS, one, two, left, right)


def _by_keys(keys: Sequence[Key], one: _Side, two: _Side, left: range, right: range) -> Iterator[Row]:
    """Pair lines with equal keys, and between those go on with the next key; lines with an empty key stay alone."""
    if not keys or not left or not right:
        yield from ((line, None) for line in left)
        yield from ((None, line) for line in right)
        return
    key, *rest = keys
    a, b = [key(one, line) or f"left {line}" for line in left], [key(two, line) or f"right {line}" for line in right]
    i = j = 0
    for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        yield from _by_keys(rest, one, two, left[i : block.a], right[j : block.b])
        i, j = block.a + block.size, block.b + block.size
        yield from zip(left[block.a : i], right[block.b : j], strict=True)


def _masked(side: _Side, line: int) -> str:
    return _VARIABLE.sub("_", side.text(line)) if side.kind(line) == "code" else ""


def _kind_but_code(side: _Side, line: int) -> str:
    return "" if side.kind(line) == "code" else side.kind(line)


_KEYS: tuple[Key, ...] = (_Side.text, _masked, _kind_but_code)

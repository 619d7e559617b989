"""Which line of one copy corresponds to which line of the other.

In: two members and their alignment. Out: line pairs that cover every line of both exactly once, in order. The
alignment of statements gives the anchors; the longest increasing chain of them is kept, and only between anchors are
texts compared.
Source: longest increasing subsequence with weights (Fenwick, 1994, for the prefix maxima); gaps by difflib (Ratcliff
and Obershelp, 1988).
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from codesim.refactor.located import locate
from codesim.refactor.saving import code_lines, docstring_lines
from codesim.source import Span
from codesim.verify import Alignment, Subject, Unit

Row = tuple[int | None, int | None]
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
    """The lines between two anchors: equal texts first, then comments with comments, docstrings with docstrings."""
    a, b = [one.text(line) for line in left], [two.text(line) for line in right]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(left[i1:i2], right[j1:j2], strict=True)
        else:
            yield from _unequal(one, two, left[i1:i2], right[j1:j2])


def _unequal(one: _Side, two: _Side, left: range, right: range) -> Iterator[Row]:
    kinds_left, kinds_right = [one.kind(line) for line in left], [two.kind(line) for line in right]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, kinds_left, kinds_right, autojunk=False).get_opcodes():
        if tag == "equal" and kinds_left[i1] != "code":
            for k in range(i2 - i1):
                same_kind = kinds_left[i1 + k] != "code"
                yield from (
                    [(left[i1 + k], right[j1 + k])] if same_kind else [(left[i1 + k], None), (None, right[j1 + k])]
                )
        else:
            yield from ((line, None) for line in left[i1:i2])
            yield from ((None, line) for line in right[j1:j2])

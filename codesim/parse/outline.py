"""The outline of a function: a hash for each of its statements, by which equal runs of statements are found.

In: the faithful tree of a function. Out: an `Outline`: one row per statement (and per `else`, handler and case) in
source order, without the statements inside it. The exact hash blanks the function's own names and the values of
literals; the loose one also attributes, callees and other names. Only arrays are kept, so that a cached outline costs
no parsing. Source: our own; statement fingerprints for clones go back to Baker, On Finding Duplication and
Near-Duplication in Large Software Systems, 1995 (parameterised matches).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from codesim.parse.tree import Kind, Node

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPE_COLUMNS = ("depth", "size", "mass", "start_line", "end_line", "is_statement", "compound")
"""depth: suites around it. size: rows of it and of what stands inside. mass: tree nodes of its own. is_statement: 0
for what cannot be cut out on its own, `else`, handlers, cases and `elif`. compound: the kind of a statement that holds
others, else 0."""

_NAMED = frozenset({Kind.NAME, Kind.STORE, Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS})
_FREE = frozenset({Kind.NAME, Kind.ATTRIBUTE, Kind.KEYWORD, Kind.STORE})
_OPAQUE = frozenset({Kind.FUNCTION, Kind.CLASS})
_PARTS = frozenset({Kind.SUITE, Kind.HANDLER, Kind.CASE})
_MAIN = {Kind.IF: 1, Kind.FOR: 2, Kind.WHILE: 1, Kind.TRY: 0, Kind.WITH: 0}  # the suite that needs no row of its own


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The statements of one function.

    exact, loose: (n,) uint64 hashes; 0 in both marks what no run may hold. shape: (n, 7) int32, see `SHAPE_COLUMNS`.
    """

    exact: NDArray[np.uint64]
    loose: NDArray[np.uint64]
    shape: NDArray[np.int32]


def outline(function: Node, barriers: Container[int] = frozenset()) -> Outline:
    """Outline a function.

    Args:
        function: the FUNCTION node of its faithful tree.
        barriers: lines of statements that no run may hold: suppressed ones.

    Returns:
        One row per statement; the docstring and other bare constants have none.

    Source: our own.
    """
    names = {node.label for node in function.walk() if node.kind in _NAMED and node.kind is not Kind.NAME}
    builder = _Builder(names, barriers)
    builder.suite(function.children[1], 0)
    count = len(builder.rows)
    return Outline(
        np.array(builder.exact, dtype=np.uint64).reshape(count),
        np.array(builder.loose, dtype=np.uint64).reshape(count),
        np.array(builder.rows, dtype=np.int32).reshape(count, len(SHAPE_COLUMNS)),
    )


class _Builder:
    def __init__(self, names: set[str], barriers: Container[int]) -> None:
        self.names, self.barriers = names, barriers
        self.exact: list[int] = []
        self.loose: list[int] = []
        self.rows: list[list[int]] = []

    def suite(self, suite: Node, depth: int, elif_column: int = -1) -> None:
        """The rows of a suite; a lone `if` that begins in `elif_column` is an `elif`."""
        alone = len(suite.children) == 1
        for statement in suite.children:
            if statement.kind is Kind.EXPRESSION and statement.children[0].kind is Kind.CONSTANT:
                continue  # a docstring
            is_elif = alone and statement.kind is Kind.IF and statement.span.start_column == elif_column
            self.statement(statement, depth, is_statement=not is_elif)

    def statement(self, node: Node, depth: int, *, is_statement: bool) -> None:
        row = len(self.rows)
        blocked = node.kind in _OPAQUE or node.span.start_line in self.barriers
        own = () if blocked else tuple([child for child in node.children if child.kind not in _PARTS])
        self.row(node, own, depth, is_statement=is_statement, blocked=blocked)
        if not blocked:
            main = _MAIN.get(node.kind, -1)
            for place, child in enumerate(node.children):
                if place == main:
                    self.suite(child, depth + 1)
                elif child.kind is Kind.SUITE:
                    if child.children:
                        column = node.span.start_column if node.kind is Kind.IF else -1
                        self.part(node._replace(label=f"else {place}"), (), child, depth + 1, column)
                elif child.kind in _PARTS:
                    own = tuple([inner for inner in child.children if inner.kind is not Kind.SUITE])
                    body = next(inner for inner in child.children if inner.kind is Kind.SUITE)
                    self.part(child, own, body, depth + 1)
        self.rows[row][1] = len(self.rows) - row

    def part(self, header: Node, own: tuple[Node, ...], suite: Node, depth: int, elif_column: int = -1) -> None:
        """A part of a statement with a suite of its own: it has a row, but is nothing to cut out."""
        row = len(self.rows)
        self.row(header, own, depth, is_statement=False, blocked=False)
        self.suite(suite, depth + 1, elif_column)
        self.rows[row][1] = len(self.rows) - row

    def row(self, node: Node, own: tuple[Node, ...], depth: int, *, is_statement: bool, blocked: bool) -> None:
        exact, loose, mass = _signatures(node, own, self.names)
        self.exact.append(0 if blocked else _hash(exact))
        self.loose.append(0 if blocked else _hash(loose))
        span = node.span
        compound = int(node.kind) if node.kind in _MAIN and not blocked else 0
        self.rows.append([depth, 1, mass, span.start_line, span.end_line, int(is_statement and not blocked), compound])


def _signatures(statement: Node, expressions: tuple[Node, ...], names: set[str]) -> tuple[str, str, int]:
    """What the two hashes are made of, and how many nodes that is."""
    exact: list[str] = [f"{statement.kind:d}{statement.label}"]
    loose: list[str] = [f"{statement.kind:d}"]
    stack = list(expressions[::-1])
    mass = 1
    while stack:
        kind, label, children, _ = stack.pop()
        mass += 1
        if kind in _NAMED:
            if label in names:
                label = ""
        elif kind is Kind.CONSTANT:
            label = _type_of(label)
        elif kind is Kind.FORMAT:
            label = "f"
        count = len(children)
        exact.append(f"{kind:d}{label}/{count}")
        loose.append(f"{kind:d}/{count}" if kind in _FREE else f"{kind:d}{label}/{count}")
        if count:
            stack.extend(children[::-1])
    return "|".join(exact), "|".join(loose), mass


def _type_of(label: str) -> str:
    """The type of a literal, from its label; None, True and False stand for themselves."""
    if label in ("None", "True", "False", "..."):
        return label
    return "n" if label[:1].isdigit() else "s"


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") or 1

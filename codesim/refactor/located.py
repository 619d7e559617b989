"""A member's source as Python's own syntax tree, looked up by span.

In: a `Subject`. Out: a `LocatedSource`, which tells for a span whether exactly one expression or statement of the
source stands there. Canonical trees are lowered, so a difference may name a place that is no expression of its own;
only what is found here can be edited.
Source: our own.
"""

from __future__ import annotations

import ast
from collections import deque
from dataclasses import dataclass
from functools import cached_property, lru_cache

from codesim.source import Span
from codesim.verify import Subject

_NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar
_PLACELESS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
FunctionAst = ast.FunctionDef | ast.AsyncFunctionDef
_REMEMBERED = 256  # members


@dataclass(frozen=True, eq=False)
class LocatedSource:
    """The syntax tree of one member; spans are those of its file.

    function: its definition, None if the lines cannot be parsed on their own. expressions, statements: nodes by span
    (of two with the same span, the outer one). parents: the node around each node. in_patterns: spans of expressions
    inside match patterns.
    """

    function: FunctionAst | None
    expressions: dict[Span, ast.expr]
    statements: dict[Span, ast.stmt]
    parents: dict[ast.AST, ast.AST]
    in_patterns: frozenset[Span]

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Every name that the member mentions: variables, parameters, imports and definitions."""
        return frozenset() if self.function is None else _identifiers(self.function)

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement around a node."""
        current: ast.AST | None = node
        while current is not None and not isinstance(current, ast.stmt):
            current = self.parents.get(current)
        return current


def wrapped_source(lines: tuple[str, ...]) -> tuple[str, int]:
    """A fragment's lines as a module that parses: inside an `if` where they are indented.

    Dedenting instead would change strings that run over several lines.

    Args:
        lines: the fragment's source lines, without line ends.

    Returns:
        The module's text, and how many lines (0 or 1) stand before the first one.
    """
    indented = bool(lines) and lines[0][:1] in (" ", "\t", "\f")
    return ("if 1:\n" if indented else "") + "\n".join(lines) + "\n", int(indented)


def locate(subject: Subject) -> LocatedSource:
    """Parse a member's lines again and index them by span.

    Args:
        subject: a member of the class.

    Returns:
        LocatedSource: empty if the lines are not Python on their own.

    Source: our own.
    """
    return _located(subject.lines, subject.fragment.span.start_line)


@lru_cache(maxsize=_REMEMBERED)  # a candidate asks three to five times for each of its members
def _located(lines: tuple[str, ...], start_line: int) -> LocatedSource:
    text, shift = wrapped_source(lines)
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return LocatedSource(None, {}, {}, {}, frozenset())
    offset = start_line - 1 - shift
    expressions: dict[Span, ast.expr] = {}
    statements: dict[Span, ast.stmt] = {}
    parents: dict[ast.AST, ast.AST] = {}
    in_patterns: set[Span] = set()
    function: FunctionAst | None = None
    todo: deque[ast.AST] = deque([module])  # outer nodes first
    while todo:
        node = todo.popleft()
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, _PLACELESS):
                parents[child] = node
                todo.append(child)
        if isinstance(node, ast.expr):
            expressions.setdefault(span_of(node, offset), node)
        elif isinstance(node, ast.stmt):
            statements.setdefault(span_of(node, offset), node)
            if function is None and isinstance(node, FunctionAst):
                function = node
        elif isinstance(node, ast.pattern):
            in_patterns.update(span_of(inner, offset) for inner in ast.walk(node) if isinstance(inner, ast.expr))
    return LocatedSource(function, expressions, statements, parents, frozenset(in_patterns))


def is_elif(subject: Subject, statement: ast.stmt) -> bool:
    """Whether an `if` of a member's source is written as an `elif`, so that nothing can stand beside it."""
    line = subject.lines[statement.lineno - 1 - wrapped_source(subject.lines[:1])[1]]
    return line.encode()[statement.col_offset :].startswith(b"elif")


def span_of(node: ast.expr | ast.stmt, offset: int = 0) -> Span:
    """The span of a node, its lines moved down by `offset`."""
    return Span(
        node.lineno + offset, node.col_offset, (node.end_lineno or node.lineno) + offset, node.end_col_offset or 0
    )


def _identifiers(function: FunctionAst) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, _NAMED):
            names.add(node.name or "")
        elif isinstance(node, ast.Global | ast.Nonlocal):
            names.update(node.names)
    return frozenset(names)

"""Which lines of a Python file are code inside function bodies, and of which function.

In: a file's text. Out: its outermost functions, each with the lines of its body that hold code: no docstring, no
comment, no blank line. Source: our own.
"""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LAYOUT = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a function or method.

    line: where its `def` stands. lines: those of its body that hold code, 1-based.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef
    qualname: str
    lines: frozenset[int]

    @property
    def line(self) -> int:
        """Where its `def` stands, 1-based."""
        return self.node.lineno

    def within(self, start: int, end: int) -> list[int]:
        """Its lines of code from `start` to `end`, both inclusive, in order."""
        return sorted(line for line in self.lines if start <= line <= end)

    def innermost(self, start: int, end: int) -> Body:
        """The function nested deepest whose body holds these lines; itself if none of its own does."""
        best = self.node
        for node in ast.walk(self.node):  # outer ones come first
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _holds(node, start, end):
                best = node
        if best is self.node:
            return self
        return Body(best, f"{self.qualname}.{best.name}", frozenset(filter(_body_lines(best).__contains__, self.lines)))

    def statements(self, start: int, end: int) -> int:
        """How many statements of the function lie wholly between two lines, those inside others not counted again."""
        return sum(_whole(child, start, end) for child in self.node.body)


def function_bodies(text: str) -> list[Body]:
    """The outermost functions of a file in order; none if it does not parse.

    Args:
        text: the file's text.

    Returns:
        The bodies of functions and methods; what is nested in a function belongs to it.
    """
    try:
        tree = ast.parse(text)
        code = _code_lines(text)
    except (SyntaxError, ValueError, tokenize.TokenError):
        return []
    strings = {line for node in ast.walk(tree) for line in _docstring_lines(node)}
    found: list[Body] = []

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = frozenset(line for line in _body_lines(child) if line in code and line not in strings)
                found.append(Body(child, prefix + child.name, lines))
            else:
                visit(child, f"{prefix}{child.name}." if isinstance(child, ast.ClassDef) else prefix)

    visit(tree, "")
    return sorted(found, key=lambda body: body.line)


def nested_functions(body: Body) -> list[Body]:
    """The functions that stand in one and in no other inside it, in order of place; methods of nested classes too."""
    inside = [node for node in ast.walk(body.node) if isinstance(node, _FUNCTIONS) and node is not body.node]
    below = {id(deeper) for node in inside for deeper in ast.walk(node) if deeper is not node}
    outer = sorted([node for node in inside if id(node) not in below], key=lambda node: node.lineno)
    return [
        Body(node, f"{body.qualname}.{node.name}", frozenset(filter(_body_lines(node).__contains__, body.lines)))
        for node in outer
    ]


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> range:
    return range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1)


def _holds(node: ast.FunctionDef | ast.AsyncFunctionDef, start: int, end: int) -> bool:
    lines = _body_lines(node)
    return start in lines and end in lines


def _code_lines(text: str) -> set[int]:
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _LAYOUT:
            lines.update(range(token.start[0], token.end[0] + 1))
    return lines


def _docstring_lines(node: ast.AST) -> range:
    """The lines of a string that stands as a statement."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return range(0)


def _whole(node: ast.AST, start: int, end: int) -> int:
    if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
        first = getattr(node, "lineno", None)
        if first is not None:
            last = node.end_lineno or first  # type: ignore[union-attr]
            if start <= first and last <= end:
                return int(isinstance(node, ast.stmt))
            if last < start or first > end:
                return 0
        return sum(_whole(child, start, end) for child in ast.iter_child_nodes(node))
    return 0

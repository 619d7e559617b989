"""How many lines a merge saves.

In: the members' lines and the helper's text. Out: lines of code: neither blank, nor comment, nor docstring. What is
kept is paid for: the helper, and the header and a call for every copy that stays as a thin caller. Source: our own.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence, Set
from functools import lru_cache

from codesim.refactor.located import wrapped_source

_SILENT = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
)
_CALL = 1  # `return helper(...)`
_MAY_BE_DOCSTRING = re.compile(r"""(?:^|:)[\s(\\]*[rRuU]?["']""", re.MULTILINE)  # text first in a line or a suite
_TRIPLE = ('"""', "'''")
_DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SUITES = ("body", "orelse", "finalbody", "handlers", "cases")


def code_lines(lines: Sequence[str]) -> frozenset[int]:
    """Which lines are code.

    Args:
        lines: source of one function, without line ends; it may be indented.

    Returns:
        0-based indices into `lines`. Lines that do not parse count if they are neither blank nor a comment alone.

    Source: our own.
    """
    return _code_lines(tuple(lines))


@lru_cache(maxsize=1024)  # what is counted is also shown side by side, and counted again for blocks
def _code_lines(lines: tuple[str, ...]) -> frozenset[int]:
    text, shift = wrapped_source(lines)
    filled = [(i, line.strip()) for i, line in enumerate(lines)]
    plain = frozenset([i for i, line in filled if line and line[0] != "#"])
    unsure = {i for i, line in filled if line == "\\" or line[:1] == "#"}  # may be part of a text, or no code
    if not any(line[-1:] == "\\" for _, line in filled) and not any(mark in text for mark in _TRIPLE):
        unsure = set()  # no text runs over lines
    if not unsure and not _MAY_BE_DOCSTRING.search(text):
        return plain
    try:
        docstrings = {line - 1 - shift for line in _docstring_lines(ast.parse(text))}
        found = plain if unsure <= docstrings else _lines_with_tokens(text, shift)
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        return plain
    return frozenset([i for i in found - docstrings if 0 <= i < len(lines) and lines[i].strip()])


def _lines_with_tokens(text: str, shift: int) -> Set[int]:
    """The lines that hold any part of a token; Python's own tokenizer takes longer than its parser."""
    used: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _SILENT:
            used.update(range(token.start[0] - 1 - shift, token.end[0] - shift))
    return used


def docstring_lines(lines: Sequence[str]) -> frozenset[int]:
    """Which lines (0-based indices) belong to the function's own docstring; none if the lines do not parse."""
    text, shift = wrapped_source(tuple(lines))
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(line - 1 - shift for line in _docstring_lines(module))


def lines_saved(members: Sequence[Sequence[str]], helper: str, *, identical: bool, parametrized: bool) -> int:
    """Count the lines that a merge removes.

    Args:
        members: the source lines of every copy, the representative's first.
        helper: its text, or "" if there is none: then the representative's length stands for it.
        identical: the other copies go and leave one line each.
        parametrized: all copies go, and the helper has a row for each.

    Returns:
        Lines, never below 0.
    """
    lengths = [len(code_lines(lines)) for lines in members]
    if identical:
        return max(0, sum(lengths[1:]) - len(lengths[1:]))
    cost = len(code_lines(helper.split("\n"))) if helper else lengths[0]
    if not parametrized:
        cost += sum(_header_length(lines) + _CALL for lines in members)
    return max(0, sum(lengths) - cost)


def _header_length(lines: Sequence[str]) -> int:
    """Lines of code before the body: decorators, and a signature of any length; they stay with a thin caller."""
    text, shift = wrapped_source(tuple(lines))
    try:
        function = next(n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    except (SyntaxError, ValueError, RecursionError, StopIteration):
        return 1
    first = function.body[0].lineno - 1 - shift
    return max(1, sum(line < first for line in code_lines(lines)))


def _docstring_lines(module: ast.Module) -> set[int]:
    out: set[int] = set()
    stack: list[ast.AST] = [module]
    while stack:
        node = stack.pop()
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body[0]
            out.update(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
        for name in _SUITES:
            stack += getattr(node, name, ())
    return out

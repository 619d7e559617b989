"""Names taken out of a function's text, so that no system finds a twin by what the function is called.

In: the text or the syntax of one function. Out: its text with its own name replaced, recursion included, or with every
name replaced that the function binds. What it calls and which attributes it reads stays.

Source: our own.
"""

from __future__ import annotations

import ast
import copy
import io
import re
import tokenize
from collections.abc import Iterator
from enum import StrEnum

OWN_NAME = "f"
"""What every function is called once its own name is masked; an underscore is added where the text uses it already."""
_RECEIVERS = ("self", "cls")
_NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar
_FORMATTED = re.compile(r"[rR]?[fF][rR]?['\"]")


class Mask(StrEnum):
    """Which names are hidden: none, the function's own, or its own and those of all it binds but imports."""

    NONE = "none"
    OWN = "own"
    LOCALS = "locals"


def mask_own_name(text: str, name: str) -> str:
    """Replace a function's own name wherever its text uses it as a name, and as `self.name` or `cls.name`.

    Args:
        text: the function, without indentation.
        name: its name.

    Returns:
        The text, otherwise unchanged: comments and strings keep the word, formatted strings do not.
    """
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    used = {token.string for token in tokens if token.type == tokenize.NAME}
    masked = OWN_NAME
    while masked in used:
        masked += "_"
    starts = _line_starts(text)
    parts: list[str] = []
    done = 0
    for (row, column), (end_row, end_column), new in _replacements(tokens, name, masked):
        parts += [text[done : starts[row] + column], new]
        done = starts[end_row] + end_column
    return "".join([*parts, text[done:]])


def mask_locals(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Write a function anew with its own name and the names that it binds replaced by v0, v1, ...

    Args:
        node: the function; left as it is.

    Returns:
        Its text, without comments; names of imports, attributes and keyword arguments stay.

    Raises:
        ValueError: the tree has no spelling.
    """
    renamed = copy.deepcopy(node)
    bound = dict.fromkeys(name for part in ast.walk(renamed) for name in _bound(part))
    bound.pop(node.name, None)
    names = {name: f"v{number}" for number, name in enumerate(bound)} | {node.name: OWN_NAME}
    for part in ast.walk(renamed):
        _rename(part, names)
    return ast.unparse(renamed) + "\n"


def _replacements(
    tokens: list[tokenize.TokenInfo], name: str, masked: str
) -> Iterator[tuple[tuple[int, int], tuple[int, int], str]]:
    before = ["", ""]
    for token in tokens:
        if token.type == tokenize.NAME and token.string == name:
            if before[1] != "." or before[0] in _RECEIVERS:
                yield token.start, token.end, masked
        elif token.type == tokenize.STRING and name in token.string and _FORMATTED.match(token.string):
            # before 3.12 a formatted string is one token
            yield token.start, token.end, re.sub(rf"\b{re.escape(name)}\b", masked, token.string)
        before = [before[1], token.string]


def _line_starts(text: str) -> list[int]:
    """The offset of each line, from line 1 on."""
    starts = [0, 0]
    for line in io.StringIO(text):
        starts.append(starts[-1] + len(line))
    return starts


def _bound(part: ast.AST) -> list[str]:
    if isinstance(part, ast.Name):
        return [part.id] if isinstance(part.ctx, ast.Store) else []
    if isinstance(part, ast.arg):
        return [part.arg]
    if isinstance(part, _NAMED) and part.name:
        return [part.name]
    if isinstance(part, ast.MatchMapping) and part.rest:
        return [part.rest]
    return []


def _rename(part: ast.AST, names: dict[str, str]) -> None:
    if isinstance(part, ast.Name):
        part.id = names.get(part.id, part.id)
    elif isinstance(part, ast.arg):
        part.arg = names.get(part.arg, part.arg)
    elif isinstance(part, ast.Global | ast.Nonlocal):
        part.names = [names.get(name, name) for name in part.names]
    elif isinstance(part, ast.MatchMapping):
        part.rest = names.get(part.rest, part.rest) if part.rest else None
    elif isinstance(part, _NAMED) and part.name:
        part.name = names.get(part.name, part.name)

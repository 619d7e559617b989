"""Leave out of a helper what is said of one copy only: comments and docstrings that most copies do not share.

In: the helper's text, which has the representative's, and the copies' lines. Out: the text without those that would
mislead ("MySQL does not...", in a helper for every database). Code is left as it is, and what is written for tools.
Source: our own.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from inspect import cleandoc
from typing import NamedTuple

from codesim.refactor.located import wrapped_source

_FOR_TOOLS = re.compile(r"#\s*(noqa|nosec|(type|pragma|pylint|mypy|pyright|ruff|fmt|isort|yapf|flake8)\s*:)", re.I)
_DOCUMENTED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class _Remark(NamedTuple):
    """A comment (all lines of it, if it has lines of its own) or a docstring: its lines, and its words.

    column: where it begins behind code; -1 where it has its lines for itself.
    """

    first_line: int
    last_line: int
    column: int
    words: str


def without_remarks_of_one(text: str, copies: Sequence[tuple[str, ...]], steps: Sequence[str]) -> str:
    """A helper's text without the remarks that only the representative has.

    Args:
        text: of the helper; one definition.
        copies: the lines of every copy, the representative's first.
        steps: texts of steps under a flag of their own; what is said in them is said of them.

    Returns:
        The text with the comments that more than half of the copies have, and the docstrings that all have.

    Source: our own.
    """
    said = Counter(words for lines in copies for words in _comments_of(lines))
    kept = {words for words, count in said.items() if 2 * count > len(copies)}
    kept.update(words for step in steps for words in _comments_of(tuple(step.split("\n"))))
    shared = frozenset.intersection(*[_docstrings_of(lines) for lines in copies])
    lines = tuple(text.split("\n"))
    gone = [comment for comment in _comments(lines) if comment.words not in kept and not _is_for_tools(lines, comment)]
    gone += [docstring for docstring in _docstrings(lines) if docstring.words not in shared]
    return "\n".join(_without(list(lines), gone)) if gone else text


def _is_for_tools(lines: Sequence[str], remark: _Remark) -> bool:
    shown = lines[remark.first_line : remark.last_line + 1]
    return any(_FOR_TOOLS.search(line[max(0, remark.column) :]) for line in shown)


def _without(lines: list[str], gone: Sequence[_Remark]) -> list[str]:
    for remark in sorted(gone, reverse=True):
        if remark.column >= 0:
            lines[remark.first_line] = lines[remark.first_line][: remark.column].rstrip()
            continue
        del lines[remark.first_line : remark.last_line + 1]
        before = lines[remark.first_line - 1] if remark.first_line else ""
        if not before.strip() or before.rstrip().endswith(":"):
            while remark.first_line < len(lines) and not lines[remark.first_line].strip():
                del lines[remark.first_line]
    return lines


@lru_cache(maxsize=256)
def _comments_of(lines: tuple[str, ...]) -> frozenset[str]:
    return frozenset(comment.words for comment in _comments(lines))


@lru_cache(maxsize=256)
def _docstrings_of(lines: tuple[str, ...]) -> frozenset[str]:
    return frozenset(docstring.words for docstring in _docstrings(lines))


def _comments(lines: tuple[str, ...]) -> list[_Remark]:
    """Comments in order; neighbouring lines of comment are one."""
    if not any("#" in line for line in lines):
        return []
    out: list[_Remark] = []
    for number, column, comment in _comment_tokens(lines):
        words = " ".join(comment.lstrip("#").split())
        if lines[number][:column].strip():
            out.append(_Remark(number, number, column, words))
        elif out and out[-1].column < 0 and out[-1].last_line == number - 1:
            out[-1] = out[-1]._replace(last_line=number, words=f"{out[-1].words} {words}".strip())
        else:
            out.append(_Remark(number, number, -1, words))
    return out


def _comment_tokens(lines: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    text, shift = wrapped_source(lines)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0] - 1 - shift, token.start[1], token.string
    except (tokenize.TokenError, SyntaxError):
        return


def _docstrings(lines: tuple[str, ...]) -> list[_Remark]:
    """Docstrings on lines of their own that are not all that a definition has."""
    text, shift = wrapped_source(lines)
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    out: list[_Remark] = []
    for node in ast.walk(module):
        words = ast.get_docstring(node, clean=False) if isinstance(node, _DOCUMENTED) else None
        if words is None or not isinstance(node, _DOCUMENTED) or len(node.body) == 1:
            continue
        first, second = node.body[:2]
        if node.lineno < first.lineno and (first.end_lineno or first.lineno) < second.lineno:
            last = (first.end_lineno or first.lineno) - 1 - shift
            out.append(_Remark(first.lineno - 1 - shift, last, -1, cleandoc(words)))
    return out

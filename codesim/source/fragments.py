"""Fragments: the pieces of source that codesim compares.

In: a module's syntax tree. Out: a `CutFragment` for every function, method and nested function, in source order, each
with a dotted name that is unique in its file: a later definition of the same name (a property's setter, an overload,
the other branch of an `if`) gets `#2`, `#3`. And the ways back: from `path.py::Qual.name` or `path.py:LINE` to a
fragment, and from a fragment to its syntax. Only statements are visited (a function definition cannot stand
elsewhere), without recursion.
"""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from codesim.errors import SourceError
from codesim.source.paths import printable
from codesim.source.reading import Skipped, SourceFile, parse_module
from codesim.source.suppress import NO_SUPPRESSIONS, Suppressions

FunctionSyntax = ast.FunctionDef | ast.AsyncFunctionDef


class Span(NamedTuple):
    """Where a piece of source stands: 1-based lines, 0-based UTF-8 byte columns as in `ast`, end exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


class Fragment(NamedTuple):
    """A function, method or nested function: its file, its dotted name there, and its span (decorators included).

    A tuple, since a scan makes, sorts and looks up thousands.
    """

    path: str
    qualname: str
    span: Span


class Captured(NamedTuple):
    """A name that a function takes from one around it, and the dotted name of the function that binds it."""

    name: str
    function: str


class Surroundings(NamedTuple):
    """What stands around a function.

    parent: dotted name of the class that it is a method of, else None. bases: of that class, as they are written.
    captured: what it takes from the functions around it.
    """

    parent: str | None = None
    bases: tuple[str, ...] = ()
    captured: tuple[Captured, ...] = ()


@dataclass(frozen=True, slots=True)
class CutFragment:
    """A fragment with its syntax.

    parent: dotted name of the class that it is a method of, else None; bases: of that class, as they are written.
    around: the function that it stands in, if any. suppressed: line of the suppress comment that speaks of it, 0 if
    none does.
    """

    fragment: Fragment
    node: FunctionSyntax
    parent: str | None
    suppressed: int
    bases: tuple[str, ...] = ()
    around: CutFragment | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class FragmentName:
    """A fragment as the user names it: by `qualname`, or by a `line` inside it; the other one is None."""

    path: str
    qualname: str | None
    line: int | None


def cut_fragments(path: str, module: ast.Module, suppressions: Suppressions = NO_SUPPRESSIONS) -> list[CutFragment]:
    """Cut a module into its functions, methods and nested functions.

    Args:
        path: the file, as shown to the user.
        module: its syntax tree.
        suppressions: of the file; a function is suppressed if one speaks of its header.

    Returns:
        list[CutFragment]: in source order, an outer function before the ones inside it.
    """
    seen: Counter[str] = Counter()
    found: list[CutFragment] = []
    stack: list[tuple[ast.AST, str, ast.ClassDef | None, CutFragment | None]] = [(module, "", None, None)]
    while stack:
        node, prefix, owner, around = stack.pop()
        if isinstance(node, FunctionSyntax):
            qualname = prefix + node.name
            seen[qualname] += 1
            if seen[qualname] > 1:
                qualname += f"#{seen[qualname]}"
            suppressed = suppressions.speaks_of(_header(node))
            fragment = Fragment(path, qualname, _span(node))
            parent, bases = (None, ()) if owner is None else (prefix[:-1], _bases(owner))
            around = CutFragment(fragment, node, parent, suppressed, bases, around)
            found.append(around)
            prefix, owner = f"{qualname}.", None
        elif isinstance(node, ast.ClassDef):
            prefix, owner = f"{prefix}{node.name}.", node
        stack.extend([(child, prefix, owner, around) for child in reversed(_compound_below(node))])
    return found


def _bases(node: ast.ClassDef) -> tuple[str, ...]:
    """The bases of a class that are written as dotted names, without what is subscripted."""
    plain = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
    return tuple([name for base in plain if (name := _dotted(base))])


def _dotted(node: ast.expr) -> str:
    """`a.b.c` of an expression that is just that; else empty."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def parse_fragment(fragment: Fragment, lines: Sequence[str]) -> FunctionSyntax | None:
    """Parse one function of a file again: its own lines where they can be parsed alone, else the whole file.

    Alone, the functions of Django that have a neighbour take half of the time that their files take.

    Args:
        fragment: from `cut_fragments`.
        lines: of its file, without line ends.

    Returns:
        The function's syntax with its positions in the file; None if the file has changed and it is not there.

    Source: our own.
    """
    start, column, end, _ = fragment.span
    empty = ["\n" * (start - 2) + ("if 1:" if column else "")] if start > 1 else []  # keeps positions as in the file
    module = _parsed(fragment.path, [*empty, *lines[start - 1 : end]])
    node: ast.stmt | None = module.body[0] if module is not None and module.body else None
    if isinstance(node, ast.If):
        node = node.body[0]
    name = fragment.qualname.rpartition(".")[2].partition("#")[0]
    if isinstance(node, FunctionSyntax) and node.name == name and _span(node) == fragment.span:
        return node
    module = _parsed(fragment.path, lines)
    cuts = [] if module is None else cut_fragments(fragment.path, module)
    return next((cut.node for cut in cuts if cut.fragment == fragment), None)


def _parsed(path: str, lines: Sequence[str]) -> ast.Module | None:
    module = parse_module(SourceFile(path, "\n".join(lines), "", len(lines)))
    return None if isinstance(module, Skipped) else module


def _compound_below(node: ast.AST) -> list[ast.AST]:
    """The statements right below, in source order, that hold statements themselves."""
    return [child for name in _suites(node) for child in getattr(node, name) if _suites(child)]


_known_suites: dict[type, tuple[str, ...]] = {}


def _suites(node: ast.AST) -> tuple[str, ...]:
    """The fields of a statement, handler or case that hold a list of such, in the order of the source."""
    found = _known_suites.get(type(node))
    if found is None:
        names = ("body", "handlers", "orelse", "finalbody", "cases")
        found = _known_suites[type(node)] = tuple([name for name in names if name in node._fields])
    return found


def _first_line(node: ast.stmt) -> int:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.decorator_list:
        return min(node.lineno, node.decorator_list[0].lineno)
    return node.lineno


def _header(node: FunctionSyntax) -> range:
    return range(_first_line(node), max(node.lineno, _first_line(node.body[0]) - 1) + 1)


def _span(node: FunctionSyntax) -> Span:
    end_line, end_column = node.end_lineno, node.end_col_offset
    if end_line is None or end_column is None:  # only a tree built by hand has no ends
        raise SourceError(node.name, node.lineno, "the syntax tree has no positions")
    return Span(_first_line(node), node.col_offset, end_line, end_column)


def parse_fragment_name(text: str) -> FragmentName:
    """Take apart `path.py::Qual.name` or `path.py:LINE`; `path.py::Qual::name` is understood as well.

    Args:
        text: as typed by the user.

    Returns:
        FragmentName: the path as typed, and one of qualname and line.

    Raises:
        SourceError: it names a file only.
    """
    path, colons, qualname = text.partition("::")
    if colons and path and qualname:
        return FragmentName(path, qualname.replace("::", "."), None)
    path, _, digits = text.rpartition(":")
    if path and digits.isascii() and digits.isdigit():
        return FragmentName(path, None, int(digits))
    raise SourceError(text, None, "does not name a function; write path.py::qualname or path.py:LINE")


def find_fragment(name: FragmentName, fragments: Sequence[CutFragment]) -> CutFragment:
    """Find the fragment that the user named among those of its file.

    Args:
        name: what was asked for.
        fragments: all fragments of that file, as `cut_fragments` gives them.

    Returns:
        CutFragment: by line, the innermost function that contains it.

    Raises:
        SourceError: there is none; the message suggests the nearest name.
    """
    if name.line is not None:
        line = name.line
        around = [cut for cut in fragments if cut.fragment.span.start_line <= line <= cut.fragment.span.end_line]
        if around:
            return max(around, key=lambda cut: (cut.fragment.span.start_line, -cut.fragment.span.end_line))
        raise SourceError(name.path, line, "no function stands on this line")
    qualname = name.qualname or ""
    for cut in fragments:
        if cut.fragment.qualname == qualname:
            return cut
    known = [cut.fragment.qualname for cut in fragments]
    close = difflib.get_close_matches(qualname, known, n=1) or [one for one in known if one.endswith(f".{qualname}")]
    hint = f"; did you mean {close[0]}?" if close else "" if known else "; the file has no functions"
    raise SourceError(name.path, None, printable(f"there is no function {qualname}{hint}"))

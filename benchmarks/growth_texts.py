"""The texts that graph_growth.py measures: files of real code, and functions of a given length in several shapes.

In: a shape's name and a number of statements. Out: the text of one function. Real code is found by path, in one fixed
random order of files, and only read. Source: our own.
"""

from __future__ import annotations

import ast
import random
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from codesim.source import Skipped, SourceFile, cut_fragments, parse_module, read_source


class Shape(NamedTuple):
    """How a function is made: lines before, repeated lines (of so many statements), lines after.

    In the repeated lines i is the number of the repeat, j and k the two before it, m and n two numbers below 7.
    """

    before: str
    unit: str
    statements: int
    after: str = "return v1"
    depth: int = 1


SHAPES = {
    "assignments": Shape("v0, v1 = a, b", "v{i} = v{j} + v{k}", 1),
    "calls": Shape("v1 = a", "emit{m}(a, {i})", 1),
    "effects in a row": Shape("v1 = a", "if a > {i}:\n    emit{m}(b, {i})", 2),
    "effects in a loop": Shape("v1 = a\nfor item in items:", "if item > {i}:\n    emit{m}(b, {i})", 2, depth=2),
    "elif chain": Shape("if a == 0:\n    v1 = b", "elif a == {i}:\n    v1 = emit{m}({i})", 2),
    "guard clauses": Shape("v1 = a", "if a == {i}:\n    return b + {i}", 2),
    "methods of one object": Shape("v1 = a", "items.put{m}(a, {i})", 1),
    "attributes": Shape("v1 = a", "a.x{m} = a.x{n} + {i}", 1),
    "try body": Shape("v1 = a\ntry:", "v{m} = emit{n}(v{n}, {i})", 1, "except ValueError:\n    v1 = b\nreturn v1", 2),
    "temporaries": Shape("", "t{i} = a[{i}] + b", 1, "return total({temporaries})"),
    "temporaries in a chain": Shape("t1 = a", "t{i} = t{j} + {i}", 1, "return t{last}"),
    "comprehensions": Shape("v0, v1 = a, b", "v{i} = [x + {i} for x in v{j} if x not in v{k}]", 1),
}
REAL = "real"
MOST_STATEMENTS = {"elif chain": 5_800}
"""2,900 arms: Python's own parser gives up near 3,000."""


def python_files(*places: str) -> list[Path]:
    """The Python files of some of `sysconfig`'s places, by path, in one fixed random order."""
    found = []
    for place in places:
        root = Path(sysconfig.get_path(place))
        inside = sorted(file.relative_to(root) for file in root.rglob("*.py"))
        found += [root / file for file in inside if place != "stdlib" or "site-packages" not in file.parts]
    random.Random(0).shuffle(found)  # noqa: S311  # no secret: the same order each time
    return found


def read_files(files: Iterable[Path]) -> Iterator[SourceFile]:
    """The files that can be read."""
    for file in files:
        source = read_source(file, file.name)
        if not isinstance(source, Skipped):
            yield source


def function_text(shape: str, size: int) -> str:
    """The text of a function.

    Args:
        shape: a key of `SHAPES`, or `REAL`.
        size: statements, approximately (what stands before and after comes on top); at least 10.

    Source: our own.
    """
    if shape == REAL:
        return _real_function(size)
    form = SHAPES[shape]
    repeats = range(2, size // form.statements + 2)
    names = ", ".join(f"t{i}" for i in repeats) if "temporaries" in form.after else ""
    lines = ["def f(a, b, items):", *_indented(form.before, 1)]
    for i in repeats:
        lines += _indented(form.unit.format(i=i, j=i - 1, k=i - 2, m=i % 7, n=(i + 3) % 7), form.depth)
    lines += _indented(form.after.format(temporaries=names, last=repeats[-1]), 1)
    return "\n".join(lines) + "\n"


def _indented(text: str, depth: int) -> list[str]:
    return ["    " * depth + line for line in text.split("\n") if line]


def _real_function(size: int) -> str:
    """Bodies of the standard library's functions, one after the other, with all their parameters.

    A return at the end of a body becomes an assignment. Bodies that otherwise end in a jump, so that nothing after them
    would be reached, are left out; so are coroutines and functions inside functions taken.
    """
    body: list[ast.stmt] = []
    names: set[str] = set()
    count = 0
    for source in read_files(python_files("stdlib")):
        module = parse_module(source)
        if isinstance(module, Skipped):
            continue
        taken_to = 0
        for cut in cut_fragments(source.path, module):
            last = cut.node.body[-1]
            if isinstance(last, ast.Return):
                value = last.value or ast.Constant(None)
                cut.node.body[-1] = ast.Assign([ast.Name("result", ast.Store())], value, lineno=last.lineno)
            inner = cut.fragment.span.start_line <= taken_to
            if inner or isinstance(cut.node, ast.AsyncFunctionDef) or any(map(_jumps, cut.node.body)):
                continue
            taken_to = cut.fragment.span.end_line
            body += cut.node.body
            names |= {node.arg for node in ast.walk(cut.node.args) if isinstance(node, ast.arg)}
            count += sum(isinstance(node, ast.stmt) for node in ast.walk(cut.node)) - 1
            if count >= size:
                arguments = ast.arguments([], [ast.arg(name) for name in sorted(names)], None, [], [], None, [])
                return ast.unparse(ast.FunctionDef("f", arguments, body, [], lineno=1)) + "\n"
    raise SystemExit(f"the standard library has no {size:,} statements to join")


def _jumps(node: ast.stmt) -> bool:
    """Whether nothing can follow a statement; where in doubt, True."""
    match node:
        case ast.Return() | ast.Raise() | ast.Match():
            return True
        case ast.If():
            return any(map(_jumps, node.body)) and any(map(_jumps, node.orelse))
        case ast.While(test=ast.Constant()):
            return True
        case ast.With() | ast.Try() | ast.TryStar():
            return any(map(_jumps, [*node.body, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]))
    return False

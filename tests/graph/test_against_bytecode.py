"""Data dependence against CPython's bytecode: no def-use pair of it may be missing from the faithful graph."""

from __future__ import annotations

import ast
import textwrap

import pytest
from graph.library import code_of, library_files, library_path, parsed
from graph.oracle import Pair, compiled, def_use_lines, functions_of, plain

from codesim.graph import EdgeKind, NodeKind, build_pdg
from codesim.parse import parse_function

MODULES = (
    "argparse",
    "bisect",
    "configparser",
    "csv",
    "difflib",
    "fnmatch",
    "heapq",
    "json.decoder",
    "shlex",
    "textwrap",
)


def graph_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[Pair]:
    """The data edges of the faithful graph by lines, as the oracle gives them."""
    pdg = build_pdg(parse_function(function), function.name)
    return {
        (
            0 if pdg.kinds[edge.source] is NodeKind.PARAMETER else pdg.spans[edge.source].start_line,
            pdg.spans[edge.target].start_line,
            edge.detail,
        )
        for edge in pdg.edges
        if edge.kind is EdgeKind.DATA
    }


def missing_pairs(source: str | ast.Module) -> dict[str, set[Pair]]:
    """For each function of a source, the bytecode's pairs that its graph lacks; empty where none is."""
    tree = ast.parse(source) if isinstance(source, str) else source
    nodes = {
        (node.name, min([node.lineno, *[one.lineno for one in node.decorator_list]])): node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    out: dict[str, set[Pair]] = {}
    count = 0
    aliases = {node.name.id for node in ast.walk(tree) if type(node).__name__ == "TypeAlias"}  # type: ignore[attr-defined]
    for code in functions_of(compiled(tree)):
        if code.co_name in aliases:
            continue  # the value of `type X = ...`, since 3.12
        count += 1
        found = {(write, read, plain(name)) for write, read, name in def_use_lines(code)}
        missing = found - graph_lines(nodes[code.co_name, code.co_firstlineno])
        if missing:
            out[f"{code.co_name}:{code.co_firstlineno}"] = missing
    assert count > 0
    return out


@pytest.mark.parametrize("module", MODULES)
def test_no_pair_of_the_standard_library_is_missing(module: str) -> None:
    assert missing_pairs(library_path(module).read_text(encoding="utf-8")) == {}


@pytest.mark.slow
def test_no_pair_of_the_whole_standard_library_is_missing() -> None:
    count = 0
    for path in library_files():
        tree = parsed(path)
        assert tree is not None
        if code_of(tree) is not None and any(
            isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) for n in ast.walk(tree)
        ):
            assert missing_pairs(tree) == {}, path
            count += 1
    assert count > 1_000


HARD = {
    "a loop that does not run": "def f(a):\n x = 0\n for x in a:\n  pass\n return x",
    "a loop's own variable": "def f(a):\n for x in a:\n  x = x + 1\n return x",
    "a walrus that may not run": "def f(a, x):\n if a and (x := a[0]):\n  pass\n return x",
    "a walrus in a branch": "def f(a, x):\n y = (x := a) if a else 0\n return x, y",
    "a walrus in a chain": "def f(a, x):\n y = 0 < a < (x := 5)\n return x, y",
    "a walrus read in its expression": "def f(a):\n return (x := a) + x",
    "try": "def f(a):\n x = 1\n try:\n  x = a()\n  x = x.y\n except E:\n  print(x)\n return x",
    "try else": "def f(a):\n x = 1\n try:\n  x = a()\n except E:\n  x = 2\n else:\n  x = x + 1\n return x",
    "finally": "def f(a):\n x = 1\n try:\n  x = a()\n  return x\n finally:\n  print(x)",
    "finally in a loop": (
        "def f(a):\n for y in a:\n  x = 1\n  try:\n   if y:\n    continue\n"
        "   x = 2\n  finally:\n   print(x)\n return x"
    ),
    "break through finally": (
        "def f(a):\n while a:\n  x = 1\n  try:\n   x = 2\n"
        "   break\n  finally:\n   a = x\n return x, a"
    ),
    "an exception inside finally": (
        "def f(a):\n x = 0\n try:\n  try:\n   x = a()\n"
        "  finally:\n   x = a.b\n except E:\n  return x"
    ),
    "an exception in a handler": (
        "def f(a):\n x = 0\n try:\n  try:\n   a()\n  except E:\n"
        "   x = a.b\n   a()\n except F:\n  return x"
    ),
    "with may swallow": "def f(a):\n x = 0\n with a as y:\n  x = a()\n  x = y()\n return x",
    "with returns": "def f(a):\n x = 0\n with a:\n  x = a()\n  return x\n return x",
    "with two items": "def f(a):\n with a as x, x.y as z:\n  return x, z",
    "match": (
        "def f(a):\n x = 0\n match a:\n  case [x, 1]:\n   pass\n  case {'k': y} if y:\n"
        "   x = y\n  case C(z=z) | [z, _]:\n   x = z\n return x"
    ),
    "while else": "def f(a):\n x = 0\n while a:\n  x = 1\n  if x:\n   break\n else:\n  x = x + 2\n return x",
    "del": "def f(a):\n x = a\n del x\n x = 2\n return x",
    "del of a tuple": "def f(a):\n x = y = a\n del (x, y)\n x = 2\n return x",
    "a handler's name": "def f(a):\n try:\n  a()\n except E as e:\n  a = e\n  raise e from a\n return a",
    "unpacking in order": "def f(a):\n i, a[i] = 1, 2\n return i",
    "an augmented assignment": "def f(a):\n a += 1\n for x in a:\n  a += x\n return a",
    "except star": "def f(a):\n x = 0\n try:\n  x = a()\n except* E as g:\n  x = g\n return x",
    "except star raises": (
        "def f(a):\n x = 0\n try:\n  a()\n except* E:\n  x = 1\n  raise\n except* F:\n  print(x)"
    ),
    "with unpacks": "def f(a):\n x = 0\n with a as (x, y):\n  pass\n return x",
    "with two items, the second fails": "def f(a):\n y = 0\n with a as x, x.b as y:\n  pass\n return y",
    "a nested function": "def f(a):\n x = 1\n def g(y=x):\n  return y\n x = g\n return x",
    "a nested class": "def f(a):\n x = 1\n class C(x):\n  z = a\n return C, x",
    "imports": "def f(a):\n import os.path, sys as s\n from a import b as c\n return os, s, c, a",
    "async": "async def f(a):\n async with a as b:\n  async for c in b:\n   await c\n return b, c",
    "a decorated function": "def f(a):\n x = a\n @x\n @a\n def g():\n  pass\n return g",
    "a generator": "def f(a):\n while True:\n  a = yield a\n  if a:\n   x = a\n   continue\n  return x",
}  # fmt: skip


@pytest.mark.parametrize("source", HARD.values(), ids=HARD.keys())
def test_no_pair_of_a_hard_case_is_missing(source: str) -> None:
    assert missing_pairs(textwrap.dedent(source)) == {}


def test_the_oracle_sees_what_is_missing() -> None:
    code = functions_of(compile("def f(a):\n x = a\n return x\n", "<module>", "exec"))[0]
    assert def_use_lines(code) == {(0, 2, "a"), (2, 3, "x")}

"""Which names belong to which scope, against Python's own `symtable`: standard library and hard cases."""

from __future__ import annotations

import ast
import symtable
import sys
import textwrap

import pytest
from behaviour import faithful
from cases import text_of_module

from codesim.parse import Kind, bound_names, captured_names, declared_names, parameters, parse_function

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
MODULES = (
    "argparse",
    "configparser",
    "csv",
    "dataclasses",
    "difflib",
    "functools",
    "inspect",
    "json.decoder",
    "textwrap",
)


def tables(table: symtable.SymbolTable) -> list[symtable.Function]:
    """All function scopes of a module, comprehensions and lambdas left out."""
    out = [table] if isinstance(table, symtable.Function) else []
    for child in table.get_children():
        out.extend(tables(child))
    return [one for one in out if one.get_name() not in ("lambda", "listcomp", "setcomp", "dictcomp", "genexpr")]


def only_annotated(function: ast.AST) -> set[str]:
    """Names that are local for no other reason than an annotation without a value; the tree leaves these out."""
    return {
        node.target.id
        for node in ast.walk(function)
        if isinstance(node, ast.AnnAssign) and node.value is None and isinstance(node.target, ast.Name)
    }


def inlined(function: ast.AST) -> set[str]:
    """Targets of comprehensions: the function's own names since Python 3.12 (PEP 709), but not in the tree."""
    if sys.version_info < (3, 12):
        return set()
    targets = [
        part.target for node in ast.walk(function) if isinstance(node, _COMPREHENSIONS) for part in node.generators
    ]
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}


def compare(source: str) -> int:
    tree = ast.parse(source)
    nodes: dict[tuple[str, int], ast.FunctionDef | ast.AsyncFunctionDef] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            nodes[node.name, node.lineno] = node
            nodes[node.name, min([node.lineno, *[one.lineno for one in node.decorator_list]])] = node
    count = 0
    for table in tables(symtable.symtable(source, "<module>", "exec")):
        node = nodes[table.get_name(), table.get_lineno()]
        function = parse_function(node)
        assert bound_names(function) | only_annotated(node) | inlined(node) >= set(table.get_locals()), table
        assert bound_names(function) <= set(table.get_locals()), table
        assert {one.label for one in parameters(function)} == set(table.get_parameters())
        globals_ = {one.get_name() for one in table.get_symbols() if one.is_declared_global()}
        assert declared_names(function, Kind.GLOBAL) == globals_
        nonlocals = {one.get_name() for one in table.get_symbols() if one.is_nonlocal()}
        assert declared_names(function, Kind.NONLOCAL) == nonlocals
        count += 1
    return count


@pytest.mark.parametrize("module", MODULES)
def test_names_of_the_standard_library(module: str) -> None:
    assert compare(text_of_module(module)) > 5


HARD = {
    "walrus in a comprehension": "def f(a):\n return [y := x for x in a], y",
    "walrus in a lambda in a comprehension": "def f(a):\n return [(lambda: (y := x)) for x in a]",
    "walrus in a default": "def f(a):\n def g(b=(y := a)):\n  z = b\n return g, y",
    "walrus in a decorator": "def f(a):\n @(y := a)\n def g():\n  pass\n return g, y",
    "walrus in a base": "def f(a):\n class C((y := a)):\n  z = 1\n return C, y",
    "global": "def f():\n global a\n a = 1\n b = a",
    "nonlocal": "def f(a):\n def g():\n  nonlocal a\n  a = b = 1\n return g",
    "del": "def f(a):\n del b\n return a",
    "imports": "def f():\n import a.b, c as d\n from e import g as h, i",
    "handlers and with": "def f():\n try:\n  with a as b, c as (d, [e, *g]):\n   pass\n except E as h:\n  pass",
    "match": (
        "def f(a):\n match a:\n  case [b, *c] | {'k': b, **c}:\n   pass\n"
        "  case D(e, g=h) as i:\n   pass\n  case _:\n   pass"
    ),
    "parameters": "def f(a, /, b, *c, d=1, **e):\n pass",
    "nested definitions": "def f():\n class C:\n  a = 1\n  def g(self):\n   b = 1\n async def h():\n  c = 1",
    "loops": "def f():\n for a, (b.c, d[e]) in g:\n  h += 1\n else:\n  i: int = 2",
}  # fmt: skip


@pytest.mark.parametrize("source", HARD.values(), ids=HARD.keys())
def test_names_of_hard_cases(source: str) -> None:
    assert compare(textwrap.dedent(source)) >= 1


CAPTURED = {
    "a closure": ("def f(a, b):\n def g():\n  return a\n return g, b", {"a"}),
    "an inner variable of the same name": ("def f(a, b):\n def g():\n  a = 1\n  return a\n return g, b", set()),
    "a lambda's parameter": ("def f(a, b):\n return lambda a: a + b", {"b"}),
    "a default is evaluated at once": ("def f(a, b):\n return lambda x=a: x + b", {"b"}),
    "two levels": ("def f(a, b):\n def g():\n  def h():\n   return a\n  return h\n return g", {"a", "h"} - {"h"}),
    "nonlocal": ("def f(a, b):\n def g():\n  nonlocal a\n  a = 1\n return g", {"a"}),
    "a class body": ("def f(a, b):\n class C:\n  a = 1\n return C", {"a"}),
    "a comprehension is no closure": ("def f(a, b):\n return [x + a for x in b]", set()),
}


@pytest.mark.parametrize(("source", "expected"), CAPTURED.values(), ids=CAPTURED.keys())
def test_captured_names(source: str, expected: set[str]) -> None:
    function = faithful(source)
    assert captured_names(function) & bound_names(function) == expected

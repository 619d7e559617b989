"""What a function takes from those around it, against Python's own `symtable`: standard library and hard cases."""

from __future__ import annotations

import ast
import symtable
import textwrap
from collections.abc import Iterator

import pytest
from cases import text_of_module

from codesim.parse import parse_function, surroundings_of
from codesim.source import Captured, CutFragment, cut_fragments

MODULES = ("argparse", "contextlib", "dataclasses", "functools", "inspect", "re._parser", "typing", "unittest.mock")


def captured(cut: CutFragment) -> tuple[Captured, ...]:
    return surroundings_of(cut, parse_function(cut.node)).captured


def functions(table: symtable.SymbolTable) -> Iterator[symtable.Function]:
    if isinstance(table, symtable.Function) and table.get_type() == "function":
        yield table
    for child in table.get_children():
        yield from functions(child)


def evaluated_outside(cut: CutFragment) -> set[str]:
    """The names in what is evaluated where the function stands: no free variables of the function itself."""
    parts = [*cut.node.decorator_list, cut.node.args, *([cut.node.returns] if cut.node.returns else [])]
    return {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}


def compare(source: str) -> int:
    """How many names are captured in a text; the same ones as Python's own compiler finds."""
    frees = {
        (table.get_name(), table.get_lineno()): set(table.get_frees())
        for table in functions(symtable.symtable(source, "<module>", "exec"))
    }
    count = 0
    for cut in cut_fragments("a.py", ast.parse(source)):
        node = cut.node
        lines = (node.lineno, min([node.lineno, *[one.lineno for one in node.decorator_list]]))
        expected = next(frees[node.name, line] for line in lines if (node.name, line) in frees)
        expected -= {"__class__", node.name}
        names = {one.name for one in captured(cut)}
        assert expected <= names, cut.fragment
        assert names - expected <= evaluated_outside(cut), cut.fragment
        count += len(expected)
    return count


@pytest.mark.parametrize("module", MODULES)
def test_names_of_the_standard_library(module: str) -> None:
    assert compare(text_of_module(module)) > 0


HARD = {
    "a parameter, however it is spelled": "def f(N, n):\n def g(x):\n  return N + x",
    "an import": "def f():\n import re\n def g(x):\n  return re.match(x)",
    "two levels": "def f(a):\n def g():\n  def h():\n   return a\n  return h",
    "the inner one wins": "def f(a):\n def g(a):\n  def h():\n   return a\n  return h",
    "an inner global ends the search": "def f(a, b):\n def g():\n  global a\n  def h():\n   return a, b\n  return h",
    "its own global": "def f(a, b):\n def g():\n  global a\n  return a, b",
    "nonlocal": "def f(a):\n a = 1\n def g():\n  nonlocal a\n  a = 2",
    "nonlocal through two": "def f(a):\n a = 1\n def g():\n  def h():\n   nonlocal a\n   a = 2",
    "a class is passed over": "def f(a):\n class C:\n  a = 1\n  b = a\n  def g(self):\n   return a",
    "a class inside": "def f(a, b):\n def g():\n  class C(b):\n   x = a\n   def h(self):\n    return a, x",
    "a class's own name": "def f(a, b):\n def g():\n  class C:\n   a = 1\n   c = a\n  return C, b",
    "a class, seen from a comprehension": "def f(a):\n def g(x):\n  class C:\n   a = 1\n   c = [a for _ in x]",
    "a comprehension's variable": "def f(a, b):\n def g(c):\n  return [a for a in c if a] + b",
    "a comprehension's own iterable": "def f(a):\n def g():\n  return [a for a in a]",
    "a second generator": "def f(a, b):\n def g(c):\n  return {x: y for x in c for y in a[x] if y in b}",
    "a walrus in a comprehension": "def f(a, b):\n def g(c):\n  return [a := x for x in c], a, b",
    "a lambda": "def f(a, b, c):\n def g(x):\n  return lambda a, d=c: a + b",
    "deleted here": "def f(a, b):\n def g():\n  del a\n  return b",
    "handlers, with, match": (
        "def f(a, b, c, d):\n def g(x):\n  try:\n   with x as b:\n    pass\n  except a as c:\n   return b, c\n"
        "  match x:\n   case [d, *_]:\n    return d"
    ),
    "a sibling": "def f():\n def g():\n  return h()\n def h():\n  return g()",
}


@pytest.mark.parametrize("source", HARD.values(), ids=HARD.keys())
def test_names_of_hard_cases(source: str) -> None:
    assert compare(textwrap.dedent(source)) >= 1


def last(source: str) -> tuple[Captured, ...]:
    return captured(cut_fragments("a.py", ast.parse(source))[-1])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(a):\n def g(b):\n  def h():\n   return a + b + c", [("a", "f"), ("b", "f.g")]),
        ("def f(a):\n def g(b):\n  class C:\n   def h(self):\n    return a + b", [("a", "f"), ("b", "f.g")]),
        ("def f(a): ...\ndef f(a):\n def g():\n  return a", [("a", "f#2")]),
        ("def f(a, b, c, d):\n @a\n def g(x: b, y=c) -> d:\n  return x", [(name, "f") for name in "abcd"]),
        ("def f(a):\n def g(x):\n  return g(x - 1)", []),
        ("def f(a):\n def g(x: 'a'):\n  y: a = x", []),
        ("def f(a):\n return a", []),
        ("class A:\n b = 1\n def f(self):\n  return b", []),
    ],
)
def test_who_binds_what_is_captured(source: str, expected: list[tuple[str, str]]) -> None:
    assert list(last(source)) == expected

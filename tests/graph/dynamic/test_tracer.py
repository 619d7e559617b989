"""The tracer itself: what it sees in small functions, and that a missing edge is found."""

from __future__ import annotations

import sys
import textwrap
from typing import Any

import pytest
from graph.dynamic import comparison
from graph.dynamic.comparison import Summary, compare
from graph.dynamic.scripts import UNKNOWN
from graph.dynamic.tracer import ROUNDS, Tracer

from codesim.graph import EdgeKind, Pdg, build_pdg
from codesim.parse import Node

NAME = "<small>"
pytestmark = pytest.mark.skipif(
    sys.gettrace() is not None, reason="a debugger or coverage traces already: only one can see the instructions"
)


def trace(source: str, *arguments: Any) -> Tracer:
    """Call `f` of a source under the tracer."""
    source = textwrap.dedent(source)
    names: dict[str, Any] = {}
    exec(compile(source, NAME, "exec", dont_inherit=True), names)  # noqa: S102
    tracer = Tracer({NAME: source})
    for _ in range(ROUNDS):
        with tracer.active():
            names["f"](*arguments)
    return tracer


def lines(tracer: Tracer, name: str) -> set[tuple[int, int]]:
    """(line of the write, line of the read) of one variable; a parameter is written on line 0."""
    pairs = [pair for found in tracer.pairs.values() for pair in found]
    return {(write.line, read.line) for write, read, variable in pairs if variable == name and write != UNKNOWN}


CASES: dict[str, tuple[str, tuple[Any, ...], str, set[tuple[int, int]]]] = {
    "a loop": ("def f(n):\n x = 0\n for i in range(n):\n  x = x + i\n return x", (3,), "x", {(2, 4), (4, 4), (4, 5)}),
    "a branch not taken": ("def f(n):\n x = 0\n if n:\n  x = 1\n return x", (0,), "x", {(2, 5)}),
    "a parameter": ("def f(\n  n,\n):\n return n", (1,), "n", {(0, 4)}),
    "a read in a comprehension of a class body": (
        "def f(n):\n x = 7\n class C:\n  y = [\n   x\n   for z in n]\n return C.y",
        ([1],),
        "x",
        {(2, 5)},
    ),
    "deletion": ("def f(n):\n x = n\n del x\n x = 2\n return x", (1,), "x", {(4, 5)}),
    "recursion": ("def f(n):\n x = n\n if n:\n  f(n - 1)\n return x", (2,), "x", {(2, 5)}),
    "a nonlocal write": (
        "def f(n):\n x = n\n def g():\n  nonlocal x\n  x = 5\n g()\n return x",
        (1,),
        "x",
        {(5, 7)},
    ),
    "nonlocal writes in recursion": (
        "def f(n):\n x = [n]\n def g():\n  nonlocal x\n  x = [5]\n if n:\n  f(n - 1)\n  g()\n return x",
        (2,),
        "x",
        {(2, 9), (5, 9)},
    ),
    "a comprehension's own variable": (
        "def f(n):\n x = 7\n y = [\n  x\n  for x in n]\n return x, y",
        ([1, 2],),
        "x",
        {(5, 4), (2, 6)},
    ),
    "a read inside a comprehension": ("def f(n):\n x = 7\n return [\n  x\n  for y in n]", ([1],), "x", {(2, 4)}),
    "a read inside a class body": ("def f(n):\n x = 7\n class C:\n  y = x\n return C", (1,), "x", {(2, 4)}),
    "a generator": (
        "def f(n):\n return list(g(n))\ndef g(n):\n x = 1\n while n:\n  yield x\n  x = n\n  n -= 1",
        (2,),
        "x",
        {(4, 6), (7, 6)},
    ),
    "a handler's name": (
        "def f(n):\n try:\n  n.x\n except AttributeError as x:\n  return str(x)",
        (1,),
        "x",
        {(4, 5)},
    ),
    "code that sets a trace function": (
        "import sys\ndef f(n):\n x = n\n sys.settrace(None)\n y = x\n return y",
        (1,),
        "y",
        {(5, 6)},
    ),
}


@pytest.mark.parametrize(("source", "arguments", "name", "expected"), CASES.values(), ids=CASES.keys())
def test_what_the_tracer_sees(
    source: str, arguments: tuple[Any, ...], name: str, expected: set[tuple[int, int]]
) -> None:
    tracer = trace(source, *arguments)
    assert lines(tracer, name) == expected
    assert compare(tracer).missing == []
    assert sys.gettrace() is None


def test_reads_by_a_nested_function_are_kept_apart() -> None:
    tracer = trace("def f(n):\n x = n\n def g():\n  return x\n return g()", 1)
    assert lines(tracer, "x") == set()
    assert compare(tracer).nested_reads == 1


def test_a_missing_edge_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_last_data_edge(tree: Node, qualname: str) -> Pdg:
        pdg = build_pdg(tree, qualname)
        edges = list(pdg.edges)
        edges.remove([edge for edge in edges if edge.kind is EdgeKind.DATA and edge.detail == "x"][-1])
        return Pdg(pdg.qualname, pdg.kinds, pdg.labels, pdg.spans, tuple(edges))

    tracer = trace("def f(n):\n x = n\n y = x\n return x + y", 1)
    assert compare(tracer).missing == []
    monkeypatch.setattr(comparison, "build_pdg", without_last_data_edge)
    missing = compare(tracer).missing
    assert [(one.write_line, one.read_line, one.name) for one in missing] == [(2, 4, "x")]


def test_the_summary_is_one_line() -> None:
    line = Summary(functions=2, pairs=3).line()
    assert line.startswith("dynamic soundness: 2 functions, 3 distinct pairs, 0 missing")
    assert "\n" not in line

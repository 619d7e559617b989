"""Definition-use pairs that the graph once lacked, each found by running code (tests/graph/dynamic)."""

from __future__ import annotations

import ast

import pytest

from codesim.graph import EdgeKind, NodeKind, build_pdg
from codesim.parse import parse_function

Pair = tuple[int, int, str]

MISSED: dict[str, tuple[str, Pair]] = {
    "a walrus of one round of a comprehension, read in the next": (
        "def f(xs, y):\n return [\n  (y\n   := y + x) for x in xs]",
        (3, 4, "y"),
    ),
    "the same in the condition of a comprehension": (
        "def f(xs, y):\n return [\n  x for x in xs if (\n  y := (\n  y + x))]",
        (4, 5, "y"),
    ),
    "a target of `with` that cannot be unpacked, swallowed by the manager": (
        "def f(m, a):\n a = 1\n with m() as (\n   a, b):\n  pass\n return a",
        (2, 6, "a"),
    ),
    "a second item of `with` that fails, swallowed by the first": (
        "def f(m, b):\n b = 1\n with m() as a, a() as b:\n  pass\n return b",
        (2, 5, "b"),
    ),
    "a class body that reads what the class's name meant before": (
        "def f(b):\n b = 1\n class b:\n  x = b\n return b",
        (2, 4, "b"),
    ),
    "a walrus in the guard of a case whose pattern fails": (
        "def f(a, b):\n b = 1\n match a:\n  case [_] if (b := a):\n   return 2\n return b",
        (2, 6, "b"),
    ),
    "a walrus in the iterable of a loop, evaluated only once": (
        "def f(xs):\n for x in (y := xs):\n  y = x\n return y",
        (3, 4, "y"),
    ),
}


def data_pairs(source: str) -> set[Pair]:
    """The data edges of the faithful graph; a parameter is written on the line where it stands."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    pdg = build_pdg(parse_function(function), function.name)
    places = [span.start_line for span in pdg.spans]
    assert NodeKind.ENTRY in pdg.kinds
    return {(places[edge.source], places[edge.target], edge.detail) for edge in pdg.edges if edge.kind is EdgeKind.DATA}


@pytest.mark.parametrize(("source", "pair"), MISSED.values(), ids=MISSED.keys())
def test_the_pair_is_a_data_edge(source: str, pair: Pair) -> None:
    compile(source, "<missed>", "exec")
    assert pair in data_pairs(source)

"""The canonical hash: what it tells apart, beyond the pairs of tests/parse and the properties of tests/property."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest
from behaviour import faithful, hash_of
from cases import ROOT
from graph.random_pdgs import random_pdg
from hypothesis import given
from hypothesis import strategies as st

from codesim.graph import EdgeKind, NodeKind, build_pdg, canonical_hash, canonical_hashes, join_graphs

DIFFERENT = {
    "which parameter": ("def f(a, b):\n return a", "def f(a, b):\n return b"),
    "number of parameters": ("def f(a):\n return a", "def f(a, b):\n return a"),
    "kind of parameter": ("def f(a):\n return a", "def f(*a):\n return a"),
    "default": ("def f(a=1):\n return a", "def f(a=2):\n return a"),
    "async": ("def f(a):\n return a", "async def f(a):\n return a"),
    "decorator": ("@x\ndef f(a):\n return a", "@y\ndef f(a):\n return a"),
    "a global's name": ("def f():\n return a", "def f():\n return b"),
    "an import": ("def f():\n import a\n return a", "def f():\n import b\n return b"),
    "break of which loop": (
        "def f(a):\n for x in a:\n  for y in x:\n   if g(y):\n    break\n  h(x)",
        "def f(a):\n for x in a:\n  for y in x:\n   g(y)\n  if h(x):\n   break",
    ),
    "inside or behind a loop": ("def f(a):\n for x in a:\n  g(x)\n  h(a)", "def f(a):\n for x in a:\n  g(x)\n h(a)"),
    "the else of a loop": (
        "def f(a):\n for x in a:\n  if g(x):\n   break\n else:\n  h(a)",
        "def f(a):\n for x in a:\n  if g(x):\n   break\n h(a)",
    ),
    "a nested function's parameter": (
        "def f(a):\n def g(b, c):\n  return b\n return g",
        "def f(a):\n def g(b, c):\n  return c\n return g",
    ),
    "async for": ("async def f(a):\n for x in a:\n  g(x)", "async def f(a):\n async for x in a:\n  g(x)"),
    "class bases": ("def f():\n class C(A):\n  pass\n return C", "def f():\n class C(B):\n  pass\n return C"),
    "pattern": (
        "def f(a):\n match a:\n  case [x, y]:\n   return x",
        "def f(a):\n match a:\n  case {'x': x, 'y': y}:\n   return x",
    ),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_the_hash_tells_apart(one: str, other: str) -> None:
    assert hash_of(one) != hash_of(other)


SAME = {
    "the function's name": ("def f(a):\n return a", "def g(a):\n return a"),
    "names of variables": ("def f(a):\n x = a\n return x, x", "def f(b):\n y = b\n return y, y"),
    "names of nested functions": (
        "def f():\n def g():\n  return 1\n return g",
        "def f():\n def h():\n  return 1\n return h",
    ),
    "order of functions and their parameters": (
        "def f(a):\n x = lambda p, q: p\n y = lambda p: a\n return x, x, y, y",
        "def f(a):\n y = lambda p: a\n x = lambda p, q: p\n return x, x, y, y",
    ),
    "annotations": ("def f(a: int) -> str:\n return a", "def f(a):\n return a"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_what_the_hash_leaves_out(one: str, other: str) -> None:
    assert hash_of(one) == hash_of(other)


def test_the_hash_is_the_same_in_every_process() -> None:
    """The cache and the ids of candidates are made of it."""
    source = "def f(a, *b):\n    for x in b:\n        a[x] = g(x, k=a)\n    return {a, x}\n"
    program = (
        "import ast\nfrom codesim.parse import lower, parse_function\n"
        "from codesim.graph import build_pdg, canonical_hash\n"
        f"print(canonical_hash(build_pdg(lower(parse_function(ast.parse({source!r}).body[0])), 'f')))"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        found = subprocess.run(
            [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, check=True
        )
        assert found.stdout.decode().strip() == hash_of(source)


def test_the_name_of_the_graph_does_not_count() -> None:
    tree = faithful("def f(a, b):\n    return a + b\n")
    assert canonical_hash(build_pdg(tree, "f")) == canonical_hash(build_pdg(tree, "another name"))


@given(st.lists(st.integers(0, 300), max_size=12))
def test_a_graph_has_the_same_hash_alone_and_among_others(seeds: list[int]) -> None:
    pdgs = [random_pdg(seed) for seed in seeds]
    assert canonical_hashes(join_graphs(pdgs)) == [canonical_hash(pdg) for pdg in pdgs]


def test_graphs_without_edges_are_hashed_alike_in_any_company() -> None:
    lonely, crowded = random_pdg(1, nodes=1), random_pdg(2, nodes=20)
    alone = canonical_hashes(join_graphs([lonely]))
    assert canonical_hashes(join_graphs([crowded, lonely, lonely]))[1:] == alone * 2
    assert canonical_hashes(join_graphs([])) == []


def test_random_graphs_have_hashes_of_their_own() -> None:
    """No sum overflows into another and no edge is lost: a thousand different graphs, a thousand hashes."""
    pdgs = [random_pdg(seed, nodes=15) for seed in range(1_000)]
    assert len(set(canonical_hashes(join_graphs(pdgs)))) == 1_000


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_nodes_does_not_count(seed: int) -> None:
    pdg = random_pdg(seed)
    order = list(range(len(pdg.kinds)))
    random.Random(seed).shuffle(order)  # noqa: S311
    parameters = iter([node for node in range(len(order)) if pdg.kinds[node] is NodeKind.PARAMETER])
    order = [next(parameters) if pdg.kinds[node] is NodeKind.PARAMETER else node for node in order]  # these keep theirs
    place = {node: new for new, node in enumerate(order)}
    moved = replace(
        pdg,
        kinds=tuple([pdg.kinds[node] for node in order]),
        labels=tuple([pdg.labels[node] for node in order]),
        spans=tuple([pdg.spans[node] for node in order]),
        edges=tuple(sorted(e._replace(source=place[e.source], target=place[e.target]) for e in pdg.edges)),
    )
    assert canonical_hash(moved) == canonical_hash(pdg)


@pytest.mark.parametrize("kind", EdgeKind)
@pytest.mark.parametrize(
    "change", [{"may": True}, {"loop_carried": True}, {"source": 3, "target": 2}, {"detail": "0"}], ids=str
)
def test_what_an_edge_says_counts(kind: EdgeKind, change: dict[str, object]) -> None:
    pdg = random_pdg(7, nodes=12)
    edge = next(iter(pdg.edges))._replace(source=2, target=3, kind=kind, detail="1", loop_carried=False, may=False)
    before, after = (
        canonical_hash(replace(pdg, edges=(*pdg.edges, one)))
        for one in (edge, edge._replace(**change))  # type: ignore[arg-type]
    )
    is_name = kind is EdgeKind.DATA and "detail" in change  # a variable's name, or that of a place such as `self.x`
    assert (before == after) is is_name

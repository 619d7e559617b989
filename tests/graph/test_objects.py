"""Changes of objects: which later look sees which store, method call or hand-over, and which does not."""

from __future__ import annotations

import ast
import textwrap

import pytest

from codesim.graph import EdgeKind, build_pdg
from codesim.parse import parse_function

SEEN = {
    "a method changes its object": ("def f(xs):\n    xs.append(1)\n    return xs", "2>3 xs"),
    "a reading method does not": ("def f(xs):\n    xs.count(1)\n    return xs", ""),
    "a call may change what it is handed": ("def f(xs):\n    fill(xs)\n    return xs", "2>3 xs"),
    "by keyword, too": ("def f(xs):\n    fill(to=xs)\n    return xs", "2>3 xs"),
    "a builtin without effects does not": ("def f(xs):\n    len(xs)\n    return xs", ""),
    "an element that is stored": ("def f(d):\n    d['k'] = 1\n    return d", "2>3 d"),
    "an element that is deleted": ("def f(d):\n    del d['k']\n    return d", "2>3 d"),
    "an element written in place": ("def f(d):\n    d['k'] += 1\n    return d", "2>3 d"),
    "a new value has no past": ("def f(xs):\n    xs.append(1)\n    xs = []\n    return xs", ""),
    "the last change, and through it the one before": (
        "def f(xs):\n    xs.append(1)\n    xs.append(2)\n    return xs",
        "2>3 xs, 3>4 xs",
    ),
    "a store to a place, read there": ("def f(self):\n    self.x = 1\n    return self.x", "2>3 self.x"),
    "but not in another place": ("def f(self):\n    self.x = 1\n    return self.y", ""),
    "nor in another object": ("def f(a, b):\n    a.x = 1\n    return b.x", ""),
    "the last store only": ("def f(self):\n    self.x = 1\n    self.x = 2\n    return self.x", "3>4 self.x"),
    "a store is seen by who gets the whole": (
        "def f(self):\n    self.x = 1\n    self.y = 2\n    return self",
        "2>4 self.x, 3>4 self.y",
    ),
    "a method may change every place": (
        "def f(self):\n    self.x = 1\n    self.run()\n    return self.x",
        "2>3 self.x, 2>4 self.x, 3>4 self.x",
    ),
    "a place never stored is seen with its object": (
        "def f(self):\n    self.run()\n    return self.total",
        "2>3 self",
    ),
    "a change inside a place": (
        "def f(self):\n    self.xs.append(1)\n    return self.xs",
        "2>3 self.xs",
    ),
    "and of another place": ("def f(self):\n    self.xs.append(1)\n    return self.ys", ""),
    "a deeper place": (
        "def f(self):\n    self.a.b = 1\n    return self.a.b, self.a.c",
        "2>3 self.a.b",
    ),
    "but not what stands beside it": (
        "def f(self):\n    self.a.b = 1\n    self.a.c = 2\n    return self.a.d",
        "",
    ),
    "what holds it sees it": ("def f(self):\n    self.a.b = 1\n    return self.a", "2>3 self.a.b"),
    "a store above ends what was below": (
        "def f(self, a):\n    self.a.b = 1\n    self.a = a\n    return self.a.b",
        "3>4 self.a, 3>4 self.a.b",
    ),
    "around a loop": ("def f(xs):\n    for x in xs:\n        use(xs)\n        xs.add(x)", "3>4 xs, 4>3 xs"),
    "on one branch": (
        "def f(xs, c):\n    if c:\n        xs.append(1)\n    return xs",
        "3>4 xs",
    ),
    "on both branches": (
        "def f(xs, c):\n    if c:\n        xs.append(1)\n    else:\n        xs.append(2)\n    return xs",
        "3>6 xs, 5>6 xs",
    ),
    "a row of conditional changes is a chain": (
        "def f(xs, c):\n    if c:\n        xs.append(1)\n    if c > 1:\n        xs.append(2)\n    return xs",
        "3>5 xs, 5>6 xs",
    ),
    "but a store is no link of it": (
        "def f(a, c):\n    a.x = 1\n    if c:\n        a.x = 2\n    return a.x",
        "2>5 a.x, 4>5 a.x",
    ),
    "a module is not changed by its functions": ("def f(p):\n    os.remove(p)\n    return os.getcwd()", ""),
    "but by a store": ("def f(k):\n    CACHE[k] = 1\n    return CACHE", "2>3 CACHE"),
    "with changes what it enters": ("def f(lock):\n    with lock:\n        pass\n    return lock", "2>4 lock"),
}


def may_edges(source: str) -> list[str]:
    """`line>line variable` of each may-edge between two lines, sorted, the target's line that of its own node."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    pdg = build_pdg(parse_function(function), function.name)
    line = [span.start_line for span in pdg.spans]
    return sorted(
        {
            f"{line[edge.source]}>{line[edge.target]} {edge.detail}"
            for edge in pdg.edges
            if edge.may and edge.kind is EdgeKind.DATA
        }
    )


@pytest.mark.parametrize(("source", "expected"), SEEN.values(), ids=SEEN.keys())
def test_a_look_sees_the_changes_that_it_may_see(source: str, expected: str) -> None:
    assert may_edges(source) == sorted(filter(None, expected.split(", ")))


def test_a_nested_function_sees_what_is_bound_later() -> None:
    source = textwrap.dedent("""\
        def f():
            def inner():
                return x
            x = 1
            return inner()
    """)
    assert "4>3 x" in may_edges(source)


def test_a_lambda_and_a_generator_see_what_is_bound_later() -> None:
    assert "3>2 x" in may_edges("def f():\n    g = lambda: x\n    x = 1\n    return g()")
    assert "3>2 x" in may_edges("def f(ys):\n    g = (y + x for y in ys)\n    x = 1\n    return list(g)")
    assert may_edges("def f(ys, x):\n    g = list(y + x for y in ys)\n    x = 1\n    return g") == []


def test_what_a_nested_function_writes_is_never_overwritten_for_sure() -> None:
    source = textwrap.dedent("""\
        def f(run):
            def inner():
                nonlocal x
                x = 1
            x = 2
            run(inner)
            return x
    """)
    assert "4>7 x" in may_edges(source)
    assert "5>7 x" not in may_edges(source), "a plain definition that surely reaches is no may-edge"

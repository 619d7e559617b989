"""Deep and long functions: whatever `ast.parse` accepts is lowered, in time linear in its length."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesim.parse import Kind, Node, lower, parse_function
from codesim.parse.depth import DEEPEST, deep_recursion

Shape = tuple[Callable[[int], list[str]], Kind, int]


def elifs(test: str, body: str) -> Callable[[int], list[str]]:
    """A chain of `elif` with this test and body in each branch, and what a result rule asks for behind it."""

    def lines(n: int) -> list[str]:
        branches = [f"{'el' if i else ''}if {test.format(i)}:\n  {body.format(i)}" for i in range(n)]
        return [*branches, "else:\n  r = c()", "return r"]

    return lines


def nested(*heads: str) -> Callable[[int], list[str]]:
    """Blocks inside one another, with these heads by turns."""

    def lines(n: int) -> list[str]:
        return [*["  " * i + heads[i % len(heads)].format(i) for i in range(n)], "  " * n + "g()"]

    return lines


def joined(operator: str) -> Callable[[int], list[str]]:
    """One expression of so many operands."""
    return lambda n: ["return " + operator.join([f"a{i}" for i in range(n)])]


def literals_into(use: str) -> Callable[[int], list[str]]:
    """Literals in variables, and one expression that reads them all."""
    start, between, end = use.split("|")

    def lines(n: int) -> list[str]:
        return [*[f"t{i} = {i}" for i in range(n)], start + between.join([f"t{i}" for i in range(n)]) + end]

    return lines


def counters(n: int) -> list[str]:
    """Loops with a counter, which all start before the first of them."""
    starts = [f"i{k} = 0" for k in range(n)]
    return [*starts, *[f"while i{k} < b:\n  g(i{k})\n  i{k} += 1" for k in range(n)]]


# the lines of a function, and a kind of node of which its canonical tree holds so many, one for each of them
DEEP: dict[str, tuple[Shape, int]] = {
    "elif, equality": ((elifs("a == {}", "b = g({})"), Kind.IF, 0), 2000),
    "elif, order": ((elifs("a < {}", "b = g({})"), Kind.IF, 0), 2000),
    "elif, return": ((elifs("a < h({})", "return g({})"), Kind.IF, 0), 2000),
    "elif, result": ((elifs("a == {}", "r = g({})"), Kind.RETURN, 1), 2000),
    "guards": ((lambda n: [*[f"if a == {i}: return h({i})" for i in range(n)], "return b"], Kind.IF, 0), 2000),
    "guards with statements": (
        (lambda n: [f"x{i} = g({i})\n if a < {i}: return x{i}\n c(x{i}, {i})" for i in range(n)], Kind.IF, 0),
        2000,
    ),
    "nested if": ((nested("if a{}:"), Kind.NAME, 1), 97),
    "nested loops": ((nested("for x{} in a:", "while a < {}:"), Kind.SUITE, 97 + 1), 97),
    "nested functions": ((nested("def f{}(a):"), Kind.FUNCTION, 1), 97),
    "sum": ((joined(" + "), Kind.OPERATOR, -1), 2500),
    "and": ((joined(" and "), Kind.NAME, 0), 2000),
    "comparison": ((joined(" < "), Kind.COMPARE, -1), 2500),
    "attributes": ((lambda n: ["t = g(a)", "return t" + ".b" * n], Kind.ATTRIBUTE, 0), 2500),
    "calls": ((lambda n: ["t = a.b", "return t" + "(1)" * n], Kind.CALL, 0), 2500),
    "subscripts": ((lambda n: ["t = a.b", "return t" + "[0]" * n], Kind.SUBSCRIPT, 0), 2500),
    "lists": ((lambda n: ["return " + "[" * n + "]" * n], Kind.COLLECTION, 0), 150),
    "lambdas": ((lambda n: ["return " + "lambda: " * n + "a"], Kind.LAMBDA, 0), 300),
    "conditionals": (
        (
            lambda n: ["v = " + " else ".join([f"{i} if a == {i}" for i in range(n)]) + " else 5", "return v"],
            Kind.IF,
            0,
        ),
        800,
    ),
}
LONG: dict[str, tuple[Shape, int]] = {
    "calls": ((lambda n: [f"a.b({i}, c)" for i in range(n)], Kind.CALL, 0), 5000),
    "augmented": ((lambda n: [f"b += a[{i}]" for i in range(n)], Kind.ASSIGN, 0), 5000),
    "far temporaries": (
        (lambda n: [*[f"t{i} = g({i})" for i in range(n)], *[f"h(t{i})" for i in range(n)]], Kind.CALL, 5000),
        5000,
    ),
    "far literals": (
        (lambda n: [*[f"t{i} = {i}" for i in range(n)], *[f"h(t{i})" for i in range(n)]], Kind.EXPRESSION, 0),
        5000,
    ),
    "one sum of literals": ((literals_into("return | + |"), Kind.CONSTANT, 0), 2000),
    "one call of literals": ((literals_into("h(|, |)"), Kind.CONSTANT, 0), 2000),
    "a chain of temporaries": (
        (lambda n: ["t0 = a", *[f"t{i + 1} = g(t{i})" for i in range(n)], f"return t{n}"], Kind.CALL, 0),
        2000,
    ),
    "dead code": ((lambda n: ["return b", *[f"c{i} = yield {i}" for i in range(n)]], Kind.YIELD, 0), 5000),
    "comprehensions": ((lambda n: [f"c{i} = [x for x in a if x > {i}]" for i in range(n)], Kind.FOR, 0), 2000),
    "counters": ((counters, Kind.FOR, 0), 1000),
}


def function_of(lines: list[str]) -> ast.FunctionDef:
    function = ast.parse("def f(a, b, c):\n" + "\n".join([" " + line for line in lines]) + "\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    return function


def count(tree: Node, kind: Kind) -> int:
    return sum(node.kind is kind for node in tree.walk())


@pytest.mark.parametrize(
    ("shape", "size"),
    [pytest.param(*case, id=name) for name, case in [*DEEP.items(), *[("long " + k, v) for k, v in LONG.items()]]],
)
def test_deep_and_long_functions_are_lowered_whole(shape: Shape, size: int) -> None:
    lines, kind, more = shape
    function = function_of(lines(size))
    limit = sys.getrecursionlimit()
    assert count(lower(parse_function(function)), kind) == size + more
    assert sys.getrecursionlimit() == limit


def steps(function: ast.FunctionDef) -> int:
    """How many lines of the room are run to lower the function."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if "parse" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    tree = parse_function(function)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        lower(tree)
    finally:
        sys.settrace(before)
    return count


SCALING = {**LONG, **{name: case for name, case in DEEP.items() if name.startswith(("elif", "guards", "cond"))}}
SATURATED = ("one sum of literals", "one call of literals")  # up to 100 tries for each; linear from there


@pytest.mark.parametrize(
    "shape", [pytest.param(case[0], id=name) for name, case in SCALING.items() if name not in SATURATED]
)
def test_twice_the_length_takes_twice_the_steps(shape: Shape) -> None:
    few, many = (steps(function_of(shape[0](size))) for size in (150, 300))
    assert many < 2.3 * few


@given(st.lists(st.booleans(), max_size=6), st.booleans())
def test_deep_recursion_restores_the_limit(blocks: list[bool], fails: bool) -> None:
    limits: list[int] = []

    def enter(level: int) -> None:
        if level == len(blocks):
            if fails:
                raise ValueError
            return
        before = sys.getrecursionlimit()
        try:
            with deep_recursion():
                limits.append(sys.getrecursionlimit())
                enter(level + 1)
        finally:
            assert sys.getrecursionlimit() == before

    outside = sys.getrecursionlimit()
    try:
        enter(0)
    except ValueError:
        assert fails
    assert sys.getrecursionlimit() == outside < DEEPEST
    assert limits == [DEEPEST] * len(blocks)


def test_deep_recursion_lets_python_recurse_far_beyond_the_default_limit() -> None:
    def down(level: int) -> int:
        return level if level == 0 else down(level - 1)

    with pytest.raises(RecursionError):
        down(20_000)
    with deep_recursion():
        assert down(20_000) == 0

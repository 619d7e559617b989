"""Packed trees: there and back for every kind of syntax, and what damaged bytes are answered with."""

from __future__ import annotations

import ast
import struct
from pathlib import Path

import pytest
from cases import FIXTURES

from codesim.parse import Kind, Node, lower, pack_tree, parse_function, unpack_tree
from codesim.source import Span

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*sorted((ROOT / "codesim").glob("*/*.py")), *sorted(FIXTURES.glob("clones/*/*/*.py"))]
ODD = '''
def odd(a, /, b=1, *args, c: int, d="\\ud800", **rest):
    """Words."""
    text = f"{a!r:>{b}} \\0 {{}}"
    match a:
        case {"x": [1, *_], **left} if b:
            yield from left
        case str() | None:
            del rest["größe"]
    async def inner():
        async with b as c, d:
            return [await one async for one in c if (two := one)]
    return lambda *p, q=...: (text, inner, p[::2], q, 10**5000, 1e400, -0.0)
'''


def functions(text: str) -> list[Node]:
    return [
        parse_function(node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def equal(one: Node, other: Node) -> bool:
    """Without recursion: `==` of deep trees takes C stack."""
    return [node._replace(children=()) for node in one.walk()] == [node._replace(children=()) for node in other.walk()]


def test_there_and_back_for_real_functions() -> None:
    trees = [tree for file in SOURCES for tree in functions(file.read_text(encoding="utf-8"))]
    assert len(trees) > 500
    for tree in trees:
        for form in (tree, lower(tree)):
            back = unpack_tree(pack_tree(form))
            assert back == form
            assert all(type(node) is Node and type(node.span) is Span for node in back.walk())


def test_there_and_back_for_odd_syntax() -> None:
    for tree in functions(ODD):
        assert unpack_tree(pack_tree(tree)) == tree


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 70_000 + "def f():\n    return 1\n",
        "def f():\n    return [" + "1, " * 70_000 + "]\n",
        "def f():\n    return (" + " " * 300 + "1)\n",
        "def f():\n" + "".join(f"    v{k} = {k}\n" for k in range(300)),
    ],
)
def test_numbers_beyond_one_and_two_bytes(text: str) -> None:
    (tree,) = functions(text)
    assert equal(unpack_tree(pack_tree(tree)), tree)


def test_deep_trees_need_no_recursion() -> None:
    tree = Node(Kind.CONSTANT, "1", (), Span(1, 0, 1, 1))
    for _ in range(20_000):
        tree = Node(Kind.OPERATOR, "-", (tree,), Span(1, 0, 1, 1))
    assert equal(unpack_tree(pack_tree(tree)), tree)


def test_every_shortening_is_refused() -> None:
    data = pack_tree(functions(ODD)[0])
    for length in range(len(data)):
        with pytest.raises(ValueError, match="no tree"):
            unpack_tree(data[:length])


def forged(labels: bytes, columns: list[list[int]], widths: bytes = b"BBBBBBB") -> bytes:
    return struct.pack("<II7s", len(columns[0]), len(labels), widths) + labels + b"".join(map(bytes, columns))


def test_the_forgery_itself_is_well_made() -> None:
    data = forged(b'["a",""]', [[9, 29], [1, 0], [1, 0], [1, 1], [0, 0], [1, 1], [1, 1]])
    name = Node(Kind.NAME, "a", (), Span(1, 0, 1, 1))
    assert unpack_tree(data) == Node(Kind.EXPRESSION, "", (name,), Span(1, 0, 1, 1))


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        (b'["a",""]', [[9, 29], [1, 0], [0, 0]]),  # two roots, and a statement without its expression
        (b'["a",""]', [[29, 29], [1, 0], [0, 0]]),  # two roots
        (b'["a",""]', [[9, 29], [1, 0], [0, 1]]),  # a child before its parent
        (b'["a",""]', [[9, 29], [1, 0], [2, 0]]),  # more children than there are
        (b'["a",""]', [[12, 29], [1, 0], [1, 0]]),  # an IF without suites
        (b'["a",""]', [[99, 29], [1, 0], [1, 0]]),  # no such kind
        (b'["a",""]', [[9, 29], [2, 0], [1, 0]]),  # no such label
        (b'["a",1]', [[9, 29], [1, 0], [1, 0]]),
        (b'{"a":""}', [[9, 29], [1, 0], [1, 0]]),
        (b'["a",""', [[9, 29], [1, 0], [1, 0]]),
        (b"\xff", [[9, 29], [1, 0], [1, 0]]),
    ],
)
def test_forged_trees_are_refused(labels: bytes, columns: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="no tree"):
        unpack_tree(forged(labels, [*columns, [1, 1], [0, 0], [1, 1], [1, 1]]))


@pytest.mark.parametrize("widths", [b"BBBBBBQ", b"BBBBBBf", b"BBBBBB\xff"])
def test_forged_widths_are_refused(widths: bytes) -> None:
    columns = [[9, 29], [1, 0], [1, 0], [1, 1], [0, 0], [1, 1], [1, 1]]
    with pytest.raises(ValueError, match="no tree"):
        unpack_tree(forged(b'["a",""]', columns, widths))

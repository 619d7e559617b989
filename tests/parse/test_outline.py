"""Outlines: which statements get equal hashes, and how nested ones are laid out."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from codesim.parse import SHAPE_COLUMNS, Outline, outline, parse_function

COLUMN = {name: number for number, name in enumerate(SHAPE_COLUMNS)}


def outlined(body: str, barriers: frozenset[int] = frozenset(), parameters: str = "a, b, log") -> Outline:
    text = f"def f({parameters}):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    return outline(parse_function(function), barriers)


def column(found: Outline, name: str) -> list[int]:
    return [int(value) for value in found.shape[:, COLUMN[name]]]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("a.get(1)", "b.get(2)"),  # own names and values of literals do not count
        ("x = a + b", "y = b + a"),
        ("log.put('x')", "log.put('another text')"),
        ("log.put(f'{a} of {b}')", "log.put(f'{a}: {b}')"),
        ("for x in a: log.put(x)", "for y in b: log.put(y)"),
        ("x = [i for i in a]", "x = [j for j in b]"),
    ],
)
def test_exact_hashes_that_are_equal(one: str, two: str) -> None:
    np.testing.assert_array_equal(outlined(one).exact, outlined(two).exact)


@pytest.mark.parametrize(
    ("one", "two", "loosely"),
    [
        ("a.get(1)", "a.pop(1)", True),
        ("LEFT(a)", "RIGHT(a)", True),
        ("a.get(1)", "a.get('1')", False),
        ("a.get(None)", "a.get(True)", False),
        ("x = a + b", "x = a - b", False),
        ("x = a + b", "x += b", False),
        ("a.get(1)", "a.get(1, 2)", False),
        ("a.get(1)", "x = a.get(1)", False),
        ("f2(a)", "a(f2)", True),  # what is called is a name on both sides
    ],
)
def test_exact_hashes_that_differ(one: str, two: str, loosely: bool) -> None:
    left, right = outlined(one), outlined(two)
    assert left.exact[0] != right.exact[0]
    assert bool(left.loose[0] == right.loose[0]) is loosely


def test_nested_statements_follow_their_header() -> None:
    found = outlined("if a:\n    b = 1\nelif b:\n    b = 2\nelse:\n    b = 3\nlog.put(b)")
    assert column(found, "depth") == [0, 1, 1, 2, 3, 3, 4, 0]
    assert column(found, "size") == [7, 1, 5, 4, 1, 2, 1, 1]
    assert column(found, "is_statement") == [1, 1, 0, 0, 1, 0, 1, 1]  # `else` and `elif` cannot be cut out
    assert column(found, "start_line")[-1] == 8


def test_an_if_of_its_own_in_an_else_is_a_statement() -> None:
    found = outlined("if a:\n    b = 1\nelse:\n    if b:\n        b = 2")
    assert column(found, "is_statement") == [1, 1, 0, 1, 1]


def test_every_part_of_a_try_and_a_match_has_a_row() -> None:
    found = outlined("try:\n    a()\nexcept OSError:\n    b()\nelse:\n    a()\nfinally:\n    b()")
    assert column(found, "size")[0] == len(found.exact) == 8
    assert sum(column(found, "is_statement")) == 5
    cases = outlined("match a:\n    case 1:\n        b()\n    case _:\n        log()")
    assert column(cases, "depth") == [0, 1, 2, 1, 2]


def test_docstrings_have_no_row() -> None:
    assert len(outlined('"""Say."""\nlog.put(a)').exact) == 1


@pytest.mark.parametrize("body", ["def g():\n    return a", "class C:\n    x = 1"])
def test_definitions_and_suppressed_statements_stop_a_run(body: str) -> None:
    found = outlined(f"log.put(a)\n{body}\nlog.put(b)")
    assert [value == 0 for value in found.exact] == [False, True, False]
    assert column(found, "is_statement") == [1, 0, 1]
    suppressed = outlined("log.put(a)\nif a:\n    log.put(b)", frozenset({3}))
    assert [value == 0 for value in suppressed.exact] == [False, True]


def test_hashes_are_the_same_in_every_process() -> None:
    assert int(outlined("pass").exact[0]) == 2556778891915763040

"""Runs: what two functions share is found, and cut to whole statements of one suite."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from codesim.index import RunLimits, RunPair, ShortPair, find_run_pairs
from codesim.parse import Outline, outline, parse_function

LIMITS = RunLimits(lines=3, statements=3, mass=10)
SHARED = """
    rows = load(path)
    rows.sort(key=order)
    for row in rows:
        if row.old:
            log.info(row.name)
        row.save(force=True)
    store.close(rows)
"""


def outlines_of(*bodies: str) -> list[Outline]:
    outlines = []
    for body in bodies:
        function = ast.parse(f"def f(path, log, store):{body}").body[0]
        assert isinstance(function, ast.FunctionDef)
        outlines.append(outline(parse_function(function)))
    return outlines


def pairs_of(*bodies: str, limits: RunLimits = LIMITS) -> list[RunPair]:
    return find_run_pairs(outlines_of(*bodies), limits)


def test_a_shared_run_is_extended_as_far_as_it_goes() -> None:
    (pair,) = pairs_of(
        "\n    first(path)" + SHARED + "    return one(path)\n", "\n    x = 3" + SHARED + "    raise Two\n"
    )
    assert pair.left[1:] == pair.right[1:] == (3, 9)
    assert [step[0] for step in pair.steps] == [3, 4, 5, 9]


def test_renamed_variables_and_other_literals_are_the_same_run() -> None:
    other = SHARED.replace("rows", "lines").replace("row.", "line.").replace("row in", "line in").replace("True", "1")
    assert len(pairs_of(SHARED, other.replace("force=1", "force=True"))) == 1


def test_a_statement_more_on_one_side_is_a_gap() -> None:
    (pair,) = pairs_of(SHARED, SHARED.replace("    for row", "    log.debug(path)\n    for row"))
    assert len(pair.steps) == 4
    assert pair.right.last_line == pair.left.last_line + 1


def test_a_header_that_differs_does_not_end_a_run() -> None:
    (pair,) = pairs_of(SHARED, SHARED.replace("if row.old", "if row.age > 3 and path"))
    assert len(pair.steps) == 4


def test_a_run_holds_whole_statements_of_one_suite() -> None:
    left = (
        "\n    for row in path:\n        row.load(1)\n        row.check(log)\n        row.save(store)\n    return 1\n"
    )
    right = "\n    if path:\n        path.load(2)\n        path.check(log)\n        path.save(store)\n    raise Two\n"
    (pair,) = pairs_of(left, right)
    assert pair.left[1:] == (3, 5)  # not the headers around them, which differ
    half = SHARED.replace("        row.save(force=True)\n    store.close(rows)\n", "        break\n")
    assert all(pair.left.last_line < 4 for pair in pairs_of(SHARED, half))  # the loop is no whole statement of both


def test_two_places_of_one_function() -> None:
    (pair,) = pairs_of(SHARED + "    path.turn(log)" + SHARED)
    assert pair.left.function == pair.right.function == 0
    assert pair.left.last_line < pair.right.first_line


def test_repeated_lines_are_no_pair_with_themselves() -> None:
    body = "\n" + "    store.add(path, log)\n" * 9
    assert all(pair.left.last_line < pair.right.first_line for pair in pairs_of(body))


def test_what_stands_everywhere_is_idiom() -> None:
    assert pairs_of(*[SHARED] * 5)
    assert pairs_of(*[SHARED] * 45) == []


@pytest.mark.parametrize("limits", [LIMITS._replace(lines=8), LIMITS._replace(statements=8), LIMITS._replace(mass=60)])
def test_each_limit_counts(limits: RunLimits) -> None:
    assert pairs_of(SHARED, SHARED)
    assert pairs_of(SHARED, SHARED, limits=limits) == []


def test_definitions_are_not_crossed() -> None:
    cut = SHARED.replace("    for row", "    def order(x): return x\n    for row")
    assert all(len(pair.steps) < 4 for pair in pairs_of(cut, cut))


def test_nothing_in_nothing_out() -> None:
    assert find_run_pairs([], LIMITS) == []
    assert pairs_of("\n    pass\n") == []


def short_pairs(*bodies: str, limits: RunLimits) -> list[tuple[tuple[int, int], int, bool]]:
    """Lines of the left side, statements, and whether they are whole ones, of what is no run pair."""
    short: list[ShortPair] = []
    assert find_run_pairs(outlines_of(*bodies), limits, short.append) == []
    return [(one.left[1:], one.statements, one.whole) for one in short]


def test_what_is_too_short_is_told() -> None:
    assert short_pairs(SHARED, SHARED, limits=LIMITS._replace(statements=9)) == [((2, 8), 7, True)]
    assert short_pairs(SHARED, SHARED, limits=LIMITS._replace(mass=90)) == [((2, 8), 7, True)]
    assert short_pairs(SHARED, SHARED, limits=LIMITS._replace(lines=9)) == []


def test_rows_without_a_whole_statement_are_told() -> None:
    left = "\n    for row in path.rows(1, 2):\n        if row.old(1, 2, 3, 4):\n            {}\n"
    limits = LIMITS._replace(lines=2, statements=2)
    assert short_pairs(left.format("store.a()"), left.format("return log"), limits=limits) == [((2, 3), 2, False)]


@pytest.mark.parametrize("chosen", [[], [0], [3], [1, 4], list(range(6))], ids=str)
def test_with_a_focus_the_pairs_are_those_that_have_a_function_in_it(chosen: list[int]) -> None:
    other = SHARED.replace("log", "out").replace("True", "False")
    twice = SHARED + SHARED.replace("rows", "more")
    outlines = outlines_of(SHARED, other, "\n    return path\n", "\n    x = 3" + SHARED, twice, other + "    x = 4\n")
    focus = np.array([number in chosen for number in range(len(outlines))])
    pairs = find_run_pairs(outlines, LIMITS)
    assert len(pairs) > 8
    inside = [pair for pair in pairs if {pair.left.function, pair.right.function} & {*chosen}]
    assert find_run_pairs(outlines, LIMITS, focus=focus) == inside


def test_a_seed_is_common_by_all_functions_not_by_those_in_focus() -> None:
    outlines = outlines_of(*[SHARED] * 41)
    focus = np.array([True, *[False] * 40])
    assert find_run_pairs(outlines, LIMITS, focus=focus) == find_run_pairs(outlines, LIMITS) == []
    assert find_run_pairs(outlines[:40], LIMITS, focus=focus[:40])

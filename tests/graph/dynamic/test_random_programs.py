"""Data edges against real runs of random programs: no def-use pair that was observed may be missing."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from graph.dynamic.comparison import Summary, compare
from graph.dynamic.random_programs import programs, run
from graph.dynamic.tracer import ROUNDS, Tracer
from hypothesis import HealthCheck, Phase, assume, given, settings

NAME = "<random>"
COMMON = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)
pytestmark = pytest.mark.skipif(
    sys.gettrace() is not None, reason="a debugger or coverage traces already: only one can see the instructions"
)


def observed(source: str, runs: int = 12) -> Summary:
    """Run a program under the tracer with several throws of the dice, and compare with its graph."""
    try:
        code = compile(source, NAME, "exec", dont_inherit=True)
    except SyntaxError:  # such as a walrus that rebinds the variable of a comprehension
        assume(False)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102
    tracer = Tracer({NAME: source})
    for _ in range(ROUNDS):
        with tracer.active():
            for seed in range(runs):
                run(names["program"], seed)
    summary = compare(tracer)
    assert summary.pairs > 0
    return summary


@settings(COMMON, max_examples=60, derandomize=True, phases=[Phase.generate])
@given(programs())
def test_no_pair_of_a_random_program_is_missing(source: str) -> None:
    assert observed(source).missing == []


@pytest.mark.slow
@settings(COMMON, max_examples=1500)
@given(programs())
def test_no_pair_of_many_random_programs_is_missing(source: str) -> None:
    assert observed(source).missing == []


def test_programs_get_far_enough() -> None:
    """Most edges of a program are seen, given enough runs."""
    source = (
        "def program(a, b, value):\n if value:\n  a = b = c = d = value\n for c in a:\n  d = c\n try:\n  d = value(d)\n"
        " except KeyError as a:\n  d = a\n finally:\n  b = d\n return a, b, c, d\n"
    )
    summary = observed(source, runs=200)
    assert summary.missing == []
    assert summary.edges > 20
    assert summary.observed >= 0.7 * summary.edges

"""Steps that another copy has than the one whose source is used: the helper does with its flag what that copy does."""

from __future__ import annotations

from typing import Any

import pytest
from refactor.classes import candidate_of

from codesim.refactor import Helper

ONE = """
def count_rows(rows, log):
    kept = []
    for row in rows:
        if row % 2:
            log.append(row)
            kept.append(row * 3)
        elif row > 6:
            log.append(-row)
    kept.sort()
    log.append(len(kept))
    return kept
"""
TWO = (
    ONE.replace("count_rows", "count_lines").replace("rows", "lines").replace("row", "line").replace("kept", "found")
)  # other names for all variables


def helper_of(*texts: str) -> Helper:
    candidate = candidate_of(*texts)
    assert candidate.verdict.extractable, candidate.verdict.reasons
    assert candidate.helper is not None
    return candidate.helper


def run(text: str, name: str, *values: Any) -> tuple[Any, list[int]]:
    """Call a function of our own text."""
    space: dict[str, Any] = {}
    exec(compile(text, "helper", "exec"), space)  # noqa: S102 (the text is this file's)
    log: list[int] = []
    return space[name]([5, 3, 8, 2, 7], log, *values), log


@pytest.mark.parametrize(
    ("place", "step"),
    [
        ("    found.sort()\n", "    found.sort()\n    found.reverse()\n"),
        ("    found = []\n", "    # nothing to do\n    if len(lines) > 9:\n        return None\n    found = []\n"),
        ("            log.append(-line)\n", "            log.append(-line)\n            found.append(line)\n"),
        ("            log.append(line)\n", "            log.append(line + len(found))\n            log.append(line)\n"),
        ("    return found\n", "    log.append(len(f'{found} {len(lines)}'))\n    return found\n"),
    ],
)
def test_the_step_stands_where_it_stood_in_the_names_of_the_first_copy(place: str, step: str) -> None:
    other = TWO.replace(place, step, 1)
    assert other != TWO
    helper = helper_of(ONE, other)
    assert "line" not in helper.text
    assert run(helper.text, helper.name, False) == run(ONE, "count_rows")
    assert run(helper.text, helper.name, True) == run(other, "count_lines")


def test_a_step_of_several_copies_has_one_flag() -> None:
    guard = "    if not {0}:\n        return None\n"
    one, two = (text.replace("    log.append(len(", guard.format(name) + "    log.append(len(", 1)
                for text, name in ((TWO, "found"), (ONE.replace("count_rows", "count_all"), "kept")))  # fmt: skip
    helper = helper_of(ONE, one, two)
    assert helper.new_parameters == ("exit_early",)
    assert run(helper.text, helper.name, False) == run(ONE, "count_rows")
    assert run(helper.text, helper.name, True) == run(two, "count_all")


def test_a_value_that_is_passed_has_the_parameters_name_in_the_step() -> None:
    one = ONE.replace("rows, log", "self, log").replace("in rows", "in self.rows")
    other = TWO.replace("    found = []\n", "    if not lines:\n        return None\n    found = []\n")
    helper = helper_of(one, other)
    assert "if not rows:\n            return None" in helper.text


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (ONE, TWO.replace("    return f", "    log.append(own)\n    return f").replace("log):", "log, own):"), "`own`"),
        (ONE.replace("[]", "len and []"), TWO.replace("[]", "len and []").replace(
            "    return f", "    log.append(rows)\n    return f"), "`rows`"),
        (ONE, TWO.replace("    return f", "    extra = len(found)\n    log.append(extra)\n    return f"), "`extra`"),
        (ONE, TWO.replace("    found.sort()", "    import sys\n    found.sort()"), "defines something"),
        (ONE, TWO.replace("            log.append(-line)\n", "            log.append(-line)\n"
         "        elif not line:\n            log.append(0)\n"), "no exact place"),
        (ONE, TWO.replace("    found.sort()\n", "    log.append(7); found.sort()\n"), "no exact place"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_not_written_and_the_advice_says_why(one: str, other: str, why: str) -> None:
    candidate = candidate_of(one, other)
    assert candidate.verdict.extractable, candidate.verdict.reasons
    assert candidate.helper is not None
    assert not candidate.helper.text
    assert "; its text is not shown, because " in candidate.advice
    assert why in candidate.advice
    assert candidate.advice.endswith(".")

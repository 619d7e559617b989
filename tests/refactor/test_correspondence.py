"""Line pairs: every line once, in order; what belongs together stands together."""

from __future__ import annotations

import pytest
from cases import Case, case_subjects, load_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from refactor.classes import members_of

from codesim.refactor.correspondence import Row, correspond
from codesim.verify import Subject, align

LINES = [
    "    x = a.load(1)",
    "    y = [v for v in a if v]",
    "    # why",
    "    for i in a:",
    "        b.put(i)",
    "    if x:",
    "        b.flush(",
    "            x,",
    "        )",
    "    else:",
    "        pass",
    "    z = x + y",
    "",
    "    b.close()",
]


def rows_of(left: Subject, right: Subject) -> tuple[Row, ...]:
    return correspond(left, right, align(left, right))


def check_cover(rows: tuple[Row, ...], left: Subject, right: Subject) -> None:
    for side, subject in ((0, left), (1, right)):
        start = subject.fragment.span.start_line
        assert [row[side] for row in rows if row[side] is not None] == list(range(start, start + len(subject.lines)))
    assert all(row != (None, None) for row in rows)


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.name)
def test_every_line_of_both_comes_once_and_in_order(case: Case) -> None:
    left, right = case_subjects(case)
    check_cover(rows_of(left, right), left, right)
    check_cover(rows_of(right, left), right, left)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=8), st.lists(st.integers(0, 4), max_size=8))
def test_any_two_functions_are_covered(one: list[int], two: list[int]) -> None:
    blocks = [LINES[:2], LINES[2:5], LINES[5:11], LINES[11:13], LINES[13:]]
    texts = [
        "def f(a, b):\n" + "\n".join(line for k in ks for line in blocks[k]) + "\n    return b\n" for ks in (one, two)
    ]
    left, right = members_of(texts[0], "\n" * 5 + texts[1])
    check_cover(rows_of(left, right), left, right)


def test_equal_functions_pair_line_by_line() -> None:
    text = "@cached\ndef f(a, b):\n    '''Doc.\n\n    More.\n    '''\n" + "\n".join(LINES) + "\n    return b\n"
    left, right = members_of(text, text)
    assert all(a == b for a, b in rows_of(left, right))


def test_renamed_lines_pair_and_extra_lines_stand_alone() -> None:
    left = "def f(a, b):\n    '''One.'''\n    x = a.load(1)\n    b.put(x)\n    return b\n"
    right = (
        "def g(c, d):\n"
        "    '''Two.\n"
        "    more\n"
        "    '''\n"
        "    # note\n"
        "    y = c.load(1)\n"
        "    log(y)\n"
        "    d.put(y)\n"
        "    return d\n"
    )
    assert rows_of(*members_of(left, right)) == (
        (1, 1), (2, 2), (None, 3), (None, 4), (None, 5), (3, 6), (None, 7), (4, 8), (5, 9),
    )  # fmt: skip


def test_a_statement_over_lines_pairs_as_far_as_it_goes() -> None:
    left = "def f(a, b):\n    b.put(\n        a,\n        1,\n    )\n    return b\n"
    right = "def f(a, b):\n    b.put(\n        a,\n        2,\n    )\n    return b\n"
    assert rows_of(*members_of(left, right)) == tuple((k, k) for k in range(1, 7))

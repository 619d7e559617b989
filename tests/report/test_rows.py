from __future__ import annotations

from dataclasses import replace

import pytest

from codesim.refactor import CandidateKind, ClassDifference, Member, RefactoringCandidate, Site, Verdict
from codesim.report import ScanReport
from codesim.report.rows import Cell, Mark, Row, align_rows, cut_cell, fold_rows, shown_source
from codesim.verify import DifferenceKind


def candidate(left: str, right: str, *differences: ClassDifference, **changes: object) -> RefactoringCandidate:
    """A candidate over a.py and b.py whose lines correspond one by one; further fields by `changes`."""
    members = tuple(
        Member(path, "f", 1, len(text.split("\n")), tuple(text.split("\n")))
        for path, text in (("a.py", left), ("b.py", right))
    )
    lines = tuple((i, i) for i in range(1, len(members[0].lines) + 1))
    made = RefactoringCandidate(
        "0" * 16, CandidateKind.FUNCTION, 3, 0.9, 0.9, 3, Verdict(True, ()), None, members, differences, lines, "Merge."
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def site_difference(kind: DifferenceKind, *sites: tuple[str, int, str]) -> ClassDifference:
    return ClassDifference(kind, tuple(Site(*site) for site in sites))


def marked(cell: Cell | None) -> list[str]:
    assert cell is not None
    return [cell.text[start:end] for start, end, _ in cell.parts]


def test_marks_tell_a_listed_difference_from_another_spelling(report: ScanReport) -> None:
    rows = align_rows(report.candidates[0])
    by_left = {row.left.line: row for row in rows if row.left is not None}
    assert by_left[44].mark is Mark.DIFFERS  # the encoding, listed as a literal
    assert by_left[43].mark is Mark.RESPELLED  # users = [] / orders = []: a consistent renaming
    assert by_left[45].mark is Mark.SAME
    only_right = [row for row in rows if row.left is None]
    assert [(row.right.line, row.mark) for row in only_right if row.right] == [(21, Mark.DIFFERS)]
    assert by_left[54].mark is Mark.RESPELLED  # where the missing statement would stand, nothing is marked


def test_the_parts_that_differ_are_marked_within_the_line() -> None:
    row = align_rows(candidate('x = open(path, "r-b", 3)', 'x = open(name, "w-t", 3)'))[0]
    assert marked(row.left) == ["path", "r-b"]
    assert marked(row.right) == ["name", "w-t"]


def test_a_difference_with_a_third_copy_only_marks_nothing_here() -> None:
    third = site_difference(DifferenceKind.LITERAL, ("a.py", 1, "3"), ("c.py", 9, "4"))
    equal = site_difference(DifferenceKind.LITERAL, ("a.py", 1, "3"), ("b.py", 1, "3"), ("c.py", 9, "4"))
    assert align_rows(candidate("x = 3", "x = 3", third, equal))[0].mark is Mark.SAME


def test_another_order_of_equal_statements_differs() -> None:
    order = site_difference(DifferenceKind.ORDER, ("a.py", 1, "f()"), ("b.py", 2, "f()"))
    rows = align_rows(candidate("f()\ng()", "g()\nf()", order, correspondence=((1, 2), (2, 1))))
    assert [row.mark for row in rows] == [Mark.DIFFERS, Mark.SAME]


def test_a_difference_of_several_lines_marks_them_all() -> None:
    wide = site_difference(DifferenceKind.EXPRESSION, ("a.py", 1, "f(\n 1,\n 2)"), ("b.py", 1, "g(\n 1,\n 2)"))
    assert [r.mark for r in align_rows(candidate("f(\n 1,\n 2)\nend", "g(\n 1,\n 2)\nend", wide))] == [
        *[Mark.DIFFERS] * 3,
        Mark.SAME,
    ]


def test_indentation_is_taken_from_the_first_line_and_text_further_left_survives() -> None:
    member = Member("a.py", "C.f", 5, 8, ("    def f():", '        """doc', "out", '        """'))
    assert shown_source(member) == ((5, "def f():"), (6, '    """doc'), (7, "out"), (8, '    """'))


def test_lines_that_do_not_exist_are_left_out() -> None:
    assert align_rows(candidate("a", "b", correspondence=((7, None), (None, None), (7, 7)))) == ()


@pytest.mark.parametrize(("equal", "folded"), [(6, []), (7, [3]), (20, [16])])
def test_only_long_equal_runs_are_folded(equal: int, folded: list[int]) -> None:
    same = Row(Cell(1, "x", ()), Cell(1, "x", ()), Mark.SAME)
    other = Row(Cell(1, "x", ()), None, Mark.DIFFERS)
    rows = [other, *[same] * equal, other]
    runs = list(fold_rows(rows))
    assert [len(run.rows) for run in runs if run.folded] == folded
    assert [row for run in runs for row in run.rows] == rows


def test_a_long_line_is_cut_around_what_differs() -> None:
    rows = align_rows(candidate("x = '" + "a" * 3000 + "' + 'left'", "x = '" + "a" * 3000 + "' + 'right'"))
    assert rows[0].left is not None
    cut = cut_cell(rows[0].left, 100)
    assert len(cut.text) <= 100
    assert marked(cut) == ["left"]
    assert cut.text.startswith("…")


def test_a_long_token_is_marked_only_where_it_differs() -> None:
    row = align_rows(candidate("'" + "a" * 99 + "b" + "c" * 99 + "'", "'" + "a" * 99 + "d" + "c" * 99 + "'"))[0]
    assert marked(row.left) == ["b"]
    assert marked(row.right) == ["d"]


def test_a_line_of_thousands_of_tokens_is_still_marked() -> None:
    left = "+".join(f"n{i}" for i in range(2000))
    row = align_rows(candidate(left, left.replace("+n999+", "+other+")))[0]
    assert marked(row.left) == ["n999"]
    assert marked(row.right) == ["other"]

from __future__ import annotations

from explained import BUY, SELL, explanation_of

from codesim.report.pair_rows import pair_rows
from codesim.report.rows import Cell, Mark, Row


def rows_between(left: str, right: str) -> list[Row]:
    return list(pair_rows(explanation_of(left, right).pairs[0]))


def marked(cell: Cell | None) -> list[tuple[str, str]]:
    assert cell is not None
    return [(cell.text[start:end], mark.value) for start, end, mark in cell.parts]


def wrapped(statement: str) -> str:
    """A function whose third line is the statement."""
    return f"def f(a, b, log):\n    log.info(a, b)\n    {statement}\n    log.warn(a + b)\n    return a\n"


def test_parts_have_the_axis_of_their_difference() -> None:
    row = rows_between(wrapped("c = a.get(b + 1, 'one')"), wrapped("d = a.get(b - 1, 'two')"))[2]
    assert marked(row.left) == [("c", "representation"), ("b + 1", "behaviour"), ("'one'", "hole")]
    assert marked(row.right) == [("d", "representation"), ("b - 1", "behaviour"), ("'two'", "hole")]
    assert row.mark is Mark.BEHAVIOUR


def test_columns_hold_behind_wide_characters_and_tabs_and_what_is_spelled_out() -> None:
    left, right = (wrapped(f"x = ['größe 漢字 \u200b', \t{number}, 'é']") for number in (17, 29))
    row = rows_between(left.replace("    ", "\t"), right.replace("    ", "\t"))[2]
    assert marked(row.left) == [("17", "hole")]
    assert marked(row.right) == [("29", "hole")]


def test_a_difference_of_several_lines_marks_each() -> None:
    left = wrapped("a.call(\n        b,\n        {1: 2},\n    )")
    right = wrapped("a.call(\n        b,\n        [\n            1],\n    )")
    rows = rows_between(left, right)
    touched = [marked(row.right) for row in rows if row.right and row.mark is Mark.BEHAVIOUR]
    assert touched == [[("[", "behaviour")], [("1]", "behaviour"), (",", "representation")]]


def test_every_line_of_both_sides_is_on_one_row() -> None:
    rows = rows_between(BUY, SELL)
    assert [row.left.line for row in rows if row.left] == list(range(2, 13))
    assert [row.right.line for row in rows if row.right] == list(range(2, 14))


def test_what_only_one_side_has_is_behaviour_and_a_comment_is_not() -> None:
    rows = rows_between(wrapped("a.x(b)"), wrapped("# a remark\n    a.x(b)\n    a.y(b, log, 3)"))
    alone = [(row.right.text.strip(), row.mark) for row in rows if row.left is None and row.right]
    assert alone == [("# a remark", Mark.REPRESENTATION), ("a.y(b, log, 3)", Mark.BEHAVIOUR)]


def test_another_spelling_points_at_what_corresponds() -> None:
    loop = "out = []\n    for x in xs:\n        out.append(x * 2 + 1)"
    left, right = (
        f"def f(xs, log):\n    log.info(xs)\n    {body}\n    return out\n"
        for body in (loop, "out = [x * 2 + 1 for x in xs]")
    )
    rows = rows_between(left, right)
    assert all(row.mark in (Mark.SAME, Mark.REPRESENTATION) for row in rows)
    alone = [row for row in rows if row.right is None]
    assert {row.elsewhere for row in alone} == {3}


def test_identical_copies_have_nothing_marked() -> None:
    assert {row.mark for row in rows_between(BUY, BUY)} == {Mark.SAME}

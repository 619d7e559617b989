"""The focus of a check: what is in it, and how old it is."""

from __future__ import annotations

import pytest

from codesim.source import Age, Focus, LineRange

LINES = Focus({"a.py": (LineRange(10, 12), LineRange(30, 29))}, whole_files=False)


@pytest.mark.parametrize(
    ("place", "held"),
    [
        (("a.py", 1, 9), False),
        (("a.py", 5, 10), True),
        (("a.py", 12, 20), True),
        (("a.py", 13, 29), False),  # ends right above removed lines
        (("a.py", 30, 40), False),  # begins right below them
        (("a.py", 25, 30), True),  # lost them
        (("b.py", 10, 12), False),
    ],
)
def test_a_fragment_is_in_focus_by_a_changed_line(place: tuple[str, int, int], held: bool) -> None:
    assert LINES.holds(*place) is held


def test_a_whole_file_is_in_focus_whatever_changed() -> None:
    focus = Focus({"a.py": ()})
    assert focus.holds("a.py", 1, 3)
    assert not focus.holds("b.py", 1, 3)
    assert focus.age("a.py", 1, 3) is Age.OLD


def test_age_is_by_the_share_of_changed_lines() -> None:
    assert LINES.age("a.py", 10, 12) is Age.NEW
    assert LINES.age("a.py", 8, 14) is Age.CHANGED
    assert LINES.age("a.py", 25, 35) is Age.CHANGED
    assert LINES.age("a.py", 13, 20) is Age.OLD
    assert LINES.age("b.py", 10, 12) is Age.OLD
    assert Focus({"a.py": ()}, dated=False).age("a.py", 1, 2) is None

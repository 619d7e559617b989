"""Changed lines: what is new in a text, seen from an earlier one."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from codesim.source.line_changes import changed_lines, likeness

TEXTS = st.lists(st.sampled_from([b"a", b"b", b"c", b""]), max_size=12).map(b"\n".join)


def test_added_changed_and_removed_lines() -> None:
    before = b"a\nb\nc\nd\ne\n"
    assert changed_lines(before, before) == []
    assert changed_lines(before, b"a\nb\nX\nc\nd\ne\n") == [(3, 3)]
    assert changed_lines(before, b"a\nB\nC\nd\ne\n") == [(2, 3)]
    assert changed_lines(before, b"a\nd\ne\n") == [(2, 1)]  # removed between lines 1 and 2
    assert changed_lines(b"", before) == [(1, 5)]
    assert changed_lines(before, b"X\nb\nc\nd\nY\n") == [(1, 1), (5, 5)]


def test_line_ends_do_not_count() -> None:
    assert changed_lines(b"a\r\nb\rc\n", b"a\nb\nc\n") == []


def test_a_copy_below_its_original_is_what_is_new() -> None:
    one = b"def f(x):\n    y = x + 1\n    return y\n"
    other = one.replace(b"def f", b"def g")
    assert changed_lines(one, one + b"\n" + other) == [(4, 7)]
    assert changed_lines(one, other + b"\n" + one) == [(1, 4)]


def lines_of(text: bytes) -> list[bytes]:
    return [line.encode() for line in text.decode().splitlines()]


@given(TEXTS, TEXTS)
def test_what_is_not_changed_stands_in_both_in_the_same_order(before: bytes, after: bytes) -> None:
    runs = changed_lines(before, after)
    changed = {line for run in runs for line in range(run.first, run.last + 1)}
    kept = [text for line, text in enumerate(lines_of(after), 1) if line not in changed]
    earlier = iter(lines_of(before))
    assert all(text in earlier for text in kept)
    assert [run for run in runs if run.first > run.last + 1] == []


def test_a_table_of_equal_lines_takes_no_time() -> None:
    before, after = b"x\ny\n" * 20_000, b"y\nx\nz\n" * 20_000
    begin = time.perf_counter()
    assert changed_lines(before, after) == [(1, 60_000)]
    assert time.perf_counter() - begin < 5


def test_likeness_is_the_share_of_common_lines() -> None:
    assert likeness(b"a\nb\nc", b"c\nb\na") == 1.0
    assert likeness(b"a\nb", b"a\nc") == 0.5
    assert likeness(b"", b"") == 0.0

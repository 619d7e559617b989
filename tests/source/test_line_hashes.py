from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesim.source import line_hashes
from codesim.source.line_hashes import hash_lines

GREETING = (
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    "c129715d7a2bc9a3:1",
)


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ("c129715d7a2bc9a3:1",)),
        (
            " a\nb\n  \t\tc\n d",
            ("271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"),
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETING),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETING),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETING),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            (
                *(f"a7f2ff13bc495cf2:{count}" for count in range(1, 7)),
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ),
        ),
    ],
)
def test_the_hashes_that_github_expects_of_these_texts(text: str, hashes: tuple[str, ...]) -> None:
    assert hash_lines(text) == hashes


def rolling_hashes(text: str) -> tuple[str, ...]:
    """The same as a hash that rolls over the text unit by unit, the way GitHub's step goes about it."""
    data = text.encode("utf-16-le", "surrogatepass")
    units = [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]
    window, waiting, value = [0] * 100, {}, 0
    seen: Counter[str] = Counter()
    found = []
    at_start, after_cr, place = True, False, 0
    for unit in [*units, 65535, *[None] * 100]:
        if unit in (32, 9) or (after_cr and unit == 10):
            after_cr = False
            continue
        after_cr = unit == 13
        current = 10 if unit == 13 else unit or 0
        if waiting.pop(place % 100, False):
            shown = format(value % 2**64, "x")
            seen[shown] += 1
            found.append(f"{shown}:{seen[shown]}")
        if at_start and unit is not None:
            waiting[place % 100] = True
        at_start = current == 10
        value = 37 * value + current - 37**100 * window[place % 100]
        window[place % 100] = current
        place += 1
    return tuple(found)


@given(st.text(st.sampled_from("ab \t\n\r🙂é"), max_size=400))
def test_it_equals_the_rolling_hash(text: str) -> None:
    assert hash_lines(text) == rolling_hashes(text)


def test_an_edit_far_above_leaves_a_line_alone() -> None:
    below = "\n".join(f"    total_{number} = compute(total, {number})" for number in range(20))
    before, after = hash_lines("x = 1\n" + below), hash_lines("import os\n\ny = 2\n" + below)
    assert before[1:] == after[3:]


def test_a_file_is_read_as_utf_8_whatever_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"# caf\xe9\r\nx = 1\r\n")
    assert line_hashes(file) == hash_lines("# caf\ufffd\nx = 1\n")


def test_what_cannot_be_read_has_no_hashes(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_bytes(b"#" * 2_000_001)
    assert [line_hashes(tmp_path / name) for name in ("none.py", "big.py", "nu\0l")] == [(), (), ()]
    assert line_hashes(tmp_path) == ()

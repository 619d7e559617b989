"""Digests by stamps: what is not read again, and what must be."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from codesim.source import read_digests, stamps, take_stamp


@pytest.fixture
def no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: Path, *_: object) -> bytes:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(stamps, "read_bytes", read)


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time_ns() + 2 * stamps.SETTLED_NANOSECONDS
    monkeypatch.setattr(stamps.time, "time_ns", lambda: later)


def test_a_file_that_was_just_written_is_not_trusted(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"x = 1\n")
    digests, learned = read_digests([file], {}, {})
    assert digests == [sha256(b"x = 1\n").hexdigest()]
    assert learned == {}


@pytest.mark.usefixtures("no_reading")
def test_a_settled_file_with_a_known_stamp_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"x = 1\n")
    settle(monkeypatch)
    stamp, settled = take_stamp(str(file))
    assert settled
    assert read_digests([file], {}, {str(file): (stamp, "known")}) == (["known"], {})
    with pytest.raises(AssertionError, match="was read"):
        read_digests([file], {}, {str(file): (f"{stamp}0", "known")})
    with pytest.raises(AssertionError, match="was read"):
        read_digests([file], {}, {})


def test_a_settled_file_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"x = 1\n")
    settle(monkeypatch)
    digests, learned = read_digests([file], {}, {})
    assert learned == {str(file): (take_stamp(str(file))[0], digests[0])}


def test_a_change_within_one_tick_of_the_clock_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size and all times are as before: only the rule about unsettled files can tell."""
    file = tmp_path / "a.py"
    file.write_bytes(b"x = 1\n")
    monkeypatch.setattr(stamps, "take_stamp", lambda _: ("frozen", False))
    first, learned = read_digests([file], {}, {})
    file.write_bytes(b"x = 2\n")
    second, _ = read_digests([file], {}, learned)
    assert first != second


@pytest.mark.parametrize("back", [True, False], ids=["with the old time", "with a new time"])
def test_the_stamp_of_an_edited_file_is_another(tmp_path: Path, back: bool) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"x = 1\n")
    before, status = take_stamp(str(file)), file.stat()
    time.sleep(0.05)
    file.write_bytes(b"x = 2\n")
    if back:
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert take_stamp(str(file)) != before


def test_a_replaced_file_has_another_stamp(tmp_path: Path) -> None:
    file, other = tmp_path / "a.py", tmp_path / "b.py"
    for each in (file, other):
        each.write_bytes(b"x = 1\n")
    before = take_stamp(str(file))[0]
    other.replace(file)
    assert take_stamp(str(file))[0] != before


def test_what_cannot_be_read_has_the_reason_for_a_digest(tmp_path: Path) -> None:
    (tmp_path / "d.py").mkdir()
    digests, learned = read_digests([tmp_path / "none.py", tmp_path / "d.py"], {}, {})
    assert digests == ["cannot be read: No such file or directory", "a folder, not a file"]
    assert learned == {}


@pytest.mark.usefixtures("no_reading")
def test_a_given_content_stands_in_for_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    assert read_digests([file], {file: b"x"}, {}) == ([sha256(b"x").hexdigest()], {})

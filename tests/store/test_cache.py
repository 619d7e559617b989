"""The cache: what is kept, how it fails without harm, and several processes at once."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import codesim
from codesim.errors import StoreError
from codesim.store import Cache, cache_key
from codesim.store import cache as cache_module

PACKAGE_PARENT = Path(codesim.__path__[0]).parent


def test_cache_key_depends_on_every_part_and_their_order() -> None:
    keys = [
        cache_key("ab"),
        cache_key("ab", 1),
        cache_key("ab", 1, "x"),
        cache_key("ab", "x", 1),
        cache_key("ab", "1x"),
    ]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 64 for key in keys)
    assert cache_key("ab", 1) == cache_key("ab", "1")


def test_what_was_put_is_got_by_the_next_run(tmp_path: Path) -> None:
    items = {f"k{number}": bytes([number % 256]) * number for number in range(1200)}
    with Cache(tmp_path / "cache") as cache:
        assert cache.get_many(items) == {}
        cache.put_many(items)
    with Cache(tmp_path / "cache") as cache:
        assert cache.get_many(["none", *items, "k1"]) == items
        assert cache.size() == (1200, sum(map(len, items.values())))
        assert cache.notice == ""


def test_an_entry_is_replaced(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put_many({"k": b"old"})
        cache.put_many({"k": b"new"})
        cache.put_many({})
        assert cache.get_many(["k"]) == {"k": b"new"}
        assert cache.size().entries == 1


def test_a_new_folder_is_marked_as_a_cache(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "cache"
    Cache(folder).close()
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert (
        (folder / "CACHEDIR.TAG").read_text(encoding="utf-8").startswith("Signature: 8a477f597d28d172789f06886806bc55")
    )


def test_a_folder_of_the_user_is_not_marked(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("", encoding="utf-8")
    Cache(tmp_path).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache.sqlite3", "thesis.tex"]


@pytest.mark.parametrize("data", [b"this is no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_set_aside_on_opening(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "cache.sqlite3").write_bytes(data)
    with Cache(tmp_path) as cache:
        assert "damaged" in cache.notice
        cache.put_many({"k": b"v"})
        assert cache.get_many(["k"]) == {"k": b"v"}
    assert (tmp_path / "cache.damaged").read_bytes() == data


def test_damage_found_later_is_an_error_and_the_next_run_begins_anew(tmp_path: Path) -> None:
    items = {f"{number:064}": b"x" * 3000 for number in range(300)}
    with Cache(tmp_path) as cache:
        cache.put_many(items)
    file = tmp_path / "cache.sqlite3"
    data = bytearray(file.read_bytes())
    half = len(data) // 2
    data[half:] = b"\xaa" * (len(data) - half)
    file.write_bytes(data)
    cache = Cache(tmp_path)
    with pytest.raises(StoreError, match="damaged"):
        cache.get_many(items)
    with pytest.raises(StoreError):
        cache.get_many(items)
    with Cache(tmp_path) as cache:
        assert cache.notice == ""
        assert cache.get_many(items) == {}


def test_another_schema_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Cache(tmp_path) as cache:
        cache.put_many({"k": b"v"})
    monkeypatch.setattr(cache_module, "CACHE_VERSION", 999)
    with Cache(tmp_path) as cache:
        assert cache.get_many(["k"]) == {}
    with Cache(tmp_path) as cache:
        assert cache.notice == ""


def test_a_foreign_database_keeps_its_tables(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "cache.sqlite3")
    connection.execute("CREATE TABLE mine (x)")
    connection.commit()
    Cache(tmp_path).close()
    assert connection.execute("SELECT COUNT(*) FROM mine").fetchone() == (0,)
    connection.close()


def test_values_that_are_not_bytes_are_passed_over(tmp_path: Path) -> None:
    Cache(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "cache.sqlite3")
    connection.execute("INSERT INTO entries VALUES ('k', 1000000000000, 0, ''), ('l', 'text', 0, '')")
    connection.commit()
    connection.close()
    with Cache(tmp_path) as cache:
        assert cache.get_many(["k", "l"]) == {}


def test_every_damaged_byte_of_a_value_is_noticed_and_so_is_another_entrys_value(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put_many({"k": b"value", "other": b"another"})
        (stored,) = cache._connection.execute("SELECT value FROM entries WHERE key = 'k'").fetchone()
        for at in range(len(stored)):
            damaged = bytes([*stored[:at], stored[at] ^ 1, *stored[at + 1 :]])
            cache._connection.execute("UPDATE entries SET value = ? WHERE key = 'k'", (damaged,))
            assert cache.get_many(["k"]) == {}
        cache._connection.execute("UPDATE entries SET value = (SELECT value FROM entries WHERE key = 'other')")
        assert cache.get_many(["k", "other"]) == {"other": b"another"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(StoreError, match="symbolic link"):
        Cache(tmp_path / "link")
    (target / "cache.sqlite3").symlink_to(tmp_path / "precious.db")
    with pytest.raises(StoreError, match="symbolic link"):
        Cache(target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "target"]


def test_a_place_that_cannot_hold_a_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot hold a cache"):
        Cache(tmp_path / "file" / "cache")
    (tmp_path / "cache" / "cache.sqlite3").mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be opened"):
        Cache(tmp_path / "cache")


def test_a_full_disk_leaves_all_or_nothing_of_what_is_put(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put_many({"k": b"v"})
        cache._connection.execute("PRAGMA max_page_count = 12")
        with pytest.raises(StoreError, match="cannot be written: database or disk is full"):
            cache.put_many({f"{number}": bytes(2000) for number in range(100)})
        assert cache.get_many(["k"]) == {"k": b"v"}
        assert cache.size().entries == 1
        cache._connection.execute("PRAGMA max_page_count = 10000")
        cache.put_many({"c": b"2"})
        assert cache.size().entries == 2


def test_prune_removes_what_was_not_used_for_longest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Cache(tmp_path) as cache:
        for day, key in enumerate("abcd"):
            monkeypatch.setattr(cache_module, "_today", lambda day=day: day)
            cache.put_many({key: bytes(1000)})
        monkeypatch.setattr(cache_module, "_today", lambda: 9)
        assert cache.get_many(["a"]) == {"a": bytes(1000)}
        assert cache.prune(4000) == 0
        assert cache.prune(2500) == 2
        assert set(cache.get_many("abcd")) == {"a", "d"}
        assert cache.prune(0) == 2
        assert cache.size() == (0, 0)


def test_a_locked_cache_is_an_error_not_a_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "BUSY_SECONDS", 0.05)
    with Cache(tmp_path) as cache:
        cache.put_many({"k": b"v"})
        other = sqlite3.connect(tmp_path / "cache.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            cache.put_many({"l": b"v"})
        assert cache.get_many(["k"]) == {"k": b"v"}
        other.execute("ROLLBACK")
        other.close()
        cache.put_many({"l": b"v"})
        assert cache.size().entries == 2


WRITER = """
import sys
from pathlib import Path
from codesim.store import Cache
for round in range(20):
    with Cache(Path(sys.argv[1])) as cache:
        cache.put_many({f"{sys.argv[2]}-{round}-{number}": b"x" * 200 for number in range(20)})
        assert len(cache.get_many(f"{sys.argv[2]}-{round}-{number}" for number in range(20))) == 20
"""


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), name],
            env={**os.environ, "PYTHONPATH": str(PACKAGE_PARENT)},
            stderr=subprocess.PIPE,
        )
        for name in ("first", "second")
    ]
    outcomes = [writer.communicate(timeout=60)[1].decode() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], outcomes
    with Cache(folder) as cache:
        assert cache.size().entries == 800


def test_a_name_that_is_no_text_any_more_is_no_crash(tmp_path: Path) -> None:
    """A flipped bit in the schema or in a key: what SQLite hands over need not be UTF-8."""
    with Cache(tmp_path) as cache:
        cache.put_many({"a": b"1", "b": b"2"})
    connection = sqlite3.connect(tmp_path / "cache.sqlite3")
    connection.execute("UPDATE entries SET key = CAST(x'ff' AS TEXT) WHERE key = 'a'")
    connection.commit()
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("INSERT INTO sqlite_master VALUES ('table', CAST(x'fe' AS TEXT), 'x', 0, 'CREATE TABLE x(y)')")
    connection.commit()
    connection.close()
    for _ in range(2):  # set aside, or read as far as it can be; then as good as new
        with contextlib.suppress(StoreError), Cache(tmp_path) as cache:
            assert cache.get_many(["a", "b"]) in ({"b": b"2"}, {})
    with Cache(tmp_path) as cache:
        cache.put_many({"c": b"3"})
        assert cache.get_many(["c"]) == {"c": b"3"}

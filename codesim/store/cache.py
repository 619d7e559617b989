"""The cache: a SQLite file of byte strings under content-addressed keys, and of the digests of files.

In: keys made by `cache_key` of everything a value depends on (the source's digest, schema versions, the weights' hash),
and bytes. Out: the same bytes, or nothing: an entry bears a checksum of its key and value, so that it is
never stale or another's. The cache may fail in any way without harm: a damaged file is set aside and begun anew,
everything else is a `StoreError`, after which a scan goes on without it. Several processes may use it at once: every
write is one transaction, and waits for the others. Source: our own; write-ahead logging is SQLite's.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import quote

from codesim.errors import StoreError
from codesim.store.folder import COMPANIONS, DAMAGED_NAME, FILE_NAME, is_on_network, prepare_folder

CACHE_VERSION = 2
BUSY_SECONDS = 20.0
"""How long to wait for another process that writes."""
KEYS_PER_QUERY = 500

_CHECKSUM_BYTES = 4
_PAGE_BYTES = 16384  # values of some 25 kB are read a third faster than from SQLite's 4,096
_SCHEMA = (
    "DROP TABLE IF EXISTS entries",
    "DROP TABLE IF EXISTS digests",
    "DROP TABLE IF EXISTS meta",
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    "CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL, family TEXT NOT NULL)",
    "CREATE INDEX families ON entries (family) WHERE family != ''",
    "CREATE TABLE digests (path BLOB PRIMARY KEY, stamp TEXT NOT NULL, digest TEXT NOT NULL, used INTEGER NOT NULL)",
)
_TABLES = frozenset({"meta", "entries", "digests"})
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_FAULTS = (sqlite3.Error, UnicodeDecodeError)  # the latter where a damaged name gets into SQLite's own message
_SHORT_READ = sqlite3.SQLITE_IOERR_SHORT_READ  # the file ends before its pages do


class CacheSize(NamedTuple):
    """How much a cache holds: entries, and the bytes of their values."""

    entries: int
    bytes: int


def cache_key(digest: str, *versions: str | int) -> str:
    """Make the key of what was computed from one content by one version of the code.

    Args:
        digest: of the content, `SourceFile.digest`.
        versions: everything else that the value depends on; their order counts.

    Returns:
        str: 64 hex digits.
    """
    return hashlib.sha256(json.dumps([digest, *map(str, versions)]).encode()).hexdigest()


class Cache:
    """An open cache; a context manager.

    notice: a sentence for the user if a damaged file was set aside on opening, else "".
    """

    def __init__(self, folder: Path) -> None:
        """Open the cache in a folder, which is made if need be.

        Args:
            folder: holds the SQLite file, and nothing else if it was made here.

        Raises:
            StoreError: it cannot be opened, or is being written for longer than `BUSY_SECONDS`.
        """
        self.folder = folder
        self.file = folder / FILE_NAME
        self.notice = ""
        prepare_folder(folder)
        try:
            self._connection = self._open()
        except _FAULTS as error:
            if not _is_damage(error):
                raise StoreError(str(self.file), f"cannot be opened: {error}") from None
            self._set_aside(error)
            try:
                self._connection = self._open()
            except _FAULTS as again:
                raise StoreError(str(self.file), f"cannot be opened: {again}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; every write was complete before."""
        with contextlib.suppress(*_FAULTS):  # such as a full disk, when the log is brought into the file
            self._connection.close()

    def get_many(self, keys: Iterable[str]) -> dict[str, memoryview]:
        """Look up entries; a key without an entry is left out, and so is a damaged entry.

        Args:
            keys: from `cache_key`.

        Returns:
            dict[str, memoryview]: the bytes of each, in the order of the keys.

        Raises:
            StoreError: the file cannot be read.
        """
        wanted = list(dict.fromkeys(keys))
        found: dict[str, memoryview] = {}
        stale: list[str] = []
        today = _today()
        for key, value, used in self._rows("SELECT key, value, used FROM entries WHERE key IN", wanted):
            if not isinstance(value, bytes):  # none of ours
                continue
            content = memoryview(value)[_CHECKSUM_BYTES:]
            if value[:_CHECKSUM_BYTES] == _checksum(key, content):
                found[key] = content
                if used != today:
                    stale.append(key)
        self._mark_used("UPDATE entries SET used = ? WHERE key = ?", stale)
        return {key: found[key] for key in wanted if key in found}

    def put_many(self, items: Mapping[str, bytes], family: str = "", most: int = 0) -> None:
        """Write entries in one transaction: all of them or none.

        Args:
            items: values by key; an entry that exists is replaced.
            family: what the entries are alternatives of, if anything.
            most: how many entries of the family to keep, the latest ones.

        Raises:
            StoreError: the file cannot be written.
        """
        if not items:
            return
        today = _today()
        rows = [(key, _checksum(key, value) + value, today, family) for key, value in items.items()]
        with self._translated("written"), self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO entries (key, value, used, family) VALUES (?, ?, ?, ?)", rows
            )
            if family:
                self._connection.execute(
                    "DELETE FROM entries WHERE family = ? AND rowid NOT IN "
                    "(SELECT rowid FROM entries WHERE family = ? ORDER BY rowid DESC LIMIT ?)",
                    (family, family, most),
                )

    def get_digests(self, paths: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Look up what the contents of files were when these had a certain stamp.

        Args:
            paths: absolute.

        Returns:
            (stamp, digest) by path; a path that is not known is left out.

        Raises:
            StoreError: the file cannot be read.
        """
        names = {os.fsencode(path): path for path in paths}
        found: dict[str, tuple[str, str]] = {}
        stale: list[bytes] = []
        today = _today()
        for name, stamp, digest, used in self._rows(
            "SELECT path, stamp, digest, used FROM digests WHERE path IN", list(names)
        ):
            if isinstance(stamp, str) and isinstance(digest, str):
                found[names[name]] = stamp, digest
                if used != today:
                    stale.append(name)
        self._mark_used("UPDATE digests SET used = ? WHERE path = ?", stale)
        return found

    def put_digests(self, digests: Mapping[str, tuple[str, str]]) -> None:
        """Remember the digests of files; see `get_digests`.

        Args:
            digests: (stamp, digest) by absolute path.

        Raises:
            StoreError: the file cannot be written.
        """
        if not digests:
            return
        today = _today()
        rows = [(os.fsencode(path), stamp, digest, today) for path, (stamp, digest) in digests.items()]
        with self._translated("written"), self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?)", rows)

    def size(self) -> CacheSize:
        """Count entries and the bytes of their values."""
        with self._translated("read"):
            row = self._connection.execute("SELECT COUNT(*), COALESCE(SUM(LENGTH(value)), 0) FROM entries").fetchone()
        return CacheSize(row[0], row[1] - _CHECKSUM_BYTES * row[0])

    def last_use(self) -> int | None:
        """The latest day on which an entry was used, in days since 1970; None in an empty cache."""
        with self._translated("read"):
            day: int | None = self._connection.execute("SELECT MAX(used) FROM entries").fetchone()[0]
        return day

    def prune(self, max_bytes: int) -> int:
        """Remove the entries that were not used for longest, until the values take at most `max_bytes`.

        Args:
            max_bytes: 0 or more.

        Returns:
            int: how many entries were removed.

        Raises:
            StoreError: the file cannot be written.
        """
        if self._pages() <= max_bytes:
            return 0  # counting values would read through the whole file
        if self.size().bytes <= max_bytes:
            return 0
        with self._translated("written"):
            with self._transaction():
                removed = self._connection.execute(
                    "DELETE FROM entries WHERE key IN (SELECT key FROM (SELECT key, SUM(LENGTH(value) - ?) "
                    "OVER (ORDER BY used DESC, rowid DESC) AS total FROM entries) WHERE total > ?)",
                    (_CHECKSUM_BYTES, max_bytes),
                ).rowcount
                self._connection.execute("DELETE FROM digests WHERE used < (SELECT MIN(used) FROM entries)")
            with contextlib.suppress(sqlite3.OperationalError):  # others read: the space is reused, if not returned
                self._connection.execute("VACUUM")
        return removed

    def _pages(self) -> int:
        """The bytes that are in use in the file."""
        with self._translated("read"):
            count, free, size = (
                self._connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        used: int = (count - free) * size
        return used

    def _rows(self, query: str, wanted: list[str] | list[bytes]) -> Iterator[tuple[Any, ...]]:
        """The rows of a query that ends in `IN`, a part of the wanted ones at a time."""
        with self._translated("read"):
            for start in range(0, len(wanted), KEYS_PER_QUERY):
                some = wanted[start : start + KEYS_PER_QUERY]
                yield from self._connection.execute(f"{query} ({','.join('?' * len(some))})", some)

    def _mark_used(self, statement: str, names: list[str] | list[bytes]) -> None:
        """At most once a day per entry, and only for `prune`: a cache that cannot be written can still be read."""
        if names:
            today = _today()
            with contextlib.suppress(*_FAULTS), self._transaction():
                self._connection.executemany(statement, [(today, name) for name in names])

    def _open(self) -> sqlite3.Connection:
        try:
            return self._prepared(sqlite3.connect(self.file, timeout=BUSY_SECONDS, isolation_level=None))
        except sqlite3.OperationalError:
            if os.access(self.folder, os.W_OK) or not self.file.exists():
                raise
            # where nothing can be written beside it, SQLite reads a log-keeping file only as one that never changes
            place = f"file:{quote(str(self.file))}?immutable=1"
            return self._prepared(sqlite3.connect(place, uri=True, isolation_level=None))

    def _prepared(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        try:
            connection.text_factory = _lenient  # a damaged key is another key, not an error
            connection.execute("PRAGMA trusted_schema = OFF")  # the file may have come with a stranger's repository
            connection.execute("PRAGMA synchronous = NORMAL")
            if _version(connection) != CACHE_VERSION:
                connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")  # before the first table
                if not is_on_network(self.folder):
                    with contextlib.suppress(sqlite3.OperationalError):  # others have it open: they settle it
                        connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("BEGIN IMMEDIATE")
                if _version(connection) != CACHE_VERSION:  # no other process was faster
                    for statement in _SCHEMA:
                        connection.execute(statement)
                    connection.execute("INSERT INTO meta VALUES ('schema_version', ?)", (CACHE_VERSION,))
                connection.execute("COMMIT")
        except _FAULTS:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")  # waits for its turn here, never half-way
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(*_FAULTS):  # SQLite may have rolled back by itself
                self._connection.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except _FAULTS as error:
            if not _is_damage(error):
                raise StoreError(str(self.file), f"cannot be {what}: {error}") from None
            self.close()
            self._set_aside(error)
            raise StoreError(str(self.file), self.notice) from None

    def _set_aside(self, error: Exception) -> None:
        aside = self.folder / DAMAGED_NAME
        try:
            for end in COMPANIONS:  # SQLite would play them back into the new file
                Path(f"{self.file}{end}").unlink(missing_ok=True)
            self.file.replace(aside)
        except FileNotFoundError:  # another process was faster
            pass
        except OSError as problem:
            raise StoreError(str(self.file), f"is damaged ({error}): {problem.strerror}") from None
        self.notice = f"the cache was damaged ({error}); it was set aside as {aside.name}"


def _checksum(key: str, value: bytes | memoryview) -> bytes:
    """Of both, so that an entry is not taken for another; fast, since every byte that is read passes through it."""
    return zlib.crc32(value, zlib.crc32(key.encode())).to_bytes(_CHECKSUM_BYTES, "big")


def _version(connection: sqlite3.Connection) -> int | None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables >= _TABLES:
        return None
    row = connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()
    return row[0] if row else None


def _lenient(text: bytes) -> str:
    return text.decode(errors="replace")


def _is_damage(error: Exception) -> bool:
    if isinstance(error, UnicodeDecodeError):
        return True
    code = getattr(error, "sqlite_errorcode", None)  # none where the module itself refuses
    return code is not None and (code & 0xFF in _DAMAGE or code == _SHORT_READ)


def _today() -> int:
    return int(time.time() // 86400)

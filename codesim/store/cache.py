"""The cache: a SQLite file of byte strings under content-addressed keys.

In: keys made by `cache_key` of everything a value depends on (the source's digest, schema versions, the weights' hash),
and bytes. Out: the same bytes, or nothing; an entry is never stale. The cache may fail in any way without harm: a
damaged file is set aside and begun anew, everything else is a `StoreError`, after which a scan goes on without it.
Several processes may use it at once: every write is one transaction, and waits for the others.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from codesim.errors import StoreError

FILE_NAME = "cache.sqlite3"
SCHEMA_VERSION = 1
BUSY_SECONDS = 20.0
"""How long to wait for another process that writes."""
KEYS_PER_QUERY = 500

_TAG_NAME = "CACHEDIR.TAG"
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of codesim; see https://bford.info/cachedir/\n"
_SCHEMA = (
    "DROP TABLE IF EXISTS entries",
    "DROP TABLE IF EXISTS meta",
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    "CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL)",
)


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
        if folder.is_symlink() or self.file.is_symlink():  # a scanned repository could aim it at any file of the user
            raise StoreError(str(folder), "the cache is a symbolic link, which is not followed")
        _prepare_folder(folder)
        try:
            self._connection = self._open()
        except sqlite3.Error as error:
            if not _is_damage(error):
                raise StoreError(str(self.file), f"cannot be opened: {error}") from None
            self._set_aside(error)
            try:
                self._connection = self._open()
            except sqlite3.Error as again:
                raise StoreError(str(self.file), f"cannot be opened: {again}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; every write was complete before."""
        self._connection.close()

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Look up entries; a key without an entry is left out.

        Args:
            keys: from `cache_key`.

        Returns:
            dict[str, bytes]: in the order of the keys.

        Raises:
            StoreError: the file cannot be read.
        """
        wanted = list(dict.fromkeys(keys))
        found: dict[str, bytes] = {}
        today = _today()
        with self._translated("read"):
            stale = []
            for start in range(0, len(wanted), KEYS_PER_QUERY):
                some = wanted[start : start + KEYS_PER_QUERY]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, value, used FROM entries WHERE key IN ({marks})"  # noqa: S608  # marks only
                for key, value, used in self._connection.execute(query, some):
                    if not isinstance(value, bytes):  # none of ours
                        continue
                    found[key] = value
                    if used != today:
                        stale.append((today, key))
        if stale:
            # at most once a day per entry, and only for `prune`: a cache that cannot be written can still be read
            with contextlib.suppress(sqlite3.Error), self._transaction():
                self._connection.executemany("UPDATE entries SET used = ? WHERE key = ?", stale)
        return {key: found[key] for key in wanted if key in found}

    def put_many(self, items: Mapping[str, bytes]) -> None:
        """Write entries in one transaction: all of them or none.

        Args:
            items: values by key; an entry that exists is replaced.

        Raises:
            StoreError: the file cannot be written.
        """
        if not items:
            return
        today = _today()
        rows = [(key, value, today) for key, value in items.items()]
        with self._translated("written"), self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO entries (key, value, used) VALUES (?, ?, ?)", rows)

    def size(self) -> CacheSize:
        """Count entries and the bytes of their values."""
        with self._translated("read"):
            row = self._connection.execute("SELECT COUNT(*), COALESCE(SUM(LENGTH(value)), 0) FROM entries").fetchone()
        return CacheSize(*row)

    def prune(self, max_bytes: int) -> int:
        """Remove the entries that were not used for longest, until the values take at most `max_bytes`.

        Args:
            max_bytes: 0 or more.

        Returns:
            int: how many entries were removed.

        Raises:
            StoreError: the file cannot be written.
        """
        if self.size().bytes <= max_bytes:
            return 0
        with self._translated("written"):
            with self._transaction():
                removed = self._connection.execute(
                    "DELETE FROM entries WHERE key IN (SELECT key FROM (SELECT key, SUM(LENGTH(value)) "
                    "OVER (ORDER BY used DESC, rowid DESC) AS total FROM entries) WHERE total > ?)",
                    (max_bytes,),
                ).rowcount
            with contextlib.suppress(sqlite3.OperationalError):  # others read: the space is reused, if not returned
                self._connection.execute("VACUUM")
        return removed

    def clear(self) -> int:
        """Remove every entry; returns how many there were. Raises StoreError if the file cannot be written."""
        entries = self.size().entries
        self.prune(-1)
        return entries

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")  # the file may have come with a stranger's repository
            connection.execute("PRAGMA synchronous = NORMAL")
            if _version(connection) != SCHEMA_VERSION:
                connection.execute("BEGIN IMMEDIATE")
                if _version(connection) != SCHEMA_VERSION:  # no other process was faster
                    for statement in _SCHEMA:
                        connection.execute(statement)
                    connection.execute("INSERT INTO meta VALUES ('schema_version', ?)", (SCHEMA_VERSION,))
                connection.execute("COMMIT")
        except sqlite3.Error:
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
            with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                self._connection.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if not _is_damage(error):
                raise StoreError(str(self.file), f"cannot be {what}: {error}") from None
            self._connection.close()
            self._set_aside(error)
            raise StoreError(str(self.file), self.notice) from None

    def _set_aside(self, error: sqlite3.Error) -> None:
        aside = self.file.with_suffix(".damaged")
        try:
            self.file.replace(aside)
            Path(f"{self.file}-journal").unlink(missing_ok=True)  # SQLite would play it back into the new file
        except OSError as problem:
            raise StoreError(str(self.file), f"is damaged ({error}): {problem.strerror}") from None
        self.notice = f"the cache was damaged ({error}); it was set aside as {aside.name}"


def _version(connection: sqlite3.Connection) -> int | None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"meta", "entries"} <= tables:
        return None
    row = connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()
    return row[0] if row else None


def _is_damage(error: sqlite3.Error) -> bool:
    return type(error) is sqlite3.DatabaseError  # its subclasses stand for locks, permissions and misuse


def _today() -> int:
    return int(time.time() // 86400)


def _prepare_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            return  # it was prepared before, or is the user's own: then nothing in it is ours to mark
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        (folder / _TAG_NAME).write_text(_TAG, encoding="utf-8")
    except OSError as error:
        raise StoreError(str(folder), f"cannot hold a cache: {error.strerror}") from None

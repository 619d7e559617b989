"""Digests of files, read again only where something may have changed.

In: files, and what their digests were when they had a certain stamp. Out: the digest of each, and what may be
remembered. A stamp is what the file system says of a file without reading it; that proves the content unchanged only
if the file had been left alone for longer than the ticks of a file system's clock when it was read.
Source: git's rule for an index entry that is "racily clean" (its documentation, technical/racy-git).
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from codesim.source.reading import Skipped, read_bytes

SETTLED_NANOSECONDS = 2_500_000_000
"""How long a file must have been left alone: the coarsest clock in use, FAT's, has ticks of two seconds."""

Known = Mapping[str, tuple[str, str]]
"""(stamp, digest) by absolute path."""


def read_digests(
    files: Sequence[Path], contents: Mapping[Path, bytes], known: Known
) -> tuple[list[str], dict[str, tuple[str, str]]]:
    """Tell the digest of each file's content.

    Args:
        files: absolute paths.
        contents: what counts as the content of a file in place of what is on disk.
        known: from earlier calls.

    Returns:
        A digest per file, or the reason why it cannot be read; and what was learned: files that have settled.
    """
    digests: list[str] = []
    learned: dict[str, tuple[str, str]] = {}
    for file in files:
        path = str(file)
        if file in contents:
            digests.append(_digest(contents[file]))
            continue
        stamp, settled = take_stamp(path)
        before = known.get(path)
        if before is not None and stamp and before[0] == stamp:
            digests.append(before[1])
            continue
        data = read_bytes(file, "")
        if isinstance(data, Skipped):
            digests.append(data.reason)
            continue
        digests.append(_digest(data))
        if settled:
            learned[path] = stamp, digests[-1]
    return digests, learned


def take_stamp(path: str) -> tuple[str, bool]:
    """Say what the file system knows of a file, and whether the file has settled.

    Args:
        path: absolute.

    Returns:
        Size, times of the last change (of content and of inode), inode and device; empty if there is no such file.
    """
    now = time.time_ns()  # before the file is read
    try:
        status = os.stat(path)  # noqa: PTH116  # this runs once per scanned file
    except OSError:
        return "", False
    latest = max(status.st_mtime_ns, status.st_ctime_ns)
    stamp = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino} {status.st_dev}"
    return stamp, latest < now - SETTLED_NANOSECONDS


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

"""The cache's folder: how it is marked as ours, and what its file system can do.

In: a folder. Out: the same folder, marked for git and for backups as one that can be made again, or a `StoreError`.
Source: the tag is the Cache Directory Tagging Specification (bford.info/cachedir).
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from codesim.errors import StoreError

FILE_NAME = "cache.sqlite3"
DAMAGED_NAME = "cache.damaged"
COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside its file while it is in use, or was left by a process that was killed."""

_IGNORE_NAME, _IGNORE = ".gitignore", "*\n"
_TAG_NAME = "CACHEDIR.TAG"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55\n"
_TAG = f"{_SIGNATURE}# A cache of codesim; see https://bford.info/cachedir/\n"
_OWN = {_IGNORE_NAME, _TAG_NAME, FILE_NAME, DAMAGED_NAME, *(FILE_NAME + end for end in COMPANIONS)}
_NETWORK = frozenset({
    "9p", "afs", "ceph", "cifs", "coda", "fuse.glusterfs", "fuse.sshfs", "glusterfs", "gpfs", "lustre", "nfs", "nfs4",
    "ocfs2", "smb2", "smb3", "smbfs", "vboxsf",
})  # fmt: skip
_MOUNTS = Path("/proc/self/mounts")


def prepare_folder(folder: Path) -> None:
    """Make a cache's folder, and mark it as one unless it holds something of the user's.

    Args:
        folder: need not exist.

    Raises:
        StoreError: it cannot be made, or is a symbolic link: a scanned repository could aim one at any folder.
    """
    if folder.is_symlink() or (folder / FILE_NAME).is_symlink():
        raise StoreError(str(folder), "the cache is a symbolic link, which is not followed")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(entry.name not in _OWN for entry in folder.iterdir()):
            return  # the user's own folder: nothing in it is ours to mark
        for name, text in ((_IGNORE_NAME, _IGNORE), (_TAG_NAME, _TAG)):
            if not (folder / name).exists():
                with contextlib.suppress(PermissionError):  # a cache that can only be read has no need of it
                    (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(str(folder), f"cannot hold a cache: {error.strerror}") from None


def is_cache_folder(folder: Path) -> bool:
    """Tell whether a folder is a cache of codesim and nothing else: it bears the tag, and holds only files of ours.

    Args:
        folder: any path.
    """
    try:
        tagged = (folder / _TAG_NAME).read_bytes().startswith(_SIGNATURE.encode())
        return tagged and not folder.is_symlink() and all(entry.name in _OWN for entry in folder.iterdir())
    except OSError:
        return False


def remove_cache(folder: Path) -> None:
    """Remove the files of a cache, and the folder where nothing else is in it.

    Args:
        folder: one that `is_cache_folder`.

    Raises:
        StoreError: one of them cannot be removed.
    """
    try:
        for name in sorted(_OWN, reverse=True):  # the file itself after what SQLite keeps beside it
            (folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # another scan has begun a new one
            folder.rmdir()
    except OSError as error:
        raise StoreError(str(folder), f"cannot be removed: {error.strerror}") from None


def has_cache(folder: Path) -> bool:
    """Tell whether something was kept in a folder."""
    return (folder / FILE_NAME).is_file()


def is_on_network(folder: Path) -> bool:
    """Tell whether a folder lies on a file system of another machine, where processes share no memory.

    Not promised: an answer where the system does not list its mounts (it is False there).

    Args:
        folder: an absolute path.
    """
    if str(folder).startswith(("\\\\", "//")):
        return True
    try:
        rows = [line.split(" ") for line in _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()]
    except OSError:
        return False
    real = folder.resolve()
    kinds = {row[1].replace("\\040", " "): row[2] for row in rows if len(row) > 2}  # the last mount of a place counts
    around = [place for place in map(str, (real, *real.parents)) if place in kinds]
    return bool(around) and kinds[around[0]] in _NETWORK

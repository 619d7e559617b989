"""Write a file so that a reader sees the old content or the new one, never a part.

In: bytes. Out: a file that is whole. It is written beside its place and renamed; what cannot be renamed over without
harm, a device or a pipe, is written to as it is. Source: our own.
"""

from __future__ import annotations

import os
from pathlib import Path

_DEVICES = Path("/dev")


def write_whole_file(file: Path, data: bytes) -> None:
    """Write a file. A link keeps leading to its file, and a file keeps its permissions.

    Args:
        file: an absolute path; its folder exists.
        data: its new content.

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    if file.is_relative_to(_DEVICES) or (file.exists() and not file.is_file() and not file.is_dir()):
        file.write_bytes(data)
        return
    place = file.resolve()
    beside = place.with_name(f".codesim-{os.urandom(8).hex()}.tmp")
    try:
        with beside.open("xb") as stream:
            stream.write(data)
        if place.exists():
            beside.chmod(place.stat().st_mode & 0o7777)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)

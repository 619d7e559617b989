"""The version of the code itself, for what depends on all of it.

In: nothing. Out: a digest of what this package computes with: its own files, Python, and the libraries. A report that
is kept from an earlier run is the same as a new one only if all of them are. Source: our own.
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

_LIBRARIES = ("faiss-cpu", "libcst", "networkx", "numpy", "onnxruntime")
_WITHOUT_EFFECT = frozenset({"cli", "train", "evaluate", "__pycache__"})
"""Rooms that a scan's result does not pass through."""


@cache
def code_version() -> str:
    """A digest of the package's files, of Python's version and of the libraries' versions.

    Returns:
        str: 64 hex digits; for all its reading it takes some 15 ms.
    """
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # a check does without: 0.04 s

    package = Path(__file__).parent.parent
    digest = hashlib.sha256(sys.version.encode())
    for library in _LIBRARIES:
        try:
            digest.update(f"{library} {version(library)}\n".encode())
        except PackageNotFoundError:  # it is installed in a way of its own
            continue
    for folder, folders, names in os.walk(package):
        folders[:] = sorted(name for name in folders if name not in _WITHOUT_EFFECT)
        for name in sorted(names):
            data = Path(folder, name).read_bytes()
            digest.update(f"{os.path.relpath(folder, package)}/{name} {len(data)}\n".encode())
            digest.update(data)
    return digest.hexdigest()

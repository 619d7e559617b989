"""The identity of a clone class: what a candidate is called, in the report and by `codesim explain`.

In: the hashes of the members' canonical graphs. Out: 16 hexadecimal digits that survive moves, renames and edits
elsewhere. Source: our own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def class_id(hashes: Sequence[str]) -> str:
    """The identity of a class: a hash of its members' distinct canonical graphs, whatever their paths and order."""
    return hashlib.blake2b("\n".join(sorted(set(hashes))).encode(), digest_size=8).hexdigest()

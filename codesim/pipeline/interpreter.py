"""The interpreter's own settings while a scan runs: how often it looks for cycles, how deep it may nest.

In: a block of code. Out: the same block under other settings, which are restored afterwards. Both belong to the
process, so they stand where a scan starts, not in the rooms that it calls. Source: our own.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COLLECTOR = (20_000_000, 20, 100)
"""Objects after which to look for cycles. Trees hold none: at Python's own pace the search took 30 % of a scan, and
each two million objects that stay cost 0.7 s; all of Django leaves 46,000 objects in cycles, 4 MiB."""
DEEPEST_COMPARED = 3_000  # levels of a tree: three frames a level stay below the limit for comparing
FRAMES_FOR_COMPARING = 10_000  # no more: verification and rewriting also recurse through C, whose stack has an end


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for reference cycles rarely, and restore its own pace afterwards."""
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTOR)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def room_for_comparing() -> Iterator[None]:
    """Let what follows the analysis nest deeply enough for every tree that the analysis lets pass."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, FRAMES_FOR_COMPARING))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)

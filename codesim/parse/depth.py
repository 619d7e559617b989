"""Recursion on deep trees: the interpreter's limit is lifted for as long as our own code runs.

In: a block of code that recurses in Python over a tree as deep as `ast.parse` accepts. Out: the same block, run under a
limit that such trees do not reach. A call of Python from Python takes no C stack since 3.11, so the limit is only a
guard against endless recursion. What recurses through C (`==`, `hash` or `repr` of trees, nested generators, `map`)
still takes stack and must not meet deep trees.

Source: our own, after "What's New in Python 3.11", inlined Python function calls.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

DEEPEST = 1_000_000
"""Frames that our code may nest: a tree is no deeper than its source is long, and takes some five frames a level."""


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let Python functions recurse `DEEPEST` frames deep inside the block, and restore the limit afterwards.

    Blocks may be nested: an inner one finds the limit raised and leaves it alone. The limit belongs to the
    interpreter, not to a thread: two threads must not enter and leave such blocks at the same time.

    Source: our own.
    """
    before = sys.getrecursionlimit()
    if before >= DEEPEST:
        yield
        return
    sys.setrecursionlimit(DEEPEST)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)

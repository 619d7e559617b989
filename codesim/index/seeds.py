"""Seeds: where two functions may share a run of statements.

In: the outlines of functions. Out: pairs of rows. A seed is two statements in a row (or a heavy one) with equal exact
hashes, in several places but not in too many. Source: seed and extend as in Altschul et al., Basic Local Alignment
Search Tool, 1990; on statements it is our own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from codesim.parse import SHAPE_COLUMNS, Outline

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEPTH, SIZE, MASS, START, END, WHOLE, COMPOUND = range(len(SHAPE_COLUMNS))
"""The columns of an outline's shape."""
_MOST_PLACES = 40  # a seed that stands in more places than this is idiom, not copy
_HEAVY = 18  # tree nodes from which one statement alone is a seed

Seed = tuple[tuple[int, int], tuple[int, int]]
"""Two rows, each as (function, row in its outline)."""


def find_seeds(outlines: Sequence[Outline], focus: NDArray[np.bool_] | None = None) -> list[Seed]:
    """Find pairs of rows from which to extend.

    Args:
        outlines: one per function.
        focus: one per outline; only seeds with a row of one of these functions are looked for. None: all are.

    Returns:
        Seeds in ascending order of place, the earlier row first.

    Source: our own.
    """
    counts = np.array([len(outline.exact) for outline in outlines], dtype=np.int64)
    if counts.sum() < 2:
        return []
    hashes = np.concatenate([outline.exact for outline in outlines])
    shapes = np.concatenate([outline.shape for outline in outlines])
    depth, mass = shapes[:, DEPTH], shapes[:, MASS]
    owner = np.repeat(np.arange(len(counts)), counts)
    one, two = hashes[:-1], hashes[1:]
    step = (depth[1:] - depth[:-1] + 64).astype(np.uint64)
    usable = (owner[1:] == owner[:-1]) & (one != 0) & (two != 0)
    with np.errstate(over="ignore"):
        keys = one * np.uint64(0x9E3779B97F4A7C15) ^ two * np.uint64(0xC2B2AE3D27D4EB4F) ^ step
    at = np.flatnonzero(usable)
    heavy = np.flatnonzero((mass >= _HEAVY) & (hashes != 0))
    wanted = None if focus is None else focus[owner]
    pairs: set[tuple[int, int]] = set()
    for keyed, rows in ((keys[at], at), (hashes[heavy], heavy)):
        for listed in _places(keyed, rows, wanted):
            pairs.update((i, j) for n, i in enumerate(listed) for j in listed[n + 1 :])
    if wanted is not None:
        pairs = {(i, j) for i, j in pairs if wanted[i] or wanted[j]}
    starts = np.cumsum(counts) - counts
    flat = np.array(sorted(pairs), dtype=np.int64).reshape(-1)
    functions = owner[flat]
    named = list(zip(functions.tolist(), (flat - starts[functions]).tolist(), strict=True))
    return list(zip(named[::2], named[1::2], strict=True))


def _places(keys: NDArray[np.uint64], rows: NDArray[np.intp], wanted: NDArray[np.bool_] | None) -> Iterator[list[int]]:
    """The rows of each key that stands in several places, but not in too many; one of them wanted."""
    if not len(rows):
        return
    order = np.lexsort((rows, keys))
    starts = np.flatnonzero(np.diff(keys[order], prepend=keys[order[:1]] + np.uint64(1)))
    counts = np.diff(starts, append=len(order))
    chosen = (counts > 1) & (counts <= _MOST_PLACES)
    if wanted is not None:
        chosen &= np.add.reduceat(wanted[rows[order]], starts, dtype=np.int64) > 0
    for start, count in zip(starts[chosen].tolist(), counts[chosen].tolist(), strict=True):
        yield rows[order[start : start + count]].tolist()

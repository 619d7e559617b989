"""Files and folders that stand in the scanned code twice: one finding, not one for each function.

In: the fragments of a scan with their canonical hashes. Out: `FileCopies`: pairs of files most of whose functions are
the same, joined to pairs of folders where a folder was copied as a whole. Functions are matched by graph and name, so
a copy stays one through reformatting and through edits of a few functions. Source: our own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePosixPath

from codesim.store import FragmentRecord

_FEWEST_FUNCTIONS = 4  # a file with fewer functions is told function by function
_SAME = 0.7  # share of the functions of either file from which they are one file twice
_MOST_COPIES = 20  # a function that stands in more files than that ties none of them together
_FEWEST_FILES = 2


@dataclass(frozen=True, slots=True)
class FileCopies:
    """Two files, or two folders, that are the same for the most part.

    files: (kept, copy) pairs, the largest first; more than one where a folder was copied. shared: functions in all.
    folders: the two folders, if more than one file of them was copied.
    """

    files: tuple[tuple[str, str], ...]
    shared: int
    folders: tuple[str, str] | None


def find_copied_files(records: Sequence[FragmentRecord]) -> list[FileCopies]:
    """Find files that were copied as a whole.

    Args:
        records: every fragment of the scan that may be reported.

    Returns:
        In the order of their first paths.

    Source: our own.
    """
    sizes = Counter(record.fragment.path for record in records)
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in records:
        places[record.canonical_hash, record.fragment.qualname].add(record.fragment.path)
    shared: Counter[tuple[str, str]] = Counter()
    for paths in places.values():
        if 1 < len(paths) <= _MOST_COPIES:
            shared.update(combinations(sorted(paths), 2))
    found = {
        pair: count
        for pair, count in shared.items()
        if count >= _FEWEST_FUNCTIONS and count >= _SAME * max(sizes[pair[0]], sizes[pair[1]])
    }
    folders: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for one, other in found:
        folders[_roots(one, other)].append((one, other))
    out: list[FileCopies] = []
    for roots, pairs in folders.items():
        pairs.sort(key=lambda pair: (-found[pair], pair))
        groups = [pairs] if roots[0] != roots[1] and len(pairs) >= _FEWEST_FILES else [[pair] for pair in pairs]
        for group in groups:
            total = sum(found[pair] for pair in group)
            out.append(FileCopies(tuple(group), total, roots if len(group) > 1 else None))
    return sorted(out, key=lambda copies: copies.files)


def _roots(one: str, other: str) -> tuple[str, str]:
    """The two folders that differ, with the same path below them."""
    left, right = list(PurePosixPath(one).parts), list(PurePosixPath(other).parts)
    while len(left) > 1 and len(right) > 1 and left[-1] == right[-1]:
        left.pop()
        right.pop()
    if left[-1] == PurePosixPath(one).name:  # files of other names: nothing was copied around them
        return one, other
    return str(PurePosixPath(*left)), str(PurePosixPath(*right))

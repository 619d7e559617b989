"""The map of the code base: every fragment a point, those that are written alike near to each other.

In: file records with their embeddings, and the candidates. Out: a `CodeMap` for the report's page. The two directions
in which the embeddings vary most become the axes, half by value and half by rank, which spreads the crowd in the
middle without losing what lies apart; fragments of one place are set around it.
Source: principal components (Pearson, 1901); the spiral of a sunflower (Vogel, 1979); the rest is our own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from codesim.refactor import RefactoringCandidate
from codesim.report import MAP_SIDE, CodeMap, MappedFile, MapPoint
from codesim.store import FileRecord, FragmentRecord

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_POINTS = 20_000  # 2 MB of a page; more could not be told apart anyway
_MARGIN = 25  # at the edges, in units of the map
_STEPS = 4096  # of one unit of an embedding's numbers
_TURN = math.pi * (3 - math.sqrt(5))
_APART = 5.0  # between two fragments of one place, in units of the map


def map_code(records: Mapping[str, FileRecord], candidates: Sequence[RefactoringCandidate]) -> CodeMap:
    """Place the fragments of a scan on a map.

    Args:
        records: by path.
        candidates: what the map has to show; of a large code base other fragments are left out, evenly.

    Returns:
        CodeMap: the same for equal input, whatever the number of workers and threads.

    Source: our own, see above.
    """
    paths = sorted(records)
    fragments = [item for path in paths for item in records[path].fragments]
    shown = _chosen(fragments, candidates)
    places = iter(_apart(_projected(np.array([item.vector for item in shown]))) if shown else ())
    points: dict[str, list[MapPoint]] = {path: [] for path in paths}
    for item in shown:
        span = item.fragment.span
        point = MapPoint(item.fragment.qualname, span.start_line, span.end_line, *next(places))
        points[item.fragment.path].append(point)
    files = tuple(MappedFile(path, records[path].lines, tuple(points[path])) for path in paths)
    return CodeMap(files, len(fragments) - len(shown))


def _chosen(
    fragments: Sequence[FragmentRecord], candidates: Sequence[RefactoringCandidate]
) -> Sequence[FragmentRecord]:
    if len(fragments) <= MOST_POINTS:
        return fragments
    lines: dict[str, list[int]] = {}
    for member in (member for candidate in candidates for member in candidate.members):
        lines.setdefault(member.path, []).append(member.start_line)
    step = math.ceil(len(fragments) / MOST_POINTS)
    return [
        item
        for number, item in enumerate(fragments)
        if number % step == 0
        or any(
            item.fragment.span.start_line <= line <= item.fragment.span.end_line
            for line in lines.get(item.fragment.path, ())
        )
    ]


def _projected(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """The places of vectors (n, dim) on the map: (n, 2)."""
    # whole numbers, of which the sums are exact in whatever order threads add them up
    whole = np.rint(vectors.astype(np.float64) * _STEPS)
    total = whole.sum(axis=0)
    spread = whole.T @ whole - np.outer(total, total) / len(whole)
    axes = np.linalg.eigh(spread)[1][:, :-3:-1]
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.where(axes[largest, (0, 1)] < 0, -1.0, 1.0)  # eigenvectors have no sign of their own
    values = np.round((whole - total / len(whole)) @ axes, 3)
    return np.rint(_MARGIN + (MAP_SIDE - 2 * _MARGIN) * (_scaled(values) + _ranks(values)) / 2).astype(np.int64)


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    low: NDArray[np.float64] = values.min(axis=0)
    width: NDArray[np.float64] = np.maximum(values.max(axis=0) - low, 1.0)
    return (values - low) / width


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column as its share of smaller values, in [0, 1]; equal values have equal ranks."""
    smaller = np.stack([np.searchsorted(np.sort(column), column) for column in values.T], axis=1)
    return smaller / max(1, len(values) - 1)


def _apart(places: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Places on a spiral around the first of them where several are the same."""
    taken: dict[tuple[int, int], int] = {}
    out = []
    for place in places:
        x, y = int(place[0]), int(place[1])
        number = taken[x, y] = taken.get((x, y), -1) + 1
        distance, angle = _APART * math.sqrt(number), number * _TURN
        around = round(x + distance * math.cos(angle)), round(y + distance * math.sin(angle))
        out.append((min(max(around[0], 0), MAP_SIDE), min(max(around[1], 0), MAP_SIDE)))
    return out

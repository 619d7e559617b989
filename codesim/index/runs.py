"""Runs of statements that two functions share: found by equal seeds, extended as far as both sides go on.

In: the outlines of functions. Out: pairs of runs. A seed is two statements in a row (or a heavy one) with equal exact
hashes; from it both sides are followed in either direction, over statements that differ in an attribute or a callee
and over gaps of a few statements. What was matched is then cut to whole statements of one suite on each side, since
nothing else could be extracted. Source: seed and extend as in Altschul et al., Basic Local Alignment Search Tool, 1990;
on statements it is our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesim.index.seeds import COMPOUND, DEPTH, END, MASS, SIZE, START, WHOLE, Seed, find_seeds
from codesim.parse import Outline

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GAP = 3  # rows that one side may have more between two that correspond


class RunLimits(NamedTuple):
    """How large a run must be on both sides: lines, statements (nested ones counted) and tree nodes that correspond."""

    lines: int
    statements: int
    mass: int


class Run(NamedTuple):
    """Consecutive statements of one suite: the function's number and its first and last lines, inclusive."""

    function: int
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class RunPair:
    """Two runs that correspond: `left.function <= right.function`.

    steps: for each statement of the suites that has a counterpart, (left first line, left last line, right first line,
    right last line), ascending. mass: tree nodes that correspond, of one side.
    """

    left: Run
    right: Run
    steps: tuple[tuple[int, int, int, int], ...]
    mass: int


@dataclass(frozen=True, slots=True)
class ShortPair:
    """Rows that correspond over enough lines, but make no run pair.

    left, right: the lines that they span. lines, statements, mass: of the largest run of whole statements of one suite
    on both sides, nested ones counted; of all rows where `whole` is False, since there is no such run.
    """

    left: Run
    right: Run
    lines: int
    statements: int
    mass: int
    whole: bool


def find_run_pairs(
    outlines: Sequence[Outline],
    limits: RunLimits,
    short: Callable[[ShortPair], None] | None = None,
    focus: NDArray[np.bool_] | None = None,
) -> list[RunPair]:
    """Find runs of statements that two functions, or two places of one function, share.

    Not promised: every such run; what stands in more than 40 places is taken for idiom.

    Args:
        outlines: one per function.
        limits: the least size of a run.
        short: told of what corresponds over enough lines and is no run pair all the same.
        focus: one per outline; only pairs with one of these functions are looked for. None: all are.

    Returns:
        Pairs in ascending order of place; with a focus, the same as those of all that have a function in it.

    Source: our own.
    """
    seeds = find_seeds(outlines, focus)
    rows = _Rows(outlines, sorted({function for seed in seeds for function, _ in seed}))
    found: dict[tuple[Run, Run], RunPair] = {}
    covered: set[tuple[int, int]] = set()
    for i, j in (rows.numbers(seed) for seed in seeds):
        if (i, j) in covered:
            continue
        chain = rows.extend(i, j)
        covered.update(chain)
        pairs = list(rows.whole_runs(chain, limits)) if len(chain) >= limits.statements else []
        for pair in pairs:
            found.setdefault((pair.left, pair.right), pair)
        if short is not None and not pairs and (rest := rows.short_pair(chain, limits)) is not None:
            short(rest)
    return [found[key] for key in sorted(found)]


class _Rows:
    """The rows of some outlines, one after another."""

    def __init__(self, outlines: Sequence[Outline], functions: Sequence[int]) -> None:
        chosen = [outlines[function] for function in functions]
        counts = [len(outline.exact) for outline in chosen]
        ends = np.cumsum(counts, dtype=np.int64).tolist()
        self.exact: list[int] = [value for outline in chosen for value in outline.exact.tolist()]
        self.loose: list[int] = [value for outline in chosen for value in outline.loose.tolist()]
        self.shape: list[list[int]] = [row for outline in chosen for row in outline.shape.tolist()]
        self.depth = [row[DEPTH] for row in self.shape]
        self.owner = [function for function, count in zip(functions, counts, strict=True) for _ in range(count)]
        self.stop = dict(zip(functions, ends, strict=True))
        self.start = {f: end - count for f, end, count in zip(functions, ends, counts, strict=True)}

    def numbers(self, seed: Seed) -> tuple[int, int]:
        """The two rows of a seed, as they are numbered here."""
        (f, row), (g, other) = seed
        return self.start[f] + row, self.start[g] + other

    def extend(self, i: int, j: int) -> list[tuple[int, int]]:
        """Follow both sides from a seed in both directions: the pairs of rows that correspond, ascending."""
        offset = self.depth[j] - self.depth[i]
        f, g = self.owner[i], self.owner[j]
        chain = [(i, j)]
        # in one function the two sides must stay apart
        self._follow(chain, offset, 1, self.stop[f] if f != g else min(self.stop[f], j), self.stop[g])
        chain.reverse()
        last = chain[0][0]
        self._follow(
            chain, offset, -1, self.start[f] - 1, self.start[g] - 1 if f != g else max(self.start[g] - 1, last)
        )
        chain.reverse()
        return chain

    def _follow(self, chain: list[tuple[int, int]], offset: int, way: int, end_i: int, end_j: int) -> None:
        exact, depth = self.exact, self.depth
        i, j = chain[-1]
        while True:
            found = None
            left, right = (end_i - i) * way, (end_j - j) * way  # rows up to the ends
            for a, b in _STEPS:
                if a >= left or b >= right:
                    continue
                x, y = i + way * a, j + way * b
                equal = exact[x] == exact[y] or (a == b == 1 and self._alike(x, y))
                if equal and exact[x] and depth[y] - depth[x] == offset:
                    found = x, y
                    break
            if found is None or not all(exact[i : found[0] : way]) or not all(exact[j : found[1] : way]):
                return
            chain.append(found)
            i, j = found

    def _alike(self, x: int, y: int) -> bool:
        """Whether two rows correspond where no gap is between: equal but for names, or headers of one kind."""
        kind = self.shape[x][COMPOUND]
        return self.loose[x] == self.loose[y] or (kind > 0 and kind == self.shape[y][COMPOUND])

    def short_pair(self, chain: list[tuple[int, int]], limits: RunLimits) -> ShortPair | None:
        """What a chain without run pairs spans, if these are enough lines."""
        left, right = (self._spanned([pair[k] for pair in chain]) for k in (0, 1))
        lines = min(side.last_line - side.first_line + 1 for side in (left, right))
        if lines < limits.lines:
            return None
        runs = self._sized_runs(chain)
        if not runs:
            return ShortPair(left, right, lines, len(chain), sum(self.shape[i][MASS] for i, _ in chain), whole=False)
        mass, run = runs[0]
        ends = [[self.shape[pair[k]] for pair in (run[0], run[-1])] for k in (0, 1)]
        lines = min(last[END] - first[START] + 1 for first, last in ends)
        return ShortPair(left, right, lines, self._statements(run, dict(chain)), mass, whole=True)

    def _spanned(self, rows: list[int]) -> Run:
        """The lines of rows; of a statement that is not in them with all that stands in it, the first line alone."""
        last = max(
            self.shape[row][END] if row + self.shape[row][SIZE] - 1 <= rows[-1] else self.shape[row][START]
            for row in rows
        )
        return Run(self.owner[rows[0]], self.shape[rows[0]][START], last)

    def whole_runs(self, chain: list[tuple[int, int]], limits: RunLimits) -> Iterator[RunPair]:
        """The runs of whole statements in a chain, the largest first, each apart from the ones before it."""
        partner = dict(chain)
        taken: list[RunPair] = []
        for mass, run in self._sized_runs(chain):
            pair = self._pair(run, mass, partner, limits)
            if pair is not None and not any(_overlap(pair.left, other.left) for other in taken):
                taken.append(pair)
                yield pair

    def _sized_runs(self, chain: list[tuple[int, int]]) -> list[tuple[int, list[tuple[int, int]]]]:
        """The runs of whole statements in a chain with the tree nodes that correspond in them, the largest first."""
        partner = dict(chain)
        last_i, last_j = max(i for i, _ in chain), max(j for _, j in chain)
        runs: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for i, j in chain:
            one, two = self.shape[i], self.shape[j]
            whole = one[WHOLE] and two[WHOLE] and i + one[SIZE] - 1 <= last_i and j + two[SIZE] - 1 <= last_j
            if whole:
                key = (self._parent(i), self._parent(j))
                runs.setdefault(key, []).append((i, j))
        trimmed = [self._trimmed(run, partner) for run in runs.values()]
        return sorted([item for item in trimmed if item[1]], key=lambda item: (-item[0], item[1]))

    def _parent(self, row: int) -> int:
        """The row around a row, or the function's own negative number."""
        depth = self.depth[row]
        if depth == 0:
            return -1 - self.owner[row]
        while self.depth[row] >= depth:
            row -= 1
        return row

    def _trimmed(self, run: list[tuple[int, int]], partner: dict[int, int]) -> tuple[int, list[tuple[int, int]]]:
        """A run without the statements at its ends that hardly correspond, and the tree nodes that do."""
        masses = [self._mass(i, partner) for i, _ in run]
        own = [sum(self.shape[row][MASS] for row in range(i, i + self.shape[i][SIZE])) for i, _ in run]
        kept = [k for k, mass in enumerate(masses) if 2 * mass >= own[k]]
        if not kept:
            return 0, []
        part = slice(kept[0], kept[-1] + 1)
        return sum(masses[part]), run[part]

    def _mass(self, statement: int, partner: dict[int, int]) -> int:
        """Tree nodes of a statement that correspond; half for the rows that do so loosely."""
        total = 0
        for row in range(statement, statement + self.shape[statement][SIZE]):
            other = partner.get(row)
            if other is not None and self.exact[row] == self.exact[other]:
                total += self.shape[row][MASS]
            elif other is not None and self.loose[row] == self.loose[other]:
                total += self.shape[row][MASS] // 2
        return total

    def _statements(self, run: list[tuple[int, int]], partner: dict[int, int]) -> int:
        """Statements of a run that correspond, nested ones counted."""
        return sum(row in partner for i, _ in run for row in range(i, i + self.shape[i][SIZE]))

    def _pair(
        self, run: list[tuple[int, int]], mass: int, partner: dict[int, int], limits: RunLimits
    ) -> RunPair | None:
        if mass < limits.mass:
            return None
        inside = self._statements(run, partner)
        steps = tuple(
            [(self.shape[i][START], self.shape[i][END], self.shape[j][START], self.shape[j][END]) for i, j in run]
        )
        left = Run(self.owner[run[0][0]], steps[0][0], steps[-1][1])
        right = Run(self.owner[run[0][1]], steps[0][2], steps[-1][3])
        lines = min(left.last_line - left.first_line, right.last_line - right.first_line) + 1
        return RunPair(left, right, steps, mass) if lines >= limits.lines and inside >= limits.statements else None


_STEPS = sorted(
    [(a, b) for a in range(1, _GAP + 2) for b in range(1, _GAP + 2)],
    key=lambda step: (sum(step), abs(step[0] - step[1]), step),
)


def _overlap(one: Run, two: Run) -> bool:
    same = one.function == two.function
    return same and one.first_line <= two.last_line and two.first_line <= one.last_line

"""Intervals by resampling whole groups: what a figure would have been with other tasks.

In: figures of each query with its group. Out: means over draws of groups with replacement, for all systems from the
same draws, so that differences are paired. Queries of one group succeed or fail together; resampling them one by one
would give intervals that are too narrow.

Source: Efron, Tibshirani, An Introduction to the Bootstrap, 1993, percentile intervals; clusters as the unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from codesim.evaluate.sparse import IntArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 1000
SEED = 0
LOW, HIGH = 2.5, 97.5


def group_draws(groups: int, draws: int = DRAWS, seed: int = SEED) -> NDArray[np.float64]:
    """How often each draw contains each group: (draws, groups), rows sum to `groups`; none without groups."""
    if groups == 0:
        return np.zeros((draws, 0))
    rng = np.random.default_rng(seed)
    return rng.multinomial(groups, np.full(groups, 1 / groups), size=draws).astype(np.float64)


def group_numbers(groups: Sequence[str]) -> IntArray:
    """Number the groups in the order of their names: (len(groups),) int64 in [0, number of groups)."""
    numbers = {group: number for number, group in enumerate(sorted(set(groups)))}
    return np.array([numbers[group] for group in groups], dtype=np.int64)


def drawn_means(figures: NDArray[np.float64], groups: IntArray, draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each column of figures in each draw.

    Args:
        figures: (n, m), a row for each query.
        groups: (n,) number of its group.
        draws: from `group_draws`.

    Returns:
        (len(draws), m) means over the queries of the drawn groups.
    """
    count = draws.shape[1]
    sums = np.stack([np.bincount(groups, column, minlength=count) for column in figures.T], axis=1)
    sizes = np.bincount(groups, minlength=count)
    means: NDArray[np.float64] = (draws @ sums) / np.maximum(draws @ sizes, 1)[:, None]
    return means


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % interval of drawn values; draws without a value (NaN) do not count."""
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.percentile(values, [LOW, HIGH])
    return float(low), float(high)

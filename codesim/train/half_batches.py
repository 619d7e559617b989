"""Which functions stand in one half batch: those of one package, or those that the model takes for alike.

In: the package or the vector of each function. Out: their groups, and batches made of two half batches each. Functions
of one half batch are each other's hard negatives.

Source: negatives mined with the model after Xiong et al., ANCE, 2021; the grouping is our own.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def likest_groups(rows: NDArray[np.float32], size: int, rng: Random) -> NDArray[np.int64]:
    """Group functions that a model takes for alike: hard negatives of each other, mined with it.

    Args:
        rows: (f, d) float32, unit rows.
        size: functions of a group, at least 1.
        rng: the random source, which draws who begins a group.

    Returns:
        (f,) int64, the group of each: one that begins, and those left that are nearest to it.

    Source: negatives mined with the model in training after Xiong et al., ANCE, 2021; the grouping is our own.
    """
    groups = np.full(len(rows), -1, dtype=np.int64)
    left = np.array(rng.sample(range(len(rows)), len(rows)), dtype=np.int64)
    number = 0
    while len(left):
        nearest = np.argsort(-(rows[left] @ rows[left[0]]), kind="stable")[:size]
        groups[left[nearest]] = number
        left = np.delete(left, nearest)
        number += 1
    return groups


def plan_twins(package: NDArray[np.int64], rng: Random, size: int) -> list[list[int]]:
    """Group functions into batches made of two half batches, each from one package where it is large enough.

    Args:
        package: (f,) int64, the package of each function that takes part, or another group of it, by position.
        rng: the random source.
        size: functions per batch, even.

    Returns:
        Positions; every one at most once, no batch smaller than `size` but for the only one.
    """
    half = size // 2
    groups: dict[int, list[int]] = {}
    for position in rng.sample(range(len(package)), len(package)):
        groups.setdefault(int(package[position]), []).append(position)
    halves: list[list[int]] = []
    rest: list[int] = []
    for members in groups.values():
        whole = len(members) - len(members) % half
        halves += [members[start : start + half] for start in range(0, whole, half)]
        rest += members[whole:]
    rng.shuffle(rest)
    halves += [rest[start : start + half] for start in range(0, len(rest) - half + 1, half)]
    if len(halves) < 2:
        return [list(range(len(package)))]
    rng.shuffle(halves)
    return [halves[place] + halves[place + 1] for place in range(0, len(halves) - 1, 2)]

"""Weak groups: functions of unrelated packages that share a rare name and are about the same, by what they say.

In: functions with what they are about, and the teacher's vectors of that. Out: the group of each. Different people
wrote them for what seems to be one job, so they are natural, if noisy, solutions of one task. Two functions of one
package are never in one group, and a name that many packages have says nothing about a job.

Source: our own; natural language as weak supervision after CodeSearchNet (Husain et al., 2019).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from codesim.train.examples import NO_TASK, Example

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PACKAGES = 8
SHORTEST_NAME = 5


def weak_groups(
    examples: Sequence[Example], texts: Mapping[str, NDArray[np.float16]], least: float
) -> NDArray[np.int32]:
    """Group functions by their own names and by what they are about.

    Args:
        examples: held-out ones, solutions of tasks, and those about nothing stay alone.
        texts: for each `about` the teacher's vector, of unit length.
        least: cosine of what two members of one group are about, in [-1, 1].

    Returns:
        (len(examples),) int32, the group's number, `NO_TASK` for none; groups have two members or more.
    """
    named: dict[str, list[int]] = {}
    for place, example in enumerate(examples):
        name = own_name(example.place)
        if example.about and not example.held_out and not example.task and len(name) >= SHORTEST_NAME:
            named.setdefault(name, []).append(place)
    groups = np.full(len(examples), NO_TASK, dtype=np.int32)
    number = 0
    for places in named.values():
        if 2 <= len({examples[place].package for place in places}) <= MOST_PACKAGES:
            rows = np.stack([texts[examples[place].about] for place in places]).astype(np.float32)
            packages = [examples[place].package for place in places]
            for members in _alike(rows @ rows.T >= least, packages):
                groups[[places[member] for member in members]] = number
                number += 1
    return groups


def own_name(place: str) -> str:
    """The function's own name out of `path::qualname`, without the underscores around it."""
    return place.rpartition("::")[2].rpartition(".")[2].strip("_")


def _alike(alike: NDArray[np.bool_], packages: Sequence[str]) -> list[list[int]]:
    """Cut the functions of one name into groups in which all are alike and no package comes twice."""
    left = list(range(len(packages)))
    groups = []
    while left:
        members = [left[0]]
        for other in left[1:]:
            known = {packages[member] for member in members}
            if packages[other] not in known and alike[other, members].all():
                members.append(other)
        left = [one for one in left if one not in members]
        if len(members) > 1:
            groups.append(members)
    return groups

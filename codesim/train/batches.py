"""Batches for the training loop: which functions together, which views of them, with names or without.

In: a `ViewStore`. Out: tensors of two views of each function of a batch. Half of a batch comes from one package, whose
functions are each other's hard negatives. Names are kept, masked or mixed for a whole batch at once: were it drawn
by function, the masking itself would tell the negatives apart.

Source: our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor

from codesim.embed import batch_graphs
from codesim.train.loss import near_copies
from codesim.train.model import batch_tensors
from codesim.train.views import EDITED, ViewStore

BATCH = 256
EDITED_WEIGHT = 0.5
NAME_MODES = ("kept", "masked", "mixed")
NAME_SHARES = (0.4, 0.4, 0.2)
FEATURES = 1024

GraphTensors = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class PairBatch:
    """Two views of each of b functions, and what the loss needs to know of them: see `contrastive_loss`."""

    first: GraphTensors
    second: GraphTensors
    weight: Tensor
    near: Tensor


def content_counts(store: ViewStore) -> Tensor:
    """Count hashed features (node kind with masked tokens) of each original: (f, FEATURES) float32."""
    feature = store.kind.astype(np.int64)
    for column in store.masked.T:
        feature = (feature * 8191 + column) % (2**31 - 1)
    counts = np.zeros((len(store.package), FEATURES), dtype=np.float32)
    starts = np.searchsorted(store.function, np.arange(len(store.package)))
    for function, view in enumerate(starts):
        nodes = slice(int(store.node_ends[view - 1]) if view else 0, int(store.node_ends[view]))
        counts[function] = np.bincount(feature[nodes] % FEATURES, minlength=FEATURES)
    return torch.from_numpy(counts)


def plan_epoch(package: np.ndarray[tuple[int], np.dtype[np.int16]], rng: Random, size: int = BATCH) -> list[list[int]]:
    """Group functions into batches made of two half batches, each from one package where it is large enough.

    Args:
        package: (f,) int16, the package of each function that takes part, by position.
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


def pair_batches(store: ViewStore, functions: list[int], counts: Tensor, rng: Random) -> Iterator[PairBatch]:
    """Yield the batches of one epoch over the given functions; `counts` is `content_counts(store)`."""
    for positions in plan_epoch(store.package[functions], rng):
        members = [functions[position] for position in positions]
        modes = rng.choices(NAME_MODES, NAME_SHARES)[0]
        chosen = [rng.sample(store.views_of(function), 2) for function in members]
        edited = [any(store.role[view] == EDITED for view in pair) for pair in chosen]
        yield PairBatch(
            first=view_tensors(store, [pair[0] for pair in chosen], _masking(modes, len(members), rng)),
            second=view_tensors(store, [pair[1] for pair in chosen], _masking(modes, len(members), rng)),
            weight=torch.tensor([EDITED_WEIGHT if flag else 1.0 for flag in edited]),
            near=near_copies(counts[members]),
        )


def _masking(mode: str, count: int, rng: Random) -> list[bool]:
    return [mode == "masked" or (mode == "mixed" and rng.random() < 0.5) for _ in range(count)]


def view_tensors(store: ViewStore, views: list[int], masked: list[bool]) -> GraphTensors:
    """Return views as one batch of tensors, each with its names kept or masked."""
    graphs = [store.graph(view, hidden) for view, hidden in zip(views, masked, strict=True)]
    return batch_tensors(batch_graphs(graphs))

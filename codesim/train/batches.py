"""Batches for the training loop: which functions together, which views of them, with names or without.

In: an `ExampleStore`. Out: for each step one disjoint union of graphs, in three parts: two views of each of some
functions, half of them from one package, whose functions are each other's hard negatives; functions and their texts;
solutions of some tasks. Names of locals are kept, masked or mixed for a whole part at once: were it drawn by function,
the masking itself would tell the negatives apart.

Source: our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from codesim.train.examples import EDITED, NO_TASK, NO_TEXT, ExampleStore
from codesim.train.loss import near_copies
from codesim.train.model import batch_tensors
from codesim.train.workers import Workers

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDITED_WEIGHT = 0.5
NAME_MODES = ("kept", "masked", "mixed")
NAME_SHARES = (0.4, 0.4, 0.2)
FEATURES = 1024
DROPPED = 0.1
"""Share of sub-tokens that a batch does not show: no single word may be what a function is known by."""

GraphTensors = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """Functions of each part of a batch; 0 leaves a part out."""

    twins: int = 192
    texts: int = 320
    tasks: int = 40
    solutions: int = 3

    def shared(self, workers: Workers) -> BatchSizes:
        """The part of one of several processes."""
        share = workers.share
        return BatchSizes(share(self.twins), share(self.texts), share(self.tasks), self.solutions)


@dataclass(frozen=True, slots=True)
class Batch:
    """Graphs of first views, second views, functions with texts, and solutions, in this order, and what is known.

    weight, near: as `contrastive_loss` takes them. text: (t, TEXT_DIM) float32. task: (s,) int64.
    """

    graphs: GraphTensors
    weight: Tensor
    near: Tensor
    text: Tensor
    task: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        kind, tokens, edge_index, edge_kind, owner, sizes = (part.to(device) for part in self.graphs)
        graphs = (kind, tokens, edge_index, edge_kind, owner, sizes)
        return Batch(graphs, *(part.to(device) for part in (self.weight, self.near, self.text, self.task)))


def content_counts(store: ExampleStore, functions: NDArray[np.int64]) -> Tensor:
    """Count hashed features (node kind with masked tokens) of functions: (len(functions), FEATURES) float32."""
    graphs = store.graphs.take(store.view_ends[functions])
    feature = graphs.kind.astype(np.int64)
    for column in graphs.masked.T:
        feature = (feature * 8191 + column) % (2**31 - 1)
    owner = np.repeat(np.arange(len(functions)), graphs.sizes())
    counts = np.bincount(owner * FEATURES + feature % FEATURES, minlength=len(functions) * FEATURES)
    return torch.from_numpy(counts.reshape(-1, FEATURES).astype(np.float32))


def plan_twins(package: NDArray[np.int16], rng: Random, size: int) -> list[list[int]]:
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


class Batches:
    """Draws batches; every function with views, and every one with a text, comes once before any twice."""

    def __init__(self, store: ExampleStore, sizes: BatchSizes) -> None:
        self._store, self._sizes = store, sizes
        seen = ~store.held_out
        several = np.diff(store.view_ends) > 1
        self._twins = np.flatnonzero(seen & several & (store.task == NO_TASK)) if sizes.twins else np.empty(0, np.int64)
        self._counts = content_counts(store, self._twins)
        self._told = np.flatnonzero(seen & (store.text != NO_TEXT)) if sizes.texts else np.empty(0, np.int64)
        self._tasks: dict[int, list[int]] = {}
        if sizes.tasks:
            for function in np.flatnonzero(seen & (store.task != NO_TASK)):
                self._tasks.setdefault(int(store.task[function]), []).append(int(function))

    def draw(self, rng: Random) -> Iterator[Batch]:
        """Yield batches for ever; the same ones for a random source in the same state."""
        twins, texts = self._rounds_of_twins(rng), self._rounds_of_texts(rng)
        while True:
            yield self._batch(next(twins), next(texts), self._draw_tasks(rng), rng)

    def _rounds_of_twins(self, rng: Random) -> Iterator[list[int]]:
        while True:
            if not len(self._twins):
                yield []
                continue
            yield from plan_twins(self._store.package[self._twins], rng, self._sizes.twins)

    def _rounds_of_texts(self, rng: Random) -> Iterator[list[int]]:
        size = min(self._sizes.texts, len(self._told))
        while True:
            if not size:
                yield []
                continue
            order = rng.sample(self._told.tolist(), len(self._told))
            yield from (order[start : start + size] for start in range(0, len(order) - size + 1, size))

    def _draw_tasks(self, rng: Random) -> list[int]:
        tasks = rng.sample(sorted(self._tasks), min(self._sizes.tasks, len(self._tasks)))
        chosen = [rng.sample(own, min(self._sizes.solutions, len(own))) for own in map(self._tasks.get, tasks) if own]
        return [function for own in chosen for function in own]

    def _batch(self, twins: list[int], texts: list[int], solutions: list[int], rng: Random) -> Batch:
        store = self._store
        functions = self._twins[twins] if twins else self._twins[:0]
        chosen = [rng.sample(store.views_of(int(function)), 2) for function in functions]
        edited = [any(store.role[view] == EDITED for view in pair) for pair in chosen]
        alike = [self._any_view(function, rng) for function in solutions]
        views = [pair[0] for pair in chosen] + [pair[1] for pair in chosen]
        views += [int(store.view_ends[function]) for function in texts] + alike
        masked = [flag for count in (len(chosen), len(chosen), len(texts), len(alike)) for flag in _masking(count, rng)]
        batch = store.graphs.batch(views, np.array(masked, dtype=np.bool_))
        shown = np.random.default_rng(rng.getrandbits(32)).random(batch.tokens.shape) >= DROPPED
        batch.tokens[~shown] = 0
        return Batch(
            graphs=batch_tensors(batch),
            weight=torch.tensor([EDITED_WEIGHT if flag else 1.0 for flag in edited]),
            near=near_copies(self._counts[twins]) if twins else torch.empty((0, 0), dtype=torch.bool),
            text=torch.from_numpy(store.texts[store.text[texts]].astype(np.float32)),
            task=torch.from_numpy(store.task[solutions].astype(np.int64)),
        )

    def _any_view(self, function: int, rng: Random) -> int:
        """A view that means the same: an edited one need not solve the task."""
        views = [view for view in self._store.views_of(function) if self._store.role[view] != EDITED]
        return rng.choice(views)


def _masking(count: int, rng: Random) -> list[bool]:
    mode = rng.choices(NAME_MODES, NAME_SHARES)[0]
    return [mode == "masked" or (mode == "mixed" and rng.random() < 0.5) for _ in range(count)]


def view_tensors(store: ExampleStore, views: list[int], masked: bool) -> GraphTensors:
    """Return views as one batch of tensors, all with their names kept or all masked."""
    return batch_tensors(store.graphs.batch(views, masked))

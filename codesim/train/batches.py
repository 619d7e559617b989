"""Batches for the training loop: which functions together, which views of them, with names or without.

In: an `ExampleStore`. Out: for each step one disjoint union of graphs: two views of each of some functions, half of
them from one package, whose functions are each other's hard negatives, and mutants of these, which are harder still;
functions and their texts; solutions of some tasks; members of some weak groups. Names of locals are kept, masked or
mixed for a whole part at once: were it drawn by function, the masking itself would tell the negatives apart.

Source: our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from codesim.train.examples import EDITED, MUTANT, NO_TASK, NO_TEXT, ORIGINAL, REWRITTEN, ExampleStore
from codesim.train.half_batches import likest_groups, plan_twins
from codesim.train.loss import near_copies
from codesim.train.model import batch_tensors
from codesim.train.workers import Workers

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDITED_WEIGHT = 0.5
NAME_MODES = ("kept", "masked", "mixed")
NAME_SHARES = (0.4, 0.4, 0.2)
FEATURES = 1024
TRIED = 0.75
"""Share of the functions with mutants whose pair holds the function itself, which its mutants are nearest to."""
DROPPED = 0.1
"""Share of sub-tokens that a batch does not show: no single word may be what a function is known by."""

GraphTensors = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """Functions of each part of a batch; 0 leaves a part out.

    mutants: at most so many of the twins get one. weak: groups, two functions of each. bare: originals for the signals
    of pre-training.
    """

    twins: int = 128
    mutants: int = 128
    texts: int = 384
    tasks: int = 50
    solutions: int = 3
    weak: int = 0
    bare: int = 0

    def shared(self, workers: Workers) -> BatchSizes:
        """The part of one of several processes."""
        share = workers.share
        return replace(
            self,
            twins=share(self.twins),
            mutants=share(self.mutants),
            texts=share(self.texts),
            tasks=share(self.tasks),
            weak=share(self.weak),
            bare=share(self.bare),
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Graphs of first views, second views, mutants, functions with texts, solutions and members of weak groups.

    weight, near: as `contrastive_loss` takes them. counts: (b, FEATURES) float32, the contents of the twins.
    twin_task: (b,) int64. mutant_of: (m,) int64, the twin that each mutant was made of. text: (t, TEXT_DIM) float32.
    task: (s,) int64. weak: (w,) int64, the groups. bare: originals alone, for the signals; None where none are wanted.
    """

    graphs: GraphTensors
    weight: Tensor
    near: Tensor
    counts: Tensor
    twin_task: Tensor
    mutant_of: Tensor
    text: Tensor
    task: Tensor
    weak: Tensor
    bare: GraphTensors | None = None

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        return Batch(
            _moved(self.graphs, device), self.weight.to(device), self.near.to(device), self.counts.to(device),
            self.twin_task.to(device), self.mutant_of.to(device), self.text.to(device), self.task.to(device),
            self.weak.to(device), None if self.bare is None else _moved(self.bare, device),
        )  # fmt: skip


def _moved(graphs: GraphTensors, device: torch.device) -> GraphTensors:
    kind, tokens, edge_index, edge_kind, owner, sizes = (part.to(device) for part in graphs)
    return kind, tokens, edge_index, edge_kind, owner, sizes


def content_counts(store: ExampleStore, functions: NDArray[np.int64]) -> Tensor:
    """Count hashed features (node kind with masked tokens) of functions: (len(functions), FEATURES) float32."""
    graphs = store.graphs.take(store.view_ends[functions])
    feature = graphs.kind.astype(np.int64)
    for column in graphs.masked.T:
        feature = (feature * 8191 + column) % (2**31 - 1)
    owner = np.repeat(np.arange(len(functions)), graphs.sizes())
    counts = np.bincount(owner * FEATURES + feature % FEATURES, minlength=len(functions) * FEATURES)
    return torch.from_numpy(counts.reshape(-1, FEATURES).astype(np.float32))


class Batches:
    """Draws batches; every function with views, and every one with a text, comes once before any twice."""

    def __init__(self, store: ExampleStore, sizes: BatchSizes) -> None:
        self._store, self._sizes = store, sizes
        seen = ~store.held_out
        self._twins = np.flatnonzero(seen & several_views(store)) if sizes.twins else np.empty(0, np.int64)
        self._groups = store.package[self._twins].astype(np.int64)
        self._counts = content_counts(store, self._twins)
        self._told = np.flatnonzero(seen & (store.text != NO_TEXT)) if sizes.texts else np.empty(0, np.int64)
        self._tasks = _members(store.task, seen) if sizes.tasks else {}
        self._weak = _members(store.weak, seen) if sizes.weak else {}

    def resized(self, sizes: BatchSizes) -> Batches:
        """The same functions in batches of other sizes."""
        return Batches(self._store, sizes)

    def mine(self, rows_of: Callable[[list[int]], NDArray[np.float32]], rng: Random) -> None:
        """Draw the functions of a half batch by what a model takes for alike, from here on, and not by package.

        Args:
            rows_of: the vectors of views.
            rng: the random source.
        """
        rows = rows_of(self._store.view_ends[self._twins].tolist())
        self._groups = likest_groups(rows, self._sizes.twins // 2, rng)

    def draw(self, rng: Random) -> Iterator[Batch]:
        """Yield batches for ever; the same ones for a random source in the same state."""
        twins, texts = self._rounds_of_twins(rng), self._rounds_of_texts(rng)
        while True:
            drawn_twins, drawn_texts = next(twins), next(texts)
            solutions = _drawn(self._tasks, self._sizes.tasks, self._sizes.solutions, rng)
            weak = _drawn(self._weak, self._sizes.weak, 2, rng)
            yield self._batch(drawn_twins, drawn_texts, solutions, weak, rng)

    def _rounds_of_twins(self, rng: Random) -> Iterator[list[int]]:
        while True:
            if not len(self._twins):
                yield []
                continue
            yield from plan_twins(self._groups, rng, self._sizes.twins)

    def _rounds_of_texts(self, rng: Random) -> Iterator[list[int]]:
        size = min(self._sizes.texts, len(self._told))
        while True:
            if not size:
                yield []
                continue
            order = rng.sample(self._told.tolist(), len(self._told))
            yield from (order[start : start + size] for start in range(0, len(order) - size + 1, size))

    def _batch(self, twins: list[int], texts: list[int], solutions: list[int], weak: list[int], rng: Random) -> Batch:
        store = self._store
        functions = self._twins[twins] if twins else self._twins[:0]
        pairs = [self._pair(int(function), rng) for function in functions]
        edited = [any(store.role[view] == EDITED for view in pair) for pair in pairs]
        mutants = self._mutants(functions.tolist(), edited, rng)
        alike = [self._any_view(function, rng) for function in (*solutions, *weak)]
        views = [pair[0] for pair in pairs] + [pair[1] for pair in pairs] + [view for _, view in mutants]
        views += [int(store.view_ends[function]) for function in texts] + alike
        masked = [*_masking(2 * len(pairs) + len(mutants), rng), *_masking(len(texts), rng), *_masking(len(alike), rng)]
        counts, task = self._counts[twins], torch.from_numpy(store.task[functions].astype(np.int64))
        company = (task.unsqueeze(0) == task.unsqueeze(1)) & (task != NO_TASK)
        bare = [int(store.view_ends[function]) for function in functions[: self._sizes.bare]]
        return Batch(
            graphs=_shown(store, views, np.array(masked, dtype=np.bool_), rng),
            weight=torch.tensor([EDITED_WEIGHT if flag else 1.0 for flag in edited]),
            near=near_copies(counts) | company if twins else torch.empty((0, 0), dtype=torch.bool),
            counts=counts,
            twin_task=task,
            mutant_of=torch.tensor([place for place, _ in mutants], dtype=torch.int64),
            text=torch.from_numpy(store.texts[store.text[texts]].astype(np.float32)),
            task=torch.from_numpy(store.task[solutions].astype(np.int64)),
            weak=torch.from_numpy(store.weak[weak].astype(np.int64)),
            bare=view_tensors(store, bare, masked=False) if bare else None,
        )

    def _pair(self, function: int, rng: Random) -> list[int]:
        """Two views of a function that mean the same, or nearly so where one is edited."""
        store = self._store
        rewritten = store.views_like(function, REWRITTEN)
        if rewritten and store.views_like(function, MUTANT) and self._sizes.mutants and rng.random() < TRIED:
            return rng.sample([store.views_of(function)[0], rng.choice(rewritten)], 2)
        return rng.sample(store.views_like(function, ORIGINAL, REWRITTEN, EDITED), 2)

    def _mutants(self, functions: list[int], edited: list[bool], rng: Random) -> list[tuple[int, int]]:
        """A mutant of each twin whose two views mean the same: the twin's place and the mutant's view."""
        found: list[tuple[int, int]] = []
        for place, function in enumerate(functions):
            own = [] if edited[place] else self._store.views_like(function, MUTANT)
            if own and len(found) < self._sizes.mutants:
                found.append((place, rng.choice(own)))
        return found

    def _any_view(self, function: int, rng: Random) -> int:
        """A view that means the same: an edited one need not solve the task."""
        return rng.choice(self._store.views_like(function, ORIGINAL, REWRITTEN))


def _members(groups: NDArray[np.int32], seen: NDArray[np.bool_]) -> dict[int, list[int]]:
    """The functions of each group, those that are seen in training."""
    members: dict[int, list[int]] = {}
    for function in np.flatnonzero(seen & (groups != NO_TASK)):
        members.setdefault(int(groups[function]), []).append(int(function))
    return members


def _drawn(groups: dict[int, list[int]], count: int, most: int, rng: Random) -> list[int]:
    """Functions of so many groups, at most so many of each."""
    chosen = rng.sample(sorted(groups), min(count, len(groups)))
    return [function for group in chosen for function in rng.sample(groups[group], min(most, len(groups[group])))]


def several_views(store: ExampleStore) -> NDArray[np.bool_]:
    """Which functions have two views or more that mean the same, or nearly so: (f,) bool."""
    alike = np.concatenate([[0], np.cumsum(store.role != MUTANT)])
    return np.diff(alike[store.view_ends]) > 1


def _shown(store: ExampleStore, views: list[int], masked: NDArray[np.bool_], rng: Random) -> GraphTensors:
    """The graphs of views as tensors, some of their sub-tokens dropped."""
    batch = store.graphs.batch(views, masked)
    kept = np.random.default_rng(rng.getrandbits(32)).random(batch.tokens.shape) >= DROPPED
    batch.tokens[~kept] = 0
    return batch_tensors(batch)


def _masking(count: int, rng: Random) -> list[bool]:
    mode = rng.choices(NAME_MODES, NAME_SHARES)[0]
    return [mode == "masked" or (mode == "mixed" and rng.random() < 0.5) for _ in range(count)]


def view_tensors(store: ExampleStore, views: list[int], masked: bool) -> GraphTensors:
    """Return views as one batch of tensors, all with their names kept or all masked."""
    return batch_tensors(store.graphs.batch(views, masked))

"""Validation during training: figures on functions and tasks that the encoder does not train on.

In: an `ExampleStore`, and a model between two rounds. Out: recall of held-out views among originals, MAP@R of a few
tasks set apart, and how well twins and mutants are told apart. The held-out tasks of the same-task set are not here.

Source: our own; the measures are those of `codesim.evaluate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import torch

from codesim.evaluate import ALL, Task, measure_retrieval
from codesim.evaluate.discrimination import rank_pairs
from codesim.train.batches import several_views, view_tensors
from codesim.train.examples import EDITED, MUTANT, NO_TASK, REWRITTEN, ExampleStore
from codesim.train.model import Encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

VIEWS_AT_ONCE = 256
VALIDATION_TASKS = 0.12
"""Share of the tasks that only choose the best weights."""


class Validation:
    """Held-out functions: one view of each searches for its original; and the solutions of some tasks each other.

    Args:
        store: all examples.
        count: held-out functions, at most.
        seed: of the choice.

    Attributes:
        training: the store without what validation needs.
    """

    def __init__(self, store: ExampleStore, count: int, seed: int) -> None:
        rng = Random(seed)  # noqa: S311
        unseen = np.flatnonzero(store.held_out & several_views(store) & (store.task == NO_TASK)).tolist()
        chosen = rng.sample(unseen, min(count, len(unseen)))
        known = sorted({int(task) for task in store.task[~store.held_out & (store.task != NO_TASK)]})
        apart = set(rng.sample(known, round(VALIDATION_TASKS * len(known))))
        solutions = [int(one) for one in np.flatnonzero(~store.held_out) if int(store.task[one]) in apart]
        self._store = store
        self.training = _without(store, solutions)
        self._originals = [store.views_of(function)[0] for function in chosen]
        self._queries = [rng.choice(store.views_like(function, REWRITTEN, EDITED)) for function in chosen]
        self._tried = [places for function in chosen if (places := _trio(store, function))]
        self._solutions = [store.views_of(function)[0] for function in solutions]
        place = np.arange(len(chosen), dtype=np.int64)
        kinds = ("query",) * len(chosen) + ("original",) * len(chosen)
        self._task = Task(place, place + len(chosen), np.tile(place, 2), kinds)
        tasks = store.task[solutions].astype(np.int64)
        every = np.arange(len(solutions), dtype=np.int64)
        asking = every[np.bincount(tasks)[tasks] > 1]  # who has company
        self._tasks = Task(asking, every, tasks, ("solution",) * len(solutions))

    def measure(self, model: Encoder) -> tuple[float, float, float, float]:
        """Judge a model.

        Returns:
            Recall@1 with names kept and masked, MAP@R of the tasks, and the ROC-AUC of rewritten views against
            mutants; 0 for what there is nothing of.
        """
        views = self._queries + self._originals
        kept, masked = (self._figure(model, views, self._task, hidden)[0] for hidden in (False, True))
        tasks = self._figure(model, self._solutions, self._tasks, masked=True)[1]
        return kept, masked, tasks, self._behaviour(model)

    def _behaviour(self, model: Encoder) -> float:
        if not self._tried:
            return 0.0
        rows = embed_views(model, self._store, [view for trio in self._tried for view in trio], masked=False)
        own, twin, mutant = rows[::3], rows[1::3], rows[2::3]
        scores = np.concatenate([(own * twin).sum(axis=1), (own * mutant).sum(axis=1)])
        labels = np.arange(len(scores)) < len(own)
        return float(rank_pairs(scores, labels).figures()[0])

    def _figure(self, model: Encoder, views: list[int], task: Task, masked: bool) -> tuple[float, float]:
        if not views:
            return 0.0, 0.0
        quality = measure_retrieval(embed_views(model, self._store, views, masked), task)[ALL]
        return quality.recall_at_1, quality.map_at_r


def _trio(store: ExampleStore, function: int) -> tuple[int, int, int] | None:
    """A function's own view, a rewritten one and a mutant, where it has them."""
    rewritten, mutants = store.views_like(function, REWRITTEN), store.views_like(function, MUTANT)
    return (store.views_of(function)[0], rewritten[0], mutants[0]) if rewritten and mutants else None


def _without(store: ExampleStore, functions: Sequence[int]) -> ExampleStore:
    """The same store with some more functions held out."""
    held_out = store.held_out.copy()
    held_out[list(functions)] = True
    return replace(store, held_out=held_out)


def embed_views(model: Encoder, store: ExampleStore, views: list[int], masked: bool) -> NDArray[np.float32]:
    """Embed views with a model in training: (len(views), DIM) float32."""
    model.eval()
    device = model.salience.weight.device
    rows = []
    with torch.no_grad():
        for start in range(0, len(views), VIEWS_AT_ONCE):
            tensors = view_tensors(store, views[start : start + VIEWS_AT_ONCE], masked)
            rows.append(model(*(part.to(device) for part in tensors)).cpu())
    return torch.cat(rows).numpy()

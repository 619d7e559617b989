"""The training loop: contrastive learning of the encoder, watched on packages that it does not train on.

In: a `ViewStore` and `TrainingOptions`. Out: an `EpochReport` after each epoch and, at the end, the weights of the
best one. AdamW with a cosine schedule, one torch thread; deterministic for a seed on one machine and torch version.

Source: SimCLR (Chen et al., 2020); decoupled weight decay: Loshchilov and Hutter, 2019.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor

from codesim.evaluate import ALL, Task, measure_retrieval
from codesim.train.batches import BATCH, content_counts, pair_batches, plan_epoch, view_tensors
from codesim.train.loss import contrastive_loss
from codesim.train.model import Encoder
from codesim.train.passing import available_form
from codesim.train.views import ViewStore

WARM_UP = 0.05
"""Share of the steps in which the learning rate rises."""
CLIP = 1.0

TORCH_VERSION = str(torch.__version__)
"""Recorded with the weights: another version may sum in another order."""

State = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How to train: epochs at most, seconds at most (0: no limit), patience in epochs without a better validation."""

    epochs: int = 12
    seconds: float = 0.0
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    patience: int = 4
    validation: int = 1000
    seed: int = 0
    form: str = "auto"


@dataclass(frozen=True, slots=True)
class EpochReport:
    """One epoch: mean loss, recall@1 of held-out views among originals (names kept, masked), seconds so far."""

    epoch: int
    loss: float
    recall_kept: float
    recall_masked: float
    seconds: float

    @property
    def score(self) -> float:
        """What the best epoch is chosen by: the mean of both recalls."""
        return (self.recall_kept + self.recall_masked) / 2


@dataclass(frozen=True, slots=True)
class Trained:
    """The weights of the best epoch, and the report of every epoch."""

    state: State
    reports: tuple[EpochReport, ...]


def train_encoder(
    store: ViewStore,
    options: TrainingOptions,
    on_epoch: Callable[[EpochReport, State], None],
    on_step: Callable[[int, int], None] = lambda _step, _steps: None,
) -> Trained:
    """Train an encoder on the packages of the store that are not held out.

    Args:
        store: the corpus.
        options: see `TrainingOptions`.
        on_epoch: called after each epoch with its report and the weights as they are.
        on_step: called after each step with its number and the number of all steps.

    Returns:
        The weights with the best validation score.
    """
    torch.set_num_threads(1)  # two spinning threads beside other work made a step 30 times slower
    torch.manual_seed(options.seed)
    rng = Random(options.seed)  # noqa: S311
    functions = [int(function) for function in np.flatnonzero(~store.held_out)]
    counts = content_counts(store)
    model = Encoder(available_form(options.form))
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay)
    steps = options.epochs * len(plan_epoch(store.package[functions], Random(options.seed), BATCH))  # noqa: S311
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: cosine(step, steps))
    validation = _Validation(store, options)
    best: State = {}
    reports: list[EpochReport] = []
    started, step = time.monotonic(), 0
    for epoch in range(1, options.epochs + 1):
        model.train()
        losses = []
        for batch in pair_batches(store, functions, counts, rng):
            loss = contrastive_loss(model(*batch.first), model(*batch.second), batch.weight, batch.near)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
            step += 1
            on_step(step, steps)
        kept, masked = validation.recall(model)
        report = EpochReport(epoch, float(np.mean(losses)), kept, masked, time.monotonic() - started)
        if not reports or report.score > max(earlier.score for earlier in reports):
            best = _copied(model)
        reports.append(report)
        on_epoch(report, best)
        if _is_over(reports, options):
            break
    return Trained(best, tuple(reports))


def cosine(step: int, steps: int) -> float:
    """Return the share of the learning rate at a step: a short rise, then half a cosine down to zero."""
    rise = max(1, round(WARM_UP * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - rise) / max(1, steps - rise))))


def _is_over(reports: list[EpochReport], options: TrainingOptions) -> bool:
    best = max(range(len(reports)), key=lambda place: reports[place].score)
    late = options.seconds > 0 and reports[-1].seconds >= options.seconds
    return late or len(reports) - 1 - best >= options.patience


def _copied(model: Encoder) -> State:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


class _Validation:
    """Held-out functions: one rewritten or edited view of each searches for its original."""

    def __init__(self, store: ViewStore, options: TrainingOptions) -> None:
        rng = Random(options.seed)  # noqa: S311
        unseen = [int(function) for function in np.flatnonzero(store.held_out)]
        chosen = rng.sample(unseen, min(options.validation, len(unseen)))
        self._store = store
        self._originals = [store.views_of(function)[0] for function in chosen]
        self._queries = [rng.choice(store.views_of(function)[1:]) for function in chosen]
        count = len(chosen)
        place = np.arange(count, dtype=np.int64)
        self._task = Task(place, place + count, np.tile(place, 2), ("query",) * count + ("original",) * count)

    def recall(self, model: Encoder) -> tuple[float, float]:
        """Return recall@1 with names kept and masked; 0 without held-out functions."""
        if not self._originals:
            return 0.0, 0.0
        kept, masked = (
            measure_retrieval(embed_views(model, self._store, self._queries + self._originals, hidden), self._task)
            for hidden in (False, True)
        )
        return kept[ALL].recall_at_1, masked[ALL].recall_at_1


def embed_views(
    model: Encoder, store: ViewStore, views: list[int], masked: bool
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Embed views with a model in training: (len(views), DIM) float32."""
    model.eval()
    with torch.no_grad():
        rows = [
            model(*view_tensors(store, part, [masked] * len(part)))
            for part in (views[start : start + BATCH] for start in range(0, len(views), BATCH))
        ]
    return torch.cat(rows).numpy()

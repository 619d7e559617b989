"""The training loop: contrastive learning of the encoder, watched on what it does not train on.

In: an `ExampleStore` and `TrainingOptions`. Out: a `Report` after each round of steps and, at the end, the weights of
the best one. AdamW with a cosine schedule, one torch thread; deterministic for a seed on one machine and torch version.

Source: SimCLR (Chen et al., 2020); decoupled weight decay: Loshchilov and Hutter, 2019.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from codesim.evaluate import ALL, Task, measure_retrieval
from codesim.train.batches import Batch, Batches, BatchSizes, view_tensors
from codesim.train.checkpoint import Checkpoint
from codesim.train.examples import NO_TASK, ExampleStore
from codesim.train.loss import contrastive_loss, task_loss, text_loss
from codesim.train.model import DIM, Encoder
from codesim.train.passing import available_form
from codesim.train.workers import Workers, joined_workers, training_device

if TYPE_CHECKING:
    from numpy.typing import NDArray

WARM_UP = 0.05
"""Share of the steps in which the learning rate rises."""
CLIP = 1.0
VIEWS_AT_ONCE = 256
VALIDATION_TASKS = 0.12
"""Share of the tasks that only choose the best weights."""

TORCH_VERSION = str(torch.__version__)
"""Recorded with the weights: another version may sum in another order."""

State = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How to train; the shipped values stand in `recipe.toml`.

    steps: in all. round: steps between reports. seconds: no round begins after these (0: no limit). patience: rounds
    without a better validation. validation: queries of it. text_weight, task_weight: of these losses; twins have 1.
    """

    steps: int = 2000
    round: int = 100
    seconds: float = 0.0
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    patience: int = 8
    validation: int = 1000
    text_weight: float = 1.0
    task_weight: float = 0.5
    sizes: BatchSizes = field(default_factory=BatchSizes)
    seed: int = 0
    form: str = "auto"


@dataclass(frozen=True, slots=True)
class Report:
    """One round: mean losses, validation figures, seconds so far.

    recall_kept, recall_masked: recall@1 of held-out views among originals. tasks: MAP@R of the validation tasks, names
    masked.
    """

    step: int
    twins: float
    texts: float
    tasks_loss: float
    recall_kept: float
    recall_masked: float
    tasks: float
    seconds: float

    @property
    def score(self) -> float:
        """What the best round is chosen by: the mean of the recalls, and of the tasks where there are any."""
        return (self.recall_kept + self.recall_masked) / 2 + self.tasks


@dataclass(frozen=True, slots=True)
class Trained:
    """The weights of the best round, and the report of every round."""

    state: State
    reports: tuple[Report, ...]


def train_encoder(
    store: ExampleStore,
    options: TrainingOptions,
    on_round: Callable[[Report, Checkpoint], None],
    on_step: Callable[[int, int], None] = lambda _step, _steps: None,
    resume: tuple[Checkpoint, Sequence[Report]] | None = None,
) -> Trained:
    """Train an encoder on the functions of the store that are not held out.

    Args:
        store: the examples.
        options: see `TrainingOptions`.
        on_round: called after each round with its report and the state of the run, best weights included.
        on_step: called after each step with its number and the number of all steps.
        resume: the state and the reports of an earlier run with these options, to go on from there.

    Returns:
        The weights with the best validation score.
    """
    torch.set_num_threads(1)  # two spinning threads beside other work made a step 30 times slower
    torch.manual_seed(options.seed)
    validation = _Validation(store, options)
    device = training_device()
    model = Encoder(available_form(options.form)).to(device)
    reader = nn.Linear(DIM, store.texts.shape[1], bias=False).to(device)  # from code to the space of texts; not shipped
    modules: dict[str, nn.Module] = {"model": model, "reader": reader}
    weights = [weight for module in modules.values() for weight in module.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=options.learning_rate, weight_decay=options.weight_decay)
    reports, best = list[Report](), State()
    if resume is not None:
        best, reports = resume[0].restore(modules, optimizer), list(resume[1])
    started = time.monotonic() - (reports[-1].seconds if reports else 0.0)
    with joined_workers() as workers:
        batches = Batches(validation.training, options.sizes.shared(workers))
        while (step := len(reports) * options.round) < options.steps and not _is_stuck(reports, options.patience):
            model.train()
            losses: list[list[float]] = []
            rng = Random(f"{options.seed}:{len(reports)}:{workers.rank}")  # noqa: S311
            for batch in islice(batches.draw(rng), min(options.round, options.steps - step)):
                parts = _losses(model, reader, batch.to(device))
                loss = parts[0] + options.text_weight * parts[1] + options.task_weight * parts[2]
                _descend(loss, optimizer, options.learning_rate * cosine(step / options.steps), workers)
                losses.append([float(part.detach()) for part in parts])
                step += 1
                on_step(step, options.steps)
            figures = validation.measure(model) if workers.is_first else (0.0, 0.0, 0.0)
            passed = time.monotonic() - started
            report = Report(step, *workers.tell([*np.mean(losses, axis=0).tolist(), *figures, passed]))
            if not reports or report.score > max(earlier.score for earlier in reports):
                best = _copied(model)
            reports.append(report)
            if workers.is_first:
                on_round(report, Checkpoint.take(len(reports), modules, optimizer, best))
            if options.seconds and report.seconds >= options.seconds:
                break
    return Trained(best, tuple(reports))


def _descend(loss: Tensor, optimizer: torch.optim.Optimizer, rate: float, workers: Workers) -> None:
    """One step down the gradient, averaged over all processes."""
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    for group in optimizer.param_groups:
        group["lr"] = rate
        workers.average(group["params"])
        torch.nn.utils.clip_grad_norm_(group["params"], CLIP)
    optimizer.step()


def _losses(model: Encoder, reader: nn.Linear, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """The losses of twins, texts and tasks; 0 for a part that the batch does not have."""
    rows = model(*batch.graphs)  # (2 twins + texts + solutions, DIM)
    twins, texts = len(batch.weight), len(batch.text)
    none = rows.new_zeros(())
    first, second = rows[:twins], rows[twins : 2 * twins]
    told, solved = rows[2 * twins : 2 * twins + texts], rows[2 * twins + texts :]
    return (
        contrastive_loss(first, second, batch.weight, batch.near) if twins else none,
        text_loss(functional.normalize(reader(told), dim=1), batch.text) if texts else none,
        task_loss(solved, batch.task) if len(solved) else none,
    )


def cosine(progress: float) -> float:
    """Return the share of the learning rate at a share of the training: a short rise, then half a cosine to zero."""
    if progress < WARM_UP:
        return (progress + 0.1 * WARM_UP) / (1.1 * WARM_UP)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - WARM_UP) / (1 - WARM_UP))))


def _is_stuck(reports: list[Report], patience: int) -> bool:
    if not reports:
        return False
    best = max(range(len(reports)), key=lambda place: reports[place].score)
    return len(reports) - 1 - best >= patience


def _copied(model: Encoder) -> State:
    return {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}


class _Validation:
    """Held-out functions: one view of each searches for its original; and the solutions of some tasks each other."""

    def __init__(self, store: ExampleStore, options: TrainingOptions) -> None:
        rng = Random(options.seed)  # noqa: S311
        several = np.diff(store.view_ends) > 1
        unseen = np.flatnonzero(store.held_out & several & (store.task == NO_TASK)).tolist()
        chosen = rng.sample(unseen, min(options.validation, len(unseen)))
        known = sorted({int(task) for task in store.task[~store.held_out & (store.task != NO_TASK)]})
        apart = set(rng.sample(known, round(VALIDATION_TASKS * len(known))))
        solutions = [int(one) for one in np.flatnonzero(~store.held_out) if int(store.task[one]) in apart]
        self._store = store
        self.training = _without(store, solutions)
        self._originals = [store.views_of(function)[0] for function in chosen]
        self._queries = [rng.choice(store.views_of(function)[1:]) for function in chosen]
        self._solutions = [store.views_of(function)[0] for function in solutions]
        count = len(chosen)
        place = np.arange(count, dtype=np.int64)
        self._task = Task(place, place + count, np.tile(place, 2), ("query",) * count + ("original",) * count)
        tasks = store.task[solutions].astype(np.int64)
        every = np.arange(len(solutions), dtype=np.int64)
        asking = every[np.bincount(tasks)[tasks] > 1]  # who has company
        self._tasks = Task(asking, every, tasks, ("solution",) * len(solutions))

    def measure(self, model: Encoder) -> tuple[float, float, float]:
        """Return recall@1 with names kept and masked, and MAP@R of the tasks; 0 for what there is nothing of."""
        views = self._queries + self._originals
        kept, masked = (self._figure(model, views, self._task, hidden)[0] for hidden in (False, True))
        return kept, masked, self._figure(model, self._solutions, self._tasks, masked=True)[1]

    def _figure(self, model: Encoder, views: list[int], task: Task, masked: bool) -> tuple[float, float]:
        if not views:
            return 0.0, 0.0
        quality = measure_retrieval(embed_views(model, self._store, views, masked), task)[ALL]
        return quality.recall_at_1, quality.map_at_r


def _without(store: ExampleStore, functions: Sequence[int]) -> ExampleStore:
    """The same store with some more functions held out."""
    held_out = store.held_out.copy()
    held_out[list(functions)] = True
    rest = (store.package, held_out, store.task, store.text, store.texts)
    return ExampleStore(store.graphs, store.role, store.view_ends, *rest)


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

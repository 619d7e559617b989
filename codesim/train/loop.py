"""The training loop: contrastive learning of the encoder, watched on what it does not train on.

In: an `ExampleStore` and `TrainingOptions`. Out: a `Report` after each round of steps and, at the end, the weights of
the best one. AdamW with a cosine schedule, one torch thread; deterministic for a seed on one machine and torch version.

Source: SimCLR (Chen et al., 2020); decoupled weight decay: Loshchilov and Hutter, 2019.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from codesim.train.batches import Batch, Batches, BatchSizes
from codesim.train.checkpoint import Checkpoint
from codesim.train.examples import ExampleStore
from codesim.train.loss import Negatives, contrastive_loss, ranking_loss, task_loss, text_loss
from codesim.train.memory import Memory
from codesim.train.model import PURPOSE_DIM, Encoder, split
from codesim.train.passing import available_form
from codesim.train.signals import Signals
from codesim.train.validation import Validation, embed_views
from codesim.train.workers import Workers, joined_workers, training_device

WARM_UP = 0.05
"""Share of the steps in which the learning rate rises."""
CLIP = 1.0
RANKED_SHARE = 0.3
"""Of behaviour in the cosine of both parts that is ranked; so purpose learns a little of mutants too."""

TORCH_VERSION = str(torch.__version__)
"""Recorded with the weights: another version may sum in another order."""

State = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class SignalWeights:
    """How much each signal of `codesim.train.signals` counts in pre-training; 0 leaves it out."""

    masked: float = 0.0
    metapath: float = 0.0
    infomax: float = 0.0
    motif: float = 0.0
    tying: float = 0.0


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How to train; the shipped values stand in `recipe.toml`.

    steps: in all. pretraining: of these, the first ones without labels: twins, mutants and signals alone, whole rounds.
    round: steps between reports. seconds: no round begins after these (0: no limit). patience: rounds without a better
    validation. validation: queries of it. memory: rows of earlier batches that are negatives too. mined: from this step
    on half batches of twins are what the model takes for alike, not what one package holds (0: never). text_weight,
    task_weight, weak_weight, mutant_weight: of these losses; twins have 1. signals: by name, see
    `codesim.train.signals`.
    """

    steps: int = 2000
    pretraining: int = 0
    round: int = 100
    seconds: float = 0.0
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    patience: int = 8
    validation: int = 1000
    memory: int = 0
    mined: int = 0
    text_weight: float = 1.0
    task_weight: float = 0.5
    weak_weight: float = 0.3
    mutant_weight: float = 1.0
    sizes: BatchSizes = field(default_factory=BatchSizes)
    signals: SignalWeights = field(default_factory=SignalWeights)
    seed: int = 0
    form: str = "auto"


@dataclass(frozen=True, slots=True)
class Report:
    """One round: mean losses, validation figures, seconds so far.

    twins to signals: losses, 0 for a part that the round's batches do not have. recall_kept, recall_masked: recall@1 of
    held-out views among originals. tasks: MAP@R of the validation tasks, names masked. behaviour: ROC-AUC of rewritten
    views against mutants.
    """

    step: int
    twins: float
    mutants: float
    texts: float
    tasks_loss: float
    weak: float
    signals: float
    recall_kept: float
    recall_masked: float
    tasks: float
    behaviour: float
    seconds: float

    @property
    def score(self) -> float:
        """What the best round is chosen by: the sum of mean recall, tasks and behaviour, each in [0, 1]."""
        return (self.recall_kept + self.recall_masked) / 2 + self.tasks + self.behaviour


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
    validation = Validation(store, options.validation, options.seed)
    learner = _Learner(options, store.texts.shape[1])
    reports, best = list[Report](), State()
    if resume is not None:
        best, reports = resume[0].restore(learner.modules, learner.optimizer), list(resume[1])
    started = time.monotonic() - (reports[-1].seconds if reports else 0.0)
    with joined_workers() as workers:
        sizes = options.sizes.shared(workers)
        batches = Batches(validation.training, replace(sizes, bare=0))
        unlabelled = batches.resized(replace(sizes, texts=0, tasks=0, weak=0)) if options.pretraining else batches
        while (step := len(reports) * options.round) < options.steps and not _is_stuck(reports, options.patience):
            learner.begin_round()
            losses: list[list[float]] = []
            rng = Random(f"{options.seed}:{len(reports)}:{workers.rank}")  # noqa: S311
            if options.mined and step >= options.mined:
                batches.mine(lambda views: embed_views(learner.model, store, views, masked=True), rng)
                learner.begin_round()
            drawn = (unlabelled if step < options.pretraining else batches).draw(rng)
            for batch in islice(drawn, min(options.round, options.steps - step)):
                losses.append(learner.learn(batch, step, workers))
                step += 1
                on_step(step, options.steps)
            figures = validation.measure(learner.model) if workers.is_first else (0.0,) * 4
            passed = time.monotonic() - started
            report = Report(step, *workers.tell([*np.mean(losses, axis=0).tolist(), *figures, passed]))
            if not reports or report.score > max(earlier.score for earlier in reports):
                best = _copied(learner.model)
            reports.append(report)
            if workers.is_first:
                on_round(report, Checkpoint.take(len(reports), learner.modules, learner.optimizer, best))
            if options.seconds and report.seconds >= options.seconds:
                break
    return Trained(best, tuple(reports))


class _Learner:
    """The model with what only its training needs, and one step down the gradient."""

    def __init__(self, options: TrainingOptions, text_dim: int) -> None:
        self.options = options
        self.device = training_device()
        self.model = Encoder(available_form(options.form)).to(self.device)
        # from code to the space of texts; not shipped
        self.reader = nn.Linear(PURPOSE_DIM, text_dim, bias=False).to(self.device)
        self.modules: dict[str, nn.Module] = {"model": self.model, "reader": self.reader}
        self.signals = Signals(asdict(options.signals)).to(self.device) if options.pretraining else None
        if self.signals is not None:
            self.modules["signals"] = self.signals
        weights = [weight for module in self.modules.values() for weight in module.parameters()]
        self.optimizer = torch.optim.AdamW(weights, lr=options.learning_rate, weight_decay=options.weight_decay)
        self.memory = Memory(0)

    def begin_round(self) -> None:
        """Forget earlier batches: a round must not depend on more than the weights."""
        self.model.train()
        self.memory = Memory(self.options.memory)

    def learn(self, batch: Batch, step: int, workers: Workers) -> list[float]:
        """Take one step; returns the losses in the order of `Report`."""
        parts = self._losses(batch.to(self.device), step)
        chosen = self.options
        weights = (1.0, chosen.mutant_weight, chosen.text_weight, chosen.task_weight, chosen.weak_weight, 1.0)
        loss = torch.stack([weight * part for weight, part in zip(weights, parts, strict=True)]).sum()
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        for group in self.optimizer.param_groups:
            group["lr"] = self.options.learning_rate * cosine(step / self.options.steps)
            workers.average(group["params"])
            torch.nn.utils.clip_grad_norm_(group["params"], CLIP)
        self.optimizer.step()
        return [float(part.detach()) for part in parts]

    def _losses(self, batch: Batch, step: int) -> list[Tensor]:
        """The losses of twins, mutants, texts, tasks, weak groups and signals; 0 for what the batch does not have."""
        rows = self.model(*batch.graphs)  # (2 twins + mutants + texts + solutions + weak, DIM)
        twins = len(batch.weight)
        parts = (twins, twins, len(batch.mutant_of), len(batch.text), len(batch.task), len(batch.weak))
        first, second, mutants, told, solved, weak = rows.split(parts)
        none = rows.new_zeros(())
        text = signals = none
        if len(told):
            text = text_loss(functional.normalize(self.reader(split(told)[0]), dim=1), batch.text)
        if batch.bare is not None and self.signals is not None:
            signals = self.signals(self.model, batch.bare, np.random.default_rng((self.options.seed, step)))
        tasks = task_loss(split(solved)[0], batch.task) if len(solved) else none
        named = task_loss(split(weak)[0], batch.weak) if len(weak) else none
        own = self._twin_losses(first, second, mutants, batch) if twins else (none, none)
        return [*own, text, tasks, named, signals]

    def _twin_losses(self, first: Tensor, second: Tensor, mutants: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """The losses of twins, by purpose, and of mutants, by behaviour alone and beside purpose."""
        remembered = self.memory.negatives(batch.counts, batch.twin_task)
        purpose, behaviour = zip(split(first), split(second), strict=True)
        past = Negatives(split(remembered.rows)[0], remembered.near) if remembered else None
        twins = contrastive_loss(*purpose, batch.weight, batch.near, past)
        self.memory.add(torch.cat([first, second]), batch.counts.repeat(2, 1), batch.twin_task.repeat(2))
        exact = (batch.weight == 1.0).to(first.dtype)  # an edited view behaves otherwise
        changed = split(mutants)[1]
        own = batch.near[:, batch.mutant_of].scatter(0, batch.mutant_of.unsqueeze(0), False)  # (twins, mutants)
        loss = contrastive_loss(*behaviour, exact, batch.near, Negatives(changed, own))
        alike, unlike = [], []  # cosines by purpose and by behaviour: (p,) of twins, (q,) of mutants
        for (one, other), far in zip((purpose, behaviour), split(mutants), strict=True):
            alike.append((one * other).sum(dim=1)[exact > 0])
            unlike.append(torch.cat([(view[batch.mutant_of] * far).sum(dim=1) for view in (one, other)]))
        whole = [(1 - RANKED_SHARE) * part[0] + RANKED_SHARE * part[1] for part in (alike, unlike)]
        return twins, loss + ranking_loss(alike[1], unlike[1]) + ranking_loss(*whole)


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

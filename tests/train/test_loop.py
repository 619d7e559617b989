"""The training loop learns: on a small corpus of real functions, and the same way each time."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra `train`)")

from codesim.train.batches import content_counts, pair_batches, plan_epoch  # noqa: E402
from codesim.train.corpus import read_functions, standard_library  # noqa: E402
from codesim.train.loop import EpochReport, TrainingOptions, cosine, train_encoder  # noqa: E402
from codesim.train.views import ViewStore, build_views  # noqa: E402


@pytest.fixture(scope="module")
def store() -> ViewStore:
    functions = list(read_functions(standard_library(), set(), 160, seed=0))
    found = build_views(functions, set(), rewritten=2, seed=0)
    arrays = found.as_arrays()
    held_out = np.arange(len(found.package)) % 4 == 0
    return ViewStore.from_arrays({**arrays, "held_out": held_out})


def train(store: ViewStore, epochs: int) -> list[EpochReport]:
    reports: list[EpochReport] = []
    options = TrainingOptions(epochs=epochs, patience=epochs, form="plain")
    train_encoder(store, options, lambda report, _state: reports.append(report))
    return reports


def test_loss_falls_and_repeats(store: ViewStore) -> None:
    reports = train(store, 4)
    assert reports[-1].loss < 0.8 * reports[0].loss
    assert [report.loss for report in train(store, 4)] == pytest.approx([report.loss for report in reports], rel=1e-4)


def test_patience_ends_the_run(store: ViewStore) -> None:
    reports: list[EpochReport] = []
    options = TrainingOptions(epochs=50, patience=1, learning_rate=0.0, form="plain")
    trained = train_encoder(store, options, lambda report, _state: reports.append(report))
    assert len(reports) < 5
    assert len(trained.reports) == len(reports)
    assert trained.state.keys() >= {"tokens.weight", "project.bias"}


def test_time_limit_ends_the_run(store: ViewStore) -> None:
    options = TrainingOptions(epochs=50, seconds=1e-6, form="plain")
    assert len(train_encoder(store, options, lambda _report, _state: None).reports) == 1


def test_epoch_takes_each_function_once_in_package_halves() -> None:
    package = np.repeat(np.arange(5, dtype=np.int16), [40, 7, 100, 3, 30])
    plan = plan_epoch(package, Random(0), size=20)  # noqa: S311
    taken = [position for batch in plan for position in batch]
    assert len(taken) == len(set(taken))
    assert len(taken) >= 160
    halves = [{int(package[position]) for position in batch[start : start + 10]} for batch in plan for start in (0, 10)]
    assert sum(len(half) == 1 for half in halves) >= len(halves) - 1


def test_batch_holds_two_views_of_each_function(store: ViewStore) -> None:
    functions = list(range(len(store.package)))
    counts = content_counts(store)
    sums = [len(store.graph(store.views_of(function)[0]).kind) for function in functions]
    assert counts.sum(dim=1).tolist() == sums
    batch = next(pair_batches(store, functions, counts, Random(0)))  # noqa: S311
    count = len(batch.weight)
    assert len(batch.first[5]) == len(batch.second[5]) == count
    assert batch.near.shape == (count, count)
    assert set(batch.weight.tolist()) <= {0.5, 1.0}


def test_learning_rate_rises_and_falls() -> None:
    rates = [cosine(step, 100) for step in range(100)]
    assert max(rates) == pytest.approx(1.0)
    assert rates[0] < 0.5
    assert rates[-1] < 0.01

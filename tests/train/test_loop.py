"""The training loop learns: on a small store of real functions, and the same way each time."""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra `train`)")

from codesim.evaluate.same_task import Part, read_same_task  # noqa: E402
from codesim.train.batches import Batches, BatchSizes, content_counts  # noqa: E402
from codesim.train.checkpoint import Checkpoint  # noqa: E402
from codesim.train.examples import (  # noqa: E402
    EDITED,
    MUTANT,
    ORIGINAL,
    REWRITTEN,
    Example,
    ExampleStore,
    build_store,
    build_views,
)
from codesim.train.half_batches import likest_groups, plan_twins  # noqa: E402
from codesim.train.loop import Report, SignalWeights, TrainingOptions, cosine, train_encoder  # noqa: E402

SIZES = BatchSizes(twins=48, mutants=32, texts=24, tasks=6, solutions=2)
SAME_TASK = Path(__file__).parents[2] / "fixtures" / "same_task"
QUICK = TrainingOptions(steps=30, round=10, patience=99, sizes=SIZES, form="plain")


def functions(count: int) -> list[tuple[str, str]]:
    """Module and text of the first functions of a dozen lines or so in the standard library."""
    found = []
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and 6 <= (node.end_lineno or 0) - node.lineno <= 30:
                found.append((path.stem, ast.unparse(node)))
                if len(found) == count:
                    return found
    raise AssertionError


def stored(examples: Sequence[Example]) -> ExampleStore:
    """A store whose texts are random directions, one for each description."""
    rng = np.random.default_rng(0)
    rows = {about: rng.normal(size=16) for about in dict.fromkeys(one.about for one in examples if one.about)}
    texts = {about: (row / np.linalg.norm(row)).astype(np.float16) for about, row in rows.items()}
    return build_store(examples, [(0, build_views(examples, seed=0))], texts)


@pytest.fixture(scope="module")
def store() -> ExampleStore:
    examples = [
        Example(
            *(module, f"{module}.py::{number}", text, number % 4 == 0),
            about=f"text {number % 50}",
            rewritten=2,
            edited=1,
            mutants=2,
        )
        for number, (module, text) in enumerate(functions(160))
    ]
    rows = read_same_task(SAME_TASK, Part.TRAINING)
    tasks = list(dict.fromkeys(row.group for row in rows))[:18]
    solutions = [row for row in rows if row.group in tasks]
    examples += [Example("tasks", row.id, row.source, task=row.group, rewritten=1) for row in solutions]
    return stored(examples)


def train(store: ExampleStore, options: TrainingOptions) -> list[Report]:
    reports: list[Report] = []
    train_encoder(store, options, lambda report, _state: reports.append(report))
    return reports


def test_losses_fall_and_retrieval_rises_the_same_way_each_time(store: ExampleStore) -> None:
    options = replace(QUICK, steps=36, round=4)
    reports = train(store, options)
    assert [report.step for report in reports] == list(range(4, 37, 4))
    first, last = reports[0], reports[-1]
    assert last.twins < 0.5 * first.twins
    assert last.mutants < 0.7 * first.mutants
    assert last.texts < 0.8 * first.texts
    assert last.recall_kept + last.recall_masked > first.recall_kept + first.recall_masked, "functions held out"
    assert last.tasks > first.tasks, "tasks that it does not train on"
    again = train(store, options)
    assert [report.twins for report in again] == pytest.approx([report.twins for report in reports], rel=1e-4)


def test_patience_ends_the_run(store: ExampleStore) -> None:
    options = replace(QUICK, steps=50, round=1, patience=1, learning_rate=0.0)
    seen: list[Report] = []
    trained = train_encoder(store, options, lambda report, _state: seen.append(report))
    assert len(seen) == len(trained.reports) < 5
    assert trained.state.keys() >= {"tokens.weight", "salience.weight", "project.bias"}


def test_time_limit_ends_the_run(store: ExampleStore) -> None:
    assert len(train(store, replace(QUICK, steps=50, seconds=1e-6))) == 1


def test_interrupted_run_goes_on_as_if_nothing_had_happened(store: ExampleStore, tmp_path: Path) -> None:
    options = replace(QUICK, steps=6, round=2)
    states: list[Checkpoint] = []
    whole = train_encoder(store, options, lambda _report, state: states.append(state))
    states[1].save(tmp_path / "state.npz")
    state = Checkpoint.load(tmp_path / "state.npz")
    rest = train_encoder(store, options, lambda _report, _state: None, resume=(state, whole.reports[:2]))
    assert [report.twins for report in rest.reports] == pytest.approx([report.twins for report in whole.reports])
    for name, value in whole.state.items():
        np.testing.assert_allclose(rest.state[name].numpy(), value.numpy(), atol=1e-6)


def test_curves_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="curves need matplotlib (extra `train`)")
    from codesim.train.curves import draw_curves

    draw_curves(
        [Report(step, 3 / step, 1, 2, 1, 0, 0, 0.5, 0.4, 0.3, 0.6, 9) for step in (1, 2, 3)], tmp_path / "curves.png"
    )
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_parts_can_be_left_out(store: ExampleStore) -> None:
    only_texts = replace(QUICK, steps=2, round=2, sizes=BatchSizes(twins=0, texts=24, tasks=0))
    (report,) = train(store, only_texts)
    assert report.twins == report.tasks_loss == 0
    assert report.texts > 0


def test_twins_come_once_in_package_halves() -> None:
    package = np.repeat(np.arange(5), [40, 7, 100, 3, 30])
    plan = plan_twins(package, Random(0), size=20)  # noqa: S311
    taken = [position for batch in plan for position in batch]
    assert len(taken) == len(set(taken))
    assert len(taken) >= 160
    halves = [{int(package[position]) for position in batch[start : start + 10]} for batch in plan for start in (0, 10)]
    assert sum(len(half) == 1 for half in halves) >= len(halves) - 1


def test_groups_hold_what_is_alike() -> None:
    rng = np.random.default_rng(0)
    centres = np.repeat(np.eye(6, dtype=np.float32), 5, axis=0)
    rows = centres + rng.normal(scale=0.05, size=centres.shape).astype(np.float32)
    order = rng.permutation(len(rows))
    groups = likest_groups(rows[order], 5, Random(0))  # noqa: S311
    owner = np.repeat(np.arange(6), 5)[order]
    assert sorted(np.bincount(groups)) == [5] * 6
    assert all(len(set(owner[groups == group])) == 1 for group in range(6))


def test_mined_batches_are_harder(store: ExampleStore) -> None:
    def contents(functions: np.ndarray) -> np.ndarray:
        counts = content_counts(store, functions).numpy()
        return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True))

    def likeness(batches: Batches) -> float:
        """Mean cosine of contents within the half batches."""
        rows = [torch.nn.functional.normalize(one.counts, dim=1) for one in islice(batches.draw(Random(1)), 3)]  # noqa: S311
        halves = [half for batch in rows for half in batch.split(SIZES.twins // 2)]
        return float(np.mean([float((half @ half.T).mean()) for half in halves]))

    batches = Batches(store, SIZES)
    before = likeness(batches)
    owner = np.repeat(np.arange(len(store)), np.diff(store.view_ends))
    batches.mine(lambda views: contents(owner[views]), Random(0))  # noqa: S311
    assert likeness(batches) > before + 0.05


def test_nothing_is_mined_before_its_step(store: ExampleStore) -> None:
    options = replace(QUICK, steps=12, round=6)
    plain, mined = train(store, options), train(store, replace(options, mined=6))
    assert mined[0] == replace(plain[0], seconds=mined[0].seconds)
    assert mined[1].twins != plain[1].twins


def test_batch_holds_what_it_says(store: ExampleStore) -> None:
    for batch in islice(Batches(store, SIZES).draw(Random(0)), 3):  # noqa: S311
        twins, texts, solutions = len(batch.weight), len(batch.text), len(batch.task)
        assert len(batch.graphs[5]) == 2 * twins + len(batch.mutant_of) + texts + solutions + len(batch.weak)
        assert batch.near.shape == (twins, twins)
        assert set(batch.weight.tolist()) <= {0.5, 1.0}
        assert texts == SIZES.texts
        assert sorted(np.unique(batch.task.numpy(), return_counts=True)[1]) == [SIZES.solutions] * SIZES.tasks


def test_mutants_belong_to_twins_that_mean_the_same(store: ExampleStore) -> None:
    batches = list(islice(Batches(store, SIZES).draw(Random(0)), 4))  # noqa: S311
    for batch in batches:
        owners = batch.mutant_of.tolist()
        assert len(set(owners)) == len(owners) <= SIZES.mutants
        assert all(batch.weight[owner] == 1.0 for owner in owners), "an edited view is no better than a mutant"
        sizes = batch.graphs[5]
        twins = len(batch.weight)
        if not owners:  # both halves are solutions, which have no mutants here
            continue
        near = [abs(int(sizes[2 * twins + place] - sizes[owner])) for place, owner in enumerate(owners)]
        assert np.mean(near) < 8, "a mutant is about as large as its function"
    assert sum(len(batch.mutant_of) for batch in batches) > 40


def test_solutions_of_one_task_are_no_negatives_of_each_other(store: ExampleStore) -> None:
    for batch in islice(Batches(store, SIZES).draw(Random(3)), 4):  # noqa: S311
        tasks = batch.twin_task
        company = (tasks.unsqueeze(0) == tasks.unsqueeze(1)) & (tasks >= 0)
        assert bool(batch.near[company].all())


def test_mutants_are_other_graphs_and_twins_are_not_mutants(store: ExampleStore) -> None:
    found = 0
    for function in range(len(store)):
        own = store.graphs.graph(store.views_of(function)[0])
        for view in store.views_like(function, MUTANT):
            mutant = store.graphs.graph(view)
            found += 1
            assert mutant.kind.tolist() != own.kind.tolist() or not (
                np.array_equal(mutant.tokens, own.tokens)
                and np.array_equal(mutant.edge_index, own.edge_index)
                and np.array_equal(mutant.edge_kind, own.edge_kind)
            )
        assert not set(store.views_like(function, MUTANT)) & set(
            store.views_like(function, ORIGINAL, REWRITTEN, EDITED)
        )
    assert found > 200


def test_pre_training_sees_no_labels(store: ExampleStore) -> None:
    signals = SignalWeights(masked=0.5)
    sizes = replace(SIZES, bare=16)
    options = replace(QUICK, steps=4, round=2, pretraining=2, signals=signals, sizes=sizes, memory=256)
    first, second = train(store, options)
    assert first.texts == first.tasks_loss == 0
    assert first.twins > 0
    assert first.signals > 0
    assert second.texts > 0
    assert second.signals == 0


def test_nothing_held_out_is_drawn(store: ExampleStore) -> None:
    allowed = {int(task) for task in store.task[~store.held_out]}
    hidden = replace_held_out(store, store.task >= 8)
    for batch in islice(Batches(hidden, SIZES).draw(Random(0)), 3):  # noqa: S311
        assert {int(task) for task in batch.task} <= allowed & set(range(8))


def replace_held_out(store: ExampleStore, more: np.ndarray) -> ExampleStore:
    arrays = store.as_arrays()
    return ExampleStore.from_arrays({**arrays, "held_out": store.held_out | more})


def test_counts_are_those_of_the_originals(store: ExampleStore) -> None:
    some = np.array([3, 0, 7])
    sizes = [len(store.graphs.graph(store.views_of(int(function))[0]).kind) for function in some]
    assert content_counts(store, some).sum(dim=1).tolist() == sizes


def test_store_survives_its_file(store: ExampleStore, tmp_path: Path) -> None:
    np.savez(tmp_path / "store.npz", **store.as_arrays())  # type: ignore[arg-type]
    with np.load(tmp_path / "store.npz", allow_pickle=False) as arrays:
        again = ExampleStore.from_arrays(dict(arrays))
    assert all(np.array_equal(value, again.as_arrays()[name]) for name, value in store.as_arrays().items())


def test_views_begin_with_the_function_itself(store: ExampleStore) -> None:
    roles = [[int(store.role[view]) for view in store.views_of(function)] for function in range(len(store))]
    assert all(own[0] == ORIGINAL and ORIGINAL not in own[1:] for own in roles)
    assert sum(EDITED in own for own in roles) > 100


def test_what_does_not_parse_is_left_out() -> None:
    examples = [
        Example("p", "a", "def f(:"),
        Example("p", "b", "x = 1"),
        Example("p", "c", "def f(a):\n    return a\n"),
    ]
    assert build_views(examples, seed=0).functions == (2,)


def test_learning_rate_rises_and_falls() -> None:
    rates = [cosine(step / 100) for step in range(101)]
    assert max(rates) == pytest.approx(1.0, abs=0.05)
    assert rates[0] < 0.2
    assert rates[-1] < 0.01

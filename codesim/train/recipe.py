"""Which functions the encoder trains on, and how: from a corpus and the same-task set to an `ExampleStore`.

In: the folder of a corpus, the folder of the same-task set, a teacher. Out: the store that the loop reads. A share of
the functions of each package gets rewritten views; all whose name or docstring says what they do get the teacher's
vector of it; every solution of a training task gets many views. The held-out tasks are not read at all.

Source: our own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from codesim.evaluate import function_graph
from codesim.evaluate.same_task import Part, read_same_task
from codesim.train.examples import Example, ExampleStore, GraphOf, Views, build_store, build_views
from codesim.train.graph_store import GraphStore
from codesim.train.manifest import HELD_OUT, TRAIN
from codesim.train.shards import read_shards
from codesim.train.teacher import Teacher, describe_function
from codesim.train.weak_groups import weak_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME_TASK = "same_task"
CHUNK = 64
Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Selection:
    """How many functions of a package get views, and how many views each.

    twins: functions of a training package; rewritten, edited, mutants: views of each of them. validation: functions of
    a held-out package, with one view of each kind. solutions: rewritten views of each solution of a task, which get
    twice the mutants. told: functions of a training package that the teacher is asked about without views, those with
    docstrings first. weak: least cosine of what functions of one rare name are about, so that they are a weak group (0:
    no such groups). smallest, largest: nodes of a function.
    """

    twins: int = 500
    rewritten: int = 2
    edited: int = 1
    mutants: int = 2
    validation: int = 150
    solutions: int = 4
    told: int = 1200
    weak: float = 0.0
    smallest: int = 15
    largest: int = 300


def make_store(
    corpus: Path,
    same_task: Path | None,
    teacher: Teacher | None,
    *,
    selection: Selection,
    seed: int,
    jobs: int = 1,
    graph_of: GraphOf = function_graph,
    advance: Advance = lambda _done, _all: None,
) -> ExampleStore:
    """Choose examples, build their views, ask the teacher.

    Args:
        corpus: a folder that `codesim train corpus` filled.
        same_task: the folder of the same-task set, None to do without.
        teacher: None to do without texts.
        selection: how much of what.
        seed: of every choice.
        jobs: processes that build views; their number changes nothing but the time.
        graph_of: how a function becomes a graph; with another than ours all graphs are built anew.
        advance: told how many of all functions with views are done.
    """
    viewed, plain, graphs = _choose(corpus, selection, seed)
    if same_task is not None:
        viewed += _solutions(same_task, selection)
    if graph_of is not function_graph:
        viewed, plain, graphs = [*viewed, *plain], [], GraphStore.empty()
    parts = list(_built(viewed, partial(build_views, seed=seed, graph_of=graph_of), jobs, advance))
    texts: dict[str, NDArray[np.float16]] = {}
    if teacher is not None:
        told = sorted({one.about for one in (*viewed, *plain) if one.about})
        texts = dict(zip(told, teacher.embed(told), strict=True))
    parts.append((len(viewed), _as_views(graphs)))
    weak = weak_groups([*viewed, *plain], texts, selection.weak) if texts and selection.weak else None
    return build_store([*viewed, *plain], parts, texts, weak)


def _choose(corpus: Path, selection: Selection, seed: int) -> tuple[list[Example], list[Example], GraphStore]:
    """The functions to make views of, and those whose own graph is enough, with these graphs."""
    viewed: list[Example] = []
    plain: list[Example] = []
    graphs: list[GraphStore] = []
    for shard in read_shards(corpus, (TRAIN, HELD_OUT), ("place", "name", "docstring", "source")):
        is_held_out = shard.role == HELD_OUT
        sizes = shard.graphs.sizes()
        fitting = np.flatnonzero((sizes >= selection.smallest) & (sizes <= selection.largest)).tolist()
        rng = Random(f"{seed}:{shard.package}")  # noqa: S311
        rng.shuffle(fitting)
        most = selection.validation if is_held_out else selection.twins
        with_views = dict.fromkeys(fitting[:most])
        alone: list[tuple[bool, int, Example]] = []
        for row in fitting:
            about = "" if is_held_out else describe_function(shard.texts["name"][row], shard.texts["docstring"][row])
            place, source = shard.texts["place"][row], shard.texts["source"][row]
            if row in with_views:
                counts = (1, 1, 1) if is_held_out else (selection.rewritten, selection.edited, selection.mutants)
                viewed.append(Example(shard.package, place, source, is_held_out, "", about, *counts))
            elif about:
                alone.append(
                    (not shard.texts["docstring"][row], row, Example(shard.package, place, source, about=about))
                )
        alone = sorted(alone, key=lambda one: one[0])[: selection.told]  # stable: random among equals
        plain += [example for _, _, example in alone]
        graphs.append(shard.graphs.take([row for _, row, _ in alone]))
    return viewed, plain, GraphStore.concatenate(graphs)


def _solutions(folder: Path, selection: Selection) -> list[Example]:
    """The solutions of the training tasks; what a task is about says its module's docstring."""
    about = {
        f"{path.parent.name}/{path.stem}": ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        for path in sorted(folder.glob("*/*.py"))
    }
    return [
        Example(
            *(SAME_TASK, row.id, row.source, False, row.group, about[row.group]),
            rewritten=selection.solutions,
            mutants=2 * selection.mutants,
        )
        for row in read_same_task(folder, Part.TRAINING)
    ]


def _built(
    examples: Sequence[Example], build: Callable[[Sequence[Example]], Views], jobs: int, advance: Advance
) -> Iterator[tuple[int, Views]]:
    starts = range(0, len(examples), CHUNK)
    chunks = [examples[start : start + CHUNK] for start in starts]
    if jobs < 2:
        for start, chunk in zip(starts, chunks, strict=True):
            yield start, build(chunk)
            advance(start + len(chunk), len(examples))
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for start, views in zip(starts, pool.map(build, chunks), strict=True):
            yield start, views
            advance(min(start + CHUNK, len(examples)), len(examples))


def _as_views(graphs: GraphStore) -> Views:
    """Graphs that are each a function's only view."""
    return Views(tuple(range(len(graphs))), ((0,),) * len(graphs), graphs)

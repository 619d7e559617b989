"""The examples and the data sets of `ablations.py`, in either form of graph, kept in a folder between runs.

In: the folders and files that the command line names. Out: an `ExampleStore` to train on, and `DataSet`s: functions to
embed, with the figure that their vectors give. Graphs are built once for each form. Source: our own.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from codesim.errors import GraphError, SourceError
from codesim.evaluate import (
    ALL,
    ORIGINAL,
    Mask,
    Pair,
    Row,
    function_graph,
    measure_retrieval,
    read_data,
    read_function,
    read_same_task,
    retrieval_task,
)
from codesim.evaluate.discrimination import rank_pairs
from codesim.graph import join_graphs
from codesim.train.examples import ExampleStore, GraphOf
from codesim.train.graph_store import GraphStore
from codesim.train.recipe import Selection, make_store
from codesim.train.syntax_tree import syntax_graph
from codesim.train.teacher import Teacher, installed_teacher

if TYPE_CHECKING:
    from numpy.typing import NDArray

SELECTION = Selection(twins=40, rewritten=2, edited=1, mutants=2, validation=60, solutions=2, told=150)
QUERIES, ROWS = 1200, 3000
"""Of the transformed pairs: queries drawn, and rows in all, the originals of these queries among them."""
GRAPHS_OF: dict[str, GraphOf] = {"pdg": function_graph, "tree": syntax_graph}


def example_store(options: argparse.Namespace, graph: str) -> ExampleStore:
    """The training examples in one form of graph, from --work if they are there."""
    path = options.work / f"examples-{graph}.npz"
    if not path.exists():
        teacher = Teacher(options.teacher or installed_teacher())
        made = make_store(
            options.corpus, options.same_task, teacher,
            selection=SELECTION, seed=0, jobs=options.jobs, graph_of=GRAPHS_OF[graph],
        )  # fmt: skip
        save(path, made.as_arrays())
    store = ExampleStore.from_arrays(load(path))
    print(f"{graph}: {len(store):,} functions, {len(store.role):,} views, {len(store.graphs.kind):,} nodes", flush=True)
    return store


def save(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays so that the file is whole or not there."""
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("wb") as stream:
        np.savez(stream, **arrays)  # type: ignore[arg-type]
    temporary.replace(path)


def load(path: Path) -> dict[str, NDArray[Any]]:
    """Read the arrays of a file."""
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


# -- data sets -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DataSet:
    """Functions to embed, and the figures that their vectors give, by name, in [0, 1]."""

    name: str
    sources: tuple[str, ...]
    mask: Mask
    figures: Callable[[NDArray[np.float32]], dict[str, float]]

    def graphs(self, graph: str, work: Path) -> tuple[GraphStore, NDArray[np.int64]]:
        """The graphs of all functions that can be read, and their places; from `work` if they are there."""
        path = work / f"{self.name}-{graph}.npz"
        if not path.exists():
            store, places = _built(self.sources, self.mask, graph)
            save(path, {"places": places} | {part.name: getattr(store, part.name) for part in fields(GraphStore)})
        arrays = load(path)
        return GraphStore(**{part.name: arrays[part.name] for part in fields(GraphStore)}), arrays["places"]


def _built(sources: Sequence[str], mask: Mask, graph: str, chunk: int = 256) -> tuple[GraphStore, NDArray[np.int64]]:
    places: list[int] = []
    stores: list[GraphStore] = []
    for start in range(0, len(sources), chunk):
        found = []
        for place, source in enumerate(sources[start : start + chunk], start):
            try:
                function = read_function(source, mask)
            except (SourceError, GraphError):
                continue
            found.append(function.graph if graph == "pdg" else GRAPHS_OF[graph](function.node))
            places.append(place)
        stores.append(GraphStore.from_joined(join_graphs(found)))
    return GraphStore.concatenate(stores), np.array(places, dtype=np.int64)


def retrieval_set(name: str, rows: Sequence[Row], mask: Mask, measure: str) -> DataSet:
    """A data set whose figures are means over all queries, and over those of each kind."""
    task = retrieval_task(rows)

    def figures(vectors: NDArray[np.float32]) -> dict[str, float]:
        found = measure_retrieval(vectors, task).items()
        return {name if kind == ALL else f"{name} {kind}": float(getattr(one, measure)) for kind, one in found}

    return DataSet(name, tuple(row.source for row in rows), mask, figures)


def pair_set(name: str, pairs: Sequence[Pair]) -> DataSet:
    """A data set whose figure is the ROC-AUC of its pairs."""
    numbers: dict[str, int] = {}
    for pair in pairs:
        numbers.setdefault(pair.a, len(numbers))
        numbers.setdefault(pair.b, len(numbers))
    first, second = ([numbers[getattr(pair, side)] for pair in pairs] for side in ("a", "b"))
    alike = np.array([pair.alike for pair in pairs], dtype=np.bool_)

    def figures(vectors: NDArray[np.float32]) -> dict[str, float]:
        return {name: float(rank_pairs((vectors[first] * vectors[second]).sum(axis=1), alike).figures()[0])}

    return DataSet(name, tuple(numbers), Mask.NONE, figures)


def sample_rows(rows: Sequence[Row]) -> list[Row]:
    """Draw QUERIES queries and as many originals as make ROWS rows, those of the queries' groups first."""
    rng = Random(0)  # noqa: S311
    asking = [row for row in rows if row.kind != ORIGINAL]
    asking = rng.sample(asking, min(QUERIES, len(asking)))
    groups = {row.group for row in asking}
    searched = [row for row in rows if row.kind == ORIGINAL]
    wanted = [row for row in searched if row.group in groups]
    others = [row for row in searched if row.group not in groups]
    return [*asking, *wanted, *rng.sample(others, max(0, min(len(others), ROWS - len(asking) - len(wanted))))]


def data_sets(options: argparse.Namespace) -> Iterator[DataSet]:
    """The four data sets, in the order of FIGURES."""

    def read(path: Path) -> list[Any]:
        with path.open(encoding="utf-8") as lines:
            return list(read_data(lines, str(path)))

    yield retrieval_set("tasks", read_same_task(options.same_task), Mask.OWN, "map_at_r")
    yield retrieval_set("evolution", read(options.evolution), Mask.NONE, "recall_at_1")
    yield retrieval_set("transformed", sample_rows(read(options.transformed)), Mask.NONE, "recall_at_1")
    yield pair_set("behaviour", read(options.behaviour))

"""What the encoder is trained on: functions, rewritten views of them, the tasks they solve and what they are about.

In: functions as source text. Out: an `ExampleStore`: the graphs of all views in a few long arrays, those of one
function neighbours and its own graph first, with the package, the task and the text of each function. Rewritten views
mean the same, edited ones nearly, mutants something else. It fits one file without pickle, so that the training loop
is tensor work only.

Source: our own; rewritten views after ContraCode (Jain et al., 2021), mutants after DISCO (Ding et al., 2022).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from codesim.embed import graph_arrays
from codesim.errors import GraphError, SourceError
from codesim.evaluate import function_graph
from codesim.evaluate.functions import only_function
from codesim.graph import Pdg, canonical_hash, join_graphs
from codesim.train.augment import augment, edit
from codesim.train.graph_store import GraphStore
from codesim.train.mutations import MUTATIONS, mutate
from codesim.train.transforms import Function
from codesim.train.transforms.edits import donor_statements

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORIGINAL, REWRITTEN, EDITED, MUTANT = 0, 1, 2, 3
"""What a view is to its function: itself, equal in meaning, nearly so, or changed in meaning."""
MOST_VIEW_NODES = 500
NO_TASK = NO_TEXT = -1
GraphOf = Callable[[Function], Pdg]
"""How a function becomes a graph; another than ours only for comparison."""


@dataclass(frozen=True, slots=True)
class Example:
    """One function: where it is from, its text, and how many views of each kind to make of it.

    task: what it is a solution of, "" for none. about: its description for the teacher, "" for none.
    """

    package: str
    place: str
    source: str
    held_out: bool = False
    task: str = ""
    about: str = ""
    rewritten: int = 0
    edited: int = 0
    mutants: int = 0


@dataclass(frozen=True, slots=True)
class ExampleStore:
    """f functions with v views in all; t texts.

    graphs: v graphs. role: (v,) uint8. view_ends: (f + 1,) int64. package: (f,) int16. held_out: (f,) bool.
    task: (f,) int32, `NO_TASK` for none. weak: (f,) int32, the weak group likewise. text: (f,) int32, a row of `texts`
    or `NO_TEXT`. texts: (t, TEXT_DIM) float16, rows of unit length.
    """

    graphs: GraphStore
    role: NDArray[np.uint8]
    view_ends: NDArray[np.int64]
    package: NDArray[np.int16]
    held_out: NDArray[np.bool_]
    task: NDArray[np.int32]
    weak: NDArray[np.int32]
    text: NDArray[np.int32]
    texts: NDArray[np.float16]

    def __len__(self) -> int:
        """How many functions there are."""
        return len(self.package)

    def views_of(self, function: int) -> range:
        """Return the positions of a function's views, its own graph first."""
        return range(int(self.view_ends[function]), int(self.view_ends[function + 1]))

    def views_like(self, function: int, *roles: int) -> list[int]:
        """Return the positions of those of a function's views that have one of these roles."""
        return [view for view in self.views_of(function) if self.role[view] in roles]

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name, fit for `numpy.savez`."""
        arrays = {f"graphs_{part.name}": getattr(self.graphs, part.name) for part in fields(self.graphs)}
        return arrays | {part.name: getattr(self, part.name) for part in fields(self) if part.name != "graphs"}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> ExampleStore:
        """Take the arrays back from a file that `as_arrays` filled."""
        graphs = GraphStore(**{part.name: arrays[f"graphs_{part.name}"] for part in fields(GraphStore)})
        return cls(graphs, **{part.name: arrays[part.name] for part in fields(cls) if part.name != "graphs"})


@dataclass(frozen=True, slots=True)
class Views:
    """The views of some functions: for each that could be built its position, and then its views."""

    functions: tuple[int, ...]
    roles: tuple[tuple[int, ...], ...]
    graphs: GraphStore


def build_views(examples: Sequence[Example], seed: int, graph_of: GraphOf = function_graph) -> Views:
    """Build the graphs of functions and of their views; one call is one unit of work for a process.

    Args:
        examples: neighbours lend each other statements to insert.
        seed: each function draws from its own source, seeded by this and its place: the order does not matter.
        graph_of: how a function becomes a graph.
    """
    donors: list[ast.stmt] = []
    nodes: list[Function | None] = []
    for example in examples:
        try:
            function = only_function(example.source)
        except SourceError:
            nodes.append(None)
            continue
        nodes.append(function)
        if example.edited:
            donors += donor_statements(function)
    functions, roles, graphs = [], [], list[Pdg]()
    for number, (example, node) in enumerate(zip(examples, nodes, strict=True)):
        if node is None:
            continue
        rng = Random(f"{seed}:{example.package}:{example.place}")  # noqa: S311
        found = list(_views(node, example, rng, donors, graph_of))
        if found and found[0][0] == ORIGINAL:
            functions.append(number)
            roles.append(tuple(role for role, _ in found))
            graphs += [graph for _, graph in found]
    return Views(tuple(functions), tuple(roles), GraphStore.from_joined(join_graphs(graphs)))


def _views(
    node: Function, example: Example, rng: Random, donors: Sequence[ast.stmt], graph_of: GraphOf
) -> Iterable[tuple[int, Pdg]]:
    wanted: list[tuple[int, Function | None]] = [(ORIGINAL, node)]
    wanted += [(REWRITTEN, augment(node, rng)) for _ in range(example.rewritten)]
    wanted += [(EDITED, edit(augment(node, rng), rng, donors)) for _ in range(example.edited)]
    wanted += [(MUTANT, mutant) for mutant in _mutants(node, example.mutants, rng)]
    own = None
    for role, view in wanted:
        if view is None:
            continue
        try:
            graph = graph_of(view)
        except (GraphError, RecursionError):
            continue
        if role == ORIGINAL:
            own = graph
        if len(graph.kinds) <= MOST_VIEW_NODES and (role != MUTANT or (own is not None and _differ(own, graph))):
            yield role, graph


def _differ(one: Pdg, other: Pdg) -> bool:
    """Whether two graphs differ in what the encoder sees of them without names of locals."""
    if canonical_hash(one) == canonical_hash(other):
        return False
    first, second = (graph_arrays(graph, mask_names=True) for graph in (one, other))
    names = ("kind", "tokens", "edge_index", "edge_kind")
    return not all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)


def _mutants(node: Function, most: int, rng: Random) -> Iterator[Function]:
    """Up to `most` mutants, each of another kind."""
    kinds = rng.sample(sorted(MUTATIONS), len(MUTATIONS)) if most else []
    made = (mutate(node, kind, rng) for kind in kinds)
    return islice((mutant for mutant in made if mutant is not None), most)


def build_store(
    examples: Sequence[Example],
    parts: Iterable[tuple[int, Views]],
    texts: Mapping[str, NDArray[np.float16]],
    weak: NDArray[np.int32] | None = None,
) -> ExampleStore:
    """Put the views of all functions together.

    Args:
        examples: all functions.
        parts: of consecutive examples, the position of the first and their views.
        texts: the teacher's vector for each text that it was shown.
        weak: (len(examples),) the weak group of each; None for none at all.
    """
    graphs, roles, counts, kept, places = [], [], [], list[Example](), list[int]()
    for start, views in parts:
        graphs.append(views.graphs)
        places += [start + function for function in views.functions]
        kept += [examples[start + function] for function in views.functions]
        counts += [len(own) for own in views.roles]
        roles += [role for own in views.roles for role in own]
    packages = {name: number for number, name in enumerate(dict.fromkeys(example.package for example in kept))}
    tasks = {name: number for number, name in enumerate(dict.fromkeys(one.task for one in kept if one.task))}
    rows = {about: row for row, about in enumerate(texts)}
    return ExampleStore(
        graphs=GraphStore.concatenate(graphs),
        role=np.array(roles, dtype=np.uint8),
        view_ends=np.cumsum([0, *counts], dtype=np.int64),
        package=np.array([packages[example.package] for example in kept], dtype=np.int16),
        held_out=np.array([example.held_out for example in kept], dtype=np.bool_),
        task=np.array([tasks.get(example.task, NO_TASK) for example in kept], dtype=np.int32),
        weak=np.full(len(kept), NO_TASK, dtype=np.int32) if weak is None else weak[places],
        text=np.array([rows.get(example.about, NO_TEXT) for example in kept], dtype=np.int32),
        texts=np.stack(list(texts.values())) if texts else np.empty((0, 1), dtype=np.float16),
    )

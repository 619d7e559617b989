"""Views of the corpus as flat arrays, computed once, so that the training loop is tensor work only.

In: functions. Out: `ViewStore`: for each function its own graph, rewritten ones and edited ones, as the integers
that the encoder reads, all in a few long arrays that fit one file without pickle.

Source: our own.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from codesim.embed import GraphArrays, graph_arrays
from codesim.errors import GraphError
from codesim.evaluate import function_graph
from codesim.train.augment import augment, edit
from codesim.train.corpus import MOST_NODES, SourceFunction
from codesim.train.transforms.edits import donor_statements

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORIGINAL, REWRITTEN, EDITED = 0, 1, 2
DONORS = 200


@dataclass(frozen=True, slots=True)
class ViewStore:
    """The views of all functions, one after the other; those of one function are neighbours, its original first.

    kind: (n,) uint8. tokens, masked: (n, t) uint16, with names of locals kept and masked. node_ends: (v,) int64.
    edges: (2, m) uint16, numbered within the view. relation: (m,) uint8. edge_ends: (v,) int64.
    role: (v,) uint8. function: (v,) int32, ascending. package: (f,) int16. held_out: (f,) bool.
    """

    kind: NDArray[np.uint8]
    tokens: NDArray[np.uint16]
    masked: NDArray[np.uint16]
    node_ends: NDArray[np.int64]
    edges: NDArray[np.uint16]
    relation: NDArray[np.uint8]
    edge_ends: NDArray[np.int64]
    role: NDArray[np.uint8]
    function: NDArray[np.int32]
    package: NDArray[np.int16]
    held_out: NDArray[np.bool_]

    def graph(self, view: int, masked: bool = False) -> GraphArrays:
        """Return one view as the encoder reads it."""
        nodes = slice(int(self.node_ends[view - 1]) if view else 0, int(self.node_ends[view]))
        edges = slice(int(self.edge_ends[view - 1]) if view else 0, int(self.edge_ends[view]))
        tokens = self.masked if masked else self.tokens
        return GraphArrays(
            kind=self.kind[nodes].astype(np.int64),
            tokens=tokens[nodes].astype(np.int64),
            edge_index=self.edges[:, edges].astype(np.int64),
            edge_kind=self.relation[edges].astype(np.int64),
        )

    def views_of(self, function: int) -> range:
        """Return the positions of a function's views, its original first."""
        return range(*(int(place) for place in np.searchsorted(self.function, [function, function + 1])))

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name, fit for `numpy.savez`."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> ViewStore:
        """Take the arrays back from a file that `as_arrays` filled."""
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})


@dataclass(frozen=True, slots=True)
class _View:
    role: int
    function: int
    kept: GraphArrays
    masked: NDArray[np.int64]


def build_views(functions: Iterable[SourceFunction], held_out: set[str], rewritten: int, seed: int) -> ViewStore:
    """Compute the views of each function.

    Args:
        functions: the corpus, package by package.
        held_out: names of the packages that are not trained on.
        rewritten: meaning-preserving views per function; two edited views are added to them.
        seed: each function draws from its own source, seeded by this and its place: the order does not matter.

    Returns:
        The store; packages are numbered in order of appearance.
    """
    views: list[_View] = []
    packages: dict[str, int] = {}
    owner: list[int] = []
    unseen: list[bool] = []
    donors: deque[ast.stmt] = deque(maxlen=DONORS)
    for function in functions:
        rng = Random(f"{seed}:{function.package}:{function.place}")  # noqa: S311
        found = _views_of(function, len(owner), rewritten, rng, donors)
        donors.extend(donor_statements(function.node))
        if len(found) > 1:
            views += found
            owner.append(packages.setdefault(function.package, len(packages)))
            unseen.append(function.package in held_out)
    return _flatten(views, owner, unseen)


def _views_of(
    function: SourceFunction, number: int, rewritten: int, rng: Random, donors: Sequence[ast.stmt]
) -> list[_View]:
    wanted: list[tuple[int, ast.FunctionDef | ast.AsyncFunctionDef | None]] = [(ORIGINAL, function.node)]
    wanted += [(REWRITTEN, augment(function.node, rng)) for _ in range(rewritten)]
    for base in (function.node, augment(function.node, rng)):
        wanted.append((EDITED, edit(base, rng, donors)))
    found = []
    for role, node in wanted:
        if node is None:
            continue
        try:
            graph = function_graph(node)
        except (GraphError, RecursionError):
            continue
        if len(graph.kinds) <= 2 * MOST_NODES:
            kept, masked = graph_arrays(graph), graph_arrays(graph, mask_names=True)
            found.append(_View(role, number, kept, masked.tokens))
    return found


def _flatten(views: Sequence[_View], owner: Sequence[int], unseen: Sequence[bool]) -> ViewStore:
    return ViewStore(
        kind=np.concatenate([view.kept.kind for view in views]).astype(np.uint8),
        tokens=np.concatenate([view.kept.tokens for view in views]).astype(np.uint16),
        masked=np.concatenate([view.masked for view in views]).astype(np.uint16),
        node_ends=np.cumsum([len(view.kept.kind) for view in views], dtype=np.int64),
        edges=np.concatenate([view.kept.edge_index for view in views], axis=1).astype(np.uint16),
        relation=np.concatenate([view.kept.edge_kind for view in views]).astype(np.uint8),
        edge_ends=np.cumsum([len(view.kept.edge_kind) for view in views], dtype=np.int64),
        role=np.array([view.role for view in views], dtype=np.uint8),
        function=np.array([view.function for view in views], dtype=np.int32),
        package=np.array(owner, dtype=np.int16),
        held_out=np.array(unseen, dtype=np.bool_),
    )

"""Several graphs as one: their disjoint union, in columns.

In: `Pdg`s. Out: `JoinedGraphs`, whose nodes and edges are integer arrays over all graphs together. What nodes and edges
say in words is kept once for each distinct label or form, and each node or edge holds its number: what is derived from
words (a hash, tokens, a relation) is computed once for each and spread by one array operation. Small arrays cost as
much in calls as in work, so a file's graphs go through numpy together. Source: our own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from codesim.graph.schema import EdgeKind, Pdg

IntArray = NDArray[np.int64]
EdgeForm = tuple[EdgeKind, str, bool, bool]
_Form = TypeVar("_Form", bound=Hashable)


@dataclass(frozen=True, slots=True)
class JoinedGraphs:
    """The disjoint union of g graphs with n nodes and m edges; nodes and edges stand graph by graph.

    node_ends, edge_ends: (g + 1,) int64, 0 and then the number of nodes or edges up to the end of each graph.
    kind: (n,) int64, the `NodeKind`. label: (n,) int64, an index into `labels`, which holds each label once.
    source, target: (m,) int64 in [0, n), node numbers of the union.
    form: (m,) int64, an index into `forms`, which holds each (kind, detail, loop_carried, may) once.
    names: g names, what each function is called without the classes and functions around it; "" for no name.
    """

    node_ends: IntArray
    edge_ends: IntArray
    kind: IntArray
    label: IntArray
    labels: tuple[str, ...]
    source: IntArray
    target: IntArray
    form: IntArray
    forms: tuple[EdgeForm, ...]
    names: tuple[str, ...]


def join_graphs(pdgs: Sequence[Pdg]) -> JoinedGraphs:
    """Join graphs into one disjoint union.

    Args:
        pdgs: any number of graphs.

    Returns:
        The union, its graphs in the order given.

    Source: our own.
    """
    node_ends = _ends([len(pdg.kinds) for pdg in pdgs])
    edge_ends = _ends([len(pdg.edges) for pdg in pdgs])
    nodes, edges = int(node_ends[-1]), int(edge_ends[-1])
    label, labels = _numbered(chain.from_iterable([pdg.labels for pdg in pdgs]), nodes)
    columns = list(zip(*chain.from_iterable([pdg.edges for pdg in pdgs]), strict=True)) or [()] * 6
    form, forms = _numbered(zip(*columns[2:], strict=True), edges)
    starts = np.repeat(node_ends[:-1], np.diff(edge_ends))
    return JoinedGraphs(
        node_ends=node_ends,
        edge_ends=edge_ends,
        kind=np.fromiter(chain.from_iterable([pdg.kinds for pdg in pdgs]), np.int64, nodes),
        label=label,
        labels=labels,
        source=np.fromiter(columns[0], np.int64, edges) + starts,
        target=np.fromiter(columns[1], np.int64, edges) + starts,
        form=form,
        forms=forms,
        names=tuple([_own_name(pdg.qualname) for pdg in pdgs]),
    )


def _own_name(qualname: str) -> str:
    """The last part of a qualified name, without the number of a name that is bound twice; "" for a lambda."""
    name = qualname.rpartition(".")[2].partition("#")[0]
    return "" if name.startswith("<") else name


def _ends(sizes: list[int]) -> IntArray:
    return np.cumsum([0, *sizes], dtype=np.int64)


def _numbered(forms: Iterable[_Form], count: int) -> tuple[IntArray, tuple[_Form, ...]]:
    """The number of each form, in the order of first sight, and the distinct forms by number."""
    numbers: defaultdict[_Form, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    return np.fromiter(map(numbers.__getitem__, forms), np.int64, count), tuple(numbers)

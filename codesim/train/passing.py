"""The typed sum of message passing, in two forms behind one interface.

In: the edges of a batch of graphs. Out: a function that sums relu(h_source + e_relation) over the incoming edges of
each node. `plain_form` is torch alone and runs everywhere; `dgl_form` builds a batched DGL graph and calls
`update_all`. Both give the same numbers within 1e-5; DGL is imported only when its form is asked for.

Source: the message is GINE's (Hu et al., 2020); DGL: Wang et al., Deep Graph Library, 2019.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional


class TypedSum(Protocol):
    """Sum of typed messages: (n, w) states and (r, w) relation rows to (n, w) sums."""

    def __call__(self, hidden: Tensor, relations: Tensor, /) -> Tensor:
        """Return (n, w), for each node the sum over its incoming edges of relu(hidden[source] + relations[kind])."""


class MessageForm(Protocol):
    """Prepares the edges of one batch once; the result is called in every round."""

    def __call__(self, edge_index: Tensor, edge_kind: Tensor, sizes: Tensor, /) -> TypedSum:
        """Return the typed sum over (2, m) `edge_index`, (m,) `edge_kind` of graphs of (g,) `sizes`."""


def plain_form(edge_index: Tensor, edge_kind: Tensor, _sizes: Tensor) -> TypedSum:
    """Sum by torch gathers and `scatter_add`; see `TypedSum`."""
    source, target = edge_index[0], edge_index[1]  # (m,), (m,)

    def typed_sum(hidden: Tensor, relations: Tensor) -> Tensor:
        # F.embedding, because its backward pass is the fastest gather on a CPU
        message = functional.relu(functional.embedding(source, hidden) + functional.embedding(edge_kind, relations))
        place = target.unsqueeze(1).expand_as(message)  # (m, w)
        return torch.zeros_like(hidden).scatter_add(0, place, message)  # (n, w)

    return typed_sum


def dgl_form(edge_index: Tensor, edge_kind: Tensor, sizes: Tensor) -> TypedSum:
    """Sum by DGL's `update_all` on a batched graph; see `TypedSum`.

    Raises:
        ImportError: DGL is not installed (it has no wheel for Python 3.12 and later).
    """
    os.environ.setdefault("DGLBACKEND", "pytorch")  # else DGL writes a configuration file into the home folder
    import dgl  # noqa: PLC0415
    from dgl import function  # noqa: PLC0415

    graph = dgl.graph((edge_index[0], edge_index[1]), num_nodes=int(sizes.sum()))
    graph.set_batch_num_nodes(sizes)
    ends = torch.cumsum(sizes, dim=0)
    owner = torch.bucketize(edge_index[1], ends, right=True)  # (m,), the graph of each edge
    graph.set_batch_num_edges(torch.bincount(owner, minlength=len(sizes)))

    def message(edges: Any) -> dict[str, Tensor]:
        return {"message": functional.relu(edges.src["hidden"] + edges.data["relation"])}

    def typed_sum(hidden: Tensor, relations: Tensor) -> Tensor:
        with graph.local_scope():
            graph.ndata["hidden"] = hidden
            graph.edata["relation"] = functional.embedding(edge_kind, relations)
            graph.update_all(message, function.sum("message", "total"))
            total: Tensor = graph.ndata["total"]
            return total

    return typed_sum


def available_form(name: str = "auto") -> MessageForm:
    """Return the form called `name` ("dgl", "plain"); "auto" is DGL where it is installed."""
    if name == "plain" or (name == "auto" and find_spec("dgl") is None):
        return plain_form
    return dgl_form

"""Infomax: a node fits the other nodes of its kind in its graph; with the words garbled it does not.

In: the last states of the nodes, and the states of some of the graphs once more with tokens swapped among nodes of one
kind. Out: the binary cross-entropy of a bilinear discriminator of a node and the mean of the others of its kind.

Source: Velickovic et al., Deep Graph Infomax, ICLR 2019, equation 1; by node kind: Ioannidis, Zheng, Karypis, PanRep,
2020. Leaving the node itself out of its mean, so that it is not found by being equal to it, and swapping tokens within
a kind alone are our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from codesim.embed import NODE_KINDS
from codesim.train.batches import GraphTensors
from codesim.train.model import HIDDEN, Encoder
from codesim.train.signals.view import View, chances

if TYPE_CHECKING:
    import numpy as np

GARBLED_SHARE = 1 / 8
"""Share of the graphs that take part: the encoder has to read these a second time."""


class Infomax(nn.Module):
    """The discriminator, one for all kinds."""

    def __init__(self) -> None:
        super().__init__()
        self.fit = nn.Linear(HIDDEN, HIDDEN, bias=False)

    def forward(self, encoder: Encoder, view: View, rng: np.random.Generator) -> Tensor | None:
        """Return the mean cross-entropy of true and garbled nodes; see `Signal`."""
        count = len(view.shown[5])
        chosen = rng.choice(count, max(1, round(GARBLED_SHARE * count)), replace=False)
        graphs, nodes = part_of(view.shown, torch.from_numpy(chosen).to(view.hidden.device))
        mean, company = means_of_others(view.states[nodes], view.graphs[0][nodes], graphs[4], len(graphs[5]))
        if not company.any():
            return None
        kind, _, edge_index, edge_kind, _, sizes = graphs
        garbled = encoder.node_states(kind, garbled_tokens(graphs, rng), edge_index, edge_kind, sizes)[-1]
        wanted = self.fit(mean[company]) / HIDDEN**0.5  # (c, HIDDEN)
        true = (view.states[nodes][company] * wanted).sum(dim=1)  # (c,)
        false = (garbled[company] * wanted).sum(dim=1)  # (c,)
        return (functional.softplus(-true).mean() + functional.softplus(false).mean()) / 2


def part_of(graphs: GraphTensors, chosen: Tensor) -> tuple[GraphTensors, Tensor]:
    """Take some graphs, (c,) int64, out of a batch: these in their order, and (n,) int64 the nodes they had."""
    kind, tokens, edge_index, edge_kind, owner, sizes = graphs
    taken = torch.zeros_like(sizes, dtype=torch.bool).index_fill(0, chosen, True)  # (g,)
    inside = taken[owner]  # (n,)
    number = inside.cumsum(0) - 1  # (n,), the new number of each node that is taken
    edges = inside[edge_index[0]]  # (m,)
    owner = (taken.cumsum(0) - 1)[owner[inside]]
    part = (kind[inside], tokens[inside], number[edge_index[:, edges]], edge_kind[edges], owner, sizes[taken])
    return part, inside.nonzero().squeeze(1)


def means_of_others(states: Tensor, kind: Tensor, owner: Tensor, graphs: int) -> tuple[Tensor, Tensor]:
    """Average, for each node, the other nodes of its kind in its graph.

    Args:
        states: (n, w) float32.
        kind: (n,) int64 in [0, NODE_KINDS).
        owner: (n,) int64 in [0, graphs), the graph of each node.
        graphs: how many there are.

    Returns:
        (n, w) float32, and (n,) bool whether there are others; else the row is 0.
    """
    group = owner * NODE_KINDS + kind  # (n,)
    place = group.unsqueeze(1).expand_as(states)  # (n, w)
    total = torch.zeros((graphs * NODE_KINDS, states.shape[1]), dtype=states.dtype, device=states.device)
    others = functional.embedding(group, total.scatter_add(0, place, states)) - states  # (n, w)
    count = torch.bincount(group, minlength=graphs * NODE_KINDS)[group] - 1  # (n,)
    company = count > 0
    return others * company.unsqueeze(1) / count.clamp(min=1).unsqueeze(1), company


def garbled_tokens(graphs: GraphTensors, rng: np.random.Generator) -> Tensor:
    """Swap the tokens of the nodes at random among all nodes of one kind: (n, t)."""
    kind, tokens = graphs[:2]
    mixed = torch.argsort(chances(rng, (len(kind),), kind.device))  # (n,)
    giver = mixed[torch.argsort(kind[mixed], stable=True)]  # (n,), by kind, within a kind at random
    taker = torch.argsort(kind, stable=True)  # (n,), by kind
    return tokens.index_copy(0, taker, tokens[giver])

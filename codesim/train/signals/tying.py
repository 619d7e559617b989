"""Tying: two places of one variable, or of one callee, in a function are nearer than those of others.

In: the last states of the nodes. Out: InfoNCE over pairs of nodes with the same label and the same family of kinds in
one graph. The same label in another graph is neither pulled nor pushed: it may be a second view of the same function.
Masked locals all look alike and are left out. Two nodes that show the same words are told at a glance: where nodes are
hidden, only pairs with a hidden one count.

Source: node tying of Liu et al., Universal Representation for Code (UniCoRN), PAKDD 2021; the loss: van den Oord et
al., Representation Learning with Contrastive Predictive Coding, 2018, equation 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from codesim.embed.features import MASKED_TOKENS, NODE_KINDS, TOKEN_BUCKETS
from codesim.graph import NodeKind
from codesim.train.batches import GraphTensors
from codesim.train.model import HIDDEN, Encoder
from codesim.train.signals.view import View, chances, sample

if TYPE_CHECKING:
    import numpy as np

PAIRS = 512
"""Most pairs of one batch."""
WIDTH = 64
TEMPERATURE = 0.1
_LOCALS = (NodeKind.PARAMETER, NodeKind.USE, NodeKind.DEFINITION, NodeKind.FUNCTION, NodeKind.WALRUS)
_FAMILY = [0] * NODE_KINDS
for _place, _kinds in enumerate((_LOCALS, (NodeKind.GLOBAL,), (NodeKind.ATTRIBUTE,)), start=1):
    for _kind in _kinds:
        _FAMILY[_kind] = _place


class Tying(nn.Module):
    """The projection in which entities are compared."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(HIDDEN, WIDTH)

    def forward(self, _encoder: Encoder, view: View, rng: np.random.Generator) -> Tensor | None:
        """Return the symmetric InfoNCE loss over the pairs; see `Signal`."""
        pairs = tied_pairs(view.graphs, rng)  # (q, 2)
        if len(view.hidden):
            unseen = torch.zeros_like(view.graphs[0], dtype=torch.bool).index_fill(0, view.hidden, True)  # (n,)
            pairs = pairs[unseen[pairs].any(dim=1)]
        pairs = sample(rng, pairs, PAIRS)  # (p, 2)
        if len(pairs) < 2:
            return None
        name = entity_names(view.graphs)[pairs[:, 0]]  # (p,)
        diagonal = torch.eye(len(pairs), dtype=torch.bool, device=pairs.device)
        same = (name.unsqueeze(0) == name.unsqueeze(1)) & ~diagonal  # (p, p)
        first, second = (functional.normalize(self.project(view.states[side]), dim=1) for side in pairs.T)
        scores = (first @ second.T / TEMPERATURE).masked_fill(same, -torch.inf)  # (p, p)
        own = torch.arange(len(pairs), device=pairs.device)
        return (functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own)) / 2


def entity_names(graphs: GraphTensors) -> Tensor:
    """Number each node by its label and its family of kinds: (n,) int64, 0 for what has no label or no family."""
    kind, tokens = graphs[:2]
    family = torch.tensor(_FAMILY, device=kind.device)[kind]  # (n,)
    name = family
    for column in tokens.T:
        name = name * TOKEN_BUCKETS + column  # at most 2 + 4 * 13 bits
    named = (family > 0) & (tokens != 0).any(dim=1) & (tokens != MASKED_TOKENS[0]).all(dim=1)
    return name * named


def tied_pairs(graphs: GraphTensors, rng: np.random.Generator) -> Tensor:
    """Pair nodes that stand for the same entity.

    Args:
        graphs: as `Encoder.forward` takes them.
        rng: the random source.

    Returns:
        (p, 2) int64: of the c nodes of one entity c - 1 pairs, a chain through them in random order.
    """
    name, owner = entity_names(graphs), graphs[4]
    nodes = name.nonzero().squeeze(1)
    nodes = nodes[torch.argsort(chances(rng, (len(nodes),), nodes.device))]
    nodes = nodes[torch.argsort(name[nodes], stable=True)]
    nodes = nodes[torch.argsort(owner[nodes], stable=True)]  # by graph, then by name, then at random
    first, second = nodes[:-1], nodes[1:]
    same = (name[first] == name[second]) & (owner[first] == owner[second])
    return torch.stack([first[same], second[same]], dim=1)

"""Masked nodes: guess the kind of a hidden node, and one of its sub-tokens, from what surrounds it.

In: the states of nodes that the encoder read as a spare kind without tokens. Out: the mean of two cross-entropies.
The sub-token is looked for among those of the other hidden nodes of the batch alone, in the encoder's own table of
tokens: a softmax over all 8,192 for each node would cost many times as much.

Source: attribute masking of Hu et al., Strategies for Pre-training Graph Neural Networks, ICLR 2020, section 3.1.2; the
contrast within the batch is our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from codesim.embed import NODE_KINDS
from codesim.train.batches import GraphTensors
from codesim.train.model import HIDDEN, TOKEN_WIDTH, Encoder
from codesim.train.signals.view import View, chances, sample

if TYPE_CHECKING:
    import numpy as np

HIDDEN_SHARE = 0.15
SPARE_KIND = NODE_KINDS - 1
"""The kind number of a hidden node; no `NodeKind` has it."""
GUESSES = 1024
"""Most sub-tokens guessed in one batch."""


class MaskedNodes(nn.Module):
    """The two guesses of a hidden node."""

    def __init__(self) -> None:
        super().__init__()
        self.kind = nn.Linear(HIDDEN, NODE_KINDS)
        self.token = nn.Linear(HIDDEN, TOKEN_WIDTH)

    def forward(self, encoder: Encoder, view: View, rng: np.random.Generator) -> Tensor | None:
        """Return the mean cross-entropy of kind and sub-token; see `Signal`."""
        if not len(view.hidden):
            return None
        kind, tokens = view.graphs[:2]
        guessed = functional.cross_entropy(self.kind(view.states[view.hidden]), kind[view.hidden])
        named = sample(rng, view.hidden[(tokens[view.hidden] != 0).any(dim=1)], GUESSES)  # (g,)
        wanted, place = torch.unique(one_token(tokens[named], rng), return_inverse=True)  # (c,), (g,)
        if len(wanted) < 2:  # nothing to tell apart
            return guessed
        among = functional.embedding(wanted, encoder.tokens.weight)  # (c, TOKEN_WIDTH)
        scores = self.token(view.states[named]) @ among.T / TOKEN_WIDTH**0.5  # (g, c)
        return (guessed + functional.cross_entropy(scores, place)) / 2


def one_token(tokens: Tensor, rng: np.random.Generator) -> Tensor:
    """Choose one sub-token of each node at random: (n, t), each row with one that is not 0, to (n,)."""
    chance = chances(rng, tuple(tokens.shape), tokens.device).masked_fill(tokens == 0, -1.0)  # (n, t)
    return tokens.gather(1, chance.argmax(dim=1, keepdim=True)).squeeze(1)


def hide_nodes(graphs: GraphTensors, rng: np.random.Generator) -> tuple[GraphTensors, Tensor]:
    """Take kind and tokens from a share of the nodes.

    Args:
        graphs: as `Encoder.forward` takes them; not changed.
        rng: the random source.

    Returns:
        The same graphs with HIDDEN_SHARE of the nodes, at least one, of kind SPARE_KIND and without tokens; and (h,)
        int64, these nodes, ascending.
    """
    kind, tokens, edge_index, edge_kind, owner, sizes = graphs
    count = max(1, round(HIDDEN_SHARE * len(kind)))
    hidden = torch.from_numpy(rng.choice(len(kind), count, replace=False)).to(kind.device).sort().values
    kind, tokens = kind.index_fill(0, hidden, SPARE_KIND), tokens.index_fill(0, hidden, 0)
    return (kind, tokens, edge_index, edge_kind, owner, sizes), hidden

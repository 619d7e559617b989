"""The signals of a recipe, added up by their weights.

In: weights by name, and batches of graphs. Out: one loss. The encoder reads the graphs once for all signals; where
masked nodes are guessed, it reads them with these hidden.

Source: the weighted sum is that of Ioannidis, Zheng, Karypis, PanRep, 2020, and of Liu et al., Universal Representation
for Code (UniCoRN), PAKDD 2021.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from codesim.train.batches import GraphTensors
from codesim.train.model import Encoder
from codesim.train.signals.infomax import Infomax
from codesim.train.signals.masked import MaskedNodes, hide_nodes
from codesim.train.signals.metapath import MetapathWalks
from codesim.train.signals.motif import Motifs
from codesim.train.signals.tying import Tying
from codesim.train.signals.view import Signal, View

if TYPE_CHECKING:
    import numpy as np

_HEADS: dict[str, Callable[[], nn.Module]] = {
    "masked": MaskedNodes,
    "metapath": MetapathWalks,
    "infomax": Infomax,
    "motif": Motifs,
    "tying": Tying,
}
SIGNALS = tuple(_HEADS)


class Signals(nn.Module):
    """Heads and losses of the signals that have a weight above 0; the heads are not shipped.

    weights: of these, in the order of SIGNALS. hidden: (h,) int64, the nodes that the last batch had hidden.
    """

    hidden: Tensor

    def __init__(self, weights: Mapping[str, float]) -> None:
        """Make the heads.

        Args:
            weights: by name, of any of SIGNALS; 0 leaves a signal out, as does its absence.

        Raises:
            ValueError: there is no such signal, or a weight is below 0 or no finite number.
        """
        super().__init__()
        if unknown := sorted(set(weights) - set(SIGNALS)):
            raise ValueError(f"no such signal: {', '.join(unknown)} (there are: {', '.join(SIGNALS)})")
        if wrong := [name for name, weight in weights.items() if not 0 <= weight < math.inf]:
            raise ValueError(f"the weight of a signal is a finite number of 0 or more: {', '.join(wrong)}")
        self.weights = {name: float(weights[name]) for name in SIGNALS if weights.get(name)}
        self.heads = nn.ModuleDict({name: _HEADS[name]() for name in self.weights})
        self.register_buffer("hidden", torch.empty(0, dtype=torch.int64), persistent=False)

    def hide(self, graphs: GraphTensors, rng: np.random.Generator) -> GraphTensors:
        """Return the graphs as the encoder may see them, and remember in `hidden` what it may not.

        Args:
            graphs: as `Encoder.forward` takes them; not changed.
            rng: the random source.

        Returns:
            The graphs with some nodes hidden (see `hide_nodes`); as they are where "masked" has no weight.
        """
        if "masked" in self.weights:
            shown, self.hidden = hide_nodes(graphs, rng)
            return shown
        self.hidden = torch.empty(0, dtype=torch.int64, device=graphs[0].device)
        return graphs

    def losses(self, encoder: Encoder, graphs: GraphTensors, rng: np.random.Generator) -> dict[str, Tensor]:
        """Compute the loss of each signal, before weights.

        Args:
            encoder: learns from them.
            graphs: as `Encoder.forward` takes them.
            rng: the random source; in the same state it gives the same losses.

        Returns:
            By name a scalar, 0 where the batch has nothing that the signal could learn from.
        """
        if not self.weights:
            return {}
        shown = self.hide(graphs, rng)
        kind, tokens, edge_index, edge_kind, _, sizes = shown
        states = encoder.node_states(kind, tokens, edge_index, edge_kind, sizes)[-1]  # (n, HIDDEN)
        view = View(graphs, shown, self.hidden, states)
        found: dict[str, Tensor] = {}
        for name, head in self.heads.items():
            signal: Signal = head
            loss = signal(encoder, view, rng)
            # every weight gets a gradient, if only 0: processes that average theirs must have the same ones
            nothing = 0.0 * (states[:1].sum() + torch.stack([weight.sum() for weight in head.parameters()]).sum())
            found[name] = nothing if loss is None else loss + nothing
        return found

    def weigh(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Add up what `losses` returned, by the weights: a scalar, 0 for nothing."""
        total = torch.zeros((), device=self.hidden.device)
        for name, loss in losses.items():
            total = total + self.weights[name] * loss
        return total

    def forward(self, encoder: Encoder, graphs: GraphTensors, rng: np.random.Generator) -> Tensor:
        """Return the weighted sum of the losses, a scalar; see `losses`."""
        return self.weigh(self.losses(encoder, graphs, rng))

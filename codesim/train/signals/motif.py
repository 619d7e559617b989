"""Motifs: tell from a node's state how many walks of each small pattern begin at it.

In: the last states of the nodes. Out: the smooth L1 loss of the logarithm of the counts: edges of each kind in and out,
and the longer walks of `steps`, as from a value to what is made of it.

Source: motif decoder of Ioannidis, Zheng, Karypis, PanRep, 2020, and of Liu et al., Universal Representation for Code
(UniCoRN), PAKDD 2021; walks along edge kinds in the place of graphlets are our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from codesim.train.model import HIDDEN, Encoder
from codesim.train.signals.steps import PATTERNS, STEPS, Steps
from codesim.train.signals.view import View, sample

if TYPE_CHECKING:
    import numpy as np

COUNTED = 4096
"""Most nodes counted in one batch."""
WIDTH = 64
MOTIFS = tuple((step,) for step in STEPS) + PATTERNS


class Motifs(nn.Module):
    """The regression, a perceptron of two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(HIDDEN, WIDTH)
        self.outer = nn.Linear(WIDTH, len(MOTIFS))

    def forward(self, _encoder: Encoder, view: View, rng: np.random.Generator) -> Tensor | None:
        """Return the mean smooth L1 loss over nodes and motifs; see `Signal`."""
        if not len(view.steps.source):
            return None
        nodes = sample(rng, torch.arange(len(view.states), device=view.states.device), COUNTED)  # (c,)
        found = self.outer(functional.relu(self.inner(view.states[nodes])))  # (c, len(MOTIFS))
        return functional.smooth_l1_loss(found, motif_counts(view.steps)[nodes].log1p())


def motif_counts(steps: Steps) -> Tensor:
    """Count the walks of each of MOTIFS that begin at each node: (n, len(MOTIFS)) float32."""
    return torch.stack([steps.walks(motif) for motif in MOTIFS], dim=1)

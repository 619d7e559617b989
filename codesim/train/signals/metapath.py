"""Metapath walks: the ends of a walk along a pattern of edge kinds belong together, others do not.

In: the last states of the nodes. Out: the logistic loss of h_u diag(r) h_v over walks from u to v, with r learned for
each pattern, against nodes drawn from the graph of u and from the whole batch.

Source: skip-gram with negative samples on walks along patterns: Dong, Chawla, Swami, metapath2vec, KDD 2017; as a
signal for an encoder: Ioannidis, Zheng, Karypis, PanRep, 2020, and Liu et al., Universal Representation for Code
(UniCoRN), PAKDD 2021.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from codesim.train.batches import GraphTensors
from codesim.train.model import HIDDEN, Encoder
from codesim.train.signals.steps import PATTERNS, STEPS, Steps
from codesim.train.signals.view import View, chances

if TYPE_CHECKING:
    import numpy as np

WALKS = 256
"""Walks begun of each pattern in one batch."""
NEGATIVES = 4
"""Negatives of each walk: half from the graph of its start, half from the whole batch."""


class MetapathWalks(nn.Module):
    """The scales r of the patterns; a walk scores about a cosine at first."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.full((len(PATTERNS), HIDDEN), 1 / HIDDEN))

    def forward(self, _encoder: Encoder, view: View, rng: np.random.Generator) -> Tensor | None:
        """Return the mean logistic loss of walks and negatives, half of each; see `Signal`."""
        walks = [random_walks(view.steps, pattern, rng) for pattern in PATTERNS]
        start, end = torch.cat([walk[0] for walk in walks]), torch.cat([walk[1] for walk in walks])  # (w,), (w,)
        if not len(start):
            return None
        counts = torch.tensor([len(walk[0]) for walk in walks], device=start.device)
        pattern = torch.arange(len(PATTERNS), device=start.device).repeat_interleave(counts)  # (w,)
        other = draw_negatives(view.graphs, start, rng)  # (w, NEGATIVES)
        from_start = functional.embedding(start, view.states) * self.scale[pattern]  # (w, HIDDEN)
        to = functional.embedding(torch.cat([end.unsqueeze(1), other], dim=1), view.states)  # (w, 1 + k, HIDDEN)
        score = (to @ from_start.unsqueeze(2)).squeeze(2)  # (w, 1 + k)
        wrong = other != end.unsqueeze(1)  # (w, k), else the negative is the end itself
        apart = (functional.softplus(score[:, 1:]) * wrong).sum() / wrong.sum().clamp(min=1)
        return (functional.softplus(-score[:, 0]).mean() + apart) / 2


def random_walks(steps: Steps, pattern: tuple[str, ...], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Walk at random along a pattern.

    Args:
        steps: the edges of a batch.
        pattern: steps, one or more.
        rng: the random source.

    Returns:
        (w,) int64 the starts and (w,) int64 the ends of walks, at most WALKS: those that came to an end other than
        their start. The same walk may come twice.
    """
    starts = steps.count[STEPS.index(pattern[0])].nonzero().squeeze(1)
    if not len(starts):
        return starts, starts
    start = starts[(chances(rng, (WALKS,), starts.device) * len(starts)).long()]  # (WALKS,)
    end, whole = start, torch.ones_like(start, dtype=torch.bool)
    for step in pattern:
        end, went = steps.go(step, end, chances(rng, (WALKS,), starts.device))
        whole &= went
    whole &= end != start
    return start[whole], end[whole]


def draw_negatives(graphs: GraphTensors, start: Tensor, rng: np.random.Generator) -> Tensor:
    """Draw nodes that a walk from `start`, (w,), need not lead to: (w, NEGATIVES), its own graph's and any."""
    owner, sizes = graphs[4], graphs[5]
    chance = chances(rng, (len(start), NEGATIVES), start.device)  # (w, k)
    graph = owner[start].unsqueeze(1)  # (w, 1)
    first = (sizes.cumsum(0) - sizes)[graph]  # (w, 1), the first node of the graph
    near = first + (chance[:, : NEGATIVES // 2] * sizes[graph]).long()
    far = (chance[:, NEGATIVES // 2 :] * len(owner)).long()
    return torch.cat([near, far], dim=1)

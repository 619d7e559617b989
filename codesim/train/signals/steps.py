"""Steps and walks over a batch of graphs: which nodes a pattern of edge kinds leads to, and along how many ways.

In: the edges of a batch. Out: `Steps`, the edges sorted by step and source, on which a random walk goes one step for
all walkers at once, and all walks of a pattern are counted without going any. A step is an edge kind, forward or back.

Source: walks along given patterns after Dong, Chawla, Swami, metapath2vec: Scalable Representation Learning for
Heterogeneous Networks, KDD 2017, section 3.2; the patterns are our own.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from codesim.embed.features import RELATION_OF

STEPS = ("control", "data", "operand", "order", "control back", "data back", "operand back", "order back")
STEP_OF_RELATION = tuple(STEPS.index(kind.name.lower() + back) for back in ("", " back") for kind, _ in RELATION_OF)
"""By relation: `RELATION_OF` numbers them in its order, the reversed ones after the others."""
PATTERNS: tuple[tuple[str, ...], ...] = (
    ("data", "operand"),  # from a value to what is made of it
    ("data back", "operand back", "operand back"),  # from a use to what its value was made of
    ("data back", "data"),  # between uses of one value
    ("operand", "operand"),  # up an expression
    ("control", "operand back"),  # from a test to what is read below it
    ("control back", "control"),  # between statements of one suite
)
"""What a reader of a function follows; 38 to 99 of 100 random walks in the standard library get to another node."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The m edges of a batch of n nodes, sorted by step and then by source.

    source, target: (m,) int64. count, first: (len(STEPS), n) int64, how many edges of each step leave each node, and
    the place of the first of them. ends: (len(STEPS) + 1,) 0 and then the places where the edges of each step end.
    """

    source: Tensor
    target: Tensor
    count: Tensor
    first: Tensor
    ends: tuple[int, ...]

    def go(self, step: str, nodes: Tensor, chance: Tensor) -> tuple[Tensor, Tensor]:
        """Go one random step from each node.

        Args:
            step: one of STEPS.
            nodes: (w,) int64.
            chance: (w,) float64 in [0, 1), which of the edges each takes.

        Returns:
            (w,) int64 the nodes reached, and (w,) bool whether there was an edge to take; else the node is any.
        """
        place = STEPS.index(step)
        count = self.count[place, nodes]  # (w,)
        edge = self.first[place, nodes] + (chance * count).long()  # (w,)
        return self.target[edge.clamp(max=len(self.target) - 1)], count > 0

    def walks(self, pattern: tuple[str, ...]) -> Tensor:
        """Count the walks of a pattern that begin at each node: (n,) float32."""
        total = torch.ones(self.count.shape[1], device=self.count.device)  # (n,)
        for step in reversed(pattern):
            place = STEPS.index(step)
            edges = slice(self.ends[place], self.ends[place + 1])
            total = torch.zeros_like(total).scatter_add(0, self.source[edges], total[self.target[edges]])
        return total


def sorted_steps(edge_index: Tensor, edge_kind: Tensor, nodes: int) -> Steps:
    """Sort the edges of a batch.

    Args:
        edge_index: (2, m) int64, row 0 the sources, row 1 the targets.
        edge_kind: (m,) int64 in [0, RELATIONS).
        nodes: n, how many there are.

    Returns:
        The edges by step and source, those of one source in their given order.
    """
    step = torch.tensor(STEP_OF_RELATION, device=edge_kind.device)[edge_kind]  # (m,)
    key = step * nodes + edge_index[0]  # (m,)
    order = torch.argsort(key, stable=True)  # (m,)
    count = torch.bincount(key, minlength=len(STEPS) * nodes)  # (len(STEPS) * n,)
    first = (count.cumsum(0) - count).view(len(STEPS), nodes)
    count = count.view(len(STEPS), nodes)
    ends = (0, *count.sum(dim=1).cumsum(0).tolist())
    return Steps(edge_index[0][order], edge_index[1][order], count, first, ends)

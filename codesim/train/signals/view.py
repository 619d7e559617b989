"""What a signal sees of a batch of graphs, and the form that every signal has.

In: graphs as they are, as the encoder read them, and the states of the nodes that it made of them. Out: a loss, or
nothing where the graphs hold nothing to learn from. All randomness is drawn by numpy on the CPU, so that a seed means
the same on every device.

Source: our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

from codesim.train.batches import GraphTensors
from codesim.train.model import Encoder
from codesim.train.signals.steps import Steps, sorted_steps

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class View:
    """One batch of n nodes.

    graphs: as they are. shown: the same as the encoder read them. hidden: (h,) int64, the nodes whose kind and tokens
    it could not see. states: (n, HIDDEN) float32, its last states of the nodes.
    """

    graphs: GraphTensors
    shown: GraphTensors
    hidden: Tensor
    states: Tensor

    @cached_property
    def steps(self) -> Steps:
        """The edges of these graphs, sorted for walking."""
        kind, _, edge_index, edge_kind, _, _ = self.graphs
        return sorted_steps(edge_index, edge_kind, len(kind))


class Signal(Protocol):
    """A head of its own weights with a loss."""

    def __call__(self, encoder: Encoder, view: View, rng: np.random.Generator, /) -> Tensor | None:
        """Return the loss, a scalar, or None where the batch has nothing of what the signal is about."""


def chances(rng: np.random.Generator, shape: tuple[int, ...], device: torch.device) -> Tensor:
    """Draw float64 numbers, evenly from [0, 1)."""
    return torch.from_numpy(rng.random(shape)).to(device)


def sample(rng: np.random.Generator, rows: Tensor, most: int) -> Tensor:
    """Choose at most `most` rows, each at most once; all of them, in order, where there are no more."""
    if len(rows) <= most:
        return rows
    return rows[torch.from_numpy(rng.choice(len(rows), most, replace=False)).to(rows.device)]

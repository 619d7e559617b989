"""Functions of the last steps as further negatives, so that a small batch has thousands of them.

In: the rows of each batch with the contents of their functions. Out: `Negatives` for the next batch, near-copies of its
functions and solutions of their tasks left out. The encoder moves little in a few steps, so its older rows still
serve; a round of training begins with an empty memory, so that an interrupted run goes on as if nothing had happened.

Source: Wang et al., Cross-Batch Memory for Embedding Learning, 2020 (XBM), without momentum.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from codesim.train.examples import NO_TASK
from codesim.train.loss import Negatives

NEAR_CONTENT = 0.9
"""Cosine of contents from which two functions are no negatives: about what `near_copies` says, by one product."""


class Memory:
    """The latest rows, at most `size` of them.

    Args:
        size: 0 for none at all.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._rows: Tensor | None = None
        self._contents = self._tasks = torch.empty(0)

    def negatives(self, counts: Tensor, tasks: Tensor) -> Negatives | None:
        """Return what is remembered.

        Args:
            counts: (b, w) float32, the contents of the functions that ask, as `content_counts` gives them.
            tasks: (b,) int64, their tasks, `NO_TASK` for none.
        """
        if self._rows is None:
            return None
        alike = functional.normalize(counts, dim=1) @ self._contents.T > NEAR_CONTENT  # (b, q)
        company = (tasks.unsqueeze(1) == self._tasks.unsqueeze(0)) & (tasks != NO_TASK).unsqueeze(1)  # (b, q)
        return Negatives(self._rows, alike | company)

    def add(self, rows: Tensor, counts: Tensor, tasks: Tensor) -> None:
        """Remember the rows (b, d) of functions with these contents and tasks; the oldest are forgotten."""
        if not self._size or not len(rows):
            return
        fresh = (rows.detach(), functional.normalize(counts, dim=1), tasks)
        if self._rows is not None:
            known = (self._rows, self._contents, self._tasks)
            fresh = tuple(torch.cat(parts)[-self._size :] for parts in zip(known, fresh, strict=True))  # type: ignore[assignment]
        self._rows, self._contents, self._tasks = fresh

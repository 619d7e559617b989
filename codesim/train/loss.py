"""The contrastive loss: two views of one function together, all other functions of the batch apart.

In: unit vectors of two views of each function. Out: one number. Near-copies of a function under another name are
clones that a scan should find, so pairs of functions whose contents are nearly equal are not counted as negatives.

Source: NT-Xent of Chen et al., A Simple Framework for Contrastive Learning, 2020 (SimCLR), equation 1; also known as
InfoNCE (van den Oord et al., 2018).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

TEMPERATURE = 0.07
NEAR_COPY = 0.8
"""Share of common content from which two functions are no negatives of each other."""


def contrastive_loss(
    first: Tensor, second: Tensor, weight: Tensor, near: Tensor, temperature: float = TEMPERATURE
) -> Tensor:
    """Symmetric InfoNCE over the batch.

    Args:
        first: (b, d) float32, unit rows: a view of each function.
        second: (b, d) float32, unit rows: another view of each.
        weight: (b,) float32, how much each pair counts, above 0.
        near: (b, b) bool, pairs of functions that are not to be pushed apart; the diagonal is not read.
        temperature: above 0.

    Returns:
        A scalar: the weighted mean over both directions.
    """
    count = first.shape[0]
    rows = torch.cat([first, second])  # (2b, d)
    logits = rows @ rows.T / temperature  # (2b, 2b)
    twin = torch.arange(2 * count, device=rows.device).roll(count)  # (2b,)
    diagonal = torch.eye(2 * count, dtype=torch.bool, device=rows.device)  # (2b, 2b)
    skipped = near.repeat(2, 2)  # (2b, 2b)
    skipped = skipped.scatter(1, twin.unsqueeze(1), False) | diagonal  # the twin always counts, oneself never
    losses = functional.cross_entropy(logits.masked_fill(skipped, -torch.inf), twin, reduction="none")  # (2b,)
    weights = weight.repeat(2)  # (2b,)
    return (losses * weights).sum() / weights.sum()


def near_copies(counts: Tensor) -> Tensor:
    """Tell which functions share nearly all of their content.

    Args:
        counts: (b, w) float32, how often each function holds each of w hashed features.

    Returns:
        (b, b) bool: weighted Jaccard similarity above NEAR_COPY.
    """
    total = counts.sum(dim=1)  # (b,)
    # the sum of minima, by way of the L1 distance: min(x, y) = (x + y - |x - y|) / 2
    both = (total.unsqueeze(0) + total.unsqueeze(1) - torch.cdist(counts, counts, p=1.0)) / 2  # (b, b)
    either = total.unsqueeze(0) + total.unsqueeze(1) - both  # (b, b)
    return both > NEAR_COPY * either  # (b, b)

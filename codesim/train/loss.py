"""The contrastive losses: what does the same together, all other functions of the batch apart.

In: unit vectors of functions, with their twins and mutants, their texts or their tasks. Out: one number. Near-copies
of a function under another name are clones that a scan should find, so functions whose contents are nearly equal are
no negatives.

Source: NT-Xent of Chen et al., A Simple Framework for Contrastive Learning, 2020 (SimCLR), equation 1; also known as
InfoNCE (van den Oord et al., 2018). Supervised: Khosla et al., Supervised Contrastive Learning, 2020, equation 2.
Texts: CLIP (Radford et al., 2021), with targets softened by how alike the texts are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

TEMPERATURE = 0.07
TASK_TEMPERATURE = 0.1
TEXT_TEMPERATURE = 0.07
RANKING_TEMPERATURE = 0.1
NEAR_COPY = 0.8
"""Share of common content from which two functions are no negatives of each other."""


@dataclass(frozen=True, slots=True)
class Negatives:
    """Rows that a batch's functions are kept away from.

    rows: (q, d) float32, unit rows. near: (b, q) bool, which of them are no negatives of which function.
    """

    rows: Tensor
    near: Tensor

    @classmethod
    def together(cls, several: Sequence[Negatives]) -> Negatives | None:
        """Put negatives of the same functions side by side; None for none."""
        if not several:
            return None
        return cls(torch.cat([one.rows for one in several]), torch.cat([one.near for one in several], dim=1))


def contrastive_loss(
    first: Tensor, second: Tensor, weight: Tensor, near: Tensor, others: Negatives | None = None
) -> Tensor:
    """Symmetric InfoNCE over the batch.

    Args:
        first: (b, d) float32, unit rows: a view of each function.
        second: (b, d) float32, unit rows: another view of each.
        weight: (b,) float32, how much each pair counts, at least 0.
        near: (b, b) bool, pairs of functions that are not to be pushed apart; the diagonal is not read.
        others: further rows to keep away from: mutants, functions of earlier batches.

    Returns:
        A scalar: the weighted mean over both directions.
    """
    count = first.shape[0]
    rows = torch.cat([first, second])  # (2b, d)
    logits = rows @ rows.T / TEMPERATURE  # (2b, 2b)
    twin = torch.arange(2 * count, device=rows.device).roll(count)  # (2b,)
    diagonal = torch.eye(2 * count, dtype=torch.bool, device=rows.device)  # (2b, 2b)
    skipped = near.repeat(2, 2)  # (2b, 2b)
    skipped = skipped.scatter(1, twin.unsqueeze(1), False) | diagonal  # the twin always counts, oneself never
    if others is not None and len(others.rows):
        logits = torch.cat([logits, rows @ others.rows.T / TEMPERATURE], dim=1)  # (2b, 2b + q)
        skipped = torch.cat([skipped, others.near.repeat(2, 1)], dim=1)
    losses = functional.cross_entropy(logits.masked_fill(skipped, -torch.inf), twin, reduction="none")  # (2b,)
    weights = weight.repeat(2)  # (2b,)
    return (losses * weights).sum() / weights.sum().clamp(min=1.0)


def ranking_loss(alike: Tensor, unlike: Tensor) -> Tensor:
    """Every pair that behaves alike above every pair that does not: a smooth form of one minus the ROC-AUC.

    Args:
        alike: (p,) float32, cosines of functions and their twins.
        unlike: (q,) float32, cosines of functions and their mutants.

    Returns:
        A scalar: the mean over all p q comparisons; 0 without any.

    Source: Yan et al., Optimizing Classifier Performance via an Approximation to the Wilcoxon-Mann-Whitney Statistic,
    2003, with a logistic for their power.
    """
    if not len(alike) or not len(unlike):
        return (alike.sum() + unlike.sum()) * 0.0
    return functional.softplus((unlike.unsqueeze(1) - alike.unsqueeze(0)) / RANKING_TEMPERATURE).mean()


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


def text_loss(code: Tensor, text: Tensor, temperature: float = TEXT_TEMPERATURE) -> Tensor:
    """Pull each function to what its text says, and to like texts by how alike they are.

    Args:
        code: (b, d) float32, unit rows.
        text: (b, d) float32, unit rows, the text of each function in the same space.
        temperature: above 0.

    Returns:
        A scalar: the mean cross-entropy over both directions.
    """
    alike = functional.softmax(text @ text.T / temperature, dim=1)  # (b, b)
    logits = code @ text.T / temperature  # (b, b)
    return (functional.cross_entropy(logits, alike) + functional.cross_entropy(logits.T, alike)) / 2


def task_loss(rows: Tensor, tasks: Tensor, temperature: float = TASK_TEMPERATURE) -> Tensor:
    """Supervised contrast: solutions of one task together, those of others apart.

    Args:
        rows: (b, d) float32, unit rows.
        tasks: (b,) int64, the task of each; one without company counts only as a negative.
        temperature: above 0.

    Returns:
        A scalar: the mean over all pairs of one task.
    """
    same = (tasks.unsqueeze(0) == tasks.unsqueeze(1)).to(rows.dtype)  # (b, b)
    same = same - torch.diag(torch.diag(same))
    logits = rows @ rows.T / temperature  # (b, b)
    logits = logits.masked_fill(torch.eye(len(rows), dtype=torch.bool, device=rows.device), -torch.inf)
    share = functional.log_softmax(logits, dim=1).masked_fill(same == 0, 0.0)  # (b, b)
    return -(share * same).sum() / same.sum().clamp(min=1.0)

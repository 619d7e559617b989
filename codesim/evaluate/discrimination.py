"""Telling pairs apart: do pairs that behave alike score higher than pairs that do not?

In: a similarity and a label for each pair. Out: area under the ROC curve, average precision, and the largest recall at
which at least 95 of 100 pairs are right. Every figure takes weights, by which the bootstrap draws; pairs of
equal similarity are taken together, so their order in the file does not matter.

Source: Fawcett, An introduction to ROC analysis, 2006.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from codesim.evaluate.sparse import FloatArray, IntArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEASURES = ("roc_auc", "average_precision", "recall_at_95_precision")
PRECISION = 0.95
TIE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Ranking:
    """Pairs by similarity: `place` numbers the distinct ones from the highest, `positive` says which are alike."""

    place: IntArray
    positive: NDArray[np.bool_]

    def figures(self, weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Return the figures of MEASURES; NaN where one of the labels is missing.

        Args:
            weights: (n,) how often each pair counts; None for once.
        """
        weight = np.ones(len(self.place)) if weights is None else weights
        size = int(self.place.max(initial=-1)) + 1
        right = np.bincount(self.place, weight * self.positive, minlength=size)
        wrong = np.bincount(self.place, weight * ~self.positive, minlength=size)
        positives, negatives = right.sum(), wrong.sum()
        if positives == 0 or negatives == 0:
            return np.full(len(MEASURES), np.nan)
        found, false = np.cumsum(right), np.cumsum(wrong)
        area = float((right * (negatives - false + wrong / 2)).sum() / (positives * negatives))
        precision = found / np.maximum(found + false, 1e-300)
        average = float((right * precision).sum() / positives)
        enough = precision >= PRECISION
        recall = float(found[enough].max() / positives) if enough.any() else 0.0
        return np.array([area, average, recall])


def rank_pairs(scores: FloatArray, labels: NDArray[np.bool_]) -> Ranking:
    """Put pairs in order; similarities that agree to `TIE_DIGITS` digits are equal."""
    _, place = np.unique(-np.round(scores.astype(np.float64), TIE_DIGITS), return_inverse=True)
    return Ranking(place.reshape(-1).astype(np.int64), labels)


def pairs_of_kind(kind: str, kinds: Sequence[str], labels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which pairs measure a kind: its own, and where it has one label only, all pairs with the other label.

    Args:
        kind: a kind, or the part before the slash of several.
        kinds: of all pairs.
        labels: of all pairs.
    """
    own = np.array([one == kind or one.startswith(f"{kind}/") for one in kinds], dtype=bool)
    if labels[own].all():
        return own | ~labels
    return own if labels[own].any() else own | labels

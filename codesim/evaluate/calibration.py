"""Fit the verifier's score on labelled pairs, and measure how well its probabilities hold.

In: an `EvidenceTable`. Out: a `ScoreModel`, and a `Calibration`: area under the ROC curve, expected calibration error
in 15 bins of equal width and of equal mass, and the bins themselves. A feature whose weight comes out with the wrong
sign (a difference that would raise the score) is taken out and the rest fitted again: the model is to be read.

Source: logistic regression by Newton's method (iteratively reweighted least squares) with an L2 penalty; beta
calibration, Kull, Silva Filho, Flach, 2017; expected calibration error after Guo et al., 2017.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from codesim.errors import SourceError
from codesim.evaluate.discrimination import pairs_of_kind, rank_pairs
from codesim.evaluate.pair_evidence import EvidenceTable
from codesim.verify import SPEAKS_FOR, Correction, Evidence, ScoreModel

Array = NDArray[np.float64]
NAMES = tuple(item.name for item in fields(Evidence))
BINS = 15
PENALTY = 1.0
"""Of the squares of the weights of standardised features, against the sum of the losses of all pairs."""
FOLDS = 5
_LEAST_PENALTY = 1e-6
_MOST_STEPS = 100
_SETTLED = 1e-10
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of like score: how many, their mean score, and the share of them that is alike."""

    count: int
    score: float
    alike: float


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Pairs of one kind: how many, their label, mean score, share at 0.5 or more, and area under the ROC curve.

    roc_auc: against all pairs of the other label; NaN if there are none.
    """

    kind: str
    count: int
    alike: bool
    mean: float
    above_even: float
    roc_auc: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well scores rank pairs and hold as probabilities; error_width, error_mass: expected calibration errors."""

    pairs: int
    roc_auc: float
    error_width: float
    error_mass: float
    bins: tuple[Bin, ...]
    kinds: tuple[KindFigures, ...]

    def as_record(self) -> dict[str, float | int]:
        """The figures that stand beside the weights."""
        return {
            "pairs": self.pairs,
            "roc_auc": round(self.roc_auc, 4),
            "calibration_error_15_bins_of_equal_width": round(self.error_width, 4),
            "calibration_error_15_bins_of_equal_mass": round(self.error_mass, 4),
        }


def fit_model(table: EvidenceTable, penalty: float = PENALTY, folds: int = FOLDS) -> ScoreModel:
    """Fit the weights of the score, and then its correction, on scores of packages that the weights were not fitted on.

    Args:
        table: pairs of both labels. If all are of one package, nothing is corrected.
        penalty: see `PENALTY`; more than 0.
        folds: in how many parts packages are dealt out for the correction, at least 2.

    Returns:
        The model, its numbers rounded to three digits; equal tables give equal models.

    Raises:
        SourceError: all pairs, or all but those of a fold, have one label.
    """
    weights, bias = _fit_weights(table, penalty)
    if len(set(table.packages)) < 2:
        return ScoreModel(weights, bias)
    raw = np.zeros(len(table.labels))
    for own in _folds(table, folds):
        raw[own] = _logits(*_fit_weights(table.rows(~own), penalty), table.rows(own))
    return ScoreModel(weights, bias, _fit_correction(raw, table.labels))


def _fit_weights(table: EvidenceTable, penalty: float) -> tuple[Evidence, float]:
    if table.labels.all() or not table.labels.any():
        raise SourceError("pairs", None, "a score can only be fitted on pairs of both labels")
    used = list(range(len(NAMES)))
    while True:
        weights, bias = _fitted(table.features[:, used], table.labels.astype(np.float64), penalty)
        right = [
            column
            for column, weight in zip(used, weights, strict=True)
            if (weight >= 0.0 if NAMES[column] in SPEAKS_FOR else weight <= 0.0)
        ]
        if right == used:
            break
        used = right
    found = dict.fromkeys(NAMES, 0.0)
    found |= {NAMES[column]: round(float(weight), _DIGITS) for column, weight in zip(used, weights, strict=True)}
    return Evidence(**found), round(bias, _DIGITS)


def _fit_correction(raw: Array, labels: NDArray[np.bool_]) -> Correction:
    """Beta calibration: a logistic regression on ln(p) and -ln(1 - p); none where it would turn the order round."""
    columns = np.column_stack([-np.logaddexp(0.0, -raw), np.logaddexp(0.0, raw)])
    (low, high), shift = _fitted(columns, labels.astype(np.float64), _LEAST_PENALTY)
    if low <= 0.0 or high <= 0.0:
        return Correction()
    return Correction(round(float(low), _DIGITS), round(float(high), _DIGITS), round(shift, _DIGITS))


def _folds(table: EvidenceTable, folds: int) -> Iterator[NDArray[np.bool_]]:
    """The pairs of each fold; packages are dealt out in alphabetical order."""
    fold_of = {name: number % folds for number, name in enumerate(sorted(set(table.packages)))}
    fold = np.array([fold_of[name] for name in table.packages])
    for number in sorted(set(fold.tolist())):
        yield fold == number


def _fitted(features: Array, labels: Array, penalty: float) -> tuple[Array, float]:
    """Weights and bias of a logistic regression, by Newton's method on standardised features."""
    mean, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)
    table = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    weights = np.zeros(table.shape[1])
    ridge = np.diag([penalty] * (table.shape[1] - 1) + [1e-9])
    for _ in range(_MOST_STEPS):
        chance = _logistic(table @ weights)
        gradient = table.T @ (chance - labels) + ridge @ weights
        curvature = (table * (chance * (1.0 - chance))[:, None]).T @ table + ridge
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step
        if np.abs(step).max() < _SETTLED:
            break
    plain = weights[:-1] / spread
    return plain, float(weights[-1] - plain @ mean)


def _logits(weights: Evidence, bias: float, table: EvidenceTable) -> Array:
    found: Array = table.features @ np.array([getattr(weights, name) for name in NAMES]) + bias
    return found


def scores_of(model: ScoreModel, table: EvidenceTable) -> Array:
    """The score of every pair of a table, (n,)."""
    raw, (low, high, shift) = _logits(model.weights, model.bias, table), model.correction
    return _logistic(shift - low * np.logaddexp(0.0, -raw) + high * np.logaddexp(0.0, raw))


def measure_scores(scores: Array, table: EvidenceTable) -> Calibration:
    """Measure how well scores rank pairs and hold as probabilities.

    Args:
        scores: (n,) in [0, 1], of the pairs of the table.
        table: at least one pair.
    """
    labels = table.labels
    bins = tuple(_bins(scores, labels, _equal_width(scores)))
    mass = _bins(scores, labels, np.array_split(np.argsort(scores, kind="stable"), BINS))
    roc_auc = float(rank_pairs(scores.astype(np.float32), labels).figures()[0])
    kinds = tuple(_kinds(scores, table))
    return Calibration(len(scores), roc_auc, _error(bins, len(scores)), _error(tuple(mass), len(scores)), bins, kinds)


def cross_validated(table: EvidenceTable, folds: int = FOLDS) -> Array:
    """The score of every pair by a model that saw no pair of its package, (n,).

    Args:
        table: pairs of at least two packages.
        folds: how many models to fit, at least 2; packages are dealt out in alphabetical order.

    Raises:
        SourceError: there are fewer than two packages, or a fold leaves one label only.
    """
    if len(set(table.packages)) < 2:
        raise SourceError("pairs", None, "of at least two packages are needed to measure on packages not fitted on")
    scores = np.zeros(len(table.labels))
    for own in _folds(table, folds):
        scores[own] = scores_of(fit_model(table.rows(~own), folds=folds), table.rows(own))
    return scores


def _logistic(logits: Array) -> Array:
    chance: Array = 1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0)))
    return chance


def _equal_width(scores: Array) -> list[NDArray[np.int64]]:
    place = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    return [np.flatnonzero(place == number) for number in range(BINS)]


def _bins(scores: Array, labels: NDArray[np.bool_], groups: Sequence[NDArray[np.int64]]) -> Iterator[Bin]:
    for group in groups:
        if len(group):
            yield Bin(len(group), float(scores[group].mean()), float(labels[group].mean()))


def _error(bins: Sequence[Bin], total: int) -> float:
    return sum(part.count * abs(part.score - part.alike) for part in bins) / total


def _kinds(scores: Array, table: EvidenceTable) -> Iterator[KindFigures]:
    """Figures by kind; of several forms of one kind ("callee/plain"), those of the kind as a whole."""
    roots = [kind.partition("/")[0] for kind in table.kinds]
    for label in (False, True):
        for kind in sorted({root for root, alike in zip(roots, table.labels, strict=True) if alike == label}):
            own = np.array([root == kind for root in roots]) & (table.labels == label)
            rivals = pairs_of_kind(kind, roots, table.labels)
            area = float(rank_pairs(scores[rivals].astype(np.float32), table.labels[rivals]).figures()[0])
            picked = scores[own]
            yield KindFigures(kind, len(picked), label, float(picked.mean()), float((picked >= 0.5).mean()), area)

"""The score of an aligned pair: a small logistic model over named features, open to inspection.

In: an alignment and the cosine similarity of the two embeddings. Out: `Evidence` (the features) and a score in [0,
1]. Only behaviour and gaps lower the score steeply; a consistent renaming costs nothing, a literal little. The
weights stand in one table. Source: our own; logistic models over alignment features are common in clone verification
(Oreo, FSE 2018, uses a network in that place).

The weights were set on the cases under `fixtures/` and by reading real candidates; they rank, but they are not yet
calibrated probabilities (`codesim calibrate` is to fit them on labelled pairs).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import NamedTuple

from codesim.verify.align import Alignment
from codesim.verify.differences import Axis, Difference, DifferenceKind
from codesim.verify.subject import Subject

# What one difference takes from the shared mass, in nodes, beside the nodes that it replaces. A callee or an operator
# is one node, but it decides what a statement does.
_COST = {
    DifferenceKind.LITERAL: 0.5,
    DifferenceKind.NAME: 1.0,
    DifferenceKind.EXPRESSION: 1.5,
    DifferenceKind.ATTRIBUTE: 2.5,
    DifferenceKind.CALLEE: 5.0,
    DifferenceKind.OPERATOR: 5.0,
    DifferenceKind.GUARD: 2.0,
    DifferenceKind.ORDER: 3.0,
    DifferenceKind.STATEMENT: 0.0,  # its mass is already missing from the aligned share
}
FREE_HOLES = 3  # parameters that a helper bears easily


@dataclass(frozen=True, slots=True)
class Evidence:
    """The features of a pair.

    gap: share of mass without a counterpart, in [0, 1]. change: cost of the differences inside paired units over the
    mass of the smaller fragment, 0 and up. holes: distinct holes beyond `FREE_HOLES`. similarity: cosine in [-1, 1].
    substance: units of real work that both sides share unchanged in kind, up to 6. small: 1 / mass of the smaller
    fragment, in [0, 1].
    """

    gap: float
    change: float
    holes: float
    similarity: float
    substance: float
    small: float


class ScorePart(NamedTuple):
    """What one feature adds to the logit of a score: `contribution` = `value` * `weight`."""

    name: str
    value: float
    weight: float
    contribution: float


_WEIGHTS = Evidence(gap=-11.0, change=-13.0, holes=-0.55, similarity=2.0, substance=0.5, small=-40.0)
_BIAS = 3.0


def evidence(left: Subject, right: Subject, alignment: Alignment, similarity: float) -> Evidence:
    """Measure the features of an aligned pair; see `Evidence`."""
    smaller = min(left.mass, right.mass)
    change = sum(_cost(d) for d in alignment.differences)
    return Evidence(
        gap=1.0 - alignment.aligned_share,
        change=change / max(smaller, 1),
        holes=float(max(0, len(distinct_holes(alignment.differences)) - FREE_HOLES)),
        similarity=similarity,
        substance=float(min(6, _shared_substance(left, right, alignment))),
        small=1.0 / max(smaller, 1),
    )


def score(features: Evidence) -> float:
    """The logistic score in [0, 1] of a pair with these features."""
    total = _BIAS + sum(getattr(_WEIGHTS, f.name) * getattr(features, f.name) for f in fields(Evidence))
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, total))))


def score_parts(features: Evidence) -> tuple[ScorePart, ...]:
    """What the bias and every feature add to the logit; the logistic function of their sum is the score."""
    parts = [ScorePart("bias", 1.0, _BIAS, _BIAS)]
    for feature in fields(Evidence):
        value, weight = getattr(features, feature.name), getattr(_WEIGHTS, feature.name)
        parts.append(ScorePart(feature.name, value, weight, value * weight))
    return tuple(parts)


def distinct_holes(differences: tuple[Difference, ...]) -> set[tuple[str, str]]:
    """The parameters that the holes need: holes with the same two texts share one."""
    return {(d.left.text, d.right.text) for d in differences if d.axis is Axis.HOLE}


def _cost(difference: Difference) -> float:
    base = _COST[difference.kind]
    if difference.kind is DifferenceKind.EXPRESSION:
        return base + difference.mass
    return base


def _shared_substance(left: Subject, right: Subject, alignment: Alignment) -> int:
    """Paired units of real work whose own lines carry no behaviour difference."""
    touched = {d.left.span[:2] for d in alignment.differences if d.axis is Axis.BEHAVIOUR and d.left.text}
    count = 0
    for i, j in alignment.pairs:
        one, two = left.units[i], right.units[j]
        spans = [node.span[:2] for expression in one.expressions for node in expression.walk()]
        if one.substance and two.substance and not touched.intersection([one.node.span[:2], *spans]):
            count += 1
    return count

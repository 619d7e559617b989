"""Whether two aligned fragments are a clone pair at all: how much of the work corresponds, less what was changed.

In: an alignment and the cosine similarity of the two embeddings. Out: a closeness in [0, 1]; from `LEAST_CLOSENESS` on
a pair is a clone. It asks another question than the score: a copy in which an operator was changed is close, and no
equal. The weights were set by hand on the cases under `fixtures/` and by reading candidates. Source: our own.
"""

from __future__ import annotations

import math

from codesim.verify.align import Alignment
from codesim.verify.costs import difference_cost
from codesim.verify.differences import Axis
from codesim.verify.evidence import FREE_HOLES, distinct_holes
from codesim.verify.pairing import Pairing
from codesim.verify.subject import Subject

LEAST_CLOSENESS = 0.6
"""Closeness from which a pair is a clone pair."""

_GAP, _CHANGE, _HOLES, _SIMILARITY, _SUBSTANCE, _SMALL, _BIAS = -11.0, -13.0, -0.55, 2.0, 0.5, -40.0, 3.0
_MOST_SUBSTANCE = 6
_LEAST_TOTAL = math.log(LEAST_CLOSENESS / (1.0 - LEAST_CLOSENESS)) - 0.001  # less than rounding can make up for


def closeness(left: Subject, right: Subject, alignment: Alignment, similarity: float) -> float:
    """How close an aligned pair is.

    Args:
        left: one fragment.
        right: the other.
        alignment: theirs.
        similarity: cosine of their embeddings, in [-1, 1].

    Returns:
        In [0, 1], four digits.

    Source: our own.
    """
    changed = sum(difference_cost(difference) for difference in alignment.differences) / _smaller(left, right)
    holes = max(0, len(distinct_holes(alignment.differences)) - FREE_HOLES)
    shared = _shared_substance(left, right, alignment)
    costs = _CHANGE * changed + _HOLES * holes
    total = _total(left, right, alignment.aligned_share, similarity, shared=shared, costs=costs)
    return round(1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, total)))), 4)


def most_cost(left: Subject, right: Subject, pairing: Pairing, similarity: float) -> float:
    """What the differences of a clone pair cannot cost more than; below 0 if it is no clone whatever differs.

    Known before anything is compared: a third of the pairs that are aligned end here.

    Args:
        left: one fragment.
        right: the other.
        pairing: of their units.
        similarity: cosine of their embeddings, in [-1, 1].

    Returns:
        In tree nodes.
    """
    pairs = pairing.in_order + pairing.moved
    shared = sum([1 for i, j in pairs if left.units[i].substance and right.units[j].substance])
    total = _total(left, right, pairing.aligned_share, similarity, shared=shared, costs=0.0)
    return (total - _LEAST_TOTAL) / -_CHANGE * _smaller(left, right)


def _total(
    left: Subject, right: Subject, aligned_share: float, similarity: float, *, shared: int, costs: float
) -> float:
    """What speaks for a clone, before the logistic function."""
    return (
        _BIAS
        + _GAP * (1.0 - aligned_share)
        + costs
        + _SIMILARITY * similarity
        + _SUBSTANCE * min(_MOST_SUBSTANCE, shared)
        + _SMALL / _smaller(left, right)
    )


def _smaller(left: Subject, right: Subject) -> int:
    return max(min(left.mass, right.mass), 1)


def _shared_substance(left: Subject, right: Subject, alignment: Alignment) -> int:
    """Paired units of real work whose own lines carry no behaviour difference."""
    touched = {d.left.span[:2] for d in alignment.differences if d.axis is Axis.BEHAVIOUR and d.left.text}
    working = [i for i, j in alignment.pairs if left.units[i].substance and right.units[j].substance]
    return sum([touched.isdisjoint(left.starts[i]) for i in working]) if touched else len(working)

"""What speaks for and against a pair being one function: the features of the score, each with a plain meaning.

In: an aligned pair and the cosine of its embeddings. Out: `Evidence`. Differences count by kind, there or not: one
changed operator is as telling in a long function as in a short one, and a second adds little. What has no counterpart,
and what was put in another's place, counts by mass. Source: our own; that features of an alignment tell more than one
similarity is known from CCLearner (Li et al., ICSME 2017) and Oreo (Saini et al., FSE 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

from codesim.verify.align import Alignment
from codesim.verify.differences import Axis, Difference, DifferenceKind
from codesim.verify.subject import Subject

FREE_HOLES = 3  # parameters that a helper bears easily
_MOST_HOLES = 6

SPEAKS_FOR = frozenset({"similarity"})
"""The features that may raise a score; all others may only lower it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The features of a pair. Those without a range are 1.0 if there is such a difference, else 0.0.

    gap: share of mass without a counterpart, in [0, 1]. change: mass of expressions that stand for others, over the
    mass of the smaller fragment, in [0, 1]. guard: a condition or loop around statements, or an early exit, that only
    one side has. condition: part of a condition that only one side has, or statements under other branches. exception:
    another class is raised or caught. order, operator, callee: as in `DifferenceKind`. applied: an operator that only
    one side applies. variable: another variable than the consistent renaming would give. part: a part of an
    expression, such as an argument, that only one side has. bound: a number that decides how far or how often.
    mirrored: two holes exchange their texts. holes: parameters beyond the three that a helper bears easily, 0 to 6.
    similarity: cosine of the embeddings, in [-1, 1].
    """

    gap: float
    change: float
    guard: float
    condition: float
    exception: float
    order: float
    operator: float
    applied: float
    callee: float
    variable: float
    part: float
    bound: float
    mirrored: float
    holes: float
    similarity: float


def evidence(left: Subject, right: Subject, alignment: Alignment, similarity: float) -> Evidence:
    """Measure the features of an aligned pair.

    Args:
        left: one fragment.
        right: the other.
        alignment: theirs.
        similarity: cosine of their embeddings, in [-1, 1].

    Returns:
        Evidence: finite numbers, in the ranges stated there.

    Source: our own.
    """
    smaller = max(min(left.mass, right.mass), 1)
    found = {_telling(difference) for difference in alignment.differences}
    changed = [d for d in alignment.differences if d.kind is DifferenceKind.EXPRESSION and not _one_sided(d)]
    holes = distinct_holes(alignment.differences)
    return Evidence(
        gap=1.0 - alignment.aligned_share,
        change=min(1.0, sum(difference.mass for difference in changed) / smaller),
        guard=float("guard" in found),
        condition=float("condition" in found),
        exception=float("exception" in found),
        order=float("order" in found),
        operator=float("operator" in found),
        applied=float("applied" in found),
        callee=float("callee" in found),
        variable=float("variable" in found),
        part=float("part" in found),
        bound=float("bound" in found),
        mirrored=float(any(texts[0] != texts[1] and texts[::-1] in holes for texts in holes)),
        holes=float(min(_MOST_HOLES, max(0, len(holes) - FREE_HOLES))),
        similarity=similarity,
    )


def distinct_holes(differences: tuple[Difference, ...]) -> set[tuple[str, str]]:
    """The parameters that the holes need: holes with the same two texts share one."""
    return {(d.left.text, d.right.text) for d in differences if d.axis is Axis.HOLE}


def _one_sided(difference: Difference) -> bool:
    return not (difference.left.text and difference.right.text)


def _telling(difference: Difference) -> str:
    """The feature that a difference speaks for; "" for none, also for statements, which the gap counts."""
    match difference.kind:
        case DifferenceKind.NAME:
            return "variable" if difference.axis is Axis.BEHAVIOUR else ""
        case DifferenceKind.EXPRESSION:
            return "part" if difference.axis is Axis.BEHAVIOUR else ""
        case DifferenceKind.LITERAL:
            return "bound" if difference.bound else ""
        case DifferenceKind.OPERATOR:
            return "operator" if difference.axis is Axis.BEHAVIOUR else "applied"
        case DifferenceKind.GUARD:
            return "guard" if _one_sided(difference) else "condition"
        case DifferenceKind.EXCEPTION:
            return "" if _one_sided(difference) else "exception"
        case kind:
            return kind.value

"""What a difference costs: how much it takes from what two fragments share.

In: a `Difference`. Out: its cost in tree nodes, beside the nodes that it replaces. The closeness sums the costs, and
the comparison ends when they exceed what a clone may cost. The numbers were set by hand on the cases under `fixtures/`
and by reading candidates. Source: our own.
"""

from __future__ import annotations

from codesim.verify.differences import Difference, DifferenceKind

COSTS = {
    DifferenceKind.ANNOTATION: 0.0,
    DifferenceKind.LITERAL: 0.5,
    DifferenceKind.NAME: 1.0,
    DifferenceKind.EXPRESSION: 1.5,
    DifferenceKind.ATTRIBUTE: 2.5,
    DifferenceKind.CALLEE: 5.0,  # one node, as an operator is, but it decides what a statement does
    DifferenceKind.OPERATOR: 5.0,
    DifferenceKind.EXCEPTION: 5.0,
    DifferenceKind.GUARD: 2.0,
    DifferenceKind.ORDER: 3.0,
    DifferenceKind.STATEMENT: 0.0,  # its mass is already missing from the aligned share
}
"""What one difference of a kind costs."""


def difference_cost(difference: Difference) -> float:
    """What one difference costs, in tree nodes; never below 0."""
    base = COSTS[difference.kind]
    if difference.kind is DifferenceKind.EXPRESSION:
        return base + difference.mass
    if difference.kind is DifferenceKind.EXCEPTION and not (difference.left.text and difference.right.text):
        return 0.0  # a statement that only one side has
    return base

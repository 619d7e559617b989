"""What can differ between two aligned fragments, and on which axis.

Two axes, never mixed in one number: a *representation* difference is absorbed, a *hole* can become a parameter, a
*behaviour* difference changes what is done. The kind says what differs, the axis what that means for a merge, and the
score (`score`) weighs the kinds. Source: our own (design, section 1); the kinds follow the editing taxonomy of Roy and
Cordy, 2009.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from codesim.source import Span


class DifferenceKind(StrEnum):
    """What differs at one place."""

    NAME = "name"  # another variable than the consistent renaming would give
    LITERAL = "literal"
    ANNOTATION = "annotation"  # a type hint: absorbed, and listed because the helper has to choose one
    ATTRIBUTE = "attribute"
    CALLEE = "callee"
    OPERATOR = "operator"  # another operator, or one that only one side applies to the same operand
    EXPRESSION = "expression"  # one whole expression stands for another
    STATEMENT = "statement"  # a statement that only one side has
    GUARD = "guard"  # a condition, or a part of one, that only one side has
    ORDER = "order"  # statements whose effects come in another order
    EXCEPTION = "exception"  # another exception is raised or caught, or only one side raises or catches


class Axis(StrEnum):
    """What a difference means for merging."""

    REPRESENTATION = "representation"
    HOLE = "hole"
    BEHAVIOUR = "behaviour"


@dataclass(frozen=True, slots=True)
class Place:
    """One side of a difference: its span in the file and the source text there.

    `text` is empty where that side has nothing.
    """

    span: Span
    text: str

    @property
    def line(self) -> int:
        """The 1-based line where the place begins."""
        return self.span.start_line


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two aligned fragments differ.

    mass: the number of tree nodes that it concerns, at least 1. bound: whether it is a literal that decides how far or
    how often (an index, a slice, a comparison, arithmetic, `range`), not a value that is handed on.
    """

    kind: DifferenceKind
    axis: Axis
    left: Place
    right: Place
    mass: int
    bound: bool = False

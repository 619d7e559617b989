"""What can differ between two aligned fragments, and on which axis.

Two axes, never mixed in one number: a *representation* difference is absorbed, a *hole* can become a parameter, a
*behaviour* difference lowers the score. Source: our own (design, section 1); the kinds follow the editing taxonomy of
Roy and Cordy, 2009.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from codesim.source import Span


class DifferenceKind(StrEnum):
    """What differs at one place."""

    NAME = "name"  # another variable than the consistent renaming would give
    LITERAL = "literal"
    ATTRIBUTE = "attribute"
    CALLEE = "callee"
    OPERATOR = "operator"
    EXPRESSION = "expression"  # one whole expression stands for another
    STATEMENT = "statement"  # a statement that only one side has
    GUARD = "guard"  # a condition around statements that only one side has
    ORDER = "order"  # statements whose effects come in another order


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
    """One place where two aligned fragments differ; mass is the number of tree nodes that it concerns, at least 1."""

    kind: DifferenceKind
    axis: Axis
    left: Place
    right: Place
    mass: int

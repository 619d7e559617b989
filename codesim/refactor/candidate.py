"""What the user gets: the refactoring candidate and its parts, as plain values.

In the corridor, `refactor` makes them, `pipeline` ranks them, `report` shows them. They hold all that a report needs
(the source lines too), so that a reporter never opens a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import prod
from typing import TYPE_CHECKING

from codesim.source import Age
from codesim.verify import DifferenceKind

if TYPE_CHECKING:  # a report that was kept has neither, and is shown without their room
    from codesim.verify import PairVerdict, Subject

CLEAR_VALUE = 3.0
"""Value from which nearly nine in ten candidates were judged worth merging (docs/ranking.md)."""


class CandidateKind(StrEnum):
    """What is repeated: production functions, runs of statements inside functions, or functions of a test suite."""

    FUNCTION = "function"
    BLOCK = "block"
    TESTS = "tests"


@dataclass(frozen=True, slots=True)
class Member:
    """One copy: where it stands, and its source lines (end_line is inclusive; `lines` are without line ends).

    in_focus: True if it is in what a check is about. age: since when it has stood there, seen from what is checked;
    None where all is scanned, or no one knows. graph: hash of its canonical graph, empty where nobody asks for it.
    around: likewise of the function around a block.
    """

    path: str
    qualname: str
    start_line: int
    end_line: int
    lines: tuple[str, ...]
    in_focus: bool = False
    age: Age | None = None
    graph: str = ""
    around: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """One side of a difference: the text that stands there, empty when that copy has nothing there."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ClassDifference:
    """A place where the copies differ: one site per member that takes part, the representative's first."""

    kind: DifferenceKind
    where: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the class can be merged into one helper, and the reasons, each a short sentence."""

    extractable: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Helper:
    """The function to extract: its name, its parameters in order, its full source text (a proposal, not yet applied).

    text is empty where the merge is possible but could not be written down exactly. indirect: those of the new
    parameters that are harder to read than a value: flags, functions made for the call, names of attributes.
    """

    name: str
    parameters: tuple[str, ...]
    new_parameters: tuple[str, ...]
    text: str
    indirect: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """The helper's first line without `def` and the colon."""
        return f"{self.name}({', '.join(self.parameters)})"


class Gain(StrEnum):
    """How sure a merge is to be worth its while, by a candidate's value."""

    CLEAR = "clear"
    SMALL = "small"


class HoleRole(StrEnum):
    """What a parameter passes in."""

    VALUE = "value"
    FUNCTION = "function"
    FLAG = "flag"  # it switches a step on that only some copies have
    EXISTING = "existing"  # the representative has this parameter already


@dataclass(frozen=True, slots=True)
class FilledHole:
    """A parameter for what differs, and what each member would pass for it: one site per member, in their order."""

    parameter: str
    role: HoleRole
    where: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a candidate was built from, for whoever has to explain it.

    subjects: of the members, in their order. verdicts: of `subjects[0]` and `subjects[k + 1]`. holes: what the merge
    passes in; empty if nothing differs.
    """

    subjects: tuple[Subject, ...]
    verdicts: tuple[PairVerdict, ...]
    holes: tuple[FilledHole, ...]


@dataclass(frozen=True, slots=True)
class RankPart:
    """One part of a candidate's value in the ranking: its name, its figure, and what the figure means.

    The first part, the gain, is in lines; the others are factors.
    """

    name: str
    value: float
    note: str


@dataclass(frozen=True, slots=True)
class RefactoringCandidate:
    """A clone class with its evidence and its remedy.

    id: 16 hex digits from the canonical graphs of the class; survives moves, renames and edits elsewhere.
    clone_type: 1..4, the largest among the pairs with the representative (`members[0]`).
    score: lowest verifier score in [0, 1] between a member and the representative; similarity: lowest cosine, likewise,
    and closeness, which says whether they are clones at all.
    lines_saved: lines that merging removes, after the helper and the calls are paid for.
    correspondence: for members[0] and members[1], aligned line pairs (absolute line numbers, None = nothing there),
    in the order in which they should be shown.
    advice: one sentence: what to do. rank_parts: the factors whose product is its value in the ranking; empty before.
    basis: what it was built from; None for one that was read back from a report.
    covers: other candidates that it speaks for: the rest of a copied file, or of a family of tests.
    gained: copies that are new in a class (or in one that it covers) that the baseline knows; empty in a new class.
    """

    id: str
    kind: CandidateKind
    clone_type: int
    score: float
    similarity: float
    lines_saved: int
    verdict: Verdict
    helper: Helper | None
    members: tuple[Member, ...]
    differences: tuple[ClassDifference, ...]
    correspondence: tuple[tuple[int | None, int | None], ...]
    advice: str
    closeness: float = 1.0
    rank_parts: tuple[RankPart, ...] = ()
    basis: Basis | None = field(default=None, repr=False, compare=False)
    covers: tuple[RefactoringCandidate, ...] = field(default=(), repr=False, compare=False)
    gained: tuple[Member, ...] = ()

    @property
    def value(self) -> float:
        """What the ranking goes by: the lines that a maintainer may expect to gain; 0 for what was not ranked."""
        return round(prod(part.value for part in self.rank_parts), 4) if self.rank_parts else 0.0

    @property
    def gain(self) -> Gain:
        """Clear from `CLEAR_VALUE` on, and for what was not ranked."""
        return Gain.SMALL if self.rank_parts and self.value < CLEAR_VALUE else Gain.CLEAR

    @property
    def parameters(self) -> int:
        """How many parameters the merge adds for what differs between the copies."""
        return len(self.helper.new_parameters) if self.helper else 0

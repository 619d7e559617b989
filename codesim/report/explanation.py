"""A candidate with its reasons, as every reporter of `codesim explain` and `codesim compare` receives it.

In: nothing. Out: `Explanation`: how the representative and each other member correspond, what differs on which axis,
and the parts of score, clone type, verdict and rank. Plain values, which the pipeline fills in.
Source: our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a scan's report is shown without the rooms that explain
    from codesim.refactor import Counterpart, DataFlow, FilledHole, Member, RankPart, RefactoringCandidate
    from codesim.verify import Difference, ScorePart


@dataclass(frozen=True, slots=True)
class ExplainedPair:
    """The representative and one other member.

    number: the member's place in `candidate.members`, from 2 (the representative is 1). correspondence: line pairs as
    in `RefactoringCandidate`, for this member. differences: of this pair, with spans in both files. counterparts:
    lines that correspond, but share no row. aligned_share: in [0, 1]. score_parts: what adds up to the score's
    logit. type_reason: why the pair has its clone type.
    """

    number: int
    left: Member
    right: Member
    correspondence: tuple[tuple[int | None, int | None], ...]
    differences: tuple[Difference, ...]
    counterparts: tuple[Counterpart, ...]
    aligned_share: float
    score: float
    similarity: float
    clone_type: int
    score_parts: tuple[ScorePart, ...]
    type_reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a scan of the two functions alone would report them: the rule that keeps them out and its reason, or "".

    What stands around them can change it: common statements weigh less, and closer copies take a function.
    """

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A candidate and why it is what it is.

    pairs: the explained ones, in the order of the members. deciding: the pair that has the candidate's score (its
    lowest); typing: the pair that has its clone type (its largest); both are among all pairs, explained or not.
    flow: of the representative. rank: place among the `ranked` candidates of the scan, 1 being the best; 0 where
    nothing was ranked. value: what the ranking goes by, from `rank_parts`; rank_rule: how, in a few words.
    standing: whether a scan would report it; None where one did.
    """

    candidate: RefactoringCandidate
    pairs: tuple[ExplainedPair, ...]
    deciding: ExplainedPair
    typing: ExplainedPair
    holes: tuple[FilledHole, ...]
    flow: DataFlow
    rank: int
    ranked: int
    value: float
    rank_parts: tuple[RankPart, ...]
    rank_rule: str
    standing: Standing | None = None

"""What is worth reporting, and in which order.

In: candidates, what their copies share, and what git remembers of them. Out: the candidates that a maintainer gains
by, best first, each with the parts of its value, and the others with the rule that keeps them out. The value is a
product that can be read: the lines gained, times what the shared work, the likeness, the parameters, the kind of
variant, the distance and the history leave of them or add to them (docs/ranking.md). Source: our own; the constants
were set by reading lists of ten packages, and checked against what readers said of ten others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from codesim.pipeline.shared import Shared
from codesim.pipeline.variants import variant, words_of_name
from codesim.refactor import CandidateKind, Gain, RankPart, RefactoringCandidate
from codesim.store import FragmentRecord
from codesim.verify import DifferenceKind, Subject, boilerplate

RANK_RULE = (
    "clear gains before small ones, production code before tests, sync and async twins after the rest, then the "
    "largest value"
)
MIN_SUBSTANCE = 3
"""Statements of real work below which a function is boilerplate: fewer than this are not worth a helper."""
_FULL_WORK = 5.0  # weighted statements of shared work from which the whole gain counts
_UNEQUAL = 0.85  # what is left where the copies are surely not equal in behaviour: most merges pass what differs
_LEAST_WEIGHT = 0.1  # of shared work, so that what shares none divides by something
_DIFFERENCE = 2.0  # statements of shared work that one difference outweighs: each has to be read, passed in or settled
_EVEN = 0.5  # the closeness of a pair that may be a clone or not
_FREE_PARAMETERS = 2
_PARAMETER = 0.8  # what each further parameter leaves of the value: the call gets as hard to read as the copy
_INDIRECT = 0.75  # what a flag, a function made for the call, or the name of an attribute leaves
_LIFTED = 0.75  # of the lines in shared runs, what lifting them out saves: a call with its inputs may take more
_BY_HAND = 0.5  # of the lines, what merging by hand saves where the proposal cannot, falling with what differs
_REWRITTEN = 0.75  # the same where the copies do one thing in two spellings: one of them can go
_SHORT = 10  # lines saved up to which a poor alignment may be due to the spelling alone
_UNSURE = 0.8  # closeness below which statements were not paired well
_ALIKE = 0.8  # cosine from which the encoder holds two functions to do the same
_SPLIT = frozenset({DifferenceKind.STATEMENT, DifferenceKind.EXPRESSION, DifferenceKind.OPERATOR, DifferenceKind.NAME})
_OTHER_FILE, _OTHER_PACKAGE = 0.95, 0.9
_TOGETHER = 0.1  # what each commit that changed several copies adds, up to five of them
_APART = 0.05  # what each commit that changed one copy alone adds, up to five of them
_MOST_COMMITS = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """Why something similar is left out: a short stable word, and the reason in words."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prospect:
    """A candidate before ranking, what its copies share, and the rule that keeps it out whatever its value, if any."""

    candidate: RefactoringCandidate
    shared: Shared
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates in rank order, and what was left out, with the rule, likewise."""

    candidates: list[RefactoringCandidate]
    left_out: list[tuple[RefactoringCandidate, Rule]]


def is_reportable(record: FragmentRecord) -> bool:
    """Whether a fragment may be reported at all: not suppressed, and no boilerplate."""
    return not record.suppressed and record.substance >= MIN_SUBSTANCE


def work_rule(substance: int) -> Rule | None:
    """The rule that something does too little to be worth a helper.

    Args:
        substance: its statements of real work.
    """
    if substance >= MIN_SUBSTANCE:
        return None
    return Rule("work", f"{substance} statements of real work; at least {MIN_SUBSTANCE} are compared")


def boilerplate_rule(members: Sequence[Subject]) -> Rule | None:
    """The rule that all members of a class are boilerplate, with the kind of the first.

    Args:
        members: functions or blocks, at least one.
    """
    kinds = [boilerplate(member) for member in members]
    if not all(kinds):
        return None
    return Rule(f"boilerplate:{(kinds[0] or '').replace(' ', '-')}", f"boilerplate: {kinds[0]}")


def rule_against(prospect: Prospect, min_value: float) -> Rule | None:
    """The rule that keeps a candidate out by itself, whatever stands around it.

    Args:
        prospect: the candidate and what its copies share.
        min_value: least value of a candidate; with 0 nothing is kept out.
    """
    if not min_value:
        return None
    candidate = replace(prospect.candidate, rank_parts=rank_parts(prospect))
    return prospect.rule or _test_rule(prospect) or value_rule(candidate, min_value)


def rank_candidates(prospects: Sequence[Prospect], changes: Sequence[tuple[int, int]], min_value: float) -> Ranking:
    """Rank candidates and leave out those that a maintainer does not gain by.

    What gains clearly comes first, in it production code, in that what is no twin in sync and async form. Tests must be
    mergeable, and share what they check.

    Args:
        prospects: in any order.
        changes: per prospect, commits that changed several of its copies, and commits that changed one alone.
        min_value: least value of a candidate; with 0 nothing is left out, and what a rule speaks against comes last.

    Returns:
        Candidates with their rank parts, best first; they are the same whatever else is left out already.

    Source: our own.
    """
    ranked = [
        (replace(prospect.candidate, rank_parts=rank_parts(prospect, changed)), prospect.rule or _test_rule(prospect))
        for prospect, changed in zip(prospects, changes, strict=True)
    ]
    outer = [candidate for candidate, rule in ranked if rule is None]
    judged = [
        (candidate, rule or _nested_rule(candidate, outer) or value_rule(candidate, min_value))
        for candidate, rule in ranked
    ]
    judged.sort(key=lambda item: _rank(*item))
    kept = [candidate for candidate, rule in judged if rule is None or not min_value]
    left_out = [(candidate, rule) for candidate, rule in judged if rule is not None and min_value]
    return Ranking(kept, left_out)


def rank_parts(prospect: Prospect, changes: tuple[int, int] = (0, 0)) -> tuple[RankPart, ...]:
    """The factors of a candidate's value, the gain in lines first; those of 1 say nothing and are left out.

    Args:
        prospect: the candidate and what its copies share.
        changes: commits that changed several of its copies, and commits that changed one alone.

    Returns:
        Parts in the order of docs/ranking.md.

    Source: our own.
    """
    parts = (
        _gain(prospect),
        _work(prospect),
        _sameness(prospect),
        _closeness(prospect.candidate),
        _equality(prospect.candidate),
        _readability(prospect.candidate),
        _variant(prospect.candidate),
        _distance(prospect.candidate),
        _changes(*changes),
    )
    return tuple(part for part in parts if part is not None)


def _gain(prospect: Prospect) -> RankPart:
    candidate = prospect.candidate
    if candidate.verdict.extractable:
        return RankPart("gain", float(candidate.lines_saved), f"merging saves {candidate.lines_saved} lines")
    lines = _LIFTED * prospect.shared.lifted(len(candidate.members))
    by_hand = candidate.lines_saved * (_REWRITTEN if _is_rewritten(candidate) else _BY_HAND * prospect.shared.share**2)
    if by_hand > lines:
        share = f"{prospect.shared.share:.0%} of the copies is the same"
        return RankPart(
            "gain", round(by_hand, 4), f"not mergeable by a helper; {share}: by hand it may save {by_hand:.0f}"
        )
    runs = "the runs of statements that all copies share would"
    return RankPart("gain", round(lines, 4), f"not mergeable as a whole; {runs} save {lines:.0f} lines")


def _is_rewritten(candidate: RefactoringCandidate) -> bool:
    """Copies that do one thing in two spellings.

    Those of type 4, and short ones that the encoder holds to be alike while statements have no counterpart: what one
    copy computes in a variable of its own, the other computes in place.
    """
    if candidate.clone_type == 4:
        return True
    kinds = {difference.kind for difference in candidate.differences}
    unsure = candidate.similarity >= _ALIKE and candidate.closeness < _UNSURE and candidate.lines_saved <= _SHORT
    return unsure and DifferenceKind.STATEMENT in kinds and kinds <= _SPLIT


def _work(prospect: Prospect) -> RankPart | None:
    weight = prospect.shared.weight
    if weight >= _FULL_WORK:
        return None
    return RankPart(
        "work",
        round(weight / _FULL_WORK, 4),
        f"{prospect.shared.work} statements of work are shared, weighing {weight:.1f} by how rare they are here",
    )


def _sameness(prospect: Prospect) -> RankPart | None:
    """Copies in two spellings differ everywhere and nowhere: for them it says nothing."""
    number, weight = len(prospect.candidate.differences), max(prospect.shared.weight, _LEAST_WEIGHT)
    if not number or _is_rewritten(prospect.candidate):
        return None
    note = f"{number} differences beside shared work that weighs {weight:.1f}"
    return RankPart("sameness", round(weight / (weight + _DIFFERENCE * number), 4), note)


def _closeness(candidate: RefactoringCandidate) -> RankPart:
    factor = max(0.0, candidate.closeness - _EVEN) / (1.0 - _EVEN)
    return RankPart("closeness", round(factor, 4), f"how far the closeness stands above even odds, {_EVEN}")


def _equality(candidate: RefactoringCandidate) -> RankPart:
    factor = _UNEQUAL + (1.0 - _UNEQUAL) * candidate.score
    return RankPart("equality", round(factor, 4), f"{_UNEQUAL:.0%}, and the rest as the score says: copies are equal")


def _readability(candidate: RefactoringCandidate) -> RankPart | None:
    indirect = len(candidate.helper.indirect) if candidate.helper else 0
    many = max(0, candidate.parameters - _FREE_PARAMETERS)
    if not indirect and not many:
        return None
    reason = f"the helper takes {candidate.parameters} new parameters" + (
        f", {indirect} of them no plain values" if indirect else ""
    )
    return RankPart("parameters", round(_PARAMETER**many * _INDIRECT**indirect, 4), reason)


def _variant(candidate: RefactoringCandidate) -> RankPart | None:
    found = variant(candidate)
    return None if found is None else RankPart("variant", found.factor, found.reason)


def _distance(candidate: RefactoringCandidate) -> RankPart | None:
    paths = {member.path for member in candidate.members}
    if len(paths) == 1:
        return None
    if len({PurePosixPath(path).parent for path in paths}) == 1:
        return RankPart("distance", _OTHER_FILE, "the copies stand in several files of one folder")
    return RankPart("distance", _OTHER_PACKAGE, "the copies stand in several folders")


def _changes(together: int, apart: int) -> RankPart | None:
    factor = 1.0 + _TOGETHER * min(_MOST_COMMITS, together) + _APART * min(_MOST_COMMITS, apart)
    if factor == 1.0:
        return None
    return RankPart(
        "history", round(factor, 4), f"{together} commits changed several copies at once, {apart} changed one alone"
    )


def value_rule(candidate: RefactoringCandidate, min_value: float) -> Rule | None:
    """The rule that a candidate is worth too little, or would be worth enough were it no variant on purpose.

    Args:
        candidate: with its rank parts.
        min_value: least value of a candidate; 0 lets all pass.
    """
    if not min_value or candidate.value >= min_value:
        return None
    gain, *factors = candidate.rank_parts
    said = "".join(f", times {part.value:.2f} for {part.name}" for part in factors)
    told = f"value {candidate.value:.2f}, below {min_value:g}: {gain.note}{said}"
    if not candidate.verdict.extractable:
        told = f"{told}; {candidate.verdict.reasons[0]}"
    found = variant(candidate)
    if found is None or candidate.value < min_value * found.factor:
        return Rule("value", told)
    return Rule("twin" if found.is_twin else "variant", f"{found.reason}; {told}")


def _test_rule(prospect: Prospect) -> Rule | None:
    """Tests that cannot be merged, and tests that share their preparation only: suites repeat that on purpose."""
    candidate = prospect.candidate
    if candidate.kind is not CandidateKind.TESTS:
        return None
    if not candidate.verdict.extractable:
        return Rule("tests", f"tests that cannot be merged: {candidate.verdict.reasons[0]}")
    tests = all(words_of_name(member.qualname)[:1] == ["test"] for member in candidate.members)
    return Rule("tests", "tests that share their preparation only") if tests and not prospect.shared.checks else None


def _rank(candidate: RefactoringCandidate, rule: Rule | None) -> tuple[bool, bool, bool, bool, float, str, int, str]:
    first = candidate.members[0]
    found = variant(candidate)
    twin = found is not None and found.is_twin
    in_tests = candidate.kind is CandidateKind.TESTS
    ruled_out, small = rule is not None, candidate.gain is Gain.SMALL
    return ruled_out, small, in_tests, twin, -candidate.value, first.path, first.start_line, candidate.id


def _nested_rule(candidate: RefactoringCandidate, others: Sequence[RefactoringCandidate]) -> Rule | None:
    """All members lie inside the members of one other candidate: functions nested in clones."""
    around = next((other for other in others if other is not candidate and _inside(candidate, other)), None)
    return None if around is None else Rule("nested", f"inside the copies of `{around.members[0].qualname}`")


def _inside(inner: RefactoringCandidate, outer: RefactoringCandidate) -> bool:
    return all(
        any(
            member.path == around.path
            and around.start_line <= member.start_line
            and member.end_line <= around.end_line
            and (around.start_line, around.end_line) != (member.start_line, member.end_line)
            for around in outer.members
        )
        for member in inner.members
    )

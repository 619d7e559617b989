"""Build the refactoring candidate of a clone class: every part of this room called in order.

In: the members, the verified pairs of the representative with each other member, and the class's identity. Out: a
`RefactoringCandidate`. anti-unify -> plan -> judge -> propose -> count -> show. Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence

from codesim.refactor.advice import advise
from codesim.refactor.antiunify import Spot, class_differences, find_spots
from codesim.refactor.candidate import Basis, CandidateKind, Helper, Member, RefactoringCandidate
from codesim.refactor.correspondence import correspond
from codesim.refactor.filling import fill_holes
from codesim.refactor.grouping import group_holes
from codesim.refactor.holes import HoleFinder
from codesim.refactor.insertion import Copy
from codesim.refactor.located import LocatedSource, locate
from codesim.refactor.matching import Match, match_members
from codesim.refactor.naming import helper_name
from codesim.refactor.plan import Naming, Plan
from codesim.refactor.propose import parametrized_text, with_reason, write_helper
from codesim.refactor.reading import constant_parameters
from codesim.refactor.saving import lines_saved
from codesim.refactor.steps import find_steps
from codesim.refactor.surroundings import own_name
from codesim.refactor.verdict import judge, same_place
from codesim.verify import Alignment, PairVerdict, Subject


def build_candidate(
    members: Sequence[Subject], verdicts: Sequence[PairVerdict], identity: str, is_tests: bool
) -> RefactoringCandidate:
    """Build the candidate of a clone class.

    Args:
        members: at least two; the representative first.
        verdicts: of the pair (`members[0]`, `members[k + 1]`), in order, with the representative on the left.
        identity: 16 hexadecimal digits from the class's graphs.
        is_tests: whether all members belong to a test suite.

    Returns:
        RefactoringCandidate: equal input gives an equal value.

    Raises:
        ValueError: there are fewer than two members, or not one verdict for each but the first.

    Source: our own.
    """
    if len(members) < 2 or len(verdicts) != len(members) - 1:
        raise ValueError("a class needs at least two members, and a verdict for each but the first")
    alignments = [verdict.alignment for verdict in verdicts]
    matches = [match_members(members[0], member, a) for member, a in zip(members[1:], alignments, strict=True)]
    spots = find_spots(members, alignments, matches)
    plan = plan_merge(members, alignments, matches, spots)
    clone_type = max(verdict.clone_type for verdict in verdicts)
    verdict = judge(members, spots, plan, clone_type)
    identical = not spots
    parametrized = is_tests and not identical and _is_parametrizable(members, plan)
    helper, why = None, ""
    if verdict.extractable:
        helper, why = _helper(members, plan, identical, is_tests, parametrized)
    text = helper.text if helper else ""
    advice = advise(members, verdict, helper, identical=identical, is_tests=is_tests, parametrized=parametrized)
    return RefactoringCandidate(
        id=identity,
        kind=CandidateKind.TESTS if is_tests else CandidateKind.FUNCTION,
        clone_type=clone_type,
        score=min(v.score for v in verdicts),
        closeness=min(v.closeness for v in verdicts),
        similarity=min(v.similarity for v in verdicts),
        lines_saved=lines_saved(
            [member.lines for member in members], text, identical=identical, parametrized=parametrized
        ),
        verdict=verdict,
        helper=helper,
        members=tuple(_member(member) for member in members),
        differences=class_differences(
            members, (*spots, *find_spots(members, alignments, matches, absorbed=True)), matches
        ),
        correspondence=correspond(members[0], members[1], alignments[0]),
        advice=with_reason(advice, why),
        basis=Basis(tuple(members), tuple(verdicts), fill_holes(members, plan.parameters, spots)),
    )


def plan_merge(
    members: Sequence[Subject], alignments: Sequence[Alignment], matches: Sequence[Match], spots: Sequence[Spot]
) -> Plan:
    """Plan the merge of a class: its parameters and edits, and what stands in the way.

    Args:
        members: the representative first.
        alignments: of the representative with each other member.
        matches: of the same pairs.
        spots: where the members differ.

    Returns:
        Plan: empty if they do not differ.
    """
    if not spots:
        return Plan((), (), ())
    sources: list[LocatedSource] = [locate(member) for member in members]
    finder = HoleFinder(members, sources, matches)
    holes = finder.find(spots)
    parameters = group_holes(holes, members[0], sources[0])
    parts = zip(members[1:], sources[1:], matches, alignments, strict=True)
    copies = [Copy(k, *part) for k, part in enumerate(parts, 1)]
    steps = find_steps(members[0], copies, parameters)
    unwritten = next((hole.unwritten for hole in holes if hole.unwritten), "")
    return Plan(
        parameters=(*parameters, *steps.parameters),
        blockers=tuple(dict.fromkeys([*steps.blockers, *finder.blockers])),
        notes=steps.notes,
        unwritten=unwritten or steps.unwritten,
    )


def _helper(
    members: Sequence[Subject], plan: Plan, identical: bool, is_tests: bool, parametrized: bool
) -> tuple[Helper, str]:
    """The helper, and why its text is not shown."""
    representative = members[0]
    names = [own_name(member) for member in members]
    name = names[0] if identical else _helper_name(representative, names, is_tests, parametrized)
    parameters, text, why = write_helper(
        members, plan, Naming(name, in_place=identical or parametrized, same_names=len(set(names)) == 1)
    )
    if parametrized and text and plan.added:
        text = parametrized_text(text, plan.added, len(members))
    indirect = tuple(parameter.name for parameter in plan.added if parameter.is_indirect)
    return Helper(name, parameters, tuple(parameter.name for parameter in plan.added), text, indirect), why


def _helper_name(representative: Subject, names: Sequence[str], is_tests: bool, parametrized: bool) -> str:
    if is_tests and not parametrized:
        shared = helper_name([name.removeprefix("test") for name in names], private=False)
        name = f"_check_{shared.lstrip('_')}"
    else:
        name = helper_name(names, private=not parametrized)
    taken = locate(representative).identifiers - {names[0]}
    if not parametrized:
        taken |= {*names}
    return f"_shared_{name.lstrip('_')}" if name in taken else name


def _is_parametrizable(members: Sequence[Subject], plan: Plan) -> bool:
    """Whether the members are pytest tests of one place whose values are known when tests are collected."""
    if not plan.added or any(parameter.exists or parameter.is_function for parameter in plan.parameters):
        return False
    if not same_place(members) or not all(own_name(member).startswith("test") for member in members):
        return False
    unittest_like = any(
        "self.assert" in line or "self.fail" in line or "self.skipTest" in line for m in members for line in m.lines
    )
    mentioned = {word for parameter in plan.added for value in parameter.values for word in _words(value)}
    fixtures = {name for member in members for name in constant_parameters(member)}
    return not unittest_like and not mentioned & fixtures


def _words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() or c == "_" else " " for c in text).split())


def _member(subject: Subject) -> Member:
    fragment = subject.fragment
    start = fragment.span.start_line
    return Member(fragment.path, fragment.qualname, start, start + len(subject.lines) - 1, subject.lines)

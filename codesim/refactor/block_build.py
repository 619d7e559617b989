"""Build the refactoring candidate of a class of blocks: runs of statements inside functions.

In: the blocks, the verified pairs of the representative with each other block, and the class's identity. Out: a
`RefactoringCandidate` of kind BLOCK. The parts are those for whole functions; what differs is what a run hands over to
the function around it. Source: our own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from typing import NamedTuple

from codesim.refactor.antiunify import Spot, class_differences, find_spots
from codesim.refactor.bases import base_of_others, share_base
from codesim.refactor.block_verdict import (
    Handover,
    hand_over,
    is_in_the_way,
    judge_blocks,
    needed_inputs,
    parameters,
    same_class,
    what_differs,
)
from codesim.refactor.build import plan_merge
from codesim.refactor.candidate import Basis, CandidateKind, Helper, Member, RefactoringCandidate, Verdict
from codesim.refactor.correspondence import Row, correspond, rows_between
from codesim.refactor.filling import fill_holes
from codesim.refactor.matching import Match, match_members
from codesim.refactor.naming import free_name, helper_name, words_of
from codesim.refactor.plan import Naming, Plan, counted
from codesim.refactor.propose import with_reason, write_helper
from codesim.refactor.saving import code_lines
from codesim.refactor.surroundings import home, own_name
from codesim.refactor.verdict import MOST_PARAMETERS
from codesim.verify import Alignment, Block, PairVerdict, block_flow, helper_lines

_WIDTH = 100  # a call longer than this is spread over lines
_SPREAD = 3
_LEAST_GAIN = 3  # lines that a class must save to be worth a helper; twice that where it cannot be extracted
_FREE_PARAMETERS = 3


class Misfit(NamedTuple):
    """Why a class of blocks is no finding.

    lines: of the representative, without which the rest may be one. members: by number, without which it may be one.
    rule: `no-gain`, `different`, `parameters` or `unextractable`. reason: in words.
    """

    lines: Set[int]
    members: Set[int]
    rule: str
    reason: str


def odd_members(places: Sequence[Sequence[bool]]) -> frozenset[int]:
    """The members that differ from the representative in more places than the others do.

    Args:
        places: for each place, whether each member agrees with the representative there.
    """
    if not places:
        return frozenset()
    counts = [sum(not agrees[k] for agrees in places) for k in range(1, len(places[0]))]
    if max(counts) == min(counts):
        return frozenset()
    return frozenset(k for k, count in enumerate(counts, 1) if count == max(counts))


def build_block_candidate(
    blocks: Sequence[Block], verdicts: Sequence[PairVerdict], identity: Callable[[], str]
) -> RefactoringCandidate | Misfit:
    """Build the candidate of a class of blocks.

    Args:
        blocks: at least two; the representative first.
        verdicts: of the pair (`blocks[0]`, `blocks[k + 1]`), in order, with the representative on the left.
        identity: called for a finding: 16 hexadecimal digits from the blocks' graphs.

    Returns:
        RefactoringCandidate | Misfit: what stands in the way where there is no finding, because the copies do different
        things or too little would be gained.

    Raises:
        ValueError: there are fewer than two blocks, or not one verdict for each but the first.

    Source: our own.
    """
    if len(blocks) < 2 or len(verdicts) != len(blocks) - 1:
        raise ValueError("a class needs at least two blocks, and a verdict for each but the first")
    lengths = [len(code_lines(block.lines)) for block in blocks]
    most = sum(lengths[1:]) - 1 - len(blocks)
    if most < _LEAST_GAIN:
        return Misfit(frozenset(), frozenset(), "no-gain", f"saves {max(0, most)} lines of code at most")
    members, alignments = [block.subject for block in blocks], [verdict.alignment for verdict in verdicts]
    matches = [match_members(members[0], member, a) for member, a in zip(members[1:], alignments, strict=True)]
    spots = find_spots(members, alignments, matches)
    plan = plan_merge(members, alignments, matches, spots)
    odd = odd_members([spot.agrees for spot in spots])
    different = what_differs(spots, plan)
    if different:
        return Misfit(_lines_in_the_way(spots, plan), odd, "different", "; ".join(different))
    passed = len(parameters(needed_inputs(blocks[0], plan), plan))
    if passed > MOST_PARAMETERS:
        return Misfit(frozenset(), odd, "parameters", f"a call would pass {passed} values")
    flows = [block_flow(block) for block in blocks]
    handover = hand_over(blocks, flows, matches, plan)
    if _is_unwieldy(handover, plan):
        return Misfit(frozenset(), odd, "parameters", _cost(handover, plan))
    verdict = judge_blocks(blocks, flows, handover, plan)
    helper, unwritten = _helper(blocks, handover, plan) if verdict.extractable else (None, "")
    saved = _lines_saved(blocks, handover, plan, helper, matches)
    if _gain(saved, handover, plan) < (_LEAST_GAIN if helper else 2 * _LEAST_GAIN):
        lines = _lines_in_the_way(spots, plan) if handover.unknown else frozenset()
        if helper is None:
            return Misfit(lines, odd, "unextractable", verdict.reasons[0])
        return Misfit(lines, odd, "no-gain", f"saves {counted(saved, 'line')} of code; {_cost(handover, plan)}")
    return RefactoringCandidate(
        id=identity(),
        kind=CandidateKind.BLOCK,
        clone_type=max(v.clone_type for v in verdicts),
        score=min(v.score for v in verdicts),
        closeness=min(v.closeness for v in verdicts),
        similarity=min(v.similarity for v in verdicts),
        lines_saved=saved,
        verdict=verdict,
        helper=helper,
        members=tuple(_member(block) for block in blocks),
        differences=class_differences(members, spots, matches),
        correspondence=_correspondence(blocks, alignments[0]),
        advice=with_reason(_advise(blocks, verdict, helper), unwritten),
        basis=Basis(tuple(members), tuple(verdicts), fill_holes(members, plan.parameters, spots)),
    )


def _correspondence(blocks: Sequence[Block], alignment: Alignment) -> tuple[Row, ...]:
    """The rows of the first two blocks side by side, without what stands before them."""
    one, two = blocks[:2]
    return rows_between(correspond(one.subject, two.subject, alignment), one.first_line, two.first_line)


def _lines_in_the_way(spots: Sequence[Spot], plan: Plan) -> frozenset[int]:
    """The lines of the representative where the copies do different things."""
    functions = {e.span.start_line for p in plan.parameters if p.is_function for e in p.edits}
    return frozenset(functions.union(spot.line for spot in spots if is_in_the_way(spot)))


def _call_size(handover: Handover, plan: Plan) -> tuple[int, int]:
    """How many values a call passes and returns."""
    return len(parameters(handover.inputs, plan)), len(handover.flow.outputs)


def _cost(handover: Handover, plan: Plan) -> str:
    passed, results = _call_size(handover, plan)
    return f"a call passes {counted(passed, 'value')} and returns {results}"


def _is_unwieldy(handover: Handover, plan: Plan) -> bool:
    """Whether a call would pass and return too much."""
    passed, results = _call_size(handover, plan)
    return passed > MOST_PARAMETERS or passed + results > MOST_PARAMETERS + 1


def _helper(blocks: Sequence[Block], handover: Handover, plan: Plan) -> tuple[Helper, str]:
    """The helper, and why its text is not shown."""
    name = _name(blocks, handover)
    subject = replace(blocks[0].subject, lines=helper_lines(blocks[0], handover.flow))
    members = [subject, *[block.subject for block in blocks[1:]]]
    shown, text, why = write_helper(members, plan, Naming(name, in_place=True, same_names=False))
    passed = parameters(handover.inputs, plan)
    indirect = tuple(parameter.name for parameter in plan.parameters if parameter.is_indirect)
    new = tuple(parameter for parameter in shown if parameter in passed)
    return Helper(name, shown, new, text, indirect), why


def _name(blocks: Sequence[Block], handover: Handover) -> str:
    """After the one value that it returns, or what the functions around the copies are called."""
    outputs = handover.flow.outputs
    taken = {own_name(block.subject) for block in blocks} | {*handover.flow.inputs, *outputs}
    if len(outputs) == 1 and len(outputs[0]) > 2:
        return f"_{free_name('make_' + '_'.join(words_of(outputs[0])), taken)}"
    name = helper_name([own_name(block.subject) for block in blocks], private=True)
    return f"{name}_part" if name in taken or name[1:] in taken else name


def _lines_saved(
    blocks: Sequence[Block], handover: Handover, plan: Plan, helper: Helper | None, matches: Sequence[Match]
) -> int:
    """Lines of code of all copies, less the helper and what calls it."""
    lengths = [len(code_lines(block.lines)) for block in blocks]
    outputs = handover.flow.outputs
    text = helper.text if helper else ""
    given = f"{', '.join(outputs)} = " if outputs else "return " if handover.flow.returns else ""
    receiver = f"{handover.receiver}." if handover.receiver else ""
    cost = len(code_lines(text.split("\n"))) if text else lengths[0] + 1 + bool(outputs)
    for k, block in enumerate(blocks):
        back = {} if k == 0 else {own: name for name, own in matches[k - 1].renaming.items()}
        values = {parameter.name: parameter.values[k] for parameter in plan.parameters}
        passed = [values.get(name) or back.get(name, name) for name in parameters(handover.inputs, plan)]
        indent = len(block.lines[0]) - len(block.lines[0].lstrip())
        call = f"{given}{receiver}{helper.name if helper else ''}({', '.join(passed)})"
        cost += 1 if indent + len(call) <= _WIDTH else _SPREAD
    return max(0, sum(lengths) - cost)


def _gain(saved: int, handover: Handover, plan: Plan) -> int:
    """Lines that extraction saves, less what it costs to read a call with many parameters or several results."""
    passed, results = _call_size(handover, plan)
    return saved - max(0, passed - _FREE_PARAMETERS) - 2 * max(0, results - 1)


def _member(block: Block) -> Member:
    fragment = block.enclosing.fragment
    return Member(fragment.path, fragment.qualname, block.first_line, block.last_line, block.lines)


def _advise(blocks: Sequence[Block], verdict: Verdict, helper: Helper | None) -> str:
    if not verdict.extractable or helper is None:
        return f"Not mergeable as it stands: {verdict.reasons[0]}."
    functions = {(block.enclosing.fragment.path, block.enclosing.fragment.qualname) for block in blocks}
    inside = home(block.subject.surroundings.captured for block in blocks)
    if helper.parameters[:1] not in (("self",), ("cls",)):
        place = f"a function inside `{inside}`" if inside else "a function"
    elif same_class(blocks):
        place = f"a method of `{blocks[0].enclosing.surroundings.parent}`"
    elif base := base_of_others([block.subject for block in blocks]):
        place = f"a method of `{base.surroundings.parent}`"
    elif share_base([block.subject for block in blocks]):
        place = "a method of a common base class"
    else:
        place = f"a function inside `{inside}` that takes the object" if inside else "a function that takes the object"
    where = f"{counted(len(blocks), 'place')} in {counted(len(functions), 'function')}"
    return f"Extract these lines into {place}, `{helper.signature}`, and call it from {where}."

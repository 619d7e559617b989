"""Judge a class of blocks: can the run of statements become a function, and why or why not.

In: the blocks of a class, their data flow, where they differ and the plan of the merge. Out: a `Verdict`, and the
`Handover`: what goes into the helper and what comes out, in the representative's names. Source: our own; the
preconditions follow those of Extract Method on clones (Tsantalis, Mazinanian, Krishnan, IEEE TSE 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codesim.parse import Kind
from codesim.refactor.antiunify import Spot
from codesim.refactor.bases import base_of_others, share_base
from codesim.refactor.candidate import Verdict
from codesim.refactor.holes import is_hole
from codesim.refactor.matching import Match
from codesim.refactor.plan import Form, Plan, counted, listed, quoted
from codesim.refactor.signature import unread_parameters
from codesim.refactor.surroundings import free_names, mangled_names, out_of_reach, uses_implicit_class
from codesim.refactor.verdict import behaviour_differences, parameter_reasons, stranding
from codesim.verify import Block, BlockFlow, DifferenceKind, returning

MOST_OUTPUTS = 3
_MOST_REASONS = 5
_MOST_STEPS = 2
_RECEIVERS = ("self", "cls")


@dataclass(frozen=True, slots=True)
class Handover:
    """What a class of blocks hands in and out, in the representative's names.

    flow: the representative's, with the outputs of all copies. unknown: outputs of other copies that have no
    counterpart in the representative. inputs: those of the flow's that the helper takes; the others are read only where
    something else is passed.
    """

    flow: BlockFlow
    unknown: tuple[str, ...]
    inputs: tuple[str, ...]

    @property
    def receiver(self) -> str:
        """`self` or `cls` where the helper needs it; else empty."""
        return self.inputs[0] if self.inputs and self.inputs[0] in _RECEIVERS else ""


def hand_over(blocks: Sequence[Block], flows: Sequence[BlockFlow], matches: Sequence[Match], plan: Plan) -> Handover:
    """Combine the data flow of all copies.

    Args:
        blocks: the representative first.
        flows: of each block.
        matches: of the representative with each other block.
        plan: what merging would do.

    Source: our own.
    """
    wanted = dict.fromkeys(flows[0].outputs)
    unknown: list[str] = []
    stored = {node.label for node in blocks[0].subject.faithful.children[1].walk() if node.kind is Kind.STORE}
    for flow, match in zip(flows[1:], matches, strict=True):
        for name in flow.outputs:
            own = match.renaming.get(name, "")
            if own in stored:
                wanted.setdefault(own)
            else:
                unknown.append(name)
    outputs = tuple(wanted)
    same = outputs == flows[0].outputs
    flow = flows[0] if same else returning(blocks[0], flows[0], outputs)
    unknown += _set_by_few(blocks[0], outputs, matches)
    return Handover(flow, tuple(dict.fromkeys(unknown)), needed_inputs(blocks[0], plan, flow))


def needed_inputs(representative: Block, plan: Plan, flow: BlockFlow | None = None) -> tuple[str, ...]:
    """The inputs that the helper takes as they are: something reads them where nothing else is passed.

    Args:
        representative: the first block.
        plan: what merging would do.
        flow: what the class hands over; None before that is known, which gives what it needs at least.
    """
    unread = unread_parameters(representative.subject, plan)
    if flow is None:
        return tuple(name for name in representative.inputs if name not in unread)
    return tuple(name for name in flow.inputs if name not in unread or name in flow.outputs)


def _set_by_few(representative: Block, outputs: tuple[str, ...], matches: Sequence[Match]) -> list[str]:
    """Outputs that the representative sets only in statements which some other copy lacks."""
    out: list[str] = []
    for name in outputs:
        setting = [
            i
            for i, unit in enumerate(representative.subject.units)
            if any(node[:2] == (Kind.STORE, name) for part in unit.expressions for node in part.walk())
        ]
        if setting and any(not any(i in match.forward for i in setting) for match in matches):
            out.append(name)
    return out


def what_differs(spots: Sequence[Spot], plan: Plan) -> tuple[str, ...]:
    """What differs between blocks that cannot be passed in, in words; empty where they do the same.

    Whole functions that do not are still worth knowing of. Where a run begins and ends is our choice, so one whose
    copies do different things is no finding.

    Args:
        spots: where the blocks differ.
        plan: what merging would do.
    """
    out = [*behaviour_differences(spots), *plan.blockers]
    steps = [spot for spot in spots if spot.kind in (DifferenceKind.STATEMENT, DifferenceKind.GUARD)]
    if len(steps) > _MOST_STEPS:
        first = quoted(*[text for spot in steps[:_MOST_STEPS] for text in spot.texts if text])
        out.append(f"{len(steps)} statements or guards that not all copies have, such as {first}")
    flags = sum(parameter.is_flag for parameter in plan.parameters)
    if flags > 1:
        out.append(f"{flags} steps that not all copies have")
    functions = [parameter for parameter in plan.parameters if parameter.is_function]
    if len(functions) > 1:
        out.append(f"{len(functions)} different functions are called: {listed(*[one.name for one in functions])}")
    if any(edit.form is Form.CALL for parameter in functions for edit in parameter.edits):
        out.append(f"a function of variables would have to be passed: {listed(*[one.name for one in functions])}")
    return tuple(out)


def is_in_the_way(spot: Spot) -> bool:
    """Whether a place where blocks differ may be why they do not do the same: all but values to pass."""
    return not is_hole(spot) or spot.kind is DifferenceKind.CALLEE


def judge_blocks(blocks: Sequence[Block], flows: Sequence[BlockFlow], handover: Handover, plan: Plan) -> Verdict:
    """Judge whether a class of blocks that do the same can become one function.

    Args:
        blocks: the representative first.
        flows: of each block.
        handover: what goes in and comes out.
        plan: what merging would do.

    Returns:
        Verdict: at most five reasons; at least one.

    Source: our own.
    """
    blockers = [*_ties(blocks, flows), *_outputs(handover)]
    total = len(parameters(handover.inputs, plan))
    if blockers:
        return Verdict(False, tuple(dict.fromkeys(blockers))[:_MOST_REASONS])
    flow = handover.flow
    returned = "returns for the caller" if flow.returns else "returns nothing"
    if flow.outputs:
        returned = f"returns {counted(len(flow.outputs), 'value')}: {listed(*flow.outputs)}"
    reasons = [
        f"takes {counted(total, 'parameter')}, {returned}",
        *parameter_reasons(plan),
        *plan.notes,
        *_surroundings(blocks, handover),
    ]
    return Verdict(True, tuple(dict.fromkeys(reasons))[:_MOST_REASONS])


def parameters(inputs: Sequence[str], plan: Plan) -> tuple[str, ...]:
    """What a call passes: the inputs that the helper needs but for `self`, and what differs."""
    replaced = {parameter.name for parameter in plan.parameters if parameter.exists}
    own = [name for name in inputs if name not in _RECEIVERS and name not in replaced]
    return (*own, *[parameter.name for parameter in plan.parameters])


def same_class(blocks: Sequence[Block]) -> bool:
    """Whether all blocks stand in methods of one class."""
    places = {(block.enclosing.fragment.path, block.enclosing.surroundings.parent) for block in blocks}
    return len(places) == 1 and None not in {parent for _, parent in places}


def uses_receiver(block: Block) -> bool:
    """Whether a block needs `self` or `cls`."""
    return bool(block.inputs) and block.inputs[0] in _RECEIVERS


def _ties(blocks: Sequence[Block], flows: Sequence[BlockFlow]) -> list[str]:
    """What ties the blocks to their places."""
    out = [problem for flow in flows for problem in flow.problems]
    if len({flow.leaves for flow in flows}) > 1:
        out.append("one copy ends its function and the other does not")
    if len({flow.awaits for flow in flows}) > 1:
        out.append("one copy awaits and the other does not")
    together = same_class(blocks)
    if not together and any(uses_implicit_class(block.subject) for block in blocks):
        out.append("super() or __class__ means another class in each copy")
    mangled = sorted({name for block in blocks for name in mangled_names(block.subject)})
    if mangled and not (together and uses_receiver(blocks[0])):
        out.append(f"private names mean something else outside their class: {listed(*mangled[:3])}")
    taken = [block.subject.surroundings.captured for block in blocks]
    if stranded := out_of_reach([block.enclosing.fragment for block in blocks], taken):
        out.append(stranding(stranded))
    return out


def _outputs(handover: Handover) -> list[str]:
    out = []
    outputs = handover.flow.outputs
    if len(outputs) > MOST_OUTPUTS:
        out.append(f"{len(outputs)} variables that it sets are read after it: {listed(*outputs[:4])}")
    if handover.unknown:
        out.append(f"one copy sets {listed(*handover.unknown[:3])}, which the others do not")
    return out


def _surroundings(blocks: Sequence[Block], handover: Handover) -> list[str]:
    """What a merge has to look after, although it does not stand in the way."""
    out: list[str] = []
    if handover.receiver and not same_class(blocks):
        subjects = [block.subject for block in blocks]
        shared = "a common base class or " if base_of_others(subjects) or share_base(subjects) else ""
        out.append(f"the copies stand in different classes: {shared}a function that takes the object")
    paths = {block.enclosing.fragment.path for block in blocks}
    if len(paths) > 1 and (free := free_names(blocks[0].subject)):
        out.append(f"free names refer to module globals of different files: imports needed ({listed(*free[:3])})")
    return out

"""Judge a class: can it be merged into one helper, and why or why not.

In: members, spots and the plan of the merge. Out: a `Verdict` with at most five reasons, the ones that matter most
first. A behaviour difference that cannot become a parameter, a function that cannot leave its place, or too many
parameters speak against merging.
Source: our own; the preconditions follow those of Extract Method on clones (Tsantalis, Mazinanian, Krishnan, IEEE TSE
2015).
"""

from __future__ import annotations

from collections.abc import Sequence

from codesim.refactor.antiunify import Spot
from codesim.refactor.candidate import Verdict
from codesim.refactor.holes import is_hole
from codesim.refactor.plan import Form, Plan, counted, listed, quoted
from codesim.refactor.surroundings import (
    calls_namesake,
    captured,
    flavour,
    free_names,
    is_method,
    mangled_names,
    out_of_reach,
    own_name,
    prefix,
    receiver_attributes,
    uses_implicit_class,
)
from codesim.verify import Axis, DifferenceKind, Subject

MOST_PARAMETERS = 5
_MOST_REASONS = 5
_DIFFERS = {
    DifferenceKind.OPERATOR: "an operator differs: {}",
    DifferenceKind.NAME: "variables are used differently: {}",
    DifferenceKind.ORDER: "the order of effects differs: {}",
    DifferenceKind.EXPRESSION: "the copies compute something else: {}",
    DifferenceKind.LITERAL: "the copies compute something else: {}",
    DifferenceKind.ATTRIBUTE: "the copies compute something else: {}",
    DifferenceKind.GUARD: "statements run under other conditions: {}",
    DifferenceKind.EXCEPTION: "other exceptions are raised or caught: {}",
}


def judge(members: Sequence[Subject], spots: Sequence[Spot], plan: Plan, clone_type: int) -> Verdict:
    """Judge whether a class can be merged.

    Args:
        members: the representative first.
        spots: where they differ.
        plan: what merging would do.
        clone_type: of the class, 1 to 4.

    Returns:
        Verdict: at most five reasons; at least one.

    Source: our own.
    """
    blockers = [*_misplaced(members, moves_decorators=not spots), *behaviour_differences(spots), *plan.blockers]
    functions = sum(parameter.is_function for parameter in plan.parameters)
    if functions > 1:
        blockers.append(f"{functions} places would each need a function as parameter")
    if len(plan.added) > MOST_PARAMETERS:
        blockers.append(f"it would take {len(plan.added)} parameters")
    if blockers:
        return Verdict(False, tuple(dict.fromkeys(blockers))[:_MOST_REASONS])
    reasons = [*parameter_reasons(plan), *plan.notes]
    if not reasons:
        reasons.append(_sameness(spots, clone_type))
    reasons += _surroundings(members)
    return Verdict(True, tuple(dict.fromkeys(reasons))[:_MOST_REASONS])


def same_place(members: Sequence[Subject]) -> bool:
    """Whether all members stand directly in the same class, function or module."""
    return len({(member.fragment.path, prefix(member)) for member in members}) == 1


def _misplaced(members: Sequence[Subject], *, moves_decorators: bool) -> list[str]:
    """Why the members cannot become one function, whatever they compute; identical ones keep their decorators."""
    out: list[str] = []
    coroutines = {flavour(member)[0] for member in members}
    generators = {flavour(member)[1] for member in members}
    if len(coroutines) > 1:
        out.append("one copy is async and the other is not")
    if len(generators) > 1:
        out.append("one copy is a generator and the other is not")
    if len({own_name(member) for member in members}) > 1 and (namesakes := calls_namesake(members[0])):
        out.append(f"each copy calls something of its own name: {listed(*namesakes[:3])}")
    if same_place(members):
        return out
    if any(uses_implicit_class(member) for member in members):
        out.append("super() or __class__ means another class in each copy")
    if mangled := [name for member in members for name in mangled_names(member) if is_method(member)]:
        out.append(f"private names mean something else in each class: {listed(*sorted(set(mangled))[:3])}")
    taken = [captured(member, decorated=moves_decorators) for member in members]
    if stranded := out_of_reach([member.fragment for member in members], taken):
        out.append(stranding(stranded))
    return out


def stranding(names: Sequence[str]) -> str:
    """The reason why copies that take these names from functions around them cannot leave their places."""
    return f"names of the functions around them are captured: {listed(*names[:3])}"


def behaviour_differences(spots: Sequence[Spot]) -> list[str]:
    """One sentence per kind of behaviour difference that no parameter can express."""
    found: dict[str, list[Spot]] = {}
    for spot in spots:
        if spot.axis is not Axis.BEHAVIOUR or is_hole(spot) or spot.kind is DifferenceKind.STATEMENT:
            continue
        one_sided = not all(spot.texts)
        if spot.kind in (DifferenceKind.GUARD, DifferenceKind.EXCEPTION) and one_sided:
            continue  # judged with the steps
        sentence = _DIFFERS.get(spot.kind, "the copies call something else: {}")
        if one_sided and spot.kind is DifferenceKind.EXPRESSION:
            sentence = "only one copy has {}"
        if spot.kind is DifferenceKind.OPERATOR and one_sided:
            sentence = "only one copy awaits: {}"
        found.setdefault(sentence, []).append(spot)
    out = []
    for sentence, group in found.items():
        texts = [text for text in group[0].texts if text or "only one" not in sentence]
        more = f", and {counted(len(group) - 1, 'more place')}" if len(group) > 1 else ""
        out.append(sentence.format(quoted(*texts)) + more)
    return out


def parameter_reasons(plan: Plan) -> list[str]:
    """What becomes a parameter, by kind."""
    out: list[str] = []
    plain = [p for p in plan.added if not p.is_function and not p.is_flag]
    literals = [p for p in plain if p.annotation or any(edit.form in (Form.PIECE, Form.TEMPLATE) for edit in p.edits)]
    attributes = [p for p in plain if any(edit.form is Form.ATTRIBUTE for edit in p.edits)]
    others = [p for p in plain if p not in literals and p not in attributes]
    for group, noun in ((literals, "literal"), (others, "value")):
        if group:
            verb = "becomes a parameter" if len(group) == 1 else "become parameters"
            out.append(f"{counted(len(group), noun)} {verb}: {listed(*[p.name for p in group])}")
    if attributes:
        out.append(f"the name of an attribute becomes a parameter (getattr): {listed(*[p.name for p in attributes])}")
    for parameter in plan.parameters:
        if parameter.is_function:
            lambdas = any(edit.form is Form.CALL for edit in parameter.edits)
            what = (
                "one expression needs variables of the function: pass a function"
                if lambdas
                else "one callee differs: pass it as a parameter"
            )
            out.append(what)
    return out


def _sameness(spots: Sequence[Spot], clone_type: int) -> str:
    if spots:
        return "the copies differ only in their parameters' defaults"
    return {
        1: "the copies are identical",
        2: "the copies differ only in names",
        3: "the copies have the same statements in another order",
    }.get(clone_type, "the copies do the same in another spelling")


def _surroundings(members: Sequence[Subject]) -> list[str]:
    """What a merge has to look after, although it does not stand in the way."""
    out: list[str] = []
    methods = [member for member in members if is_method(member)]
    if methods and not same_place(members):
        attributes = tuple(dict.fromkeys(name for member in methods for name in receiver_attributes(member)))
        if attributes:
            shown = listed(*[f"self.{name}" for name in attributes[:4]])
            more = f" and {len(attributes) - 4} more" if len(attributes) > 4 else ""
            out.append(f"methods of different classes: they use {shown}{more}")
    if len({member.fragment.path for member in members}) > 1 and (free := free_names(members[0])):
        out.append(f"free names refer to module globals of different files: imports needed ({listed(*free[:3])})")
    return out

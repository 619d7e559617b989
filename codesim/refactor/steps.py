"""Statements that only some copies have: can they become an optional step?

In: the members and their alignments. Out: flags for the steps, or the reason why there can be none. A step may be
guarded by a flag if it is short and nothing that the copies share reads what it sets; a condition around shared
statements is no step, an early exit is one.
Source: our own.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from codesim.parse import Kind
from codesim.refactor.insertion import NO_PLACE, Copy, insert_steps
from codesim.refactor.located import LocatedSource, is_elif, locate
from codesim.refactor.naming import free_name, words_of
from codesim.refactor.plan import Edit, Form, Parameter, counted, listed, quoted
from codesim.verify import Alignment, Subject, Unit

_MOST_STATEMENTS = 2
_MOST_FLAGS = 2
_CHATTER = frozenset(["debug", "info", "warn", "warning", "error", "exception", "critical", "log", "print"])


class Steps(NamedTuple):
    """Flags for optional steps.

    blockers: why there can be none. unwritten: why the steps cannot be written into the representative, empty if they
    can.
    """

    parameters: tuple[Parameter, ...]
    blockers: tuple[str, ...]
    notes: tuple[str, ...]
    unwritten: str = ""


class _Step(NamedTuple):
    """What comes under one flag: which members have it, its statements, what to write, or why that is not certain."""

    has: tuple[bool, ...]
    statements: list[ast.stmt]
    edits: tuple[Edit, ...]
    unwritten: str
    size: int


@dataclass(slots=True)
class _Group:
    """Steps that the same members have: their statements, by the member that shows them (0: the representative)."""

    has: tuple[bool, ...]
    shown_by: int
    statements: dict[tuple[int, int], Unit] = field(default_factory=dict)


def find_steps(representative: Subject, copies: Sequence[Copy], parameters: Sequence[Parameter]) -> Steps:
    """Look at the statements without a counterpart.

    Args:
        representative: the first member.
        copies: the other members.
        parameters: what is passed for what differs.

    Returns:
        Steps: without parameters if there are no such statements.

    Source: our own.
    """
    blockers: list[str] = []
    groups: dict[tuple[bool, ...], _Group] = {}
    members = [representative, *[copy.subject for copy in copies]]
    sources = [locate(representative), *[copy.source for copy in copies]]
    alignments = [copy.alignment for copy in copies]
    for k, alignment in enumerate(alignments, 1):
        count = 0
        for side, who in ((0, 0), (1, k)):
            paired = {pair[side] for pair in alignment.pairs}
            alone = [i for i in range(len(members[who].units)) if i not in paired]
            blockers += _binding(members[who], alone, paired) + _deciding(members[who], sources[who], alone, paired)
            count += len({members[who].units[i].node.span.start_line for i in alone})
            if side == 1:
                _gather_extra(members, k, alone, groups)
        if count > _MOST_STATEMENTS:
            blockers.append(f"{counted(count, 'statement')} have no counterpart")
    _gather_own(members, alignments, groups)
    steps = [] if blockers else _distinct(representative, copies, groups.values(), parameters)
    if len(steps if steps else groups) > _MOST_FLAGS:
        blockers.append("the copies differ in which statements they have")
    if blockers or not steps:
        return Steps((), tuple(dict.fromkeys(blockers)), ())
    speakers = {0, *[group.shown_by for group in groups.values()]}  # whose words the helper may use
    taken = {parameter.name for parameter in parameters}
    return _as_flags(steps, taken.union(*[sources[k].identifiers for k in speakers]))


def _gather_own(
    members: Sequence[Subject], alignments: Sequence[Alignment], groups: dict[tuple[bool, ...], _Group]
) -> None:
    """The representative's statements that some member lacks."""
    paired = [{i for i, _ in alignment.pairs} for alignment in alignments]
    units = members[0].units
    for i, unit in enumerate(units):
        has = (True, *[i in there for there in paired])
        parent_has = (True, *[unit.parent in there for there in paired]) if unit.parent >= 0 else (True,) * len(has)
        if all(has) or has == parent_has:
            continue  # nested in a step: goes with it
        groups.setdefault(has, _Group(has, 0)).statements[unit.node.span[:2]] = unit


def _gather_extra(
    members: Sequence[Subject], k: int, alone: Sequence[int], groups: dict[tuple[bool, ...], _Group]
) -> None:
    """A member's statements that the representative lacks; each such member counts by itself."""
    units = members[k].units
    for i in alone:
        if units[i].parent not in alone:
            has = tuple(n == k for n in range(len(members)))
            groups.setdefault(has, _Group(has, k)).statements[units[i].node.span[:2]] = units[i]


def _binding(member: Subject, alone: Sequence[int], paired: set[int]) -> list[str]:
    """Variables that the extra statements set and the shared ones read."""
    bound = {n.label for i in alone for e in member.units[i].expressions for n in e.walk() if n.kind is Kind.STORE}
    read = {n.label for i in paired for e in member.units[i].expressions for n in e.walk() if n.kind is Kind.NAME}
    names = sorted(name for name in bound & read if "'" not in name)
    hidden = bound & read and not names
    if names:
        return [f"one copy sets {listed(*names[:3])} in statements that the others lack"]
    return ["one copy computes a result in statements that the others lack"] if hidden else []


def _deciding(member: Subject, source: LocatedSource, alone: Sequence[int], paired: set[int]) -> list[str]:
    """Conditions and loops that only one copy has around statements that the copies share."""
    out = []
    shared = [member.units[i].node.span for i in sorted(paired)]
    parents = {member.units[i].parent for i in paired}
    for i in alone:
        node = member.units[i].node
        statement = source.statements.get(node.span)
        early_exit = statement is not None and not any(
            _between(span[:2], node.span[:2], node.span[2:]) for span in shared
        )
        if i in parents and not early_exit:
            text = (
                member.text(member.units[i].expressions[0].span)
                if member.units[i].expressions
                else node.kind.name.lower()
            )
            out.append(f"one copy runs statements under a condition that the others lack: {quoted(text)}")
    return out


def _between(place: tuple[int, ...], start: tuple[int, ...], end: tuple[int, ...]) -> bool:
    return start < place < end


def _distinct(
    representative: Subject, copies: Sequence[Copy], groups: Iterable[_Group], parameters: Sequence[Parameter]
) -> list[_Step]:
    """The groups as steps to write; a step that several copies have in the same words and place is one."""
    out: list[_Step] = []
    for group in groups:
        step = (
            _own_step(representative, group)
            if group.shown_by == 0
            else _extra_step(representative, copies, group, parameters)
        )
        same = next((i for i, other in enumerate(out) if step.edits and other.edits == step.edits), None)
        if same is None:
            out.append(step)
        else:
            either = zip(out[same].has, step.has, strict=True)
            out[same] = step._replace(has=tuple(one or two for one, two in either))
    return out


def _own_step(representative: Subject, group: _Group) -> _Step:
    source = locate(representative)
    units = group.statements.values()
    found = [statement for unit in units if (statement := source.statements.get(unit.node.span)) is not None]
    unwritten = "" if len(found) == len(units) else NO_PLACE
    if any(is_elif(representative, statement) for statement in found):
        unwritten = "a step of one copy is a branch of an `if`"
    return _Step(group.has, found, tuple(Edit(unit.node.span, Form.STEP) for unit in units), unwritten, len(units))


def _extra_step(
    representative: Subject, copies: Sequence[Copy], group: _Group, parameters: Sequence[Parameter]
) -> _Step:
    copy = copies[group.shown_by - 1]
    units = group.statements.values()
    found = [statement for unit in units if (statement := copy.source.statements.get(unit.node.span)) is not None]
    edits = insert_steps(representative, copy, found, parameters) if len(found) == len(units) else NO_PLACE
    written, unwritten = ((), edits) if isinstance(edits, str) else (edits, "")
    return _Step(group.has, found, written, unwritten, len(units))


def _as_flags(steps: Sequence[_Step], taken: Collection[str]) -> Steps:
    parameters: list[Parameter] = []
    names = set(taken)
    for step in steps:
        name = free_name(_flag_name(step.statements), names)
        names.add(name)
        values = tuple(str(has) for has in step.has)
        parameters.append(Parameter(name, values, step.edits, annotation="bool", is_flag=True))
    total = sum(step.size for step in steps)
    what = "an extra step: guard it" if total == 1 else "extra steps: guard them"
    flag = "a flag" if len(parameters) == 1 else "flags"
    note = f"one copy has {what} by {flag} ({counted(len(parameters), 'parameter')})"
    unwritten = next((step.unwritten for step in steps if step.unwritten), "")
    return Steps(tuple(parameters), (), (note,), unwritten)


def _flag_name(statements: Sequence[ast.stmt]) -> str:
    """A name for a step, from what it does."""
    for statement in statements:
        nodes = list(ast.walk(statement))
        if any(isinstance(node, ast.Raise | ast.Assert) for node in nodes):
            return "strict"
        if isinstance(statement, ast.If) and any(isinstance(node, ast.Return) for node in nodes):
            return "exit_early"
        for node in nodes:
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in _CHATTER:
                    return "verbose"
                if words_of(called):
                    return "with_" + "_".join(words_of(called))
    return "extra_step"

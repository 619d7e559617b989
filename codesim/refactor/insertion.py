"""Write a step that only another copy has into the representative: where it goes, and in whose words.

In: the statements of a step, and the copy that has them. Out: edits of form INSERT, or in words why there can be none.
The step goes behind (or before) the neighbour that the representative shares with the copy, and speaks of the
representative's variables; a name that might mean something else there forbids it.
Source: our own.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from codesim.refactor.located import FunctionAst, LocatedSource, is_elif, locate, wrapped_source
from codesim.refactor.matching import Match
from codesim.refactor.plan import Edit, Form, Parameter, quoted
from codesim.refactor.reading import constant_parameters, local_names
from codesim.refactor.surroundings import receiver
from codesim.source import Span
from codesim.verify import Alignment, Subject

_SUITES = ("body", "orelse", "finalbody")
_BINDING = (
    ast.arg, ast.alias, ast.ExceptHandler, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Global,
    ast.Nonlocal, ast.pattern,
)  # fmt: skip
_NAME = re.compile(r"\bid='\w+'")
NO_PLACE = "a step of one copy has no exact place in the other"


class Copy(NamedTuple):
    """A member, its number among all, and how it corresponds to the representative."""

    number: int
    subject: Subject
    source: LocatedSource
    match: Match
    alignment: Alignment


def insert_steps(
    representative: Subject, copy: Copy, statements: Sequence[ast.stmt], parameters: Sequence[Parameter]
) -> tuple[Edit, ...] | str:
    """Edits that put a step of a copy into the representative.

    Args:
        representative: the first member.
        copy: the member that has the step.
        statements: of the step, in order; none stands in another.
        parameters: what is passed for what differs.

    Returns:
        One edit for each place, or why a text would not be exact.

    Source: our own.
    """
    source = locate(representative)
    names = _translation(representative, copy, statements, parameters)
    if isinstance(names, str):
        return names
    partners = _partners(source, representative, copy)
    found: dict[tuple[ast.stmt, str], list[str]] = {}
    for statement in statements:
        place = _place(representative, copy, statement, statements, partners)
        text = _text(copy, statement, names)
        if place is None or not text:
            return NO_PLACE
        found.setdefault(place, []).append(text)
    spans = {node: span for span, node in source.statements.items()}
    return tuple(Edit(spans[anchor], Form.INSERT, (side, *texts)) for (anchor, side), texts in found.items())


def _partners(source: LocatedSource, representative: Subject, copy: Copy) -> dict[ast.stmt, ast.stmt]:
    """The representative's statement for each of the copy's, where all of the one corresponds to all of the other."""
    found: dict[ast.stmt, set[ast.stmt | None]] = {}
    back: dict[ast.stmt, set[ast.stmt | None]] = {}
    partner = dict(copy.alignment.pairs)
    for i, unit in enumerate(representative.units):
        one = source.statements.get(unit.node.span)
        two = copy.source.statements.get(copy.subject.units[partner[i]].node.span) if i in partner else None
        if one is not None:
            back.setdefault(one, set()).add(two)
        if two is not None:
            found.setdefault(two, set()).add(one)
    taken = set(partner.values())
    for j, unit in enumerate(copy.subject.units):
        two = copy.source.statements.get(unit.node.span)
        if two is not None and j not in taken:
            found.setdefault(two, set()).add(None)
    out = {}
    for two, ones in found.items():
        one = next(iter(ones))
        if len(ones) == 1 and one is not None and back[one] == {two}:
            out[two] = one
    return out


def _place(
    representative: Subject,
    copy: Copy,
    statement: ast.stmt,
    steps: Sequence[ast.stmt],
    partners: Mapping[ast.stmt, ast.stmt],
) -> tuple[ast.stmt, str] | None:
    """Behind or before which statement of the representative a step goes; None if that is not certain.

    All of the copy's suite but the step must be the representative's, in the same order: so must what was lowered away,
    which may stand for an effect on the way. What the representative has besides comes under a flag.
    """
    source, parent = locate(representative), copy.source.parents[statement]
    name = next((name for name in _SUITES if statement in getattr(parent, name, ())), "")
    around: ast.AST | None = partners.get(parent) if isinstance(parent, ast.stmt) else None
    if parent is copy.source.function:
        around = source.function
    elif type(around) is not type(parent):
        return None
    if not name or around is None:
        return None
    own, suite = _statements(around, name), _statements(parent, name)
    known = {source.statements.get(unit.node.span) for unit in representative.units}
    own = [other for other in own if other not in known or other in partners.values()]
    shared = [other for other in suite if other not in steps]
    if len(own) != len(shared) or not own:
        return None
    if not all(
        partners.get(two) is one or _lowered_alike(one, two, known, partners)
        for one, two in zip(own, shared, strict=True)
    ):
        return None
    before = len([other for other in suite[: suite.index(statement)] if other not in steps])
    anchor = own[max(0, before - 1)]
    return None if is_elif(representative, anchor) else (anchor, "behind" if before else "before")


def _lowered_alike(
    one: ast.stmt, two: ast.stmt, known: Collection[ast.stmt | None], partners: Mapping[ast.stmt, ast.stmt]
) -> bool:
    """Whether both are statements that the comparison does not know, alike but for names."""
    if one in known or two in partners:
        return False
    return _NAME.sub("", ast.dump(one)) == _NAME.sub("", ast.dump(two))


def _statements(parent: ast.AST, name: str) -> list[ast.stmt]:
    """A suite without its docstring."""
    suite: list[ast.stmt] = getattr(parent, name)
    documented = isinstance(parent, FunctionAst) and ast.get_docstring(parent, clean=False) is not None
    return suite[1:] if documented else suite


def _translation(
    representative: Subject, copy: Copy, statements: Sequence[ast.stmt], parameters: Sequence[Parameter]
) -> dict[str, str] | str:
    """What each name of a step is called in the helper, or why there is no certain name for it."""
    nodes = [node for statement in statements for node in ast.walk(statement)]
    if any(isinstance(node, _BINDING) for node in nodes):
        return "a step of one copy defines something"
    everywhere = Counter(node.id for node in copy.source.expressions.values() if isinstance(node, ast.Name))
    own, there, mentioned = local_names(copy.subject), local_names(representative), locate(representative).identifiers
    taken = {parameter.name for parameter in parameters}
    known = _counterparts(representative, copy, parameters)
    out: dict[str, str] = {}
    for name, count in Counter(node.id for node in nodes if isinstance(node, ast.Name)).items():
        new = known.get(name, "") if name in own else name
        if not new and count == everywhere[name] and name not in constant_parameters(copy.subject):
            new = "" if name in mentioned | taken else name  # a variable of the step alone
        elif name not in own and name in there | taken:
            new = ""
        if not new or new in out.values():
            return f"a step of one copy uses {quoted(name)}, which has no certain counterpart in the other"
        out[name] = new
    return out


def _counterparts(representative: Subject, copy: Copy, parameters: Sequence[Parameter]) -> dict[str, str]:
    """What the copy's variables are called in the helper: those of which all that corresponds has one other name.

    A place where something is passed says nothing of its names; but what is passed has the parameter's.
    """
    source = locate(representative)
    passed = [edit.span for parameter in parameters for edit in parameter.edits]
    met: dict[str, set[str]] = {}
    back: dict[str, set[str]] = {}
    for here, there in copy.match.spans.items():
        one, two = source.expressions.get(here), copy.source.expressions.get(there)
        if isinstance(one, ast.Name) and isinstance(two, ast.Name) and not any(_within(here, span) for span in passed):
            met.setdefault(two.id, set()).add(one.id)
            back.setdefault(one.id, set()).add(two.id)
    taken = {parameter.name for parameter in parameters}
    set_before = {p.name for p in parameters if any(edit.form is Form.DROP for edit in p.edits)}  # it stays a variable
    out = {two: min(ones) for two, ones in met.items() if len(ones) == 1 and back[min(ones)] == {two}}
    out = {two: one for two, one in out.items() if one not in taken - set_before}
    if receiver(copy.subject) and receiver(copy.subject) == receiver(representative):
        out[receiver(copy.subject)] = receiver(representative)
    fixed = constant_parameters(copy.subject)
    for parameter in parameters:
        value = parameter.values[copy.number]
        if value in fixed and {edit.form for edit in parameter.edits} == {Form.VALUE}:
            out[value] = parameter.name
    return out


def _within(inner: Span, outer: Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def _text(copy: Copy, statement: ast.stmt, names: Mapping[str, str]) -> str:
    """The statement's own lines under an `if`, with the comment above it, in the representative's names; or ""."""
    lines = copy.subject.lines
    shift = wrapped_source(lines)[1]
    first, last = statement.lineno - 1 - shift, (statement.end_lineno or statement.lineno) - 1 - shift
    head = lines[first].encode()[: statement.col_offset].decode(errors="replace")
    tail = lines[last].encode()[statement.end_col_offset :].decode(errors="replace").strip()
    if head.strip() or (tail and not tail.startswith("#")) or is_elif(copy.subject, statement):
        return ""  # it shares its lines, or its `if`
    changed = [line.encode() for line in lines]
    places = [node for node in ast.walk(statement) if isinstance(node, ast.Name) and names[node.id] != node.id]
    for node in sorted(places, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        line, start, end = node.lineno - 1 - shift, node.col_offset, node.end_col_offset or 0
        if changed[line][start:end] != node.id.encode():
            return ""  # inside an f-string, where Python 3.11 tells no places
        changed[line] = changed[line][:start] + names[node.id].encode() + changed[line][end:]
    while first and lines[first - 1].startswith(f"{head}#"):
        first -= 1
    text = "\n".join(["if 1:", *[line.decode() for line in changed[first : last + 1]]]) + "\n"
    after = Counter(node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))
    return text if after == Counter(names[n.id] for n in ast.walk(statement) if isinstance(n, ast.Name)) else ""

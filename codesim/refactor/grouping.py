"""Group holes into parameters, and name these.

In: the holes of a class. Out: `Parameter`s. Holes with equal values in all members share one; a parameter that the
representative has already is used again, and a variable that only starts from the hole becomes the parameter. Source:
shared variables of anti-unification (Plotkin, 1970); the rest is our own.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

from codesim.refactor.holes import Hole
from codesim.refactor.located import LocatedSource, span_of
from codesim.refactor.naming import free_name
from codesim.refactor.plan import Edit, Form, Parameter
from codesim.refactor.reading import constant_parameters
from codesim.verify import Subject

_TYPES = ("str", "bytes", "bool", "int", "float")
_PALE = ("value", "text", "attribute", "label", "flag")  # names that say no more than the kind


def group_holes(holes: Sequence[Hole], representative: Subject, source: LocatedSource) -> tuple[Parameter, ...]:
    """Parameters for holes: equal values share one; names are unique and free.

    Args:
        holes: in the order of the source.
        representative: the first member.
        source: its located source.

    Returns:
        Parameters in the order in which they are first needed.
    """
    groups: dict[tuple[str, ...], list[Hole]] = {}
    for hole in holes:
        arguments = hole.edit.detail if hole.edit.form is Form.CALL else ()
        groups.setdefault((*hole.values, *arguments), []).append(hole)
    taken = set(source.identifiers) - _replaced_names(holes, source)
    out: list[Parameter] = []
    for group in groups.values():
        first = group[0]
        edits = tuple(hole.edit for hole in group)
        function = any(hole.is_function for hole in group)
        existing = _existing(group, representative, source)
        if existing:
            out.append(Parameter(existing, first.values, (), function, exists=True))
            continue
        dropped = _initial_assignment(group, source)
        if dropped is not None:
            name, edits = dropped[0], (dropped[1],)
        else:
            wishes = sorted([wish for hole in group for wish in hole.wishes], key=lambda wish: wish in _PALE)
            names = [free_name(wish, taken) for wish in wishes]
            name = next(
                (name for name, wish in zip(names, wishes, strict=True) if name.rstrip("_") == wish.strip("_")),
                names[0],
            )
        taken.add(name)
        out.append(Parameter(name, first.values, edits, function, annotation="" if function else _annotation(group)))
    return tuple(out)


def _replaced_names(holes: Sequence[Hole], source: LocatedSource) -> set[str]:
    """Names of the representative of which every occurrence is replaced, so that a parameter may take them."""
    replaced = Counter(
        hole.expressions[0].id
        for hole in holes
        if hole.edit.form is Form.VALUE and isinstance(hole.expressions[0], ast.Name)
    )
    if not replaced or source.function is None:
        return set()
    nodes = list(ast.walk(source.function))
    present = Counter([node.id for node in nodes if isinstance(node, ast.Name)])
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return {name for name, count in replaced.items() if present[name] == count and name not in own}


def _existing(group: Sequence[Hole], representative: Subject, source: LocatedSource) -> str:
    """The parameter of the representative that already is what the group needs, if every use of it is in the group."""
    names = {hole.expressions[0].id for hole in group if isinstance(hole.expressions[0], ast.Name)}
    if len(names) != 1 or source.function is None or any(hole.edit.form is not Form.VALUE for hole in group):
        return ""
    name = names.pop()
    if name not in constant_parameters(representative):
        return ""
    uses = sum(
        isinstance(node, ast.Name) and node.id == name for part in source.function.body for node in ast.walk(part)
    )
    return name if uses == len(group) else ""


def _initial_assignment(group: Sequence[Hole], source: LocatedSource) -> tuple[str, Edit] | None:
    """For a hole that only starts a variable (`limit = 5`, before other uses): the variable becomes the parameter."""
    hole = group[0]
    node = hole.expressions[0]
    statement = source.parents.get(node)
    if (
        len(group) != 1
        or hole.edit.form is not Form.VALUE
        or source.function is None
        or statement not in source.function.body
    ):
        return None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    if not isinstance(target, ast.Name) or statement.value is not node:
        return None
    place = span_of(statement)
    for other in ast.walk(source.function):
        if isinstance(other, ast.arg) and other.arg == target.id:
            return None
        if isinstance(other, ast.Global | ast.Nonlocal) and target.id in other.names:
            return None
        if isinstance(other, ast.Name) and other.id == target.id and span_of(other)[:2] < place[:2]:
            return None
    span = next(span for span, found in source.statements.items() if found is statement)
    return target.id, Edit(span, Form.DROP)


def _annotation(group: Sequence[Hole]) -> str:
    """The type of the values where all are literals of the same one."""
    types = {
        type(expression.value).__name__ if isinstance(expression, ast.Constant) else ""
        for hole in group
        for expression in hole.expressions
    }
    found = types.pop() if len(types) == 1 else ""
    return found if found in _TYPES else ""

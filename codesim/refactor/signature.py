"""A helper's signature: how it is shown, what it no longer needs, and whether the function can be renamed at all.

In: the representative and the plan, or a text. Out: parameter names and answers, all from Python's own syntax tree.
Source: our own.
"""

from __future__ import annotations

import ast

from codesim.refactor.located import FunctionAst, locate
from codesim.refactor.plan import Form, Plan
from codesim.refactor.surroundings import is_method, own_name
from codesim.verify import Subject

_REPLACING = (Form.VALUE, Form.CALL, Form.DROP)  # edits after which nothing of the place is left


def shown_parameters(text: str) -> tuple[str, ...]:
    """The parameters of the function in a text, as a call signature shows them."""
    function = ast.parse(text).body[0]
    return _shown(function) if isinstance(function, FunctionAst) else ()


def expected_parameters(representative: Subject, plan: Plan) -> tuple[str, ...]:
    """The parameters of a helper that has no text: what it needs of the representative's own, then the new ones."""
    function = locate(representative).function
    new = [parameter.name for parameter in plan.added]
    if function is None:
        return tuple(new)
    unread = unread_parameters(representative, plan)
    shown = [name for name in _shown(function) if name not in unread]
    own = function.args
    if new and own.defaults and not own.vararg and not own.kwonlyargs:
        new.insert(0, "*")
    at = len(shown) - 1 if own.kwarg else len(shown)
    return (*shown[:at], *new, *shown[at:])


def unread_parameters(representative: Subject, plan: Plan) -> frozenset[str]:
    """Parameters of the representative that only the replaced places use: the helper does without them.

    Args:
        representative: the member.
        plan: its edits need not be possible to write down.
    """
    source = locate(representative)
    if source.function is None:
        return frozenset()
    own = source.function.args
    edits = [edit for parameter in plan.parameters for edit in parameter.edits]
    replaced: set[ast.AST] = set()
    for edit in edits:
        node = source.statements.get(edit.span) if edit.form is Form.DROP else source.expressions.get(edit.span)
        if node is not None and edit.form in _REPLACING:
            replaced.update(ast.walk(node))
    names = [n for part in source.function.body for n in ast.walk(part) if isinstance(n, ast.Name)]
    left = {node.id for node in names if node not in replaced}
    left |= {name for edit in edits if edit.form is Form.CALL for name in edit.detail}
    inserted = [text for edit in edits if edit.form is Form.INSERT for text in edit.detail[1:]]
    left |= {n.id for text in inserted for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    plain = {argument.arg for argument in [*own.posonlyargs, *own.args, *own.kwonlyargs]}
    return frozenset(plain & {node.id for node in names} - left)


def can_rename(representative: Subject, same_names: bool) -> bool:
    """Whether a function's mentions of its own name stay right in the helper.

    A function that calls itself by name is led to the helper. A method's own name, written elsewhere than in its
    definition, means the same thing in the helper only if all copies have that name.

    Args:
        representative: the member.
        same_names: whether all members have one name.
    """
    source = locate(representative)
    if source.function is None:
        return False
    name, method = own_name(representative), is_method(representative)
    for node in ast.walk(source.function):
        if isinstance(node, ast.Attribute) and node.attr == name and not same_names:
            return False
        if isinstance(node, ast.Name) and node.id == name:
            parent = source.parents[node]
            called = isinstance(parent, ast.Call) and parent.func is node
            if not (same_names if method else called):
                return False
    return True


def _shown(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    own = function.args
    shown = [argument.arg for argument in [*own.posonlyargs, *own.args]]
    if own.vararg:
        shown.append(f"*{own.vararg.arg}")
    elif own.kwonlyargs:
        shown.append("*")
    shown += [argument.arg for argument in own.kwonlyargs]
    return (*shown, f"**{own.kwarg.arg}") if own.kwarg else tuple(shown)

"""A helper's signature: how it is shown, what it no longer needs, and whether the function can be renamed at all.

In: the representative, or a text. Out: parameter names and answers, all from Python's own syntax tree. Source: our own.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codesim.refactor.located import FunctionAst, locate
from codesim.refactor.plan import Parameter
from codesim.refactor.surroundings import is_method, own_name
from codesim.verify import Subject


def shown_parameters(text: str) -> tuple[str, ...]:
    """The parameters of the function in a text, as a call signature shows them."""
    function = ast.parse(text).body[0]
    return _shown(function) if isinstance(function, FunctionAst) else ()


def expected_parameters(representative: Subject, added: Sequence[Parameter]) -> tuple[str, ...]:
    """The parameters of a helper that has no text: the representative's own, then the new ones."""
    function = locate(representative).function
    new = [parameter.name for parameter in added]
    if function is None:
        return tuple(new)
    shown = list(_shown(function))
    own = function.args
    if new and own.defaults and not own.vararg and not own.kwonlyargs:
        new.insert(0, "*")
    at = len(shown) - 1 if own.kwarg else len(shown)
    return (*shown[:at], *new, *shown[at:])


def superfluous_parameters(representative: Subject, text: str) -> frozenset[str]:
    """Parameters that only the replaced places used: after the edits nothing reads them."""
    before = locate(representative).function
    after = ast.parse(text).body[0]
    if before is None or not isinstance(after, FunctionAst):
        return frozenset()
    own = before.args
    plain = {argument.arg for argument in [*own.posonlyargs, *own.args, *own.kwonlyargs]}
    return frozenset(plain & _names(before) - _names(after))


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


def _names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {node.id for part in function.body for node in ast.walk(part) if isinstance(node, ast.Name)}

"""What a helper's signature needs: how it is shown, what it no longer needs, whether the function can be renamed at all.

In: the representative, or a text. Out: parameter names and answers, all from Python's own syntax tree. Source: our own.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codesim.refactor.located import FunctionAst, locate
from codesim.refactor.plan import Parameter
from codesim.refactor.surroundings import own_name
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


def can_rename(representative: Subject) -> bool:
    """Whether a function's calls of itself can be led to the helper: it must not hand its own name around."""
    source = locate(representative)
    if source.function is None:
        return False
    name = own_name(representative)
    for node in ast.walk(source.function):
        if isinstance(node, ast.Attribute) and node.attr == name:
            return False
        if isinstance(node, ast.Name) and node.id == name:
            parent = source.parents[node]
            if not isinstance(parent, ast.Call) or parent.func is not node:
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

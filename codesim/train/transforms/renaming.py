"""Consistent renaming of parameters and locals.

In: a function. Out: the same function with some or all of its own names spelled otherwise, everywhere at once.
Callers that pass arguments by position see no difference; keyword-only parameters keep their names.

Source: the first operator of every contrastive code model (ContraCode, Jain et al. 2021; Corder, Bui et al. 2021).
"""

from __future__ import annotations

import ast
from random import Random

from codesim.train.transforms import scope
from codesim.train.transforms.scope import Function


def rename_locals(function: Function, rng: Random) -> bool:
    """Rename a random half or all of the names that the guard allows; False if there is none."""
    names = sorted(renamable(function))
    if names and rng.random() < 0.5:
        names = rng.sample(names, max(1, len(names) // 2))
    return _rename(function, rng, names)


def rename_all(function: Function, rng: Random) -> bool:
    """Rename every name that the guard allows; False if there is none."""
    return _rename(function, rng, sorted(renamable(function)))


def _rename(function: Function, rng: Random, names: list[str]) -> bool:
    mapping = dict(zip(names, scope.fresh_names(function, rng, len(names)), strict=True))
    for argument in _own_arguments(function):
        argument.arg = mapping.get(argument.arg, argument.arg)
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                node.id = mapping.get(node.id, node.id)
    return bool(names)


def renamable(function: Function) -> set[str]:
    """Return the names of the function's own scope that can be respelled throughout without anyone noticing."""
    if scope.has_dynamic_scope(function):
        return set()
    own = {argument.arg for argument in _own_arguments(function)} | _stored_in_own_scope(function)
    kept = {name for name in own if name.startswith("__")}
    first = [*function.args.posonlyargs, *function.args.args][:1]
    kept |= {argument.arg for argument in first if argument.arg in {"self", "cls"}}
    kept |= {argument.arg for argument in function.args.kwonlyargs}
    kept |= scope.names_bound_by_string(function.body)
    # defaults, decorators and annotations are evaluated outside: the same spelling means another name there
    outside = [*function.decorator_list, function.args, *([function.returns] if function.returns else [])]
    kept |= scope.names_read(outside)
    for node in ast.walk(function):
        if isinstance(node, scope.INNER_SCOPES) and node is not function:
            kept |= {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}
        if isinstance(node, ast.ClassDef):
            kept |= scope.names_written(node) | scope.names_read(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name:
            kept |= {keyword.arg for keyword in node.keywords if keyword.arg}
        if isinstance(node, ast.JoinedStr):
            kept |= _named_in_debug_format(node, own)
    return own - kept


def _own_arguments(function: Function) -> list[ast.arg]:
    a = function.args
    return [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]


def _stored_in_own_scope(function: Function) -> set[str]:
    names: set[str] = set()
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        waiting.extend(
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, scope.INNER_SCOPES + scope.COMPREHENSIONS)
        )
    return names


def _named_in_debug_format(node: ast.JoinedStr, names: set[str]) -> set[str]:
    # f"{x=}" prints the spelling of x; the parser leaves it as the text "x=" before the value
    texts = [part.value for part in node.values if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return {name for name in names for text in texts if text.rstrip().endswith("=") and name in text}

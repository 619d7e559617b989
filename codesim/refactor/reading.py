"""What an expression that differs needs from the function around it.

In: an expression of a member's source, and the member. Out: a `Reading`: which variables it reads, and whether the
caller could evaluate it just as well. A value that depends on variables set on the way cannot be passed in; it takes
a function. Source: our own.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from codesim.parse import Kind, parameters
from codesim.verify import Subject

_FRESH = (ast.Call, ast.List, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_BINDING = frozenset({Kind.STORE, Kind.PARAMETER, Kind.VARARGS, Kind.KWARGS, Kind.FUNCTION, Kind.CLASS})
_REMEMBERED = 256  # members: each of their expressions that differ asks
_BOUND_HERE = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Starred, ast.Slice)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an expression reads.

    variables: names of the function that are set on the way, in order of appearance. inputs: its parameters that are
    never set again.
    computes: whether it calls something or makes a new object, so that *when* it is evaluated matters. movable: False
    for what cannot leave its place at all (`await`, `yield`, `:=`).
    """

    variables: tuple[str, ...]
    inputs: tuple[str, ...]
    computes: bool
    movable: bool

    @property
    def is_value(self) -> bool:
        """Whether the caller can pass the value itself."""
        return self.movable and not self.computes and not self.variables


def read_expression(expression: ast.expr, subject: Subject) -> Reading:
    """Look at an expression.

    Approximation: an attribute or an element of a parameter is taken to be the same at the call as at its place.

    Args:
        expression: part of the member's source.
        subject: the member.

    Returns:
        Reading: see there.
    """
    nodes = list(ast.walk(expression))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    known = local_names(subject)
    names = [node.id for node in _in_order(nodes) if node.id not in own and node.id in known]
    fixed = constant_parameters(subject)
    return Reading(
        variables=tuple(dict.fromkeys(name for name in names if name not in fixed)),
        inputs=tuple(dict.fromkeys(name for name in names if name in fixed)),
        computes=any(isinstance(node, _FRESH) for node in nodes),
        movable=not any(isinstance(node, _BOUND_HERE) for node in nodes),
    )


@lru_cache(maxsize=_REMEMBERED)
def local_names(subject: Subject) -> frozenset[str]:
    """Every name that the function or one inside it binds, in the source as it is written."""
    function = subject.faithful
    return frozenset(node.label for node in function.walk() if node.kind in _BINDING and node is not function)


@lru_cache(maxsize=_REMEMBERED)
def constant_parameters(subject: Subject) -> frozenset[str]:
    """The parameters of a function that nothing in it sets again."""
    stored = {node.label for node in subject.faithful.children[1].walk() if node.kind is Kind.STORE}
    own = {node.label for node in parameters(subject.faithful)}
    inner = {
        parameter.label
        for node in subject.faithful.children[1].walk()
        if node.kind in (Kind.FUNCTION, Kind.LAMBDA)
        for parameter in parameters(node)
    }
    return frozenset(own - stored - inner)


def _in_order(nodes: list[ast.AST]) -> list[ast.Name]:
    names = [node for node in nodes if isinstance(node, ast.Name)]
    return sorted(names, key=lambda node: (node.lineno, node.col_offset))

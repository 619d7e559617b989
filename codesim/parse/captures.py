"""What a function takes from the functions around it, by Python's own rules.

In: a cut fragment and its faithful tree. Out: its `Surroundings`. A free name is captured if a function around it binds
it, the innermost first; a class in between is passed over, and where one of these functions declares the name `global`
the search ends. Decorators, defaults and annotations count, since they are evaluated where the function stands.
Source: the Python language reference, section 4.2 (naming and binding).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from codesim.parse.from_ast import parse_function
from codesim.parse.scopes import bound_names, declared_names, outer_names
from codesim.parse.tree import Kind, Node
from codesim.source import Captured, CutFragment, FunctionSyntax, Surroundings

_REMEMBERED = 16  # functions around: each of those inside asks


def surroundings_of(cut: CutFragment, faithful: Node) -> Surroundings:
    """What stands around a function.

    Args:
        cut: the function.
        faithful: its faithful tree.

    Returns:
        Surroundings: `captured` in the order of names; a function that calls itself captures nothing by that.
    """
    return Surroundings(cut.parent, cut.bases, () if cut.around is None else _captured(cut, faithful))


def _captured(cut: CutFragment, faithful: Node) -> tuple[Captured, ...]:
    open_names = {*outer_names(faithful), *_annotations(cut.node)} - {cut.node.name}
    found: list[Captured] = []
    around = cut.around
    while around is not None and open_names:
        bound, declared = _bindings(around.node)
        found += [Captured(name, around.fragment.qualname) for name in open_names & bound]
        open_names -= bound | declared
        around = around.around
    return tuple(sorted(found))


def _annotations(function: FunctionSyntax) -> Iterator[str]:
    own = function.args
    arguments = (*own.posonlyargs, *own.args, *own.kwonlyargs, own.vararg, own.kwarg)
    written = [function.returns, *[one.annotation for one in arguments if one is not None]]
    for annotation in written:
        if annotation is not None:
            yield from (node.id for node in ast.walk(annotation) if isinstance(node, ast.Name))


@lru_cache(maxsize=_REMEMBERED)
def _bindings(function: FunctionSyntax) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a function binds, and those that it declares global."""
    tree = parse_function(function)
    return bound_names(tree), declared_names(tree, Kind.GLOBAL)

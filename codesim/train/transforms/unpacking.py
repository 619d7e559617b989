"""Transformations between unpacking and indexing, where the length of what is unpacked is known.

In: a function. Out: True and the function changed in place, or False and the function untouched. Known are the pairs
of `items()`, `enumerate` and `zip`, and the results of `divmod`, `partition`, `os.path.split` and their like.

Source: Python idioms; guards are our own.
"""

from __future__ import annotations

import ast
from random import Random

from codesim.train.transforms import knowledge, scope
from codesim.train.transforms.scope import Block, Function

METHOD_LENGTHS = {"partition": 3, "rpartition": 3, "splitext": 2, "popitem": 2, "as_integer_ratio": 2}
Part = list[ast.stmt] | ast.comprehension


def unpack_to_index(function: Function, rng: Random) -> bool:
    """Turn `for k, v in d.items()` into `for pair in d.items()` with `pair[0]` and `pair[1]`; likewise assignments.

    In a loop the names become subscripts throughout if they are only read there; else they are assigned first.
    Guard: the length is known, the targets are plain names.
    """
    loops: list[tuple[ast.For, list[str]]] = []
    assignments: list[tuple[Block, int, list[str], ast.expr]] = []
    for block, position, statement in scope.places(function):
        match statement:
            case ast.For(ast.Tuple(targets), source):
                names = _plain(targets)
                if names and len(names) == element_length(source):
                    loops.append((statement, names))
            case ast.Assign([ast.Tuple(targets)], value):
                names = _plain(targets)
                if names and len(names) == value_length(value):
                    assignments.append((block, position, names, value))
    if not loops and not assignments:
        return False
    if scope.has_dynamic_scope(function) or knowledge.binds(function, "enumerate", "zip", "divmod"):
        return False
    whole = scope.fresh_name(function, rng)
    if assignments and (not loops or rng.random() < 0.5):
        block, position, names, value = rng.choice(assignments)
        block[position : position + 1] = [scope.assign(whole, value), *_taken(whole, names)]
        return True
    loop, names = rng.choice(loops)
    loop.target = scope.store(whole)
    only_here = scope.stays_inside(function, set(names), loop.body) and not scope.has_inner_scope(function)
    if only_here and not set(names) & scope.names_written(loop.body):
        replacing = _Indexing({name: (whole, number) for number, name in enumerate(names)})
        loop.body = [replacing.visit(statement) for statement in loop.body]
    else:
        loop.body = [*_taken(whole, names), *loop.body]
    return True


def _plain(targets: list[ast.expr]) -> list[str] | None:
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return names if len(set(names)) == len(targets) else None


def _taken(whole: str, names: list[str]) -> Block:
    return [scope.assign(name, _element(whole, number)) for number, name in enumerate(names)]


def _element(whole: str, number: int) -> ast.Subscript:
    return ast.Subscript(value=scope.load(whole), slice=ast.Constant(number), ctx=ast.Load())


def element_length(source: ast.expr) -> int:
    """Return the length of each tuple that the iterable yields, 0 if it is not known."""
    match source:
        case ast.Call(ast.Attribute(attr="items"), [], []):
            return 2
        case ast.Call(ast.Name("enumerate"), [_, *_]):
            return 2
        case ast.Call(ast.Name("zip"), arguments) if not scope.contains(arguments, ast.Starred):
            return len(arguments)
        case ast.Call(ast.Name("sorted" | "list" | "reversed"), [inner]):
            return element_length(inner)
    return 0


def value_length(value: ast.expr) -> int:
    """Return the length of the tuple that the expression yields, 0 if it is not known."""
    match value:
        case ast.Call(ast.Name("divmod"), [_, _], []):
            return 2
        case ast.Call(ast.Attribute(attr=method), arguments, []) if len(arguments) < 2:
            return METHOD_LENGTHS.get(method, 0)
        case ast.Call(ast.Attribute(ast.Attribute(attr="path"), "split"), [_], []):
            return 2
    return 0


class _Indexing(ast.NodeTransformer):
    """Puts `whole[number]` where one of the names is read."""

    def __init__(self, places: dict[str, tuple[str, int]]) -> None:
        self.places = places

    def visit_Name(self, node: ast.Name) -> ast.AST:  # the name that NodeTransformer asks for
        """Replace the name if it is one of them."""
        return _element(*self.places[node.id]) if node.id in self.places else node


def index_to_unpack(function: Function, rng: Random) -> bool:
    """Turn `for pair in d.items()`, with `pair[0]` and `pair[1]` inside, into `for k, v in d.items()`.

    Also `pair = divmod(a, b)` with `pair[0]` after it. Guard: the length is known; the whole is bound once and used
    nowhere but under constant indices; no inner scope, which would see the names change differently.
    """
    if scope.has_dynamic_scope(function) or scope.has_inner_scope(function):
        return False
    places: list[tuple[ast.For | ast.Assign, str, int]] = []
    for statement in scope.own_statements(function):
        match statement:
            case ast.For(ast.Name(name), source):
                length = element_length(source)
            case ast.Assign([ast.Name(name)], value):
                length = value_length(value)
            case _:
                continue
        assert isinstance(statement, ast.For | ast.Assign)  # noqa: S101  # by the patterns above
        if length and _only_indexed(function, statement, name, length):
            places.append((statement, name, length))
    if not places or knowledge.binds(function, "enumerate", "zip", "divmod"):
        return False
    statement, name, length = rng.choice(places)
    names = scope.fresh_names(function, rng, length)
    target = ast.Tuple(elts=[scope.store(fresh) for fresh in names], ctx=ast.Store())
    if isinstance(statement, ast.For):
        statement.target = target
    else:
        statement.targets = [target]
    for child in function.body:
        _Naming(name, names).visit(child)
    return True


def _only_indexed(function: Function, statement: ast.For | ast.Assign, name: str, length: int) -> bool:
    uses = sum(_indexed(node, name) in range(length) for node in ast.walk(function))
    part = statement if isinstance(statement, ast.For) else function.body
    bound_once = name not in scope.parameters(function) | scope.names_bound_by_string(function)
    return bound_once and 0 < uses == scope.count_name(function, name) - 1 == scope.count_name(part, name) - 1


def _indexed(node: ast.AST, name: str) -> int:
    match node:
        case ast.Subscript(ast.Name(found), ast.Constant(int(number)), ast.Load()) if found == name:
            return number
    return -1


class _Naming(ast.NodeTransformer):
    """Puts a name where `whole[number]` stands."""

    def __init__(self, whole: str, names: list[str]) -> None:
        self.whole, self.names = whole, names

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:  # the name that NodeTransformer asks for
        """Replace the subscript if it is one of them."""
        number = _indexed(node, self.whole)
        return scope.load(self.names[number]) if number >= 0 else self.generic_visit(node)

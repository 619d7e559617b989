"""Transformations of how a loop moves on: iterator, index, counter, `enumerate`, and where a `while` asks its question.

In: a function. Out: True and the function changed in place, or False and the function untouched. A list, tuple or
string is iterated by index exactly as its own iterator does it; anything else only through `iter` and `next`.

Source: the loop exchange of NatGen (Chakraborty et al., 2022); guards are our own.
"""

from __future__ import annotations

import ast
import copy
from random import Random

from codesim.train.transforms import knowledge, scope
from codesim.train.transforms.branches import negate
from codesim.train.transforms.scope import Block, Function


def for_to_iterator(function: Function, rng: Random) -> bool:
    """Turn `for x in e: A` into `it = iter(e)` and a `while` that asks `next`.

    Either `while True:` with `try: x = next(it)` and `except StopIteration: break`, or `next` with a sentinel of its
    own. Guard: `iter`, `next` and `object` are the builtins; the first form only without `else`.
    """
    places = [place for place in scope.places(function) if isinstance(place[2], ast.For)]
    if not places or knowledge.binds(function, "iter", "next", "object") or scope.has_dynamic_scope(function):
        return False
    block, position, loop = rng.choice(places)
    assert isinstance(loop, ast.For)  # noqa: S101  # by the choice above
    iterator, item, end = scope.fresh_names(function, rng, 3)
    start = scope.assign(iterator, scope.call("iter", loop.iter))
    if loop.orelse or rng.random() < 0.5:
        taken = ast.NamedExpr(target=scope.store(item), value=scope.call("next", scope.load(iterator), scope.load(end)))
        test = ast.Compare(left=taken, ops=[ast.IsNot()], comparators=[scope.load(end)])
        body = [_bind(loop.target, scope.load(item)), *loop.body]
        head = [start, scope.assign(end, scope.call("object"))]
        block[position : position + 1] = [*head, ast.While(test=test, body=body, orelse=loop.orelse)]
        return True
    plain = isinstance(loop.target, ast.Name)
    step = _bind(loop.target if plain else scope.store(item), scope.call("next", scope.load(iterator)))
    unpacking = [] if plain else [_bind(loop.target, scope.load(item))]
    stop = ast.ExceptHandler(type=scope.load("StopIteration"), name=None, body=[ast.Break()])
    attempt = ast.Try(body=[step], handlers=[stop], orelse=[], finalbody=[])
    forever = ast.While(test=ast.Constant(True), body=[attempt, *unpacking, *loop.body], orelse=[])
    block[position : position + 1] = [start, forever]
    return True


def _bind(target: ast.expr, value: ast.expr) -> ast.Assign:
    return ast.Assign(targets=[target], value=value)


def for_to_index(function: Function, rng: Random) -> bool:
    """Turn `for x in xs: A` into a loop over positions with `x = xs[i]` first.

    Guard: xs always holds a list, tuple or string and is not bound again in the loop. `for i in range(len(xs))` only
    where A just reads xs; else a `while i < len(xs)`, which asks for the length each time as the iterator does.
    """
    places = [
        (block, position, statement, statement.iter.id)
        for block, position, statement in scope.places(function)
        if isinstance(statement, ast.For) and isinstance(statement.iter, ast.Name)
        and statement.iter.id not in scope.names_written([statement.target, *statement.body])
        and knowledge.is_sequence(function, statement.iter.id)
    ]  # fmt: skip
    if not places or knowledge.binds(function, "len", "range") or scope.has_dynamic_scope(function):
        return False
    block, position, loop, name = rng.choice(places)
    index = scope.fresh_name(function, rng)
    element = ast.Subscript(value=scope.load(name), slice=scope.load(index), ctx=ast.Load())
    take, length = _bind(loop.target, element), scope.call("len", scope.load(name))
    if knowledge.is_only_read(name, loop.body) and rng.random() < 0.5:
        counter = scope.call("range", length)
        block[position] = ast.For(target=scope.store(index), iter=counter, body=[take, *loop.body], orelse=loop.orelse)
        return True
    test = ast.Compare(left=scope.load(index), ops=[ast.Lt()], comparators=[length])
    head = scope.assign(index, ast.Constant(0))
    body = [take, _step(index), *loop.body]
    block[position : position + 1] = [head, ast.While(test=test, body=body, orelse=loop.orelse)]
    return True


def _step(name: str) -> ast.AugAssign:
    return ast.AugAssign(target=scope.store(name), op=ast.Add(), value=ast.Constant(1))


def enumerate_to_counter(function: Function, rng: Random) -> bool:
    """Turn `for i, x in enumerate(e): A` into `i = 0`, `for x in e: A; i += 1`, or `i = -1` and `i += 1` first.

    Guard: i occurs in the loop only and A does not write it; no inner scope sees it; the step comes last only if A
    has no `continue` and nothing reads i in the `else`.
    """
    places = []
    for block, position, statement in scope.places(function):
        found = _enumerated(statement)
        if found and isinstance(statement, ast.For):
            name, target, source, start = found
            free = name not in scope.names_written([target, *statement.body]) | scope.names_read(source)
            if free and scope.stays_inside(function, {name}, statement):
                places.append((block, position, statement, name, target, source, start))
    if not places or scope.has_dynamic_scope(function) or scope.has_inner_scope(function):
        return False
    block, position, loop, name, target, source, start = rng.choice(places)
    last = not scope.has_own_jump(loop.body, ast.Continue) and not scope.count_name(loop.orelse, name)
    last = last and rng.random() < 0.7
    body = [*loop.body, _step(name)] if last else [_step(name), *loop.body]
    head = scope.assign(name, ast.Constant(start if last else start - 1))
    block[position : position + 1] = [head, ast.For(target=target, iter=source, body=body, orelse=loop.orelse)]
    return True


def _enumerated(loop: ast.stmt) -> tuple[str, ast.expr, ast.expr, int] | None:
    """Take `for i, target in enumerate(source, start)` apart."""
    match loop:
        case ast.For(ast.Tuple([ast.Name(name), target]), ast.Call(ast.Name("enumerate"), [source], keywords)):
            match keywords:
                case []:
                    return name, target, source, 0
                case [ast.keyword("start", ast.Constant(int(start)))]:
                    return name, target, source, start
        case ast.For(ast.Tuple([ast.Name(name), target]), ast.Call(ast.Name("enumerate"), [source, start], [])):
            match start:
                case ast.Constant(int(number)):
                    return name, target, source, number
    return None


def counter_to_enumerate(function: Function, rng: Random) -> bool:
    """Turn `i = 0`, `for x in e: A; i += 1` into `for i, x in enumerate(e): A`.

    Guard: i starts at an integer constant, occurs in the loop only, is written by its last statement only; A has no
    `continue`; neither e nor the `else` nor an inner scope reads i.
    """
    places = []
    for block, position, first, second in scope.neighbours(function):
        name = scope.single_target(first)
        match first, second:
            case (
                ast.Assign(value=ast.Constant(int(start))),
                ast.For(body=[*rest, ast.AugAssign(ast.Name(id=stepped), ast.Add(), ast.Constant(1))]),
            ) if rest and name and stepped == name:
                foreign = [second.target, second.iter, *second.orelse]
                free = name not in scope.names_written(rest) and not scope.count_name(foreign, name)
                inside = scope.stays_inside(function, {name}, [first, second])
                if free and inside and not scope.has_own_jump(rest, ast.Continue):
                    places.append((block, position, second, name, start))
    bound = scope.has_dynamic_scope(function) or scope.has_inner_scope(function)
    if not places or bound or knowledge.binds(function, "enumerate"):
        return False
    block, position, loop, name, start = rng.choice(places)
    numbered = scope.call("enumerate", loop.iter, *([ast.Constant(start)] if start else []))
    target = ast.Tuple(elts=[scope.store(name), loop.target], ctx=ast.Store())
    whole = ast.For(target=target, iter=numbered, body=loop.body[:-1], orelse=loop.orelse)
    block[position : position + 2] = [whole]
    return True


def enumerate_to_index(function: Function, rng: Random) -> bool:
    """Turn `for i, x in enumerate(xs): A` into `for i in range(len(xs)): x = xs[i]; A`.

    Guard: xs always holds a list, tuple or string, and A only reads it.
    """
    places = []
    for block, position, statement in scope.places(function):
        match _enumerated(statement):
            case (name, target, ast.Name(source), 0) if (
                source not in scope.names_written(target)
                and knowledge.is_sequence(function, source)
                and knowledge.is_only_read(source, statement.body)  # type: ignore[attr-defined]
            ):
                places.append((block, position, name, target, source))
    if not places or knowledge.binds(function, "range", "len") or scope.has_dynamic_scope(function):
        return False
    block, position, name, target, source = rng.choice(places)
    loop = block[position]
    assert isinstance(loop, ast.For)  # noqa: S101  # _enumerated said so
    element = ast.Subscript(value=scope.load(source), slice=scope.load(name), ctx=ast.Load())
    counter = scope.call("range", scope.call("len", scope.load(source)))
    body = [_bind(target, element), *loop.body]
    block[position] = ast.For(target=scope.store(name), iter=counter, body=body, orelse=loop.orelse)
    return True


def index_to_enumerate(function: Function, rng: Random) -> bool:
    """Turn `for i in range(len(xs)): ... xs[i] ...` into `for i, x in enumerate(xs): ... x ...`.

    Guard: A uses xs only as `xs[i]` that is read and as `len(xs)`, writes neither i nor xs nor any subscript, and
    contains no inner scope; nothing says that xs is a mapping. That A changes xs under another name is left out of
    account.
    """
    places = []
    for block, position, statement in scope.places(function):
        match statement:
            case ast.For(
                ast.Name(index), ast.Call(ast.Name("range"), [ast.Call(ast.Name("len"), [ast.Name(name)], [])], [])
            ) if index != name and _reads_in_step(function, statement.body, index, name):
                places.append((block, position, statement, index, name))
    if not places or knowledge.binds(function, "enumerate", "range", "len") or scope.has_dynamic_scope(function):
        return False
    block, position, loop, index, name = rng.choice(places)
    element = scope.fresh_name(function, rng)
    body = [_Replacing(f"{name}[{index}]", element).visit(statement) for statement in loop.body]
    target = ast.Tuple(elts=[scope.store(index), scope.store(element)], ctx=ast.Store())
    numbered = scope.call("enumerate", scope.load(name))
    block[position] = ast.For(target=target, iter=numbered, body=body, orelse=loop.orelse)
    return True


def _reads_in_step(function: Function, body: Block, index: str, name: str) -> bool:
    if {index, name} & scope.names_written(body) or scope.contains(body, scope.INNER_SCOPES):
        return False
    if not knowledge.is_only_read(name, body) or knowledge.is_mapping(function, scope.load(name)):
        return False
    nodes = [node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Subscript)]
    if any(not isinstance(node.ctx, ast.Load) for node in nodes):
        return False
    return any(ast.unparse(node) == f"{name}[{index}]" for node in nodes)


class _Replacing(ast.NodeTransformer):
    """Puts a name where one subscript stands."""

    def __init__(self, spelled: str, name: str) -> None:
        self.spelled, self.name = spelled, name

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:  # the name that NodeTransformer asks for
        """Replace the subscript if it is the one."""
        if isinstance(node.ctx, ast.Load) and ast.unparse(node) == self.spelled:
            return scope.load(self.name)
        return self.generic_visit(node)


def while_to_forever(function: Function, rng: Random) -> bool:
    """Turn `while c: A` into `while True: if not c: break; A`; guard: no `else`, and c is no constant."""
    loops = [
        statement
        for statement in scope.own_statements(function)
        if isinstance(statement, ast.While) and not statement.orelse and not isinstance(statement.test, ast.Constant)
    ]
    if not loops:
        return False
    loop = rng.choice(loops)
    leave = ast.If(test=negate(copy.deepcopy(loop.test)), body=[ast.Break()], orelse=[])
    loop.test, loop.body = ast.Constant(True), [leave, *loop.body]
    return True


def forever_to_while(function: Function, rng: Random) -> bool:
    """Turn `while True: if c: break; A` into `while not c: A`; guard: neither has an `else`."""
    loops = []
    for statement in scope.own_statements(function):
        match statement:
            case ast.While(ast.Constant(True | 1), [ast.If(_, [ast.Break()], []), _, *_], []):
                loops.append(statement)
    if not loops:
        return False
    loop = rng.choice(loops)
    leave = loop.body.pop(0)
    assert isinstance(leave, ast.If)  # noqa: S101  # by the pattern above
    loop.test = negate(leave.test)
    return True

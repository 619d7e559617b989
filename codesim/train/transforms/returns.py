"""Transformations of how a function hands back its result: early returns against one result variable.

In: a function. Out: True and the function changed in place, or False and the function untouched. Only returns in
plain branches move; a loop is left by `break` where nothing but its own returns leaves it.

Source: "replace nested conditional with guard clauses" and its inverse (Fowler, Refactoring); guards are our own.
"""

from __future__ import annotations

import ast
from random import Random

from codesim.train.transforms import scope
from codesim.train.transforms.scope import Block, Function

Loop = ast.For | ast.While


def return_to_result(function: Function, rng: Random) -> bool:
    """Turn returns at the ends of branches into assignments to one variable that is returned last.

    Guard: at least two returns, each in a plain branch, none in a loop, `try`, `with` or `match`; no generator.
    """
    returns = [statement for statement in scope.own_statements(function) if isinstance(statement, ast.Return)]
    if len(returns) < 2 or scope.contains(function.body, (ast.Yield, ast.YieldFrom)):
        return False
    name = scope.fresh_name(function, rng)
    settled = _settled(function.body, name)
    if settled is None:
        return False
    function.body = [*settled, ast.Return(scope.load(name))]
    return True


def _settled(block: Block, name: str) -> Block | None:
    """Return the block with an assignment on every path where it returned or ran off its end; None if it cannot."""
    for position, statement in enumerate(block):
        before = block[:position]
        if isinstance(statement, ast.Return):
            return [*before, scope.assign(name, statement.value or ast.Constant(None))]
        if isinstance(statement, ast.Raise):
            return [*before, statement]
        if not _returns(statement):
            continue
        if not isinstance(statement, ast.If):
            return None
        rest = block[position + 1 :]
        body, orelse = statement.body, statement.orelse
        if _terminates(body):
            orelse = [*orelse, *rest]
        elif orelse and _terminates(orelse):
            body = [*body, *rest]
        elif rest:
            return None
        then, other = _settled(body, name), _settled(orelse, name)
        if then is None or other is None:
            return None
        return [*before, ast.If(test=statement.test, body=then, orelse=other)]
    return [*block, scope.assign(name, ast.Constant(None))]


def _returns(statement: ast.stmt) -> bool:
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            return True
        if not isinstance(node, (ast.expr, *scope.INNER_SCOPES)):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def _terminates(block: Block) -> bool:
    """Tell whether every path through the block returns or raises."""
    match block[-1]:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(_, body, [_, *_] as orelse):
            return _terminates(body) and _terminates(orelse)
    return False


def result_to_return(function: Function, rng: Random) -> bool:
    """Turn branches that end in `r = e`, with `return r` after them, into branches that end in `return e`.

    Guard: no `try` or `with` around, which could act in between; no inner scope sees r.
    """
    if scope.contains(function.body, (ast.Try, ast.With, ast.AsyncWith)) or scope.has_inner_scope(function):
        return False
    places = []
    for block, position, first, second in scope.neighbours(function):
        match first, second:
            case ast.If(), ast.Return(ast.Name(name)) if _ends_in(first, name):
                places.append((block, position, name))
    if not places or scope.has_dynamic_scope(function):
        return False
    block, position, name = rng.choice(places)
    branch = block[position]
    assert isinstance(branch, ast.If)  # noqa: S101  # by the pattern above
    if _push_return(branch, name):
        del block[position + 1]
    return True


def _ends_in(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, ast.If):
        return any(_ends_in(part[-1], name) for part in (statement.body, statement.orelse) if part)
    return scope.single_target(statement) == name


def _push_return(branch: ast.If, name: str) -> bool:
    """Return the name at the end of each part of the branch; False if there is a path past all parts."""
    whole = bool(branch.orelse)
    for part in (branch.body, branch.orelse):
        if not part:
            continue
        last = part[-1]
        if isinstance(last, ast.Assign) and scope.single_target(last) == name:
            part[-1] = ast.Return(last.value)
        elif isinstance(last, ast.If):
            if not _push_return(last, name):
                part.append(ast.Return(scope.load(name)))
        elif not scope.ends_control(part):
            part.append(ast.Return(scope.load(name)))
    return whole


def return_to_break(function: Function, rng: Random) -> bool:
    """Turn `for t in it: if c: return e` with `return default` after it into `result = e; break` and one return.

    Guard: the default is a constant; the loop has no `else`, and no return inside an inner loop.
    """
    places: list[tuple[Block, int, int, Loop, ast.expr]] = []
    for block, position, statement in scope.places(function):
        after = block[position + 1 :]
        if isinstance(statement, Loop) and not statement.orelse and _own_returns(statement.body):
            match after:
                case [ast.Return(ast.expr() as default), *_] if _is_literal(default):
                    places.append((block, position, 2, statement, default))
                case [] if block is function.body:
                    places.append((block, position, 1, statement, ast.Constant(None)))
    if not places or scope.contains(function.body, (ast.Yield, ast.YieldFrom)):
        return False
    block, position, length, loop, otherwise = rng.choice(places)
    name = scope.fresh_name(function, rng)
    for part in _loop_blocks(loop.body):
        last = part[-1]
        if isinstance(last, ast.Return):
            part[-1:] = [scope.assign(name, last.value or ast.Constant(None)), ast.Break()]
    block[position : position + length] = [scope.assign(name, otherwise), loop, ast.Return(scope.load(name))]
    return True


def _is_literal(node: ast.expr) -> bool:
    number = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    return isinstance(number, ast.Constant)


def _loop_blocks(body: Block) -> list[Block]:
    """Return the statement lists that belong to a loop itself, not to a loop or function inside it."""
    found: list[Block] = []
    waiting = [body]
    while waiting:
        block = waiting.pop(0)
        found.append(block)
        for statement in block:
            if isinstance(statement, (ast.For, ast.AsyncFor, ast.While, *scope.INNER_SCOPES)):
                continue
            for holder in (statement, *getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                parts = (getattr(holder, field, None) for field in ("body", "orelse", "finalbody"))
                waiting.extend(part for part in parts if isinstance(part, list) and part)
    return found


def _own_returns(body: Block) -> bool:
    """Tell whether the loop returns, and only at the ends of blocks of its own."""
    own = [part[-1] for part in _loop_blocks(body) if isinstance(part[-1], ast.Return)]
    every = [node for statement in body for node in _walk_own(statement) if isinstance(node, ast.Return)]
    in_final = any(isinstance(node, ast.Try) and node.finalbody for node in body)
    return bool(own) and len(own) == len(every) and not in_final


def _walk_own(statement: ast.stmt) -> list[ast.AST]:
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, scope.INNER_SCOPES):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def break_to_return(function: Function, rng: Random) -> bool:
    """Turn `r = default`, a loop with `r = e; break`, and `return r` into a loop that returns e.

    Guard: the default is a constant; r is written in the loop only right before a `break` of this loop and read
    nowhere but in the last return; no `try` or `with`, which could act in between.
    """
    if scope.contains(function.body, (ast.Try, ast.With, ast.AsyncWith)) or scope.has_inner_scope(function):
        return False
    places = []
    for block in scope.blocks(function):
        for position, group in enumerate(zip(block, block[1:], block[2:], strict=False)):
            match group:
                case (
                    ast.Assign([ast.Name(name)], default),
                    ast.For(orelse=[]) | ast.While(orelse=[]) as loop,
                    ast.Return(ast.Name(returned)),
                ) if name == returned and _is_literal(default):
                    pairs = [part for part in _loop_blocks(loop.body) if _sets_and_leaves(part, name)]
                    once = scope.count_name(function, name) == len(pairs) + 2
                    if pairs and once:
                        places.append((block, position, loop, pairs, default))
    if not places or scope.contains(function.body, (ast.Yield, ast.YieldFrom)):
        return False
    block, position, loop, pairs, default = rng.choice(places)
    for part in pairs:
        stored = part[-2]
        assert isinstance(stored, ast.Assign)  # noqa: S101  # _sets_and_leaves said so
        part[-2:] = [ast.Return(stored.value)]
    block[position : position + 3] = [loop, ast.Return(default)]
    return True


def _sets_and_leaves(block: Block, name: str) -> bool:
    match block:
        case [*_, ast.Assign([ast.Name(found)]), ast.Break()]:
            return found == name
    return False

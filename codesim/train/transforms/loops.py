"""Transformations of loops: comprehension and loop, `for range` and `while`, `any`/`all` and a loop that returns.

In: a function. Out: True and the function changed in place, or False and the function untouched. The guards keep the
loop variable from being seen outside its loop, because a comprehension hides it and a `while` leaves it elsewhere.

Source: the operators of NatGen (Chakraborty et al., 2022) and Corder (Bui et al., 2021); guards are our own.
"""

from __future__ import annotations

import ast
from itertools import pairwise
from random import Random

from codesim.train.transforms import scope
from codesim.train.transforms.branches import negate
from codesim.train.transforms.scope import Block, Function

APPENDING = {ast.ListComp: "append", ast.SetComp: "add"}


def comprehension_to_loop(function: Function, rng: Random) -> bool:
    """Turn `x = [e for t in it if c]` (list, set or dict; also returned) into a loop that fills x.

    Guard: the target names of the comprehension occur nowhere else; x does not occur inside; nothing inside
    suspends, names by walrus, or makes an inner scope that would keep t.
    """
    places = [
        (block, position)
        for block in scope.blocks(function)
        for position, statement in enumerate(block)
        if (isinstance(statement, ast.Return) or scope.single_target(statement))
        and isinstance(value := getattr(statement, "value", None), ast.ListComp | ast.SetComp | ast.DictComp)
        and can_unroll(function, value, scope.single_target(statement))
    ]
    if not places:
        return False
    block, position = rng.choice(places)
    statement = block[position]
    value = statement.value  # type: ignore[attr-defined]
    name = scope.single_target(statement) or scope.fresh_name(function, rng)
    block[position : position + 1] = [
        *_filling_loop(name, value),
        *([] if scope.single_target(statement) else [_return(name)]),
    ]
    return True


def can_unroll(function: Function, value: ast.expr, name: str | None) -> bool:
    """Tell whether a comprehension may become a loop that fills the name: nobody else sees its targets."""
    forbidden = (*scope.INNER_SCOPES, *scope.SUSPENSIONS, ast.NamedExpr)
    if scope.has_dynamic_scope(function) or scope.contains(value, forbidden):
        return False
    inside = scope.names_written(value)
    outside = all(scope.count_name(function, target) == scope.count_name(value, target) for target in inside)
    nested = any(isinstance(node, scope.COMPREHENSIONS) for node in ast.walk(value) if node is not value)
    is_async = any(isinstance(node, ast.comprehension) and node.is_async for node in ast.walk(value))
    shadowed = inside & scope.parameters(function) or (name and scope.count_name(value, name))
    return outside and not nested and not is_async and not shadowed


def _filling_loop(name: str, value: ast.ListComp | ast.SetComp | ast.DictComp) -> Block:
    empty: ast.expr
    if isinstance(value, ast.DictComp):
        place = ast.Subscript(value=scope.load(name), slice=value.key, ctx=ast.Store())
        filling: ast.stmt = ast.Assign(targets=[place], value=value.value)
        empty = ast.Dict(keys=[], values=[])
    else:
        method = ast.Attribute(value=scope.load(name), attr=APPENDING[type(value)], ctx=ast.Load())
        filling = ast.Expr(ast.Call(func=method, args=[value.elt], keywords=[]))
        is_list = isinstance(value, ast.ListComp)
        empty = ast.List(elts=[], ctx=ast.Load()) if is_list else ast.Call(func=scope.load("set"), args=[], keywords=[])
    return [scope.assign(name, empty), nest(value.generators, filling)]


def nest(generators: list[ast.comprehension], innermost: ast.stmt) -> ast.stmt:
    """Put a statement under the loops and conditions of a comprehension."""
    for generator in reversed(generators):
        for condition in reversed(generator.ifs):
            innermost = ast.If(test=condition, body=[innermost], orelse=[])
        innermost = ast.For(target=generator.target, iter=generator.iter, body=[innermost], orelse=[])
    return innermost


def loop_to_comprehension(function: Function, rng: Random) -> bool:
    """Turn `x = []` followed by `for t in it: [if c:] x.append(e)` into `x = [e for t in it if c]`.

    Guard: t occurs nowhere else; x occurs in the loop only as the receiver; no suspension, walrus or inner scope;
    no `try` around, where a half-filled x could be seen.
    """
    if scope.has_dynamic_scope(function) or scope.contains(function.body, ast.Try):
        return False
    places = []
    for block in scope.blocks(function):
        for position, (first, second) in enumerate(pairwise(block)):
            name = scope.single_target(first)
            empty = isinstance(first, ast.Assign) and isinstance(first.value, ast.List) and not first.value.elts
            found = _appended(function, name, second) if name and empty else None
            if name and found:
                places.append((block, position, name, found))
    if not places:
        return False
    block, position, name, comprehension = rng.choice(places)
    block[position : position + 2] = [scope.assign(name, comprehension)]
    return True


def _appended(function: Function, name: str, loop: ast.stmt) -> ast.ListComp | None:
    if not isinstance(loop, ast.For) or loop.orelse or not isinstance(loop.target, ast.Name | ast.Tuple):
        return None
    if (
        scope.contains(loop, (*scope.INNER_SCOPES, *scope.SUSPENSIONS, ast.NamedExpr))
        or scope.count_name(loop, name) != 1
    ):
        return None
    targets = scope.names_written(loop.target)
    if targets & scope.parameters(function):
        return None
    if any(scope.count_name(function, target) != scope.count_name(loop, target) for target in targets):
        return None
    conditions: list[ast.expr] = []
    body = loop.body
    while len(body) == 1 and isinstance(body[0], ast.If) and not body[0].orelse:
        conditions.append(body[0].test)
        body = body[0].body
    match body:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name(id=receiver), "append"), [value], []))]:
            if receiver != name or isinstance(value, ast.Starred):
                return None
            generator = ast.comprehension(target=loop.target, iter=loop.iter, ifs=conditions, is_async=0)
            return ast.ListComp(elt=value, generators=[generator])
    return None


def range_to_while(function: Function, rng: Random) -> bool:
    """Turn `for i in range(n): A` into `i = 0; while i < n: A; i += 1` (with start; the step is 1).

    Guard: i is written nowhere else and read only in the loop; A has no `continue` of its own and no inner scope;
    a bound that is neither a constant nor a name untouched in A is computed once, into a temporary. Bounds are taken
    to be integers: of another type `range` would fail where the comparison does not.
    """
    if scope.has_dynamic_scope(function) or scope.has_inner_scope(function):
        return False
    places = [
        (block, position)
        for block in scope.blocks(function)
        for position, statement in enumerate(block)
        if _counts(function, statement)
    ]
    if not places:
        return False
    block, position = rng.choice(places)
    loop = block[position]
    assert isinstance(loop, ast.For) and isinstance(loop.iter, ast.Call) and isinstance(loop.target, ast.Name)  # noqa: S101, PT018
    name, bounds = loop.target.id, loop.iter.args
    start, stop = (ast.Constant(0), bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])
    head: Block = []
    settled = isinstance(stop, ast.Name) and stop.id not in scope.names_written(loop)
    if not settled and not isinstance(stop, ast.Constant):
        limit = scope.fresh_name(function, rng)
        # start is evaluated before stop, as range does
        head, stop = [scope.assign(name, start), scope.assign(limit, stop)], scope.load(limit)
    else:
        head = [scope.assign(name, start)]
    step = ast.AugAssign(target=scope.store(name), op=ast.Add(), value=ast.Constant(1))
    test = ast.Compare(left=scope.load(name), ops=[ast.Lt()], comparators=[stop])
    block[position : position + 1] = [*head, ast.While(test=test, body=[*loop.body, step], orelse=loop.orelse)]
    return True


def _counts(function: Function, loop: ast.stmt) -> bool:
    match loop:
        case ast.For(target=ast.Name(id=name), iter=ast.Call(ast.Name("range"), bounds, [])):
            whole = len(bounds) in {1, 2} and not any(isinstance(bound, ast.Starred) for bound in bounds)
            # stop is evaluated after i was set, so it must not mention i; one more store is the loop's own target
            own = scope.count_name(function, name) == scope.count_name(loop.body, name) + 1
            untouched = name not in scope.names_written(loop.body) and name not in scope.names_read(bounds)
            return (
                whole
                and own
                and untouched
                and name not in scope.parameters(function)
                and not scope.has_own_jump(loop.body, ast.Continue)
            )
    return False


def while_to_range(function: Function, rng: Random) -> bool:
    """Turn `i = a; while i < n: A; i += 1` into `for i in range(a, n): A`.

    Guard: a is an integer constant; n is an integer constant or `len(x)` of a name that the loop uses only by
    subscript or as an argument of `len`; i is written nowhere else and read only in the loop; no `continue`.
    """
    if scope.has_dynamic_scope(function) or scope.has_inner_scope(function):
        return False
    places = []
    for block in scope.blocks(function):
        for position, (first, second) in enumerate(pairwise(block)):
            name = scope.single_target(first)
            if name and isinstance(first, ast.Assign) and isinstance(second, ast.While):
                bound = _bound(function, name, first.value, second)
                if bound is not None:
                    places.append((block, position, name, bound))
    if not places:
        return False
    block, position, name, bound = rng.choice(places)
    first, second = block[position], block[position + 1]
    assert isinstance(first, ast.Assign) and isinstance(second, ast.While)  # noqa: S101, PT018
    is_zero = isinstance(first.value, ast.Constant) and first.value.value == 0
    counter = ast.Call(func=scope.load("range"), args=[bound] if is_zero else [first.value, bound], keywords=[])
    body = second.body[:-1] or [ast.Pass()]
    block[position : position + 2] = [ast.For(target=scope.store(name), iter=counter, body=body, orelse=second.orelse)]
    return True


def _bound(function: Function, name: str, start: ast.expr, loop: ast.While) -> ast.expr | None:
    match start, loop.test, loop.body[-1]:
        case (
            ast.Constant(int()),
            ast.Compare(ast.Name(id=tested), [ast.Lt()], [bound]),
            ast.AugAssign(ast.Name(id=stepped), ast.Add(), ast.Constant(1)),
        ) if tested == stepped == name:
            inner = loop.body[:-1]
            rest = scope.count_name(function, name) == scope.count_name(inner, name) + 3
            free = name not in scope.names_written(inner) | scope.parameters(function)
            if rest and free and not scope.has_own_jump(inner, ast.Continue) and _is_steady(bound, inner):
                return bound
    return None


def _is_steady(bound: ast.expr, body: Block) -> bool:
    match bound:
        case ast.Constant(int()):
            return True
        case ast.Call(ast.Name("len"), [ast.Name(id=sequence)], []):
            reads = [
                node
                for statement in body
                for node in ast.walk(statement)
                if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
            ]
            plain = sum(isinstance(node.value, ast.Name) and node.value.id == sequence for node in reads)
            return plain == scope.count_name(body, sequence)
    return False


def quantifier_to_loop(function: Function, rng: Random) -> bool:
    """Turn `return any(c for t in it)` into a loop that returns True, then `return False`; likewise `all`.

    Also `x = any(...)`, `if any(...)` and `if not any(...)` into a flag that a loop sets before it breaks. Guard: t
    occurs nowhere else; nothing inside suspends, names by walrus or makes an inner scope; a flag has one loop only.
    """
    places = []
    for block, position, statement in scope.places(function):
        match _asked(statement):
            case ast.Call(ast.Name("any" | "all" as quantifier), [ast.GeneratorExp() as value], []):
                single = isinstance(statement, ast.Return) or len(value.generators) == 1
                if single and can_unroll(function, value, scope.single_target(statement)):
                    places.append((block, position, quantifier, value))
    if not places:
        return False
    block, position, quantifier, value = rng.choice(places)
    statement, found = block[position], quantifier == "any"
    test = value.elt if found else negate(value.elt)
    if isinstance(statement, ast.Return):
        hit = ast.If(test=test, body=[ast.Return(ast.Constant(found))], orelse=[])
        block[position : position + 1] = [nest(value.generators, hit), ast.Return(ast.Constant(not found))]
        return True
    flag = scope.single_target(statement) or scope.fresh_name(function, rng)
    hit = ast.If(test=test, body=[scope.assign(flag, ast.Constant(found)), ast.Break()], orelse=[])
    loop = [scope.assign(flag, ast.Constant(not found)), nest(value.generators, hit)]
    if isinstance(statement, ast.If):
        asked: ast.expr = scope.load(flag)
        negated = isinstance(statement.test, ast.UnaryOp)
        statement.test = ast.UnaryOp(op=ast.Not(), operand=asked) if negated else asked
        loop.append(statement)
    block[position : position + 1] = loop
    return True


def _asked(statement: ast.stmt) -> ast.expr | None:
    match statement:
        case ast.Return(value) | ast.Assign([ast.Name()], value):
            return value
        case ast.If(ast.UnaryOp(ast.Not(), test)) | ast.If(test):
            return test
    return None


def _return(name: str) -> ast.stmt:
    return ast.Return(scope.load(name))

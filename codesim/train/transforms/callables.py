"""Transformations of functions inside functions: lambda against def, recursion against a loop or an explicit stack.

In: a function. Out: True and the function changed in place, or False and the function untouched. A recursion is
taken to mean itself: nobody rebinds its name meanwhile. What a def or lambda is called in a traceback is not kept.

Source: tail-call elimination (Steele, 1977); the stack of iterators is the one of the networkx traversals.
"""

from __future__ import annotations

import ast
import copy
from random import Random

from codesim.train.transforms import knowledge, scope
from codesim.train.transforms.branches import replace_expression
from codesim.train.transforms.scope import Block, Function

LOOPS = (ast.For, ast.AsyncFor, ast.While)


def lambda_to_def(function: Function, rng: Random) -> bool:
    """Turn `f = lambda x: e`, or a lambda inside a statement, into a def before the statement.

    Guard: no defaults; nothing suspends or names by walrus in it; it does not stand in a comprehension or in another
    inner scope, and not in the test of a `while`.
    """
    places: list[tuple[Block, int, ast.Lambda]] = []
    for block, position, statement in scope.places(function):
        if isinstance(statement, (ast.While, *scope.INNER_SCOPES)):
            continue
        for node in _own_lambdas(statement):
            plain = not node.args.defaults and not any(node.args.kw_defaults)
            if plain and not scope.contains(node.body, (ast.NamedExpr, *scope.SUSPENSIONS)):
                places.append((block, position, node))
    if not places or scope.has_dynamic_scope(function):
        return False
    block, position, chosen = rng.choice(places)
    statement = block[position]
    target = scope.single_target(statement)
    assigned = target is not None and isinstance(statement, ast.Assign) and statement.value is chosen
    name = target if assigned and target else scope.fresh_name(function, rng)
    defined = ast.parse(f"def {name}(): pass").body[0]  # Python 3.12 has one more field than 3.11
    assert isinstance(defined, ast.FunctionDef)  # noqa: S101  # as it was written
    defined.args, defined.body = chosen.args, [ast.Return(chosen.body)]
    if assigned:
        block[position] = defined
        return True
    replace_expression(function, chosen, scope.load(name))
    block.insert(position, defined)
    return True


def _own_lambdas(statement: ast.stmt) -> list[ast.Lambda]:
    """Return the lambdas in the expressions of one statement, not in its inner blocks or comprehensions."""
    found: list[ast.Lambda] = []
    waiting: list[ast.AST] = [child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.expr)]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Lambda):
            found.append(node)
        elif not isinstance(node, scope.COMPREHENSIONS):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def def_to_lambda(function: Function, rng: Random) -> bool:
    """Turn an inner `def f(x): return e` into `f = lambda x: e`.

    Guard: no decorators, hints or docstring; nothing suspends; f is bound only here.
    """
    places = []
    for block, position, statement in scope.places(function):
        match statement:
            case ast.FunctionDef(body=[ast.Return(ast.expr() as value)], decorator_list=[], returns=None):
                hinted = any(node.annotation for node in ast.walk(statement.args) if isinstance(node, ast.arg))
                bound = [name for name in _bound(function) if name == statement.name]
                if not hinted and len(bound) == 1 and not scope.contains(value, scope.SUSPENSIONS):
                    places.append((block, position, statement, value))
    if not places:
        return False
    block, position, defined, value = rng.choice(places)
    block[position] = scope.assign(defined.name, ast.Lambda(args=defined.args, body=value))
    return True


def _bound(function: Function) -> list[str]:
    names = [node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    inner = [node.name for node in ast.walk(function) if isinstance(node, scope.INNER_SCOPES[:3])]
    return [*names, *inner, *scope.parameters(function)]


def recursion_to_loop(function: Function, rng: Random) -> bool:
    """Turn `return f(a, b)` in tail position of f (or of a def inside) into new values for the parameters.

    Guard: plain parameters, all of them given; f calls itself in no other place; no such return inside an inner
    loop, `try` or `with`; no generator, no decorator, no inner scope that could keep a parameter.
    """
    places = [found for found in _candidates(function) if _tail_calls(found)]
    if not places:
        return False
    chosen = rng.choice(places)
    names = [argument.arg for argument in chosen.args.args]
    body = chosen.body[1:] if ast.get_docstring(chosen) is not None else chosen.body
    head = chosen.body[: len(chosen.body) - len(body)]
    for block in _tail_blocks(body):
        last = block[-1]
        if isinstance(last, ast.Return) and _is_call(last.value, chosen.name):
            assert isinstance(last.value, ast.Call)  # noqa: S101  # _is_call said so
            block[-1:] = [*_rebinding(last.value, names), ast.Continue()]
    end: Block = [] if scope.ends_control(body) else [ast.Return(None)]
    if isinstance(body[-1], ast.Continue):
        body = body[:-1]  # the loop goes on by itself
    chosen.body = [*head, ast.While(test=ast.Constant(True), body=[*body, *end], orelse=[])]
    return True


def _candidates(function: Function) -> list[ast.FunctionDef]:
    inner = [node for node in ast.walk(function) if isinstance(node, ast.FunctionDef)]
    return [found for found in inner if not scope.has_dynamic_scope(found) and not scope.has_inner_scope(found)]


def _is_call(node: ast.AST | None, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _tail_blocks(body: Block) -> list[Block]:
    """Return the body and the branches in it, at any depth of `if`, but nothing inside loops, `try` or `with`."""
    found = [body]
    for statement in body:
        if isinstance(statement, ast.If):
            found += _tail_blocks(statement.body)
            found += _tail_blocks(statement.orelse) if statement.orelse else []
    return found


def _tail_calls(function: ast.FunctionDef) -> bool:
    a = function.args
    plain = not (a.posonlyargs or a.vararg or a.kwonlyargs or a.kwarg or function.decorator_list) and a.args
    if not plain or scope.contains(function.body, (ast.Yield, ast.YieldFrom, *scope.COMPREHENSIONS)):
        return False  # a generator would keep the parameter too
    if function.name in scope.names_written(function.body) | scope.parameters(function):
        return False
    names = [argument.arg for argument in a.args]
    calls = [
        block[-1].value
        for block in _tail_blocks(function.body)
        if isinstance(block[-1], ast.Return) and _is_call(block[-1].value, function.name)
    ]
    fit = all(isinstance(call, ast.Call) and _arguments(call, names) for call in calls)
    return bool(calls) and fit and len(calls) == scope.count_name(function, function.name)


def _arguments(call: ast.Call, names: list[str]) -> dict[str, ast.expr] | None:
    """Match the arguments of a call to the parameters; None where one is missing or starred."""
    if scope.contains(call.args, ast.Starred) or not all(k.arg in names for k in call.keywords):
        return None
    given = dict(zip(names, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
    return given if len(given) == len(names) and len(call.args) + len(call.keywords) == len(names) else None


def _rebinding(call: ast.Call, names: list[str]) -> Block:
    given = _arguments(call, names) or {}
    changed = {n: v for n, v in given.items() if not (isinstance(v, ast.Name) and v.id == n)}
    if len(changed) < 2:
        return [scope.assign(name, value) for name, value in changed.items()]
    targets = ast.Tuple(elts=[scope.store(name) for name in changed], ctx=ast.Store())
    return [ast.Assign(targets=[targets], value=ast.Tuple(elts=list(changed.values()), ctx=ast.Load()))]


def recursion_to_stack(function: Function, rng: Random) -> bool:
    """Turn a tree walk, `A; for child in e: if c: f(child)`, into a loop over a stack of iterators.

    The stack holds what each level still has to visit, as the frames of the recursion do, so order and laziness are
    the same; also with `yield from f(child)`. Guard: f (or a def inside) calls itself in no other place and hands on
    all other parameters; A returns nothing, and not from a loop; c reads nothing but the child and what f never
    writes; no inner scope.
    """
    places = [(found, walk) for found in _candidates(function) if (walk := _walked(found))]
    if not places:
        return False
    chosen, loop = rng.choice(places)
    node = chosen.args.args[0].arg
    stack = scope.fresh_name(function, rng)
    own = chosen.body[1:-1] if ast.get_docstring(chosen) is not None else chosen.body[:-1]
    head = chosen.body[: len(chosen.body) - len(own) - 1]
    for block in _tail_blocks(own):
        if block and isinstance(block[-1], ast.Return):
            block[-1] = ast.Continue()
    body = loop.body[0]
    further: ast.expr = scope.call("iter", loop.iter)
    if isinstance(body, ast.If):
        child = ast.comprehension(target=loop.target, iter=loop.iter, ifs=[body.test], is_async=0)
        further = ast.GeneratorExp(elt=copy.deepcopy(loop.target), generators=[child])
        assert isinstance(further.elt, ast.Name)  # noqa: S101  # _walked said so
        further.elt.ctx = ast.Load()
    top = ast.Subscript(value=scope.load(stack), slice=ast.UnaryOp(ast.USub(), ast.Constant(1)), ctx=ast.Load())
    push = ast.Expr(scope.method(scope.load(stack), "append", further))
    pop = ast.Expr(scope.method(scope.load(stack), "pop"))
    visit = ast.For(target=scope.store(node), iter=top, body=[*own, push, ast.Break()], orelse=[pop])
    root = scope.call("iter", ast.List(elts=[scope.load(node)], ctx=ast.Load()))
    start = scope.assign(stack, ast.List(elts=[root], ctx=ast.Load()))
    chosen.body = [*head, start, ast.While(test=scope.load(stack), body=[visit], orelse=[])]
    return True


def _walked(function: ast.FunctionDef) -> ast.For | None:
    """Return the last loop of a function that walks a tree by calling itself, if that is all it does there."""
    a = function.args
    plain = not (a.posonlyargs or a.vararg or a.kwonlyargs or a.kwarg or a.defaults or function.decorator_list)
    match function.body:
        case [*own, ast.For(ast.Name(child), _, [body], []) as loop] if plain and a.args:
            condition = body.test if isinstance(body, ast.If) and not body.orelse else None
            inner = body.body[0] if isinstance(body, ast.If) and len(body.body) == 1 else body
            match inner:
                case ast.Expr(ast.YieldFrom(ast.Call() as call)) | ast.Expr(ast.Call() as call):
                    pass
                case _:
                    return None
            names = [argument.arg for argument in a.args]
            given = _arguments(call, names) if _is_call(call, function.name) else None
            first, *others = names
            handed = given and all(_is_name(given[name], name) for name in others) and _is_name(given[first], child)
            written = scope.names_written(function.body) | {first}
            lonely = scope.count_name(function, function.name) == 1 and function.name not in written
            fit = lonely and not set(others) & written and not scope.contains(own, (ast.Await, ast.NamedExpr))
            if condition is not None:
                fit = fit and not scope.names_read(condition) & (written - {child})
                fit = fit and not scope.contains(condition, (ast.Await, ast.NamedExpr, *scope.COMPREHENSIONS))
            if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call):
                fit = fit and not scope.contains(function.body, (ast.Yield, ast.YieldFrom))
            if handed and fit and child != first and child not in scope.names_written(own) and _falls_through(own):
                return loop if not knowledge.binds(function, "iter") else None
    return None


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _falls_through(own: Block) -> bool:
    """Tell whether all returns stand at the ends of plain branches and return nothing."""
    every = [node for statement in own for node in ast.walk(statement) if isinstance(node, ast.Return)]
    bare = [block[-1] for block in _tail_blocks(own) if block and isinstance(block[-1], ast.Return)]
    keeps = scope.contains(own, scope.COMPREHENSIONS)
    return len(every) == len(bare) and all(_is_nothing(node) for node in every) and not keeps


def _is_nothing(node: ast.Return) -> bool:
    return node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)

"""Transformations of straight-line code: order, dead code, temporaries, augmented assignment.

In: a function. Out: True and the function changed in place, or False and the function untouched. Each guard is in
the docstring of its transformation; where two statements could both fail, which one fails first is not kept.

Source: the operators of NatGen (Chakraborty et al., 2022) and Corder (Bui et al., 2021); guards are our own.
"""

from __future__ import annotations

import ast
from itertools import pairwise
from random import Random

from codesim.train.transforms import scope
from codesim.train.transforms.scope import Block, Function

AUGMENTABLE = (ast.Add, ast.Sub, ast.Mult)


def swap_independent(function: Function, rng: Random) -> bool:
    """Swap two adjacent simple statements.

    Guard: neither reads or writes what the other writes; both assign plain names; one of them is silent, or both are
    free of effects outside a `try`; no inner scope watches the names.
    """
    if scope.has_inner_scope(function) or scope.has_dynamic_scope(function):
        return False
    guarded = scope.contains(function.body, (ast.Try, ast.With, ast.AsyncWith))
    places = [
        (block, position)
        for block in scope.blocks(function)
        for position in range(len(block) - 1)
        if independent(block[position], block[position + 1], guarded)
    ]
    if not places:
        return False
    block, position = rng.choice(places)
    block[position], block[position + 1] = block[position + 1], block[position]
    return True


def independent(first: ast.stmt, second: ast.stmt, guarded: bool) -> bool:
    """Tell whether two adjacent statements may be swapped; `guarded`: a handler could see which one failed first."""
    if not (_assigns_names(first) and _assigns_names(second)):
        return False
    writes_first, writes_second = scope.names_written(first), scope.names_written(second)
    clash = writes_first & (writes_second | scope.names_read(second)) or writes_second & scope.names_read(first)
    if clash:
        return False
    values = (_value(first), _value(second))
    if any(value is not None and scope.is_silent(value) for value in values):
        return True
    return not guarded and all(value is not None and scope.is_effect_free(value) for value in values)


def _assigns_names(statement: ast.stmt) -> bool:
    return scope.single_target(statement) is not None


def _value(statement: ast.stmt) -> ast.expr | None:
    return statement.value if isinstance(statement, ast.Assign) else None


def insert_dead(function: Function, rng: Random) -> bool:
    """Insert an assignment to a fresh name that nobody reads.

    Guard: the value is a constant, an empty display, or a parameter that the function never deletes.
    """
    values: list[ast.expr] = [ast.Constant(value) for value in (None, 0, 1, "", True)]
    values += [ast.List(elts=[], ctx=ast.Load()), ast.Dict(keys=[], values=[])]
    if not scope.contains(function.body, ast.Delete):
        values += [scope.load(name) for name in sorted(scope.parameters(function))]
    block = rng.choice(scope.blocks(function))
    place = rng.randrange(_first_place(block), len(block) + (not scope.ends_control(block)))
    block.insert(place, scope.assign(scope.fresh_name(function, rng), rng.choice(values)))
    return True


def insert_logging(function: Function, rng: Random) -> bool:
    """Insert `logger.debug("...")` in one to three places.

    Guard: `logger` is not a name of the function, so that it means the module's logger, as is the custom.
    """
    if "logger" in scope.names_written(function) | scope.parameters(function):
        return False
    for _ in range(rng.randint(1, 3)):
        block = rng.choice(scope.blocks(function))
        message = ast.Constant(f"{rng.choice(('enter', 'now', 'done', 'check', 'at'))} {function.name}")
        method = ast.Attribute(value=scope.load("logger"), attr=rng.choice(("debug", "info")), ctx=ast.Load())
        place = rng.randrange(_first_place(block), len(block) + (not scope.ends_control(block)))
        block.insert(place, ast.Expr(ast.Call(func=method, args=[message], keywords=[])))
    return True


def _first_place(block: Block) -> int:
    # a docstring must stay first
    first = block[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(block) > 1
    return 1 if docstring else 0


def extract_temporary(function: Function, rng: Random) -> bool:
    """Name an expression: `return f(x)` becomes `t = f(x); return t`; likewise in `if`, `for` and first arguments.

    Guard: nothing is evaluated before the expression in its statement, so that the order of evaluation is kept.
    """
    places: list[tuple[Block, int, ast.AST, str]] = []
    for block in scope.blocks(function):
        for position, statement in enumerate(block):
            if isinstance(statement, ast.Return) and _worth_naming(statement.value):
                places.append((block, position, statement, "value"))
            elif isinstance(statement, ast.If) and _worth_naming(statement.test):
                places.append((block, position, statement, "test"))
            elif isinstance(statement, ast.For) and _worth_naming(statement.iter):
                places.append((block, position, statement, "iter"))
            elif isinstance(statement, ast.Assign | ast.Expr) and isinstance(statement.value, ast.Call):
                call = statement.value
                # only a plain callee: `a.b(x)` evaluates a.b first
                if isinstance(call.func, ast.Name) and call.args and _worth_naming(call.args[0]):
                    places.append((block, position, call, "args"))
    if not places:
        return False
    block, position, holder, field = rng.choice(places)
    name = scope.fresh_name(function, rng)
    if isinstance(holder, ast.Call):
        value, holder.args[0] = holder.args[0], scope.load(name)
    else:
        value = getattr(holder, field)
        setattr(holder, field, scope.load(name))
    block.insert(position, scope.assign(name, value))
    return True


def _worth_naming(node: ast.expr | None) -> bool:
    if node is None or isinstance(node, ast.Name | ast.Constant | ast.Starred | ast.GeneratorExp):
        return False
    # a walrus or a suspension is legal in both places, but reads so oddly that nobody writes it
    return not scope.contains(node, (ast.NamedExpr, *scope.SUSPENSIONS))


def inline_temporary(function: Function, rng: Random) -> bool:
    """Put a temporary back where it is used: `t = f(x); return t` becomes `return f(x)`; likewise in `if` and `for`.

    Guard: t is a local written once and read once, by the next statement, before anything else is evaluated there.
    """
    kept = scope.parameters(function) | scope.names_bound_by_string(function)
    if scope.has_dynamic_scope(function) or scope.has_inner_scope(function):
        return False
    places: list[tuple[Block, int, ast.stmt, str]] = []
    for block in scope.blocks(function):
        for position, (first, second) in enumerate(pairwise(block)):
            name = scope.single_target(first)
            if name is None or name in kept:
                continue
            for kind, field in ((ast.Return, "value"), (ast.If, "test"), (ast.For, "iter")):
                node = getattr(second, field, None)
                read = isinstance(second, kind) and isinstance(node, ast.Name) and node.id == name
                if read and scope.count_name(function, name) == 2:
                    places.append((block, position, second, field))
    if not places:
        return False
    block, position, second, field = rng.choice(places)
    first = block.pop(position)
    assert isinstance(first, ast.Assign)  # noqa: S101  # single_target said so
    setattr(second, field, first.value)
    return True


def plain_to_augmented(function: Function, rng: Random) -> bool:
    """Turn `x = x + e` into `x += e`.

    Guard: x is known to hold a number or a string (see `_holds_scalar`); a list would be changed in place.
    """
    places = [
        (block, position)
        for block in scope.blocks(function)
        for position, statement in enumerate(block)
        if (name := scope.single_target(statement))
        and isinstance(value := _value(statement), ast.BinOp)
        and isinstance(value.op, AUGMENTABLE)
        and isinstance(value.left, ast.Name)
        and value.left.id == name
        and _holds_scalar(function, name)
    ]
    if not places:
        return False
    block, position = rng.choice(places)
    value = _value(block[position])
    assert isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name)  # noqa: S101, PT018
    block[position] = ast.AugAssign(target=scope.store(value.left.id), op=value.op, value=value.right)
    return True


def augmented_to_plain(function: Function, rng: Random) -> bool:
    """Turn `x += e` into `x = x + e`; guard as for `plain_to_augmented`."""
    places = [
        (block, position)
        for block in scope.blocks(function)
        for position, statement in enumerate(block)
        if isinstance(statement, ast.AugAssign)
        and isinstance(statement.op, AUGMENTABLE)
        and isinstance(statement.target, ast.Name)
        and _holds_scalar(function, statement.target.id)
    ]
    if not places:
        return False
    block, position = rng.choice(places)
    old = block[position]
    assert isinstance(old, ast.AugAssign) and isinstance(old.target, ast.Name)  # noqa: S101, PT018
    name = old.target.id
    block[position] = scope.assign(name, ast.BinOp(left=scope.load(name), op=old.op, right=old.value))
    return True


def _holds_scalar(function: Function, name: str) -> bool:
    """Tell whether every plain assignment to the name gives it a number or a string, or adds to itself."""
    if name in scope.parameters(function) | scope.names_bound_by_string(function):
        return False
    stores = sum(
        scope.count_name(statement.target, name)
        if isinstance(statement, ast.AugAssign)
        else scope.single_target(statement) == name and _scalar_value(_value(statement), name)
        for statement in scope.own_statements(function)
    )
    return stores == sum(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(function)
    )


def _scalar_value(value: ast.expr | None, name: str) -> bool:
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int | float | str)
    if isinstance(value, ast.BinOp):
        return isinstance(value.left, ast.Name) and value.left.id == name
    return isinstance(value, ast.JoinedStr)

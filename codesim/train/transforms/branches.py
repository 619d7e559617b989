"""Transformations of conditions and branches: guard clauses, swapped branches, ternaries, De Morgan.

In: a function. Out: True and the function changed in place, or False and the function untouched. None of them
evaluates an operand twice or in another order, so the guards concern control flow only.

Source: the operators of NatGen (Chakraborty et al., 2022) and BugLab (Allamanis et al., 2021).
"""

from __future__ import annotations

import ast
from random import Random

from codesim.train.transforms import scope
from codesim.train.transforms.scope import Block, Function

INVERSES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
"""The comparisons that Python itself defines as each other's negation; `==` and `<` can be overloaded."""


def negate(test: ast.expr) -> ast.expr:
    """Return an expression that is true exactly when the test is false."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in INVERSES:
        return ast.Compare(left=test.left, ops=[INVERSES[type(test.ops[0])]()], comparators=test.comparators)
    return ast.UnaryOp(op=ast.Not(), operand=test)


def swap_branches(function: Function, rng: Random) -> bool:
    """Turn `if c: A else: B` into `if not c: B else: A`; guard: none, any `if` with an `else` will do."""
    places = [statement for statement in scope.own_statements(function) if isinstance(statement, ast.If)]
    places = [statement for statement in places if statement.orelse]
    if not places:
        return False
    chosen = rng.choice(places)
    chosen.test = negate(chosen.test)
    chosen.body, chosen.orelse = chosen.orelse, chosen.body
    return True


def guard_to_nested(function: Function, rng: Random) -> bool:
    """Turn `if c: A; rest` into `if not c: rest else: A`, or `if not c: rest` where A is a bare final return.

    Guard: A ends in return, raise, break or continue; the `if` has no `else`.
    """
    places = [
        (block, position)
        for block in scope.blocks(function)
        for position, statement in enumerate(block[:-1])
        if isinstance(statement, ast.If) and not statement.orelse and scope.ends_control(statement.body)
    ]
    if not places:
        return False
    block, position = rng.choice(places)
    chosen, rest = block[position], block[position + 1 :]
    assert isinstance(chosen, ast.If)  # noqa: S101  # by the choice above
    only = chosen.body[0]
    falls_off = block is function.body and len(chosen.body) == 1 and isinstance(only, ast.Return) and only.value is None
    del block[position + 1 :]
    if falls_off:
        chosen.test, chosen.body = negate(chosen.test), rest
    elif rng.random() < 0.5:
        chosen.orelse = rest
    else:
        chosen.test, chosen.body, chosen.orelse = negate(chosen.test), rest, chosen.body
    return True


def nested_to_guard(function: Function, rng: Random) -> bool:
    """Turn `if c: A else: B` into `if c: A; B`, and a final `if c: B` into `if not c: return; B`.

    Guard: A ends in return, raise, break or continue; in the second form the `if` ends the function.
    """
    places: list[tuple[Block, int]] = []
    for block in scope.blocks(function):
        for position, statement in enumerate(block):
            if not isinstance(statement, ast.If):
                continue
            last = block is function.body and position == len(block) - 1 and not statement.orelse
            if last or (statement.orelse and scope.ends_control(statement.body)):
                places.append((block, position))
    if not places:
        return False
    block, position = rng.choice(places)
    chosen = block[position]
    assert isinstance(chosen, ast.If)  # noqa: S101  # by the choice above
    if chosen.orelse:
        tail, chosen.orelse = chosen.orelse, []
    else:
        tail, chosen.body = chosen.body, [ast.Return(value=None)]
        chosen.test = negate(chosen.test)
    block[position + 1 : position + 1] = tail
    return True


def ternary_to_if(function: Function, rng: Random) -> bool:
    """Turn `x = a if c else b` or `return a if c else b` into an if statement; guard: x is a plain name."""
    places = [
        (block, position)
        for block in scope.blocks(function)
        for position, statement in enumerate(block)
        if (isinstance(statement, ast.Return) or scope.single_target(statement))
        and isinstance(getattr(statement, "value", None), ast.IfExp)
    ]
    if not places:
        return False
    block, position = rng.choice(places)
    statement = block[position]
    assert isinstance(statement, ast.Return | ast.Assign) and isinstance(statement.value, ast.IfExp)  # noqa: S101, PT018
    test, then, other = statement.value.test, statement.value.body, statement.value.orelse
    block[position] = ast.If(test=test, body=[_like(statement, then)], orelse=[_like(statement, other)])
    return True


def if_to_ternary(function: Function, rng: Random) -> bool:
    """Turn an if statement whose branches each assign one same name, or each return, into a ternary."""
    places = [
        (block, position)
        for block in scope.blocks(function)
        for position, statement in enumerate(block)
        if isinstance(statement, ast.If) and _one_value_each(statement)
    ]
    if not places:
        return False
    block, position = rng.choice(places)
    chosen = block[position]
    assert isinstance(chosen, ast.If)  # noqa: S101  # by the choice above
    then, other = chosen.body[0], chosen.orelse[0]
    value = ast.IfExp(test=chosen.test, body=then.value, orelse=other.value)  # type: ignore[attr-defined]
    block[position] = _like(then, value)
    return True


def _one_value_each(statement: ast.If) -> bool:
    if len(statement.body) != 1 or len(statement.orelse) != 1:
        return False
    then, other = statement.body[0], statement.orelse[0]
    if isinstance(then, ast.Return) and isinstance(other, ast.Return):
        return then.value is not None and other.value is not None
    name = scope.single_target(then)
    return name is not None and name == scope.single_target(other)


def _like(statement: ast.stmt, value: ast.expr) -> ast.stmt:
    name = scope.single_target(statement)
    return ast.Return(value=value) if name is None else scope.assign(name, value)


def split_condition(function: Function, rng: Random) -> bool:
    """Turn `if a and b: A` into `if a:` with `if b: A` inside; guard: no `else`."""
    places = [
        statement
        for statement in scope.own_statements(function)
        if isinstance(statement, ast.If) and not statement.orelse
        and isinstance(statement.test, ast.BoolOp) and isinstance(statement.test.op, ast.And)
    ]  # fmt: skip
    if not places:
        return False
    chosen = rng.choice(places)
    assert isinstance(chosen.test, ast.BoolOp)  # noqa: S101  # by the choice above
    first, *others = chosen.test.values
    inner = others[0] if len(others) == 1 else ast.BoolOp(op=ast.And(), values=others)
    chosen.test, chosen.body = first, [ast.If(test=inner, body=chosen.body, orelse=[])]
    return True


def merge_condition(function: Function, rng: Random) -> bool:
    """Turn `if a:` with nothing but `if b: A` inside into `if a and b: A`; guard: no `else` on either."""
    places = [
        (statement, statement.body[0])
        for statement in scope.own_statements(function)
        if isinstance(statement, ast.If) and not statement.orelse and len(statement.body) == 1
    ]
    pairs = [(outer, inner) for outer, inner in places if isinstance(inner, ast.If) and not inner.orelse]
    if not pairs:
        return False
    outer, inner = rng.choice(pairs)
    outer.test, outer.body = ast.BoolOp(op=ast.And(), values=[outer.test, inner.test]), inner.body
    return True


def de_morgan(function: Function, rng: Random) -> bool:
    """Turn `not (a and b)` into `not a or not b`, or back; guard: both forms yield a plain bool."""
    places = [
        node
        for node in scope.own_expressions(function)
        if (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and isinstance(node.operand, ast.BoolOp))
        or (isinstance(node, ast.BoolOp) and all(_is_not(value) for value in node.values))
    ]
    if not places:
        return False
    chosen = rng.choice(places)
    inner = chosen.operand if isinstance(chosen, ast.UnaryOp) else chosen
    assert isinstance(inner, ast.BoolOp)  # noqa: S101  # by the choice above
    other: ast.boolop = ast.Or() if isinstance(inner.op, ast.And) else ast.And()
    values: list[ast.expr]
    if inner is chosen:
        values = [value.operand for value in inner.values if isinstance(value, ast.UnaryOp)]
        result: ast.expr = ast.UnaryOp(op=ast.Not(), operand=ast.BoolOp(op=other, values=values))
    else:
        values = [ast.UnaryOp(op=ast.Not(), operand=value) for value in inner.values]
        result = ast.BoolOp(op=other, values=values)
    return replace_expression(function, chosen, result)


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def replace_expression(function: Function, old: ast.expr, new: ast.expr) -> bool:
    """Put `new` where `old` stands in the function; False if it does not stand there."""
    for node in ast.walk(function):
        for field, value in ast.iter_fields(node):
            if value is old:
                setattr(node, field, new)
                return True
            if isinstance(value, list):
                for position, item in enumerate(value):
                    if item is old:
                        value[position] = new
                        return True
    return False

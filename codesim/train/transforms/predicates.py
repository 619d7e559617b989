"""Transformations of questions: `in` against chained `or`, emptiness, the place of `not`.

In: a function. Out: True and the function changed in place, or False and the function untouched. `is None` is never
touched: an empty value is not None.

Source: PEP 8 (programming recommendations); guards are our own.
"""

from __future__ import annotations

import ast
import copy
from random import Random

from codesim.train.transforms import knowledge, scope
from codesim.train.transforms.branches import INVERSES, replace_expression
from codesim.train.transforms.scope import Function


def in_to_or(function: Function, rng: Random) -> bool:
    """Turn `x in ("a", "b")` into `x == "a" or x == "b"`, and `not in` into `!=` and `and`.

    Guard: x is a name, the display a tuple or list of up to five numbers and strings. Classes whose `!=` is not the
    opposite of their `==` are left out of account.
    """
    places = []
    for node in scope.own_expressions(function):
        match node:
            case ast.Compare(ast.Name() as tested, [ast.In() | ast.NotIn() as asked], [ast.Tuple(e) | ast.List(e)]):
                if 2 <= len(e) <= 5 and all(_is_plain(element) for element in e):
                    places.append((node, tested, asked, e))
    if not places:
        return False
    node, tested, asked, elements = rng.choice(places)
    found = isinstance(asked, ast.In)
    values: list[ast.expr] = [
        ast.Compare(left=copy.deepcopy(tested), ops=[ast.Eq() if found else ast.NotEq()], comparators=[element])
        for element in elements
    ]
    return replace_expression(function, node, ast.BoolOp(op=ast.Or() if found else ast.And(), values=values))


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | int | bytes)


def or_to_in(function: Function, rng: Random) -> bool:
    """Turn `x == "a" or x == "b"` into `x in ("a", "b")`, and the same with `!=` and `and`; guard as for `in_to_or`."""
    places = []
    for node in scope.own_expressions(function):
        if isinstance(node, ast.BoolOp):
            kind = ast.Eq if isinstance(node.op, ast.Or) else ast.NotEq
            elements = [_compared(value, kind) for value in node.values]
            names = {element[0] for element in elements if element}
            if len(names) == 1 and all(elements):
                places.append((node, names.pop(), [element[1] for element in elements if element]))
    if not places:
        return False
    node, name, constants = rng.choice(places)
    asked = ast.In() if isinstance(node.op, ast.Or) else ast.NotIn()
    display = ast.Tuple(elts=constants, ctx=ast.Load())
    return replace_expression(function, node, ast.Compare(left=scope.load(name), ops=[asked], comparators=[display]))


def _compared(node: ast.expr, kind: type[ast.cmpop]) -> tuple[str, ast.expr] | None:
    match node:
        case ast.Compare(ast.Name(name), [operator], [constant]) if isinstance(operator, kind) and _is_plain(constant):
            return name, constant
    return None


def length_to_truth(function: Function, rng: Random) -> bool:
    """Turn `len(xs) == 0` into `not xs`, and `len(xs) > 0` into `xs`, where only the truth is asked.

    Guard: xs always holds a list, tuple, string, dict or set of the language.
    """
    places: list[tuple[ast.expr, ast.expr]] = []
    for node in _asked(function):
        match node:
            case ast.Compare(ast.Call(ast.Name("len"), [ast.Name(name)], []), [operator], [ast.Constant(0)]):
                if knowledge.is_container(function, name):
                    if isinstance(operator, ast.Eq):
                        places.append((node, ast.UnaryOp(op=ast.Not(), operand=scope.load(name))))
                    elif isinstance(operator, ast.Gt | ast.NotEq):
                        places.append((node, scope.load(name)))
    if not places or knowledge.binds(function, "len"):
        return False
    return replace_expression(function, *rng.choice(places))


def truth_to_length(function: Function, rng: Random) -> bool:
    """Turn `if not xs` into `if len(xs) == 0`, and `while xs` into `while len(xs) > 0`; guard as above."""
    places: list[tuple[ast.expr, str, ast.cmpop]] = []
    for node in _asked(function):
        match node:
            case ast.Name(name) if knowledge.is_container(function, name):
                places.append((node, name, ast.Gt()))
            case ast.UnaryOp(ast.Not(), ast.Name(name)) if knowledge.is_container(function, name):
                places.append((node, name, ast.Eq()))
    if not places or knowledge.binds(function, "len"):
        return False
    node, name, operator = rng.choice(places)
    length = scope.call("len", scope.load(name))
    return replace_expression(function, node, ast.Compare(left=length, ops=[operator], comparators=[ast.Constant(0)]))


def _asked(function: Function) -> list[ast.expr]:
    """Return the expressions of which only the truth matters: tests, and what `and`, `or`, `not` in them join."""
    found: list[ast.expr] = []
    waiting = [
        statement.test
        for statement in scope.own_statements(function)
        if isinstance(statement, ast.If | ast.While | ast.Assert)
    ]
    waiting += [node.test for node in scope.own_expressions(function) if isinstance(node, ast.IfExp)]
    while waiting:
        node = waiting.pop(0)
        found.append(node)
        if isinstance(node, ast.BoolOp):
            waiting.extend(node.values)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and not isinstance(node.operand, ast.Name):
            waiting.append(node.operand)
    return found


def move_not(function: Function, rng: Random) -> bool:
    """Turn `x not in y` into `not x in y`, `x is not y` into `not x is y`, or back; guard: the language defines it."""
    places: list[tuple[ast.expr, ast.expr]] = []
    for node in scope.own_expressions(function):
        match node:
            case ast.UnaryOp(ast.Not(), ast.Compare(left, [operator], [right])) if type(operator) in INVERSES:
                inverse = INVERSES[type(operator)]()
                places.append((node, ast.Compare(left=left, ops=[inverse], comparators=[right])))
            case ast.Compare(left, [ast.NotIn() | ast.IsNot() as operator], [right]) if not _is_none(right):
                plain = ast.Compare(left=left, ops=[INVERSES[type(operator)]()], comparators=[right])
                places.append((node, ast.UnaryOp(op=ast.Not(), operand=plain)))
    return bool(places) and replace_expression(function, *rng.choice(places))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None

"""Transformations of strings put together: f-string parts against addition, and `join`.

In: a function. Out: True and the function changed in place, or False and the function untouched. An f-string formats
where addition wants strings; classes whose empty format is not their `str` are left out of account.

Source: the operators of NatGen (Chakraborty et al., 2022), PEP 498; guards are our own.
"""

from __future__ import annotations

import ast
from random import Random

from codesim.train.transforms import knowledge, scope
from codesim.train.transforms.branches import replace_expression
from codesim.train.transforms.scope import Function

CONVERSIONS = {-1: "str", ord("s"): "str", ord("r"): "repr", ord("a"): "ascii"}


def fstring_to_sum(function: Function, rng: Random) -> bool:
    """Turn `f"a{x}b"` into `"a" + str(x) + "b"`; guard: no format specification, `str` and `repr` are the builtins."""
    specifications = {id(node.format_spec) for node in ast.walk(function) if isinstance(node, ast.FormattedValue)}
    places = [
        (node, parts)
        for node in scope.own_expressions(function)
        if isinstance(node, ast.JoinedStr) and id(node) not in specifications
        if (parts := _parts(node)) and len(parts) > 1
    ]
    if not places or knowledge.binds(function, *CONVERSIONS.values()):
        return False
    node, parts = rng.choice(places)
    total = parts[0]
    for part in parts[1:]:
        total = ast.BinOp(left=total, op=ast.Add(), right=part)
    return replace_expression(function, node, total)


def _parts(node: ast.JoinedStr) -> list[ast.expr] | None:
    parts: list[ast.expr] = []
    for value in node.values:
        match value:
            case ast.Constant(str()):
                parts.append(value)
            case ast.FormattedValue(inner, conversion, None) if conversion in CONVERSIONS:
                plain = conversion == -1 and knowledge.is_text(inner)
                parts.append(inner if plain else scope.call(CONVERSIONS[conversion], inner))
            case _:
                return None
    return parts


def sum_to_fstring(function: Function, rng: Random) -> bool:
    """Turn `"a" + str(x) + "b"` into `f"a{x}b"`; guard: every summand is a string for certain."""
    inner = {
        id(node.left) for node in scope.own_expressions(function)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
    }  # fmt: skip
    places = []
    for node in scope.own_expressions(function):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and id(node) not in inner:
            values = [_value(part) for part in _summands(node)]
            if None not in values and any(isinstance(value, ast.FormattedValue) for value in values):
                places.append((node, [value for value in values if value is not None]))
    if not places or knowledge.binds(function, *CONVERSIONS.values()):
        return False
    chosen, pieces = rng.choice(places)
    merged: list[ast.expr] = []
    for value in pieces:
        before = merged[-1] if merged else None
        if isinstance(value, ast.Constant) and isinstance(before, ast.Constant):
            merged[-1] = ast.Constant(str(before.value) + str(value.value))
        else:
            merged.append(value)
    return replace_expression(function, chosen, ast.JoinedStr(values=merged))


def _summands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_summands(node.left), *_summands(node.right)]
    return [node]


def _value(part: ast.expr) -> ast.Constant | ast.FormattedValue | None:
    match part:
        case ast.Constant(str()):
            return part
        case ast.Call(ast.Name("str"), [argument], []) if not isinstance(argument, ast.Starred):
            return ast.FormattedValue(value=argument, conversion=-1, format_spec=None)
        case ast.Call(ast.Name("repr"), [argument], []) if not isinstance(argument, ast.Starred):
            return ast.FormattedValue(value=argument, conversion=ord("r"), format_spec=None)
        case ast.JoinedStr([ast.FormattedValue() as only]):
            return only
    return None

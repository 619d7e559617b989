"""Transformations inside one statement: comparisons, string formatting, empty displays, tuple assignment.

In: a function. Out: True and the function changed in place, or False and the function untouched.

Source: the operators of NatGen (Chakraborty et al., 2022) and BugLab (Allamanis et al., 2021); guards are our own.
"""

from __future__ import annotations

import ast
import string
from random import Random

from codesim.train.transforms import scope
from codesim.train.transforms.branches import replace_expression
from codesim.train.transforms.scope import Block, Function

MIRRORS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.Eq, ast.NotEq: ast.NotEq,
}  # fmt: skip


def mirror_comparison(function: Function, rng: Random) -> bool:
    """Turn `a < b` into `b > a`.

    Guard: both operands are silent, so that their order of evaluation cannot be seen. Classes that define `<` and
    `>` as strangers to each other are left out of account.
    """
    places = [
        node
        for node in scope.own_expressions(function)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in MIRRORS
        and scope.is_silent(node.left) and scope.is_silent(node.comparators[0])
    ]  # fmt: skip
    if not places:
        return False
    chosen = rng.choice(places)
    chosen.left, chosen.comparators = chosen.comparators[0], [chosen.left]
    chosen.ops = [MIRRORS[type(chosen.ops[0])]()]
    return True


def split_chain(function: Function, rng: Random) -> bool:
    """Turn `a < b < c` into `a < b and b < c`; guard: b is silent, so that evaluating it twice cannot be seen."""
    places = [
        node
        for node in scope.own_expressions(function)
        if isinstance(node, ast.Compare) and len(node.ops) == 2 and scope.is_silent(node.comparators[0])
    ]
    if not places:
        return False
    chosen = rng.choice(places)
    middle, last = chosen.comparators
    copied = scope.load(middle.id) if isinstance(middle, ast.Name) else middle
    first = ast.Compare(left=chosen.left, ops=[chosen.ops[0]], comparators=[middle])
    second = ast.Compare(left=copied, ops=[chosen.ops[1]], comparators=[last])
    return replace_expression(function, chosen, ast.BoolOp(op=ast.And(), values=[first, second]))


def fstring_to_format(function: Function, rng: Random) -> bool:
    """Turn an f-string into `"...".format(...)`; guard: no computed format specification, no suspension inside."""
    specifications = {id(node.format_spec) for node in ast.walk(function) if isinstance(node, ast.FormattedValue)}
    places = [
        node
        for node in scope.own_expressions(function)
        if isinstance(node, ast.JoinedStr) and any(isinstance(part, ast.FormattedValue) for part in node.values)
        and id(node) not in specifications and not scope.contains(node, scope.SUSPENSIONS)
    ]  # fmt: skip
    rng.shuffle(places)
    for chosen in places:
        template, arguments = "", []
        for part in chosen.values:
            piece = _template_piece(part)
            if piece is None:
                break
            template += piece
            if isinstance(part, ast.FormattedValue):
                arguments.append(part.value)
        else:
            method = ast.Attribute(value=ast.Constant(template), attr="format", ctx=ast.Load())
            if replace_expression(function, chosen, ast.Call(func=method, args=arguments, keywords=[])):
                return True
    return False


def _template_piece(part: ast.expr) -> str | None:
    if isinstance(part, ast.Constant):
        return str(part.value).replace("{", "{{").replace("}", "}}")
    if not isinstance(part, ast.FormattedValue):
        return None
    conversion = "" if part.conversion < 0 else f"!{chr(part.conversion)}"
    if part.format_spec is None:
        return f"{{{conversion}}}"
    match part.format_spec:
        case ast.JoinedStr([ast.Constant(str() as text)]) if "{" not in text and "}" not in text:
            return f"{{{conversion}:{text}}}"
    return None


def format_to_fstring(function: Function, rng: Random) -> bool:
    """Turn `"{} {:d}".format(a, b)` into an f-string; guard: automatic plain fields only, one for each argument."""
    places = []
    for node in scope.own_expressions(function):
        match node:
            case ast.Call(ast.Attribute(ast.Constant(str() as template), "format"), [_, *_] as arguments, []):
                pieces = _formatted_pieces(template, arguments)
                if pieces:
                    places.append((node, pieces))
    if not places:
        return False
    chosen, pieces = rng.choice(places)
    return replace_expression(function, chosen, ast.JoinedStr(values=pieces))


def _formatted_pieces(template: str, arguments: list[ast.expr]) -> list[ast.expr] | None:
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError:
        return None
    pieces: list[ast.expr] = []
    waiting = list(arguments)
    for text, field, specification, conversion in fields:
        if text:
            pieces.append(ast.Constant(text))
        if field is None:
            continue
        if field or not waiting or "{" in (specification or "") or isinstance(waiting[0], ast.Starred):
            return None
        spec = ast.JoinedStr(values=[ast.Constant(specification)]) if specification else None
        code = ord(conversion) if conversion else -1
        pieces.append(ast.FormattedValue(value=waiting.pop(0), conversion=code, format_spec=spec))
    return None if waiting else pieces


def percent_to_format(function: Function, rng: Random) -> bool:
    """Turn `"%s %r" % (a, b)` into `"{!s} {!r}".format(a, b)`; guard: only %s and %r, the operand a matching tuple."""
    places = []
    for node in scope.own_expressions(function):
        match node:
            case ast.BinOp(ast.Constant(str() as text), ast.Mod(), ast.Tuple(arguments)):
                plain = text.replace("%s", "").replace("%r", "")
                count = text.count("%s") + text.count("%r")
                if "%" not in plain and count == len(arguments) and not scope.contains(arguments, ast.Starred):
                    places.append((node, text, arguments))
    if not places:
        return False
    chosen, text, arguments = rng.choice(places)
    template = text.replace("{", "{{").replace("}", "}}").replace("%s", "{!s}").replace("%r", "{!r}")
    method = ast.Attribute(value=ast.Constant(template), attr="format", ctx=ast.Load())
    return replace_expression(function, chosen, ast.Call(func=method, args=arguments, keywords=[]))


def empty_display(function: Function, rng: Random) -> bool:
    """Turn `dict()` into `{}`, `list()` into `[]`, or back; guard: the function does not bind `dict` or `list`."""
    bound = scope.names_written(function) | scope.parameters(function)
    places: list[tuple[ast.expr, ast.expr]] = []
    for node in scope.own_expressions(function):
        match node:
            case ast.Call(ast.Name("dict"), [], []) if "dict" not in bound:
                places.append((node, ast.Dict(keys=[], values=[])))
            case ast.Call(ast.Name("list"), [], []) if "list" not in bound:
                places.append((node, ast.List(elts=[], ctx=ast.Load())))
            case ast.Dict([], []) if "dict" not in bound:
                places.append((node, ast.Call(func=scope.load("dict"), args=[], keywords=[])))
            case ast.List([], ast.Load()) if "list" not in bound:
                places.append((node, ast.Call(func=scope.load("list"), args=[], keywords=[])))
    if not places:
        return False
    return replace_expression(function, *rng.choice(places))


def split_tuple(function: Function, rng: Random) -> bool:
    """Turn `a, b = x, y` into `a = x; b = y`.

    Guard: plain names on the left, each once; no value but the first reads a name assigned before it, or could see
    the assignment through a call or an inner scope.
    """
    if scope.has_inner_scope(function) or scope.has_dynamic_scope(function) or scope.contains(function.body, ast.Try):
        return False
    places: list[tuple[Block, int, list[ast.Name], list[ast.expr]]] = []
    for block in scope.blocks(function):
        for position, statement in enumerate(block):
            match statement:
                case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)) if len(targets) == len(values):
                    names = [target for target in targets if isinstance(target, ast.Name)]
                    distinct = len({name.id for name in names}) == len(targets)
                    if distinct and not scope.contains(values, ast.Starred) and _in_sequence(names, values):
                        places.append((block, position, names, values))
    if not places:
        return False
    block, position, names, values = rng.choice(places)
    block[position : position + 1] = [scope.assign(n.id, value) for n, value in zip(names, values, strict=True)]
    return True


def _in_sequence(names: list[ast.Name], values: list[ast.expr]) -> bool:
    before: set[str] = set()
    for name, value in zip(names, values, strict=True):
        if before & scope.names_read(value):
            return False
        before.add(name.id)
    return True

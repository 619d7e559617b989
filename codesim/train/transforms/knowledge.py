"""What a function lets us know about the values of its names: lists, mappings, strings, whole numbers.

In: a function and a name or an expression of it. Out: yes where every binding of the name, or the use of it, says so;
no where there is a doubt. Builtins that the function binds itself are not taken for builtins.

Source: our own.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codesim.train.transforms import scope
from codesim.train.transforms.scope import Block, Function

LIST_MAKERS = frozenset({"list", "sorted"})
LIST_METHODS = frozenset({"split", "splitlines", "rsplit"})
MAPPING_MAKERS = frozenset({"dict", "defaultdict", "Counter", "OrderedDict"})
MAPPING_HINTS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict", "Counter"})
MAPPING_METHODS = frozenset({"items", "keys", "values", "setdefault"})
TEXT_METHODS = frozenset({
    "join", "strip", "lstrip", "rstrip", "upper", "lower", "format", "title", "capitalize", "ljust", "rjust", "zfill",
})  # fmt: skip
WHOLE_CALLS = frozenset({"len", "ord", "int", "hash"})


def values_of(function: Function, name: str) -> list[ast.expr] | None:
    """Return all values that the name is given, None where some binding is not a plain assignment."""
    if name in scope.parameters(function) | scope.names_bound_by_string(function):
        return None
    values = []
    for statement in scope.own_statements(function):
        if isinstance(statement, ast.Assign) and scope.single_target(statement) == name:
            values.append(statement.value)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            values += [statement.value] if statement.target.id == name else []
    stores = sum(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(function)
    )
    return values if values and stores == len(values) else None


def binds(function: Function, *names: str) -> bool:
    """Tell whether the function binds one of the names, so that it does not mean the builtin."""
    return bool((scope.names_written(function) | scope.parameters(function)) & set(names))


def makes_list(node: ast.expr) -> bool:
    """Tell whether the expression makes a new list."""
    match node:
        case ast.List() | ast.ListComp():
            return True
        case ast.Call(ast.Name(maker)):
            return maker in LIST_MAKERS
        case ast.Call(ast.Attribute(attr=method)):
            return method in LIST_METHODS
    return False


def is_sequence(function: Function, name: str) -> bool:
    """Tell whether the name always holds a list, a tuple or a string."""
    values = values_of(function, name)
    return bool(values) and not binds(function, *LIST_MAKERS) and all(_makes_sequence(value) for value in values or ())


def _makes_sequence(node: ast.expr) -> bool:
    return makes_list(node) or is_text(node) or isinstance(node, ast.Tuple)


def is_container(function: Function, name: str) -> bool:
    """Tell whether the name always holds a list, tuple, string, dict or set of the language, true when not empty."""
    values = values_of(function, name)
    if not values or binds(function, *LIST_MAKERS, *MAPPING_MAKERS, "set"):
        return False
    displays = (ast.Dict, ast.DictComp, ast.Set, ast.SetComp)
    return all(
        _makes_sequence(value) or isinstance(value, displays) or _called(value) in MAPPING_MAKERS | {"set"}
        for value in values
    )


def is_text(node: ast.expr) -> bool:
    """Tell whether the expression is a string for certain."""
    match node:
        case ast.Constant(str()) | ast.JoinedStr():
            return True
        case ast.Call(ast.Name("str" | "repr" | "chr"), [_], []):
            return True
        case ast.Call(ast.Attribute(value=receiver, attr=method)):
            return method in TEXT_METHODS and is_text(receiver)
        case ast.BinOp(left, ast.Add(), right):
            return is_text(left) and is_text(right)
        case ast.IfExp(_, then, other):
            return is_text(then) and is_text(other)
    return False


def is_whole(node: ast.expr) -> bool:
    """Tell whether the expression is an integer for certain."""
    match node:
        case ast.Constant(value):
            return isinstance(value, int)
        case ast.Call(ast.Name(maker), [_], []):
            return maker in WHOLE_CALLS
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.FloorDiv() | ast.Mod(), right):
            return is_whole(left) and is_whole(right)
        case ast.UnaryOp(ast.USub(), operand):
            return is_whole(operand)
        case ast.Compare(ops=[ast.In() | ast.NotIn() | ast.Is() | ast.IsNot()]):
            return True
        case ast.IfExp(_, then, other):
            return is_whole(then) and is_whole(other)
    return False


def spelling(node: ast.expr) -> str:
    """Return `x` or `x.y` for a receiver that is a name or an attribute of a name, else ""."""
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name(name), attribute):
            return f"{name}.{attribute}"
    return ""


def is_mapping(function: Function, node: ast.expr) -> bool:
    """Tell whether a receiver is a mapping: made so, hinted so, or used by methods that only mappings have."""
    spelled = spelling(node)
    if not spelled or binds(function, *MAPPING_MAKERS):
        return False
    if isinstance(node, ast.Name):
        values = values_of(function, node.id)
        if values is not None:
            return all(_makes_mapping(value) for value in values)
        if _hinted(function, node.id):
            return True
        if node.id not in scope.parameters(function):
            return False
    return any(
        isinstance(found, ast.Attribute) and found.attr in MAPPING_METHODS and spelling(found.value) == spelled
        for found in ast.walk(function)
    )


def is_plain_mapping(function: Function, node: ast.expr) -> bool:
    """Tell whether a receiver is a dict without a rule for missing keys."""
    values = values_of(function, node.id) if isinstance(node, ast.Name) else None
    return bool(values) and all(isinstance(value, ast.Dict | ast.DictComp) for value in values or ())


def _makes_mapping(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict | ast.DictComp) or _called(node) in MAPPING_MAKERS


def _called(node: ast.expr) -> str:
    match node:
        case ast.Call(ast.Name(name)) | ast.Call(ast.Attribute(ast.Name("collections"), name)):
            return name
    return ""


def _hinted(function: Function, name: str) -> bool:
    for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        if argument.arg == name and argument.annotation is not None:
            hint = argument.annotation
            hint = hint.value if isinstance(hint, ast.Subscript) else hint
            written = name in scope.names_written(function.body)
            return isinstance(hint, ast.Name) and hint.id in MAPPING_HINTS and not written
    return False


def is_only_read(name: str, body: Block | Sequence[ast.stmt]) -> bool:
    """Tell whether the name occurs in the body only as `x[...]` that is read and as `len(x)`."""
    plain = 0
    for statement in body:
        for node in ast.walk(statement):
            match node:
                case ast.Subscript(ast.Name(id=found), _, ast.Load()) | ast.Call(ast.Name("len"), [ast.Name(id=found)]):
                    plain += found == name
    return plain == scope.count_name(body, name)

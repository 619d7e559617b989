"""Transformations of the ways to ask a dict: get, test, try, setdefault, defaultdict, `dict()` and display.

In: a function. Out: True and the function changed in place, or False and the function untouched. The receiver must be
known to be a mapping (`knowledge.is_mapping`): `get` of a web session is another thing. Keys that are looked up twice
are free of effects.

Source: Python idioms; guards are our own.
"""

from __future__ import annotations

import ast
import copy
import keyword
from random import Random

from codesim.train.transforms import knowledge, scope
from codesim.train.transforms.branches import replace_expression
from codesim.train.transforms.scope import Block, Function

READ_ONLY = frozenset({"items", "keys", "values"})
EMPTY = {"list": ast.List, "dict": ast.Dict, "set": None, "int": None}


def _contains(key: ast.expr, mapping: ast.expr) -> ast.Compare:
    return ast.Compare(left=copy.deepcopy(key), ops=[ast.In()], comparators=[copy.deepcopy(mapping)])


def _looked_up(mapping: ast.expr, key: ast.expr, ctx: ast.expr_context | None = None) -> ast.Subscript:
    return ast.Subscript(value=copy.deepcopy(mapping), slice=copy.deepcopy(key), ctx=ctx or ast.Load())


def get_to_branch(function: Function, rng: Random) -> bool:
    """Turn `d.get(k, v)` into `d[k] if k in d else v`, or into an if statement where it is all of an assignment.

    Guard: d is a mapping, k is free of effects, v is silent because it is no longer always evaluated.
    """
    places = []
    for node in scope.own_expressions(function):
        match node:
            case ast.Call(ast.Attribute(mapping, "get"), [key, *default], []) if len(default) < 2:
                silent = scope.is_silent(default[0]) if default else True
                if silent and scope.is_effect_free(key) and knowledge.is_mapping(function, mapping):
                    places.append((node, mapping, key, default[0] if default else ast.Constant(None)))
    if not places:
        return False
    node, mapping, key, other = rng.choice(places)
    for block, position, statement in scope.places(function):
        name = scope.single_target(statement)
        if name and isinstance(statement, ast.Assign) and statement.value is node:
            then = scope.assign(name, _looked_up(mapping, key))
            branch = ast.If(test=_contains(key, mapping), body=[then], orelse=[scope.assign(name, other)])
            block[position] = branch
            return True
    choice = ast.IfExp(test=_contains(key, mapping), body=_looked_up(mapping, key), orelse=other)
    return replace_expression(function, node, choice)


def branch_to_get(function: Function, rng: Random) -> bool:
    """Turn `d[k] if k in d else v`, and the like as an if statement that assigns, into `d.get(k, v)`.

    Guard: d is a mapping, k free of effects, v silent because it is evaluated always.
    """
    places: list[tuple[ast.expr, ast.expr]] = []
    branches: list[tuple[Block, int, str, ast.expr]] = []
    for node in scope.own_expressions(function):
        match node:
            case ast.IfExp(test, then, other):
                value = _as_get(function, test, then, other)
                if value is not None:
                    places.append((node, value))
    for block, position, statement in scope.places(function):
        match statement:
            case ast.If(test, [ast.Assign([ast.Name(name)], then)], [ast.Assign([ast.Name(again)], other)]):
                value = _as_get(function, test, then, other) if name == again else None
                if value is not None:
                    branches.append((block, position, name, value))
    if branches and (not places or rng.random() < 0.5):
        block, position, name, value = rng.choice(branches)
        block[position] = scope.assign(name, value)
        return True
    return bool(places) and replace_expression(function, *rng.choice(places))


def _as_get(function: Function, test: ast.expr, then: ast.expr, other: ast.expr) -> ast.expr | None:
    match test:
        case ast.Compare(key, [ast.In() | ast.NotIn() as operator], [mapping]):
            found, missing = (then, other) if isinstance(operator, ast.In) else (other, then)
            same = ast.dump(found) == ast.dump(_looked_up(mapping, key))
            fit = scope.is_effect_free(key) and scope.is_silent(missing)
            if same and fit and knowledge.is_mapping(function, mapping):
                default = [] if isinstance(missing, ast.Constant) and missing.value is None else [missing]
                return scope.method(mapping, "get", key, *default)
    return None


def try_to_get(function: Function, rng: Random) -> bool:
    """Turn `try: x = d[k]` with `except KeyError: x = v` into `x = d.get(k, v)`.

    Guard: d is a dict of this function without a rule for missing keys, k and v are silent.
    """
    places = []
    for block, position, statement in scope.places(function):
        match statement:
            case ast.Try(
                [ast.Assign([ast.Name(name)], ast.Subscript(mapping, key))],
                [ast.ExceptHandler(ast.Name("KeyError"), None, [ast.Assign([ast.Name(again)], other)])], [], [],
            ) if name == again:  # fmt: skip
                silent = scope.is_silent(key) and scope.is_silent(other)
                if silent and knowledge.is_plain_mapping(function, mapping):
                    places.append((block, position, name, mapping, key, other))
    if not places:
        return False
    block, position, name, mapping, key, other = rng.choice(places)
    block[position] = scope.assign(name, scope.method(mapping, "get", key, other))
    return True


def setdefault_to_branch(function: Function, rng: Random) -> bool:
    """Turn `d.setdefault(k, v).m(x)` into `if k not in d: d[k] = v` and `d[k].m(x)`; guard as for `get_to_branch`."""
    places = []
    for block, position, statement in scope.places(function):
        match statement:
            case ast.Expr(ast.Call(ast.Attribute(ast.Call(ast.Attribute(mapping, "setdefault"), [key, start], [])))):
                fit = scope.is_effect_free(key) and scope.is_silent(_without_maker(start))
                if fit and knowledge.is_mapping(function, mapping):
                    places.append((block, position, statement.value, mapping, key, start))
    if not places:
        return False
    block, position, call, mapping, key, start = rng.choice(places)
    assert isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)  # noqa: S101, PT018
    test = _contains(key, mapping)
    test.ops = [ast.NotIn()]
    first = ast.Assign(targets=[_looked_up(mapping, key, ast.Store())], value=start)
    call.func.value = _looked_up(mapping, key)
    block.insert(position, ast.If(test=test, body=[first], orelse=[]))
    return True


def _without_maker(start: ast.expr) -> ast.expr:
    match start:
        case ast.Call(ast.Name("list" | "dict" | "set"), [], []):
            return ast.Constant(None)
    return start


def branch_to_setdefault(function: Function, rng: Random) -> bool:
    """Turn `if k not in d: d[k] = v` followed by `d[k].m(x)` into `d.setdefault(k, v).m(x)`; guard as above."""
    places = []
    for block, position, first, second in scope.neighbours(function):
        match first, second:
            case (
                ast.If(
                    ast.Compare(key, [ast.NotIn()], [mapping]), [ast.Assign([ast.Subscript() as stored], start)], []
                ),
                ast.Expr(ast.Call(ast.Attribute(ast.Subscript() as used))),
            ):
                wanted = ast.unparse(_looked_up(mapping, key))
                same = ast.unparse(stored) == ast.unparse(used) == wanted
                fit = scope.is_effect_free(key) and scope.is_silent(_without_maker(start))
                if same and fit and knowledge.is_mapping(function, mapping):
                    places.append((block, position, second.value, mapping, key, start))
    if not places:
        return False
    block, position, call, mapping, key, start = rng.choice(places)
    assert isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)  # noqa: S101, PT018
    call.func.value = scope.method(mapping, "setdefault", key, start)
    del block[position]
    return True


def defaultdict_to_setdefault(function: Function, rng: Random) -> bool:
    """Turn `d = defaultdict(list)` with `d[k].m(x)` into `d = {}` with `d.setdefault(k, []).m(x)`; `int` into `get`.

    Guard: d is a local that is only filled so, iterated by items, keys or values, tested by `in`, counted by `len`,
    or copied by `dict(d)` and `sorted(d)`; no inner scope sees it.
    """
    names = []
    for statement in scope.own_statements(function):
        name = scope.single_target(statement)
        match statement:
            case ast.Assign(value=ast.Call(ast.Name("defaultdict"), [ast.Name(maker)], [])) if name and maker in EMPTY:
                if knowledge.values_of(function, name) == [statement.value]:
                    fillings = _fillings(function, name, maker)
                    if fillings and scope.count_name(function, name) == 1 + fillings + _readings(function, name):
                        names.append((statement, name, maker))
    if not names or knowledge.binds(function, "defaultdict", "dict", "list", "set", "int"):
        return False
    if scope.has_inner_scope(function) or scope.has_dynamic_scope(function):
        return False
    made, name, maker = rng.choice(names)
    made.value = ast.Dict(keys=[], values=[])
    for block, position, statement in list(scope.places(function)):
        match statement:
            case ast.Expr(ast.Call(ast.Attribute(ast.Subscript(ast.Name(found), key) as used) as method)):
                if found == name:
                    method.value = scope.method(used.value, "setdefault", key, _start(maker))
            case ast.AugAssign(ast.Subscript(ast.Name(found), key) as target, operator, value) if found == name:
                before = scope.method(scope.load(name), "get", copy.deepcopy(key), ast.Constant(0))
                total = ast.BinOp(left=before, op=operator, right=value)
                block[position] = ast.Assign(targets=[target], value=total)
    return True


def _start(maker: str) -> ast.expr:
    if maker == "set":
        return scope.call("set")
    return ast.List(elts=[], ctx=ast.Load()) if maker == "list" else ast.Dict(keys=[], values=[])


def _fillings(function: Function, name: str, maker: str) -> int:
    count = 0
    for statement in scope.own_statements(function):
        match statement:
            case ast.Expr(ast.Call(ast.Attribute(ast.Subscript(ast.Name(found), _, ast.Load())))):
                count += found == name and maker != "int"
            case ast.AugAssign(ast.Subscript(ast.Name(found), key)):
                count += found == name and maker == "int" and scope.is_effect_free(key)
    return count


def _readings(function: Function, name: str) -> int:
    count = 0
    for node in ast.walk(function):
        match node:
            case ast.Call(ast.Attribute(ast.Name(found), method), []):
                count += found == name and method in READ_ONLY
            case ast.Call(ast.Name("len" | "dict" | "sorted"), [ast.Name(found), *_]):
                count += found == name
            case ast.Compare(_, [ast.In() | ast.NotIn()], [ast.Name(found)]):
                count += found == name
    return count


def dict_to_display(function: Function, rng: Random) -> bool:
    """Turn `dict(a=1, b=2)` into `{"a": 1, "b": 2}`; guard: `dict` is the builtin."""
    places = []
    for node in scope.own_expressions(function):
        match node:
            case ast.Call(ast.Name("dict"), [], [_, *_] as keywords) if all(k.arg for k in keywords):
                places.append((node, keywords))
    if not places or knowledge.binds(function, "dict"):
        return False
    node, keywords = rng.choice(places)
    keys: list[ast.expr | None] = [ast.Constant(k.arg) for k in keywords]
    return replace_expression(function, node, ast.Dict(keys=keys, values=[k.value for k in keywords]))


def display_to_dict(function: Function, rng: Random) -> bool:
    """Turn `{"a": 1, "b": 2}` into `dict(a=1, b=2)`; guard: the keys are distinct identifiers, no keywords."""
    places = []
    for node in scope.own_expressions(function):
        if isinstance(node, ast.Dict) and node.keys:
            names = [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
            plain = all(name.isascii() and name.isidentifier() and not keyword.iskeyword(name) for name in names)
            if len(set(names)) == len(node.keys) and plain:
                places.append((node, names))
    if not places or knowledge.binds(function, "dict"):
        return False
    node, names = rng.choice(places)
    given = [ast.keyword(arg=name, value=value) for name, value in zip(names, node.values, strict=True)]
    return replace_expression(function, node, ast.Call(func=scope.load("dict"), args=[], keywords=given))

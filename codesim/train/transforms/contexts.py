"""Transformations of `with`: one statement against nested ones, an opened file against `try` and `finally`.

In: a function. Out: True and the function changed in place, or False and the function untouched.

Source: the language reference, section 8.5 (several items are nested statements); guards are our own.
"""

from __future__ import annotations

import ast
from random import Random

from codesim.train.transforms import knowledge, scope
from codesim.train.transforms.scope import Function


def split_with(function: Function, rng: Random) -> bool:
    """Turn `with a, b: A` into `with a:` with `with b: A` inside; guard: none, the language defines it so."""
    places = [
        statement
        for statement in scope.own_statements(function)
        if isinstance(statement, ast.With | ast.AsyncWith) and len(statement.items) > 1
    ]
    if not places:
        return False
    chosen = rng.choice(places)
    place = rng.randrange(1, len(chosen.items))
    inner = type(chosen)(items=chosen.items[place:], body=chosen.body)
    chosen.items, chosen.body = chosen.items[:place], [inner]
    return True


def merge_with(function: Function, rng: Random) -> bool:
    """Turn a `with` that contains nothing but a `with` of its kind into one; guard: none."""
    places = []
    for statement in scope.own_statements(function):
        if isinstance(statement, ast.With | ast.AsyncWith) and len(statement.body) == 1:
            inner = statement.body[0]
            if isinstance(inner, ast.With | ast.AsyncWith) and type(inner) is type(statement):
                places.append((statement, inner))
    if not places:
        return False
    outer, inner = rng.choice(places)
    outer.items, outer.body = [*outer.items, *inner.items], inner.body
    return True


def open_to_finally(function: Function, rng: Random) -> bool:
    """Turn `with open(p) as f: A` into `f = open(p)` and `try: A` with `finally: f.close()`.

    Guard: `open` is the builtin, f a plain name that A does not bind again.
    """
    places = []
    for block, position, statement in scope.places(function):
        match statement:
            case ast.With([ast.withitem(ast.Call(ast.Name("open")) as opened, ast.Name(name))], body):
                if name not in scope.names_written(body):
                    places.append((block, position, opened, name, body))
    if not places or knowledge.binds(function, "open"):
        return False
    block, position, opened, name, body = rng.choice(places)
    close = ast.Expr(scope.method(scope.load(name), "close"))
    guarded = ast.Try(body=body, handlers=[], orelse=[], finalbody=[close])
    block[position : position + 1] = [scope.assign(name, opened), guarded]
    return True


def finally_to_open(function: Function, rng: Random) -> bool:
    """Turn `f = open(p)` and `try: A` with `finally: f.close()` into `with open(p) as f: A`; guard as above."""
    places = []
    for block, position, first, second in scope.neighbours(function):
        match first, second:
            case (
                ast.Assign([ast.Name(name)], ast.Call(ast.Name("open")) as opened),
                ast.Try(body, [], [], [ast.Expr(ast.Call(ast.Attribute(ast.Name(closed), "close"), [], []))]),
            ) if name == closed and name not in scope.names_written(body):
                places.append((block, position, opened, name, body))
    if not places or knowledge.binds(function, "open"):
        return False
    block, position, opened, name, body = rng.choice(places)
    item = ast.withitem(context_expr=opened, optional_vars=scope.store(name))
    block[position : position + 2] = [ast.With(items=[item], body=body)]
    return True

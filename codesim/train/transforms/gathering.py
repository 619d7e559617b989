"""Transformations of loops that gather one value: any and all, sum, join, map and filter, sorted and sort.

In: a function. Out: True and the function changed in place, or False and the function untouched. A generator would
swallow the StopIteration of a `next` inside it, so code that calls `next` is left alone.

Source: Python idioms (PEP 8, the itertools documentation); guards are our own.
"""

from __future__ import annotations

import ast
from random import Random

from codesim.train.transforms import knowledge, scope
from codesim.train.transforms.branches import negate, replace_expression
from codesim.train.transforms.loops import can_unroll, nest
from codesim.train.transforms.scope import Block, Function

Peeled = tuple[list[ast.comprehension], Block]


def peel(function: Function, loop: ast.stmt) -> Peeled | None:
    """Take nested loops and conditions apart: what would stand in a comprehension, and the innermost statements.

    None where a target is seen outside the loop, or something inside suspends, names by walrus, calls `next` or makes
    an inner scope.
    """
    if scope.contains(loop, (*scope.INNER_SCOPES, *scope.SUSPENSIONS, ast.NamedExpr, ast.AsyncFor)):
        return None
    if "next" in scope.names_read(loop) or scope.has_dynamic_scope(function):
        return None
    generators: list[ast.comprehension] = []
    block: Block = [loop]
    while len(block) == 1:
        match block[0]:
            case ast.For(ast.Name() | ast.Tuple() as target, source, body, []):
                generators.append(ast.comprehension(target=target, iter=source, ifs=[], is_async=0))
            case ast.If(test, body, []) if generators:
                generators[-1].ifs.append(test)
            case _:
                break
        block = body
    targets = {name for generator in generators for name in scope.names_written(generator.target)}
    if not generators or targets & scope.names_written(block) or not scope.stays_inside(function, targets, loop):
        return None
    return generators, block


def loop_to_quantifier(function: Function, rng: Random) -> bool:
    """Turn a loop that returns True at the first hit, and False after it, into `return any(...)`; likewise `all`.

    Also with a flag: `found = False`, `for t in it: if c: found = True; break`. Guard: that of `peel`; the flag does
    not occur in the condition.
    """
    places: list[tuple[Block, int, ast.expr | None, ast.expr]] = []
    for block, position, first, second in scope.neighbours(function):
        match first, second:
            case ast.For(), ast.Return(ast.Constant(bool(missed))):
                peeled = peel(function, first)
                if peeled and _tail(peeled[1]) == ("", not missed) and (value := _quantified(peeled[0], missed)):
                    places.append((block, position, None, value))
            case ast.Assign([ast.Name(flag)], ast.Constant(bool(missed))), ast.For():
                peeled = peel(function, second)
                single = peeled and len(peeled[0]) == 1 and not scope.count_name([g.iter for g in peeled[0]], flag)
                if peeled and single and _tail(peeled[1]) == (flag, not missed) and scope.count_name(second, flag) == 1:
                    value = _quantified(peeled[0], missed)
                    if value:
                        places.append((block, position, scope.store(flag), value))
    if not places or knowledge.binds(function, "any", "all"):
        return False
    block, position, target, quantified = rng.choice(places)
    done = ast.Return(quantified) if target is None else ast.Assign(targets=[target], value=quantified)
    block[position : position + 2] = [done]
    return True


def _tail(block: Block) -> tuple[str, object] | None:
    match block:
        case [ast.Return(ast.Constant(value))]:
            return "", value
        case [ast.Assign([ast.Name(flag)], ast.Constant(value)), ast.Break()]:
            return flag, value
    return None


def _quantified(generators: list[ast.comprehension], missed: bool) -> ast.expr | None:
    if not generators[-1].ifs:
        return None
    condition = generators[-1].ifs.pop()
    element = negate(condition) if missed else condition
    return scope.call("all" if missed else "any", ast.GeneratorExp(elt=element, generators=generators))


def sum_to_loop(function: Function, rng: Random) -> bool:
    """Turn `x = sum(e for t in it)` (or returned, or of anything iterable) into `x = 0` and a loop that adds.

    Guard: as for a comprehension that becomes a loop; what is added is a whole number for certain, since Python 3.12
    adds floats more exactly than a loop does.
    """
    return _call_to_loop(function, rng, "sum")


def join_to_loop(function: Function, rng: Random) -> bool:
    """Turn `x = "".join(e for t in it)` (or returned) into `x = ""` and a loop that appends to it.

    Guard: as for a comprehension that becomes a loop. Strings of classes with an addition of their own are left out.
    """
    return _call_to_loop(function, rng, "join")


def _call_to_loop(function: Function, rng: Random, kind: str) -> bool:
    places = []
    for block, position, statement in scope.places(function):
        if not (isinstance(statement, ast.Return) or scope.single_target(statement)):
            continue
        gathered = _argument(getattr(statement, "value", None), kind)
        if isinstance(gathered, ast.GeneratorExp | ast.ListComp):
            fit = can_unroll(function, gathered, scope.single_target(statement))
            if fit and (kind == "join" or knowledge.is_whole(gathered.elt)):
                places.append((block, position, statement, gathered))
    if not places or knowledge.binds(function, "sum"):
        return False
    block, position, statement, gathered = rng.choice(places)
    name = scope.single_target(statement) or scope.fresh_name(function, rng)
    add = ast.AugAssign(target=scope.store(name), op=ast.Add(), value=gathered.elt)
    start = scope.assign(name, ast.Constant(0 if kind == "sum" else ""))
    done = [ast.Return(scope.load(name))] if isinstance(statement, ast.Return) else []
    block[position : position + 1] = [start, nest(gathered.generators, add), *done]
    return True


def _argument(value: ast.expr | None, kind: str) -> ast.expr | None:
    match value:
        case ast.Call(ast.Name("sum"), [argument], []) if kind == "sum":
            return argument
        case ast.Call(ast.Attribute(ast.Constant(""), "join"), [argument], []) if kind == "join":
            return argument
    return None


def loop_to_sum(function: Function, rng: Random) -> bool:
    """Turn `x = 0` and `for t in it: if c: x += e` into `x = sum(e for t in it if c)`.

    Guard: that of `peel`; x occurs in the loop only as what is added to; e is a whole number for certain; no `try`,
    where a half-made sum could be seen.
    """
    return _loop_to_call(function, rng, 0)


def loop_to_join(function: Function, rng: Random) -> bool:
    """Turn `x = ""` and `for t in it: if c: x += e` into `x = "".join(e for t in it if c)`; guard as for sums."""
    return _loop_to_call(function, rng, "")


def _loop_to_call(function: Function, rng: Random, start: int | str) -> bool:
    if scope.contains(function.body, ast.Try) or knowledge.binds(function, "sum"):
        return False
    places = []
    for block, position, first, second in scope.neighbours(function):
        name = scope.single_target(first)
        value = first.value if isinstance(first, ast.Assign) else None
        peeled = peel(function, second) if isinstance(value, ast.Constant) and name else None
        if not peeled or not name or not isinstance(value, ast.Constant):
            continue
        added = _added(peeled[1], name)
        fit = isinstance(start, str) or (added is not None and knowledge.is_whole(added))
        same = type(value.value) is type(start) and value.value == start
        if same and fit and added is not None and scope.count_name(second, name) == _mentions(peeled[1]):
            places.append((block, position, name, peeled[0], added))
    if not places:
        return False
    block, position, name, generators, added = rng.choice(places)
    every = ast.GeneratorExp(elt=added, generators=generators)
    whole = scope.method(ast.Constant(""), "join", every) if start == "" else scope.call("sum", every)
    block[position : position + 2] = [scope.assign(name, whole)]
    return True


def _added(block: Block, name: str) -> ast.expr | None:
    match block:
        case [ast.AugAssign(ast.Name(target), ast.Add(), value)] if target == name:
            return value
        case [ast.Assign([ast.Name(target)], ast.BinOp(ast.Name(left), ast.Add(), value))] if target == left == name:
            return value
    return None


def _mentions(block: Block) -> int:
    return 1 if isinstance(block[0], ast.AugAssign) else 2


def map_to_comprehension(function: Function, rng: Random) -> bool:
    """Turn `list(map(f, xs))` into `[f(x) for x in xs]`, `list(filter(f, xs))` into `[x for x in xs if f(x)]`.

    Guard: f is a name, an attribute of a name, None for `filter`, or a lambda of one plain parameter.
    """
    places: list[tuple[ast.expr, ast.expr]] = []
    for node in scope.own_expressions(function):
        match node:
            case ast.Call(
                ast.Name("list"), [ast.Call(ast.Name("map" | "filter" as which), [called, source], [])], []
            ) if not isinstance(source, ast.Starred):
                comprehension = _applied(function, rng, which, called, source)
                if comprehension is not None:
                    places.append((node, comprehension))
    if not places or knowledge.binds(function, "list", "map", "filter"):
        return False
    return replace_expression(function, *rng.choice(places))


def _applied(function: Function, rng: Random, which: str, called: ast.expr, source: ast.expr) -> ast.ListComp | None:
    name = scope.fresh_name(function, rng)
    match called:
        case ast.Lambda(ast.arguments([], [ast.arg(parameter)], None, [], [], None, []), body):
            if scope.contains(body, (*scope.INNER_SCOPES, *scope.SUSPENSIONS, ast.NamedExpr)):
                return None
            name, result = parameter, body
        case ast.Constant(None) if which == "filter":
            result = scope.load(name)
        case ast.Name() | ast.Attribute(ast.Name()):
            result = ast.Call(func=called, args=[scope.load(name)], keywords=[])
        case _:
            return None
    kept = which == "filter"
    generator = ast.comprehension(target=scope.store(name), iter=source, ifs=[result] if kept else [], is_async=0)
    return ast.ListComp(elt=scope.load(name) if kept else result, generators=[generator])


def comprehension_to_map(function: Function, rng: Random) -> bool:
    """Turn `[f(x) for x in xs]` into `list(map(f, xs))`; guard: f is a name or an attribute of another name."""
    places: list[tuple[ast.expr, ast.expr]] = []
    for node in scope.own_expressions(function):
        match node:
            case ast.ListComp(
                ast.Call(ast.Name() | ast.Attribute(ast.Name()) as called, [ast.Name(given)], []),
                [ast.comprehension(ast.Name(taken), source, [], 0)],
            ) if given == taken and not scope.count_name(called, taken):
                places.append((node, scope.call("list", scope.call("map", called, source))))
    if not places or knowledge.binds(function, "list", "map"):
        return False
    return replace_expression(function, *rng.choice(places))


def sorted_to_sort(function: Function, rng: Random) -> bool:
    """Turn `x = sorted(e, key=k)` (or returned) into `x = list(e)` and `x.sort(key=k)`.

    Guard: x does not occur in the call; the keywords are silent or lambdas, so that their place cannot be seen.
    """
    places = []
    for block, position, statement in scope.places(function):
        name = scope.single_target(statement)
        match statement:
            case ast.Assign(value=ast.Call(ast.Name("sorted"), [source], keywords)) | ast.Return(
                ast.Call(ast.Name("sorted"), [source], keywords)
            ) if not isinstance(source, ast.Starred):
                free = isinstance(statement, ast.Return) or (name and scope.count_name(statement, name) == 1)
                if free and all(k.arg and _late(k.value) for k in keywords):
                    places.append((block, position, name, source, keywords))
    if not places or knowledge.binds(function, "sorted", "list") or scope.has_dynamic_scope(function):
        return False
    block, position, name, source, keywords = rng.choice(places)
    result = name or scope.fresh_name(function, rng)
    sort = scope.method(scope.load(result), "sort")
    sort.keywords = keywords
    done = [] if name else [ast.Return(scope.load(result))]
    block[position : position + 1] = [scope.assign(result, scope.call("list", source)), ast.Expr(sort), *done]
    return True


def _late(node: ast.expr) -> bool:
    return scope.is_silent(node) or isinstance(node, ast.Lambda)


def sort_to_sorted(function: Function, rng: Random) -> bool:
    """Turn `x = list(e)` or `x = [...]`, followed by `x.sort(key=k)`, into `x = sorted(e, key=k)`.

    Guard: the list is made by the statement before, so that nobody else holds it; k does not mention x.
    """
    places = []
    for block, position, first, second in scope.neighbours(function):
        name = scope.single_target(first)
        match first, second:
            case ast.Assign(value=value), ast.Expr(
                ast.Call(ast.Attribute(ast.Name(sorted_), "sort"), [], keywords)
            ) if sorted_ == name and knowledge.makes_list(value) and scope.count_name(second, sorted_) == 1:
                if all(k.arg and _late(k.value) for k in keywords):
                    places.append((block, position, name, value, keywords))
    if not places or knowledge.binds(function, "sorted", "list") or scope.contains(function.body, ast.Try):
        return False
    block, position, name, value, keywords = rng.choice(places)
    match value:
        case ast.Call(ast.Name("list"), [source], []) if not isinstance(source, ast.Starred):
            value = source
    ordered = scope.call("sorted", value)
    ordered.keywords = keywords
    block[position : position + 2] = [scope.assign(name, ordered)]
    return True

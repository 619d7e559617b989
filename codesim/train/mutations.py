"""Mutations that change behaviour: the hard negatives, near in text and different in meaning.

In: a function, a kind of mutation and a random source. Out: a changed copy, or None where no place is fit. Whether a
mutant really behaves otherwise only cases can tell (`trial`); messages, docstrings and hints are never touched,
because changing them would hardly matter.

Source: BugLab (Allamanis et al., 2021), the mutation operators of Offutt et al., 1996; the choice is our own.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from random import Random

from codesim.train.mutation_places import clash, is_movable, telling_nodes
from codesim.train.transforms import Function, scope
from codesim.train.transforms.branches import replace_expression
from codesim.train.transforms.knowledge import is_text
from codesim.train.transforms.statements import independent

Mutation = Callable[[Function, Random], bool]

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add,), ast.Mult: (ast.Add, ast.FloorDiv), ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mod, ast.Div), ast.Mod: (ast.FloorDiv,), ast.Pow: (ast.Mult,), ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,), ast.BitXor: (ast.BitOr,), ast.LShift: (ast.RShift,), ast.RShift: (ast.LShift,),
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
BOUNDARIES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
OPPOSITES = (
    ("min", "max"), ("any", "all"), ("add", "discard"), ("startswith", "endswith"),
    ("lstrip", "rstrip"), ("split", "rsplit"), ("upper", "lower"), ("floor", "ceil"), ("keys", "values"),
    ("union", "intersection"), ("find", "rfind"), ("index", "rindex"), ("popleft", "pop"), ("appendleft", "append"),
    ("partition", "rpartition"), ("ljust", "rjust"), ("isdigit", "isalpha"), ("extend", "append"),
    ("bisect_left", "bisect_right"), ("int", "float"), ("sum", "len"), ("nlargest", "nsmallest"),
    ("combinations", "permutations"), ("sorted", "list"), ("heappop", "heappush"), ("items", "keys"), ("abs", "int"),
    ("strip", "lstrip"), ("isupper", "islower"), ("update", "difference_update"), ("set", "list"),
    ("read", "readline"), ("match", "search"), ("fullmatch", "match"), ("acquire", "release"), ("get", "pop"),
)  # fmt: skip
NON_COMMUTATIVE = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.LShift, ast.RShift)
MOST_GUARD = 3
"""A guard that is dropped has at most so many statements."""


def mutate(node: Function, kind: str, rng: Random) -> Function | None:
    """Return a copy under one mutation, or None where no place is fit.

    Args:
        node: the function; it is left as it is.
        kind: one of `MUTATIONS`.
        rng: the random source.

    Raises:
        KeyError: there is no mutation of this name.
    """
    copied = copy.deepcopy(node)
    if not MUTATIONS[kind](copied, rng) or ast.dump(copied) == ast.dump(node):
        return None
    return ast.fix_missing_locations(copied)


def change_operator(function: Function, rng: Random) -> bool:
    """Change an arithmetic, comparison or boolean operator, or drop a `not`."""
    places: list[ast.AST] = []
    for node in telling_nodes(function):
        if isinstance(node, ast.BinOp | ast.AugAssign):
            parts = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
            if type(node.op) in OPERATORS and not any(is_text(part) for part in parts):
                places.append(node)
        elif (
            isinstance(node, ast.BoolOp)
            or (isinstance(node, ast.Compare) and len(node.ops) == 1)
            or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub))
        ):
            places.append(node)
    if not places:
        return False
    chosen = rng.choice(places)
    if isinstance(chosen, ast.BinOp | ast.AugAssign):
        chosen.op = rng.choice(OPERATORS[type(chosen.op)])()
    elif isinstance(chosen, ast.BoolOp):
        chosen.op = ast.Or() if isinstance(chosen.op, ast.And) else ast.And()
    elif isinstance(chosen, ast.Compare):
        chosen.ops = [COMPARISONS[type(chosen.ops[0])]()]
    elif isinstance(chosen, ast.UnaryOp):
        return replace_expression(function, chosen, chosen.operand)
    return True


def move_boundary(function: Function, rng: Random) -> bool:
    """Change `<` to `<=` and the like, or a bound of `range`, a slice or an index by one."""
    places: list[tuple[ast.AST, ast.expr | None]] = []
    for node in telling_nodes(function):
        match node:
            case ast.Compare(ops=[operator]) if type(operator) in BOUNDARIES:
                places.append((node, None))
            case ast.Call(ast.Name("range"), [*_, stop], []) if not isinstance(stop, ast.Starred):
                places.append((node, stop))
            case ast.Slice(lower, upper):
                places += [(node, bound) for bound in (lower, upper) if bound is not None]
            case ast.Subscript(slice=ast.Constant(int()) | ast.BinOp() as index):
                places.append((node, index))
    if not places:
        return False
    chosen, bound = rng.choice(places)
    if bound is None:
        assert isinstance(chosen, ast.Compare)  # noqa: S101  # by the patterns above
        chosen.ops = [BOUNDARIES[type(chosen.ops[0])]()]
        return True
    return replace_expression(function, bound, _shifted(bound, rng.choice((1, -1))))


def _shifted(bound: ast.expr, step: int) -> ast.expr:
    if isinstance(bound, ast.Constant) and isinstance(bound.value, int):
        value = bound.value + step
        return ast.Constant(value) if value >= 0 else ast.UnaryOp(op=ast.USub(), operand=ast.Constant(-value))
    match bound:
        case ast.BinOp(inner, ast.Add() | ast.Sub() as operator, ast.Constant(1)):
            if (step < 0) == isinstance(operator, ast.Add):
                return inner
    operator = ast.Add() if step > 0 else ast.Sub()
    return ast.BinOp(left=copy.deepcopy(bound), op=operator, right=ast.Constant(1))


def change_callee(function: Function, rng: Random) -> bool:
    """Call the opposite of a well-known function or method, or another function that is called here alike."""
    opposite: dict[str, list[str]] = {}
    for first, second in OPPOSITES:
        opposite.setdefault(first, []).append(second)
        opposite.setdefault(second, []).append(first)
    calls = [node for node in telling_nodes(function) if isinstance(node, ast.Call)]
    plain = [call for call in calls if isinstance(call.func, ast.Name)]
    places: list[tuple[ast.Call, str]] = []
    for call in calls:
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        places += [(call, other) for other in opposite.get(name, ())]
    if not places:
        for call in plain:
            others = {other.func.id for other in plain if isinstance(other.func, ast.Name) and _alike(other, call)}
            own = call.func.id if isinstance(call.func, ast.Name) else ""
            places += [(call, other) for other in sorted(others - {own})]
    if not places:
        return False
    call, other = rng.choice(places)
    if isinstance(call.func, ast.Name):
        call.func.id = other
    elif isinstance(call.func, ast.Attribute):
        call.func.attr = other
    return True


def _alike(first: ast.Call, second: ast.Call) -> bool:
    return len(first.args) == len(second.args) and not first.keywords and not second.keywords


def drop_guard(function: Function, rng: Random) -> bool:
    """Drop a guard clause, the condition of an if statement or of a comprehension, or one operand of a condition."""
    guards = [
        (block, position, statement)
        for block, position, statement in scope.places(function)
        if isinstance(statement, ast.If) and not statement.orelse
        and (not scope.ends_control(statement.body) or (len(statement.body) <= MOST_GUARD and len(block) > 1))
    ]  # fmt: skip
    conditions = [
        node
        for node in telling_nodes(function)
        if isinstance(node, ast.BoolOp) or (isinstance(node, ast.comprehension) and node.ifs)
    ]
    if not guards and not conditions:
        return False
    if guards and (not conditions or rng.random() < 0.6):
        block, position, guard = rng.choice(guards)
        block[position : position + 1] = [] if scope.ends_control(guard.body) else guard.body
        return True
    chosen = rng.choice(conditions)
    if isinstance(chosen, ast.BoolOp):
        return replace_expression(function, chosen, rng.choice(chosen.values))
    chosen.ifs.pop(rng.randrange(len(chosen.ifs)))
    return True


def swap_arguments(function: Function, rng: Random) -> bool:
    """Swap two arguments of a call, or the operands of an operator for which their order matters."""
    places: list[tuple[list[ast.expr], int] | ast.BinOp] = []
    for node in telling_nodes(function):
        if isinstance(node, ast.Call) and not any(isinstance(argument, ast.Starred) for argument in node.args):
            places += [
                (node.args, place)
                for place in range(len(node.args) - 1)
                if ast.dump(node.args[place]) != ast.dump(node.args[place + 1])
            ]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, NON_COMMUTATIVE) and not is_text(node.left):
            places.append(node)
    if not places:
        return False
    chosen = rng.choice(places)
    if isinstance(chosen, ast.BinOp):
        chosen.left, chosen.right = chosen.right, chosen.left
    else:
        arguments, place = chosen
        arguments[place], arguments[place + 1] = arguments[place + 1], arguments[place]
    return True


def swap_effects(function: Function, rng: Random) -> bool:
    """Swap two adjacent statements of which one needs what the other does, as by a wrong paste."""
    places = []
    for block, position, first, second in scope.neighbours(function):
        if not all(is_movable(statement) for statement in (first, second)) or independent(first, second, True):
            continue
        if clash(first, second):
            places.append((block, position))
    if not places:
        return False
    block, position = rng.choice(places)
    block[position], block[position + 1] = block[position + 1], block[position]
    return True


def misuse_variable(function: Function, rng: Random) -> bool:
    """Read another local of the function, one that is bound before the place or is a parameter."""
    parameters = scope.parameters(function) - {"self", "cls"}
    first_line: dict[str, int] = dict.fromkeys(parameters, 0)
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            first_line[node.id] = min(first_line.get(node.id, node.lineno), node.lineno)
    callees = {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    places = []
    for node in telling_nodes(function):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or id(node) in callees:
            continue
        others = [name for name, line in sorted(first_line.items()) if line < node.lineno and name != node.id]
        if node.id in first_line and others:
            places.append((node, others))
    if not places:
        return False
    chosen, others = rng.choice(places)
    chosen.id = rng.choice(others)
    return True


def change_constant(function: Function, rng: Random) -> bool:
    """Change a number, string or bool that is not part of a message."""
    places = [
        node
        for node in telling_nodes(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float | str)
    ]
    if not places:
        return False
    chosen = rng.choice(places)
    value = chosen.value
    if isinstance(value, bool):
        chosen.value = not value
    elif isinstance(value, int):
        chosen.value = rng.choice([other for other in (value + 1, value - 1, value + 10) if other >= 0])
    elif isinstance(value, float):
        chosen.value = value * 2 + 1
    elif isinstance(value, str):
        chosen.value = f"{value}{rng.choice(scope.WORDS)[0]}" if rng.random() < 0.5 or not value else value[:-1]
    return True


MUTATIONS: dict[str, Mutation] = {
    "operator": change_operator,
    "boundary": move_boundary,
    "callee": change_callee,
    "guard": drop_guard,
    "argument-order": swap_arguments,
    "effect-order": swap_effects,
    "variable": misuse_variable,
    "constant": change_constant,
}

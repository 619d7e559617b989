"""Edits that make a type-2 or type-3 clone: near to the original, and not equal in meaning.

In: a function, a share of its statements to touch, and statements of other functions to draw from. Out: the edited
function. These are weaker positives: still the same piece of work, with a gap or with other literals.

Source: the mutation framework of Roy and Cordy, 2009 (statements inserted, deleted, modified; literals changed).
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from random import Random

from codesim.train.transforms import scope
from codesim.train.transforms.scope import Block, Function

EDITS = ("insert", "delete", "replace", "literals")
STATEMENT_EDITS = EDITS[:3]
LITERAL_SHARE = 0.3
"""How often a mixture of edits changes literals as well."""
SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Raise, ast.Assert, ast.Delete)
OPERATORS: tuple[ast.operator, ...] = (ast.Add(), ast.Sub(), ast.Mult(), ast.FloorDiv(), ast.Mod())
COMPARISONS: tuple[ast.cmpop, ...] = (ast.Lt(), ast.LtE(), ast.Gt(), ast.GtE(), ast.Eq(), ast.NotEq())


def edit_statements(function: Function, rng: Random, share: float, donors: Sequence[ast.stmt], kind: str = "") -> int:
    """Insert, delete or replace simple statements, or change literals, in place.

    Args:
        function: the function to edit.
        rng: the random source.
        share: how many edits per statement of the function, in (0, 1]; at least one edit is tried.
        donors: simple statements of other functions, for insertion and replacement.
        kind: one of `EDITS` for edits of this kind only, "" for any mixture.

    Returns:
        The number of edits made; 0 if no place was fit.
    """
    wanted = max(1, round(share * sum(1 for _ in scope.own_statements(function))))
    made = 0
    if kind == "literals" or (not kind and rng.random() < LITERAL_SHARE):
        made += _change_literals(function, rng)
    for _ in range(0 if kind == "literals" else wanted):
        edit = kind or rng.choice(STATEMENT_EDITS)
        if edit == "insert":
            made += _insert(function, rng, donors)
        elif edit == "delete":
            made += _delete(function, rng)
        else:
            made += _replace(function, rng, donors)
    ast.fix_missing_locations(function)
    return made


def donor_statements(function: Function) -> list[ast.stmt]:
    """Return the simple statements of a function that may be copied into another: no control, no docstring."""
    return [
        statement
        for statement in scope.own_statements(function)
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.Assert)
        or (isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant))
        if not scope.contains(statement, scope.SUSPENSIONS + scope.INNER_SCOPES)
    ]


def _insert(function: Function, rng: Random, donors: Sequence[ast.stmt]) -> bool:
    if not donors:
        return False
    statement = copy.deepcopy(rng.choice(donors))
    _localise(function, rng, statement)
    block = rng.choice(scope.blocks(function))
    block.insert(rng.randrange(len(block) + (not scope.ends_control(block))), statement)
    return True


def _localise(function: Function, rng: Random, statement: ast.stmt) -> None:
    # a pasted line is adapted: half of its names become names of its new home
    homes = sorted(scope.names_written(function.body) | scope.parameters(function))
    mapping = {
        name: rng.choice(homes) for name in sorted(scope.names_written(statement)) if homes and rng.random() < 0.5
    }
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            node.id = mapping.get(node.id, node.id)


def _delete(function: Function, rng: Random) -> bool:
    places = _simple_places(function)
    places = [(block, position) for block, position in places if len(block) > 1]
    if not places:
        return False
    block, position = rng.choice(places)
    del block[position]
    return True


def _replace(function: Function, rng: Random, donors: Sequence[ast.stmt]) -> bool:
    places = _simple_places(function)
    if not places:
        return False
    block, position = rng.choice(places)
    if donors and rng.random() < 0.3 and not isinstance(block[position], ast.Return | ast.Raise):
        statement = copy.deepcopy(rng.choice(donors))
        _localise(function, rng, statement)
        block[position] = statement
        return True
    return _alter(block[position], rng)


def _alter(statement: ast.stmt, rng: Random) -> bool:
    """Change one detail of a statement: a constant, an operator, a comparison or an argument."""
    details = [
        node
        for node in ast.walk(statement)
        if (isinstance(node, ast.Constant) and isinstance(node.value, int | str))
        or isinstance(node, ast.BinOp | ast.Compare | ast.Call)
    ]
    if not details:
        return False
    chosen = rng.choice(details)
    if isinstance(chosen, ast.Constant):
        _change_constant(chosen, rng)
    elif isinstance(chosen, ast.BinOp):
        chosen.op = rng.choice(OPERATORS)
    elif isinstance(chosen, ast.Compare):
        chosen.ops = [rng.choice(COMPARISONS), *chosen.ops[1:]]
    elif isinstance(chosen, ast.Call):
        chosen.args.append(ast.Constant(rng.choice((None, 0, 1, True))))
    return True


def _change_constant(node: ast.Constant, rng: Random) -> None:
    value = node.value
    if isinstance(value, bool):
        node.value = not value
    elif isinstance(value, int):
        node.value = value + rng.choice((1, 2, 10))
    elif isinstance(value, str):
        node.value = rng.choice((f"{value} {rng.choice(scope.WORDS)}".strip(), rng.choice(scope.WORDS)))


def _change_literals(function: Function, rng: Random) -> int:
    """Change about half of the function's numbers and strings, at least one; docstrings and patterns are left."""
    literals = [
        node
        for statement in function.body
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | str)
    ]
    if not literals or scope.contains(function.body, ast.Match):
        return 0
    chosen = rng.sample(literals, max(1, len(literals) // 2))
    for node in chosen:
        _change_constant(node, rng)
    return len(chosen)


def _simple_places(function: Function) -> list[tuple[Block, int]]:
    return [
        (block, position)
        for block in scope.blocks(function)
        for position, statement in enumerate(block)
        if isinstance(statement, SIMPLE)
        and not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
    ]

"""What the guards of the transformations ask about names, effects and blocks.

In: `ast` nodes of one function. Out: the names they read and write, whether an expression is silent (can neither act
nor fail) or free of effects, the statement lists of the function, and names that are still free. Every answer errs
on the safe side: what is not known to be harmless counts as harmful.

Source: our own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import pairwise
from random import Random

Function = ast.FunctionDef | ast.AsyncFunctionDef
Block = list[ast.stmt]

INNER_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
DYNAMIC_SCOPE_CALLS = frozenset({"locals", "globals", "vars", "dir", "eval", "exec", "super"})
HARMLESS_CALLS = frozenset({"len", "isinstance", "abs", "ord", "chr"})
SUSPENSIONS = (ast.Yield, ast.YieldFrom, ast.Await)

WORDS = (
    "acc", "amount", "answer", "base", "bucket", "buffer", "cell", "chunk", "column", "count", "current",
    "cursor", "data", "element", "entry", "field", "flag", "found", "group", "head", "index", "info", "item",
    "key", "label", "last", "left", "length", "level", "limit", "line", "mapping", "member", "name", "node",
    "number", "obj", "offset", "option", "out", "pair", "part", "piece", "point", "pos", "previous", "queue",
    "ratio", "record", "rest", "result", "right", "row", "score", "seen", "size", "slot", "source", "stack",
    "state", "step", "store", "sub", "table", "target", "temp", "text", "token", "total", "unit", "value",
    "weight", "width", "word",
)  # fmt: skip


def names_read(nodes: ast.AST | Iterable[ast.AST]) -> set[str]:
    """Return every name loaded anywhere below, inner scopes included."""
    return {n.id for n in _walk(nodes) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def names_written(nodes: ast.AST | Iterable[ast.AST]) -> set[str]:
    """Return every name bound or deleted anywhere below, by whatever syntax."""
    names: set[str] = set()
    for node in _walk(nodes):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            names.update(node.names)
        else:
            names.update(_bound_by_string(node))
    return names


def names_bound_by_string(nodes: ast.AST | Iterable[ast.AST]) -> set[str]:
    """Return the names bound by imports, handlers, patterns, inner functions and classes: not by an `ast.Name`."""
    return {name for node in _walk(nodes) for name in _bound_by_string(node)}


def _bound_by_string(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.alias):
        yield (node.asname or node.name).split(".")[0]
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar | ast.FunctionDef | ast.AsyncFunctionDef):
        if node.name:
            yield node.name
    elif isinstance(node, ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def all_names(function: Function) -> set[str]:
    """Return every identifier that could clash with a new local of the function."""
    arguments = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    return names_read(function) | names_written(function) | arguments


def count_name(nodes: ast.AST | Iterable[ast.AST], name: str) -> int:
    """Count the occurrences of a name as an `ast.Name`, loads and stores alike."""
    return sum(isinstance(node, ast.Name) and node.id == name for node in _walk(nodes))


def contains(nodes: ast.AST | Iterable[ast.AST], kinds: type[ast.AST] | tuple[type[ast.AST], ...]) -> bool:
    """Tell whether a node of one of the kinds stands anywhere below."""
    return any(isinstance(node, kinds) for node in _walk(nodes))


def has_inner_scope(function: Function) -> bool:
    """Tell whether an inner function, class or lambda could watch the function's locals."""
    return contains(function.body, INNER_SCOPES)


def has_dynamic_scope(function: Function) -> bool:
    """Tell whether names could be reached other than by their spelling: `locals()`, `eval`, `global`..."""
    return contains(function, (ast.Global, ast.Nonlocal)) or bool(names_read(function) & DYNAMIC_SCOPE_CALLS)


def is_silent(node: ast.AST) -> bool:
    """Tell whether evaluating the expression can neither act nor fail: names, constants, displays of them, `is`."""
    if isinstance(node, ast.Constant | ast.Name):
        return True
    if isinstance(node, ast.List | ast.Tuple):
        return all(is_silent(element) for element in node.elts)
    if isinstance(node, ast.Dict):
        keys = all(isinstance(key, ast.Constant) for key in node.keys)
        return keys and all(is_silent(value) for value in node.values)
    if isinstance(node, ast.Compare):
        identity = all(isinstance(operator, ast.Is | ast.IsNot) for operator in node.ops)
        return identity and is_silent(node.left) and all(is_silent(operand) for operand in node.comparators)
    return False


def is_effect_free(node: ast.AST) -> bool:
    """Tell whether evaluating the expression does nothing but yield a value or fail.

    Operators, attributes and subscripts are taken to be free of effects, as a reader of the code would; calls are
    not, but for a few builtins.
    """
    if isinstance(node, ast.Call):
        named = isinstance(node.func, ast.Name) and node.func.id in HARMLESS_CALLS
        return named and not node.keywords and all(is_effect_free(argument) for argument in node.args)
    if isinstance(node, (ast.NamedExpr, ast.Starred, ast.Lambda, *SUSPENSIONS, *COMPREHENSIONS)):
        return False
    return all(is_effect_free(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr | ast.slice))


def blocks(function: Function) -> list[Block]:
    """Return the statement lists of the function, outermost first; those of inner functions and classes left out."""
    found: list[Block] = []
    waiting: list[ast.AST] = [function]
    while waiting:
        node = waiting.pop(0)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                found.append(block)
                waiting.extend(child for child in block if not isinstance(child, INNER_SCOPES))
        waiting.extend(getattr(node, "handlers", ()))
        waiting.extend(getattr(node, "cases", ()))
    return found


def own_statements(function: Function) -> Iterator[ast.stmt]:
    """Yield the statements of the function, those of inner functions and classes left out."""
    for block in blocks(function):
        yield from block


def places(function: Function) -> Iterator[tuple[Block, int, ast.stmt]]:
    """Yield each statement of the function with its block and its position there."""
    for block in blocks(function):
        for position, statement in enumerate(block):
            yield block, position, statement


def neighbours(function: Function) -> Iterator[tuple[Block, int, ast.stmt, ast.stmt]]:
    """Yield each two adjacent statements of a block, with the block and the position of the first."""
    for block in blocks(function):
        for position, (first, second) in enumerate(pairwise(block)):
            yield block, position, first, second


def own_expressions(function: Function) -> Iterator[ast.expr]:
    """Yield the expressions of the function's own statements, at any depth, inner scopes left out."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.expr):
            yield node
        waiting.extend(child for child in ast.iter_child_nodes(node) if not isinstance(child, INNER_SCOPES))


def parameters(function: Function) -> set[str]:
    """Return the names of all parameters."""
    a = function.args
    named = [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
    return {argument.arg for argument in named}


def fresh_names(function: Function, rng: Random, count: int) -> list[str]:
    """Choose distinct plausible identifiers that do not occur in the function."""
    taken = all_names(function)
    names: list[str] = []
    while len(names) < count:
        name = rng.choice(WORDS) if rng.random() < 0.6 else f"{rng.choice(WORDS)}_{rng.choice(WORDS)}"
        if name not in taken:
            taken.add(name)
            names.append(name)
    return names


def fresh_name(function: Function, rng: Random) -> str:
    """Choose a plausible identifier that does not occur in the function."""
    return fresh_names(function, rng, 1)[0]


def load(name: str) -> ast.Name:
    """Make a use of a name."""
    return ast.Name(id=name, ctx=ast.Load())


def store(name: str) -> ast.Name:
    """Make a definition of a name."""
    return ast.Name(id=name, ctx=ast.Store())


def assign(name: str, value: ast.expr) -> ast.Assign:
    """Make `name = value`."""
    return ast.Assign(targets=[store(name)], value=value)


def single_target(statement: ast.stmt) -> str | None:
    """Return x if the statement is `x = ...` with one plain name, else None."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return None


def call(name: str, *arguments: ast.expr) -> ast.Call:
    """Make `name(arguments...)`."""
    return ast.Call(func=load(name), args=list(arguments), keywords=[])


def method(receiver: ast.expr, name: str, *arguments: ast.expr) -> ast.Call:
    """Make `receiver.name(arguments...)`."""
    return ast.Call(func=ast.Attribute(value=receiver, attr=name, ctx=ast.Load()), args=list(arguments), keywords=[])


def stays_inside(function: Function, names: set[str], part: ast.AST | Iterable[ast.AST]) -> bool:
    """Tell whether the names occur nowhere in the function but in one part of it."""
    part = part if isinstance(part, ast.AST) else list(part)
    return not names & parameters(function) and all(
        count_name(function, name) == count_name(part, name) for name in names
    )


def has_own_jump(body: Block, kind: type[ast.stmt]) -> bool:
    """Tell whether a break or continue in the body belongs to the loop around it."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, kind):
            return True
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            waiting.extend(node.orelse)
        elif not isinstance(node, (ast.expr, *INNER_SCOPES)):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def ends_control(block: Block) -> bool:
    """Tell whether control never runs off the end of the block."""
    return bool(block) and isinstance(block[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _walk(nodes: ast.AST | Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in (nodes,) if isinstance(nodes, ast.AST) else nodes:
        yield from ast.walk(node)

"""Changes to a function's syntax tree: some that keep its meaning, some that change it.

In: an `ast` function. Out: places where a change applies, as functions that make it on that very tree. Only what runs
in the function itself is changed: nested definitions, annotations, docstrings and what control never reaches are not.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Callable, Iterator
from itertools import pairwise

from graph.blocks import OurFlow, parts_of

FunctionAst = ast.FunctionDef | ast.AsyncFunctionDef
Change = Callable[[], None]
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_JUMPS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Mult, ast.Mult: ast.Add, ast.Div: ast.FloorDiv, ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitXor, ast.BitXor: ast.BitOr, ast.MatMult: ast.Mult, ast.Lt: ast.LtE, ast.LtE: ast.Lt,
    ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.Lt, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
_PURE = (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Tuple, ast.List,
         ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context)  # fmt: skip


# -- what runs --------------------------------------------------------------------------------------------------------


def running_statements(function: FunctionAst) -> list[ast.stmt]:
    """The statements of the function itself that control reaches, tests that are constants taken into account."""
    parts = parts_of(function)
    runs = OurFlow(function, parts).order(folded=True).runs
    return [part for number, part in enumerate(parts) if runs >> number & 1 and isinstance(part, ast.stmt)]


def running_expressions(function: FunctionAst) -> Iterator[ast.expr]:
    """The expressions of those statements, without annotations and without statements that are a constant."""
    for statement in running_statements(function):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if isinstance(statement, _NESTED):
            continue
        for field, value in ast.iter_fields(statement):
            if field == "annotation":
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.expr | ast.withitem):
                    yield from _expressions(child)


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    stack = [node]
    while stack:
        inner = stack.pop()
        if isinstance(inner, ast.expr):
            yield inner
        if not isinstance(inner, ast.Lambda | ast.FormattedValue | ast.JoinedStr):
            stack.extend(ast.iter_child_nodes(inner))


def _suites(function: FunctionAst) -> Iterator[list[ast.stmt]]:
    running = set(map(id, running_statements(function)))
    for statement in [function, *running_statements(function)]:
        if statement is not function and isinstance(statement, _NESTED):
            continue
        for field in ("body", "orelse", "finalbody"):
            suite = getattr(statement, field, None)
            if isinstance(suite, list) and suite and all(id(one) in running for one in suite):
                yield suite


# -- changes of meaning -----------------------------------------------------------------------------------------------


def operators(function: FunctionAst) -> list[Change]:
    """Another operator in an operation, comparison, `and`, `or` or augmented assignment."""
    changes: list[Change] = []
    for node in [*running_expressions(function), *running_statements(function)]:
        if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
            changes.append(_setter(node, "op", _OTHER[type(node.op)]()))
        elif isinstance(node, ast.Compare):
            changes.append(_setter(node, "ops", [_OTHER[type(node.ops[0])](), *node.ops[1:]]))
    return changes


def callees(function: FunctionAst) -> list[Change]:
    """Another function or method called."""
    changes: list[Change] = []
    for node in running_expressions(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            changes.append(_setter(node.func, "attr", "another_method"))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            changes.append(
                _setter(node, "func", ast.copy_location(ast.Name("another_function", ast.Load()), node.func))
            )
    return changes


def constants(function: FunctionAst) -> list[Change]:
    """Another value or sign of a number or text, where it is not a test by itself (there only its truth counts)."""
    nodes = list(running_expressions(function))
    tests: set[int] = set()
    for node in [*running_statements(function), *nodes]:
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
            tests.add(id(node.test))
        elif isinstance(node, ast.BoolOp):
            tests.update(map(id, node.values))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            tests.add(id(node.operand))
    changes: list[Change] = []
    for node in nodes:
        if not isinstance(node, ast.Constant) or id(node) in tests:
            continue
        value = node.value
        if isinstance(value, str):
            changes.append(_setter(node, "value", value + "x"))
        elif isinstance(value, bytes):
            changes.append(_setter(node, "value", value + b"x"))
        elif isinstance(value, bool):
            changes.append(_setter(node, "value", not value))
        elif isinstance(value, int | float | complex):
            changes.append(_setter(node, "value", value + 1))
            if value:
                changes.append(_setter(node, "value", -value))
    return changes


def guards(function: FunctionAst) -> list[Change]:
    """A guard dropped or turned around, where its branches do something, and not the same."""
    changes: list[Change] = []
    for suite in _suites(function):
        for place, statement in enumerate(suite):
            if isinstance(statement, ast.If) and _acts(statement) and not isinstance(statement.test, ast.Constant):
                turned = ast.copy_location(ast.UnaryOp(ast.Not(), statement.test), statement.test)
                changes.append(_setter(statement, "test", turned))
                changes.append(_replacer(suite, place, [*statement.body, *suite[place + 1 :]]))
    return changes


def _acts(statement: ast.If) -> bool:
    body, orelse = ([ast.dump(one) for one in suite] for suite in (statement.body, statement.orelse))
    idle = [isinstance(one, ast.Pass) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
            for one in statement.body]  # fmt: skip
    return body != orelse and not all(idle)


def effects(function: FunctionAst) -> list[Change]:
    """Two calls in a row, each a statement, change places."""
    changes: list[Change] = []
    for suite in _suites(function):
        for place, (one, two) in enumerate(pairwise(suite)):
            calls = [s for s in (one, two) if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
            if len(calls) == 2 and ast.dump(one) != ast.dump(two):
                changes.append(_replacer(suite, place, [two, one, *suite[place + 2 :]]))
    return changes


def _setter(node: ast.AST, field: str, value: object) -> Change:
    return lambda: setattr(node, field, value)


def _replacer(suite: list[ast.stmt], place: int, tail: list[ast.stmt]) -> Change:
    def change() -> None:
        suite[place:] = tail

    return change


# -- changes that keep the meaning ------------------------------------------------------------------------------------


def independent_swaps(function: FunctionAst) -> list[Change]:
    """Two assignments in a row to names change places, of which neither sees the other.

    At most one of them holds anything but names, constants and operators, and then the other reads none of its
    variables (a call may change what they hold); no variable of either is global, nonlocal or seen by nested code; none
    stands in a `try` or `with`, where a handler may see the one without the other.
    """
    guarding = ast.Try | ast.TryStar | ast.With | ast.AsyncWith
    around = [node for node in ast.walk(function) if isinstance(node, guarding)]
    guarded = {id(inner) for node in around for inner in ast.walk(node)}
    shared = {name for node in ast.walk(function) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    for node in ast.walk(function):
        if node is not function and isinstance(node, _NESTED):
            shared |= {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    local = local_names(function)
    changes: list[Change] = []
    for suite in _suites(function):
        for place, (one, two) in enumerate(pairwise(suite)):
            if id(one) in guarded or not isinstance(one, ast.Assign) or not isinstance(two, ast.Assign):
                continue
            if not all(isinstance(target, ast.Name) for target in (*one.targets, *two.targets)):
                continue
            if (_names(one) | _names(two)) & shared or not _may_swap(one.value, two.value):
                continue
            if _written(one) & _names(two) or _written(two) & _names(one) or not _written(one) | _written(two) <= local:
                continue
            changes.append(_replacer(suite, place, [two, one, *suite[place + 2 :]]))
    return changes


def _may_swap(one: ast.expr, two: ast.expr) -> bool:
    if _is_pure(one) and _is_pure(two):
        return True
    return (_is_pure(one) or _is_pure(two)) and not _names(one) & _names(two)


def _is_pure(value: ast.expr) -> bool:
    return all(isinstance(node, _PURE) for node in ast.walk(value)) and not any(
        isinstance(node, ast.In | ast.NotIn) for node in ast.walk(value)
    )


def _names(statement: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def _written(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def local_names(function: FunctionAst) -> set[str]:
    """The variables that are the function's own, by Python's `symtable`."""
    table = symtable.symtable(ast.unparse(ast.Module([function], [])), "<function>", "exec")
    inner = next(child for child in table.get_children() if isinstance(child, symtable.Function))
    return {one.get_name() for one in inner.get_symbols() if one.is_local() or one.is_parameter()}


def rename_locals(function: FunctionAst, order: Callable[[list[str]], list[str]]) -> int:
    """Give each own variable of the function another name, everywhere; `order` permutes them. How many were renamed.

    Left as they are: names bound by an import, names that are global or nonlocal anywhere, names in class bodies
    (which are attributes), and names of the form `__x`.
    """
    kept: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.alias):
            kept.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Global | ast.Nonlocal):
            kept.update(node.names)
        elif isinstance(node, ast.ClassDef):
            kept.add(node.name)
            kept.update(name.id for name in ast.walk(node) if isinstance(name, ast.Name))
            kept.update(inner.name for inner in ast.walk(node) if isinstance(inner, FunctionAst))
            kept.update(inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg))
    names = sorted(name for name in local_names(function) - kept if not name.startswith("__"))
    fresh = {name: f"fresh_{place}" for place, name in enumerate(order(names))}
    outside = {id(inner) for part in (*function.decorator_list, *_defaults(function)) for inner in ast.walk(part)}
    for node in ast.walk(function):
        if node is function or id(node) in outside:
            continue
        for field in ("id", "arg", "name", "rest"):
            old = getattr(node, field, None)
            if isinstance(old, str) and not isinstance(node, ast.keyword | ast.alias):
                setattr(node, field, fresh.get(old, old))
    return len(fresh)


def _defaults(function: FunctionAst) -> list[ast.expr]:
    arguments = function.args
    annotations = [arg.annotation for arg in ast.walk(arguments) if isinstance(arg, ast.arg) and arg.annotation]
    return [*arguments.defaults, *[one for one in arguments.kw_defaults if one], *annotations]

"""Where a mutation may act: the parts of a function that matter, and which statements need each other.

In: a function or its statements. Out: their nodes without hints, decorators, docstrings and messages; whether two
statements may stand in the other order, and whether that would matter.

Source: our own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codesim.train.transforms import Function, scope

LOGGERS = frozenset({"logger", "logging", "log", "warnings"})


def telling_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes below the statements that matter: no hints, decorators, docstrings, messages."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.stmt) and _is_message(node):
            continue
        yield node
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns", "decorator_list", "type_params"}:
                continue
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                waiting.extend(item for item in value if isinstance(item, ast.AST))


def _is_message(statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise() | ast.Expr(ast.Constant()):
            return True
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(name)))):
            return name in LOGGERS
    return False


def is_movable(statement: ast.stmt) -> bool:
    """Tell whether the statement may be moved: no jump, no binding of a definition, no message."""
    if isinstance(statement, ast.Return | ast.Raise | ast.Break | ast.Continue | ast.Pass | ast.Assert | ast.Import):
        return False
    if isinstance(statement, (ast.ImportFrom, ast.Global, ast.Nonlocal, *scope.INNER_SCOPES)) or _is_message(statement):
        return False
    return not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))


def clash(first: ast.stmt, second: ast.stmt) -> bool:
    """Tell whether one of the statements needs or changes what the other changes."""
    written = scope.names_written(first) | _touched(first), scope.names_written(second) | _touched(second)
    return bool(written[0] & (written[1] | scope.names_read(second)) or written[1] & scope.names_read(first))


def _touched(statement: ast.stmt) -> set[str]:
    """Return the names whose objects the statement changes: receivers of methods, of subscript and attribute stores."""
    names = set()
    for node in ast.walk(statement):
        match node:
            case ast.Call(ast.Attribute(ast.Name(name))):
                names.add(name)
            case ast.Subscript(ast.Name(name), _, ast.Store()) | ast.Attribute(ast.Name(name), _, ast.Store()):
                names.add(name)
    return names

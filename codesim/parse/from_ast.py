"""From Python's `ast` to the faithful normalised tree.

In: an `ast` function definition. Out: the same function as a `Node` tree, one node for each construct, nothing
lowered yet; only annotations, type comments and type parameters are left out, since they are not evaluated when the
function runs. Every statement of Python 3.11 to 3.14 has a row in the table at the end, every expression one in
`ast_expressions`; a kind that a later Python adds falls back to an OPERATOR node labelled with its class name, so that
new syntax is not lost.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from codesim.parse.ast_expressions import (
    OPERATORS,
    Builders,
    build_expression,
    build_expressions,
    build_keyword,
    build_optional,
    build_parameters,
    build_unknown,
    constant_label,
    plain,
    span_of,
)
from codesim.parse.depth import deep_recursion
from codesim.parse.tree import Kind, Node
from codesim.source import Span

FunctionAst = ast.FunctionDef | ast.AsyncFunctionDef

_SUITE, _ASSIGN = Kind.SUITE, Kind.ASSIGN
_new = tuple.__new__


def parse_function(function: FunctionAst) -> Node:
    """Build the faithful normalised tree of one function, however deep: it raises the recursion limit while it runs.

    Args:
        function: an `ast` function definition with locations.

    Returns:
        A FUNCTION node; see `codesim.parse.tree` for the layout of each kind.

    Source: our own.
    """
    with deep_recursion():
        return _function(function)


def _suite(statements: list[ast.stmt], span: Span) -> Node:
    if not statements:
        return _new(Node, (_SUITE, "", (), span))
    children = tuple([_STATEMENTS[type(statement)](statement) for statement in statements])
    first, last = statements[0], statements[-1]
    span = _new(Span, (first.lineno, first.col_offset, last.end_lineno, last.end_col_offset))
    return _new(Node, (_SUITE, "", children, span))


# -- definitions ------------------------------------------------------------------------------------------------------


def _function(node: FunctionAst) -> Node:
    span = span_of(node)
    marker = "async" if isinstance(node, ast.AsyncFunctionDef) else ""
    parameters, suite = build_parameters(node.args, marker, span), _suite(node.body, span)
    return Node(Kind.FUNCTION, node.name, (parameters, suite, *build_expressions(node.decorator_list)), span)


def _class(node: ast.ClassDef) -> Node:
    span = span_of(node)
    keywords = [build_keyword(keyword) for keyword in node.keywords]
    rest = [*build_expressions(node.bases), *keywords, *build_expressions(node.decorator_list)]
    return Node(Kind.CLASS, node.name, (_suite(node.body, span), *rest), span)


# -- statements -------------------------------------------------------------------------------------------------------


def _expression(node: ast.Expr) -> Node:
    return _new(Node, (Kind.EXPRESSION, "", (build_expression(node.value),), span_of(node)))


def _return(node: ast.Return) -> Node:
    children = () if node.value is None else (build_expression(node.value),)
    return _new(Node, (Kind.RETURN, "", children, span_of(node)))


def _assign(node: ast.Assign) -> Node:
    children = (*build_expressions(node.targets), build_expression(node.value))
    return _new(Node, (_ASSIGN, "", children, span_of(node)))


def _annotated(node: ast.AnnAssign) -> Node:
    if node.value is None:  # `x: int` alone writes nothing
        return Node(Kind.PASS, "", (), span_of(node))
    return Node(_ASSIGN, "", (build_expression(node.target), build_expression(node.value)), span_of(node))


def _type_alias(node: Any) -> Node:
    return Node(_ASSIGN, "", (build_expression(node.name), build_expression(node.value)), span_of(node))


def _augmented(node: ast.AugAssign) -> Node:
    label = OPERATORS[type(node.op)]
    return Node(Kind.AUGMENT, label, (build_expression(node.target), build_expression(node.value)), span_of(node))


def _if(node: ast.If) -> Node:
    span = span_of(node)
    return Node(Kind.IF, "", (build_expression(node.test), _suite(node.body, span), _suite(node.orelse, span)), span)


def _while(node: ast.While) -> Node:
    span = span_of(node)
    return Node(Kind.WHILE, "", (build_expression(node.test), _suite(node.body, span), _suite(node.orelse, span)), span)


def _for(node: ast.For | ast.AsyncFor) -> Node:
    span = span_of(node)
    head = (build_expression(node.target), build_expression(node.iter))
    label = "async" if isinstance(node, ast.AsyncFor) else ""
    return Node(Kind.FOR, label, (*head, _suite(node.body, span), _suite(node.orelse, span)), span)


def _try(node: ast.Try | ast.TryStar) -> Node:
    span = span_of(node)
    suites = (_suite(node.body, span), _suite(node.orelse, span), _suite(node.finalbody, span))
    handlers = [_handler(handler) for handler in node.handlers]
    return Node(Kind.TRY, "*" if isinstance(node, ast.TryStar) else "", (*suites, *handlers), span)


def _handler(node: ast.ExceptHandler) -> Node:
    span = span_of(node)
    name = [Node(Kind.STORE, node.name, (), Span(*span[:2], *span[:2]))] if node.name else []
    return Node(Kind.HANDLER, "", (_suite(node.body, span), *build_optional(node.type), *name), span)


def _with(node: ast.With | ast.AsyncWith) -> Node:
    span = span_of(node)
    items = []
    for item in node.items:
        children = (build_expression(item.context_expr), *build_optional(item.optional_vars))
        items.append(Node(Kind.ITEM, "", children, span_of(item.context_expr)))
    label = "async" if isinstance(node, ast.AsyncWith) else ""
    return Node(Kind.WITH, label, (_suite(node.body, span), *items), span)


def _match(node: ast.Match) -> Node:
    cases = []
    for case in node.cases:
        pattern = _pattern(case.pattern)
        children = (pattern, _suite(case.body, pattern.span), *build_optional(case.guard))
        end = case.body[-1]
        span = Span(*pattern.span[:2], end.end_lineno or 0, end.end_col_offset or 0)
        cases.append(Node(Kind.CASE, "", children, span))
    return Node(Kind.MATCH, "", (build_expression(node.subject), *cases), span_of(node))


def _import(node: ast.Import | ast.ImportFrom) -> Node:
    """One IMPORT node; its label lists what is imported, its children are the names bound."""
    span = span_of(node)
    module = "." * node.level + (node.module or "") + ":" if isinstance(node, ast.ImportFrom) else ""
    label = ",".join([module + alias.name for alias in node.names])
    names = [alias.asname or (alias.name.partition(".")[0] if not module else alias.name) for alias in node.names]
    return Node(Kind.IMPORT, label, tuple([Node(Kind.STORE, name, (), span) for name in names if name != "*"]), span)


def _names(kind: Kind) -> Callable[[Any], Node]:
    return lambda node: Node(kind, ",".join(node.names), (), span_of(node))


def _unknown(node: ast.stmt) -> Node:
    return Node(Kind.EXPRESSION, "", (build_unknown(node),), span_of(node))


# -- patterns ---------------------------------------------------------------------------------------------------------


def _pattern(node: ast.pattern) -> Node:
    span = span_of(node)
    label, children = "other", list[Node]()
    match node:
        case ast.MatchValue(value):
            label, children = "value", [build_expression(value)]
        case ast.MatchSingleton(value):
            label, children = "value", [Node(Kind.CONSTANT, constant_label(value), (), span)]
        case ast.MatchSequence(patterns):
            label, children = "sequence", _patterns(patterns)
        case ast.MatchMapping(keys, patterns, rest):
            label, children = "mapping", [*build_expressions(keys), *_patterns(patterns), *_stores(rest, span)]
        case ast.MatchClass(cls, patterns, names, keyword_patterns):
            label = "class " + ",".join(names)
            children = [build_expression(cls), *_patterns(patterns), *_patterns(keyword_patterns)]
        case ast.MatchStar(name):
            label, children = "star", _stores(name, span)
        case ast.MatchAs(pattern, name):
            label = "as" if pattern or name else "_"
            children = [*_patterns([pattern] if pattern else []), *_stores(name, span)]
        case ast.MatchOr(patterns):
            label, children = "or", _patterns(patterns)
    return Node(Kind.PATTERN, label, tuple(children), span)


def _patterns(nodes: list[ast.pattern]) -> list[Node]:
    return [_pattern(node) for node in nodes]


def _stores(name: str | None, span: Span) -> list[Node]:
    return [Node(Kind.STORE, name, (), span)] if name else []


_STATEMENTS = Builders({
    ast.FunctionDef: _function, ast.AsyncFunctionDef: _function, ast.ClassDef: _class,
    ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented, ast.Expr: _expression,
    ast.Return: _return, ast.Raise: plain(Kind.RAISE, "exc", "cause"), ast.Assert: plain(Kind.ASSERT, "test", "msg"),
    ast.Delete: plain(Kind.DELETE, "targets"), ast.If: _if, ast.While: _while, ast.For: _for, ast.AsyncFor: _for,
    ast.Try: _try, ast.TryStar: _try, ast.With: _with, ast.AsyncWith: _with, ast.Match: _match,
    ast.Import: _import, ast.ImportFrom: _import, ast.Global: _names(Kind.GLOBAL), ast.Nonlocal: _names(Kind.NONLOCAL),
    ast.Pass: plain(Kind.PASS), ast.Break: plain(Kind.BREAK), ast.Continue: plain(Kind.CONTINUE),
}, _unknown)  # fmt: skip
if hasattr(ast, "TypeAlias"):  # Python 3.12
    _STATEMENTS[ast.TypeAlias] = _type_alias

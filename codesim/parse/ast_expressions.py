"""From `ast` expressions to the faithful normalised tree.

In: an `ast` expression, or the parameters of a function. Out: the same as a `Node`, one node for each construct. Every
expression of Python 3.11 to 3.14 has a row in the table at the end; a kind that a later Python adds falls back to an
OPERATOR node labelled with its class name, so that new syntax is not lost.

This is run once for each node of all scanned source, so nodes and spans are made by `tuple.__new__`, in half the time.
Source: our own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from codesim.parse.tree import Kind, Node
from codesim.source import Span

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitAnd: "&", ast.BitXor: "^",
    ast.Invert: "~", ast.Not: "not", ast.UAdd: "unary +", ast.USub: "unary -",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_MAX_DECIMAL_BITS = 10_000  # str() of a longer int raises ValueError (CVE-2020-10735), hex() never does
_NAME, _STORE, _CONSTANT, _CALL, _ATTRIBUTE = Kind.NAME, Kind.STORE, Kind.CONSTANT, Kind.CALL, Kind.ATTRIBUTE
_KEYWORD, _STARRED = Kind.KEYWORD, Kind.STARRED
_new = tuple.__new__


def constant_label(value: object) -> str:
    """The text that stands for a literal: its `repr`, with huge integers in hexadecimal."""
    if isinstance(value, int) and value.bit_length() > _MAX_DECIMAL_BITS:
        return hex(value)
    return repr(value)


def span_of(node: Any) -> Span:
    """Where an `ast` node with a location stands."""
    return _new(Span, (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))


def build_expression(node: ast.expr) -> Node:
    """The node of an expression."""
    return _EXPRESSIONS[type(node)](node)


def build_expressions(nodes: list[ast.expr]) -> list[Node]:
    """The nodes of several expressions."""
    return [_EXPRESSIONS[type(node)](node) for node in nodes]


def build_optional(node: ast.expr | None) -> list[Node]:
    """The node of an expression that may be left out, as a list of one or none."""
    return [] if node is None else [_EXPRESSIONS[type(node)](node)]


def build_keyword(node: ast.keyword) -> Node:
    """A KEYWORD, or a STARRED for `**value`."""
    value = node.value
    label, kind = ("**", _STARRED) if node.arg is None else (node.arg, _KEYWORD)
    return _new(Node, (kind, label, (_EXPRESSIONS[type(value)](value),), span_of(node)))


def build_parameters(arguments: ast.arguments, marker: str, span: Span) -> Node:
    """The PARAMETERS of a function or lambda; `marker` is its label."""
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    defaults = [*[None] * missing, *arguments.defaults]
    out = [_parameter(arg, default) for arg, default in zip(positional, defaults, strict=True)]
    if arguments.vararg:
        out.append(Node(Kind.VARARGS, arguments.vararg.arg, (), span_of(arguments.vararg)))
    if arguments.kwonlyargs:
        keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        out.extend([_parameter(arg, default) for arg, default in keywords])
    if arguments.kwarg:
        out.append(Node(Kind.KWARGS, arguments.kwarg.arg, (), span_of(arguments.kwarg)))
    return Node(Kind.PARAMETERS, marker, tuple(out), span)


def _parameter(arg: ast.arg, default: ast.expr | None) -> Node:
    return Node(Kind.PARAMETER, arg.arg, tuple(build_optional(default)), span_of(arg))


def plain(kind: Kind, *fields: str) -> Callable[[ast.AST], Node]:
    """A builder for nodes whose children are plain operand fields."""

    def build(node: ast.AST) -> Node:
        children: list[Node] = []
        for field in fields:
            value = getattr(node, field)
            if isinstance(value, list):
                children.extend(build_expressions(value))
            elif value is not None:
                children.append(_EXPRESSIONS[type(value)](value))
        return _new(Node, (kind, "", tuple(children), span_of(node)))

    return build


def build_unknown(node: ast.AST) -> Node:
    """The node of syntax that has no row in a table."""
    children = [build_expression(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return Node(Kind.OPERATOR, type(node).__name__, tuple(children), span_of(node))


def build_name(node: ast.Name) -> Node:
    """A NAME or STORE."""
    kind = _NAME if type(node.ctx) is ast.Load else _STORE
    span = _new(Span, (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))
    return _new(Node, (kind, node.id, (), span))


def _constant(node: ast.Constant) -> Node:
    span = _new(Span, (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))
    return _new(Node, (_CONSTANT, constant_label(node.value), (), span))


def _call(node: ast.Call) -> Node:
    children = [_EXPRESSIONS[type(child)](child) for child in (node.func, *node.args)]
    if node.keywords:
        children.extend([build_keyword(keyword) for keyword in node.keywords])
    span = _new(Span, (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))
    return _new(Node, (_CALL, "", tuple(children), span))


def _attribute(node: ast.Attribute) -> Node:
    value = node.value
    span = _new(Span, (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))
    return _new(Node, (_ATTRIBUTE, node.attr, (_EXPRESSIONS[type(value)](value),), span))


def _subscript(node: ast.Subscript) -> Node:
    return _new(Node, (Kind.SUBSCRIPT, "", (build_expression(node.value), build_expression(node.slice)), span_of(node)))


def _lambda(node: ast.Lambda) -> Node:
    span = span_of(node)
    return Node(Kind.LAMBDA, "", (build_parameters(node.args, "", span), build_expression(node.body)), span)


def _starred(node: ast.Starred) -> Node:
    return Node(Kind.STARRED, "*", (build_expression(node.value),), span_of(node))


def _slice(node: ast.Slice) -> Node:
    span = span_of(node)
    parts = (node.lower, node.upper, node.step)
    children = [build_expression(part) if part else Node(Kind.NOTHING, "", (), span) for part in parts]
    return Node(Kind.SLICE, "", tuple(children), span)


def _binary(node: ast.BinOp) -> Node:
    operands = (build_expression(node.left), build_expression(node.right))
    return _new(Node, (Kind.OPERATOR, OPERATORS[type(node.op)], operands, span_of(node)))


def _unary(node: ast.UnaryOp) -> Node:
    return _new(Node, (Kind.OPERATOR, OPERATORS[type(node.op)], (build_expression(node.operand),), span_of(node)))


def _compare(node: ast.Compare) -> Node:
    label = ",".join([OPERATORS[type(op)] for op in node.ops])
    operands = (build_expression(node.left), *build_expressions(node.comparators))
    return _new(Node, (Kind.COMPARE, label, operands, span_of(node)))


def _boolean(node: ast.BoolOp) -> Node:
    label = "and" if isinstance(node.op, ast.And) else "or"
    return Node(Kind.BOOLEAN, label, tuple(build_expressions(node.values)), span_of(node))


def _collection(label: str) -> Callable[[Any], Node]:
    return lambda node: Node(Kind.COLLECTION, label, tuple(build_expressions(node.elts)), span_of(node))


def _dict(node: ast.Dict) -> Node:
    pairs = []
    for key, value in zip(node.keys, node.values, strict=True):
        child = build_expression(value)
        if key is None:
            pairs.append(Node(Kind.STARRED, "**", (child,), child.span))
        else:
            key_node = build_expression(key)
            pairs.append(Node(Kind.PAIR, "", (key_node, child), Span(*key_node.span[:2], *child.span[2:])))
    return Node(Kind.COLLECTION, "dict", tuple(pairs), span_of(node))


def _comprehension(label: str) -> Callable[[Any], Node]:
    def build(node: Any) -> Node:
        span = span_of(node)
        if label == "dict":
            element = Node(Kind.PAIR, "", (build_expression(node.key), build_expression(node.value)), span)
        else:
            element = build_expression(node.elt)
        generators = [_generator(part) for part in node.generators]
        return Node(Kind.COMPREHENSION, label, (element, *generators), span)

    return build


def _generator(part: ast.comprehension) -> Node:
    children = (build_expression(part.target), build_expression(part.iter), *build_expressions(part.ifs))
    span = Span(*children[0].span[:2], *children[-1].span[2:])
    return Node(Kind.GENERATOR, "async" if part.is_async else "", children, span)


def _yield_from(node: ast.YieldFrom) -> Node:
    return Node(Kind.YIELD, "from", (build_expression(node.value),), span_of(node))


def _walrus(node: ast.NamedExpr) -> Node:
    return Node(Kind.WALRUS, "", (build_name(node.target), build_expression(node.value)), span_of(node))


def _format(node: Any) -> Node:
    """f-strings (and t-strings, whose label starts with "t:"): the template, and the interpolated expressions."""
    template: list[str] = [] if isinstance(node, ast.JoinedStr) else ["t:"]
    arguments: list[Node] = []
    _format_parts(node.values, template, arguments)
    return Node(Kind.FORMAT, "".join(template), tuple(arguments), span_of(node))


def _format_parts(parts: list[Any], template: list[str], arguments: list[Node]) -> None:
    for part in parts:
        if isinstance(part, ast.Constant):
            template.append(str(part.value).replace("{", "{{").replace("}", "}}"))
            continue
        conversion = getattr(part, "conversion", -1)
        template.append("{" + (f"!{chr(conversion)}" if conversion > 0 else ""))
        arguments.append(build_expression(part.value))
        spec = getattr(part, "format_spec", None)
        if spec is not None:
            template.append(":")
            _format_parts(spec.values, template, arguments)
        template.append("}")


class Builders(dict[type[ast.AST], Callable[[Any], Node]]):
    """The builder of each class of `ast`, and a fallback for classes that have none."""

    def __init__(self, rows: dict[type[ast.AST], Callable[[Any], Node]], fallback: Callable[[Any], Node]) -> None:
        super().__init__(rows)
        self._fallback = fallback

    def __missing__(self, kind: type[ast.AST]) -> Callable[[Any], Node]:
        """The fallback."""
        return self._fallback


_EXPRESSIONS = Builders({
    ast.Name: build_name, ast.Constant: _constant, ast.Call: _call, ast.Attribute: _attribute,
    ast.Subscript: _subscript, ast.Slice: _slice, ast.Starred: _starred, ast.BinOp: _binary, ast.UnaryOp: _unary,
    ast.Compare: _compare, ast.BoolOp: _boolean, ast.IfExp: plain(Kind.CONDITIONAL, "test", "body", "orelse"),
    ast.Lambda: _lambda, ast.Dict: _dict,
    ast.List: _collection("list"), ast.Tuple: _collection("tuple"), ast.Set: _collection("set"),
    ast.ListComp: _comprehension("list"), ast.SetComp: _comprehension("set"), ast.DictComp: _comprehension("dict"),
    ast.GeneratorExp: _comprehension("generator"), ast.Yield: plain(Kind.YIELD, "value"), ast.YieldFrom: _yield_from,
    ast.Await: plain(Kind.AWAIT, "value"), ast.NamedExpr: _walrus, ast.JoinedStr: _format,
}, build_unknown)  # fmt: skip
if hasattr(ast, "TemplateStr"):  # Python 3.14
    _EXPRESSIONS[ast.TemplateStr] = _format

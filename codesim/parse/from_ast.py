"""From Python's `ast` to the faithful normalised tree.

In: an `ast` function definition. Out: the same function as a `Node` tree, one node for each construct, nothing
lowered yet; only annotations, type comments and type parameters are left out, since they are not evaluated when the
function runs. Every statement and expression of Python 3.11 to 3.14 has a row in the two tables at the end; a kind that
a later Python adds falls back to an OPERATOR node labelled with its class name, so that new syntax is not lost.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from codesim.parse.tree import Kind, Node
from codesim.source import Span

FunctionAst = ast.FunctionDef | ast.AsyncFunctionDef

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitAnd: "&", ast.BitXor: "^",
    ast.Invert: "~", ast.Not: "not", ast.UAdd: "unary +", ast.USub: "unary -",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_MAX_DECIMAL_BITS = 10_000  # str() of a longer int raises ValueError (CVE-2020-10735), hex() never does


def parse_function(function: FunctionAst) -> Node:
    """Build the faithful normalised tree of one function.

    Args:
        function: an `ast` function definition with locations.

    Returns:
        A FUNCTION node; see `codesim.parse.tree` for the layout of each kind.

    Raises:
        RecursionError: the source nests deeper than the interpreter's recursion limit allows.

    Source: our own.
    """
    return _function(function)


def constant_label(value: object) -> str:
    """The text that stands for a literal: its `repr`, with huge integers in hexadecimal."""
    if isinstance(value, int) and value.bit_length() > _MAX_DECIMAL_BITS:
        return hex(value)
    return repr(value)


def _span(node: ast.AST) -> Span:
    return Span(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def _expression(node: ast.expr) -> Node:
    build = _EXPRESSIONS.get(type(node))
    return build(node) if build else _unknown(node)


def _unknown(node: ast.AST) -> Node:
    children = [_expression(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return Node(Kind.OPERATOR, type(node).__name__, tuple(children), _span(node))


def _expressions(nodes: list[ast.expr]) -> list[Node]:
    return [_expression(node) for node in nodes]


def _maybe(node: ast.expr | None) -> list[Node]:
    return [] if node is None else [_expression(node)]


def _suite(statements: list[ast.stmt], span: Span) -> Node:
    if statements:
        first, last = statements[0], statements[-1]
        span = Span(first.lineno, first.col_offset, last.end_lineno or 0, last.end_col_offset or 0)
    return Node(Kind.SUITE, "", tuple([_statement(statement) for statement in statements]), span)


def _statement(node: ast.stmt) -> Node:
    build = _STATEMENTS.get(type(node))
    return build(node) if build else Node(Kind.EXPRESSION, "", (_unknown(node),), _span(node))


# -- definitions ------------------------------------------------------------------------------------------------------


def _function(node: FunctionAst) -> Node:
    span = _span(node)
    marker = "async" if isinstance(node, ast.AsyncFunctionDef) else ""
    children = [_parameters(node.args, marker, span), _suite(node.body, span), *_expressions(node.decorator_list)]
    return Node(Kind.FUNCTION, node.name, tuple(children), span)


def _class(node: ast.ClassDef) -> Node:
    span = _span(node)
    rest = [*_expressions(node.bases), *[_keyword(k) for k in node.keywords], *_expressions(node.decorator_list)]
    return Node(Kind.CLASS, node.name, (_suite(node.body, span), *rest), span)


def _parameters(arguments: ast.arguments, marker: str, span: Span) -> Node:
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    out = [
        Node(
            Kind.PARAMETER, arg.arg, () if i < missing else (_expression(arguments.defaults[i - missing]),), _span(arg)
        )
        for i, arg in enumerate(positional)
    ]
    if arguments.vararg:
        out.append(Node(Kind.VARARGS, arguments.vararg.arg, (), _span(arguments.vararg)))
    for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        out.append(Node(Kind.PARAMETER, arg.arg, tuple(_maybe(default)), _span(arg)))
    if arguments.kwarg:
        out.append(Node(Kind.KWARGS, arguments.kwarg.arg, (), _span(arguments.kwarg)))
    return Node(Kind.PARAMETERS, marker, tuple(out), span)


def _lambda(node: ast.Lambda) -> Node:
    span = _span(node)
    return Node(Kind.LAMBDA, "", (_parameters(node.args, "", span), _expression(node.body)), span)


# -- statements -------------------------------------------------------------------------------------------------------


def _assign(node: ast.Assign) -> Node:
    return Node(Kind.ASSIGN, "", (*_expressions(node.targets), _expression(node.value)), _span(node))


def _annotated(node: ast.AnnAssign) -> Node:
    if node.value is None:  # `x: int` alone writes nothing
        return Node(Kind.PASS, "", (), _span(node))
    return Node(Kind.ASSIGN, "", (_expression(node.target), _expression(node.value)), _span(node))


def _type_alias(node: ast.stmt) -> Node:
    return Node(Kind.ASSIGN, "", (_expression(node.name), _expression(node.value)), _span(node))  # type: ignore[attr-defined]


def _augmented(node: ast.AugAssign) -> Node:
    label = OPERATORS[type(node.op)]
    return Node(Kind.AUGMENT, label, (_expression(node.target), _expression(node.value)), _span(node))


def _if(node: ast.If) -> Node:
    span = _span(node)
    return Node(Kind.IF, "", (_expression(node.test), _suite(node.body, span), _suite(node.orelse, span)), span)


def _while(node: ast.While) -> Node:
    span = _span(node)
    return Node(Kind.WHILE, "", (_expression(node.test), _suite(node.body, span), _suite(node.orelse, span)), span)


def _for(node: ast.For | ast.AsyncFor) -> Node:
    span = _span(node)
    head = (_expression(node.target), _expression(node.iter))
    label = "async" if isinstance(node, ast.AsyncFor) else ""
    return Node(Kind.FOR, label, (*head, _suite(node.body, span), _suite(node.orelse, span)), span)


def _try(node: ast.Try | ast.TryStar) -> Node:
    span = _span(node)
    suites = (_suite(node.body, span), _suite(node.orelse, span), _suite(node.finalbody, span))
    handlers = [_handler(handler) for handler in node.handlers]
    return Node(Kind.TRY, "*" if isinstance(node, ast.TryStar) else "", (*suites, *handlers), span)


def _handler(node: ast.ExceptHandler) -> Node:
    span = _span(node)
    name = [Node(Kind.STORE, node.name, (), Span(*span[:2], *span[:2]))] if node.name else []
    return Node(Kind.HANDLER, "", (_suite(node.body, span), *_maybe(node.type), *name), span)


def _with(node: ast.With | ast.AsyncWith) -> Node:
    span = _span(node)
    items = [
        Node(Kind.ITEM, "", (_expression(i.context_expr), *_maybe(i.optional_vars)), _span(i.context_expr))
        for i in node.items
    ]
    label = "async" if isinstance(node, ast.AsyncWith) else ""
    return Node(Kind.WITH, label, (_suite(node.body, span), *items), span)


def _match(node: ast.Match) -> Node:
    cases = []
    for case in node.cases:
        pattern = _pattern(case.pattern)
        children = (pattern, _suite(case.body, pattern.span), *_maybe(case.guard))
        end = case.body[-1]
        cases.append(
            Node(Kind.CASE, "", children, Span(*pattern.span[:2], end.end_lineno or 0, end.end_col_offset or 0))
        )
    return Node(Kind.MATCH, "", (_expression(node.subject), *cases), _span(node))


def _import(node: ast.Import | ast.ImportFrom) -> Node:
    """One IMPORT node; its label lists what is imported, its children are the names bound."""
    span = _span(node)
    module = "." * node.level + (node.module or "") + ":" if isinstance(node, ast.ImportFrom) else ""
    label = ",".join(module + alias.name for alias in node.names)
    names = [alias.asname or (alias.name.partition(".")[0] if not module else alias.name) for alias in node.names]
    return Node(Kind.IMPORT, label, tuple([Node(Kind.STORE, name, (), span) for name in names if name != "*"]), span)


def _simple(kind: Kind, *fields: str) -> Callable[[ast.AST], Node]:
    """A builder for statements and expressions whose children are plain operand fields."""

    def build(node: ast.AST) -> Node:
        children: list[Node] = []
        for field in fields:
            value = getattr(node, field)
            if isinstance(value, list):
                children.extend(_expressions(value))
            elif value is not None:
                children.append(_expression(value))
        return Node(kind, "", tuple(children), _span(node))

    return build


def _names(kind: Kind) -> Callable[[ast.AST], Node]:
    return lambda node: Node(kind, ",".join(node.names), (), _span(node))  # type: ignore[attr-defined]


# -- patterns ---------------------------------------------------------------------------------------------------------


def _pattern(node: ast.pattern) -> Node:
    span = _span(node)
    label, children = "other", list[Node]()
    match node:
        case ast.MatchValue(value):
            label, children = "value", [_expression(value)]
        case ast.MatchSingleton(value):
            label, children = "value", [Node(Kind.CONSTANT, constant_label(value), (), span)]
        case ast.MatchSequence(patterns):
            label, children = "sequence", [_pattern(pattern) for pattern in patterns]
        case ast.MatchMapping(keys, patterns, rest):
            label, children = "mapping", [*_expressions(keys), *map(_pattern, patterns), *_stores(rest, span)]
        case ast.MatchClass(cls, patterns, names, keyword_patterns):
            label = "class " + ",".join(names)
            children = [_expression(cls), *map(_pattern, patterns), *map(_pattern, keyword_patterns)]
        case ast.MatchStar(name):
            label, children = "star", _stores(name, span)
        case ast.MatchAs(pattern, name):
            label = "as" if pattern or name else "_"
            children = [*([_pattern(pattern)] if pattern else []), *_stores(name, span)]
        case ast.MatchOr(patterns):
            label, children = "or", [_pattern(pattern) for pattern in patterns]
    return Node(Kind.PATTERN, label, tuple(children), span)


def _stores(name: str | None, span: Span) -> list[Node]:
    return [Node(Kind.STORE, name, (), span)] if name else []


# -- expressions ------------------------------------------------------------------------------------------------------


def _name(node: ast.Name) -> Node:
    return Node(Kind.NAME if isinstance(node.ctx, ast.Load) else Kind.STORE, node.id, (), _span(node))


def _constant(node: ast.Constant) -> Node:
    return Node(Kind.CONSTANT, constant_label(node.value), (), _span(node))


def _call(node: ast.Call) -> Node:
    children = (_expression(node.func), *_expressions(node.args), *[_keyword(k) for k in node.keywords])
    return Node(Kind.CALL, "", children, _span(node))


def _keyword(node: ast.keyword) -> Node:
    value = (_expression(node.value),)
    return (
        Node(Kind.STARRED, "**", value, _span(node))
        if node.arg is None
        else Node(Kind.KEYWORD, node.arg, value, _span(node))
    )


def _attribute(node: ast.Attribute) -> Node:
    return Node(Kind.ATTRIBUTE, node.attr, (_expression(node.value),), _span(node))


def _starred(node: ast.Starred) -> Node:
    return Node(Kind.STARRED, "*", (_expression(node.value),), _span(node))


def _slice(node: ast.Slice) -> Node:
    span = _span(node)
    parts = [
        _expression(part) if part else Node(Kind.NOTHING, "", (), span) for part in (node.lower, node.upper, node.step)
    ]
    return Node(Kind.SLICE, "", tuple(parts), span)


def _binary(node: ast.BinOp) -> Node:
    return Node(Kind.OPERATOR, OPERATORS[type(node.op)], (_expression(node.left), _expression(node.right)), _span(node))


def _unary(node: ast.UnaryOp) -> Node:
    return Node(Kind.OPERATOR, OPERATORS[type(node.op)], (_expression(node.operand),), _span(node))


def _compare(node: ast.Compare) -> Node:
    label = ",".join([OPERATORS[type(op)] for op in node.ops])
    return Node(Kind.COMPARE, label, (_expression(node.left), *_expressions(node.comparators)), _span(node))


def _boolean(node: ast.BoolOp) -> Node:
    return Node(
        Kind.BOOLEAN, "and" if isinstance(node.op, ast.And) else "or", tuple(_expressions(node.values)), _span(node)
    )


def _collection(label: str) -> Callable[[ast.AST], Node]:
    return lambda node: Node(Kind.COLLECTION, label, tuple(_expressions(node.elts)), _span(node))  # type: ignore[attr-defined]


def _dict(node: ast.Dict) -> Node:
    pairs = []
    for key, value in zip(node.keys, node.values, strict=True):
        child = _expression(value)
        if key is None:
            pairs.append(Node(Kind.STARRED, "**", (child,), child.span))
        else:
            key_node = _expression(key)
            pairs.append(Node(Kind.PAIR, "", (key_node, child), Span(*key_node.span[:2], *child.span[2:])))
    return Node(Kind.COLLECTION, "dict", tuple(pairs), _span(node))


def _comprehension(label: str) -> Callable[[ast.AST], Node]:
    def build(node: ast.AST) -> Node:
        span = _span(node)
        if isinstance(node, ast.DictComp):
            element = Node(Kind.PAIR, "", (_expression(node.key), _expression(node.value)), span)
        else:
            element = _expression(node.elt)  # type: ignore[attr-defined]
        generators = []
        for part in node.generators:  # type: ignore[attr-defined]
            children = (_expression(part.target), _expression(part.iter), *_expressions(part.ifs))
            end = children[-1].span
            marker = "async" if part.is_async else ""
            generators.append(Node(Kind.GENERATOR, marker, children, Span(*children[0].span[:2], *end[2:])))
        return Node(Kind.COMPREHENSION, label, (element, *generators), span)

    return build


def _yield_from(node: ast.YieldFrom) -> Node:
    return Node(Kind.YIELD, "from", (_expression(node.value),), _span(node))


def _walrus(node: ast.NamedExpr) -> Node:
    return Node(Kind.WALRUS, "", (_name(node.target), _expression(node.value)), _span(node))


def _format(node: ast.AST) -> Node:
    """f-strings (and t-strings, whose label starts with "t:"): the template, and the interpolated expressions."""
    template: list[str] = [] if isinstance(node, ast.JoinedStr) else ["t:"]
    arguments: list[Node] = []
    _format_parts(node.values, template, arguments)  # type: ignore[attr-defined]
    return Node(Kind.FORMAT, "".join(template), tuple(arguments), _span(node))


def _format_parts(parts: list[ast.expr], template: list[str], arguments: list[Node]) -> None:
    for part in parts:
        if isinstance(part, ast.Constant):
            template.append(str(part.value).replace("{", "{{").replace("}", "}}"))
            continue
        conversion = getattr(part, "conversion", -1)
        template.append("{" + (f"!{chr(conversion)}" if conversion > 0 else ""))
        arguments.append(_expression(part.value))  # type: ignore[attr-defined]
        spec = getattr(part, "format_spec", None)
        if spec is not None:
            template.append(":")
            _format_parts(spec.values, template, arguments)
        template.append("}")


_STATEMENTS: dict[type[ast.AST], Callable[..., Node]] = {
    ast.FunctionDef: _function, ast.AsyncFunctionDef: _function, ast.ClassDef: _class,
    ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented,
    ast.Expr: _simple(Kind.EXPRESSION, "value"), ast.Return: _simple(Kind.RETURN, "value"),
    ast.Raise: _simple(Kind.RAISE, "exc", "cause"), ast.Assert: _simple(Kind.ASSERT, "test", "msg"),
    ast.Delete: _simple(Kind.DELETE, "targets"), ast.If: _if, ast.While: _while, ast.For: _for, ast.AsyncFor: _for,
    ast.Try: _try, ast.TryStar: _try, ast.With: _with, ast.AsyncWith: _with, ast.Match: _match,
    ast.Import: _import, ast.ImportFrom: _import, ast.Global: _names(Kind.GLOBAL), ast.Nonlocal: _names(Kind.NONLOCAL),
    ast.Pass: _simple(Kind.PASS), ast.Break: _simple(Kind.BREAK), ast.Continue: _simple(Kind.CONTINUE),
}  # fmt: skip
_EXPRESSIONS: dict[type[ast.AST], Callable[..., Node]] = {
    ast.Name: _name, ast.Constant: _constant, ast.Call: _call, ast.Attribute: _attribute,
    ast.Subscript: _simple(Kind.SUBSCRIPT, "value", "slice"), ast.Slice: _slice, ast.Starred: _starred,
    ast.BinOp: _binary, ast.UnaryOp: _unary, ast.Compare: _compare, ast.BoolOp: _boolean,
    ast.IfExp: _simple(Kind.CONDITIONAL, "test", "body", "orelse"), ast.Lambda: _lambda,
    ast.List: _collection("list"), ast.Tuple: _collection("tuple"), ast.Set: _collection("set"), ast.Dict: _dict,
    ast.ListComp: _comprehension("list"), ast.SetComp: _comprehension("set"), ast.DictComp: _comprehension("dict"),
    ast.GeneratorExp: _comprehension("generator"), ast.Yield: _simple(Kind.YIELD, "value"), ast.YieldFrom: _yield_from,
    ast.Await: _simple(Kind.AWAIT, "value"), ast.NamedExpr: _walrus, ast.JoinedStr: _format,
}  # fmt: skip
if hasattr(ast, "TypeAlias"):  # Python 3.12
    _STATEMENTS[ast.TypeAlias] = _type_alias
if hasattr(ast, "TemplateStr"):  # Python 3.14
    _EXPRESSIONS[ast.TemplateStr] = _format

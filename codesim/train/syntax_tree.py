"""The bare syntax tree of a function as a graph of the same form as ours: what is the dependence graph worth beside it?

In: an `ast` function. Out: a `Pdg` on which exactly the same encoder trains: a node per node of the tree, edges from
child to parent, to the next sibling and from the last use of a name, nothing lowered. What the dependence graph leaves
out is left out here as well (the function's own name, docstrings, annotations), so that only the form differs.

Source: edges after Allamanis, Brockschmidt, Khademi, Learning to Represent Programs with Graphs, 2018.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from codesim.graph import Edge, EdgeKind, NodeKind, Pdg
from codesim.parse.ast_expressions import constant_label
from codesim.source import Span
from codesim.train.transforms import Function

_K = NodeKind
_TYPES: dict[NodeKind, tuple[str, ...]] = {
    _K.ASSIGN: ("Assign", "AugAssign", "AnnAssign", "NamedExpr", "TypeAlias"),
    _K.EXPRESSION: ("Expr",), _K.RETURN: ("Return",), _K.RAISE: ("Raise",), _K.ASSERT: ("Assert",),
    _K.IF: ("If",), _K.FOR: ("For", "AsyncFor"), _K.WHILE: ("While",), _K.TRY: ("Try", "TryStar"),
    _K.HANDLER: ("ExceptHandler",), _K.WITH: ("With", "AsyncWith", "withitem"),
    _K.MATCH: ("Match",), _K.CASE: ("match_case",),
    _K.PATTERN: ("MatchValue", "MatchSingleton", "MatchSequence", "MatchMapping", "MatchClass", "MatchStar", "MatchAs",
                 "MatchOr"),
    _K.IMPORT: ("Import", "ImportFrom", "alias"), _K.DELETE: ("Delete",), _K.PASS: ("Pass",),
    _K.SCOPE: ("Global", "Nonlocal", "arguments"), _K.BREAK: ("Break",), _K.CONTINUE: ("Continue",),
    _K.FUNCTION: ("FunctionDef", "AsyncFunctionDef"), _K.CLASS: ("ClassDef",), _K.LAMBDA: ("Lambda",),
    _K.PARAMETER: ("arg",), _K.CONSTANT: ("Constant",), _K.CALL: ("Call",), _K.KEYWORD: ("keyword",),
    _K.STARRED: ("Starred",), _K.ATTRIBUTE: ("Attribute",), _K.SUBSCRIPT: ("Subscript",), _K.SLICE: ("Slice",),
    _K.COMPARE: ("Compare",), _K.BOOLEAN: ("BoolOp",), _K.CONDITIONAL: ("IfExp",),
    _K.COLLECTION: ("Dict", "Set", "List", "Tuple"), _K.GENERATOR: ("GeneratorExp",),
    _K.COMPREHENSION: ("ListComp", "SetComp", "DictComp", "comprehension"),
    _K.FORMAT: ("JoinedStr", "FormattedValue", "TemplateStr", "Interpolation"),
    _K.YIELD: ("Yield", "YieldFrom"), _K.AWAIT: ("Await",),
}  # fmt: skip
"""The types of node that share a kind; every other type (all operators, and what a later Python adds) is an OPERATOR.

USE, DEFINITION and GLOBAL are names; the function itself is the ENTRY."""
_KIND = {name: kind for kind, names in _TYPES.items() for name in names}
_SHARED = {kind for kind, count in Counter(_KIND.values()).items() if count > 1} | {_K.OPERATOR}
_NAMES = frozenset({_K.USE, _K.DEFINITION, _K.GLOBAL, _K.PARAMETER, _K.FUNCTION, _K.CLASS})
_LEFT_OUT = frozenset({"annotation", "returns", "type_params"})
_DOCUMENTED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Part = ast.AST | str
"""A node of the tree, or a name that a node binds and holds as plain text: it becomes a node of its own."""


def syntax_graph(node: Function) -> Pdg:
    """Return the bare syntax tree of a function as a graph.

    Does not promise what a PDG's edges mean: OPERAND is from child to parent, by position; ORDER from a sibling to the
    next; DATA from the occurrence of a name to the next one, in the order of the tree. A label says what the kind does
    not: the identifier or constant that a node holds, or else its type where several share a kind. Names that the
    function binds have those kinds whose labels `joined_arrays` can mask.

    Args:
        node: the function; however deep.

    Returns:
        Nodes in the order of the tree, parents first; edges sorted.

    Source: our own.
    """
    bound = _bound_names(node)
    kinds: list[NodeKind] = []
    labels: list[str] = []
    spans: list[Span] = []
    edges: list[Edge] = []
    last_child: dict[int, int] = {}
    last_use: dict[str, int] = {}
    waiting: list[tuple[_Part, int, int]] = [(node, -1, 0)]
    while waiting:
        part, parent, position = waiting.pop()
        here = len(kinds)
        kind, label = (_K.ENTRY, type(node).__name__) if parent < 0 else _read(part, bound)
        kinds.append(kind)
        labels.append(label)
        spans.append(_span(part, spans[parent] if parent >= 0 else Span(1, 0, 1, 0)))
        if parent >= 0:
            edges.append(Edge(here, parent, EdgeKind.OPERAND, str(position), False))
            if parent in last_child:
                edges.append(Edge(last_child[parent], here, EdgeKind.ORDER, "", False))
            last_child[parent] = here
        if kind in _NAMES:
            if label in last_use:
                edges.append(Edge(last_use[label], here, EdgeKind.DATA, label, False))
            last_use[label] = here
        children = list(_children(part))
        waiting += [(child, here, place) for place, child in reversed(list(enumerate(children)))]
    return Pdg(node.name, tuple(kinds), tuple(labels), tuple(spans), tuple(sorted(edges)))


def _read(part: _Part, bound: frozenset[str]) -> tuple[NodeKind, str]:
    """The kind and the label of a node."""
    if isinstance(part, str):
        return _K.DEFINITION, part
    if isinstance(part, ast.Name):
        if isinstance(part.ctx, ast.Store):
            return _K.DEFINITION, part.id
        return _K.USE if part.id in bound else _K.GLOBAL, part.id
    name = type(part).__name__
    kind = _KIND.get(name, _K.OPERATOR)
    return kind, _held(part) or (name if kind in _SHARED else "")


def _held(part: ast.AST) -> str:
    """The identifiers or the constant that a node holds, but for names that are nodes of their own."""
    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.alias):
        return part.name
    if isinstance(part, ast.arg | ast.keyword):
        return part.arg or ""
    if isinstance(part, ast.Attribute):
        return part.attr
    if isinstance(part, ast.Constant | ast.MatchSingleton):
        return constant_label(part.value)
    if isinstance(part, ast.ImportFrom):
        return "." * part.level + (part.module or "")
    if isinstance(part, ast.Global | ast.Nonlocal):
        return " ".join(part.names)
    if isinstance(part, ast.MatchClass):
        return " ".join([*part.kwd_attrs, "MatchClass"])
    if isinstance(part, ast.FormattedValue) and part.conversion > 0:
        return f"FormattedValue {chr(part.conversion)}"
    return ""


def _children(part: _Part) -> Iterator[_Part]:
    """The children of a node in the order of its fields, the names that it binds last."""
    if isinstance(part, str):
        return
    for name, value in ast.iter_fields(part):
        if name in _LEFT_OUT:
            continue
        members = value if isinstance(value, list) else [value]
        if name == "body" and isinstance(part, _DOCUMENTED) and ast.get_docstring(part, clean=False) is not None:
            members = members[1:]
        yield from (one for one in members if isinstance(one, ast.AST) and not isinstance(one, ast.expr_context))
    yield from _bound_as_text(part)


def _bound_as_text(part: ast.AST) -> list[str]:
    """The name that a node binds without a node for it in the tree."""
    name: str | None = None
    if isinstance(part, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        name = part.name
    elif isinstance(part, ast.MatchMapping):
        name = part.rest
    elif isinstance(part, ast.alias) and part.name != "*":
        name = part.asname or part.name.partition(".")[0]
    return [name] if name else []


def _bound_names(node: Function) -> frozenset[str]:
    """The names that the function or what stands in it binds; its own name is not among them."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, ast.arg):
            found.add(part.arg)
        elif isinstance(part, _DOCUMENTED) and part is not node:
            found.add(part.name)
        found.update(_bound_as_text(part))
    return frozenset(found)


def _span(part: _Part, parent: Span) -> Span:
    """Where a node stands; where its parent does if it has no place of its own."""
    if isinstance(part, ast.expr | ast.stmt | ast.excepthandler | ast.arg | ast.keyword | ast.alias | ast.pattern):
        line = getattr(part, "lineno", None)
        if line is not None:
            return Span(line, part.col_offset, part.end_lineno or line, part.end_col_offset or 0)
    return parent

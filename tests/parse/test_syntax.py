"""Every statement and expression of Python goes through all stages: tree, lowering, graph, hash, arrays."""

from __future__ import annotations

import ast
import sys
import textwrap

import pytest

from codesim.embed import graph_arrays
from codesim.graph import NodeKind, build_pdg, canonical_hash
from codesim.parse import Kind, Node, lower, parse_function
from codesim.parse.ast_expressions import constant_label
from codesim.source import cut_fragments

BINARY = ("+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "|", "^", "&")
SOURCES = {
    "assignments": "x = y = 1\n(a, [b, *c]) = x\nx.y = x[0] = x\nx: int = 1\ny: str\nx.z: int = 2",
    "augmented": "\n".join(f"x {op}= y" for op in BINARY) + "\nx.y += 1\nx[0] -= 1",
    "operators": "\n".join(f"x {op} y" for op in (*BINARY, "and", "or")) + "\nnot x; ~x; -x; +x",
    "comparisons": "x < y <= z != x == y > z >= x\nx is y\nx is not y\nx in y\nx not in y",
    "literals": "1; 1.5; 1j; 'a'; b'a'; True; None; ...; (); []; {}; {1}; (1,); [1, *x]; {1: 2, **x}; {*x}",
    "huge number": "x = 0x" + "f" * 5000,
    "lone surrogate": "x = '\\ud800' + x.y",
    "subscripts": "x[0]; x[1:2]; x[::3]; x[:, 1]; x[...]; x[1:2, ::3]; x[*y]",
    "calls": "f(); f(1, *x, y=2, **z); f(x)(y)(z); f(a for a in x)",
    "f-strings": "f''; f'{x}'; f'{x!r:>{y}}'; f'{x:%Y}{{}}'; f'{x=}'; 'a' f'{x}' 'b'",
    "lambda": "lambda: 0; lambda a, /, b=1, *c, d, e=2, **g: (a, b, c, d, e, g)",
    "comprehensions": "[a for a in x if a if y for b in a]; {a for a in x}; {a: b for a, b in x}; (a for a in x)",
    "walrus": "print(a := 1, a)\nif (b := a) and (c := b): print(c)",
    "conditional": "x if y else z",
    "if": "if x:\n pass\nelif y:\n pass\nelse:\n pass",
    "for": "for a, b in x:\n continue\nelse:\n pass",
    "while": "while x:\n break\nelse:\n pass",
    "try": "try:\n x\nexcept:\n raise\nelse:\n y\nfinally:\n z",
    "handlers": "try:\n x\nexcept (A, B) as e:\n raise C from e\nexcept D:\n raise C(e)",
    "except star": "try:\n x\nexcept* A as e:\n y\nexcept* B:\n z",
    "try finally": "try:\n return x\nfinally:\n return y",
    "with": "with (x, y as z, y as (a, b)):\n pass\nwith x as y.z, y as x[0]:\n pass",
    "match": (
        "match x, y:\n case 1 | -1 | 'a' | 1+2j | None | a.b:\n  pass\n case [a, *_, b] | (a, b):\n  pass\n"
        " case {'k': v, **rest}:\n  pass\n case C(a, b=c):\n  pass\n"
        " case [*a] as whole if whole:\n  pass\n case _:\n  pass"
    ),
    "functions": "@x\n@y(z)\ndef g(a: int, b=x, *c: str, d, **e) -> int:\n return a\nasync def h():\n pass",
    "classes": "@x\nclass C(A, B, metaclass=M):\n 'doc'\n a = 1\n def m(self):\n  return super().m()",
    "imports": "import a, b.c, d as e\nfrom . import f\nfrom ..g import h as i, j",
    "scopes": "def g():\n nonlocal x\n global y\n x = y = 1",
    "assert": "assert x\nassert x, y",
    "delete": "del x\ndel x.y, x[0], (a, b)",
    "returns": "if x:\n return\nif y:\n return None\nreturn x",
    "raises": "if x:\n raise\nraise x",
    "generators": "yield\nx = yield y\nyield from z\nreturn (yield)",
    "docstring only": "'nothing else'",
    "deep suites": "if x:\n if y:\n  for z in x:\n   while y:\n    with z:\n     try:\n      x\n     finally:\n      y",
}
ASYNC = {
    "await": "await x\nasync with x as y:\n pass\nasync for z in x:\n pass\nelse:\n pass",
    "async comprehensions": "[a async for a in x]; {await a for a in x}; [a async for a in x if await a]",
    "async generator": "yield x\nawait y",
}
LATER = {
    (3, 12): {
        "type alias": "type X = int\ntype Y[T] = list[T]",
        "type parameters": "def g[T: int, *Ts, **P](a: T) -> T:\n return a\nclass C[T]:\n pass",
        "f-string quotes": "f'{x['a']}{f'{y}'}'",
    },
    (3, 13): {"type parameter defaults": "def g[T = int](a: T) -> T:\n return a"},
    (3, 14): {"template strings": "t'{x} {y!r:>3}'", "except without brackets": "try:\n x\nexcept A, B:\n y"},
}


def through_all_stages(source: str) -> Node:
    module = ast.parse(source)
    for cut in cut_fragments("a.py", module):
        tree = parse_function(cut.node)
        lowered = lower(tree)
        assert lower(tree) == lowered
        for one in (tree, lowered):
            assert one.kind is Kind.FUNCTION
            pdg = build_pdg(one, cut.fragment.qualname)
            assert pdg.kinds[0] is NodeKind.ENTRY
            assert len(canonical_hash(pdg)) == 16
            arrays = graph_arrays(pdg)
            assert len(arrays.kind) == len(pdg.kinds)
            assert arrays.edge_index.max(initial=0) < len(pdg.kinds)
    first = module.body[0]
    assert isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef)
    return parse_function(first)


def function_of(body: str, head: str = "def f(x, y, z):") -> str:
    return head + "\n" + textwrap.indent(body, "    ") + "\n"


@pytest.mark.parametrize("body", SOURCES.values(), ids=SOURCES.keys())
def test_all_syntax(body: str) -> None:
    through_all_stages(function_of(body))


@pytest.mark.parametrize("body", ASYNC.values(), ids=ASYNC.keys())
def test_all_async_syntax(body: str) -> None:
    through_all_stages(function_of(body, "async def f(x, y, z):"))


@pytest.mark.parametrize(
    ("version", "body"),
    [pytest.param(version, body, id=name) for version, bodies in LATER.items() for name, body in bodies.items()],
)
def test_syntax_of_later_versions(version: tuple[int, int], body: str) -> None:
    if sys.version_info < version:
        pytest.skip(f"needs Python {version[0]}.{version[1]}")
    through_all_stages(function_of(body))


def test_every_kind_of_syntax_is_among_the_sources() -> None:
    sources = [
        *map(function_of, SOURCES.values()),
        *[function_of(body, "async def f(x, y, z):") for body in ASYNC.values()],
    ]
    seen = {type(node) for source in sources for node in ast.walk(ast.parse(source))}
    wanted = {
        kind
        for base in (ast.stmt, ast.expr, ast.pattern, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
        for kind in base.__subclasses__()
        if kind.__module__ in ("ast", "_ast")
    }
    deprecated = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis", "Index", "ExtSlice", "Suite"}
    later = {"TypeAlias", "TemplateStr", "Interpolation"}
    assert {kind.__name__ for kind in wanted - seen} <= deprecated | later


def test_every_kind_of_node_is_made() -> None:
    sources = [
        *map(function_of, SOURCES.values()),
        *[function_of(body, "async def f(x, y, z):") for body in ASYNC.values()],
    ]
    seen = {node.kind for source in sources for node in through_all_stages(source).walk()}
    assert seen == set(Kind)


def test_unknown_syntax_is_kept_as_an_operator() -> None:
    class Novelty(ast.expr):
        _fields = ("value",)

    function = ast.parse("def f(x):\n return x\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    statement = function.body[0]
    assert isinstance(statement, ast.Return)
    assert statement.value is not None
    statement.value = ast.copy_location(Novelty(value=statement.value), statement.value)
    found = [node for node in parse_function(function).walk() if node.kind is Kind.OPERATOR]
    assert [node.label for node in found] == ["Novelty"]
    assert [child.label for child in found[0].children] == ["x"]


LABELS = {
    "int": (1, "1"),
    "text": ("a", "'a'"),
    "None": (None, "None"),
    "float": (1.0, "1.0"),
    "bool": (True, "True"),
    "bytes": (b"a", "b'a'"),
    "huge": (1 << 20000, hex(1 << 20000)),
}


@pytest.mark.parametrize(("value", "label"), LABELS.values(), ids=LABELS.keys())
def test_labels_of_constants(value: object, label: str) -> None:
    assert constant_label(value) == label


def test_spans_are_those_of_the_source() -> None:
    source = "def f(x):\n    é = x + 1\n    return é\n"
    tree = through_all_stages(source)
    lines = source.encode().splitlines()
    for node in tree.walk():
        if node.kind in (Kind.NAME, Kind.STORE, Kind.CONSTANT):
            span = node.span
            assert lines[span.start_line - 1][span.start_column : span.end_column].decode() == node.label

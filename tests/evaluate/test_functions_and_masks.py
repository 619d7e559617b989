"""Texts become functions; a masked function keeps everything but names."""

from __future__ import annotations

import ast

import pytest

from codesim.errors import SourceError
from codesim.evaluate import Mask, mask_locals, mask_own_name, read_function

RECURSIVE = '''def walk(tree, depth=0):
    """Let walk go down."""  # walk
    print(f"{walk.__name__} {tree.walk(depth)!r}")
    for child in tree:
        walk(child, depth + 1)
        tree.walk(walk=walk)
'''


def test_own_name_is_replaced_where_it_is_a_name() -> None:
    masked = mask_own_name(RECURSIVE, "walk")
    assert masked.startswith("def f(tree, depth=0):\n")
    assert '"""Let walk go down."""  # walk' in masked, "comments and strings stay"
    assert "        f(child, depth + 1)\n" in masked
    assert "tree.walk(f=f)" in masked, "an attribute of something else is another name"
    assert "walk.__name__" not in masked, "names in formatted strings count"
    assert len(ast.parse(masked).body) == 1


def test_a_method_calls_itself_through_self() -> None:
    assert mask_own_name("def go(self):\n    return self.go() + self.left.go()\n", "go") == (
        "def f(self):\n    return self.f() + self.left.go()\n"
    )


def test_the_mask_is_no_name_that_the_text_uses() -> None:
    assert mask_own_name("def load(path):\n    f = open(path)\n    return load(f)\n", "load") == (
        "def f_(path):\n    f = open(path)\n    return f_(f)\n"
    )


def test_locals_are_numbered_and_the_rest_stays() -> None:
    source = (
        "def total(rows, *, limit=1):\n    import math\n    def inner(x): return x.total\n"
        "    try:\n        rest = [math.floor(row, ndigits=limit) for row in rows if inner(row)]\n"
        "    except ValueError as problem:\n        raise KeyError(limit) from problem\n    return total(rest)\n"
    )
    masked = mask_locals(read_function(source).node)
    names = {node.id for node in ast.walk(ast.parse(masked)) if isinstance(node, ast.Name)}
    assert {name for name in names if not name.startswith("v")} == {"f", "math", "ValueError", "KeyError"}
    for kept in ("math.floor", "ndigits=", ".total", "import math"):
        assert kept in masked
    for gone in ("rows", "limit", "inner", "rest", "problem"):
        assert gone not in masked


def test_locals_in_match_and_global_statements() -> None:
    source = (
        "def pick(value):\n    global count\n    count = 1\n    match value:\n"
        "        case [first, *others]: return first, others\n        case {'k': 1, **tail}: return tail\n"
    )
    masked = mask_locals(read_function(source).node)
    assert not {"first", "others", "tail", "count", "value"} & set(masked.replace("*", " ").split())
    compile(masked, "masked", "exec")


@pytest.mark.parametrize("mask", list(Mask))
def test_masking_leaves_the_graph_but_for_names(mask: Mask) -> None:
    graph = read_function(RECURSIVE, mask).graph
    plain = read_function(RECURSIVE).graph
    assert graph.kinds == plain.kinds
    assert [edge[:2] for edge in graph.edges] == [edge[:2] for edge in plain.edges]


def test_the_first_function_counts_methods_included() -> None:
    text = (
        "import x\n\nclass A:\n    @property\n    def one(self):\n        return '''\nfar left'''\n\ndef two(): pass\n"
    )
    function = read_function(text)
    assert function.node.name == "one"
    assert function.text == "@property\ndef one(self):\n    return '''\nfar left'''\n"


def test_an_indented_function_is_moved_to_the_left() -> None:
    text = "\r\n# a method\n    def one(self):\r\n        return '''\r\nfar left'''\r\n"
    assert read_function(text).text == "def one(self):\n    return '''\nfar left'''\n"


@pytest.mark.parametrize("text", ["x = 1", "def f(:", "", "\0", "\ud800", "(" * 10_000, "    def f(:"])
def test_what_holds_no_function_is_refused(text: str) -> None:
    with pytest.raises(SourceError):
        read_function(text)

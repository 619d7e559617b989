"""Cutting: names, spans, parents and suppression; and finding a fragment again."""

from __future__ import annotations

import ast
import sys
import textwrap
from pathlib import Path

import pytest

from codesim.errors import SourceError
from codesim.source import (
    CutFragment,
    FragmentName,
    cut_fragments,
    find_fragment,
    parse_fragment,
    parse_fragment_name,
    read_suppressions,
)


def cut(text: str) -> list[CutFragment]:
    text = textwrap.dedent(text)
    found = read_suppressions(text)
    return cut_fragments("a.py", ast.parse(text), found)


def names(text: str) -> list[str]:
    return [one.fragment.qualname for one in cut(text)]


def test_functions_methods_nested_and_async_in_source_order() -> None:
    text = """
    def outer():
        def inner():
            class Local:
                async def deep(self): ...
        def second(): ...
    class A:
        def m(self):
            def helper(): ...
        class B:
            def m(self): ...
    async def last(): ...
    """
    assert [(one.fragment.qualname, one.parent) for one in cut(text)] == [
        ("outer", None),
        ("outer.inner", None),
        ("outer.inner.Local.deep", "outer.inner.Local"),
        ("outer.second", None),
        ("A.m", "A"),
        ("A.m.helper", None),
        ("A.B.m", "A.B"),
        ("last", None),
    ]


def test_what_stands_around() -> None:
    text = """
    def outer():
        class Local(base.One, Generic[T], made(), metaclass=Meta):
            def m(self):
                def inner(): ...
    class A[*Ts]: ...
    class B(list[int]):
        if x:
            def m(self): ...
        class C:
            def m(self): ...
    """
    if sys.version_info < (3, 12):
        text = text.replace("A[*Ts]", "A")
    found = {one.fragment.qualname: (one.bases, one.around and one.around.fragment.qualname) for one in cut(text)}
    assert found == {
        "outer": ((), None),
        "outer.Local.m": (("base.One", "Generic"), "outer"),
        "outer.Local.m.inner": ((), "outer.Local.m"),
        "B.m": (("list",), None),
        "B.C.m": ((), None),
    }


def test_functions_inside_every_compound_statement() -> None:
    text = """
    if a:
        def f1(): ...
    elif b:
        def f2(): ...
    else:
        def f3(): ...
    try:
        def f4(): ...
    except E:
        def f5(): ...
    else:
        def f6(): ...
    finally:
        def f7(): ...
    for x in y:
        def f8(): ...
    else:
        def f9(): ...
    while x:
        def g1(): ...
    with x:
        def g2(): ...
    match x:
        case 1:
            def g3(): ...
        case _:
            def g4(): ...
    """
    assert names(text) == ["f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "g1", "g2", "g3", "g4"]


def test_a_method_below_an_if_has_its_class_as_parent() -> None:
    assert [(one.fragment.qualname, one.parent) for one in cut("class A:\n  if x:\n    def m(self): ...\n")] == [
        ("A.m", "A")
    ]


def test_later_definitions_of_a_name_are_numbered() -> None:
    text = """
    class A:
        @property
        def x(self): ...
        @x.setter
        def x(self, value):
            def check(): ...
        @x.deleter
        def x(self): ...
    class A:
        def x(self): ...
    """
    assert names(text) == ["A.x", "A.x#2", "A.x#2.check", "A.x#3", "A.x#4"]


def test_span_includes_decorators_and_counts_bytes() -> None:
    text = 'class A:\n    @first\n    @second(1,\n        2)\n    def f(self): return "é"\n'
    (one,) = cut(text)
    assert one.fragment.span == (2, 4, 5, len('    def f(self): return "é"'.encode()))


def test_nesting_beyond_the_recursion_limit() -> None:
    depth = sys.getrecursionlimit() * 2
    module = ast.parse("def f():\n    pass\n")
    for _ in range(depth):
        outer = ast.parse("def f():\n    pass\n")
        function = outer.body[0]
        assert isinstance(function, ast.FunctionDef)
        function.body = module.body
        module = outer
    assert len(cut_fragments("a.py", module)) == depth + 1


@pytest.mark.parametrize(
    ("text", "suppressed"),
    [
        ("# codesim: ignore[clone]\ndef f():\n    pass\ndef g():\n    pass\n", ["f"]),
        ("# codesim: ignore[clone]\n@deco\ndef f():\n    pass\n", ["f"]),
        ("@deco\n# codesim: ignore[clone]\ndef f():\n    pass\n", ["f"]),
        ("def f(a,\n      b):  # codesim: ignore[clone]\n    pass\n", ["f"]),
        ("def f(): pass  # codesim: ignore[clone]\n", ["f"]),
        ("def f():\n    x = 1  # codesim: ignore[clone]\n", []),
        ("def f():\n    # codesim: ignore[clone]\n    @deco\n    def g():\n        pass\n", ["f.g"]),
        ("class A:  # codesim: ignore[clone]\n    def f(self):\n        pass\n", []),
        ("# codesim: ignore-file[clone]\ndef f():\n    pass\ndef g():\n    pass\n", ["f", "g"]),
    ],
)
def test_suppression(text: str, suppressed: list[str]) -> None:
    assert [one.fragment.qualname for one in cut(text) if one.suppressed] == suppressed


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a.py::f", FragmentName("a.py", "f", None)),
        ("d/a.py::A.m#2", FragmentName("d/a.py", "A.m#2", None)),
        ("a.py::A::m", FragmentName("a.py", "A.m", None)),
        ("a.py:12", FragmentName("a.py", None, 12)),
        ("C:/x/a.py:12", FragmentName("C:/x/a.py", None, 12)),
        ("C:/x/a.py::f", FragmentName("C:/x/a.py", "f", None)),
    ],
)
def test_parse_fragment_name(text: str, name: FragmentName) -> None:
    assert parse_fragment_name(text) == name


@pytest.mark.parametrize("text", ["a.py", "a.py:", "a.py::", "::f", ":12", "a.py:x", "a.py:²", "C:/x/a.py", ""])
def test_a_name_without_a_function_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match=r"path\.py::qualname or path\.py:LINE"):
        parse_fragment_name(text)


SAMPLE = """\
class Loader:
    @cached
    def load(self):
        def read():
            return 1
        return read()

    def save(self): ...
"""


@pytest.mark.parametrize(
    ("name", "qualname"),
    [
        ("a.py::Loader.load", "Loader.load"),
        ("a.py:2", "Loader.load"),
        ("a.py:5", "Loader.load.read"),
        ("a.py:6", "Loader.load"),
        ("a.py:8", "Loader.save"),
    ],
)
def test_find_fragment(name: str, qualname: str) -> None:
    assert find_fragment(parse_fragment_name(name), cut(SAMPLE)).fragment.qualname == qualname


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.py::Loader.laod", SAMPLE, "a.py: there is no function Loader.laod; did you mean Loader.load?"),
        ("a.py::save", SAMPLE, "a.py: there is no function save; did you mean Loader.save?"),
        ("a.py::zzz", SAMPLE, "a.py: there is no function zzz"),
        ("a.py::f", "x = 1\n", "a.py: there is no function f; the file has no functions"),
        ("a.py:1", SAMPLE, "a.py:1: no function stands on this line"),
    ],
)
def test_a_fragment_that_is_not_there(name: str, text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        find_fragment(parse_fragment_name(name), cut(text))
    assert str(caught.value) == message


ALONE = [
    "def f(x):\n    return x\n",
    "class A:\n    @property\n    def f(self):\n        text = '''\nleft\n'''\n        return text\n",
    "import a\nif a:\n\tasync def f(x):\n\t\tawait x  # é\n\n\tdef g(): return f\n",
    "class A:\n    def f(self): ...\n    @f.setter\n    def f(self, x):\n        é = (1,\n2); return é\n",
    "def f():\n    def f(): return 1\n    return f\n",
]
ONLY_IN_FILE = [
    "class A:\n    @(\n        a\n    )\n    def f(self):\n        return 1\n",  # the span begins inside
    "x = 1\n\f\ndef f(x):\n    return x\n",
    "x = 1\n\fdef f(x):\n    return x\n",
]


@pytest.mark.parametrize("text", [*ALONE, *ONLY_IN_FILE])
def test_a_fragment_is_parsed_again_as_it_stands_in_its_file(text: str) -> None:
    cuts = cut_fragments("a.py", ast.parse(text))
    assert cuts
    for one in cuts:
        again = parse_fragment(one.fragment, text.split("\n"))
        assert again is not None
        assert ast.dump(again, include_attributes=True) == ast.dump(one.node, include_attributes=True)


def test_fragments_of_the_standard_library_are_parsed_again_without_their_files() -> None:
    text = Path(textwrap.__file__).read_text(encoding="utf-8")
    lines = text.split("\n")
    for one in cut_fragments("a.py", ast.parse(text)):
        start, _, end, _ = one.fragment.span
        rest = ["(" if not start <= k <= end else line for k, line in enumerate(lines, 1)]  # no file that parses
        again = parse_fragment(one.fragment, rest)
        assert again is not None
        assert ast.dump(again, include_attributes=True) == ast.dump(one.node, include_attributes=True)


@pytest.mark.parametrize(
    "now",
    ["", "\n", "x = 1\n\n", "def g(x):\n    return x\n", "def f(x):\n    return (\n", "def f(x):\n    return x + 1\n"],
)
def test_a_fragment_of_a_changed_file_is_not_there(now: str) -> None:
    (one,) = cut_fragments("a.py", ast.parse("def f(x):\n    return x\n"))
    assert parse_fragment(one.fragment, now.split("\n")) is None

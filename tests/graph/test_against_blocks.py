"""Control flow against compiled code: which statements can run, and which of them after which.

Both sides are compared statement by statement, transitively. Each difference has one of the causes below; the small
form takes some modules, the full one (`pytest -m slow`) the standard library.
"""

from __future__ import annotations

import ast
import textwrap
from collections import Counter

import pytest
from graph.blocks import Order, OurFlow, Part, compiled_order, decided, end_of, numbers, parts_of, start_of
from graph.library import LIBRARY, code_of, library_files, library_path, parsed
from graph.oracle import functions_of

MODULES = ("argparse", "asyncio.base_events", "configparser", "difflib", "inspect", "json.decoder", "shutil",
           "subprocess", "tarfile", "tempfile", "tokenize")  # fmt: skip
DECIDED = "the compiler decides a test itself (`while 1`, `if __debug__`)"
SURE = "what cannot fail (`break`, `pass`, `return 1`) has no exception in the compiled code"
NO_CODE = "the compiler leaves out what does nothing (`pass`, a docstring), or what only jumps"
FINALLY = "a `finally` is one suite in our graph and one copy for each way out in the compiled code"
LAST_LINE = "what ends a `with` or the handlers of an `except*` stands on their first line in the compiled code"
LAST = ast.With | ast.AsyncWith | ast.TryStar
CAUSES = (DECIDED, SURE, NO_CODE, FINALLY, LAST_LINE)


class Comparison:
    """The two orders of one function, and what explains their differences."""

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef, theirs: Order, parts: list[Part]) -> None:
        self.parts = parts
        self.flow = OurFlow(function, parts)
        self.theirs = theirs
        self.plain = self.flow.order()
        self.folded = self.flow.order(folded=True)
        self.ours = self.flow.order(folded=True, sure=True)
        self.cut: dict[frozenset[int], Order] = {}

    def differences(self) -> list[tuple[str | None, str]]:
        """Each difference with its cause, None where there is none, and its words."""
        out = [
            (
                self._why_it_runs(one),
                f"{self._words(one)} runs, only {'compiled' if self.theirs.runs >> one & 1 else 'ours'}",
            )
            for one in numbers(self.plain.runs ^ self.theirs.runs)
        ]
        both = self.plain.runs & self.theirs.runs
        for one in numbers(both):
            rest = both & ~(1 << one)
            for other in numbers((self.plain.after[one] ^ self.theirs.after[one]) & rest):
                only = "compiled" if self.theirs.after[one] >> other & 1 else "ours"
                words = f"{self._words(one)} before {self._words(other)}, only {only}"
                out.append((self._why_after(one, other), words))
        return out

    def _words(self, number: int) -> str:
        return f"{type(self.parts[number]).__name__} {start_of(self.parts[number])}"

    def _why_it_runs(self, one: int) -> str | None:
        theirs = bool(self.theirs.runs >> one & 1)
        if bool(self.folded.runs >> one & 1) == theirs:
            return DECIDED
        if bool(self.ours.runs >> one & 1) == theirs:
            return SURE
        if theirs:
            return None
        if decided(self.parts[one]) is not None:
            return DECIDED
        return NO_CODE if self._has_no_code(self.parts[one]) else None

    def _why_after(self, one: int, other: int) -> str | None:
        theirs = bool(self.theirs.after[one] >> other & 1)
        for order, cause in ((self.folded, DECIDED), (self.ours, SURE)):
            if bool(order.after[one] >> other & 1) == theirs:
                return cause
        inside = [number for number, part in enumerate(self.parts) if part in list(ast.walk(self.parts[other]))]
        if theirs:
            return LAST_LINE if isinstance(self.parts[other], LAST) and one in inside else None
        finals = self._finals_on_the_way(one, other)
        if finals not in self.cut:
            self.cut[finals] = self.flow.order(folded=True, sure=True, without=finals)
        return FINALLY if not self.cut[finals].after[one] >> other & 1 else None

    def _finals_on_the_way(self, one: int, other: int) -> frozenset[int]:
        """The parts in the `finally` suites of the tries around a part, without those that hold the other part."""
        out: set[int] = set()
        for part in self.parts:
            if isinstance(part, ast.Try | ast.TryStar) and start_of(part) <= start_of(self.parts[one]) < end_of(part):
                final = {id(node) for statement in part.finalbody for node in ast.walk(statement)}
                if id(self.parts[other]) not in final:
                    out.update(number for number, inner in enumerate(self.parts) if id(inner) in final)
        return frozenset(out)

    @staticmethod
    def _has_no_code(part: Part) -> bool:
        if isinstance(part, ast.Expr):
            return isinstance(part.value, ast.Constant)
        if isinstance(part, ast.AnnAssign):
            return part.value is None
        if isinstance(part, ast.Delete):
            return all(isinstance(target, ast.Tuple | ast.List) and not target.elts for target in part.targets)
        only_jumps = ast.Break | ast.Continue | ast.Try | ast.TryStar
        return isinstance(part, ast.Pass | ast.Global | ast.Nonlocal | only_jumps)


def compare(tree: ast.Module, name: str, counts: Counter[str]) -> list[str]:
    """Compare the functions of a module; count differences by cause, and return those without one."""
    nodes = {
        (node.name, min([node.lineno, *[one.lineno for one in node.decorator_list]])): node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    unexplained: list[str] = []
    module = code_of(tree)
    for code in functions_of(module) if module else ():
        function = nodes.get((code.co_name, code.co_firstlineno))
        if function is None:
            continue  # the value of a `type` alias, since 3.12
        parts = parts_of(function)
        comparison = Comparison(function, compiled_order(code, parts), parts)
        counts["functions"] += 1
        counts["pairs"] += sum(one.bit_count() for one in comparison.theirs.after)
        for cause, words in comparison.differences():
            counts[cause or "unexplained"] += 1
            if cause is None:
                unexplained.append(f"{name} {function.name}: {words}")
    return unexplained


def test_modules_of_the_standard_library() -> None:
    counts: Counter[str] = Counter()
    unexplained = []
    for module in MODULES:
        tree = parsed(library_path(module))
        assert tree is not None
        unexplained += compare(tree, module, counts)
    assert unexplained == []
    assert counts["functions"] > 700
    assert counts["pairs"] > 80_000
    assert sum(counts[cause] for cause in CAUSES) < counts["pairs"] / 50


@pytest.mark.slow
def test_the_standard_library() -> None:
    counts: Counter[str] = Counter()
    unexplained = []
    for path in library_files():
        tree = parsed(path)
        assert tree is not None
        unexplained += compare(tree, str(path.relative_to(LIBRARY)), counts)
    assert unexplained == []
    assert counts["functions"] > 30_000
    assert sum(counts[cause] for cause in CAUSES) < counts["pairs"] / 50


HARD = {
    "an endless loop": ("def f(a):\n while 1:\n  if a:\n   break\n  a()\n else:\n  b()\n return a", {DECIDED}),
    "an endless loop without a way out": ("def f(a):\n while True:\n  a()\n return a", {DECIDED}),
    "a test that is false": ("def f(a):\n if 0 and a:\n  a()\n elif not __debug__:\n  b()\n return a", {DECIDED}),
    "assert False": ("def f(a):\n if a:\n  assert False, a\n  a()\n return a", {DECIDED}),
    "after a return": ("def f(a):\n return a\n a()", set()),
    "both branches return": ("def f(a):\n if a:\n  return 1\n else:\n  raise a\n a()", set()),
    "break in try": ("def f(a):\n while a:\n  try:\n   break\n  except E:\n   a()\n return a", {SURE}),
    "return through finally": ("def f(a):\n try:\n  if a:\n   return a\n finally:\n  b()\n return c()", {FINALLY}),
    "continue through finally": ("def f(a):\n for x in a:\n  try:\n   continue\n  finally:\n   b()\n c()", set()),
    "with": ("def f(a):\n with a as b:\n  b()\n  raise b\n return a", {LAST_LINE}),
    "handlers": (
        "def f(a):\n try:\n  a()\n except E:\n  return b()\n except F as e:\n  c(e)\n else:\n  d()\n return a",
        set(),
    ),
    "loop else": ("def f(a):\n for x in a:\n  if x:\n   break\n else:\n  b()\n return a", set()),
    "match": (
        "def f(a):\n match a:\n  case 1:\n   b()\n  case [x] if x:\n   return x\n  case _:\n   c()\n return a",
        set(),
    ),
    "pass": ("def f(a):\n 'doc'\n if a:\n  pass\n return a", {NO_CODE}),
    "a nested definition": ("def f(a):\n def g():\n  while True:\n   a()\n class C:\n  b = 1\n return g, C", set()),
    "a generator": ("def f(a):\n while True:\n  x = yield a\n  if x:\n   return\n  a()", {DECIDED}),
}  # fmt: skip


@pytest.mark.parametrize(("source", "causes"), HARD.values(), ids=HARD.keys())
def test_hard_cases(source: str, causes: set[str]) -> None:
    counts: Counter[str] = Counter()
    assert compare(ast.parse(textwrap.dedent(source)), "case", counts) == []
    assert {cause for cause in CAUSES if counts[cause]} <= causes


WRONG = {
    "a lost way": ("def f(a):\n if a:\n  b()\n c()", "def f(a):\n if a:\n  return\n c()"),
    "a way too many": ("def f(a):\n while a:\n  b()\n c()", "def f(a):\n if a:\n  b()\n c()"),
    "a lost handler": ("def f(a):\n try:\n  b()\n except E:\n  c()", "def f(a):\n try:\n  pass\n finally:\n  c()"),
}  # fmt: skip


@pytest.mark.parametrize(("ours", "compiled"), WRONG.values(), ids=WRONG.keys())
def test_wrong_flow_is_not_explained(ours: str, compiled: str) -> None:
    """Our graph of one function against the compiled code of another, whose statements stand at the same places."""
    tree, other = ast.parse(ours), ast.parse(compiled)
    function, code = tree.body[0], code_of(other)
    assert isinstance(function, ast.FunctionDef)
    assert code is not None
    parts = parts_of(function)
    comparison = Comparison(function, compiled_order(functions_of(code)[0], parts), parts)
    assert None in {cause for cause, _ in comparison.differences()}

"""Data edges against beniget's def-use chains: each difference has a cause, listed with its count in docs/beniget.md.

The small form compares some modules, the full one (`pytest -m slow`) the standard library, and checks the table; run it
with UPDATE_GOLDEN=1 to rewrite the table. CPython's bytecode is the third party: it says whose side is right.
"""

from __future__ import annotations

import ast
import os
import platform
import sys
import textwrap
from collections import Counter
from pathlib import Path

import pytest
from cases import ROOT

pytest.importorskip("beniget", reason="beniget is not installed")
if sys.version_info[:2] != (3, 11):
    pytest.skip("where names stand is read from the bytecode of Python 3.11", allow_module_level=True)

from graph.causes import CAUSES, Cause, Difference, Explainer
from graph.chains import Function, functions_in
from graph.library import LIBRARY, library_files, library_path, parsed

PAGE = ROOT / "docs" / "beniget.md"
MODULES = ("ast", "bisect", "configparser", "difflib", "email.quoprimime", "functools", "json.decoder", "re._parser",
           "shutil", "statistics", "subprocess", "tokenize")  # fmt: skip
UNREADABLE = {"dataclasses.py": "`case None`"}
"""Files that beniget fails on, and what it fails on."""


class Findings:
    """What the comparison of some files brought."""

    def __init__(self) -> None:
        self.functions = self.agreed = 0
        self.counts: Counter[tuple[Cause, bool]] = Counter()
        self.examples: dict[Cause, tuple[int, str]] = {}
        self.unexplained: list[str] = []

    def add(self, tree: ast.Module, path: str) -> None:
        """Compare the functions of one file."""
        explainer = Explainer(tree)
        for function in functions_in(tree):
            self.functions += 1
            self.agreed += len(function.ours & function.beniget)
            for pair in sorted(function.ours ^ function.beniget):
                self._difference(Difference(function, pair), explainer, path)

    def _difference(self, one: Difference, explainer: Explainer, path: str) -> None:
        (write, _), (read, _), name = one.pair
        where = f"`{name}` of {path} `{one.function.node.name}`, {write} to {read}"
        cause = explainer.cause(one)
        if cause is None:
            self.unexplained.append(f"only {'ours' if one.only_ours else 'beniget'}: {where}")
            return
        self.counts[cause, one.in_bytecode] += 1
        size = len(list(ast.walk(one.function.node)))  # the smallest function is the best example
        self.examples[cause] = min(self.examples.get(cause, (size, where)), (size, where))


def test_modules_of_the_standard_library_differ_only_as_listed() -> None:
    found = Findings()
    for module in MODULES:
        tree = parsed(library_path(module))
        assert tree is not None
        found.add(tree, module)
    assert found.unexplained == []
    assert found.agreed > 10_000
    assert sum(found.counts.values()) > 50


@pytest.mark.parametrize("cause", [one for one in CAUSES if one.example], ids=[c.text for c in CAUSES if c.example])
def test_the_example_of_a_cause_shows_it(cause: Cause) -> None:
    found = Findings()
    found.add(ast.parse(textwrap.dedent(cause.example)), "example")
    assert found.unexplained == []
    assert cause in {one for one, _ in found.counts}


def test_a_lost_edge_is_not_explained() -> None:
    """The list of causes does not swallow what our graph lacks: drop each edge of a function in turn."""
    tree = ast.parse("def f(a):\n x = a\n while x:\n  y = x.b\n  x = a(x, y)\n  print(x, y)\n return x\n")
    function = functions_in(tree)[0]
    assert function.ours == function.beniget
    for pair in function.ours:
        lacking = Function(function.node, function.parents, function.ours - {pair}, function.beniget,
                           function.bytecode, function.at)  # fmt: skip
        assert Explainer(tree).cause(Difference(lacking, pair)) is None


HEAD = """\
# Data edges against beniget

beniget (BSD licence) computes def-use chains from Python's syntax tree. `tests/graph/test_against_beniget.py` compares
them with the data edges of our faithful graphs; CPython's bytecode is the third party that says whose side is right.
Every difference has one of the causes below, found by a test: a rewriting of the function that makes our graph agree, a
repair of beniget that makes it agree, or a fact about where write and read stand. What beniget and the bytecode have
and we lack would have no cause, and fail the test.

Standard library of Python {} without its own tests: {} functions, {} pairs that both have, {} that
one has, none without a cause. The full form of the test fails when this page is out of date, and writes it with
`UPDATE_GOLDEN=1 pytest -m slow tests/graph/test_against_beniget.py`.

| only | cause | who is right | pairs | in the bytecode | example: variable, function, lines of the write and the read |
|---|---|---|---|---|---|
"""


def table(found: Findings) -> str:
    """The page of differences."""
    one_sided = sum(found.counts.values())
    head = HEAD.format(platform.python_version(), f"{found.functions:,}", f"{found.agreed:,}", f"{one_sided:,}")
    lines = head.splitlines()
    for cause in CAUSES:
        inside, outside = found.counts[cause, True], found.counts[cause, False]
        if inside + outside:
            cells = [
                cause.only,
                cause.text,
                cause.why,
                f"{inside + outside:,}",
                f"{inside:,}",
                found.examples[cause][1],
            ]
            lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "Where beniget fails, and on what:", ""]
    lines += [f"- {path}: {reason}" for path, reason in UNREADABLE.items()]
    return "\n".join(lines) + "\n"


@pytest.mark.slow
def test_the_standard_library_differs_only_as_listed() -> None:
    found = Findings()
    failed: list[str] = []
    for path in library_files(with_tests=False):
        name = str(Path(path).relative_to(LIBRARY))
        tree = parsed(path)
        assert tree is not None
        try:
            found.add(tree, name)
        except AttributeError:
            failed.append(name)
    assert found.unexplained == []
    assert failed == list(UNREADABLE)
    page = table(found)
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(page, encoding="utf-8")
    elif platform.python_version() in PAGE.read_text(encoding="utf-8"):
        assert PAGE.read_text(encoding="utf-8") == page
    else:  # another library has other counts, but no other causes
        assert {cause.text for cause, _ in found.counts} <= set(PAGE.read_text(encoding="utf-8").split(" | "))

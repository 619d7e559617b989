"""Whole candidates: parameters, advice and sites of small classes, and every fixture case."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from cases import Case, case_subjects, load_cases, subject_of
from refactor.classes import candidate_of, members_of

from codesim.refactor import CandidateKind, build_candidate
from codesim.verify import DifferenceKind, score_pair

READ = '''
def read_{0}(path, log):
    """Read the {0}."""
    rows = []
    with open(path, encoding="{1}") as stream:
        for line in stream:
            cells = line.strip().split("{2}")
            if len(cells) > 3:
                rows.append({{"kind": "{0}", "cells": cells}})
    log.info("done")
    return rows
'''


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.name)
def test_every_fixture_case_gives_a_sound_candidate(case: Case) -> None:
    left, right = case_subjects(case)
    verdict = score_pair(left, right, 0.9)
    candidate = build_candidate([left, right], [verdict], "0" * 16, is_tests=False)
    assert candidate == build_candidate(list(case_subjects(case)), [verdict], "0" * 16, is_tests=False)
    assert 1 <= len(candidate.verdict.reasons) <= 5
    assert all(reason and "\n" not in reason for reason in candidate.verdict.reasons)
    assert (candidate.helper is not None) is candidate.verdict.extractable
    assert candidate.lines_saved >= 0
    assert candidate.advice.endswith(".")
    for found in candidate.differences:
        assert [site.path for site in found.where] == [member.path for member in candidate.members]
        for site, member in zip(found.where, candidate.members, strict=True):
            assert member.start_line <= site.line <= member.end_line
    if candidate.helper and candidate.helper.text:
        function = ast.parse(candidate.helper.text).body[0]
        assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        assert function.name == candidate.helper.name


@pytest.mark.parametrize("case", [c for c in load_cases() if "type1" in c.name], ids=lambda case: case.name)
def test_identical_copies_need_no_parameters(case: Case) -> None:
    members = case_subjects(case)
    candidate = build_candidate(members, [score_pair(*members, 1.0)], "0" * 16, is_tests=False)
    assert candidate.verdict.extractable
    assert candidate.verdict.reasons[0] == "the copies are identical"
    assert candidate.parameters == 0
    assert candidate.helper is not None
    assert candidate.helper.text.startswith(("def ", "async def ", "@"))


def test_literals_become_parameters_and_equal_ones_share_one() -> None:
    candidate = candidate_of(
        READ.format("users", "utf-8", ";"), READ.format("orders", "latin-1", ","), READ.format("items", "ascii", ",")
    )
    assert candidate.helper is not None
    assert candidate.helper.name == "_read"
    assert candidate.helper.new_parameters == ("encoding", "separator", "kind")
    assert candidate.helper.signature == "_read(path, log, encoding, separator, kind)"
    assert candidate.verdict.reasons[0] == "3 literals become parameters: `encoding`, `separator`, `kind`"
    assert candidate.advice == (
        "Extract `_read(path, log, encoding, separator, kind)` with 3 new parameters and call it from 3 functions."
    )
    assert [[site.text for site in d.where] for d in candidate.differences] == [
        ['"utf-8"', '"latin-1"', '"ascii"'],
        ['";"', '","', '","'],
        ['"users"', '"orders"', '"items"'],
    ]


def test_a_member_that_agrees_has_the_representatives_text_at_its_own_line() -> None:
    first, second = READ.format("users", "utf-8", ";"), READ.format("users", "ascii", ";")
    third = "\n\n" + READ.format("users", "utf-8", ",").replace("    rows = []", "    # rows\n    rows = []")
    candidate = candidate_of(first, second, third)
    encoding, separator = candidate.differences
    assert [site.text for site in encoding.where] == ['"utf-8"', '"ascii"', '"utf-8"']
    assert [site.line for site in encoding.where] == [5, 5, 8]
    assert [site.text for site in separator.where] == ['";"', '";"', '","']


def test_an_extra_statement_is_one_sided_and_placed() -> None:
    extra = READ.format("users", "utf-8", ";").replace("    return rows", "    audit(rows)\n    return rows")
    candidate = candidate_of(READ.format("users", "utf-8", ";"), extra)
    (found,) = candidate.differences
    assert found.kind is DifferenceKind.STATEMENT
    assert [(site.line, site.text) for site in found.where] == [(11, ""), (11, "audit(rows)")]


def test_two_holes_with_equal_texts_are_one_parameter() -> None:
    text = "def f(a, log):\n    x = a.get({0})\n    log.info(x)\n    y = a.find({0}, x)\n    return x, y, log\n"
    candidate = candidate_of(text.format("'k'"), text.format("'m'"))
    assert candidate.helper is not None
    assert candidate.helper.new_parameters == ("key",)
    assert len(candidate.differences) == 2


def test_the_parts_of_the_score_are_the_lowest() -> None:
    members = members_of(READ.format("a", "b", "c"), READ.format("a", "b", "c"), READ.format("x", "y", "z"))
    verdicts = [score_pair(members[0], members[1], 1.0), score_pair(members[0], members[2], 0.8)]
    candidate = build_candidate(members, verdicts, "abcdef0123456789", is_tests=True)
    assert candidate.similarity == 0.8
    assert candidate.score == min(verdict.score for verdict in verdicts)
    assert candidate.clone_type == max(verdict.clone_type for verdict in verdicts) == 2
    assert candidate.kind is CandidateKind.TESTS
    assert candidate.id == "abcdef0123456789"


def test_a_class_needs_a_verdict_for_each_pair() -> None:
    subject = subject_of(READ.format("a", "b", "c"))
    with pytest.raises(ValueError, match="at least two members"):
        build_candidate([subject], [], "0" * 16, is_tests=False)


@pytest.mark.parametrize(
    ("names", "paths", "advice"),
    [
        (("read_a", "read_a"), ("a.py", "b.py"), "Keep `a.py::read_a` and import it in the other place."),
        (("read_a",) * 3, ("a.py", "b.py", "c.py"), "Keep `a.py::read_a` and import it in the other 2 places."),
        (("read_a", "read_a"), ("a.py", "a.py"), "Keep `a.py::read_a` and use it in the other place."),
    ],
)
def test_advice_for_identical_functions(names: tuple[str, ...], paths: tuple[str, ...], advice: str) -> None:
    texts = ["\n" * 30 * i + READ.format(name[5:], "utf-8", ";") for i, name in enumerate(names)]
    assert candidate_of(*texts, paths=paths).advice == advice


WALK = """
def {outer}(graph, {around}):
    def {inner}(path):
        seen = []
        for node in path:
            if node.depth < limit:
                seen.append({value})
        return seen
    return {inner}
"""


@pytest.mark.parametrize(
    ("around", "paths", "advice"),
    [
        ("", ("a.py", "b.py"), "Move `a.py::f.walk` to the top of its module and import it in the other place."),
        ("", ("a.py", "a.py"), "Move `a.py::f.walk` to the top of its module and use it in the other place."),
        ("both", ("a.py", "a.py"), "Move `a.py::both.f.walk` into `both` and use it in the other place."),
    ],
)
def test_advice_for_identical_functions_inside_others(around: str, paths: tuple[str, ...], advice: str) -> None:
    texts = [WALK.format(outer=outer, inner="walk", value="node", around="graphs") for outer in "fg"]
    if paths[0] == paths[1]:
        texts = ["".join(texts)] * 2
    names = ["f.walk", "g.walk"]
    if around:
        texts = [f"def {around}(limit):" + text.replace("\n", "\n    ") for text in texts]
        names = [f"{around}.{name}" for name in names]
    assert candidate_of(*texts, paths=paths, qualnames=names).advice == advice


def test_one_that_all_can_see_is_kept() -> None:
    text = WALK.format(outer="f", inner="walk", value="node", around="graphs")
    inner = text.partition("\n    ")[2].rpartition("    return")[0].replace("\n    ", "\n")
    candidate = candidate_of(text, inner, qualnames=("f.walk", "walk"))
    assert candidate.advice == "Keep `b.py::walk` and import it in the other place."


def test_a_helper_stands_where_it_sees_what_the_copies_take() -> None:
    inner = WALK.format(outer="f", inner="walk", value="node.name.lower(1)", around="graphs").partition("\n    ")[2]
    inner = inner.rpartition("    return")[0]
    text = f"def both(limit):\n    {inner}    {inner.replace('walk', 'step').replace('lower(1)', 'lower(2)')}"
    candidate = candidate_of(text, text, paths=("a.py", "a.py"), qualnames=("both.walk", "both.step"))
    assert "with 1 new parameter inside `both` and call it from 2 functions." in candidate.advice


def test_advice_for_identical_methods() -> None:
    body = (
        "    def load(self, x):\n        y = self.parse(x)\n        if y:\n            self.put(y)\n        return y\n"
    )
    other = "class A(base.Base):\n" + body, "class B(Other, Base):\n" + body
    candidate = candidate_of(*other, qualnames=("A.load", "B.load"))
    assert candidate.advice == "Move the method to a common base class."
    assert "methods of different classes: they use `self.parse`, `self.put`" in candidate.verdict.reasons


def test_pytest_tests_become_one_parametrized_test() -> None:
    text = (
        "def test_parse_{0}(tmp_path):\n"
        "    log = []\n"
        "    tree = parse({1!r}, tmp_path, log)\n"
        "    assert tree.size == {2}\n"
        "    assert log == []\n"
    )
    texts = [text.format("a", "1+1", 3), "\n" * 9 + text.format("b", "2", 1), "\n" * 20 + text.format("c", "-3", 2)]
    candidate = candidate_of(*texts, paths=("t.py",) * 3, is_tests=True)
    assert candidate.advice == "Parametrize these 3 tests with pytest.mark.parametrize (2 values)."
    assert candidate.helper is not None
    assert candidate.helper.name == "test_parse"
    assert '@pytest.mark.parametrize(\n    "text, size",' in candidate.helper.text
    assert "        ('2', 1),\n" in candidate.helper.text


def test_unittest_methods_share_a_check_instead() -> None:
    text = (
        "class T(TestCase):\n"
        "    def test_{0}(self):\n"
        "        tree = parse({1!r})\n"
        "        self.assertEqual(tree.size, 3)\n"
        "        self.check(tree)\n"
    )
    texts = [text.format("plus", "1+1"), "\n" * 9 + text.format("minus", "2-2")]
    candidate = candidate_of(*texts, paths=("t.py",) * 2, qualnames=("T.test_plus", "T.test_minus"), is_tests=True)
    assert candidate.advice == "Extract `_check_plus(self, text)` with 1 new parameter and call it from 2 tests."


def test_hostile_source_is_only_text() -> None:
    text = "def f(a, log):\n    x = a.get('{0}')\n    log.info(x)\n    y = a.find(x)\n    return x, y\n"
    candidate = candidate_of(text.format("</script>\\x1b[31m"), text.format("[/bold]{x}"))
    assert candidate.verdict.extractable
    assert candidate.helper is not None
    compile(candidate.helper.text, "helper", "exec")


def test_libcst_is_not_imported_with_the_room() -> None:
    code = "import sys, codesim.refactor; sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


LOAD = """class {0}:
    def load(self, x):
        y = {1}(x)
        if y:
            y.put(x, {1}(y))
        return y
"""
NEITHER = "Move the method to a base class for both classes, or make it a function that takes the object."
COMMON = "Move the method to a common base class."


@pytest.mark.parametrize(
    ("classes", "call", "advice"),
    [
        (("A", "B"), "self.parse", NEITHER),
        (("A(object)", "B(object)"), "self.parse", NEITHER),
        (("A(Generic[T])", "B(Generic[T])"), "self.parse", NEITHER),
        (("A(forms.Model)", "B(models.Model)"), "self.parse", NEITHER),
        (("A(Model)", "B(models.Model)"), "self.parse", COMMON),
        (("A", "A"), "self.parse", NEITHER),
        (("A", "B(C, A)"), "self.parse", COMMON),
        (("A", "B(a.A)"), "self.parse", "Keep `a.py::A.load` and drop the other method, which then is inherited."),
        (("B(A)", "A"), "self.parse", "Keep `b.py::A.load` and drop the other method, which then is inherited."),
        (("A(C)", "B(C)", "D(B)"), "self.parse", COMMON),
        (
            ("A", "B(A)", "D(B)"),
            "self.parse",
            "Keep `a.py::A.load` and drop the other 2 methods, which then are inherited.",
        ),
        (("A", "B"), "parse", "Make it one function, outside the classes, and call it from 2 methods."),
        (("A", "B"), "self.load", "Make it one function, outside the classes, and call it from 2 methods."),
    ],
)
def test_a_base_class_is_claimed_only_where_there_is_one(classes: tuple[str, ...], call: str, advice: str) -> None:
    names = [f"{one.partition('(')[0]}.load" for one in classes]
    assert candidate_of(*[LOAD.format(one, call) for one in classes], qualnames=names).advice == advice

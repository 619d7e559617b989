"""The helper's text: it parses, it runs, and with a copy's values put in it is that copy again."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from cases import Case, case_subjects, load_cases
from refactor.classes import candidate_of, members_of
from refactor.filling import leftover, plan_of

from codesim.refactor import build_candidate
from codesim.verify import score_pair

SUM = """
def total_{0}(rows, log):
    total = {1}
    for row in rows:
        if row["{2}"] > {3}:
            total += row["{2}"] * {3}
    log.append(f"{4} {{total}} in {{len(rows)}}")
    return total
"""
FORMS = {
    "value": ("x.get('a')", "x.get('b')"),
    "negative number": ("x.get(-1)", "x.get(2)"),
    "global": ("x.get(LEFT)", "x.get(RIGHT)"),
    "callee": ("load(x)", "read(x)"),
    "attribute of a parameter": ("x.left", "x.right"),
    "f-string, one word": ("x.get(f'user {x} lost')", "x.get(f'order {x} lost')"),
    "f-string, all text": ("x.get(f'user {x} of {log!r:>5}')", "x.get(f'{x}: order of {log!r:>9}!')"),
    "f-string with braces": ("x.get(f'{{user}} {x}')", "x.get(f'{{order}} {x}')"),
    "f-strings side by side, one word": ("x.get(f'{x} is ' f'lost at {log}')", "x.get(f'{x} is ' f'found at {log}')"),
    "f-strings side by side, over the seam": ("x.get(f'{x} is in a' f' box at {log}')", "x.get(f'{x} is on {log}')"),
    "f-strings side by side, all text": ("x.get(f'{x} is ' f'at {log!r:>3}')", "x.get(f'at {x}, ' f'{log!r:>3}!')"),
    "a plain string beside an f-string": ("x.get('user {1} ' 'lost: ' f'{x}')", "x.get('user {1} ' 'gone: ' f'{x}')"),
    "text at the end only": ("x.get(f'user {x}')", "x.get(f'user {x}' ' lost')"),
    "percent": ("x.get('user %s lost' % log)", "x.get('order %s gone' % log)"),
    "format": ("x.get('user {} lost'.format(log))", "x.get('order {} gone'.format(log))"),
    "tuple": ("x.get((1, 2))", "x.get(KEY)"),
    "umlaut before": ("x.get('äöü', log, 'a')", "x.get('äöü', log, 'b')"),
    "in parentheses": ("(x.get((LEFT)))", "(x.get((RIGHT)))"),
    "over lines": ("x.get(\n        'one '\n        'two')", "x.get('three')"),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_hole_fills_back(form: str) -> None:
    text = "    def f(self, x, log):\n        y = {0}\n        if y:\n            log.put(y, {0})\n        return y\n"
    left, right = (f"class C:\n{text.format(part)}" for part in FORMS[form])
    members = members_of(left, right, qualnames=("C.f", "C.f"))
    verdicts = [score_pair(members[0], members[1], 1.0)]
    candidate = build_candidate(members, verdicts, "0" * 16, is_tests=False)
    assert candidate.verdict.extractable, candidate.verdict.reasons
    assert candidate.helper is not None
    assert candidate.helper.text
    assert candidate.parameters == 1
    plan = plan_of(members, verdicts)
    for k in range(2):
        assert leftover(candidate.helper.text, plan, members, k) == []


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.name)
def test_every_proposed_text_fills_back(case: Case) -> None:
    members = case_subjects(case)
    verdicts = [score_pair(*members, 0.9)]
    candidate = build_candidate(members, verdicts, "0" * 16, is_tests=False)
    if candidate.helper is None or not candidate.helper.text:
        assert candidate.helper is None or candidate.helper.signature
        return
    plan = plan_of(members, verdicts)
    for k in range(2):
        assert leftover(candidate.helper.text, plan, members, k) == []


def test_the_helper_does_what_each_copy_does() -> None:
    texts = [
        SUM.format("a", 0, "x", 2, "found"),
        SUM.format("b", 5, "y", 3, "saw"),
        SUM.format("c", 0.5, "x", 4, "got"),
    ]
    candidate = candidate_of(*texts)
    assert candidate.helper is not None
    assert candidate.helper.new_parameters == ("total", "key", "limit", "label")
    assert "total =" not in candidate.helper.text  # the start value is the parameter itself
    rows = [{"x": 1, "y": 9}, {"x": 5, "y": 1}, {"x": 3, "y": 4}]
    helper = run(candidate.helper.text, candidate.helper.name)
    for text, values in zip(texts, [(0, "x", 2, "found"), (5, "y", 3, "saw"), (0.5, "x", 4, "got")], strict=True):
        original = run(text, candidate_name(text))
        logs: tuple[list[str], list[str]] = ([], [])
        assert original(rows, logs[0]) == helper(rows, logs[1], *values)
        assert logs[0] == logs[1] != []


def test_an_optional_step_runs_only_with_its_flag() -> None:
    text = (
        "def f(rows, log):\n    total = 0\n    for row in rows:\n        total += row * row\n{0}    return total * 2\n"
    )
    candidate = candidate_of(text.format("    # say so\n    log.append(total)\n"), text.format(""))
    assert candidate.helper is not None
    assert candidate.helper.new_parameters == ("with_append",)
    assert "# say so" in candidate.helper.text
    helper = run(candidate.helper.text, candidate.helper.name)
    log: list[int] = []
    assert helper([1, 2], log, True) == helper([1, 2], log, False) == 10
    assert log == [5]


def test_an_expression_with_variables_becomes_a_function() -> None:
    text = (
        "def f(rows, log):\n"
        "    kept = []\n"
        "    for row in rows:\n"
        "        if row:\n"
        "            kept.append((row, {0}))\n"
        "            log.append(row)\n"
        "    return kept\n"
    )
    candidate = candidate_of(text.format("row % 2"), text.format("pick(row, rows)"))
    assert candidate.helper is not None
    helper = run(candidate.helper.text, candidate.helper.name)
    (name,) = candidate.helper.new_parameters
    assert helper([1, 0, 3], [], **{name: lambda row, rows: len(rows) - row}) == [(1, 2), (3, 0)]


def test_a_recursive_function_calls_the_helper() -> None:
    text = (
        "def walk_{0}(node, depth=0):\n"
        "    out = [(depth, node.get('{0}'))]\n"
        "    for child in node.get('next', []):\n"
        "        out += walk_{0}(child, depth + 1)\n"
        "    return out\n"
    )
    candidate = candidate_of(text.format("name"), text.format("size"))
    assert candidate.helper is not None
    assert candidate.helper.signature == "_walk(node, depth, *, key)"
    tree = {"name": 1, "next": [{"name": 2}, {"name": 3, "next": [{}]}]}
    assert run(candidate.helper.text, "_walk")(tree, key="name") == [(0, 1), (1, 2), (1, 3), (2, None)]


def test_parameters_go_before_what_takes_the_rest() -> None:
    text = (
        "def f(a, b=1, *rest, key=None, **options):\n"
        "    x = a.get('{0}')\n"
        "    if x:\n"
        "        return x(b, *rest, key=key, **options)\n"
        "    return a\n"
    )
    candidate = candidate_of(text.format("one"), text.format("two"))
    assert candidate.helper is not None
    assert candidate.helper.signature == "_f(a, b, *rest, key, text, **options)"


def test_a_signature_over_lines_stays_tidy() -> None:
    text = (
        "def build(\n"
        "    a: int,\n"
        "    b: int = 1,\n"
        ") -> int:\n"
        "    x = a.get('{0}')\n"
        "    if x:\n"
        "        return x(b, a)\n"
        "    return a\n"
    )
    candidate = candidate_of(text.format("one"), text.format("two"))
    assert candidate.helper is not None
    assert candidate.helper.text.startswith("def _build(\n    a: int,\n    b: int = 1, *, key: str,\n) -> int:\n")


def test_decorators_stay_with_the_copies_but_for_static_and_class_methods() -> None:
    text = (
        "class C:\n"
        "    @staticmethod\n"
        "    @cached\n"
        "    def f(a, log):\n"
        "        x = a.get('{0}')\n"
        "        if x:\n"
        "            log.put(x)\n"
        "        return a\n"
    )
    candidate = candidate_of(text.format("one"), text.format("two"), qualnames=("C.f", "C.f"))
    assert candidate.helper is not None
    assert candidate.helper.text.startswith("@staticmethod\ndef ")
    same = candidate_of(text, "\n" + text, qualnames=("C.f", "C.f"))
    assert same.helper is not None
    assert same.helper.text.startswith("@staticmethod\n@cached\ndef f")


def test_a_parameter_that_nothing_reads_any_more_goes() -> None:
    text = (
        "class C:\n"
        "    def f(self, log):\n"
        "        x = {0}\n"
        "        if x:\n"
        "            log.put(x, {0})\n"
        "        return log\n"
    )
    candidate = candidate_of(text.format("self.left"), text.format("self.right"), qualnames=("C.f", "C.f"))
    assert candidate.helper is not None
    assert candidate.helper.parameters == ("log", "left")


def test_strings_over_lines_keep_their_blanks() -> None:
    text = (
        "class C:\n"
        "    def f(self, log):\n"
        '        """Say.\n'
        "\n"
        "        More.\n"
        '        """\n'
        '        x = """a\n'
        '          b"""\n'
        "        log.put(x, {0}, x)\n"
        "        if x:\n"
        "            log.flush(x)\n"
        "        return x\n"
    )
    candidate = candidate_of(text.format(1), text.format(2), qualnames=("C.f", "C.f"))
    assert candidate.helper is not None
    assert '"""Say.\n\n    More.\n    """' in candidate.helper.text
    assert '"""a\n          b"""' in candidate.helper.text


def test_an_inlined_temporary_gives_no_wrong_text() -> None:
    left = "def f(a, log):\n    t = a.load(1)\n    log.put(t)\n    if a:\n        log.flush(a, 2)\n    return a\n"
    right = "def f(a, log):\n    log.put(a.stored)\n    if a:\n        log.flush(a, 2)\n    return a\n"
    candidate = candidate_of(left, right)
    assert candidate.helper is None or candidate.helper.text == ""


def candidate_name(text: str) -> str:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function.name


def run(text: str, name: str) -> Any:
    """Define a function from our own text."""
    space: dict[str, Any] = {}
    exec(compile(text, "helper", "exec"), space)  # noqa: S102 (the text is this file's)
    return space[name]

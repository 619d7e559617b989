"""Blocks: a run of statements becomes a function with the right inputs, outputs and problems."""

from __future__ import annotations

import ast

import pytest
from blocks import block_of, enclosing_of

from codesim.parse import parse_function
from codesim.verify import Axis, block_flow, cut_block, helper_lines, verify_blocks

AROUND = """
class C:
    def f(self, path, limit, log):
        total = 0
        rows = []
{before}
        # <
{body}
        # >
{after}
"""


def indented(text: str, by: int = 8) -> str:
    return "\n".join(" " * by + line for line in text.split("\n"))


def inside(body: str, before: str = "pass", after: str = "pass") -> str:
    return AROUND.format(before=indented(before), body=indented(body), after=indented(after))


@pytest.mark.parametrize(
    ("body", "inputs"),
    [
        ("x = path\ny = limit", ("path", "limit")),
        ("x = limit\ny = path", ("limit", "path")),  # in order of appearance
        ("path = 1\nx = path", ()),  # set before it is read
        ("x = self.load(limit)", ("self", "limit")),
        ("x = limit(self)", ("self", "limit")),  # self first
        ("x = super().load()", ("self",)),
        ("if limit:\n    path = 2\nx = path", ("limit", "path")),  # may still be the old one
        ("for limit in rows:\n    log.put(limit)", ("rows", "log")),
        ("x = [limit for limit in rows]", ("rows",)),
        ("x = lambda: path", ("path",)),
        ("x = GLOBAL + len(rows)", ("rows",)),
        ("total += 1", ("total",)),
    ],
)
def test_inputs_are_what_is_read_before_it_is_set(body: str, inputs: tuple[str, ...]) -> None:
    assert block_of(inside(body)).inputs == inputs


@pytest.mark.parametrize(
    ("body", "after", "outputs"),
    [
        ("x = path\ny = limit", "return y", ("y",)),
        ("x = path\ny = limit", "return y, x", ("x", "y")),  # in the order in which they are set
        ("x = path\ny = x", "x = 1\nreturn x", ()),  # set again before it is read
        ("x = path", "if log:\n    x = 2\nreturn x", ("x",)),
        ("total += limit", "return total", ("total",)),
        ("for row in rows:\n    last = row", "return last", ("last",)),
        ("log.put(path)\nlog.put(limit)", "return log", ()),
        ("self.x = path", "return self.x", ()),
        ("import os\nx = os.path", "return os.sep", ("os",)),
        ("with open(path) as stream:\n    x = stream.read()", "return x", ("x",)),
    ],
)
def test_outputs_are_what_is_read_behind_it(body: str, after: str, outputs: tuple[str, ...]) -> None:
    assert block_flow(block_of(inside(body, after=after))).outputs == outputs


def test_what_the_next_round_of_a_loop_reads_comes_out() -> None:
    text = (
        "def f(rows):\n    total = count = 0\n    for row in rows:\n        # <\n        total = total + row\n"
        "        count = 1\n        # >\n        rows.put(row)\n    return None\n"
    )
    flow = block_flow(block_of(text))
    assert flow.inputs == ("total", "row")
    assert flow.outputs == ("total",)


def test_a_loop_inside_the_block_is_its_own_matter() -> None:
    loop = "    n = 0\n    for row in rows:\n        n = n + row\n    rows.put(n)\n"
    text = f"def f(rows):\n    # <\n{loop}    # >\n    return rows\n"
    assert block_flow(block_of(text)).outputs == ()


def test_the_old_value_of_an_output_goes_in() -> None:
    body = "if limit:\n    path = limit.path"
    flow = block_flow(block_of(inside(body, after="return path")))
    assert flow.inputs == ("limit", "path")
    assert flow.outputs == ("path",)
    assert flow.problems == ()


@pytest.mark.parametrize(
    ("body", "before", "after", "problem"),
    [
        ("if limit:\n    x = 1", "pass", "return x", "`x` may be unbound behind it"),
        ("if limit:\n    return 1\nlog.put(path)", "pass", "return 2", "a return inside, with statements after it"),
        ("x = yield path\nlog.put(x)", "pass", "return 1", "a yield inside"),
        ("x = locals()\nlog.put(x)", "pass", "return 1", "it calls locals()"),
        ("del rows\nlog.put(path)", "pass", "return 1", "it deletes a variable"),
        ("x = path\nlog.put(x)", "x = 1\ndef g(): return x", "return g", "a nested function shares `x` with it"),
        ("x = lambda: path\nlog.put(x)", "pass", "path = 2\nreturn x", "a nested function shares `path` with it"),
        ("TABLE = path\nlog.put(TABLE)", "global TABLE", "return 1", "it sets `TABLE`, which is global or nonlocal"),
    ],
)
def test_problems(body: str, before: str, after: str, problem: str) -> None:
    assert problem in block_flow(block_of(inside(body, before, after))).problems


@pytest.mark.parametrize(
    "body",
    [
        "x = [row for row in rows]\nlog.put(x)",
        "x = sorted(rows, key=lambda row: row[limit])\nlog.put(x)",
        "for row in rows:\n    if row:\n        break\n    continue",
        "if limit:\n    raise ValueError(path)",
        "try:\n    x = path.load()\nexcept OSError:\n    x = None\nlog.put(x)",
    ],
)
def test_what_is_no_problem(body: str) -> None:
    assert block_flow(block_of(inside(body, after="return x0"))).problems == ()


def test_jumps_to_a_loop_around_it() -> None:
    body = "        if row:\n            break\n        log.put(row)\n"
    text = f"def f(rows, log):\n    for row in rows:\n        # <\n{body}        # >\n        log.end()\n"
    assert block_flow(block_of(text)).problems == ("a break or continue to a loop around it",)


def test_a_handler_that_reads_what_may_be_half_done() -> None:
    text = (
        "def f(path, log):\n    size = 0\n    try:\n        # <\n        size = path.size()\n        path.load(size)\n"
        "        # >\n    except OSError:\n        log.put(size)\n"
    )
    assert "a handler reads `size`" in block_flow(block_of(text)).problems


@pytest.mark.parametrize(
    ("body", "after", "leaves"),
    [
        ("if limit:\n    return 1\nreturn path", "pass", True),
        ("if limit:\n    return 1\nelse:\n    raise ValueError(path)", "pass", True),
        ("try:\n    return path.load()\nexcept OSError:\n    return None", "pass", True),
        ("try:\n    return path.load()\nexcept OSError:\n    log.put(1)", "return 2", False),
        ("x = 1\nlog.put(x)", "return x", False),
    ],
)
def test_whether_the_function_ends_with_the_block(body: str, after: str, leaves: bool) -> None:
    assert block_flow(block_of(inside(body, after=after))).leaves is leaves


def test_falling_off_the_end_of_both() -> None:
    text = "def f(path, log):\n    log.put(1)\n    # <\n    if path:\n        return None\n    log.put(2)\n    # >\n"
    flow = block_flow(block_of(text))
    assert flow.leaves
    assert flow.problems == ()


def test_helper_lines_are_a_function_of_the_blocks_own_lines() -> None:
    block = block_of(inside("x = path\n# keep me\nx += limit", after="return x"))
    assert helper_lines(block, block_flow(block)) == (
        "    def block(path, limit):",
        "        x = path",
        "        # keep me",
        "        x += limit",
        "        return x",
    )


def test_a_block_that_waits_becomes_a_coroutine() -> None:
    text = "async def f(path, log):\n    # <\n    x = await path.load()\n    await log.put(x)\n    # >\n    return x\n"
    block = block_of(text)
    assert helper_lines(block, block_flow(block))[0] == "async def block(path, log):"


@pytest.mark.parametrize(("first", "last"), [(2, 2), (3, 4), (5, 6)])
def test_no_block_of_half_statements(first: int, last: int) -> None:
    text = "def f(a):\n    for x in a:\n        b = [\n            x,\n        ]\n        a.put(b)\n    return a\n"
    assert cut_block(enclosing_of(text), first, last) is None


def test_spans_are_those_of_the_file() -> None:
    text = "\n\n" + inside("über = path\nlog.put(über, limit)")
    block = block_of(text)
    lines = text.split("\n")
    for unit in block.subject.units:
        span = unit.node.span
        assert block.first_line <= span.start_line <= span.end_line <= block.last_line
        assert lines[span.start_line - 1][span.start_column :].startswith(("über", "log"))


def test_a_string_over_lines_keeps_its_blanks() -> None:
    block = block_of(inside('x = """a\n  b"""\nlog.put(x)'))
    assert any(node.label == repr("a\n          b") for node in block.subject.faithful.walk())


def test_inputs_that_meet_several_others_are_values() -> None:
    left = block_of(inside("x = path.get(limit)\nx.put(path)\nif x:\n    log.put(x, path)\n    log.end(x)"))
    right = block_of(
        inside("x = path.get(limit)\nx.put(limit)\nif x:\n    log.put(x, path)\n    log.end(x)"), path="b.py"
    )
    verdict = verify_blocks(left, right, 0.0)
    assert verdict is not None
    assert [difference.axis for difference in verdict.alignment.differences] == [Axis.HOLE]


ODD_LINES = """
def f(a):
    if a: b = 1; c = 2
    d = [
        a,
    ]; e = d  # done
    if a:
        g = a
        h = g
    elif d:
        g = d
        h = g;
    else:
        g = h = a
    try:
        a.put(g)
    except OSError as error:
        a.put(h)
        a.put(error)
    match a:
        case 1:
            a.put(h)
            a.put(g)
    return d
"""


@pytest.mark.parametrize(
    ("first", "last", "statements"),
    [
        (3, 3, 1),
        (4, 6, 2),  # two on one line, and a comment behind
        (3, 6, 3),
        (8, 9, 2),
        (11, 12, 2),
        (17, 19, 0),  # a handler's header
        (18, 19, 2),
        (22, 23, 2),
        (15, 19, 1),
        (7, 14, 1),
        (7, 9, 0),  # an `if` without its `elif`
        (10, 14, 0),  # an `elif`
        (5, 6, 0),
        (4, 5, 0),
        (12, 14, 0),
        (9, 11, 0),
        (3, 8, 0),
        (2, 24, 0),  # the function itself
    ],
)
def test_a_run_is_whole_statements_of_one_suite(first: int, last: int, statements: int) -> None:
    block = cut_block(enclosing_of(ODD_LINES), first, last)
    assert statements == (0 if block is None else len(block.subject.faithful.children[1].children))


def test_a_block_is_what_parsing_its_lines_gives() -> None:
    block = cut_block(enclosing_of(ODD_LINES), 7, 24)
    assert block is not None
    text = "\n" * (block.first_line - 2) + "\n".join(block.subject.lines)
    (parsed,) = ast.parse(text).body
    assert isinstance(parsed, ast.FunctionDef)
    tree = parse_function(parsed)
    assert block.subject.faithful.children[1:] == tree.children[1:]
    assert block.subject.faithful.span == tree.span

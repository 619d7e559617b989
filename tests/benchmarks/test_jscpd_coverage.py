"""Clones of jscpd cut to function bodies, what covers them, and the reasons for the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from function_bodies import function_bodies
from jscpd_coverage import Sources, cut_clones, is_covered, reason

from codesim.config import Settings
from codesim.evaluate import Place, make_findings

TEXT = '''"""Module."""


class C:
    def first(self, rows):
        """Say what it does.

        At length.
        """
        total = 0
        # a comment
        for row in rows:

            total += row.size
            self.seen(row)
        return total


@decorated
def second(rows):
    def inner(row):
        return row

    return [
        inner(row)
        for row in rows
    ]
'''
WORK = """
    total = 0
    for row in rows:
        if row.size > limit:
            total += row.size * factor
        else:
            log.debug("skipped %s", row)
    if total > most:
        raise ValueError(total)
    return total
"""


def test_the_lines_of_code_of_bodies() -> None:
    first, second = function_bodies(TEXT)
    assert (first.qualname, first.line, sorted(first.lines)) == ("C.first", 5, [10, 12, 14, 15, 16])
    assert (second.qualname, sorted(second.lines)) == ("second", [21, 22, 24, 25, 26, 27])
    assert function_bodies("def (") == []


def test_the_innermost_function_that_holds_lines() -> None:
    first, second = function_bodies(TEXT)
    assert second.innermost(22, 22).qualname == "second.inner"
    assert sorted(second.innermost(22, 22).lines) == [22]
    assert second.innermost(22, 25) is second
    assert first.innermost(10, 12) is first


def test_whole_statements_between_lines() -> None:
    first, second = function_bodies(TEXT)
    assert first.statements(10, 16) == 3
    assert first.statements(14, 15) == 2
    assert first.statements(14, 16) == 3
    assert second.statements(22, 25) == 1


def folder(tmp_path: Path, **files: str) -> Sources:
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    return Sources(tmp_path)


def function(name: str, body: str) -> str:
    return f"def {name}(rows, limit, factor, most):{body}"


def test_a_clone_is_cut_to_the_functions_it_runs_through(tmp_path: Path) -> None:
    text = "import os\n\n\n" + function("f", WORK) + "\n\n" + function("g", WORK)
    sources = folder(tmp_path, a=text, b=text)
    whole = [Place("a.py", 1, 27), Place("b.py", 1, 27)]
    cuts = cut_clones(make_findings("jscpd", "p", [whole, whole]), sources)
    assert [(left.body.qualname, right.body.qualname) for left, right in cuts] == [("f", "f"), ("g", "g")]
    assert cuts[0][0].place == Place("a.py", 5, 13)


def test_four_lines_of_code_are_too_few(tmp_path: Path) -> None:
    sources = folder(tmp_path, a=function("f", WORK), b=function("f", WORK))
    assert len(cut_clones(make_findings("jscpd", "p", [[Place("a.py", 1, 6), Place("b.py", 1, 6)]]), sources)) == 1
    assert cut_clones(make_findings("jscpd", "p", [[Place("a.py", 1, 5), Place("b.py", 1, 5)]]), sources) == []


def test_covered_by_one_candidate(tmp_path: Path) -> None:
    sources = folder(tmp_path, a=function("f", WORK), b=function("f", WORK))
    (cut,) = cut_clones(make_findings("jscpd", "p", [[Place("a.py", 2, 10), Place("b.py", 2, 10)]]), sources)
    halves = [[Place("a.py", 2, 6), Place("b.py", 6, 10)]]
    assert is_covered(cut, make_findings("codesim", "p", halves))
    split = [[Place("a.py", 2, 10), Place("c.py", 1, 9)], [Place("b.py", 2, 10), Place("c.py", 1, 9)]]
    assert not is_covered(cut, make_findings("codesim", "p", split))


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (function("f", WORK), "# codesim: ignore[clone] on purpose\n" + function("g", WORK), "suppressed (g)"),
        (function("f", WORK), function("g", "\n    a = [\n" + "        rows,\n" * 6 + "    ]\n"), "too small: "),
        (
            "def f(self, a, b, c, d, e, g, h, i, j, k):\n"
            + "".join(f"    self.{name} = {name}\n" for name in "abcdeghijk"),
            function("g", WORK),
            "boilerplate: 0 statements",
        ),
        (function("f", WORK), function("g", WORK), "dropped: scores "),
        (
            function("f", WORK),
            function("g", WORK.replace(">", "<").replace("+=", "*=").replace("log.debug", "mail.send")),
            "no clone: functions are 0.",
        ),
    ],
)
def test_reasons(tmp_path: Path, left: str, right: str, said: str) -> None:
    sources = folder(tmp_path, a=left, b=right)
    whole = [Place("a.py", 1, 30), Place("b.py", 1, 30)]
    (cut,) = cut_clones(make_findings("jscpd", "p", [whole]), sources)
    assert reason(cut, sources, Settings(), []).startswith(said)


def test_a_block_in_longer_functions_is_called_so(tmp_path: Path) -> None:
    def long(name: str, call: str) -> str:
        rest = "".join(f"    {call}{k} = rows.{call}(limit + {k}, factor).{call}_{k}()\n" for k in range(12))
        return function(name, f"\n{rest}{WORK}")

    sources = folder(tmp_path, a=long("f", "load"), b=long("g", "store"))
    block = [Place("a.py", 14, 24), Place("b.py", 14, 24)]
    (cut,) = cut_clones(make_findings("jscpd", "p", [block]), sources)
    assert reason(cut, sources, Settings(), []).startswith("block: 4 whole statements, 43 % and 43 % of the functions")


def test_functions_that_stand_in_other_candidates(tmp_path: Path) -> None:
    sources = folder(tmp_path, a=function("f", WORK), b=function("g", WORK))
    (cut,) = cut_clones(make_findings("jscpd", "p", [[Place("a.py", 1, 30), Place("b.py", 1, 30)]]), sources)
    others = make_findings("codesim", "p", [[Place("a.py", 1, 10), Place("c.py", 1, 10)]])
    assert reason(cut, sources, Settings(), others).startswith("in other candidates: #[1] and #[]; scores ")

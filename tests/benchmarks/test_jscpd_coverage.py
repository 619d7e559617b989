"""Clones of jscpd cut to function bodies, what covers them, the rules for the rest, and the page that lists them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cases import FIXTURES
from function_bodies import function_bodies
from jscpd_coverage import Missing, read_labels, table, totals, with_section
from jscpd_cuts import Cut, Sources, cut_clones, is_covered
from jscpd_reasons import LeftOut, Scanned, Why, left_out, why

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


def cut_of(sources: Sources, left: Place, right: Place) -> Cut:
    (cut,) = cut_clones(make_findings("jscpd", "p", [[left, right]]), sources)
    return cut


@pytest.mark.parametrize(
    ("left", "right", "rule", "said"),
    [
        (function("f", WORK), "# codesim: ignore[clone] on purpose\n" + function("g", WORK), "suppressed", "`g`"),
        (
            function("f", WORK),
            function("g", "\n    a = [\n" + "        rows,\n" * 6 + "    ]\n"),
            "small",
            "graph nodes; from 30 on",
        ),
        (
            "def f(self, a, b, c, d, e, g, h, i, j, k):\n"
            + "".join(f"    self.{name} = {name}\n" for name in "abcdeghijk"),
            function("g", WORK),
            "work",
            "0 statements of real work",
        ),
        (
            function("f", WORK),
            function("g", WORK.replace(">", "<").replace("+=", "*=").replace("log.debug", "mail.send")),
            "not-a-clone:",
            "closeness 0.",
        ),
    ],
)
def test_functions_have_the_rule_of_compare(tmp_path: Path, left: str, right: str, rule: str, said: str) -> None:
    sources = folder(tmp_path, a=left, b=right)
    found = why(cut_of(sources, Place("a.py", 1, 30), Place("b.py", 1, 30)), sources, Scanned((), ()))
    assert found.rule.startswith(rule)
    assert said in found.reason


def test_the_scans_own_words_come_first_where_they_fit(tmp_path: Path) -> None:
    sources = folder(tmp_path, a=function("f", WORK), b=function("g", WORK))
    places = (Place("a.py", 2, 9), Place("b.py", 2, 9))
    near = LeftOut(places, Why("no-gain", "too few lines"))
    far = LeftOut((Place("a.py", 1, 90), Place("b.py", 1, 90)), Why("different", "much else"))
    cut = cut_of(sources, *places)
    assert why(cut, sources, Scanned((), (far, near))).rule == "no-gain"
    assert why(cut, sources, Scanned(make_findings("codesim", "p", [places]), (near,))).rule == "reported"


def test_what_is_left_out_is_read_from_a_report() -> None:
    side = {"path": "a.py", "qualname": "f", "start_line": 3, "end_line": 9}
    (entry,) = left_out({"rejected": [{"rule": "value", "reason": "little", "fragments": [side, side]}]})
    assert entry == LeftOut((Place("a.py", 3, 9), Place("a.py", 3, 9)), Why("value", "little"))


def test_parts_of_statements_and_nested_functions(tmp_path: Path) -> None:
    def long(name: str, call: str, block: str) -> str:
        rest = "".join(f"    {call}{k} = rows.{call}(limit + {k}, factor).{call}_{k}()\n" for k in range(12))
        return function(name, f"\n{rest}{block}")

    arguments = "    {}(\n        rows,\n        limit,\n        factor,\n        most,\n        log,\n    )\n"
    nested = "    a = 1\n    def inner():\n        return rows\n    b = inner\n    c = b()\n    {}(c)\n"
    texts = {
        "a": long("f", "load", arguments.format("put")),
        "b": long("g", "keep", arguments.format("get")),
        "c": long("f", "load", nested.format("put")),
        "d": long("g", "keep", nested.format("get")),
    }
    sources = folder(tmp_path, **texts)
    parts = cut_of(sources, Place("a.py", 15, 19), Place("b.py", 15, 19))
    assert why(parts, sources, Scanned((), ())).rule == "no-whole-statements"
    around = cut_of(sources, Place("c.py", 14, 18), Place("d.py", 14, 18))
    assert why(around, sources, Scanned((), ())).rule == "nested-function"


def test_a_place_over_the_ends_of_methods_is_taken_apart(tmp_path: Path) -> None:
    def maker(name: str) -> str:
        work = WORK.replace("\n", "\n        ")
        method = f"        def {{}}(self, rows, limit, factor, most):{work.rstrip()}\n"
        return f"def {name}(base):\n    class Manager(base):\n" + "".join(map(method.format, "abc"))

    sources = folder(tmp_path, a=maker("f"), b=maker("g"))
    found = why(cut_of(sources, Place("a.py", 10, 20), Place("b.py", 10, 20)), sources, Scanned((), ()))
    assert found.rule == "across-functions"
    assert found.reason.startswith("runs over the ends of 2 nested functions; its part in `f.b`: ")
    whole = (Place("a.py", 14, 22), Place("b.py", 14, 22))
    reported = Scanned(make_findings("codesim", "p", [whole]), ())
    found = why(cut_of(sources, Place("a.py", 10, 20), Place("b.py", 10, 20)), sources, reported)
    assert found.rule == "reported"


def missing(sources: Sources, label: str, rule: str) -> Missing:
    cut = cut_of(sources, Place("a.py", 2, 9), Place("b.py", 2, 9))
    return Missing(cut, Why(rule, "a | b"), label, "said so")


def test_totals_count_what_is_labelled_a_merge_as_missed(tmp_path: Path) -> None:
    sources = folder(tmp_path, a=function("f", WORK), b=function("g", WORK))
    found = [missing(sources, *one) for one in (("ACT", "value"), ("MAYBE", "different"), ("REJECT", "not-a-clone:x"))]
    cuts = [found[0].cut] * 10
    first, second, third = totals(cuts, found)
    assert first == (
        "10 places: 7 (70 %) covered, 2 (20 %) rejected on purpose (MAYBE 1, REJECT 1), 1 (10 %) missed; "
        "covered or rejected on purpose: 9 (90 %)."
    )
    assert second == "Rejected on purpose, by rule: different 1, not-a-clone 1."
    assert third == "Missed, by rule: value 1."
    unread = next(totals(cuts, [missing(sources, "", "value")]))
    assert "1 not read; covered or rejected on purpose: 9 (90 %)" in unread


def test_the_page_keeps_what_stands_around_a_section(tmp_path: Path) -> None:
    sources = folder(tmp_path, a=function("f", WORK), b=function("g", WORK))
    page = "before\n<!-- begin p -->\nold\n<!-- end p -->\nafter\n"
    lines = list(table([missing(sources, "MAYBE", "value")]))
    written = with_section(page, "p", lines)
    assert written.startswith("before\n<!-- begin p -->\n| places | rule |")
    assert written.endswith("\n<!-- end p -->\nafter\n")
    assert "| a.py:2-9, b.py:2-9 | value | a \\| b | MAYBE: said so |" in written
    assert "old" not in written
    with pytest.raises(ValueError, match="no <!-- begin q -->"):
        with_section(page, "q", lines)


@pytest.mark.parametrize("package", ["django", "networkx"])
def test_the_shipped_labels_are_on_the_page(package: str) -> None:
    labels = read_labels(FIXTURES / "jscpd" / f"{package}.jsonl")
    page = (FIXTURES.parent / "docs" / "jscpd.md").read_text(encoding="utf-8")
    section = page.partition(f"<!-- begin {package} -->")[2].partition("<!-- end")[0]
    assert labels
    assert section.count("\n| ") == len(labels) + 1  # the head of the table
    for places, (label, note) in labels.items():
        assert label in ("ACT", "MAYBE", "REJECT")
        assert f"| {places[0]}, {places[1]} | " in section
        assert f"{label}: {note} |" in section
    assert "not read" not in section

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from goldens import assert_golden
from hostile_reports import CHECKOUT, reports
from hypothesis import given, settings

from codesim.report import Checkout, ScanReport, render_github
from codesim.report.visible import visible


def runner(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as GitHub's runner does."""
    found = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert found is not None, line
    name, head, said = found.groups()
    properties = dict(part.split("=", 1) for part in head.split(","))
    return name, {key: unescaped(value, {"%3A": ":", "%2C": ","}) for key, value in properties.items()}, unescaped(said)


def unescaped(text: str, more: dict[str, str] | None = None) -> str:
    codes = {"%0D": "\r", "%0A": "\n", "%25": "%", **(more or {})}
    return re.sub("|".join(codes), lambda found: codes[found[0]], text)


def test_the_golden_commands(graded_report: ScanReport) -> None:
    assert_golden("report.github.txt", render_github(graded_report, CHECKOUT))


def test_a_warning_stands_at_the_copy_and_names_the_others(report: ScanReport) -> None:
    name, properties, said = runner(render_github(report, Checkout("/w", "/w/py")).splitlines()[0])
    assert name == "warning"
    assert properties == {
        "file": "py/shop/orders.py",
        "line": "8",
        "endLine": "22",
        "title": "codesim: Near-miss copy (type 3)",
    }
    assert said.startswith("Near-miss copy (type 3) of py/shop/users.py:41 Importer.read_users, py/shop/stock/items.py")
    assert said.endswith("call it from the 3 copies. (codesim explain 3f9ac41e0b7d2a66)")


def test_small_gains_are_notices_and_the_last_one_sums_up(graded_report: ScanReport) -> None:
    commands = [runner(line) for line in render_github(graded_report, CHECKOUT).splitlines()]
    assert [name for name, _, _ in commands] == ["warning", "warning", "warning", "notice", "notice"]
    assert commands[-1][1] == {"title": "codesim"}
    assert commands[-1][2].startswith("4 candidates, 27 lines to save (1 with a small gain); 880 files")


def test_no_more_than_github_shows_the_most_valuable_first(graded_report: ScanReport) -> None:
    clear, small = graded_report.candidates[0], graded_report.candidates[-1]
    many = [replace(clear, id=f"{number:016x}") for number in range(30)] + [small] * 12
    commands = [
        runner(line) for line in render_github(replace(graded_report, candidates=tuple(many)), CHECKOUT).splitlines()
    ]
    assert Counter(name for name, _, _ in commands) == {"warning": 10, "notice": 10}
    assert [said[-17:-1] for _, _, said in commands[:10]] == [f"{number:016x}" for number in range(10)]
    assert commands[-1][2].endswith("23 more candidates without an annotation: GitHub shows ten of a kind")


def test_a_report_without_candidates_is_one_notice(empty_report: ScanReport) -> None:
    assert [runner(line)[0] for line in render_github(empty_report, CHECKOUT).splitlines()] == ["notice"]


@settings(max_examples=40, deadline=None)  # a report takes a while to draw
@given(reports())
def test_whatever_the_texts_hold_only_our_commands_are_printed(report: ScanReport) -> None:
    lines = render_github(report, CHECKOUT).removesuffix("\n").split("\n")
    assert len(lines) == len(report.candidates) + 1
    for line in lines[:-1]:
        assert line.isprintable()
        name, properties, _ = runner(line)
        assert name in {"warning", "notice"}
        assert list(properties) == ["file", "line", "endLine", "title"]
    paths = {visible(CHECKOUT.path_of(copy.path)) for found in report.candidates for copy in found.members}
    assert {runner(line)[1]["file"] for line in lines[:-1]} <= paths

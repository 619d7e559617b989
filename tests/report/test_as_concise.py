from __future__ import annotations

from dataclasses import replace

from goldens import assert_golden
from hostile_reports import reports
from hypothesis import given, settings

from codesim.report import ScanReport, render_concise


def test_the_golden_lines(graded_report: ScanReport) -> None:
    assert_golden("report.concise.txt", render_concise(graded_report))


def test_a_line_for_a_candidate_begins_with_its_place_and_its_id(report: ScanReport) -> None:
    lines = render_concise(report).splitlines()
    assert lines[0].startswith(
        "shop/orders.py:8: 3f9ac41e0b7d2a66 Near-miss copy (type 3) of shop/users.py:41 Importer"
    )
    assert lines[1].startswith("tests/test_shop.py:25: 7e57000000000002 ")


def test_limit_hides_candidates_but_counts_them(report: ScanReport) -> None:
    lines = render_concise(report, limit=1).splitlines()
    assert "2 more candidates not shown (--limit 0 shows all)" in lines
    assert "3 candidates, 25 lines to save; 880 files" in lines[2]


def test_a_report_without_candidates_says_so(empty_report: ScanReport) -> None:
    assert render_concise(empty_report).startswith("No refactoring candidates: ")


def test_a_path_that_would_be_a_command_to_a_runner_is_none(report: ScanReport) -> None:
    copies = [replace(member, path="::add-mask::x.py") for member in report.candidates[0].members]
    candidate = replace(report.candidates[0], members=tuple(copies))
    assert render_concise(replace(report, candidates=(candidate,))).startswith("./::add-mask::x.py:8: ")


@settings(max_examples=40, deadline=None)  # a report takes a while to draw
@given(reports())
def test_whatever_the_texts_hold_a_candidate_is_one_printable_line(report: ScanReport) -> None:
    lines = render_concise(report).removesuffix("\n").split("\n")
    assert all(line.isprintable() and not line.startswith("::") for line in lines)
    ids = [line for line in lines if any(f": {candidate.id} " in line for candidate in report.candidates)]
    assert len(ids) == len(report.candidates)

from __future__ import annotations

from dataclasses import replace

from goldens import assert_golden
from hostile_reports import CHECKOUT, reports
from hypothesis import given, settings
from schemas import validate

from codesim.refactor import Member
from codesim.report import Checkout, ScanReport, render_gitlab
from codesim.report.as_gitlab import MOST_OTHERS


def fingerprints(report: ScanReport) -> list[str]:
    return [entry["fingerprint"] for entry in validate("gitlab", render_gitlab(report, CHECKOUT))]


def with_members(report: ScanReport, *members: Member) -> ScanReport:
    return replace(report, candidates=(replace(report.candidates[0], members=members, differences=()),))


def test_the_golden_report(graded_report: ScanReport) -> None:
    assert_golden("report.gitlab.json", render_gitlab(graded_report, CHECKOUT))


def test_an_entry_for_each_copy_with_the_others_as_other_locations(report: ScanReport) -> None:
    entries = validate("gitlab", render_gitlab(report, Checkout("/w", "/w/py")))
    assert len(entries) == 3 + 2 + 2
    assert entries[0]["location"] == {"path": "py/shop/orders.py", "lines": {"begin": 8, "end": 22}}
    assert [place["path"] for place in entries[0]["other_locations"]] == ["py/shop/users.py", "py/shop/stock/items.py"]
    assert entries[0]["description"].startswith("Near-miss copy (type 3) of py/shop/users.py:41 Importer.read_users, ")


def test_small_gains_are_for_information(graded_report: ScanReport) -> None:
    entries = validate("gitlab", render_gitlab(graded_report, CHECKOUT))
    assert [entry["severity"] for entry in entries[-4:]] == ["minor", "minor", "info", "info"]


def test_in_a_check_only_what_was_checked_has_entries(report: ScanReport) -> None:
    one, two, three = report.candidates[0].members
    checked = with_members(report, one, two, replace(three, in_focus=True))
    entries = validate("gitlab", render_gitlab(checked, CHECKOUT))
    assert [entry["location"]["path"] for entry in entries] == ["shop/stock/items.py"]
    assert entries[0]["fingerprint"] in fingerprints(report)


def test_fingerprints_are_unique_and_survive_edits_above_and_another_order(report: ScanReport) -> None:
    before = fingerprints(report)
    assert len(set(before)) == len(before)
    one, two, three = report.candidates[0].members
    moved = replace(one, start_line=one.start_line + 7, end_line=one.end_line + 7)
    assert sorted(fingerprints(with_members(report, moved, two, three))) == sorted(before[:3])
    assert sorted(fingerprints(with_members(report, three, one, two))) == sorted(before[:3])


def test_copies_within_one_function_are_told_apart(report: ScanReport) -> None:
    one = report.candidates[0].members[0]
    twin = replace(one, start_line=90, end_line=103)
    found = fingerprints(with_members(report, one, twin))
    assert len(set(found)) == 2
    assert found == fingerprints(with_members(report, twin, one))


def test_a_large_class_takes_no_square_of_its_size(report: ScanReport) -> None:
    one = report.candidates[0].members[0]
    many = [replace(one, path=f"f{number}.py") for number in range(100)]
    entries = validate("gitlab", render_gitlab(with_members(report, *many), CHECKOUT))
    assert len(entries) == 100
    assert {len(entry["other_locations"]) for entry in entries} == {MOST_OTHERS}


def test_a_report_without_candidates_is_an_empty_array(empty_report: ScanReport) -> None:
    assert validate("gitlab", render_gitlab(empty_report, CHECKOUT)) == []


@settings(max_examples=40, deadline=None)  # a report takes a while to draw
@given(reports())
def test_whatever_the_texts_hold_the_report_is_valid_and_printable(report: ScanReport) -> None:
    text = render_gitlab(report, CHECKOUT)
    assert text.isascii()
    entries = validate("gitlab", text)
    assert all(entry["description"].isprintable() and entry["location"]["path"].isprintable() for entry in entries)
    prints = [entry["fingerprint"] for entry in entries]
    assert len(set(prints)) == len(prints)

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from goldens import assert_golden
from hostile_reports import CHECKOUT, reports
from hypothesis import given, settings
from schemas import validate

from codesim.report import Checkout, ScanReport, render_sarif
from codesim.report.as_sarif import Limits
from codesim.report.sarif_rules import sarif_rules
from codesim.report.visible import visible

LINK = re.compile(r"(?:\\.|[^\\\[\]])*?\[((?:\\.|[^\\\[\]])*)\]\((\d+)\)")


def no_hash(_path: str, _line: int) -> None:
    return None


def run_of(report: ScanReport, checkout: Checkout = CHECKOUT, **limits: int) -> dict[str, Any]:
    log = validate("sarif", render_sarif(report, checkout, no_hash, Limits(**limits)))
    (run,) = log["runs"]
    return dict(run)


def test_the_golden_log(graded_report: ScanReport) -> None:
    text = render_sarif(graded_report, CHECKOUT, lambda path, line: f"{len(path):x}{line:x}:1")
    validate("sarif", text)
    assert_golden("report.sarif.json", text)


def test_one_result_for_a_class_at_the_copy_with_the_others_linked(report: ScanReport) -> None:
    result = run_of(report)["results"][0]
    assert len(result["locations"]) == 1
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "shop/orders.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 8, "startColumn": 1, "endLine": 22, "endColumn": 18}
    assert [(each["id"], each["message"]["text"]) for each in result["relatedLocations"]] == [
        (1, "shop/users.py:41 Importer.read_users"),
        (2, "shop/stock/items.py:112 read_items"),
    ]
    assert LINK.findall(result["message"]["text"]) == [
        ("shop/users.py:41 Importer.read_users", "1"),
        ("shop/stock/items.py:112 read_items", "2"),
    ]


def test_in_a_check_the_result_stands_at_the_copy_in_it(report: ScanReport) -> None:
    *others, items = report.candidates[0].members
    candidate = replace(report.candidates[0], members=(*others, replace(items, in_focus=True)))
    result = run_of(replace(report, candidates=(candidate,)))["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shop/stock/items.py"
    assert result["relatedLocations"][0]["message"]["text"].startswith("shop/users.py:41")


def test_columns_count_from_one_in_utf_16_units(report: ScanReport) -> None:
    member = replace(report.candidates[0].members[1], lines=("    x = 1", "    y = '🙂é'"))
    candidate = replace(report.candidates[0], members=(report.candidates[0].members[0], member))
    region = run_of(replace(report, candidates=(candidate,)))["results"][0]["locations"][0]["physicalLocation"][
        "region"
    ]
    assert (region["startColumn"], region["endColumn"]) == (5, 14)


def test_uris_are_relative_to_the_repository_and_percent_encoded(report: ScanReport) -> None:
    copies = [
        replace(copy, path=path)
        for copy, path in zip(report.candidates[2].members, ("a.py", "é [1] #%.py"), strict=True)
    ]
    odd = replace(report.candidates[2], members=tuple(copies))
    result = run_of(replace(report, candidates=(odd,)), Checkout("/w", "/w/src"))["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/%C3%A9%20%5B1%5D%20%23%25.py"
    outside = replace(odd, members=(replace(copies[0], path="/lib/x y.py"), copies[1]))
    related = run_of(replace(report, candidates=(outside,)))["results"][0]["relatedLocations"][0]
    assert related["physicalLocation"]["artifactLocation"] == {"uri": "file:///lib/x%20y.py"}


def test_fingerprints_are_the_line_hash_and_the_class(report: ScanReport) -> None:
    asked = []

    def line_hash(path: str, line: int) -> str:
        asked.append((path, line))
        return "a7f2ff13bc495cf2:1"

    results = validate("sarif", render_sarif(report, CHECKOUT, line_hash))["runs"][0]["results"]
    assert results[0]["partialFingerprints"] == {
        "codesimClass/v1": "3f9ac41e0b7d2a66",
        "primaryLocationLineHash": "a7f2ff13bc495cf2:1",
    }
    assert asked[0] == ("shop/orders.py", 8)
    assert list(run_of(report)["results"][0]["partialFingerprints"]) == ["codesimClass/v1"]


def test_with_a_baseline_a_result_is_new_or_has_gained_a_copy(report: ScanReport) -> None:
    first = report.candidates[0]
    gained = replace(first, gained=first.members[2:])
    results = run_of(replace(report, candidates=(gained, *report.candidates[1:]), known=7))["results"]
    assert [result["baselineState"] for result in results] == ["updated", "new", "new"]
    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shop/stock/items.py"
    assert all("baselineState" not in result for result in run_of(report)["results"])


def test_small_gains_are_notes(graded_report: ScanReport) -> None:
    levels = [result["level"] for result in run_of(graded_report)["results"]]
    assert levels == ["warning", "warning", "warning", "note"]


def test_the_rule_is_the_clone_type(report: ScanReport) -> None:
    run = run_of(report)
    for result, candidate in zip(run["results"], report.candidates, strict=True):
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"] == f"clone-type-{candidate.clone_type}"


def test_rules_have_all_that_github_shows_within_its_bounds() -> None:
    rules = sarif_rules()
    assert len({rule["id"] for rule in rules}) == 4
    for rule in rules:
        assert rule["name"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert len(rule["shortDescription"]["text"]) <= 1024
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
        assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
        assert len(rule["properties"]["tags"]) <= 10


def test_a_version_that_is_no_number_is_left_out(report: ScanReport) -> None:
    assert run_of(report)["tool"]["driver"]["semanticVersion"] == "1.2.3"
    assert "version" not in run_of(replace(report, version="unknown"))["tool"]["driver"]


def test_skipped_files_are_notifications_and_an_empty_scan_was_no_success(report: ScanReport) -> None:
    (invocation,) = run_of(report)["invocations"]
    assert invocation["executionSuccessful"]
    first = invocation["toolExecutionNotifications"][0]
    assert first["message"]["text"] == "skipped: line 3: invalid syntax"
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "old/py2.py"
    nothing = replace(report, summary=replace(report.summary, files=0), candidates=())
    assert not run_of(nothing)["invocations"][0]["executionSuccessful"]


def test_what_github_would_not_take_is_cut_by_rank_and_told(report: ScanReport) -> None:
    run = run_of(report, results=2)
    assert [result["properties"]["id"] for result in run["results"]] == [each.id for each in report.candidates[:2]]
    told = run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert told.startswith("1 candidate of the least value left out")


def test_a_class_of_thousands_keeps_as_many_related_locations_as_github_takes(report: ScanReport) -> None:
    one = report.candidates[0].members[0]
    copies = tuple(replace(one, path=f"f{number}.py") for number in range(1200))
    run = run_of(replace(report, candidates=(replace(report.candidates[0], members=copies),)))
    result = run["results"][0]
    assert len(result["relatedLocations"]) == 1000
    assert "and 1,194 more" in result["message"]["text"]


@pytest.mark.parametrize("size", [12_000, 4_000, 100])
def test_the_compressed_size_is_bounded(report: ScanReport, size: int) -> None:
    many = tuple(
        replace(report.candidates[0], id=f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}") for number in range(500)
    )
    text = render_sarif(replace(report, candidates=many), CHECKOUT, no_hash, Limits(size=size))
    run = validate("sarif", text)["runs"][0]
    kept = len(run["results"])
    assert kept < 500
    assert kept == 0 or len(gzip.compress(text.encode())) <= size
    assert (
        f"{500 - kept} candidates of the least value"
        in run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    )


def test_equal_reports_give_equal_bytes(hostile_report: ScanReport) -> None:
    first, second = (render_sarif(each, CHECKOUT, no_hash) for each in (hostile_report, replace(hostile_report)))
    assert first == second


@settings(max_examples=20, deadline=None)  # a report takes a while to draw and to validate
@given(reports())
def test_whatever_the_texts_hold_the_log_is_valid_and_its_links_are_ours(report: ScanReport) -> None:
    text = render_sarif(report, CHECKOUT, no_hash)
    assert text.isascii()
    run = validate("sarif", text)["runs"][0]
    assert all(told.isprintable() for told in strings(run["results"]))
    for result, candidate in zip(run["results"], report.candidates, strict=True):
        links = LINK.findall(result["message"]["text"])
        assert [int(number) for _, number in links] == list(range(1, len(candidate.members)))
        for (shown, _), related in zip(links, result["relatedLocations"], strict=True):
            assert re.sub(r"\\(.)", r"\1", shown) == related["message"]["text"]
        uris = [place["physicalLocation"]["artifactLocation"]["uri"] for place in result["locations"]]
        assert all(re.fullmatch(r"[\w./~%:-]+", uri, re.ASCII) for uri in uris)
        paths = {visible(CHECKOUT.path_of(copy.path).encode("utf-8", "replace").decode()) for copy in candidate.members}
        assert {visible(unquote(uri.removeprefix("file://"))) for uri in uris} <= paths


def strings(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return [text for child in children for text in strings(child)]


def test_a_log_has_no_time_and_no_place_of_this_machine(report: ScanReport) -> None:
    text = render_sarif(report, Checkout("/home/me/shop", "/home/me/shop"), no_hash)
    assert "/home/me" not in text
    assert "startTimeUtc" not in json.dumps(run_of(report))

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from codesim.report import ScanReport, Timings, render_json
from codesim.report.as_json import report_schema


def checked(report: ScanReport) -> dict[str, Any]:
    """Render, validate against the schema, and parse."""
    content = json.loads(render_json(report))
    jsonschema.Draft202012Validator(report_schema()).validate(content)
    return dict(content)


def test_the_schema_itself_is_valid_and_describes_every_field() -> None:
    schema = report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)

    def undescribed(node: object, path: str) -> list[str]:
        found = []
        if isinstance(node, dict):
            for name, field in node.get("properties", {}).items():
                found += [] if "description" in field else [f"{path}.{name}"]
            for key, child in node.items():
                found += undescribed(child, f"{path}.{key}")
        elif isinstance(node, list):
            for child in node:
                found += undescribed(child, path)
        return found

    assert undescribed(schema, "$") == []


def test_an_ordinary_report(report: ScanReport) -> None:
    content = checked(report)
    assert list(content) == ["schema_version", "tool", "summary", "candidates"]
    assert content["tool"] == {"name": "codesim", "version": "1.2.3", "weights": "pdg-gin 0a1b2c3d"}
    assert list(content["summary"]) == ["files", "lines", "fragments", "skipped", "candidates"]
    assert content["summary"]["candidates"] == 3
    assert content["summary"]["skipped"][0] == {"path": "old/py2.py", "reason": "line 3: invalid syntax"}
    first = content["candidates"][0]
    assert list(first)[:6] == ["id", "rank", "kind", "clone_type", "score", "similarity"]
    assert list(first)[6:11] == ["lines_saved", "parameters", "verdict", "fragments", "differences"]
    assert (first["rank"], first["score"], first["similarity"], first["parameters"]) == (1, 0.9712, 0.9877, 2)
    assert first["fragments"][1] == {
        "path": "shop/orders.py",
        "qualname": "read_orders",
        "start_line": 8,
        "end_line": 22,
    }
    assert first["differences"][0]["where"][1] == {"path": "shop/orders.py", "line": 11, "text": '"latin-1"'}
    assert first["helper"]["signature"] == "read_records(path, log, encoding, kind)"
    assert [each["rank"] for each in content["candidates"]] == [1, 2, 3]
    assert content["candidates"][1]["kind"] == "tests"
    assert content["candidates"][2]["helper"] is None


def test_timings_only_if_asked_for(report: ScanReport) -> None:
    timed = checked(replace(report, timings=Timings(1.0, 2.00004, 0.5, 0.1, 0.7, 0.0, 3.0)))
    assert list(timed) == ["schema_version", "tool", "summary", "timings", "candidates"]
    stages = ["source", "graph", "embed", "index", "verify", "group", "total"]
    assert list(timed["timings"].items()) == list(zip(stages, [1, 2, 0.5, 0.1, 0.7, 0, 3], strict=True))


def test_letters_stay_readable_and_hazards_are_escaped_without_loss(
    report: ScanReport, hostile_report: ScanReport
) -> None:
    assert "größe" in render_json(report)
    text = render_json(hostile_report)
    assert all(character.isprintable() or character == "\n" for character in text.replace("\u00a0", ""))
    text.encode("utf-8")
    fragments = checked(hostile_report)["candidates"][0]["fragments"]
    assert fragments[0]["path"] == hostile_report.candidates[0].members[0].path
    assert fragments[1]["qualname"] == "f\x1b]0;title\x07"


def test_a_report_without_candidates(empty_report: ScanReport) -> None:
    assert checked(empty_report)["candidates"] == []
    assert render_json(empty_report).endswith("}\n")


@pytest.mark.parametrize(
    ("place", "key", "extra"),
    [((), "surprise", False), (("summary",), "surprise", False), (("candidates", 0), "surprise", True)],
)
def test_only_candidates_may_gain_keys(report: ScanReport, place: tuple[Any, ...], key: str, extra: bool) -> None:
    content = json.loads(render_json(report))
    target = content
    for step in place:
        target = target[step]
    target[key] = 1
    assert jsonschema.Draft202012Validator(report_schema()).is_valid(content) is extra


def test_equal_reports_give_equal_bytes(hostile_report: ScanReport) -> None:
    assert render_json(hostile_report) == render_json(replace(hostile_report))


def test_a_score_that_is_no_number_is_refused(report: ScanReport) -> None:
    broken = replace(report, candidates=(replace(report.candidates[0], score=float("nan")),))
    with pytest.raises(ValueError, match="JSON"):
        render_json(broken)


def test_what_was_left_out_is_there_only_if_asked_for(rejected_report: ScanReport, report: ScanReport) -> None:
    assert "rejected" not in checked(report)
    assert checked(replace(report, rejected=()))["rejected"] == []
    content = checked(rejected_report)
    assert list(content)[-1] == "rejected"
    assert [each["rule"] for each in content["rejected"]] == ["value", "boilerplate:table-of-cases", "value"]
    assert content["rejected"][0]["fragments"][1] == {
        "path": "shop/orders.py",
        "qualname": "read_orders",
        "start_line": 8,
        "end_line": 22,
    }

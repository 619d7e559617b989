from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from explained import BUY, HOSTILE_LEFT, HOSTILE_RIGHT, LEND, SELL, explanation_of

from codesim.report import Explanation, ScanReport, Standing, Summary, render_json, report_schema


def report_of(explanation: Explanation) -> dict[str, Any]:
    """The JSON report of an explanation, checked against the schema."""
    report = ScanReport("1.2.3", "weights", Summary(3, 40, 3, ()), (explanation.candidate,))
    content: dict[str, Any] = json.loads(render_json(report, explanation))
    jsonschema.Draft202012Validator(report_schema()).validate(content)
    return content


def test_an_explained_candidate_keeps_its_keys_and_gains_its_own() -> None:
    explanation = explanation_of(BUY, SELL, LEND)
    report = ScanReport("1.2.3", "weights", Summary(3, 40, 3, ()), (explanation.candidate,))
    plain = json.loads(render_json(report))["candidates"][0]
    explained = report_of(explanation)["candidates"][0]
    assert {key: explained[key] for key in plain} == plain | {"rank": 3}
    assert list(explained)[len(plain) :] == [
        *("ranked", "rank_value", "rank_parts", "score_parts", "type_reason", "data_flow", "holes", "alignment")
    ]
    assert explained["ranked"] == 17


def test_a_comparison_has_no_place_among_others() -> None:
    candidate = report_of(explanation_of(BUY, SELL, rank=0))["candidates"][0]
    assert candidate["rank"] == 1
    assert "ranked" not in candidate


def test_differences_have_their_axis_and_both_sides() -> None:
    pair = report_of(explanation_of(BUY, SELL))["candidates"][0]["alignment"][0]
    found = [(each["axis"], each["kind"], each["left"], each["right"]) for each in pair["differences"]]
    assert (
        "hole",
        "literal",
        {"line": 8, "text": '"too many to buy"'},
        {"line": 7, "text": '"too many to sell"'},
    ) in found
    operators = [each for each in found if each[1] == "operator"]
    assert [each[0] for each in operators] == ["behaviour"]
    assert any(axis == "behaviour" and left is None for axis, _, left, _ in found)


def test_the_rows_hold_every_line_as_it_stands_in_the_file() -> None:
    pair = report_of(explanation_of(HOSTILE_LEFT, HOSTILE_RIGHT))["candidates"][0]["alignment"][0]
    for side, text in (("left", HOSTILE_LEFT), ("right", HOSTILE_RIGHT)):
        lines = [row[side]["text"] for row in pair["rows"] if row[side]]
        assert lines == text.rstrip("\n").split("\n")


def test_the_parts_add_up() -> None:
    import math

    candidate = report_of(explanation_of(BUY, SELL, LEND))["candidates"][0]
    for pair in candidate["alignment"]:
        logit = sum(part["contribution"] for part in pair["score_parts"])
        assert 1 / (1 + math.exp(-logit)) == pytest.approx(pair["score"], abs=1e-3)
    deciding = min(candidate["alignment"], key=lambda pair: pair["score"])
    assert candidate["score"] == deciding["score"]
    assert candidate["score_parts"] == deciding["score_parts"]


def test_holes_say_what_each_copy_passes_and_where_it_stands() -> None:
    left = BUY.replace("bought", "done")
    candidate = report_of(explanation_of(left, LEND.replace("lent", "done")))["candidates"][0]
    assert candidate["holes"] == [
        {
            "parameter": "text",
            "role": "value",
            "values": [
                {"path": "a.py", "line": 8, "text": "'too many to buy'"},
                {"path": "b.py", "line": 8, "text": "'too many to lend'"},
            ],
        }
    ]


@pytest.mark.parametrize("key", ["rows", "differences", "score_parts"])
def test_the_schema_refuses_a_pair_without_its_parts(key: str) -> None:
    content = report_of(explanation_of(BUY, SELL))
    del content["candidates"][0]["alignment"][0][key]
    assert not jsonschema.Draft202012Validator(report_schema()).is_valid(content)


def test_equal_explanations_give_equal_bytes() -> None:
    explanation = explanation_of(HOSTILE_LEFT, HOSTILE_RIGHT)
    report = ScanReport("1", "w", Summary(2, 2, 2, ()), (explanation.candidate,))
    again = replace(explanation_of(HOSTILE_LEFT, HOSTILE_RIGHT))
    text = render_json(report, explanation)
    assert text == render_json(report, again)
    assert all(character.isprintable() or character == "\n" for character in text)


def test_a_comparison_says_whether_a_scan_would_report_it() -> None:
    plain = explanation_of(BUY, SELL, rank=0)
    assert "standing" not in report_of(plain)["candidates"][0]
    kept_out = replace(plain, standing=Standing("value", "too little"))
    assert report_of(kept_out)["candidates"][0]["standing"] == {
        "reported": False,
        "rule": "value",
        "reason": "too little",
    }
    assert report_of(replace(plain, standing=Standing("", "")))["candidates"][0]["standing"]["reported"] is True

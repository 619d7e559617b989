"""From the tools' findings to what readers judge, and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from judging_pool import collect, make_pool, pool_line, pooled, read_answers

from codesim.evaluate import Finding, Judged, Label, Place, fragments_id, make_findings

A, B = Place("a.py", 10, 29), Place("b.py", 10, 29)
A_ONE_LESS = Place("a.py", 11, 29)
FAR = (Place("a.py", 100, 120), Place("c.py", 1, 21))


def findings() -> list[Finding]:
    return [*make_findings("jscpd", "p", [[A_ONE_LESS, B], FAR]), *make_findings("pyscn", "p", [[A, B]])]


def test_findings_with_the_same_fragments_are_judged_once_the_longest_standing_for_all() -> None:
    assert pooled(findings()) == [FAR, (A, B)]


def test_a_pool_names_no_tool_and_leaves_out_what_is_judged() -> None:
    pool = make_pool("p", findings(), [])
    assert sorted(pool) == sorted([(A, B), FAR])
    assert pool == make_pool("p", list(reversed(findings())), [])
    known = Judged("p", "1", fragments_id(FAR), FAR, Label.ACT, "", {})
    assert make_pool("p", findings(), [known]) == [(A, B)]
    record = json.loads(pool_line("p", (A, B), Path("sources")))
    assert record.keys() == {"id", "package", "fragments", "open"}
    assert record["open"][0].endswith("p/a.py:10-29")


def test_answers_go_to_the_finding_with_the_tools_that_had_it() -> None:
    class_id = "00c0ffee00c0ffee"
    found = [*findings(), Finding("codesim", "p", 4, (A, B), class_id)]
    pool = [json.loads(pool_line("p", places, Path())) for places in make_pool("p", found, [])]
    answers = {fragments_id((A, B)): (Label.ACT, "one helper")}
    assert collect(pool, answers, found, "1.0") == [
        Judged("p", "1.0", class_id, (A, B), Label.ACT, "one helper", {"codesim": 4, "jscpd": 1, "pyscn": 1})
    ]


def answers(folder: Path, name: str, label: str) -> Path:
    file = folder / name
    file.write_text(json.dumps({"id": "x", "label": label, "reason": name}) + "\n", encoding="utf-8")
    return file


def test_readers_who_differ_must_be_settled(tmp_path: Path) -> None:
    one, two, last = (answers(tmp_path, *pair) for pair in (("1", "ACT"), ("2", "REJECT"), ("3", "REJECT")))
    assert read_answers([two, last], settled=False) == {"x": (Label.REJECT, "2")}
    with pytest.raises(SystemExit, match="x: ACT or REJECT"):
        read_answers([one, two], settled=False)
    assert read_answers([one, two, last], settled=True) == {"x": (Label.REJECT, "3")}


def test_an_unknown_label_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="'PERHAPS' is no label"):
        read_answers([answers(tmp_path, "1", "PERHAPS")], settled=False)

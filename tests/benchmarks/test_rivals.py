"""The rivals' reports in one form: recorded outputs on luigi 3.8.1, cut to the fields that are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rivals import Ends, find, of_find_dup_defs, of_jscpd, of_pyscn, of_symilar, statement_ends, write_findings

from codesim.evaluate import Place, make_findings, read_findings

JSCPD: Any = {
    "duplicates": [
        {
            "firstFile": {"name": "luigi/contrib/bigquery.py", "start": 531, "end": 543},
            "secondFile": {"name": "luigi/contrib/bigquery.py", "start": 623, "end": 635},
            "lines": 13,
            "tokens": 70,
        },
        {
            "firstFile": {"name": "luigi/contrib/lsf_runner.py", "start": 49, "end": 67},
            "secondFile": {"name": "luigi/contrib/sge_runner.py", "start": 60, "end": 78},
            "lines": 19,
            "tokens": 103,
        },
    ]
}
SYMILAR = """
21 similar lines in 2 files
==luigi/contrib/lsf_runner.py:[45:68]
==./luigi/contrib/sge_runner.py:[56:78]
   ==not/a/place.py:[1:2]
       job.work()

3 similar lines in 3 files
==a.py:[0:3]
==b.py:[10:13]
==c.py:[4:7]
   x = 1
TOTAL lines=29428 duplicates=1642 percent=5.58
"""
PYSCN: Any = {
    "clone": {
        "clone_groups": [
            {
                "similarity": 1,
                "clones": [
                    {
                        "location": {
                            "file_path": "luigi/contrib/external_program.py",
                            "start_line": 220,
                            "end_line": 223,
                        }
                    },
                    {"location": {"file_path": "luigi/contrib/hadoop.py", "start_line": 205, "end_line": 208}},
                    {"location": {"file_path": "luigi/contrib/pig.py", "start_line": 172, "end_line": 175}},
                ],
            }
        ]
    }
}
FIND_DUP_DEFS: Any = {
    "groups": [
        {
            "severity": "WARNING",
            "thickness": 0.9,
            "members": [{"file": "a.py", "line": 9}, {"file": "b.py", "line": 9}],
        },
        {"severity": "ERROR", "thickness": 0.2, "members": [{"file": "a.py", "line": 1}, {"file": "b.py", "line": 1}]},
        {"severity": "ERROR", "thickness": 0.4, "members": [{"file": "a.py", "line": 5}, {"file": "b.py", "line": 5}]},
        {"severity": "INFO", "thickness": 1.0, "members": [{"file": "a.py", "line": 3}, {"file": "b.py", "line": 3}]},
    ]
}


def test_jscpd_by_tokens() -> None:
    assert of_jscpd(JSCPD) == [
        [Place("luigi/contrib/lsf_runner.py", 49, 67), Place("luigi/contrib/sge_runner.py", 60, 78)],
        [Place("luigi/contrib/bigquery.py", 531, 543), Place("luigi/contrib/bigquery.py", 623, 635)],
    ]


def test_symilar_counts_lines_from_zero_and_its_source_lines_are_no_places() -> None:
    assert of_symilar(SYMILAR) == [
        [Place("luigi/contrib/lsf_runner.py", 46, 68), Place("luigi/contrib/sge_runner.py", 57, 78)],
        [Place("a.py", 1, 3), Place("b.py", 11, 13), Place("c.py", 5, 7)],
    ]


def test_symilar_that_found_nothing() -> None:
    assert of_symilar("TOTAL lines=10 duplicates=0 percent=0.00\n") == []


def test_pyscn_groups() -> None:
    (group,) = of_pyscn(PYSCN)
    assert [place.path for place in group] == [
        "luigi/contrib/external_program.py",
        "luigi/contrib/hadoop.py",
        "luigi/contrib/pig.py",
    ]
    assert group[2] == Place("luigi/contrib/pig.py", 172, 175)
    assert of_pyscn({"clone": {"clone_groups": None}}) == []


def test_find_dup_defs_by_severity_then_thickness() -> None:
    groups = of_find_dup_defs(FIND_DUP_DEFS, lambda _path, line: line + 2)
    assert [group[0] for group in groups] == [
        Place("a.py", 5, 7),
        Place("a.py", 1, 3),
        Place("a.py", 9, 11),
        Place("a.py", 3, 5),
    ]


def test_the_end_of_a_definition(tmp_path: Path) -> None:
    text = "LIMIT = (\n    1,\n)\n\n@decorated\ndef f():\n    return 1\n"
    assert statement_ends(text) == {1: 3, 5: 7, 6: 7, 7: 7}
    assert statement_ends("def (") == {}
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    ends = Ends(tmp_path)
    assert (ends("a.py", 5), ends("a.py", 4)) == (7, 4)


def test_findings_are_numbered_and_written(tmp_path: Path) -> None:
    one = Place("a.py", 1, 3)
    findings = make_findings("jscpd", "luigi", [[one, one], *of_jscpd(JSCPD)], top=1)
    assert [(each.rank, each.fragments[0].path) for each in findings] == [(1, "luigi/contrib/lsf_runner.py")]
    write_findings(tmp_path / "out" / "jscpd.jsonl", findings)
    text = (tmp_path / "out" / "jscpd.jsonl").read_text(encoding="utf-8")
    assert json.loads(text)["fragments"][1] == {"path": "luigi/contrib/sge_runner.py", "start_line": 60, "end_line": 78}
    assert read_findings(text.splitlines(), "jscpd.jsonl") == findings


def test_codesim_is_run_in_the_folder(tmp_path: Path) -> None:
    body = (Path(__file__).parents[2] / "fixtures/clones/type1").glob("*/a.py")
    text = next(iter(sorted(body))).read_text(encoding="utf-8")
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    findings = find("codesim", tmp_path, "small", top=5)
    assert findings
    assert {place.path for place in findings[0].fragments} == {"one.py", "two.py"}


def test_a_tool_that_fails_is_no_empty_list(tmp_path: Path) -> None:
    program = tmp_path / "npm/node_modules/.bin/jscpd"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho broken >&2\nexit 3\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(RuntimeError, match="broken"):
        find("jscpd", tmp_path, "small", rivals=tmp_path)

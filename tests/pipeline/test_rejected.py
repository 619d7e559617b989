"""What a scan lists as left out on purpose: every rule has a case, and the list changes nothing that is reported."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from codesim.config import Settings
from codesim.pipeline import scan
from codesim.report import render_json, report_schema
from codesim.source import Focus

PLAIN = replace(Settings(), cache=False, jobs=1)
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
READING = """
    names = [name.strip() for name in store.names(limit)]
    store.check(names, factor)
    for name in names:
        if name.size == limit:
            log.warning("no %s", name)
            store.make(name, factor)
"""


def function(name: str, body: str, header: str = "def") -> str:
    return f"{header} {name}(rows, limit, factor, most, store):{body}"


def report_of(folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: object) -> dict[str, Any]:
    monkeypatch.chdir(folder)
    content: dict[str, Any] = json.loads(render_json(scan([Path()], replace(PLAIN, **changes), folder).report))  # type: ignore[arg-type]
    jsonschema.Draft202012Validator(report_schema()).validate(content)
    return content


def rejected(folder: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> dict[str, tuple[list[str], str]]:
    """Rule, up to the colon: places and reason of its first entry."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    plain, listed = (report_of(folder, monkeypatch, rejected=flag) for flag in (False, True))
    found = listed.pop("rejected")
    assert plain == listed  # asking changes nothing else
    out: dict[str, tuple[list[str], str]] = {}
    for one in found:
        places = [f"{each['path']}:{each['start_line']}-{each['end_line']}" for each in one["fragments"]]
        out.setdefault(one["rule"].partition(":")[0], (places, one["reason"]))
    return out


def test_what_is_reported_is_not_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = rejected(tmp_path, monkeypatch, a=function("f", WORK), b=function("g", WORK))
    assert found == {}
    assert len(report_of(tmp_path, monkeypatch)["candidates"]) == 1


def test_copies_that_save_too_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.py").write_text(function("f", WORK), encoding="utf-8")
    listed = report_of(tmp_path, monkeypatch, rejected=True, min_value=50.0)
    ((only),) = listed["rejected"]
    assert (only["rule"], listed["candidates"]) == ("value", [])
    assert ", below 50: merging saves " in only["reason"]


def test_boilerplate_and_twins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = "".join(f"    self.{name} = {name}.strip()\n" for name in ("host", "port", "user", "path", "root"))
    initialiser = f"def __init__(self, host, port, user, path, root):\n{fields}"
    waiting = WORK.replace("rows:", "await rows.all():")
    twins = function("load", WORK) + "\n\n" + function("aload", waiting, "async def")
    found = rejected(tmp_path, monkeypatch, a=initialiser, b=initialiser, c=twins)
    assert found["boilerplate"] == (["a.py:1-6", "b.py:1-6"], "boilerplate: initialiser")
    assert found["twin"][0] == ["c.py:13-22", "c.py:1-10"]


def test_functions_that_are_near_and_no_clones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = WORK.replace(" > limit", " <= limit").replace("+=", "-=").replace("log.debug", "mail.send")
    found = rejected(tmp_path, monkeypatch, a=function("f", WORK), b=function("g", other))
    places, reason = found["not-a-clone"]
    assert places == ["a.py:1-10", "b.py:1-10"]
    assert reason.startswith("closeness 0.")
    assert "operator" in reason


TAILS = (
    "    while most and rows.pop():\n        most -= rows[limit]\n    return [most] * 3\n",
    "    with store.lock(factor) as lock:\n        return lock or {limit: most for most in rows if most}\n",
    "    del rows[0]\n    assert not (most and limit), factor\n    raise store.error from most\n",
)
"""How functions end: nothing like one another."""
CALL = """
    store.fill(
        rows[0].first,
        limit + most + factor,
        factor * 2,
        sort=rows.order(most),
        name=most.name,
    )
"""


@pytest.mark.parametrize(
    ("left", "right", "rule", "said"),
    [
        (READING, READING.replace("name.size == limit", "name.size != limit"), "different", "an operator differs"),
        (*[READING[: READING.index("            store.make")]] * 2, "no-gain", "too few lines"),
        (CALL, CALL, "too-short", "compared are 3, 5 and 24 at least"),
    ],
)
def test_runs_of_statements(
    left: str, right: str, rule: str, said: str, *, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = rejected(tmp_path, monkeypatch, a=function("f", left + TAILS[0]), b=function("g", right + TAILS[1]))
    places, reason = found[rule]
    assert [place.partition(":")[0] for place in places] == ["a.py", "b.py"]
    assert said in reason


def test_a_focus_leaves_out_what_stands_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = READING.replace("name.size == limit", "name.size != limit")
    for name, tail, body in zip("abc", TAILS, (READING, changed, "\n"), strict=True):
        (tmp_path / f"{name}.py").write_text(function("f", body + tail), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    settings = replace(PLAIN, rejected=True)
    assert scan([Path()], settings, tmp_path).report.rejected
    assert scan([Path()], settings, tmp_path, focus=Focus({"c.py": ()}, dated=False)).report.rejected == ()

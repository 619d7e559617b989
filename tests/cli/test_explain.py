"""`codesim explain` and `codesim compare` as a user runs them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
from cases import FIXTURES
from cli.test_scan import codesim

from codesim.report import report_schema

CASE = FIXTURES / "clones" / "type3" / "wav_reader_gap"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for name in ("a.py", "b.py"):
        shutil.copy(CASE / name, root / name)
    return root


@pytest.fixture(scope="module")
def identity(project: Path) -> str:
    """The id of the project's only candidate; the scan leaves a warm cache."""
    report = json.loads(codesim("scan", "-f", "json", cwd=project).stdout)
    (candidate,) = report["candidates"]
    return str(candidate["id"])


def test_an_explanation_exits_with_0_and_goes_to_stdout(project: Path, identity: str) -> None:
    done = codesim("explain", identity[:5], cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    for title in ("Signs", "1 and 2, side by side", "1 and 2: what differs", "Verdict", "Rank"):
        assert f"\n  {title}\n" in done.stdout
    assert done.stdout.startswith(f"#1 of 1  {identity}  ")
    assert "\x1b" not in done.stdout
    assert done.stdout == codesim("explain", identity, ".", "--no-cache", "--jobs", "1", cwd=project).stdout


def test_colour_on_demand(project: Path, identity: str) -> None:
    assert "\x1b[" in codesim("explain", identity, "--color", "always", cwd=project).stdout
    assert "\x1b[" in codesim("explain", identity, cwd=project, FORCE_COLOR="1", NO_COLOR="").stdout
    assert "\x1b" not in codesim("explain", identity, cwd=project, FORCE_COLOR="1", NO_COLOR="1").stdout


@pytest.mark.parametrize(("name", "said"), [("zz", "no candidate has an id"), ("", "at least the first digit")])
def test_no_such_id_is_a_usage_error_that_names_the_nearest(project: Path, identity: str, name: str, said: str) -> None:
    done = codesim("explain", name, cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert f"  {identity}  a.py:" in done.stderr


def test_no_such_member_is_a_usage_error(project: Path, identity: str) -> None:
    done = codesim("explain", identity, "--with", "3", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert "this candidate has 2 (2)" in done.stderr


def test_explain_and_compare_agree_and_their_json_validates(project: Path, identity: str) -> None:
    explained = json.loads(codesim("explain", identity, "-f", "json", cwd=project).stdout)
    first, second = explained["candidates"][0]["fragments"]
    names = [f"{member['path']}::{member['qualname']}" for member in (first, second)]
    done = codesim("compare", *names, "-f", "json", cwd=project)
    assert done.returncode == 1
    compared = json.loads(done.stdout)
    for report in (explained, compared):
        jsonschema.Draft202012Validator(report_schema()).validate(report)
    one, two = explained["candidates"][0], compared["candidates"][0]
    assert one.pop("ranked") == 1
    assert two.pop("standing") == {"reported": True, "rule": "", "reason": ""}
    assert one == two
    assert "alignment" not in json.loads(codesim("scan", "-f", "json", cwd=project).stdout)["candidates"][0]


def test_compare_explains_as_text_and_to_a_file(project: Path) -> None:
    done = codesim("compare", "a.py:20", "b.py:20", "-o", "out.txt", cwd=project)
    assert (done.returncode, done.stdout) == (1, "")
    text = (project / "out.txt").read_text(encoding="utf-8")
    (project / "out.txt").unlink()
    assert "  1 and 2: what differs\n" in text
    assert text == codesim("compare", "a.py:20", "b.py:20", cwd=project).stdout


def test_help_names_what_matters(project: Path) -> None:
    text = codesim("explain", "--help", cwd=project).stdout
    assert "Usage: codesim explain [OPTIONS] ID [PATHS]..." in text
    assert "--with N" in text
    assert "--limit" not in text
    assert "  explain " in codesim("--help", cwd=project).stdout

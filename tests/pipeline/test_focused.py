"""A check of lines: which candidates remain of a scan, and which member speaks for the class."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cases import FIXTURES

from codesim.config import Settings
from codesim.pipeline import scan
from codesim.refactor import CandidateKind, RefactoringCandidate
from codesim.source import Age, Focus, LineRange, discover_files

PLAIN = Settings(cache=False, jobs=1)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every clone of types 1 to 3, one file for all left sides and one for all right sides."""
    for side in ("a", "b"):
        parts = [path.read_text("utf-8") for path in sorted((FIXTURES / "clones").glob(f"type[123]/*/{side}.py"))]
        text = "\n\n".join(part.replace("from __future__ import annotations", "") for part in parts)
        (tmp_path / f"{side}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(project: Path, focus: Focus | None) -> tuple[RefactoringCandidate, ...]:
    return scan([Path()], PLAIN, project, focus=focus).report.candidates


def test_a_check_of_lines_is_the_scan_without_what_they_do_not_touch(project: Path) -> None:
    every = check(project, None)
    assert len(every) > 5
    for wanted in every[::3]:
        member = next(each for each in wanted.members if each.path == "b.py")
        line = (member.start_line + member.end_line) // 2
        found = check(project, Focus({"b.py": (LineRange(line, line),)}, whole_files=False))
        assert [each.id for each in found] == [
            each.id
            for each in every
            if any(m.path == "b.py" and m.start_line <= line <= m.end_line for m in each.members)
        ]
        marked = {(m.path, m.start_line) for each in found for m in each.members if m.in_focus}
        assert marked == {("b.py", member.start_line)}


def test_members_are_marked_and_the_one_outside_the_focus_comes_first(project: Path) -> None:
    for path, other in (("a.py", "b.py"), ("b.py", "a.py")):
        for candidate in check(project, Focus({path: (LineRange(1, 10_000),)})):
            if candidate.kind is CandidateKind.BLOCK:  # its first member is the one that the others were cut out by
                continue
            first, *others = candidate.members
            assert (first.path, first.in_focus, first.age) == (other, False, Age.OLD)
            assert {(each.in_focus, each.age) for each in others} == {(True, Age.NEW)}


def test_contents_count_in_place_of_what_is_on_disk(project: Path) -> None:
    text = (project / "b.py").read_bytes()
    expected = check(project, None)
    (project / "b.py").write_text("nothing = 1\n")
    assert check(project, None) == ()
    found = discover_files([Path()], PLAIN).with_contents({project / "b.py": text})
    assert scan(found, PLAIN, project).report.candidates == expected
    (project / "b.py").unlink()
    found = discover_files([Path()], PLAIN).with_contents({project / "b.py": text})
    assert scan(found, PLAIN, project).report.candidates == expected
    without = found.with_contents({}, without={project / "b.py"})
    assert scan(without, PLAIN, project).report.candidates == ()


def test_a_cache_filled_by_a_check_holds_nothing_else(project: Path) -> None:
    text = (project / "b.py").read_bytes()
    shutil.copy(project / "a.py", project / "c.py")
    cached = Settings(jobs=1)
    found = discover_files([Path()], cached, project).with_contents({project / "c.py": text})
    scan(found, cached, project)
    assert scan([Path()], cached, project).report == scan([Path()], PLAIN, project).report

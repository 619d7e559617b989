"""Blocks from scan to report: the cases of fixtures/blocks, and how blocks and whole functions share the report."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from blocks import BlockCase, load_block_cases

from codesim.config import Settings
from codesim.pipeline import scan
from codesim.refactor import CandidateKind, RefactoringCandidate
from codesim.report import render_json
from codesim.source import Focus

PLAIN = replace(Settings(), cache=False, jobs=1)
CASES = load_block_cases()


@pytest.fixture(scope="module")
def buried(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[RefactoringCandidate, ...]]:
    """All cases in one project, and what a scan reports."""
    root = tmp_path_factory.mktemp("blocks")
    for case in CASES:
        shutil.copytree(case.folder, root / case.name)
    return root, scan([root], PLAIN, root).report.candidates


def places(candidate: RefactoringCandidate, folder: Path) -> set[str]:
    """Where a candidate's members are, as the cases name places."""
    return {
        f"{Path(member.path).name}:{member.start_line}-{member.end_line}"
        for member in candidate.members
        if Path(member.path).absolute().resolve().parent == folder.resolve()
    }


def test_there_are_more_lookalikes_than_clones() -> None:
    clones = [case for case in CASES if case.places]
    assert len(clones) >= 6
    assert len(CASES) - len(clones) > len(clones)


@pytest.mark.parametrize("case", [case for case in CASES if case.places], ids=lambda case: case.name)
def test_clones_are_reported(case: BlockCase, buried: tuple[Path, tuple[RefactoringCandidate, ...]]) -> None:
    root, candidates = buried
    found = [c for c in candidates if places(c, root / case.name)]
    assert [(c.kind, places(c, root / case.name)) for c in found] == [(CandidateKind.BLOCK, set(case.places))]
    assert found[0].verdict.extractable is case.extractable
    assert bool(found[0].helper and found[0].helper.text) is case.extractable
    assert found[0].verdict.reasons


def test_a_helper_stands_where_it_sees_what_the_copies_take(
    buried: tuple[Path, tuple[RefactoringCandidate, ...]],
) -> None:
    root, candidates = buried
    (found,) = [c for c in candidates if places(c, root / "clones" / "inside_one_function")]
    assert found.advice.startswith("Extract these lines into a function inside `choose_palette`, ")


@pytest.mark.parametrize("case", [case for case in CASES if not case.places], ids=lambda case: case.name)
def test_lookalikes_are_not_reported(case: BlockCase, buried: tuple[Path, tuple[RefactoringCandidate, ...]]) -> None:
    root, candidates = buried
    found = [c for c in candidates if c.kind is CandidateKind.BLOCK and places(c, root / case.name)]
    assert found == []


def test_no_case_pairs_with_another(buried: tuple[Path, tuple[RefactoringCandidate, ...]]) -> None:
    for candidate in buried[1]:
        assert len({Path(member.path).parent for member in candidate.members}) == 1


def copy_case(name: str, target: Path) -> None:
    case = next(case for case in CASES if case.folder.name == name)
    shutil.copytree(case.folder, target, dirs_exist_ok=True)
    (target / "case.toml").unlink()


def reported(folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: object) -> list[dict[str, object]]:
    monkeypatch.chdir(folder)
    settings = replace(PLAIN, **changes)  # type: ignore[arg-type]
    found: list[dict[str, object]] = json.loads(render_json(scan([Path()], settings, folder).report))["candidates"]
    return found


def test_ids_survive_moves_renames_and_edits_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_case("reading_rows_in_two_reports", tmp_path / "one")
    copy_case("reading_rows_in_two_reports", tmp_path / "two")
    for file in sorted((tmp_path / "two").glob("*.py")):
        text = file.read_text(encoding="utf-8").replace("rows", "lines_of_it")
        file.rename(file.with_name(f"moved_{file.name}"))
        file.with_name(f"moved_{file.name}").write_text("VALUE = 1\n\n\n" + text, encoding="utf-8")
    ids = [[c["id"] for c in reported(tmp_path / name, monkeypatch)] for name in ("one", "two")]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 1


def test_a_warm_cache_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for case in CASES:
        shutil.copytree(case.folder, tmp_path / case.name)
    cold = reported(tmp_path, monkeypatch, cache=True)
    assert reported(tmp_path, monkeypatch, cache=True) == cold == reported(tmp_path, monkeypatch)
    assert any(candidate["kind"] == "block" for candidate in cold)


def test_blocks_can_be_turned_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_case("reading_rows_in_two_reports", tmp_path)
    assert [c["kind"] for c in reported(tmp_path, monkeypatch)] == ["block"]
    assert reported(tmp_path, monkeypatch, min_block_lines=0) == []
    assert reported(tmp_path, monkeypatch, min_block_lines=8) == []


def test_the_focus_leaves_out_blocks_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_case("reading_rows_in_two_reports", tmp_path)
    copy_case("tail_that_returns", tmp_path / "other")
    monkeypatch.chdir(tmp_path)
    focused = scan([Path()], PLAIN, tmp_path, focus=Focus({"other/a.py": ()}, dated=False)).report.candidates
    assert [{Path(member.path).parent.name for member in c.members} for c in focused] == [{"other"}]
    assert len(scan([Path()], PLAIN, tmp_path).report.candidates) == 2


@pytest.mark.parametrize("place", ["above the function", "above the block"])
def test_suppressed_blocks_are_not_reported(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_case("reading_rows_in_two_reports", tmp_path)
    file = tmp_path / "a.py"
    before = "def monthly_sales" if place == "above the function" else "    with open"
    indent = before[: len(before) - len(before.lstrip())]
    comment = f"{indent}# codesim: ignore[clone] the two drift apart\n"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(before, comment + before), encoding="utf-8")
    assert reported(tmp_path, monkeypatch) == []


FUNCTION = """
def {name}(path, limit, log):
    names = []
    for entry in path.entries():
        if entry.size > limit and not entry.hidden:
            names.append(entry.name.lower())
            log.info("kept %s", entry.name)
        else:
            log.info("left %s", entry.name)
    names.sort(key=len)
{rest}
"""


def test_a_merged_function_hides_the_blocks_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = "    log.info('done')\n    return names"
    (tmp_path / "a.py").write_text(FUNCTION.format(name="one", rest=rest), encoding="utf-8")
    (tmp_path / "b.py").write_text(FUNCTION.format(name="two", rest=rest), encoding="utf-8")
    assert [c["kind"] for c in reported(tmp_path, monkeypatch)] == ["function"]


def test_a_block_takes_the_place_of_functions_that_cannot_be_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (f"    return len(names) {operator} limit" for operator in "+-")
    (tmp_path / "a.py").write_text(FUNCTION.format(name="one", rest=one), encoding="utf-8")
    (tmp_path / "b.py").write_text(FUNCTION.format(name="two", rest=two), encoding="utf-8")
    apart = reported(tmp_path, monkeypatch, min_block_lines=0)
    assert [(c["kind"], c["verdict"]["extractable"]) for c in apart] == [("function", False)]  # type: ignore[index]
    both = reported(tmp_path, monkeypatch)
    assert [(c["kind"], c["verdict"]["extractable"]) for c in both] == [("block", True)]  # type: ignore[index]

"""A kept report: given again as long as nothing changed that it depends on, and never afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cases import FIXTURES

import codesim
from codesim.config import Settings
from codesim.errors import SourceError
from codesim.pipeline import ScanResult, corridor, kept, scan
from codesim.pipeline.analysis import Analyser
from codesim.report import render_json
from codesim.source import EVERY_LINE, Discovery, Focus, LineRange, stamps
from codesim.store import Cache

CASE = FIXTURES / "clones" / "type3" / "wav_reader_gap"
SETTINGS = replace(Settings(), jobs=1)
LIBRARIES = {"numpy", "faiss", "libcst", "networkx", "onnxruntime", "rich"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    shutil.copytree(CASE, root / "one")
    shutil.copytree(sorted((FIXTURES / "clones" / "type1").iterdir())[0], root / "two")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One item for each scan that went through the corridor."""
    seen: list[object] = []
    through = corridor.scan

    def counted(*arguments: object, keep_basis: bool) -> ScanResult:
        seen.append(arguments)
        return through(*arguments, keep_basis=keep_basis)  # type: ignore[arg-type]

    monkeypatch.setattr(corridor, "scan", counted)
    return seen


def said(root: Path, **changes: object) -> str:
    result = scan([root], replace(SETTINGS, **changes), root)  # type: ignore[arg-type]
    assert result.warnings == []
    return render_json(result.report)


def test_the_same_again_is_given_without_the_corridor(project: Path, calls: list[object]) -> None:
    first = said(project)
    assert len(json.loads(first)["candidates"]) == 2
    assert said(project) == first == said(project, format="json", jobs=2, limit=1, color="never")
    assert len(calls) == 1
    assert said(project, cache=False) == first


def test_what_is_given_again_equals_what_was_found(project: Path) -> None:
    options = replace(SETTINGS, rejected=True, min_value=50.0)
    found = scan([project], options, project)
    again = scan([project], options, project)
    assert again == found
    assert found.report.rejected
    assert found.report.candidates == ()


def edit(project: Path) -> None:
    file = project / "one" / "a.py"
    file.write_text(file.read_text(encoding="utf-8").replace("0", "1", 1), encoding="utf-8")


def edit_unseen(project: Path) -> None:
    """Another content of the same length, with the old time of change."""
    file = project / "one" / "a.py"
    before = file.stat()
    edit(project)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def add(project: Path) -> None:
    shutil.copy(project / "one" / "a.py", project / "one" / "c.py")


def remove(project: Path) -> None:
    (project / "two" / "b.py").unlink()


def ignore(project: Path) -> None:
    (project / ".git").mkdir()
    (project / ".gitignore").write_text("two/\n", encoding="utf-8")


def rename(project: Path) -> None:
    (project / "one" / "a.py").rename(project / "one" / "z.py")


def break_up(project: Path) -> None:
    (project / "one" / "a.py").write_text("def f(:\n", encoding="utf-8")


def make_notebook(project: Path) -> None:
    (project / "one" / "a.ipynb").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    "change", [edit, edit_unseen, add, remove, ignore, rename, break_up, make_notebook], ids=lambda one: one.__name__
)
def test_any_change_of_the_files_is_seen(
    project: Path, calls: list[object], monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    monkeypatch.setattr(stamps, "SETTLED_NANOSECONDS", 0)  # all that is not from this very instant counts as settled
    said(project)
    said(project)
    change(project)
    after = said(project)
    assert len(calls) == 2
    assert after == said(project, cache=False)


@pytest.mark.parametrize("changed", [{"min_lines": 7}, {"min_value": 1.0}, {"rejected": True}, {"scope": "prod"}])
def test_a_setting_that_matters_is_seen(project: Path, calls: list[object], changed: dict[str, object]) -> None:
    said(project)
    said(project, **changed)
    assert len(calls) == 2


def test_other_code_and_other_libraries_are_seen(
    project: Path, calls: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    said(project)
    monkeypatch.setattr(kept, "code_version", lambda: "another")
    said(project)
    assert len(calls) == 2


def test_a_commit_is_seen(project: Path, calls: list[object]) -> None:
    def git(*arguments: str) -> None:
        names = [part for key in ("user.name=x", "user.email=x@y", "commit.gpgsign=false") for part in ("-c", key)]
        subprocess.run(["git", *names, *arguments], cwd=project, check=True, capture_output=True)

    git("init")
    said(project)
    git("add", ".")
    said(project)
    assert len(calls) == 1  # there is no history before the first commit
    git("commit", "-m", "first")
    said(project)
    git("commit", "--allow-empty", "-m", "second")
    said(project)
    said(project)
    assert len(calls) == 3


def test_going_back_to_an_earlier_state_needs_no_scan(project: Path, calls: list[object]) -> None:
    file = project / "one" / "a.py"
    text = file.read_text(encoding="utf-8")
    first = said(project)
    edit(project)
    assert said(project) != first
    file.write_text(text, encoding="utf-8")
    assert said(project) == first
    assert len(calls) == 2


def test_only_the_latest_reports_of_one_question_are_kept(project: Path) -> None:
    for number in range(12):
        (project / "new.py").write_text(f"x = {number}\n", encoding="utf-8")
        said(project)
    with Cache(project / ".codesim_cache") as cache:
        query = "SELECT COUNT(*) FROM entries WHERE family != ''"
        assert cache._connection.execute(query).fetchone() == (8,)


def test_a_file_that_changes_during_a_scan_leaves_no_report(
    project: Path, calls: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    through = corridor.scan

    def disturbed(*arguments: object, keep_basis: bool) -> ScanResult:
        result = through(*arguments, keep_basis=keep_basis)  # type: ignore[arg-type]
        edit(project)
        return result

    monkeypatch.setattr(corridor, "scan", disturbed)
    said(project)
    monkeypatch.setattr(corridor, "scan", through)
    assert said(project) == said(project, cache=False)
    assert len(calls) == 3


@pytest.mark.parametrize(
    "forged", [b"", b"{", b"no zlib", "truncated", "[]", "[[1], []]", "[" * 5000, "null"], ids=repr
)
def test_a_forged_report_is_none(project: Path, calls: list[object], forged: bytes | str) -> None:
    first = said(project)
    import zlib

    with Cache(project / ".codesim_cache") as cache:
        (key,) = [row[0] for row in cache._connection.execute("SELECT key FROM entries WHERE family != ''")]
        whole = cache.get_many([key])[key]
        data = forged if isinstance(forged, bytes) else zlib.compress(forged.encode())
        cache.put_many({key: whole[:-20] if forged == "truncated" else data})
    assert said(project) == first
    assert len(calls) == 2


def test_a_page_is_made_from_a_scan_and_timings_are_those_of_the_run(project: Path, calls: list[object]) -> None:
    said(project)
    result = scan([project], replace(SETTINGS, format="html"), project)
    assert len(calls) == 2
    assert all(candidate.basis is not None for candidate in result.report.candidates)
    times = scan([project], replace(SETTINGS, stats=True), project).report.timings
    assert len(calls) == 2
    assert times is not None
    assert times.total == times.source > 0.0
    assert times.verify == 0.0


def test_a_check_is_asked_once(project: Path, calls: list[object]) -> None:
    found = Discovery(tuple(sorted(project.glob("*/*.py"))), (), project)
    focus = Focus({"one/a.py": (LineRange(1, 500),)})
    for _ in range(2):
        assert scan(found, SETTINGS, project, focus).report.candidates
    assert len(calls) == 2
    with Cache(project / ".codesim_cache") as cache:
        assert cache._connection.execute("SELECT COUNT(*) FROM entries WHERE family != ''").fetchone() == (0,)


def test_a_check_says_the_same_with_a_cache_that_is_empty_full_or_of_another_state(project: Path) -> None:
    """What a focus is compared with comes from the cache or from its files, and texts are read when asked for."""

    def checked(name: str, **changes: object) -> str:
        found = Discovery(tuple(sorted(project.glob("*/*.py"))), (), project)
        options = replace(SETTINGS, **changes)  # type: ignore[arg-type]
        return render_json(scan(found, options, project, Focus({name: EVERY_LINE})).report)

    for name in ("one/a.py", "two/b.py", "one/none.py"):
        fresh = checked(name, cache=False)
        assert checked(name) == fresh == checked(name)
    before = checked("one/a.py")
    edit(project)
    fresh = checked("one/a.py", cache=False)
    assert fresh != before
    assert checked("one/a.py") == fresh
    contents = {project / "two" / "a.py": (project / "one" / "b.py").read_bytes()}
    found = Discovery(tuple(sorted(project.glob("*/*.py"))), (), project).with_contents(contents)
    reports = [
        render_json(scan(found, replace(SETTINGS, cache=cache), project, Focus({"two/a.py": EVERY_LINE})).report)
        for cache in (False, True, True)
    ]
    assert reports[0] == reports[1] == reports[2]
    assert "two/a.py" in reports[0]


def test_a_file_that_changes_between_its_digest_and_its_text_begins_the_scan_anew(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "SETTLED_NANOSECONDS", 0)
    said(project)
    (project / "new.py").write_text("x = 1\n", encoding="utf-8")  # or the report would be given again
    begun: list[object] = []
    analyse = corridor.analyse_files

    def disturbed(*arguments: object) -> object:
        analysis = analyse(*arguments)  # type: ignore[arg-type]
        begun.append(analysis)
        if len(begun) == 1:
            edit(project)
        return analysis

    monkeypatch.setattr(corridor, "analyse_files", disturbed)
    assert said(project) == said(project, cache=False)
    assert len(begun) == 3  # twice with the cache, once without


def test_a_file_that_never_stops_changing_is_an_error(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analyse = corridor.analyse_files

    def disturbed(*arguments: object) -> object:
        analysis = analyse(*arguments)  # type: ignore[arg-type]
        with (project / "one" / "a.py").open("a", encoding="utf-8") as file:
            file.write("# more\n")
        return analysis

    said(project)
    (project / "new.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(corridor, "analyse_files", disturbed)
    monkeypatch.setattr(corridor, "_ATTEMPTS", 1)
    with pytest.raises(SourceError, match=r"one/a\.py: changed again and again"):
        said(project)


def test_what_did_not_change_is_not_parsed_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    analyse = Analyser.analyse

    def counted(self: Analyser, source: object) -> object:
        seen.append(source.path)  # type: ignore[attr-defined]
        return analyse(self, source)  # type: ignore[arg-type]

    monkeypatch.setattr(Analyser, "analyse", counted)
    said(project)
    assert len(seen) == 4
    edit(project)
    said(project)
    assert seen[4:] == ["one/a.py"]


def test_no_library_is_loaded_for_a_kept_report(project: Path) -> None:
    code = (
        "import sys, json\nfrom codesim.cli import main\n"
        "try: main(['scan', '-f', 'json', '-o', 'out.json'], prog_name='codesim')\n"
        "except SystemExit as end: print(json.dumps([end.code, sorted(sys.modules)]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(codesim.__path__[0]).parent)}
    for warm in (False, True):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=project, env=environment, capture_output=True, check=True
        )
        status, modules = json.loads(done.stdout)
        assert status == 1
        loaded = {name.partition(".")[0] for name in modules}
        assert ("numpy" in loaded) is not warm
        assert not warm or loaded.isdisjoint(LIBRARIES)
        assert ("codesim.pipeline.corridor" in modules) is not warm

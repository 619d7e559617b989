"""What is staged or was written since a revision; what git refuses; and that a repository cannot run anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from codesim.config import Settings
from codesim.errors import ConfigError
from codesim.source import Discovery, Focus, discover_files, focus_on_files, focus_on_staged, focus_since, shown_path

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
NAMES = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
ALL = ((1, 2**31),)
TEN = "".join(f"line_{number} = {number}\n" for number in range(1, 11))


def git(*arguments: str, folder: Path | None = None) -> str:
    environment = {**os.environ, **NAMES, "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True, env=environment
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    git("init", "-q", "-b", "main")
    commit("a.py", TEN)
    return root


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def commit(name: str, text: str) -> None:
    write(name, text)
    git("add", "-A")
    git("commit", "-qm", "change")


def found() -> Discovery:
    return discover_files([Path()], Settings())


def staged() -> tuple[Discovery, dict[str, tuple[tuple[int, int], ...]]]:
    judged, focus = focus_on_staged(found(), Settings(), Path.cwd())
    return judged, plain(focus)


def since(reference: str) -> dict[str, tuple[tuple[int, int], ...]]:
    return plain(focus_since(found(), reference))


def plain(focus: Focus) -> dict[str, tuple[tuple[int, int], ...]]:
    return {path: tuple(map(tuple, runs)) for path, runs in focus.changed.items()}


def test_of_a_partly_staged_file_the_index_counts(repository: Path) -> None:
    write("a.py", TEN.replace("line_3 ", "STAGED "))
    git("add", "a.py")
    write("a.py", TEN.replace("line_3 ", "STAGED ").replace("line_8 ", "NOT "))
    judged, changed = staged()
    assert changed == {"a.py": ((3, 3),)}
    assert b"NOT" not in judged.contents[repository / "a.py"]


def test_what_is_not_staged_is_not_there(repository: Path) -> None:
    write("untracked.py", TEN)
    write("a.py", TEN + "more = 1\n")
    judged, changed = staged()
    assert changed == {}
    assert [shown_path(file) for file in judged.files] == ["a.py"]
    assert judged.contents[repository / "a.py"] == TEN.encode()


def test_a_staged_file_that_is_gone_from_disk_is_there(repository: Path) -> None:
    write("new.py", "x = 1\n")
    write("venv/new.py", "x = 1\n")
    git("add", "-A")
    Path("new.py").unlink()
    Path("venv/new.py").unlink()
    judged, changed = staged()
    assert changed == {"new.py": ALL}
    assert judged.contents == {repository / "new.py": b"x = 1\n"}


@pytest.mark.usefixtures("repository")
def test_staged_in_a_subfolder_is_named_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    write("sub/b.py", TEN)
    write("c.py", TEN)
    git("add", "-A")
    monkeypatch.chdir("sub")
    assert staged()[1] == {"b.py": ALL}


def test_before_the_first_commit_everything_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    write("a.py", TEN)
    git("add", "-A")
    assert staged()[1] == {"a.py": ALL}
    assert plain(focus_on_files(found(), [tmp_path / "a.py"])) == {"a.py": ALL}
    with pytest.raises(ConfigError, match="no commit"):
        since("HEAD")


def test_a_moved_file_has_no_new_lines_and_an_edited_one_only_those(repository: Path) -> None:
    git("mv", "a.py", "b.py")
    assert staged()[1] == {}
    assert since("HEAD") == {}
    write("b.py", TEN.replace("line_3 ", "EDITED "))
    git("add", "-A")
    assert staged()[1] == {"b.py": ((3, 3),)}
    assert since("HEAD") == {"b.py": ((3, 3),)}
    assert plain(focus_on_files(found(), [repository / "b.py"])) == {"b.py": ((3, 3),)}


@pytest.mark.usefixtures("repository")
def test_a_copied_file_is_new() -> None:
    shutil.copy("a.py", "copy.py")
    git("add", "-A")
    assert staged()[1] == {"copy.py": ALL}


@pytest.mark.usefixtures("repository")
def test_a_conflict_is_left_out_and_said() -> None:
    git("checkout", "-qb", "other")
    commit("a.py", TEN.replace("line_5 ", "other "))
    git("checkout", "-q", "main")
    commit("a.py", TEN.replace("line_5 ", "main "))
    commit("b.py", "x = 1\n")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "other")
    judged, changed = staged()
    assert changed == {}
    assert [(each.path, each.reason) for each in judged.skipped] == [("a.py", "has a merge conflict")]


@pytest.mark.usefixtures("repository")
def test_another_repository_inside_stays_as_it_is_on_disk(tmp_path: Path) -> None:
    git("init", "-q", str(tmp_path / "other"))
    (tmp_path / "other" / "lib.py").write_text(TEN)
    git("add", "-A", folder=tmp_path / "other")
    git("commit", "-qm", "x", folder=tmp_path / "other")
    git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "other"), "lib")
    assert [shown_path(file) for file in staged()[0].files] == ["a.py", "lib/lib.py"]


@pytest.mark.usefixtures("repository")
def test_a_commit_with_an_index_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")  # as `git commit -a` does for its hooks
    git("read-tree", "HEAD")
    write("b.py", TEN)
    git("add", "b.py")
    assert staged()[1] == {"b.py": ALL}
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert staged()[1] == {}


@pytest.mark.usefixtures("repository")
def test_since_counts_from_the_merge_base_and_takes_what_is_not_committed() -> None:
    git("checkout", "-qb", "topic")
    commit("a.py", TEN.replace("line_2 ", "topic "))
    git("checkout", "-q", "main")
    commit("a.py", TEN.replace("line_9 ", "main "))
    git("checkout", "-q", "topic")
    write("untracked.py", "y = 1\n")
    write("ignored.py", TEN)
    write(".gitignore", "ignored.py\n")
    assert since("main") == {"a.py": ((2, 2),), "untracked.py": ALL}
    Path("a.py").unlink()
    assert since("main") == {"untracked.py": ALL}


@pytest.mark.usefixtures("repository")
def test_since_with_other_line_ends_on_disk() -> None:
    Path("a.py").write_bytes(TEN.replace("\n", "\r\n").encode())
    assert since("HEAD") == {}


@pytest.mark.parametrize("reference", ["nowhere", "--output=/tmp/x", "-h", "", "HEAD:a.py", "a b", "\x1b[31m"])
@pytest.mark.usefixtures("repository")
def test_an_unknown_reference_is_an_error(reference: str) -> None:
    with pytest.raises(ConfigError, match="no commit"):
        since(reference)


def test_a_shallow_clone_says_what_to_fetch(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = git("rev-parse", "HEAD")
    git("checkout", "-qb", "topic")
    for number in range(3):
        commit("b.py", f"x = {number}\n")
    git("checkout", "-q", "main")
    commit("c.py", "x = 1\n")
    clone = tmp_path / "clone"
    git("clone", "-q", "--depth=1", "--no-single-branch", "-b", "topic", repository.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    with pytest.raises(ConfigError, match=r"shallow.*fetch-depth: 0"):
        since("origin/main")
    with pytest.raises(ConfigError, match=r"no commit.*fetch-depth: 0"):
        since(base)


@pytest.mark.usefixtures("repository")
def test_strangers_have_no_merge_base() -> None:
    git("checkout", "-q", "--orphan", "other")
    commit("b.py", "x = 1\n")
    with pytest.raises(ConfigError, match="no commit in common"):
        since("main")


def test_outside_a_repository_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("a.py", TEN)
    for act in (staged, lambda: since("main")):
        with pytest.raises(ConfigError, match="no git repository"):
            act()
    assert focus_on_files(found(), [tmp_path / "a.py"]) == Focus({"a.py": ()}, dated=False)


def test_without_git_a_check_of_files_goes_on(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert not focus_on_files(found(), [repository / "a.py"]).dated
    with pytest.raises(ConfigError, match="git cannot be started"):
        staged()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_repository_of_someone_else_counts_where_the_user_says_so(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("b.py", TEN)
    git("add", "-A")
    for place in (repository, repository / ".git"):
        os.chown(place, 12345, 12345)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ConfigError, match=r"dubious ownership.*safe\.directory"):
        staged()
    (tmp_path / ".gitconfig").write_text(f"[safe]\n\tdirectory = {repository}\n")
    assert staged()[1] == {"b.py": ALL}


def test_a_hostile_repository_runs_nothing(repository: Path, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{trace}'\ncat\n")
    script.chmod(0o755)
    filters = [f"filter.evil.{part}" for part in ("clean", "smudge", "process")]
    diffs = ["diff.evil.textconv", "diff.evil.command", "diff.external"]
    for key in (*filters, *diffs, "core.fsmonitor", "core.pager", "core.sshCommand", "core.hooksPath"):
        git("config", key, str(script))
    write(".git/hooks/post-index-change", script.read_text())
    Path(".git/hooks/post-index-change").chmod(0o755)
    write(".gitattributes", "*.py filter=evil diff=evil\n")
    write("b.py", TEN)
    blob = git("hash-object", "-w", "--no-filters", "b.py")
    git("-c", "core.fsmonitor=false", "update-index", "--add", "--cacheinfo", f"100644,{blob},b.py")
    trace.unlink(missing_ok=True)
    write("a.py", TEN + "x = 1\n")
    assert staged()[1] == {"b.py": ALL}
    assert since("HEAD") == {"a.py": ((11, 11),), "b.py": ALL}
    assert plain(focus_on_files(found(), [repository / "a.py"])) == {"a.py": ((11, 11),)}
    assert not trace.exists()
    git("diff")
    assert trace.exists()  # the trap is one
    git("config", "core.worktree", "/")  # a working tree elsewhere is not looked at
    assert staged()[1] == {"b.py": ALL}

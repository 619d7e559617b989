"""What git remembers of functions, and that a hostile repository cannot run anything."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from codesim.source import History, read_history

NAMES = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
TWO = """def first(x):
    y = x + {0}
    return y


class C:
    def second(self, x):
        y = x * {1}
        return y
"""


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ, **NAMES}
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def commit(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "change")


def test_commits_name_the_functions_that_they_changed(repository: Path) -> None:
    for one, two in ((1, 1), (2, 1), (2, 2), (3, 3)):
        commit(repository, "a.py", TWO.format(one, two))
    file = str(repository / "a.py")
    history = read_history(repository, [repository / "a.py"])
    changed = [sorted(name for _, name in found) for found in history.commits]
    assert changed[:3] == [["first", "second"], ["second"], ["first"]]
    assert {path for found in history.commits for path, _ in found} == {file}
    together, apart = history.changes([(file, "first"), (file, "second")])
    assert (together, apart) == (2, 2)  # the first commit made both


def test_only_the_files_of_interest_count(repository: Path) -> None:
    commit(repository, "a.py", TWO.format(1, 1))
    commit(repository, "b.py", TWO.format(1, 1))
    assert len(read_history(repository, [repository / "a.py"]).commits) == 1


def test_no_repository_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert read_history(tmp_path, [tmp_path / "a.py"]) == History()
    assert read_history(tmp_path, []) == History()


def test_no_commit_no_history(repository: Path) -> None:
    (repository / "a.py").write_text("x = 1\n")
    assert read_history(repository, [repository / "a.py"]) == History()


def test_git_missing_no_history(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository, "a.py", TWO.format(1, 1))
    monkeypatch.setenv("PATH", "")
    assert read_history(repository, [repository / "a.py"]) == History()


def test_the_configuration_of_the_repository_runs_nothing(repository: Path) -> None:
    mark = repository / "ran"
    program = repository / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    program.chmod(0o755)
    (repository / ".gitattributes").write_text("*.py diff=evil\n")
    commit(repository, "a.py", TWO.format(1, 1))
    commit(repository, "a.py", TWO.format(2, 1))
    for key in (
        "core.fsmonitor", "core.pager", "pager.log", "diff.external", "diff.evil.command", "diff.evil.textconv",
        "gpg.program", "core.sshCommand", "core.editor", "core.askPass", "credential.helper",
    ):  # fmt: skip
        git(repository, "config", key, str(program))
    git(repository, "config", "log.showSignature", "true")
    git(repository, "config", "core.hooksPath", str(repository))
    (repository / "post-index-change").write_text(program.read_text())
    history = read_history(repository, [repository / "a.py"])
    assert not mark.exists()
    assert len(history.commits) == 2


def test_the_environment_does_not_lead_elsewhere(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository, "a.py", TWO.format(1, 1))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "/nowhere")
    assert len(read_history(repository, [repository / "a.py"]).commits) == 1


def test_files_with_odd_names_are_found(repository: Path) -> None:
    commit(repository, "x [1] é*.py", TWO.format(1, 1))
    assert len(read_history(repository, [repository / "x [1] é*.py"]).commits) == 1

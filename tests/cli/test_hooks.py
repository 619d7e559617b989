"""The hooks, run by the real pre-commit in a temporary repository.

All but the last test replace one thing: the hook's environment is this one (`language: system`), as installing the
package takes most of a minute. The last one installs it as users do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cases import FIXTURES

ROOT = FIXTURES.parent
CASE = FIXTURES / "clones" / "type1" / "sliding_batches"
COPY = "b.py:7 iter_batches: new copy of a.py:7 iter_batches: import it"
pytestmark = [
    pytest.mark.skipif(shutil.which("git") is None, reason="needs git"),
    pytest.mark.skipif(os.name != "posix", reason="the stand-in for the installed command is a shell script"),
]


class Project:
    """A repository whose commits pass the hooks of this checkout."""

    def __init__(self, folder: Path, options: str = "") -> None:
        self.root, self.calls = folder / "project", folder / "calls"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
            "PRE_COMMIT_HOME": str(folder / "home"),
            "PATH": os.pathsep.join([str(_stand_in(folder / "bin", self.calls)), os.environ["PATH"]]),
        }
        hooks = self._hook_repository(folder / "hooks")
        self.root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.write(
            ".pre-commit-config.yaml",
            f"repos:\n- repo: {hooks}\n  rev: {self.git('rev-parse', 'HEAD', folder=hooks).stdout.strip()}\n  hooks:\n"
            f"  - {{id: codesim, verbose: true{options}}}\n  - {{id: codesim-all{options}}}\n",
        )
        self.pre_commit("install", "--hook-type", "pre-commit", "--hook-type", "pre-push")

    def _hook_repository(self, folder: Path) -> Path:
        leave_out = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(ROOT / "codesim", folder / "codesim", ignore=leave_out)
        for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, folder / name)
        self.git("init", "-q", folder=folder)
        self.git("add", "-A", folder=folder)
        self.git("commit", "-qm", "hooks", folder=folder)
        return folder

    def git(self, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        done = self.attempt("git", *arguments, folder=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def attempt(self, *command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=folder or self.root, env=self.environment, capture_output=True, text=True, check=False
        )

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.attempt(sys.executable, "-m", "pre_commit", *arguments)

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")
        self.git("add", name)

    def take(self, name: str) -> None:
        self.write(name, (CASE / name).read_text(encoding="utf-8"))

    def commit(self) -> str:
        """What the hooks print on stderr while git tries to commit what is staged."""
        self.calls.unlink(missing_ok=True)
        return self.attempt("git", "commit", "-qm", "change").stderr

    def commits(self) -> int:
        return len(self.attempt("git", "log", "--format=%h").stdout.splitlines())


def _stand_in(folder: Path, calls: Path) -> Path:
    """A command `codesim` that runs this checkout, and keeps count."""
    folder.mkdir()
    script = folder / "codesim"
    script.write_text(
        f'#!/bin/sh\necho "$#" >> "{calls}"\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m codesim "$@"\n'
    )
    script.chmod(0o755)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, ", language: system")


def test_a_clean_commit_passes_and_prints_nothing(project: Project) -> None:
    project.take("a.py")
    lines = [line for line in project.commit().splitlines() if not line.startswith("[INFO]")]
    assert lines[0].endswith("Passed")
    assert [line.partition(":")[0] for line in lines[1:]] == ["- hook id", "- duration"]  # pre-commit's own, by verbose
    assert project.commits() == 1


def test_a_duplicate_of_a_file_that_is_not_staged_fails_and_names_both_places(project: Project) -> None:
    project.take("a.py")
    project.commit()
    project.take("b.py")
    said = project.commit()
    assert "Failed" in said
    assert COPY in said
    assert project.commits() == 1


def test_a_duplicate_that_is_not_staged_passes(project: Project) -> None:
    project.take("a.py")
    project.write("b.py", "import os\n")
    project.commit()
    project.write("b.py", "import sys\n")
    shutil.copy(CASE / "b.py", project.root / "b.py")
    assert "Passed" in project.commit()
    assert project.commits() == 2


def test_many_files_give_one_result(project: Project) -> None:
    for number in range(150):
        project.write(f"a_module_with_a_name_{number}.py", f"NUMBER = {number}\n")
    project.take("a.py")
    project.take("b.py")
    said = project.commit()
    assert project.calls.read_text().split() == ["153"]  # one call, with `check` and every name
    assert said.count("exact copy") == 1


def test_with_the_staged_flag_an_old_duplicate_in_a_touched_file_passes(project: Project) -> None:
    project.take("a.py")
    project.take("b.py")
    project.git("commit", "-qm", "old", "--no-verify")
    text = (project.root / "b.py").read_text(encoding="utf-8")
    project.write("b.py", f"{text}\n\nLIMIT = 3\n")
    said = project.commit()
    assert "b.py:7 iter_batches: copy of a.py:7" in said
    config = project.root / ".pre-commit-config.yaml"
    project.write(config.name, config.read_text().replace("id: codesim,", "id: codesim, args: [--staged],"))
    assert "Passed" in project.commit()


def test_a_baseline_silences_what_it_knows_and_nothing_new(project: Project) -> None:
    project.take("a.py")
    project.take("b.py")
    assert project.attempt("codesim", "baseline", "write").returncode == 0
    project.git("add", "-A")
    said = project.commit()
    assert "Passed" in said
    assert "b.py" not in said
    assert project.commits() == 1
    project.write("c.py", (CASE / "b.py").read_text(encoding="utf-8"))
    said = project.commit()
    assert "c.py:7 iter_batches: new copy of a.py:7 iter_batches" in said
    assert project.commits() == 1


def test_the_whole_repository_is_scanned_before_a_push_and_on_demand(project: Project, tmp_path: Path) -> None:
    project.take("a.py")
    project.take("b.py")
    project.git("commit", "-qm", "both", "--no-verify")
    by_hand = project.pre_commit("run", "--hook-stage", "manual", "codesim-all")
    assert by_hand.returncode == 1
    assert "exact copy" in by_hand.stdout
    project.git("init", "-q", "--bare", str(tmp_path / "bare"))
    pushed = project.attempt("git", "push", "-q", str(tmp_path / "bare"), "main")
    assert pushed.returncode != 0
    assert "exact copy" in pushed.stdout + pushed.stderr


@pytest.mark.slow
def test_the_hook_installs_itself(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.take("a.py")
    assert "Passed" in project.commit()
    project.take("b.py")
    assert COPY in project.commit()
    assert not project.calls.exists()
    assert project.commits() == 1

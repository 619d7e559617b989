"""Shell completion: the script in a real bash, and what each shell is answered."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import codesim
from codesim.cli import COMMANDS, main

ROOT = Path(codesim.__path__[0]).parent
ASK = """
source "$SCRIPT"
compopt() { echo "compopt $*"; }  # bash has its own only while a key is handled
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_codesim_completion codesim
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A shell's environment in which `codesim` is this checkout's, and writes down how it was called."""
    program = tmp_path / "bin" / "codesim"
    program.parent.mkdir()
    lines = (
        "#!/bin/sh",
        f'[ -n "$_CODESIM_COMPLETE" ] && exec "{sys.executable}" -m codesim "$@"',
        f'printf "%s\\n" "$*" > "{tmp_path}/called"',
    )
    program.write_text("\n".join(lines) + "\n", encoding="utf-8")
    program.chmod(0o755)
    script = tmp_path / "codesim.bash"
    script.write_text(CliRunner().invoke(main, ["completion", "bash"]).stdout, encoding="utf-8")
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "SCRIPT": str(script), "TERM": "dumb"}


def ask_bash(environment: dict[str, str], *words: str) -> list[str]:
    command = ["bash", "--norc", "-c", ASK, "bash", "codesim", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()


def test_commands_flags_and_values(environment: dict[str, str]) -> None:
    assert ask_bash(environment, "") == list(COMMANDS)
    assert ask_bash(environment, "sc") == ["scan"]
    assert ask_bash(environment, "scan", "--min-s") == ["--min-similarity", "--min-score"]
    assert ask_bash(environment, "scan", "--scope", "") == ["prod", "tests", "all"]
    assert ask_bash(environment, "scan", "src", "--color", "a") == ["auto", "always"]
    assert ask_bash(environment, "completion", "") == ["bash", "zsh", "fish"]
    assert ask_bash(environment, "train", "expo") == ["export"]


@pytest.mark.parametrize(
    "words",
    [["scan", ""], ["scan", "--output", ""], ["check", "a"], ["compare", "a.py::f", ""], ["graph", ""]],
    ids=" ".join,
)
def test_files_are_left_to_the_shell(environment: dict[str, str], words: list[str]) -> None:
    assert ask_bash(environment, *words) == ["compopt", "-o", "default"]


def test_a_hostile_word_is_never_run(environment: dict[str, str], tmp_path: Path) -> None:
    ask_bash(environment, "scan", f"$(touch {tmp_path}/ran)", f"`touch {tmp_path}/ran`", "")
    assert not (tmp_path / "ran").exists()


def test_keys_in_a_terminal(environment: dict[str, str], tmp_path: Path) -> None:
    """An interactive bash: the tabulator completes a command, a flag, a value and a file."""
    (tmp_path / "some_module.py").write_text("", encoding="utf-8")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment)  # noqa: S606  # no shell to escape
    os.write(terminal, b'. "$SCRIPT"\ncodesim sc\t--sco\tpro\t some_mo\t\n')
    called, deadline = tmp_path / "called", time.monotonic() + 60
    while not (called.exists() and called.read_text(encoding="utf-8")) and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:  # what it echoes must be read, or it stops
            os.read(terminal, 4096)
    os.write(terminal, b"exit\n")
    os.close(terminal)
    os.waitpid(child, 0)
    assert called.read_text(encoding="utf-8") == "scan --scope prod some_module.py\n"


@pytest.mark.parametrize(
    ("shell", "words", "answer"),
    [
        ("zsh", ("codesim scan --scope t", "3"), "plain\ntests\n_\n"),
        ("zsh", ("codesim graph ", "2"), "file\n\n_\n"),
        ("fish", ("codesim scan --scope p", "p"), "plain,prod\n"),
    ],
)
def test_what_other_shells_are_answered(
    environment: dict[str, str], shell: str, words: tuple[str, str], answer: str
) -> None:
    found = subprocess.run(
        ["codesim"],
        env={
            **environment,
            "COMP_WORDS": words[0],
            "COMP_CWORD": words[1],
            "_CODESIM_COMPLETE": f"{shell}_complete",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == answer


@pytest.mark.parametrize(
    ("shell", "mark"), [("zsh", "#compdef codesim"), ("fish", "complete --no-files --command codesim")]
)
def test_scripts_of_other_shells(shell: str, mark: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert result.exit_code == 0
    assert mark in result.stdout
    assert f"_CODESIM_COMPLETE={shell}_complete" in result.stdout

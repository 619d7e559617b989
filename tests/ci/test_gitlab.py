"""The GitLab template: its form, and its script run by the shells that an image may have."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import codesim

ROOT = Path(codesim.__path__[0]).parent
TEMPLATE = ROOT / "templates" / "codesim.gitlab-ci.yml"
JOB: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))["codesim"]
SHELLS = ("sh", "bash")
HOSTILE = ("$(touch ran)", "`touch ran`", "; touch ran", '"; touch ran; "', "*", "--exit-zero", "a'b\\c")

RECORDER = """#!{python}
import json, os, sys
json.dump(sys.argv[1:], open(os.environ["RECORD"], "w"))
sys.exit(int(os.environ.get("STATUS", "0")))
"""


def run(folder: Path, shell: str, lines: list[str], **variables: str) -> int:
    """Run lines of the job as GitLab's runner does: one script, ended by the first error."""
    (folder / "tmp").mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(folder / "tmp"), "CI_JOB_ID": "7", "RECORD": str(folder / "record.json")}
    environment |= {**JOB["variables"], **variables}
    script = "\n".join(["set -e", *lines])
    return subprocess.run([shell, "-c", script], cwd=folder, env=environment, check=False).returncode


def scan(folder: Path, shell: str, **variables: str) -> tuple[int, list[str]]:
    """Run the script with a program that writes down its arguments; without those that are always there."""
    program = folder / "tmp" / "codesim-7" / "bin" / "codesim"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(RECORDER.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    code = run(folder, shell, JOB["script"], **variables)
    argv: list[str] = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    fixed = ["--cache-dir", ".codesim_cache", "--report", "gitlab=gl-code-quality-report.json"]
    assert argv[3:9] == [*fixed, "--report", "html=codesim.html"]
    return code, [*argv[:3], *argv[9:]]


def test_it_has_the_form_that_gitlab_wants() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(TEMPLATE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_reports_are_kept_whatever_codesim_says() -> None:
    artifacts = JOB["artifacts"]
    assert artifacts["when"] == "always"
    assert artifacts["reports"] == {"codequality": "gl-code-quality-report.json"}
    assert artifacts["paths"] == ["codesim.html"]
    assert JOB["cache"]["when"] == "always"
    assert JOB["cache"]["paths"] == [".codesim_cache/"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_arguments_of_a_scan(tmp_path: Path, shell: str) -> None:
    assert scan(tmp_path, shell) == (0, ["scan", "--format", "concise", "--", "."])
    variables = {
        "CODESIM_PATHS": "src\n\nlib/a b",
        "CODESIM_ARGS": " --min-lines  8\n--stats ",
        "CODESIM_FAIL_ON": "new",
        "CODESIM_BASELINE": "base line.json",
        "CODESIM_FORMAT": "full",
    }
    assert scan(tmp_path, shell, **variables)[1] == [
        *["scan", "--format", "full", "--fail-on", "new", "--baseline", "base line.json"],
        *["--min-lines", "8", "--stats", "--", "src", "lib/a b"],
    ]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("status", ["0", "1", "2"])
def test_the_job_ends_as_codesim_does(tmp_path: Path, shell: str, status: str) -> None:
    assert scan(tmp_path, shell, STATUS=status)[0] == int(status)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_variables_stay_arguments(tmp_path: Path, shell: str, text: str) -> None:
    names = ("CODESIM_PATHS", "CODESIM_ARGS", "CODESIM_FAIL_ON", "CODESIM_BASELINE", "CODESIM_FORMAT")
    (tmp_path / "file.py").write_text("", encoding="utf-8")
    expected = ["scan", "--format", text, "--fail-on", text, "--baseline", text, *text.split(), "--", text]
    assert scan(tmp_path, shell, **dict.fromkeys(names, text))[1] == expected
    assert not list(tmp_path.rglob("ran"))


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("package", ["codesim==0.1.0", "--index-url=x", "a b; touch ran"])
def test_installation(tmp_path: Path, shell: str, package: str) -> None:
    installer = tmp_path / "bin" / "python3"
    installer.parent.mkdir()
    lines = (
        f"#!{sys.executable}",
        "import json, os, shutil, sys",
        'with open(os.environ["RECORD"], "a") as log: log.write(json.dumps(sys.argv[1:]) + "\\n")',
        'if "venv" in sys.argv:',
        '    os.makedirs(sys.argv[3] + "/bin")',
        '    shutil.copy(__file__, sys.argv[3] + "/bin/python")',
    )
    installer.write_text("\n".join(lines) + "\n", encoding="utf-8")
    installer.chmod(0o755)
    path = f"{installer.parent}{os.pathsep}{os.environ['PATH']}"
    assert run(tmp_path, shell, JOB["before_script"], CODESIM_PACKAGE=package, PATH=path) == 0
    calls = [json.loads(line) for line in (tmp_path / "record.json").read_text(encoding="utf-8").splitlines()]
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--", package]
    assert calls == [["-m", "venv", str(tmp_path / "tmp" / "codesim-7")], install]
    assert not list(tmp_path.rglob("ran"))


@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_scan(tmp_path: Path, shell: str) -> None:
    for file in sorted((ROOT / "fixtures/clones/type1").glob("*/[ab].py"))[:2]:
        shutil.copy(file, tmp_path)
    program = tmp_path / "tmp" / "codesim-7" / "bin" / "codesim"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m codesim "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    assert run(tmp_path, shell, JOB["script"], PYTHONPATH=str(ROOT)) == 1
    findings = json.loads((tmp_path / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert findings[0]["location"]["path"] in {"a.py", "b.py"}
    assert "<html" in (tmp_path / "codesim.html").read_text(encoding="utf-8")
    assert (tmp_path / ".codesim_cache").is_dir()
    assert run(tmp_path, shell, JOB["script"], PYTHONPATH=str(ROOT), CODESIM_FAIL_ON="none") == 0

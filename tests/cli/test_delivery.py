"""Where reports go: standard output, files, several forms in one run; and what the surroundings add to them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cases import FIXTURES
from schemas import validate

from codesim.cli.delivery import find_checkout, write_whole
from codesim.config import FORMATS
from codesim.source import line_hashes

TYPE1 = FIXTURES / "clones" / "type1" / "sliding_batches"
JOB = {"GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "0a1b", "CI_PROJECT_URL": "", "GITHUB_SERVER_URL": ""}


def scan(*arguments: str, cwd: Path, code: int = 1, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_"))}
    done = subprocess.run(
        [sys.executable, "-m", "codesim", "scan", "--no-cache", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**clean, **environment},
    )
    assert done.returncode == code, done.stderr
    return done.stderr if code == 2 else done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with two copies in a folder whose name needs escapes."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "src é"
    folder.mkdir()
    for name in ("a.py", "b.py"):
        shutil.copy(TYPE1 / name, folder / name)
    return tmp_path


def test_every_form_in_one_run(project: Path) -> None:
    reports = [argument for form in FORMATS for argument in ("--report", f"{form}=out/{form}")]
    printed = scan("-f", "concise", *reports, cwd=project)
    texts = {form: (project / "out" / form).read_text(encoding="utf-8") for form in FORMATS}
    assert texts["concise"] == printed
    assert texts["full"].startswith("#1  ")
    for form in ("json", "sarif", "gitlab"):
        validate(form, texts[form])
    assert texts["github"].startswith("::warning file=src é/b.py,line=")
    assert texts["markdown"].startswith("<!-- codesim -->\n")
    assert texts["html"] == scan("-f", "html", cwd=project)
    assert sorted(file.name for file in (project / "out").iterdir()) == sorted(FORMATS)


def test_paths_count_from_the_repository_wherever_the_scan_starts(project: Path) -> None:
    inside = project / "src é"
    forms = ("sarif", "gitlab", "github", "markdown")
    for cwd, folder in ((inside, project / "one"), (project, project / "two")):
        scan(*(argument for form in forms for argument in ("--report", f"{form}={folder / form}")), cwd=cwd)
    one, two = ([(project / name / form).read_text(encoding="utf-8") for form in forms] for name in ("one", "two"))
    assert one == two
    log = validate("sarif", one[0])
    (result,) = log["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "src%20%C3%A9/b.py"
    hashes = line_hashes(inside / "b.py")
    assert result["partialFingerprints"]["primaryLocationLineHash"] == hashes[place["region"]["startLine"] - 1]


def test_reports_of_the_configuration_are_written_and_flags_take_their_place(project: Path) -> None:
    (project / "codesim.toml").write_text('report = ["gitlab=quality.json"]\n', encoding="utf-8")
    scan(cwd=project / "src é")
    assert validate("gitlab", (project / "quality.json").read_text(encoding="utf-8"))
    (project / "quality.json").unlink()
    scan("--report", "json=x.json", cwd=project)
    assert (project / "x.json").is_file()
    assert not (project / "quality.json").exists()


def test_a_clean_check_prints_nothing_and_still_writes_its_reports(project: Path) -> None:
    (project / "src é" / "b.py").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "codesim", "check", "--no-cache", "--report", "gitlab=q.json", "src é/a.py"],
        cwd=project,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert json.loads((project / "q.json").read_text(encoding="utf-8")) == []


def test_a_check_of_nothing_writes_its_reports_too(project: Path) -> None:
    (project / ".git").rmdir()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], cwd=project, check=True)
    done = subprocess.run(
        [sys.executable, "-m", "codesim", "check", "--no-cache", "--since", "HEAD", "--report", "gitlab=q.json"],
        cwd=project,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert json.loads((project / "q.json").read_text(encoding="utf-8")) == []


def test_links_lead_to_the_web_in_a_job(project: Path) -> None:
    assert "](src%20%C3%A9/b.py#L" in scan("-f", "markdown", cwd=project)
    server = {**JOB, "GITHUB_SERVER_URL": "https://git.example.org"}
    assert "](https://git.example.org/o/r/blob/0a1b/src%20%C3%A9/b.py#L" in scan(
        "-f", "markdown", cwd=project, **server
    )


@pytest.mark.parametrize(
    ("environment", "web"),
    [
        ({}, ""),
        ({"GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "0a1b"}, "https://github.com/o/r/blob/0a1b/"),
        ({"CI_PROJECT_URL": "https://lab.org/g/p", "CI_COMMIT_SHA": "0a"}, "https://lab.org/g/p/-/blob/0a/"),
        ({"CI_PROJECT_URL": "javascript:alert(1)//", "CI_COMMIT_SHA": "0a"}, ""),
        ({"GITHUB_REPOSITORY": "o/r) [x](", "GITHUB_SHA": "0a1b"}, ""),
    ],
)
def test_what_the_environment_says_of_the_web(environment: dict[str, str], web: str) -> None:
    assert find_checkout(environment).web == web


def test_a_place_that_cannot_be_written_is_an_error_that_names_flag_and_file(project: Path) -> None:
    (project / "taken").mkdir()
    said = scan("--report", "json=taken", cwd=project, code=2)
    assert said.startswith("codesim: error: --report: ")
    assert "taken cannot be written: " in said
    assert list(project.glob(".codesim-*")) == []


def test_text_without_an_encoding_is_written_escaped_and_folders_are_made(tmp_path: Path) -> None:
    file = tmp_path / "new" / "report"
    write_whole(file, "new \udc80", "--output")
    assert file.read_text(encoding="utf-8") == "new \\udc80"


@pytest.mark.skipif(os.name != "posix", reason="devices of POSIX")
def test_a_device_is_written_to(project: Path) -> None:
    assert scan("-f", "json", "-o", "/dev/stdout", cwd=project).startswith("{")

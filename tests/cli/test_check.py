"""`codesim check`, and files on standard input: what is judged, what is said, what is left unsaid."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
from cases import FIXTURES
from click.testing import CliRunner, Result

from codesim.cli import main
from codesim.report import report_schema

CASE = FIXTURES / "clones" / "type1" / "sliding_batches"
STRANGER = FIXTURES / "clones" / "type4" / "any_and_search_loop" / "a.py"
IDENTITY = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def codesim(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=given)


def git(*arguments: str) -> None:
    environment = {**os.environ, **IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *arguments], check=True, capture_output=True, env=environment)


def take(name: str, place: str | None = None) -> str:
    target = Path(place or name)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(CASE / name, target)
    return target.read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an original, not a repository."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    take("a.py")
    return root


@pytest.fixture
def repository(project: Path) -> Path:
    """A repository whose commit holds the original."""
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "original")
    return project


@pytest.mark.usefixtures("repository")
def test_a_new_copy_names_the_original() -> None:
    take("b.py")
    done = codesim("check", "b.py")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[1] == "    b.py:7 iter_batches: new copy of a.py:7 iter_batches: import it"


@pytest.mark.usefixtures("repository")
def test_both_in_focus_the_one_that_stood_there_is_the_original() -> None:
    take("b.py", "Z.py")  # in the order of paths it comes first
    done = codesim("check", "Z.py", "a.py")
    assert "Z.py:7 iter_batches: new copy of a.py:7 iter_batches: import it" in done.stdout


@pytest.mark.usefixtures("project")
def test_outside_a_repository_no_one_knows_what_is_new() -> None:
    take("b.py")
    assert "b.py:7 iter_batches: copy of a.py:7 iter_batches: import it" in codesim("check", "b.py").stdout


@pytest.mark.usefixtures("repository")
def test_a_change_to_one_of_two_copies_is_said_to_be_one() -> None:
    text = take("b.py")
    git("add", "-A")
    git("commit", "-qm", "copy")
    Path("b.py").write_text(text.replace("100_000", "90_000"), encoding="utf-8")
    done = codesim("check", "--since", "HEAD")
    assert "b.py:7 iter_batches: changed, but not its copy a.py:7 iter_batches: change both, or " in done.stdout


@pytest.mark.usefixtures("repository")
def test_json_tells_focus_and_age() -> None:
    take("b.py")
    report = json.loads(codesim("check", "b.py", "-f", "json").stdout)
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    marks = {each["path"]: (each.get("in_focus"), each["age"]) for each in report["candidates"][0]["fragments"]}
    assert marks == {"a.py": (None, "old"), "b.py": (True, "new")}
    whole = json.loads(codesim("scan", "-f", "json").stdout)["candidates"][0]["fragments"]
    assert all(not {"in_focus", "age"} & each.keys() for each in whole)


@pytest.mark.usefixtures("repository")
def test_lines_count_not_files() -> None:
    text = take("b.py")
    git("add", "-A")
    git("commit", "-qm", "an old duplicate")
    Path("b.py").write_text(f"{text}\n\nLIMIT = 3\n", encoding="utf-8")
    assert codesim("check", "b.py").exit_code == 1
    assert (codesim("check", "--since", "HEAD").exit_code, codesim("check", "--since", "HEAD").output) == (0, "")
    git("add", "-A")
    assert codesim("check", "--staged").output == ""


@pytest.mark.usefixtures("repository")
def test_staged_judges_the_index_not_the_disk() -> None:
    take("b.py")
    git("add", "b.py")
    shutil.copy(STRANGER, "b.py")
    done = codesim("check", "--staged")
    assert done.exit_code == 1
    assert "b.py:7 iter_batches: new copy of a.py:7 iter_batches" in done.stdout
    git("add", "b.py")
    take("b.py")
    assert codesim("check", "--staged").output == ""


@pytest.mark.usefixtures("repository")
def test_files_narrow_what_is_staged() -> None:
    take("b.py", "src/b.py")
    shutil.copy(STRANGER, "c.py")
    git("add", "-A")
    assert codesim("check", "--staged", "src").exit_code == 1
    assert codesim("check", "--staged", "c.py").exit_code == 0


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--staged", "--since", "main"], "does not go with --since"),
        (["--since", "nowhere"], "there is no commit 'nowhere'"),
        (["--staged", "-", "--stdin-filename", "a.py"], "does not go with -"),
        (["-"], "--stdin-filename"),
        (["a.py", "--stdin-filename", "a.py"], "nothing is read from standard input"),
        (["a.py", "--quiet", "--verbose"], "exclude each other"),
    ],
)
def test_wrong_usage_ends_in_2(arguments: list[str], problem: str) -> None:
    done = codesim("check", *arguments, given="")
    assert done.exit_code == 2
    assert problem in done.stderr
    assert done.stdout == ""


@pytest.mark.usefixtures("repository")
def test_nothing_to_say_is_silence() -> None:
    shutil.copy(STRANGER, "b.py")
    for arguments in (["b.py"], ["--staged"], ["--since", "main"], []):
        done = codesim("check", *arguments)
        assert (done.exit_code, done.output) == (0, "")


@pytest.mark.usefixtures("repository")
def test_a_machine_is_given_its_report_even_if_nothing_is_in_focus() -> None:
    report = json.loads(codesim("check", "--since", "main", "-f", "json").stdout)
    assert report["candidates"] == []


@pytest.mark.usefixtures("repository")
def test_a_staged_file_that_is_gone_from_disk_can_be_named() -> None:
    take("b.py")
    git("add", "b.py")
    Path("b.py").unlink()
    done = codesim("check", "--staged", "b.py")
    assert (done.exit_code, done.stderr) == (1, "")


@pytest.mark.usefixtures("project")
def test_what_the_settings_exclude_is_not_checked_though_a_hook_names_it() -> None:
    take("b.py", "vendored/b.py")
    Path("codesim.toml").write_text('extend-exclude = ["vendored"]\n')
    done = codesim("check", "vendored/b.py")
    assert (done.exit_code, done.output) == (0, "")


@pytest.mark.usefixtures("project")
def test_what_a_known_class_gained_elsewhere_is_not_ours() -> None:
    take("b.py")
    assert codesim("baseline", "write").exit_code == 0
    take("b.py", "c.py")
    assert (codesim("check", "b.py").exit_code, codesim("check", "b.py").stdout) == (0, "")
    assert "c.py:7 iter_batches: copy of a.py:7 iter_batches" in codesim("check", "c.py").stdout


@pytest.mark.usefixtures("project")
def test_a_folder_is_all_of_its_files() -> None:
    take("b.py", "src/deep/b.py")
    assert codesim("check", "src").exit_code == 1


@pytest.mark.usefixtures("project")
def test_a_script_without_a_suffix_is_checked() -> None:
    take("b.py", "tool")
    assert "tool:7 iter_batches: copy of a.py:7" in codesim("check", "tool").stdout


@pytest.mark.usefixtures("project")
def test_files_that_cannot_be_checked_are_named() -> None:
    Path("broken.py").write_text("def f(:\n")
    done = codesim("check", "broken.py", "gone.py")
    assert done.exit_code == 0
    assert done.stdout == ""
    assert "not checked: broken.py: line 1: syntax error" in done.stderr
    assert "not checked: gone.py: no such file" in done.stderr


@pytest.mark.usefixtures("project")
def test_quiet_tells_by_the_exit_code_alone(tmp_path: Path) -> None:
    take("b.py")
    Path("broken.py").write_text("def f(:\n")
    for arguments in (["check", "b.py", "broken.py"], ["scan"], ["scan", "-f", "json"]):
        done = codesim(*arguments, "--quiet")
        assert (done.exit_code, done.output) == (1, "")
    done = codesim("scan", "-q", "-f", "json", "-o", str(tmp_path / "report.json"))
    assert (done.exit_code, done.output) == (1, "")
    assert json.loads((tmp_path / "report.json").read_text())["candidates"]
    assert "nowhere" in codesim("scan", "-q", "nowhere").stderr  # errors are told


@pytest.mark.usefixtures("repository")
def test_verbose_tells_on_stderr_what_is_done_and_folds_nothing() -> None:
    take("b.py")
    done = codesim("check", "--since", "main", "--verbose", "--no-cache")
    assert "codesim: in focus: 1 file\ncodesim:   b.py: every line\n" in done.stderr
    assert "codesim: configuration file: none\n" in done.stderr
    assert "codesim: cache: off\n" in done.stderr
    assert "equal lines" not in done.stdout
    assert "equal lines" in codesim("check", "--since", "main").stdout


@pytest.mark.usefixtures("project")
def test_a_buffer_is_scanned_under_its_name() -> None:
    text = take("b.py")
    doubled = f"{text}\n\n{Path('a.py').read_text(encoding='utf-8').replace('iter_', 'all_')}"
    Path("b.py").unlink()
    done = codesim("scan", "-", "--stdin-filename", "src/new.py", given=doubled)
    assert done.exit_code == 1
    assert "src/new.py:7" in done.stdout
    assert "a.py:7" not in done.stdout.replace("new.py", "")
    assert "<stdin>:7" in codesim("scan", "-", given=doubled).stdout
    assert codesim("scan", "-", given=text).exit_code == 0
    assert codesim("scan", "-", "a.py", given=text).exit_code == 1


def test_a_buffer_is_configured_by_the_place_of_its_name(project: Path) -> None:
    text = take("b.py") + (project / "a.py").read_text(encoding="utf-8").replace("iter_", "all_")
    (project / "strict").mkdir()
    (project / "strict" / "codesim.toml").write_text("min-lines = 100\nmin-block-lines = 0\n")
    assert codesim("scan", "-", "--stdin-filename", "other/x.py", given=text).exit_code == 1
    assert codesim("scan", "-", "--stdin-filename", "strict/x.py", given=text).exit_code == 0


@pytest.mark.usefixtures("repository")
def test_a_buffer_is_checked_in_place_of_the_file_on_disk() -> None:
    copy = take("b.py")
    shutil.copy(STRANGER, "b.py")
    done = codesim("check", "-", "--stdin-filename", "b.py", given=copy)
    assert "b.py:7 iter_batches: new copy of a.py:7 iter_batches: import it" in done.stdout
    take("b.py")
    done = codesim("check", "-", "--stdin-filename", "b.py", given=STRANGER.read_text(encoding="utf-8"))
    assert (done.exit_code, done.output) == (0, "")
    assert codesim("check", "-", "--stdin-filename", "unsaved.py", given=copy).exit_code == 1


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("given", "reason"), [("def f(:\n", "syntax error"), ("\0", "null byte"), ("x = 1\n" * 400_000, "larger than")]
)
def test_a_buffer_that_is_no_python_is_an_error(given: str, reason: str) -> None:
    done = codesim("scan", "-", given=given)
    assert done.exit_code == 2
    assert reason in done.stdout

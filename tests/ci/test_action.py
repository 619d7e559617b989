"""action.yml: its form, and each of its shell steps run as GitHub's runner runs them.

A small interpreter stands for the runner: `${{ }}` is replaced in `env` only, `run` goes to `bash -eo pipefail`, and
what a step writes to GITHUB_OUTPUT is what later steps see. codesim itself is real where its reports matter, and a
program that writes down its arguments where only these do.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

import codesim

ROOT = Path(codesim.__path__[0]).parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SHELL_STEPS = [step for step in STEPS if "run" in step]
EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")

RECORDER = """#!{python}
import json, os, sys
json.dump({{"argv": sys.argv[1:], "cwd": os.getcwd()}}, open(os.environ["RECORD"], "w"))
for word in sys.argv[1:]:
    form, _, file = word.partition("=")
    if form in ("sarif", "html", "markdown"):
        open(file, "w").write(form + " report\\n")
print("::error::from scanned text")
print("a warning", file=sys.stderr)
sys.exit(int(os.environ.get("STATUS", "1")))
"""


@dataclass
class Runner:
    """What a runner knows: a workspace, a folder for temporary files, and the outputs of the steps so far."""

    workspace: Path
    temp: Path
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def step(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run one shell step."""
        step = next(step for step in SHELL_STEPS if step["name"] == name)
        script = self.temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        output = self.temp / "output.txt"
        output.write_text("", encoding="utf-8")
        environment = {
            **os.environ,
            **self.environment,
            **{key: EXPRESSION.sub(self._value, value) for key, value in step.get("env", {}).items()},
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for line in output.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition("=")
            self.outputs[f"steps.{step.get('id')}.outputs.{key}"] = value
        return done

    def _value(self, match: re.Match[str]) -> str:
        name = match.group(1)
        if name.startswith("inputs."):
            key = name.removeprefix("inputs.")
            return self.inputs.get(key, ACTION["inputs"][key]["default"])
        return self.outputs[name]

    @property
    def recorded(self) -> dict[str, Any]:
        """How the recorder was called."""
        found: dict[str, Any] = json.loads((self.temp / "record.json").read_text(encoding="utf-8"))
        return found


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    workspace, temp = tmp_path / "work space", tmp_path / "temp folder"
    (workspace / "sub dir").mkdir(parents=True)
    temp.mkdir()
    program = temp / "recorder"
    program.write_text(RECORDER.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    made = Runner(workspace, temp, environment={"RECORD": str(temp / "record.json")})
    made.outputs["steps.install.outputs.program"] = str(program)
    return made


def words_of(runner: Runner) -> list[str]:
    """The arguments of codesim without those that are always there."""
    reports = runner.temp / "codesim" / "reports"
    fixed = ["--cache-dir", str(runner.temp / "codesim" / "cache")]
    for form in ("sarif", "html", "markdown"):
        fixed += ["--report", f"{form}={reports}/codesim.{form}"]
    argv: list[str] = runner.recorded["argv"]
    assert argv[3:11] == fixed
    return [*argv[:3], *argv[11:]]


def test_it_has_the_form_that_github_wants() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions"]
    done = subprocess.run([*command, str(ROOT / "action.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_inputs_are_named_and_described() -> None:
    for name, declared in ACTION["inputs"].items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert declared["description"].endswith(".")
        assert isinstance(declared["default"], str)
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == set(ACTION["inputs"])


def test_no_text_of_others_becomes_a_command() -> None:
    for step in SHELL_STEPS:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], step["name"]
        assert "eval" not in step["run"]


def test_other_actions_are_pinned_to_a_major_version() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert all(re.fullmatch(r"(actions|github)/[\w/-]+@v\d+", name) for name in used)
    assert len(used) == 5


def test_uploads_come_before_the_failure_and_do_not_wait_for_each_other() -> None:
    names = [step["name"] for step in STEPS]
    assert names[-1] == "Fail as codesim did"
    after = STEPS[names.index("Scan") + 1 : -1]
    assert len(after) == 4
    assert all(step["if"].startswith("${{ !cancelled() && ") for step in after)
    assert "always()" in STEPS[-1]["if"]


def test_the_arguments_of_a_scan(runner: Runner) -> None:
    assert runner.step("Scan").returncode == 0
    assert words_of(runner) == ["scan", "--format", "github", "--", "."]
    runner.inputs = {
        "paths": "src\n\nlib/a b\n/abs",
        "args": " --min-lines  8\n--stats ",
        "fail-on": "new",
        "baseline": "base line.json",
        "format": "concise",
    }
    assert runner.step("Scan").returncode == 0
    assert words_of(runner) == [
        *["scan", "--format", "concise", "--fail-on", "new", "--baseline", "base line.json"],
        *["--min-lines", "8", "--stats", "--", "src", "lib/a b", "/abs"],
    ]


def test_the_working_directory_is_where_it_runs(runner: Runner) -> None:
    """The formats count from the root of the repository by themselves."""
    runner.inputs = {"working-directory": "sub dir", "paths": "\n"}
    runner.step("Scan")
    assert runner.recorded["cwd"] == str(runner.workspace / "sub dir")
    assert words_of(runner)[3:] == ["--"]


HOSTILE = (
    "$(touch ran)",
    "`touch ran`",
    "; touch ran",
    '"; touch ran; "',
    "a b",
    "*",
    "--exit-zero",
    "$HOME",
    "a'b\\c",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_inputs_stay_arguments(runner: Runner, text: str) -> None:
    (runner.workspace / text).mkdir()
    (runner.workspace / text / "file.py").write_text("", encoding="utf-8")
    runner.inputs = dict.fromkeys(("paths", "args", "fail-on", "baseline", "format", "working-directory"), text)
    done = runner.step("Scan")
    assert done.returncode == 0, done.stderr
    assert not [*runner.workspace.rglob("ran"), *runner.temp.rglob("ran")]
    expected = ["scan", "--format", text, "--fail-on", text, "--baseline", text, *text.split(), "--", text]
    assert words_of(runner) == expected
    assert runner.recorded["cwd"] == str(runner.workspace / text)


@pytest.mark.parametrize("status", ["0", "1", "2"])
def test_the_exit_code_is_kept_for_the_last_step(runner: Runner, status: str) -> None:
    runner.environment["STATUS"] = status
    assert runner.step("Scan").returncode == 0
    assert runner.outputs["steps.scan.outputs.exit-code"] == status
    for form in ("sarif", "html", "markdown"):
        place = Path(runner.outputs[f"steps.scan.outputs.{form}-file"])
        assert place.read_text(encoding="utf-8") == f"{form} report\n"
    assert runner.step("Fail as codesim did").returncode == int(status)


def test_reports_of_an_earlier_use_are_not_uploaded_again(runner: Runner) -> None:
    stale = runner.temp / "codesim" / "reports" / "codesim.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("", encoding="utf-8")
    runner.step("Scan")
    assert not stale.exists()


def test_a_folder_that_is_not_there_fails_the_step(runner: Runner) -> None:
    runner.inputs = {"working-directory": "nowhere"}
    assert runner.step("Scan").returncode != 0
    assert "steps.scan.outputs.exit-code" not in runner.outputs


def test_scanned_text_is_no_command_of_the_runner(runner: Runner) -> None:
    """Only the format github, which escapes what it prints, speaks to the runner; messages never do."""
    runner.inputs = {"format": "full"}
    lines = runner.step("Scan").stdout.split("\n")
    token = lines[0].removeprefix("::stop-commands::")
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    assert lines[1:] == ["::error::from scanned text", "a warning", "", f"::{token}::", ""]
    runner.inputs = {}
    lines = runner.step("Scan").stdout.split("\n")
    assert lines[0] == "::error::from scanned text"
    assert lines[1].startswith("::stop-commands::")
    assert lines[1].removeprefix("::stop-commands::") != token
    assert lines[2] == "a warning"


def test_the_job_summary(runner: Runner) -> None:
    (runner.temp / "summary.md").write_text("of an earlier step\n", encoding="utf-8")
    runner.step("Scan")
    assert runner.step("Add to the job summary").returncode == 0
    assert (runner.temp / "summary.md").read_text(encoding="utf-8") == "of an earlier step\nmarkdown report\n"


INSTALLER = """#!{python}
import json, os, sys
log = os.environ["RECORD"]
calls = json.load(open(log)) if os.path.exists(log) else []
json.dump([*calls, sys.argv[1:]], open(log, "w"))
if sys.argv[1:3] == ["-m", "venv"]:
    os.makedirs(os.path.join(sys.argv[3], "bin"))
    for name, text in (("python", open(__file__).read()), ("codesim", "#!/bin/sh\\necho codesim 0.1.0\\n")):
        place = os.path.join(sys.argv[3], "bin", name)
        open(place, "w").write(text)
        os.chmod(place, 0o755)
"""


@pytest.mark.parametrize(
    ("version", "installed"),
    [("", "/the action"), ("0.1.0", "codesim==0.1.0"), ("1.0rc1+x", "codesim==1.0rc1+x")],
)
def test_installation(runner: Runner, version: str, installed: str) -> None:
    python = runner.temp / "some python"
    python.write_text(INSTALLER.format(python=sys.executable), encoding="utf-8")
    python.chmod(0o755)
    runner.outputs |= {"steps.python.outputs.python-path": str(python), "github.action_path": "/the action"}
    runner.inputs = {"version": version}
    done = runner.step("Install codesim")
    assert done.returncode == 0, done.stderr
    venv = runner.temp / "codesim" / "venv"
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", installed]
    assert json.loads((runner.temp / "record.json").read_text(encoding="utf-8")) == [["-m", "venv", str(venv)], install]
    assert runner.outputs["steps.install.outputs.program"] == str(venv / "bin" / "codesim")
    assert runner.outputs["steps.install.outputs.version"] == "codesim-0.1.0"
    assert re.fullmatch(r"\d{4}-\d{2}", runner.outputs["steps.install.outputs.week"])
    assert re.fullmatch(r"\d+-\d+", runner.outputs["steps.install.outputs.project"])


@pytest.mark.parametrize("version", ["1.0 --index-url=x", "$(touch ran)", "1; touch ran", "1@file:///x", ">=1", "1\n2"])
def test_a_version_is_a_version(runner: Runner, version: str) -> None:
    runner.outputs |= {"steps.python.outputs.python-path": "/nowhere", "github.action_path": "/the action"}
    runner.inputs = {"version": version}
    done = runner.step("Install codesim")
    assert done.returncode == 2
    assert "version is not one version" in done.stderr
    assert not (runner.workspace / "ran").exists()


@pytest.fixture
def copies(runner: Runner) -> Runner:
    """A repository that has a function twice, and the real codesim."""
    project = runner.workspace / "sub dir"
    for file in sorted((ROOT / "fixtures/clones/type1").glob("*/[ab].py"))[:2]:
        shutil.copy(file, project / f"{file.stem} $(touch ran).py")
    subprocess.run(["git", "init", "-q", str(runner.workspace)], check=True)
    program = runner.temp / "real"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m codesim "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    runner.outputs["steps.install.outputs.program"] = str(program)
    runner.environment |= {"PYTHONPATH": str(ROOT)}
    runner.inputs = {"working-directory": "sub dir"}
    return runner


def test_a_real_scan(copies: Runner) -> None:
    done = copies.step("Scan")
    assert done.returncode == 0, done.stderr
    assert "::warning file=sub dir/" in done.stdout
    assert copies.outputs["steps.scan.outputs.exit-code"] == "1"
    sarif = json.loads(Path(copies.outputs["steps.scan.outputs.sarif-file"]).read_text(encoding="utf-8"))
    place = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place.startswith("sub%20dir/")
    assert "<html" in Path(copies.outputs["steps.scan.outputs.html-file"]).read_text(encoding="utf-8")
    assert copies.step("Add to the job summary").returncode == 0
    assert "codesim" in (copies.temp / "summary.md").read_text(encoding="utf-8")
    assert copies.step("Fail as codesim did").returncode == 1
    assert not list(copies.workspace.rglob("ran"))
    assert not (copies.workspace / "sub dir" / ".codesim_cache").exists()


@pytest.mark.parametrize(("name", "value", "status"), [("fail-on", "none", "0"), ("args", "--no-such-flag", "2")])
def test_a_real_scan_ends_as_it_is_told(copies: Runner, name: str, value: str, status: str) -> None:
    copies.inputs[name] = value
    assert copies.step("Scan").returncode == 0
    assert copies.outputs["steps.scan.outputs.exit-code"] == status
    assert ("steps.scan.outputs.sarif-file" in copies.outputs) is (status == "0")

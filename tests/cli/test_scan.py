"""The commands as a user runs them: exit codes, streams, forms of output."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cases import FIXTURES

from codesim.report import report_schema

TYPE1 = FIXTURES / "clones" / "type1" / "sliding_batches"
TYPE4 = FIXTURES / "clones" / "type4" / "any_and_search_loop"


def codesim(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codesim", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(TYPE1 / "a.py", tmp_path / "a.py")
    shutil.copy(TYPE1 / "b.py", tmp_path / "b.py")
    return tmp_path


def test_findings_exit_with_1_and_go_to_stdout(project: Path) -> None:
    done = codesim("scan", "--no-cache", cwd=project)
    assert (done.returncode, done.stderr) == (1, "")
    assert "a.py:" in done.stdout
    assert "b.py:" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("--fail-on", "none"), 0),
        (("--fail-on", "any"), 1),
        (("--fail-on", "new"), 1),
        (("--threshold", "1"), 0),
        (("--threshold", "0"), 1),
        (("--fail-on", "any", "--threshold", "1"), 0),
    ],
)
def test_what_to_fail_on(flags: tuple[str, ...], code: int, project: Path) -> None:
    assert codesim("scan", "--no-cache", *flags, cwd=project).returncode == code


def test_quiet_and_verbose_may_stand_in_the_configuration(project: Path) -> None:
    (project / "codesim.toml").write_text("quiet = true\n", encoding="utf-8")
    done = codesim("scan", "--no-cache", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert "helper" in codesim("scan", "--no-cache", "--no-quiet", "--verbose", cwd=project).stdout
    assert codesim("scan", "--no-cache", "--verbose", cwd=project).returncode == 2


def test_nothing_to_report_exits_with_0(project: Path) -> None:
    (project / "b.py").unlink()
    assert codesim("scan", "--no-cache", cwd=project).returncode == 0


def test_an_empty_scan_is_never_0(tmp_path: Path) -> None:
    done = codesim("scan", "--no-cache", cwd=tmp_path)
    assert done.returncode == 2
    assert "no Python file" in done.stderr


def test_a_wholly_unparsable_scan_is_never_0(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(:\n")
    done = codesim("scan", "--no-cache", cwd=tmp_path)
    assert done.returncode == 2
    assert "a.py" in done.stdout


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    done = codesim("scan", "nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_json_validates_and_has_no_timings_unless_asked(project: Path) -> None:
    import jsonschema

    plain = json.loads(codesim("scan", "--no-cache", "-f", "json", cwd=project).stdout)
    timed = json.loads(codesim("scan", "--no-cache", "-f", "json", "--stats", cwd=project).stdout)
    for report in (plain, timed):
        jsonschema.Draft202012Validator(report_schema()).validate(report)
    assert "timings" not in plain
    assert timed["timings"]["total"] > 0


def test_json_of_hostile_names_validates(tmp_path: Path) -> None:
    import jsonschema

    text = (TYPE1 / "a.py").read_text(encoding="utf-8")
    (tmp_path / "a[bold]<b>.py").write_text(text, encoding="utf-8")
    (tmp_path / "b é\x1b.py").write_text(text, encoding="utf-8")
    done = codesim("scan", "--no-cache", "-f", "json", cwd=tmp_path)
    jsonschema.Draft202012Validator(report_schema()).validate(json.loads(done.stdout))
    assert "\x1b" not in codesim("scan", "--no-cache", cwd=tmp_path).stdout


def test_html_is_one_page_in_a_file(project: Path) -> None:
    done = codesim("scan", "--no-cache", "-f", "html", "-o", "report.html", cwd=project)
    assert (done.returncode, done.stdout) == (1, "")
    page = (
        (project / "report.html")
        .read_text(encoding="utf-8")
        .replace("http://www.w3.org/2000/svg", "a name, no address")
    )
    assert page.lower().startswith("<!doctype html>")
    assert set(re.findall(r"\w+://[^\s\"]+", page)) <= {"http://www.w3.org/2000/svg"}  # a name, not an address


def test_html_is_the_same_whatever_the_hash_seed_and_the_order_of_files(project: Path) -> None:
    pages = [
        codesim("scan", *paths, "--no-cache", "-f", "html", cwd=project, PYTHONHASHSEED=seed)
        for seed, paths in (("0", ("a.py", "b.py")), ("1", ("b.py", "a.py")))
    ]
    assert pages[0].stdout == pages[1].stdout
    assert "sha256-" in pages[0].stdout


def test_an_explained_candidate_is_a_page_of_its_own(project: Path) -> None:
    name = json.loads(codesim("scan", "--no-cache", "-f", "json", cwd=project).stdout)["candidates"][0]["id"]
    done = codesim("explain", name, "--no-cache", "-f", "html", cwd=project)
    assert done.returncode == 0
    assert done.stdout.count(f'"id":"{name}"') == 1


def test_compare_shows_a_type_4_pair(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        shutil.copy(TYPE4 / name, tmp_path / name)
    names = [f"{name}::{_first_function(tmp_path / name)}" for name in ("a.py", "b.py")]
    done = codesim("compare", *names, "-f", "json", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout)["candidates"][0]["clone_type"] == 4


def test_compare_of_strangers_exits_with_0(tmp_path: Path) -> None:
    shutil.copy(TYPE1 / "a.py", tmp_path / "a.py")
    shutil.copy(TYPE4 / "b.py", tmp_path / "b.py")
    names = [f"{name}::{_first_function(tmp_path / name)}" for name in ("a.py", "b.py")]
    assert codesim("compare", *names, cwd=tmp_path).returncode == 0


def test_compare_names_the_nearest_function(project: Path) -> None:
    name = _first_function(project / "a.py")
    done = codesim("compare", f"a.py::{name}x", f"b.py::{name}", cwd=project)
    assert done.returncode == 2
    assert name in done.stderr


@pytest.mark.parametrize("form", ["text", "json", "dot"])
def test_graph_prints_every_form(project: Path, form: str) -> None:
    done = codesim("graph", f"a.py::{_first_function(project / 'a.py')}", "-f", form, cwd=project)
    assert done.returncode == 0
    if form == "json":
        graph = json.loads(done.stdout)
        assert {edge["kind"] for edge in graph["edges"]} >= {"control", "data", "operand"}
        ids = {node["id"] for node in graph["nodes"]}
        assert all(edge["source"] in ids and edge["target"] in ids for edge in graph["edges"])


def test_a_function_too_deep_is_an_error_that_names_it(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.py").write_text("def deep(x):\n    return " + " + ".join(["x"] * 20_000) + "\n")
    for command in (["graph", "a.py::deep"], ["compare", "a.py::deep", "b.py::deep"]):
        done = codesim(*command, cwd=tmp_path)
        assert done.returncode == 2
        assert "a.py" in done.stderr
        assert "too deeply" in done.stderr


def test_check_reports_a_new_copy_of_unstaged_code(project: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    assert codesim("check", "b.py", cwd=project).returncode == 1
    assert (project / ".codesim_cache").is_dir()


def test_check_says_nothing_of_files_without_copies(project: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    shutil.copy(TYPE4 / "a.py", project / "c.py")
    done = codesim("check", "c.py", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_without_files_is_clean(tmp_path: Path) -> None:
    done = codesim("check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


def test_colour_is_for_terminals_or_on_demand(project: Path) -> None:
    assert "\x1b[" in codesim("scan", "--no-cache", "--color", "always", cwd=project).stdout
    assert "\x1b[" in codesim("scan", "--no-cache", cwd=project, FORCE_COLOR="1", NO_COLOR="").stdout
    assert "\x1b[" not in codesim("scan", "--no-cache", cwd=project, FORCE_COLOR="1", NO_COLOR="1").stdout


COMMANDS = {
    "scan": ["scan", "--no-cache"],
    "check": ["check", "b.py", "--no-cache"],
    "compare": ["compare", "a.py:8", "b.py:8"],
    "explain": ["explain", "ID", "--no-cache"],
    "graph": ["graph", "a.py:8"],
    "baseline": ["baseline", "write", "--no-cache"],
    "cache": ["cache", "info"],
    "config": ["config", "--show"],
    "embed": ["embed", "--jsonl", "data.jsonl", "-o", "vectors.npz"],
    "evaluate": ["evaluate", "data.jsonl", "--systems", "encoder"],
    "calibrate": ["calibrate", "pairs.jsonl", "--keep"],
    "completion": ["completion", "bash"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_only_train_may_import_torch(project: Path, command: str) -> None:
    source = "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x + 1)\n    return out\n"
    lines = [json.dumps({"id": str(n), "group": "g", "source": source, "kind": "query"}) for n in range(2)]
    (project / "data.jsonl").write_text("\n".join(lines), encoding="utf-8")
    pair = {"a": source, "b": source, "label": 1, "kind": "same"}
    (project / "pairs.jsonl").write_text(json.dumps(pair) + "\n", encoding="utf-8")
    arguments = COMMANDS[command]
    if "ID" in arguments:
        report = json.loads(codesim("scan", "--no-cache", "-f", "json", cwd=project).stdout)
        arguments = [report["candidates"][0]["id"] if word == "ID" else word for word in arguments]
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "codesim", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "codesim" in imported
    assert not imported & {"torch", "dgl"}
    assert done.returncode in (0, 1)


def test_commands_are_all_checked_for_torch() -> None:
    from codesim.cli import COMMANDS as KNOWN

    assert set(COMMANDS) == set(KNOWN) - {"train"}


def _first_function(file: Path) -> str:
    import ast

    return next(n.name for n in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(n, ast.FunctionDef))


def compared(folder: Path, left: str, right: str, *flags: str) -> dict[str, object]:
    done = codesim("compare", left, right, "-f", "json", *flags, cwd=folder)
    standing: dict[str, object] = json.loads(done.stdout)["candidates"][0]["standing"]
    return standing


def test_compare_says_which_rule_keeps_a_pair_out(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        shutil.copy(TYPE1 / name, tmp_path / name)
    one, two = (f"{name}::{_first_function(tmp_path / name)}" for name in ("a.py", "b.py"))
    assert compared(tmp_path, one, two) == {"reported": True, "rule": "", "reason": ""}
    assert compared(tmp_path, one, two, "--min-value", "900")["rule"] == "value"
    assert compared(tmp_path, one, two, "--min-lines", "900")["rule"] == "small"
    assert compared(tmp_path, one, two, "--min-nodes", "9000")["rule"] == "small"
    assert compared(tmp_path, one, two, "--min-similarity", "1", "--min-value", "0")["rule"] in ("", "not-near")
    shutil.copy(TYPE4 / "b.py", tmp_path / "c.py")
    other = f"c.py::{_first_function(tmp_path / 'c.py')}"
    assert compared(tmp_path, one, other)["rule"] == "not-near"
    assert str(compared(tmp_path, one, other, "--min-similarity", "0")["rule"]).startswith("not-a-clone:")
    text = (tmp_path / "a.py").read_text(encoding="utf-8")
    (tmp_path / "a.py").write_text("# codesim: ignore-file[clone] on purpose\n" + text, encoding="utf-8")
    assert compared(tmp_path, one, two)["rule"] == "suppressed"


def test_scan_lists_what_it_leaves_out(project: Path) -> None:
    done = codesim("scan", "--no-cache", "--rejected", "--min-value", "900", cwd=project)
    assert done.returncode == 0
    assert "Left out on purpose  value 1" in done.stdout
    assert ", below 900: " in done.stdout
    assert "Left out" not in codesim("scan", "--no-cache", "--min-value", "900", cwd=project).stdout

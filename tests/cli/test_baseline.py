"""`codesim baseline`, and what scan and check say beside a baseline, ignores and suppress comments."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cases import FIXTURES
from click.testing import CliRunner, Result

from codesim.cli import main
from codesim.report import report_schema

CASE = FIXTURES / "clones" / "type1" / "sliding_batches"
OTHER = FIXTURES / "clones" / "type1" / "duration_parser"
STRANGER = FIXTURES / "clones" / "type4" / "any_and_search_loop" / "a.py"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one candidate."""
    (tmp_path / ".git").mkdir()
    for name in ("a.py", "b.py"):
        shutil.copy(CASE / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def scanned(*arguments: str, code: int = 0) -> dict[str, object]:
    import jsonschema

    report: dict[str, object] = json.loads(run("scan", "-f", "json", *arguments, code=code).stdout)
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    return report


def the_id() -> str:
    candidates = scanned("--no-baseline", code=1)["candidates"]
    assert isinstance(candidates, list)
    return str(candidates[0]["id"])


def test_a_known_class_is_not_reported_until_it_gains_a_copy(project: Path) -> None:
    run("scan", code=1)
    assert run("baseline", "write").stdout == "codesim-baseline.json: 1 classes written\n"
    clean = run("scan")
    assert "no new candidates; 1 known in the baseline; 2 files" in clean.stdout
    shutil.copy(project / "b.py", project / "c.py")
    said = run("scan", code=1).stdout
    assert "new since the baseline: c.py:" in said
    assert "1 new candidate," in said
    report = scanned(code=1)
    assert report["summary"]["known"] == 0  # type: ignore[index]
    assert [one["path"] for one in report["candidates"][0]["gained"]] == ["c.py"]  # type: ignore[index]
    run("scan", "-f", "html", "-o", "page.html", code=1)
    assert "New since the baseline: c.py:" in (project / "page.html").read_text(encoding="utf-8")
    assert "0 classes added, 1 gained copies; 1 in all" in run("baseline", "update").stdout
    assert run("baseline", "update").stdout.startswith("codesim-baseline.json: 0 classes added, 0 gained")
    run("scan")


def test_check_says_nothing_of_what_is_known(project: Path) -> None:
    run("baseline", "write")
    done = run("check", "b.py")
    assert (done.stdout, done.stderr) == ("", "")
    shutil.copy(project / "b.py", project / "c.py")
    assert "new since the baseline: c.py:" in run("check", "c.py", code=1).stdout


@pytest.mark.usefixtures("project")
def test_fail_on_any_counts_what_is_known() -> None:
    run("baseline", "write")
    run("scan", "--fail-on", "any", code=1)
    run("scan", "--fail-on", "any", "--threshold", "1")
    run("scan", "--no-baseline", code=1)
    run("scan", "--no-baseline", "--fail-on", "none")


def test_the_file_holds_no_line_numbers_and_no_place_of_this_machine(project: Path) -> None:
    run("baseline", "write")
    text = (project / "codesim-baseline.json").read_text(encoding="utf-8")
    assert "a.py::" in text
    assert str(project) not in text
    (project / "sub").mkdir()
    (project / "a.py").rename(project / "sub" / "a.py")
    run("scan")
    run("baseline", "write", "sub", "b.py")
    assert " sub/a.py::" in (project / "codesim-baseline.json").read_text(encoding="utf-8")


def test_prune_takes_out_what_is_gone_from_where_it_looked(project: Path) -> None:
    run("baseline", "write")
    before = (project / "codesim-baseline.json").read_bytes()
    (project / "c.py").write_text("x = 1\n", encoding="utf-8")
    assert "0 classes taken out" in run("baseline", "prune", "c.py").stdout
    (project / "b.py").write_text("def broken(:\n", encoding="utf-8")
    assert "0 classes taken out" in run("baseline", "prune").stdout  # what cannot be read may still be there
    assert (project / "codesim-baseline.json").read_bytes() == before
    (project / "b.py").unlink()
    assert "1 classes taken out, 0 lost copies; 0 in all" in run("baseline", "prune").stdout
    run("scan")


@pytest.mark.usefixtures("project")
def test_a_baseline_knows_what_is_almost_worth_reporting() -> None:
    value = float(json.loads(run("explain", the_id(), "-f", "json").stdout)["candidates"][0]["rank_value"])
    above = ("--min-value", str(value * 1.5))
    assert "1 classes written, 1 of them too small to be reported today" in run("baseline", "write", *above).stdout
    run("scan")
    assert "0 classes written" in run("baseline", "write", "--min-value", str(value * 2.5)).stdout


@pytest.mark.parametrize("command", [("scan",), ("check", "b.py"), ("baseline", "update"), ("baseline", "prune")])
def test_a_broken_or_missing_baseline_is_an_error(command: tuple[str, ...], project: Path) -> None:
    missing = run(*command, "--baseline", "nowhere.json", code=2)
    assert "nowhere.json: does not exist (write it with `codesim baseline write`" in missing.stderr
    (project / "codesim-baseline.json").write_text("{\n<<<<<<< HEAD\n", encoding="utf-8")
    broken = run(*command, code=2)
    assert "codesim-baseline.json:2: a merge conflict (keep the lines of both sides" in broken.stderr


def test_the_key_names_another_file_or_none(project: Path) -> None:
    config = project / "codesim.toml"
    config.write_text('baseline = "known/clones.json"\n', encoding="utf-8")
    assert "does not exist" in run("scan", code=2).stderr
    (project / "known").mkdir()
    assert "known/clones.json: 1 classes written" in run("baseline", "write").stdout
    run("scan")
    config.write_text('baseline = ""\n', encoding="utf-8")
    run("scan", code=1)
    assert "is switched off" in run("baseline", "write", code=2).stderr
    config.write_text('baseline = "../clones.json"\n', encoding="utf-8")
    assert "leads out of the project" in run("scan", code=2).stderr


def ignore(project: Path, **keys: str) -> None:
    rows = "".join(f"{name} = {value}\n" for name, value in keys.items())
    (project / "pyproject.toml").write_text(f"[[tool.codesim.ignore]]\n{rows}", encoding="utf-8")


def test_a_class_is_ignored_by_its_id_until_it_expires(project: Path) -> None:
    identity = the_id()
    ignore(project, id=f'"{identity}"', reason='"apart on purpose"', owner='"core"', expires="9999-12-31")
    assert "no candidates; 1 ignored" in run("scan").stdout
    assert scanned()["summary"]["ignored"] == 1  # type: ignore[index]
    assert "0 classes written" in run("baseline", "write", "--baseline", "b.json").stdout
    ignore(project, id=f'"{identity}"', reason='"apart on purpose"', owner='"core"', expires="2001-01-01")
    done = run("scan", code=1)
    words = f"ignore {identity}: expired on 2001-01-01, and silences nothing (apart on purpose, says core)"
    assert words in done.stderr
    ignore(project, id='"0123456789abcdef"', reason='"gone"')
    assert "ignore 0123456789abcdef: no class that is found has this id" in run("scan", code=1).stderr
    assert "no class that is found" not in run("scan", "a.py", "b.py", code=1).stderr  # it may stand elsewhere


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"id": '"12"', "reason": '"x"'}, "entry 1 has the id '12' (an id is the 16 hexadecimal digits"),
        ({"id": '"0123456789abcdef"'}, 'has no reason (say why: reason = "...")'),
        ({"id": '"0123456789abcdef"', "reason": '"x"', "expires": '"soon"'}, "(a day is written 2031-12-31)"),
        ({"id": '"0123456789abcdef"', "reason": '"x"', "expires": "2031-12-31T00:00:00"}, "a day is written"),
        ({"id": '"0123456789abcdef"', "reason": '"x"', "until": '"x"'}, "unknown key 'until' (the keys are id, reason"),
        ({"id": '"0123456789abcdef"', "reason": '"x"', "owner": "1"}, "has the owner 1"),
    ],
)
def test_an_entry_that_is_wrong_says_how_to_mend_it(keys: dict[str, str], words: str, project: Path) -> None:
    ignore(project, **keys)
    done = run("scan", code=2)
    assert "pyproject.toml [tool.codesim]: ignore, entry 1" in done.stderr
    assert words in done.stderr


def test_files_are_ignored_by_pattern(project: Path) -> None:
    (project / "codesim.toml").write_text('[per-file-ignores]\n"b*.py" = ["clone"]\n', encoding="utf-8")
    assert (run("scan").exit_code, run("scan").stderr) == (0, "")
    (project / "codesim.toml").write_text('[per-file-ignores]\n"x/**" = ["clone"]\n', encoding="utf-8")
    assert "per-file-ignores x/**: matches no file that was scanned" in run("scan", code=1).stderr
    run("scan", "--per-file-ignores", "a.py:clone")
    assert "name the codes: ['clone']" in run("scan", "--per-file-ignores", "a.py:dead", code=2).stderr
    (project / "codesim.toml").write_text('per-file-ignores = ["*.py"]\n', encoding="utf-8")
    assert 'write {"tests/**" = ["clone"]}' in run("scan", code=2).stderr


def comment(file: Path, text: str) -> None:
    source = file.read_text(encoding="utf-8")
    file.write_text(source.replace("def ", f"{text}\ndef ", 1), encoding="utf-8")


def test_a_comment_that_suppresses_nothing_is_told_and_one_in_use_is_not(project: Path) -> None:
    comment(project / "a.py", "# codesim: ignore[clone] the two change apart")
    for number in range(2):  # the second time from the cache
        done = run("scan")
        assert (done.stderr, number) == ("", number)
    (project / "b.py").unlink()
    told = run("scan").stderr
    assert told.startswith("codesim: warning: a.py:")
    assert "suppresses nothing: what it speaks of has no copy in what was scanned" in told
    unused = scanned()["summary"]["unused"]  # type: ignore[index]
    assert [one["place"].partition(":")[0] for one in unused] == ["a.py"]
    assert run("check", "a.py").stderr == told
    (project / "c.py").write_text("x = 1\n", encoding="utf-8")
    assert run("check", "c.py").stderr == ""
    (project / "small.py").write_text("# codesim: ignore[clone]\ndef f():\n    pass\n", encoding="utf-8")
    assert "small.py:1: suppresses nothing: it speaks of no function or statement that is large" in run("scan").stderr


def test_a_blanket_comment_is_an_error_with_its_place_and_the_remedy(project: Path) -> None:
    comment(project / "a.py", "# codesim: ignore")
    done = run("scan", code=2)
    assert "a.py:" in done.stdout  # the report stands all the same
    assert "codesim: error: a.py:" in done.stderr
    assert "names what it ignores: write `# codesim: ignore[clone]`" in done.stderr
    assert "codesim: error: a.py:" in run("check", "a.py", code=2).stderr
    assert run("check", "b.py", code=1).stderr == ""


def test_a_block_of_comments_suppresses_what_stands_in_it(project: Path) -> None:
    text = (project / "a.py").read_text(encoding="utf-8")
    (project / "a.py").write_text(f"# codesim: off[clone] for a while\n{text}\n# codesim: on\n", encoding="utf-8")
    done = run("scan")
    assert done.stderr == ""


BLOCK = """
def {name}(rows, sink, limit):
    {head}
    kept = []
    for row in rows:
        if row.weight > limit:
            kept.append(row.label.strip().lower())
        else:
            sink.write(row.label)
    kept.sort(key=len)
    total = sum(len(label) for label in kept)
    sink.write(f"total {{total}}")
    {tail}
"""


LONG = """while sink.{0}():
        with open(sink.name) as handle:
            lines = [line.split(",") for line in handle if not line.startswith("#")]
        limit -= len(lines) * limit
        if limit < 0:
            raise ValueError(f"{{limit}} is below zero in {{sink.name}}")
        assert lines, sink.name
        del lines[:limit]
        yield from (tuple(line) for line in lines)"""


def test_a_comment_on_a_statement_is_in_use_while_the_run_has_a_copy(project: Path) -> None:
    for file in ("a.py", "b.py"):
        (project / file).unlink()
    one = BLOCK.format(name="one", head=LONG.format("seek"), tail="return kept[-1], sink")
    two = BLOCK.format(
        name="two", head="try:\n        rows = rows or [1]\n    finally:\n        print(sink)", tail="pass"
    )
    (project / "one.py").write_text(one, encoding="utf-8")
    (project / "two.py").write_text(two, encoding="utf-8")
    assert [c["kind"] for c in scanned(code=1)["candidates"]] == ["block"]  # type: ignore[attr-defined]
    quiet = one.replace("    for row in rows", "    # codesim: ignore[clone] told apart below\n    for row in rows")
    (project / "one.py").write_text(quiet, encoding="utf-8")
    assert run("scan").stderr == ""
    shutil.copy(STRANGER, project / "two.py")
    assert "one.py:13: suppresses nothing: what it speaks of has no copy" in run("scan").stderr


def test_three_commands_adopt_codesim_and_the_fourth_finds_nothing(project: Path) -> None:
    """What the README says of an old code base."""
    for name in ("a.py", "b.py"):
        shutil.copy(OTHER / name, project / f"other_{name}")
    run("scan", code=1)
    assert "2 classes written" in run("baseline", "write").stdout
    run("scan")

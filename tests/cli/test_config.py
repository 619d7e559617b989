"""`codesim config`: what is shown, and that it can be pasted into a codesim.toml."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from codesim.cli import main
from codesim.config import RULES, Settings, kebab, load_settings


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> str:
    result = CliRunner().invoke(main, ["config", *args])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_show_prints_every_setting_with_its_origin(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.codesim]\nmin-lines = 9\nextend-exclude = ["a b"]\n', encoding="utf-8"
    )
    lines = run("--show", "--min-score", "0.75", "--no-cache").splitlines()
    assert lines[:2] == ["# configuration file: pyproject.toml", f"# root: {project.as_posix()}"]
    shown = {line.partition(" = ")[0]: line for line in lines[2:]}
    assert list(shown) == [kebab(name) for name in RULES]
    assert shown["min-lines"].split("  # ") == [
        "min-lines = 9                     ",
        f"{project}/pyproject.toml [tool.codesim]",
    ]
    assert shown["min-score"].endswith("  # command line")
    assert shown["cache"].startswith("cache = false")
    assert shown["jobs"].endswith("  # default")


def test_what_is_shown_is_toml_that_gives_the_same_settings(project: Path) -> None:
    text = run("--show", "--exclude", 'quo"te\\s', "--exclude", "\x1b[31m\n", "--limit", "3", "--color", "never")
    assert "\x1b" not in text
    document = tomllib.loads(text)
    loaded = load_settings(project, {"exclude": ('quo"te\\s', "\x1b[31m\n"), "limit": 3, "color": "never"})
    for name in RULES:
        value = getattr(loaded.settings, name)
        assert document[kebab(name)] == (list(value) if isinstance(value, tuple) else value)


def test_without_show_only_the_place_is_printed(project: Path) -> None:
    assert run().splitlines() == ["# configuration file: none", f"# root: {project.as_posix()}"]


def test_the_name_of_a_folder_cannot_add_a_setting(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project / "a\nmin-lines = 99\n#"
    folder.mkdir()
    (folder / "codesim.toml").write_text("limit = 3\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    document = tomllib.loads(run("--show"))
    assert (document["limit"], document["min-lines"]) == (3, Settings().min_lines)


def test_json_for_other_tools(project: Path) -> None:
    (project / "codesim.toml").write_text('extend-exclude = ["a"]\n', encoding="utf-8")
    found = json.loads(run("--json", "--limit", "3"))
    assert found["configuration_file"] == str(project / "codesim.toml")
    assert found["root"] == str(project)
    assert list(found["settings"]) == [kebab(name) for name in RULES]
    assert found["settings"]["limit"] == {"value": 3, "origin": "command line"}
    assert found["settings"]["extend-exclude"] == {"value": ["a"], "origin": str(project / "codesim.toml")}


def test_a_file_without_a_say_is_named(project: Path) -> None:
    (project / "codesim.toml").write_text("limit = 3\n", encoding="utf-8")
    (project / "pyproject.toml").write_text("[tool.codesim]\nlimit = 4\n", encoding="utf-8")
    assert "# passed over, codesim.toml stands beside it: pyproject.toml\n" in run()


def test_a_path_chooses_the_nearest_file(project: Path) -> None:
    (project / "sub").mkdir()
    (project / "sub" / "codesim.toml").write_text("limit = 4\n", encoding="utf-8")
    assert "# configuration file: sub/codesim.toml" in run("sub")
    assert tomllib.loads(run("--show", "sub/x.py"))["limit"] == 4
    assert tomllib.loads(run("--show"))["limit"] == Settings().limit


def test_a_mistake_ends_in_2_and_names_the_key(project: Path) -> None:
    (project / "codesim.toml").write_text("min-lnies = 4\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["config"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "unknown key 'min-lnies' (did you mean min-lines?)" in result.stderr

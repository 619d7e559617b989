"""Settings: where they come from, which wins, and what a mistake is answered with."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from codesim.config import RULES, LoadedSettings, Settings, kebab, load_settings, repository_root
from codesim.errors import ConfigError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    monkeypatch.chdir(root)
    return root


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def load(start: Path, **overrides: object) -> LoadedSettings:
    return load_settings(start, overrides)


def test_every_setting_has_a_rule_and_a_default_that_passes_it(project: Path) -> None:
    assert list(RULES) == [item.name for item in fields(Settings)]
    for name, rule in RULES.items():
        assert rule.doc.endswith(".")
        load(project, **{name: getattr(Settings(), name)})


def test_settings_cross_process_boundaries() -> None:
    assert pickle.loads(pickle.dumps(Settings(min_lines=9))) == Settings(min_lines=9)  # noqa: S301  # our own bytes


def test_defaults_without_a_file(project: Path) -> None:
    loaded = load(project / "src")
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}
    assert loaded.config_file is None
    assert loaded.root == project
    assert loaded.cache_folder == project / ".codesim_cache"


def test_root_is_the_working_directory_outside_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert load(tmp_path / "elsewhere").root == here


def test_flag_over_file_over_default(project: Path) -> None:
    file = write(project / "pyproject.toml", '[tool.codesim]\nmin-lines = 9\njobs = 2\nextend-exclude = ["gen"]\n')
    loaded = load(project, jobs=3)
    assert loaded.settings == Settings(min_lines=9, jobs=3, extend_exclude=("gen",))
    assert loaded.origins["jobs"] == "command line"
    assert loaded.origins["min_lines"] == f"{file} [tool.codesim]"
    assert loaded.origins["min_nodes"] == "default"
    assert loaded.config_file == file


def test_the_nearest_file_with_a_table_is_used_alone(project: Path) -> None:
    write(project / "pyproject.toml", "[tool.codesim]\nmin-lines = 9\nmin-nodes = 99\n")
    write(project / "a" / "pyproject.toml", "[tool.other]\nmin-lines = 1\n")
    near = write(project / "a" / "b" / "codesim.toml", "min-lines = 7\n")
    assert load(project / "a").settings.min_lines == 9
    loaded = load(project / "a" / "b" / "c.py")
    assert (loaded.settings.min_lines, loaded.settings.min_nodes) == (7, 30)
    assert loaded.config_file == near
    assert loaded.root == near.parent


def test_codesim_toml_wins_in_one_folder(project: Path) -> None:
    write(project / "pyproject.toml", "[tool.codesim]\nmin-lines = 9\n")
    write(project / "codesim.toml", "min-lines = 8\n")
    assert load(project).settings.min_lines == 8


def test_the_table_that_is_passed_over_is_known(project: Path) -> None:
    write(project / "codesim.toml", "min-lines = 8\n")
    assert load(project).passed_over is None
    other = write(project / "pyproject.toml", "[tool.other]\nx = 1\n")
    assert load(project).passed_over is None
    write(other, "[tool.codesim]\nmin-lines = 9\n")
    assert load(project).passed_over == other
    write(other, "no toml")
    assert load(project).passed_over is None
    (project / "codesim.toml").unlink()
    write(other, "[tool.codesim]\nmin-lines = 9\n")
    assert (load(project).settings.min_lines, load(project).passed_over) == (9, None)


@pytest.mark.parametrize("form", ["\ufeff[tool.codesim]\nmin-lines = 9\n", "[tool.codesim]\r\nmin-lines = 9\r\n"])
def test_the_spellings_of_windows_editors(project: Path, form: str) -> None:
    (project / "pyproject.toml").write_bytes(form.encode())
    assert load(project).settings.min_lines == 9


def test_a_repository_in_a_repository_has_its_own_configuration(project: Path) -> None:
    write(project / "codesim.toml", "min-lines = 9\n")
    inner = project / "vendor" / "other"
    (inner / ".git").mkdir(parents=True)
    assert load(inner / "src").settings.min_lines == 6
    assert load(inner / "src").root == inner
    assert load(project / "vendor").settings.min_lines == 9


def test_a_worktree_ends_the_search_by_its_git_file(project: Path) -> None:
    write(project / "codesim.toml", "min-lines = 9\n")
    write(project / "tree" / ".git", "gitdir: ../.git/worktrees/tree\n")
    assert load(project / "tree" / "src").settings.min_lines == 6
    assert load(project / "tree" / "src").root == project / "tree"


def test_a_linked_folder_has_the_configuration_of_where_it_is_named(project: Path) -> None:
    write(project / "codesim.toml", "min-lines = 9\n")
    write(project.parent / "elsewhere" / "codesim.toml", "min-lines = 11\n")
    (project.parent / "elsewhere" / "src").mkdir()
    (project / "src").symlink_to(project.parent / "elsewhere" / "src")
    assert load(project / "src").settings.min_lines == 9
    (project / "whole").symlink_to(project.parent / "elsewhere")
    assert load(project / "whole" / "src").settings.min_lines == 11


def test_dots_in_the_start_are_dropped_by_name(project: Path) -> None:
    write(project / "a" / "codesim.toml", "min-lines = 9\n")
    assert load(Path("a") / ".." / "b").settings.min_lines == 6
    assert load(Path("b") / ".." / "a").settings.min_lines == 9


def test_a_start_that_cannot_exist(project: Path) -> None:
    write(project / "codesim.toml", "min-lines = 9\n")
    assert load(project / ("x" * 5000)).settings.min_lines == 9


@pytest.mark.parametrize("target", ["nowhere.toml", "/dev/zero"])
def test_a_link_to_what_is_no_file_is_an_error(project: Path, target: str) -> None:
    (project / "codesim.toml").symlink_to(target)
    with pytest.raises(ConfigError, match="is no regular file"):
        load(project)


def test_a_folder_named_as_a_file_configures_nothing(project: Path) -> None:
    (project / "codesim.toml").mkdir()
    assert load(project).settings == Settings()


def test_a_list_on_the_command_line_replaces_the_one_in_the_file_but_an_extension_adds(project: Path) -> None:
    file = write(project / "codesim.toml", 'exclude = ["a"]\nextend-exclude = ["b"]\n')
    loaded = load(project, exclude=("c",), extend_exclude=("d", "e"))
    assert (loaded.settings.exclude, loaded.settings.extend_exclude) == (("c",), ("b", "d", "e"))
    assert loaded.origins["exclude"] == "command line"
    assert loaded.origins["extend_exclude"] == f"{file} and command line"
    write(file, "")
    assert load(project, extend_exclude=("d",)).origins["extend_exclude"] == "command line"


def test_a_path_in_the_form_of_windows_stays_in_the_project(project: Path) -> None:
    write(project / "codesim.toml", "cache-dir = 'var\\cache'\n")
    assert load(project).cache_folder.is_relative_to(project)


def test_search_stops_at_the_repository(project: Path) -> None:
    write(project.parent / "codesim.toml", "min-lines = 99\n")
    assert load(project / "src").settings.min_lines == 6
    (project / ".git").rmdir()
    assert load(project / "src").settings.min_lines == 99


def test_repository_root_knows_worktrees(project: Path) -> None:
    write(project / "tree" / ".git", "gitdir: elsewhere\n")
    assert repository_root(project / "tree" / "x") == project / "tree"
    assert repository_root(project / "other" / "x") == project


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("min-line", "did you mean min-lines?"),
        ("min_lines", "did you mean min-lines?"),
        ("neighbors", "did you mean neighbours?"),
        ("qqqq", "the keys are exclude, extend-exclude"),
    ],
)
def test_unknown_key_names_the_file_and_the_nearest_key(project: Path, key: str, hint: str) -> None:
    file = write(project / "pyproject.toml", f"[tool.codesim]\n{key} = 1\n")
    with pytest.raises(ConfigError) as caught:
        load(project)
    assert str(caught.value).startswith(f"{file} [tool.codesim]: unknown key '{key}' (")
    assert hint in str(caught.value)


def test_a_table_in_codesim_toml_is_explained(project: Path) -> None:
    write(project / "codesim.toml", "[tool.codesim]\nmin-lines = 1\n")
    with pytest.raises(ConfigError, match="without a table"):
        load(project)


def test_unknown_override(project: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean min_lines"):
        load(project, min_line=1)


WRONG = [
    ('min-lines = "6"', "min-lines is '6' (min-lines is a whole number, at least 1)"),
    ("min-lines = 0", "min-lines is 0 (min-lines is a whole number, at least 1)"),
    ("min-lines = 6.0", "min-lines is a whole number"),
    ("min-lines = true", "min-lines is a whole number"),
    ("neighbours = 1001", "at least 1 and at most 1000"),
    ("min-score = 1.5", "min-score is a number, at least 0.0 and at most 1.0"),
    ("min-score = nan", "min-score is a number"),
    ("cache = 1", "cache is either true or false"),
    ('exclude = "gen"', "exclude is a list of patterns"),
    ("exclude = [1]", "exclude is a list of patterns"),
    ("min-value = inf", "min-value is a number, at least 0"),
    ("min-lines = 9223372036854775808", "min-lines is a whole number"),
    (f"jobs = 0x{'f' * 5000}", "jobs is a number of thousands of digits (jobs is a whole number"),
    (f'scope = "{"x" * 999}"', "xxx' (scope is one of prod, tests, all)"),
    ('color = "allways"', "did you mean always? color is one of auto, always, never"),
    ('scope = "Test"', "did you mean tests? scope is one of prod, tests, all"),
    ("min-lines = 2020-01-01", "min-lines is a whole number"),
    ("[scan]\nmin-lines = 9", "unknown key 'scan' (did you mean"),
    ('format = "text"', "format is one of full, concise, json, sarif, gitlab, github, markdown, html"),
    ('report = "sarif=a"', 'report is a list such as ["full=FILE"]'),
    ('report = ["serif=a"]', "report is 'serif=a' (did you mean sarif=FILE? it is FORMAT=FILE, FORMAT one of full,"),
    ('report = ["sarif"]', "it is FORMAT=FILE"),
    ('report = ["sarif="]', "name a file"),
    ('report = ["sarif=-"]', "what goes to standard output is set by --format"),
    ('report = ["sarif=../a"]', "to write there, use --report"),
    ('report = ["json=.git/config"]', "leads out of the project"),
    ('output = ""', "output is a path"),
    ("cache-dir = 1", "cache-dir is a path"),
    ('cache-dir = "../elsewhere"', "leads out of the project"),
    ('cache-dir = "/tmp/elsewhere"', "to write there, use --cache-dir"),
    ('output = ".git/hooks/pre-commit"', "leads out of the project"),
    ('output = "a/../.GIT/hooks/pre-commit"', "leads out of the project"),
    ('cache-dir = "."', "cache-dir is the project's root: '.' (name a place in it)"),
    ('cache-dir = "a/.."', "is the project's root"),
]


@pytest.mark.parametrize(("line", "message"), WRONG, ids=[line for line, _ in WRONG])
def test_a_value_that_does_not_fit(project: Path, line: str, message: str) -> None:
    file = write(project / "codesim.toml", f"{line}\n")
    with pytest.raises(ConfigError) as caught:
        load(project)
    assert str(caught.value).startswith(f"{file}: ")
    assert message in str(caught.value)


def test_a_message_stays_in_its_line(project: Path) -> None:
    write(project / "codesim.toml", f'exclude = "{"x" * 100_000}"\n')
    with pytest.raises(ConfigError) as caught:
        load(project)
    assert len(str(caught.value)) < 300


def test_reports_go_to_files_of_their_own(project: Path) -> None:
    write(project / "codesim.toml", 'report = ["sarif=a/b=c.sarif", "html=page.html"]\n')
    assert load(project).settings.report == (f"sarif={project}/a/b=c.sarif", f"html={project}/page.html")
    given = load(project, report=("json=x",)).settings.report
    assert given == (f"json={Path.cwd()}/x",)
    for wrong in ({"report": ("json=x", "sarif=./x")}, {"report": ("json=x",), "output": "x"}):
        with pytest.raises(ConfigError, match="two reports go to"):
            load(project, **wrong)


def test_a_linked_folder_does_not_lead_out_of_the_project(project: Path) -> None:
    (project.parent / "home").mkdir()
    (project / "link").symlink_to(project.parent / "home")
    write(project / "codesim.toml", 'cache-dir = "link/cache"\n')
    with pytest.raises(ConfigError, match="leads out of the project"):
        load(project)


def test_a_whole_number_fits_where_a_number_is_wanted(project: Path) -> None:
    write(project / "codesim.toml", "min-score = 1\n")
    score = load(project).settings.min_score
    assert score == 1.0
    assert isinstance(score, float)


def test_a_wrong_flag_is_named(project: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(project, min_lines=0)
    assert str(caught.value) == "command line: --min-lines is 0 (--min-lines is a whole number, at least 1)"


def test_paths_count_from_the_file_or_from_the_working_directory(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project / "codesim.toml", 'cache-dir = "var/cache"\noutput = "report.json"\n')
    (project / "src").mkdir()
    monkeypatch.chdir(project / "src")
    loaded = load(project / "src")
    assert loaded.cache_folder == project / "var" / "cache"
    assert loaded.settings.output == str(project / "report.json")
    loaded = load(project / "src", cache_dir="mine", output="-")
    assert loaded.cache_folder == project / "src" / "mine"
    assert loaded.settings.output == "-"


@pytest.mark.parametrize("data", [b"min-lines = \n", b"\xff\xfe", b'[tool]\ncodesim = "x"\n', b"a = " + b"[" * 100_000])
def test_a_file_that_is_no_toml(project: Path, data: bytes) -> None:
    file = project / "pyproject.toml"
    file.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load(project)
    assert caught.value.origin == str(file)


def test_unreadable_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    write(project / "codesim.toml", "")
    monkeypatch.setattr(Path, "read_bytes", refuse)  # tests may run as root, whom no mode bits stop
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        load(project)


def test_origins_cannot_be_changed(project: Path) -> None:
    origins: Mapping[str, str] = load(project).origins
    with pytest.raises(TypeError):
        origins["jobs"] = "me"  # type: ignore[index]


def test_kebab() -> None:
    assert kebab("min_lines") == "min-lines"

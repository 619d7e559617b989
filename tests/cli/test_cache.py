"""`codesim cache`: what is told, and what is never removed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cases import FIXTURES
from click.testing import CliRunner, Result

from codesim.cli import main
from codesim.store import Cache


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(FIXTURES / "clones" / "type3" / "wav_reader_gap", tmp_path / "code")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_nothing_was_kept_yet(project: Path) -> None:
    done = run("cache", "info")
    assert (done.exit_code, done.stdout) == (0, "folder: .codesim_cache\nno cache: nothing was kept yet\n")
    assert run("cache", "clear").stdout == ".codesim_cache: there is no cache\n"
    assert sorted(path.name for path in project.iterdir()) == ["code"]


def test_what_is_kept_is_told_and_removed(project: Path) -> None:
    assert run("scan", "code").exit_code == 1
    done = run("cache", "info")
    assert done.exit_code == 0
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert list(told) == ["folder", "size", "entries", "last use", "schema"]
    assert told["folder"] == ".codesim_cache"
    assert told["size"].endswith("MB on disk; at most 512 MB are kept")
    assert told["entries"].startswith("3, ")  # two files and a report
    done = run("cache", "clear")
    assert (done.exit_code, done.stdout) == (0, ".codesim_cache: removed\n")
    assert sorted(path.name for path in project.iterdir()) == ["code"]
    assert run("scan", "code").exit_code == 1


def test_the_folder_of_the_settings_is_looked_at(project: Path) -> None:
    (project / "codesim.toml").write_text('cache-dir = "kept"\ncache-size = 7\n', encoding="utf-8")
    run("scan", "code")
    assert "folder: kept\n" in run("cache", "info").stdout
    assert "at most 7 MB are kept" in run("cache", "info", "code").stdout
    assert run("cache", "clear", "--cache-dir", "elsewhere").stdout == "elsewhere: there is no cache\n"
    assert run("cache", "clear", "code").stdout == "kept: removed\n"


@pytest.mark.parametrize("mine", ["thesis.tex", ".git/HEAD", "cache.sqlite3.bak"])
def test_a_folder_that_holds_something_else_is_left_alone(project: Path, mine: str) -> None:
    run("scan", "code")
    file = project / ".codesim_cache" / mine
    file.parent.mkdir(exist_ok=True)
    file.write_text("precious", encoding="utf-8")
    done = run("cache", "clear")
    assert done.exit_code == 2
    assert "it was left as it is" in done.stderr
    assert file.read_text(encoding="utf-8") == "precious"
    assert (project / ".codesim_cache" / "cache.sqlite3").exists()


def test_a_folder_without_the_tag_and_a_link_are_left_alone(project: Path) -> None:
    for name in ("empty", "home"):
        (project / name).mkdir()
    with Cache(project / "home"):
        pass
    (project / "link").symlink_to(project / "home")
    for name in ("empty", "link", "code"):
        assert run("cache", "clear", "--cache-dir", name).exit_code == 2
    assert sorted(path.name for path in project.iterdir()) == ["code", "empty", "home", "link"]
    assert (project / "home" / "cache.sqlite3").exists()


def test_the_size_is_bounded(project: Path) -> None:
    with Cache(project / ".codesim_cache") as cache:
        cache.put_many({f"{number}": bytes(100_000) for number in range(30)})
    assert run("scan", "code", "--cache-size", "1").exit_code == 1
    with Cache(project / ".codesim_cache") as cache:
        assert cache.size().bytes <= 2**20
    assert (project / ".codesim_cache" / "cache.sqlite3").stat().st_size < 1.3 * 2**20
    assert run("scan", "code", "--cache-size", "0").exit_code == 2

"""How paths are shown, and which are tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from codesim.source import is_test_path, printable, shown_path


def test_shown_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert shown_path(here / "a" / "b.py") == "a/b.py"
    assert shown_path(Path("a/b.py")) == "a/b.py"
    assert shown_path(Path("./a/../c.py")) == "c.py"
    assert shown_path(here) == "."
    assert shown_path(Path("../there.py")) == (tmp_path / "there.py").as_posix()
    assert shown_path(tmp_path / "here2" / "a.py") == (tmp_path / "here2" / "a.py").as_posix()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é", "plain é"),
        ("a\nb", "a\nb"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\udcffb", "a\\udcffb"),
        ("\u202eevil", "\\u202eevil"),
        ("\x9b1m\r", "\\x9b1m\\r"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    "path",
    ["tests/a.py", "pkg/test/test_a.py", "test_a.py", "pkg/a_test.py", "conftest.py", "app/tests.py", "test_a.pyi"],
)
def test_test_paths(path: str) -> None:
    assert is_test_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "a.py",
        "django/test/client.py",
        "testing/a.py",
        "latest.py",
        "contest.py",
        "pkg/attest/a.py",
        "mytests/a.py",
        "test.d/a.py",
    ],
)
def test_other_paths(path: str) -> None:
    assert not is_test_path(path)

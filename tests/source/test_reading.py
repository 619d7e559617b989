"""Reading: what is read, what is left out, and on which line."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import warnings
from pathlib import Path

import pytest

from codesim.source import Skipped, SourceFile, parse_module, read_source

BROKEN = Path(__file__).parents[2] / "fixtures" / "broken"
TABLE = dict(re.findall(r"^\| `(\S+)` \| (.+?) \|", (BROKEN / "README.md").read_text(encoding="utf-8"), re.MULTILINE))


def read(tmp_path: Path, data: bytes, **options: int) -> SourceFile | Skipped:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    return read_source(path, "a.py", **options)


def text_of(outcome: SourceFile | Skipped) -> str:
    assert isinstance(outcome, SourceFile), outcome
    return outcome.text


def reason_of(outcome: SourceFile | Skipped) -> str:
    assert isinstance(outcome, Skipped), outcome
    return outcome.reason


def test_the_table_of_broken_files_is_complete() -> None:
    assert sorted(TABLE) == sorted(path.name for path in BROKEN.glob("*.py"))


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_broken_file_is_left_out_with_its_line(name: str) -> None:
    outcome = read_source(BROKEN / name, name)
    if isinstance(outcome, SourceFile):
        module = parse_module(outcome)
        assert isinstance(module, Skipped)
        outcome = module
    assert outcome.path == name
    assert outcome.reason.startswith(TABLE[name])


def test_python_2_is_named() -> None:
    source = read_source(BROKEN / "python2.py", "python2.py")
    assert isinstance(source, SourceFile)
    module = parse_module(source)
    assert isinstance(module, Skipped)
    assert "Python 2" in module.reason


def test_declared_latin_1_is_decoded(tmp_path: Path) -> None:
    assert "é" in text_of(read(tmp_path, '# -*- coding: latin-1 -*-\nx = "é"\n'.encode("latin-1")))


def test_declaration_on_the_second_line(tmp_path: Path) -> None:
    assert "Привет" in text_of(read(tmp_path, '#!/usr/bin/python\n# coding: cp1251\nx = "Привет"\n'.encode("cp1251")))


def test_utf_8_mark_is_dropped(tmp_path: Path) -> None:
    assert text_of(read(tmp_path, b"\xef\xbb\xbfx = 1\n")) == "x = 1\n"


def test_line_ends_become_one_kind_and_are_counted(tmp_path: Path) -> None:
    outcome = read(tmp_path, b"a = 1\r\nb = 2\rc = 3\nd = 4")
    assert text_of(outcome) == "a = 1\nb = 2\nc = 3\nd = 4"
    assert isinstance(outcome, SourceFile)
    assert outcome.lines == 4


@pytest.mark.parametrize(("data", "lines"), [(b"", 0), (b"\n", 1), (b"x", 1), (b"x\n\x0cy\n", 2)])
def test_number_of_lines(tmp_path: Path, data: bytes, lines: int) -> None:
    outcome = read(tmp_path, data)
    assert isinstance(outcome, SourceFile)
    assert outcome.lines == lines


def test_digest_is_of_the_bytes(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfx = 1\r\n"
    outcome = read(tmp_path, data)
    assert isinstance(outcome, SourceFile)
    assert outcome.digest == hashlib.sha256(data).hexdigest()


def test_size_limit_is_inclusive(tmp_path: Path) -> None:
    assert text_of(read(tmp_path, b"x = 1\n", max_bytes=6)) == "x = 1\n"
    assert reason_of(read(tmp_path, b"x = 12\n", max_bytes=6)) == "larger than 6 bytes"


@pytest.mark.parametrize("codec", ["idna", "punycode"])
def test_quadratic_codecs_are_refused(tmp_path: Path, codec: str) -> None:
    assert reason_of(read(tmp_path, f"# coding: {codec}\nx = 1\n".encode())) == f"encoding {codec} is not supported"


def test_a_reason_cannot_drive_the_terminal(tmp_path: Path) -> None:
    source = read(tmp_path, b'x = "a\n\x1b[2J')
    assert isinstance(source, SourceFile)
    module = parse_module(source)
    assert isinstance(module, Skipped)
    assert module.reason.isprintable()


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert reason_of(read_source(tmp_path / "none.py", "none.py")).startswith("cannot be read: No such file")
    assert reason_of(read_source(tmp_path, "d")) == "a folder, not a file"


def test_permission_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\n")
    monkeypatch.setattr(Path, "open", refuse)  # tests may run as root, whom no mode bits stop
    assert reason_of(read_source(path, "a.py")) == "cannot be read: Permission denied"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert reason_of(read_source(tmp_path / "a.py", "a.py")) == "not a regular file"


def test_parse_gives_a_module_without_warnings() -> None:
    text = 'x = "\\d"\nprint(1 is 1)\n'
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        module = parse_module(SourceFile("a.py", text, "", 2))
    assert isinstance(module, ast.Module)
    assert len(module.body) == 2


@pytest.mark.parametrize("text", ["(" * 100_000, "x = " + "+".join("1" * 50_000), "a" + ".b" * 50_000, "[" * 150])
def test_hostile_nesting_is_survived(text: str) -> None:
    outcome = parse_module(SourceFile("a.py", text, "", 1))
    assert isinstance(outcome, Skipped)


def test_surrogates_from_an_odd_codec_are_survived(tmp_path: Path) -> None:
    source = read(tmp_path, b"# coding: unicode_escape\nx = '\\ud800'\n")
    assert isinstance(source, SourceFile)
    assert isinstance(parse_module(source), Skipped)

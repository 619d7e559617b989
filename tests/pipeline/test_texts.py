"""Texts of scanned files, here and in another process: what was held stays, what is read must not have changed."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from codesim.pipeline.texts import FileChangedError, Texts
from codesim.source import SourceFile, read_source


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "a.py"
    place.write_text("x = 1\n", encoding="utf-8")
    return place


def read(file: Path, data: bytes | None = None) -> SourceFile:
    source = read_source(file, "a.py", data=data)
    assert isinstance(source, SourceFile)
    return source


def test_another_process_reads_what_it_needs(file: Path) -> None:
    texts = Texts({"a.py": file}, {}, {})
    texts.hold(read(file))
    elsewhere: Texts = pickle.loads(pickle.dumps(texts))  # noqa: S301
    assert elsewhere["a.py"] == "x = 1\n"
    assert b"x = 1" not in pickle.dumps(texts)


def test_a_file_that_changed_is_read_by_no_process(file: Path) -> None:
    texts = Texts({"a.py": file}, {}, {})
    texts.hold(read(file))
    elsewhere: Texts = pickle.loads(pickle.dumps(texts))  # noqa: S301
    file.write_text("x = 2\n", encoding="utf-8")
    assert texts["a.py"] == "x = 1\n"  # it was read anyway
    with pytest.raises(FileChangedError, match="changed again and again"):
        elsewhere["a.py"]


def test_what_counts_in_place_of_a_file_goes_along(file: Path) -> None:
    texts = Texts({"a.py": file}, {}, {file: b"x = 3\n"})
    texts.hold(read(file, b"x = 3\n"))
    elsewhere: Texts = pickle.loads(pickle.dumps(texts))  # noqa: S301
    assert elsewhere["a.py"] == "x = 3\n"

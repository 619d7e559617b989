"""The baseline's file: there and back, stable bytes, and what a broken one is answered with."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesim.errors import ConfigError
from codesim.store import Baseline, Copy, KnownClass, read_baseline, write_baseline
from codesim.store.baseline import baseline_text, parse_baseline

ONE = KnownClass("0" * 16, (Copy("a" * 16, "", "a.py::f"), Copy("b" * 16, "", "sub/b.py::C.g")))
TWO = KnownClass("1" * 16, (Copy("c" * 16, "d" * 16, "a.py::f"), Copy("c" * 16, "d" * 16, "a.py::f")))
BASELINE = Baseline("2.6", (ONE, TWO))
TEXT = """\
{
"schema_version": 1,
"graphs": "2.6",
"classes": [
{"id": "0000000000000000", "copies": ["aaaaaaaaaaaaaaaa a.py::f", "bbbbbbbbbbbbbbbb sub/b.py::C.g"]},
{"id": "1111111111111111", "copies": ["cccccccccccccccc@dddddddddddddddd a.py::f", "cccccccccccccccc@dddddddddddddddd a.py::f"]}
]
}
"""  # noqa: E501

HEX = st.text("0123456789abcdef", min_size=16, max_size=16)
PLACES = st.builds("{}::{}".format, st.text(min_size=1), st.text(min_size=1))
COPIES = st.builds(Copy, HEX, st.one_of(st.just(""), HEX), PLACES)
CLASSES = st.builds(KnownClass, HEX, st.lists(COPIES, min_size=1).map(lambda copies: tuple(sorted(copies))))
BASELINES = st.lists(CLASSES, unique_by=lambda one: one.id).map(
    lambda found: Baseline("2.6", tuple(sorted(found, key=lambda one: one.id)))
)


def test_one_class_on_one_line() -> None:
    assert baseline_text(BASELINE) == TEXT
    assert parse_baseline(TEXT, "b.json") == BASELINE


def test_an_empty_baseline_is_one() -> None:
    assert parse_baseline(baseline_text(Baseline("2.6")), "b.json") == Baseline("2.6")


@given(BASELINES)
def test_there_and_back(baseline: Baseline) -> None:
    text = baseline_text(baseline)
    assert parse_baseline(text, "b.json") == baseline
    assert [row["id"] for row in json.loads(text)["classes"]] == [one.id for one in baseline.classes]
    assert text.count("\n") == 6 + len(baseline.classes)


def test_bytes_do_not_depend_on_order() -> None:
    classes = list(BASELINE.classes)
    random.Random(1).shuffle(classes)  # noqa: S311
    turned = [KnownClass(one.id, one.copies[::-1]) for one in classes]
    assert baseline_text(Baseline("2.6", tuple(turned))) == TEXT


def test_what_a_merge_leaves_twice_is_read_once() -> None:
    twice = TEXT.splitlines()[5]
    assert parse_baseline(TEXT.replace(twice, f"{twice},\n{twice}"), "b.json") == BASELINE


CONFLICT = """\
{
"schema_version": 1,
"graphs": "2.6",
"classes": [
<<<<<<< HEAD
{"id": "0000000000000000", "copies": ["aaaaaaaaaaaaaaaa a.py::f", "bbbbbbbbbbbbbbbb sub/b.py::C.g"]}
=======
>>>>>>> other
]
}
"""


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (CONFLICT, 5, ("a merge conflict", "keep the lines of both sides")),
        (TEXT.replace("]},", "]}"), 6, ("is not valid JSON", "codesim baseline write")),
        ("", 1, ("is not valid JSON",)),
        ("[]", 1, ("no schema_version",)),
        (TEXT.replace(": 1,", ": 2,"), 2, ("schema version 2", "this codesim knows 1", "upgrade codesim")),
        (TEXT.replace(": 1,", ": true,"), 1, ("no schema_version",)),
        (TEXT.replace('"2.6"', "2.6"), 1, ("no graphs",)),
        (TEXT.replace("1111111111111111", "11"), 6, ("no id of 16",)),
        (TEXT.replace("bbbbbbbbbbbbbbbb sub", "sub"), 5, ("0000000000000000 has 'sub/b.py::C.g' among its copies",)),
        (TEXT.replace('["cccc', '[1, "cccc'), 6, ("has 1 among its copies",)),
        ("[" * 100_000, 1, ("nested too deeply",)),
    ],
)
def test_a_broken_baseline_names_file_line_and_remedy(text: str, line: int, words: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_baseline(text, "b.json")
    message = str(caught.value)
    assert message.startswith(f"b.json:{line}: ")
    assert all(word in message for word in words)
    assert message.endswith(")")  # the remedy


@given(st.text())
def test_no_text_crashes_the_reader(text: str) -> None:
    with suppress(ConfigError):
        parse_baseline(text, "b.json")


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    write_baseline(file, BASELINE)
    assert read_baseline(file) == BASELINE
    assert [file.name for file in tmp_path.iterdir()] == ["b.json"]
    file.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read_baseline(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_baseline(tmp_path)


def test_a_baseline_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "b.json").mkdir()
    with pytest.raises(ConfigError, match="cannot be written"):
        write_baseline(tmp_path / "b.json", BASELINE)
    assert [file.name for file in tmp_path.iterdir()] == ["b.json"]
    with pytest.raises(ConfigError, match="cannot be written"):
        write_baseline(tmp_path / "nowhere" / "b.json", BASELINE)

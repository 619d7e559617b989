"""The corpus: which functions are taken, and that their views are what they say."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from codesim.train.corpus import (
    MOST_LINES,
    Package,
    SourceFunction,
    chosen_functions,
    describe_package,
    read_functions,
    source_files,
    standard_library,
)
from codesim.train.pairs import make_pairs

LONG = '''
def {name}(values, limit):
    """Docstring."""
    total = {start}
    for value in values:
        if value < limit:
            total = total {operator} value
    return total
'''


def source(name: str, start: int = 0, operator: str = "+") -> str:
    return LONG.format(name=name, start=start, operator=operator)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    package = tmp_path / "shop"
    (package / "tests").mkdir(parents=True)
    (package / "_vendor").mkdir()
    (package / "sums.py").write_text(
        source("added")
        + source("added_again").replace("value", "number")
        + source("multiplied", 1, "*")
        + "def short(x):\n    return x\n"
        + "class Till:\n"
        + source("took", 2, "-").replace("\n", "\n    "),
        encoding="utf-8",
    )
    (package / "tests" / "test_sums.py").write_text(source("tested", 3), encoding="utf-8")
    (package / "_vendor" / "other.py").write_text(source("vendored", 4), encoding="utf-8")
    (package / "third_party" / "deep").mkdir(parents=True)
    (package / "third_party" / "deep" / "more.py").write_text(source("vendored_too", 7), encoding="utf-8")
    (package / "broken.py").write_text("def f(:\n", encoding="utf-8")
    (package / "armed.py").write_text("raise SystemExit('imported!')\n" + source("armed", 5), encoding="utf-8")
    nested = source("outer", 6).replace(
        "    return total", "    def inner(a):\n        b = a\n        return b\n    return total"
    )
    (package / "nested.py").write_text(nested, encoding="utf-8")
    return package


def read(folder: Path, seen: set[str] | None = None, limit: int = 0) -> list[SourceFunction]:
    package = Package("shop", folder, "1", "MIT", held_out=False)
    return list(read_functions(package, set() if seen is None else seen, limit, seed=0))


def test_functions_taken(folder: Path) -> None:
    places = {function.place for function in read(folder)}
    doubles = {"sums.py::added", "sums.py::added_again"}
    assert len(places & doubles) == 1, "equal but for names: one of them is taken"
    others = {"sums.py::multiplied", "sums.py::Till.took", "armed.py::armed", "nested.py::outer"}
    assert places - doubles == others


def test_lines_are_counted_without_the_docstring(tmp_path: Path) -> None:
    steps = "".join(f"    x = x + {number}\n" for number in range(MOST_LINES - 2))
    docstring = '    """First.\n' + "\n" * 50 + '    """\n'
    (tmp_path / "a.py").write_text(f"def f(x):\n{docstring}{steps}    return x\n", encoding="utf-8")
    (tmp_path / "b.py").write_text(f"def g(x):\n{steps}    x = -x\n    return x\n", encoding="utf-8")
    assert [function.node.name for function in read_within(tmp_path)] == ["f"]


def read_within(folder: Path) -> list[SourceFunction]:
    """The functions with a fit number of lines, whatever their graphs."""
    found = []
    for path in source_files(Package("lines", folder, "1", "MIT", held_out=False), folder):
        module = ast.parse(path.read_text(encoding="utf-8"))
        found += [SourceFunction("lines", name, node) for name, node in chosen_functions(path.name, module)]
    return found


def test_archive_may_hold_folders_named_like_builds(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "a.py").write_text("", encoding="utf-8")
    for sha256, count in (("0" * 64, 1), ("", 0)):
        package = Package("tools", tmp_path, "1", "MIT", held_out=False, sha256=sha256)
        assert len(source_files(package, tmp_path)) == count


def test_what_another_package_had_is_left_out(folder: Path) -> None:
    seen: set[str] = set()
    assert read(folder, seen)
    assert read(folder, seen) == []


def test_limit_and_order_are_repeatable(folder: Path) -> None:
    assert len(read(folder, limit=2)) == 2
    assert [f.place for f in read(folder)] == [f.place for f in read(folder)]


def test_package_is_described_from_its_metadata(folder: Path) -> None:
    info = folder.parent / "Shop-2.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: Shop\nVersion: 2.5\nClassifier: License :: OSI Approved :: MIT License\n",
        encoding="utf-8",
    )
    (info / "top_level.txt").write_text("shop\n", encoding="utf-8")
    package = describe_package(folder, held_out=True)
    assert (package.name, package.version, package.licence, package.held_out) == ("shop", "2.5", "MIT License", True)
    assert describe_package(folder.parent / "unheard", held_out=False).version == "unknown"


def test_standard_library_has_functions() -> None:
    assert len(list(read_functions(standard_library(), set(), 20, seed=0))) == 20


def test_pairs(folder: Path) -> None:
    rows = list(make_pairs(read(folder), twins=3, seed=0))
    twins = [row for row in rows if row.kind != "original"]
    originals = {row.group: row.source for row in rows if row.kind == "original"}
    assert len(originals) == 5
    assert len(twins) == 3
    assert len({row.kind for row in twins}) == 3, "the rarest transformation comes next"
    assert all(row.source != originals[row.group] for row in twins)
    assert rows == list(make_pairs(read(folder), twins=3, seed=0))

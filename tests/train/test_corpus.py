"""The corpus: which functions are taken, and that their views are what they say."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from codesim.embed import graph_arrays
from codesim.evaluate import function_graph
from codesim.train.corpus import Package, SourceFunction, describe_package, read_functions, standard_library
from codesim.train.pairs import make_pairs
from codesim.train.views import EDITED, ORIGINAL, REWRITTEN, ViewStore, build_views

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


def test_views(folder: Path) -> None:
    functions = read(folder)
    store = build_views(functions, {"elsewhere"}, rewritten=3, seed=0)
    assert len(store.package) == len(functions)
    assert not store.held_out.any()
    for number, function in enumerate(functions):
        views = store.views_of(number)
        assert [store.role[view] for view in views][:4] == [ORIGINAL, REWRITTEN, REWRITTEN, REWRITTEN]
        assert all(store.role[view] == EDITED for view in views[4:])
        graph = function_graph(function.node)
        for masked in (False, True):
            expected, found = graph_arrays(graph, masked), store.graph(views[0], masked)
            for name in ("kind", "tokens", "edge_index", "edge_kind"):
                np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_views_survive_a_file_without_pickle(folder: Path) -> None:
    store = build_views(read(folder), {"shop"}, rewritten=2, seed=0)
    assert store.held_out.all()
    file = io.BytesIO()
    np.savez_compressed(file, **store.as_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        again = ViewStore.from_arrays(arrays)
    for name, value in store.as_arrays().items():
        np.testing.assert_array_equal(again.as_arrays()[name], value)


def test_pairs(folder: Path) -> None:
    rows = list(make_pairs(read(folder), twins=3, seed=0))
    twins = [row for row in rows if row.kind != "original"]
    originals = {row.group: row.source for row in rows if row.kind == "original"}
    assert len(originals) == 5
    assert len(twins) == 3
    assert len({row.kind for row in twins}) == 3, "the rarest transformation comes next"
    assert all(row.source != originals[row.group] for row in twins)
    assert rows == list(make_pairs(read(folder), twins=3, seed=0))

"""The corpus on disk: what comes back from it, what is built again and what is not, and what comes only once."""

from __future__ import annotations

import ast
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pyarrow", reason="the corpus needs pyarrow (extra `train`)")

from codesim.embed import batch_graphs, graph_arrays
from codesim.errors import ConfigError
from codesim.evaluate import function_graph
from codesim.evaluate.functions import only_function
from codesim.graph import canonical_hash, join_graphs
from codesim.train import build
from codesim.train.build import build_shards, join_shards, missing_shards
from codesim.train.corpus import Package, standard_library
from codesim.train.graph_store import GraphStore
from codesim.train.manifest import HELD_OUT, TRAIN
from codesim.train.near_copies import NEAR, HeldOutFeatures, edge_features
from codesim.train.rows import function_text, read_rows
from codesim.train.shards import (
    read_shard,
    read_shards,
    shard_key,
    shard_path,
    write_shard,
)

STDLIB = standard_library().path
FILES = ("textwrap.py", "shlex.py", "configparser.py", "json/decoder.py", "email/header.py", "dataclasses.py")

LINES = (
    "    rows = []", "    for line in {text}.splitlines():", "        parts = line.split({mark!r})",
    "        if len(parts) > {size}:", "            rows.append(parts[0].strip())", "        elif parts:",
    "            rows.append(line)", "    rows.sort(key=len)", "    return rows[:{size}]",
)  # fmt: skip


def function(name: str, text: str = "text", mark: str = ",", size: int = 2, extra: str = "") -> str:
    body = "\n".join(LINES).format(text=text, mark=mark, size=size)
    return f"def {name}({text}):\n{extra}{body}\n\n\n"


OTHER = """
def area(shape, scale):
    if shape.kind == "circle":
        return 3.14 * (shape.radius * scale) ** 2
    width = shape.width * scale
    return width * shape.height
"""

LIKE = """
def split_up(text):
    rows = []
    for line in text.splitlines():
        head, _, tail = line.partition("=")
        if not tail:
            continue
        rows.append((head.strip(), int(tail)))
    return dict(rows)
"""


def package(folder: Path, name: str, code: str, held_out: bool = False) -> Package:
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "code.py").write_text(code, encoding="utf-8")
    return Package(name, folder / name, "1", "MIT", held_out)


@pytest.fixture
def packages(tmp_path: Path) -> list[Package]:
    near = function("almost", extra="    print('now')\n")
    return [
        package(tmp_path, "learned", function("copied", "words") + near + OTHER),
        package(tmp_path, "more", LIKE + OTHER.replace("area", "surface")),
        package(tmp_path, "unseen", function("shown"), held_out=True),
    ]


def build_all(packages: list[Package], out: Path, jobs: int = 1) -> list[str]:
    begun: list[str] = []

    def begin(package: Package) -> build.Advance:
        begun.append(package.name)
        return lambda _done, _total: None

    build_shards(missing_shards(packages, out), out, jobs, begin)
    join_shards(packages, out)
    return begun


@pytest.fixture(scope="module")
def library() -> GraphStore:
    return GraphStore.concatenate([read_rows(STDLIB / file, file).graphs for file in FILES])


def test_text_of_a_row_has_the_graph_of_the_row() -> None:
    count = 0
    for file in FILES:
        rows = read_rows(STDLIB / file, file)
        for number, source in enumerate(rows.texts["source"]):
            node = ast.parse(source).body[0]
            assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            graph = function_graph(node)
            assert canonical_hash(graph) == rows.texts["digest"][number], source
            assert node.name == rows.texts["name"][number]
            for masked in (False, True):
                expected, found = graph_arrays(graph, masked), rows.graphs.graph(number, masked)
                for name in ("kind", "tokens", "edge_index", "edge_kind"):
                    np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
            count += 1
    assert count > 100


def test_strings_over_several_lines_keep_their_value() -> None:
    code = (
        'class C:\n    @staticmethod\n    def f(x):\n        """Doc.\n\n        More.\n        """\n'
        '        return x + """a\n        b\n    c"""\n'
    )
    node = ast.parse(code).body[0].body[0]  # type: ignore[attr-defined]
    text = function_text(node, code.split("\n"))
    assert text is not None
    assert text.startswith('@staticmethod\ndef f(x):\n    """Doc.\n\n    More.\n')
    assert ast.unparse(ast.parse(text).body[0].body[-1]) == ast.unparse(node.body[-1])  # type: ignore[attr-defined]


def test_function_that_shares_its_line_is_spelled_anew() -> None:
    code = "x = 1; f = 2\nif x: \n    y = 1; \\\n  \n    def g(a):\n        return a\n"
    node = next(part for part in ast.walk(ast.parse(code)) if isinstance(part, ast.FunctionDef))
    assert function_text(node, ["", "", "", "", "junk here def g(a):", "        return a"]) == ast.unparse(node)


def test_batch_is_what_its_graphs_make(library: GraphStore) -> None:
    chosen = np.array([5, 0, 5, len(library) - 1, 17])
    hidden = np.array([True, False, False, True, False])
    for masked in (False, True, hidden):
        flags = np.broadcast_to(np.asarray(masked), (5,)).tolist()
        graphs = [library.graph(int(place), flag) for place, flag in zip(chosen, flags, strict=True)]
        expected, found = batch_graphs(graphs), library.batch(chosen, masked)
        for name in ("kind", "tokens", "edge_index", "edge_kind", "batch", "sizes"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
            assert getattr(found, name).dtype == np.int64


def test_taking_and_joining_stores(library: GraphStore) -> None:
    half = len(library) // 2
    again = GraphStore.concatenate(
        [library.take(range(half)), GraphStore.empty(), library.take(range(half, len(library)))]
    )
    for name in GraphStore.__slots__:
        np.testing.assert_array_equal(getattr(again, name), getattr(library, name))
        assert getattr(again, name).dtype == getattr(library, name).dtype
    assert len(GraphStore.from_joined(join_graphs([]))) == len(GraphStore.concatenate([])) == 0
    assert library.sizes().min() >= 12


def test_shard_gives_back_what_was_written(tmp_path: Path) -> None:
    rows = read_rows(STDLIB / "configparser.py", "configparser.py")
    write_shard(tmp_path / "a.parquet", rows, "key")
    found = read_shard(tmp_path / "a.parquet")
    assert found.texts == rows.texts
    for name in GraphStore.__slots__:
        np.testing.assert_array_equal(getattr(found.graphs, name), getattr(rows.graphs, name))
        assert getattr(found.graphs, name).dtype == getattr(rows.graphs, name).dtype
    assert shard_key(tmp_path / "a.parquet") == "key"
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"], "the temporary file is gone"


def test_shard_cut_short_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_shard(path, read_rows(STDLIB / "shlex.py", "shlex.py"), "key")
    path.write_bytes(path.read_bytes()[:-100])
    assert shard_key(path) == ""
    assert shard_key(tmp_path / "missing.parquet") == ""


def test_package_without_functions_has_an_empty_shard(tmp_path: Path) -> None:
    nothing = package(tmp_path, "nothing", "x = 1\n")
    build_all([nothing], tmp_path / "out")
    (shard,) = read_shards(tmp_path / "out")
    assert (len(shard), len(shard.graphs), shard.texts["name"]) == (0, 0, [])


def test_what_held_out_packages_have_is_not_trained_on(packages: list[Package], tmp_path: Path) -> None:
    build_all(packages, tmp_path / "out")
    shards = {shard.package: shard for shard in read_shards(tmp_path / "out")}
    assert list(shards) == ["unseen", "learned", "more"], "held-out packages are read first"
    assert shards["unseen"].texts["name"] == ["shown"]
    assert shards["learned"].texts["name"] == ["area"], "copied is a copy but for names, almost is a near copy"
    assert shards["more"].texts["name"] == ["split_up"], "surface was in another package, split_up is no near copy"
    record = json.loads((tmp_path / "out" / "corpus.json").read_text(encoding="utf-8"))
    counts = {
        facts["name"]: (facts["functions"], facts["copies"], facts["near_copies"]) for facts in record["packages"]
    }
    assert counts == {"unseen": (1, 0, 0), "learned": (1, 1, 1), "more": (1, 1, 0)}
    assert record["functions"] == 3


def test_near_copies_are_found_by_their_similarity(library: GraphStore) -> None:
    held_out = HeldOutFeatures()
    held_out.add(library.take(range(40)))
    assert set(range(40)) <= set(held_out.near(library).tolist()), "each is near itself"
    words, ends = edge_features(library)
    sets = [set(words[a:b].tolist()) for a, b in pairwise(ends.tolist())]
    expected = [
        place for place, own in enumerate(sets)
        if any(len(own & other) / len(own | other) >= NEAR for other in sets[:40])
    ]  # fmt: skip
    assert held_out.near(library).tolist() == expected


def test_texts_and_graphs_stand_side_by_side(packages: list[Package], tmp_path: Path) -> None:
    build_all(packages, tmp_path / "out")
    for roles, names in (((TRAIN,), ["area", "split_up"]), ((HELD_OUT,), ["shown"])):
        rows = [
            (name, source, shard.graphs.graph(number))
            for shard in read_shards(tmp_path / "out", roles)
            for number, (name, source) in enumerate(zip(shard.texts["name"], shard.texts["source"], strict=True))
        ]
        assert [name for name, _, _ in rows] == names
        for name, source, graph in rows:
            node = only_function(source)
            assert node.name == name
            np.testing.assert_array_equal(graph.tokens, graph_arrays(function_graph(node)).tokens)


def test_only_what_changed_is_read_again(
    packages: list[Package], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert build_all(packages, out) == ["learned", "more", "unseen"]
    assert build_all(packages, out) == []
    package(tmp_path, "more", OTHER.replace("3.14", "3.1416"))
    assert build_all(packages, out) == ["more"]
    shard_path(out, "unseen").write_bytes(b"PAR1")
    assert build_all(packages, out) == ["unseen"]
    monkeypatch.setattr(build, "FEATURE_VERSION", -1)
    assert build_all(packages, out) == ["learned", "more", "unseen"]


def test_interrupted_build_goes_on(packages: list[Package], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(task: tuple[Path, str]) -> object:
        if "more" in str(task[0]):
            raise KeyboardInterrupt
        return read_rows(*task)

    with monkeypatch.context() as patched:
        patched.setattr(build, "_read", stop)
        with pytest.raises(KeyboardInterrupt):
            build_all(packages, tmp_path / "out")
    assert build_all(packages, tmp_path / "out") == ["more", "unseen"]


def test_unfinished_build_is_not_read(packages: list[Package], tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(ConfigError, match="holds no corpus"):
        list(read_shards(out))
    build_all(packages, out)
    package(tmp_path, "more", function("changed", size=7))
    build_shards(missing_shards(packages, out), out, 1, lambda _package: lambda _done, _total: None)
    with pytest.raises(ConfigError, match="build the corpus again"):
        list(read_shards(out))


def test_any_number_of_processes_writes_the_same(tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    for file in FILES:
        (code / file.replace("/", "_")).write_bytes((STDLIB / file).read_bytes())
    found = Package("code", code, "1", "PSF-2.0", held_out=False)
    for jobs in (1, 2):
        build_all([found], tmp_path / str(jobs), jobs)
    for name in ("shards/code.parquet", "duplicates.parquet", "corpus.json"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()

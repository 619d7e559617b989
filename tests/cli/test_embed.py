"""`codesim embed` as a user runs it: one row a line whatever the line holds, functions of files, no pickle."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from codesim.cli import main
from codesim.embed import Encoder, graph_arrays
from codesim.evaluate import Mask, embed_chunks, line_chunks, read_function
from codesim.evaluate.embedding import CHUNK_LINES

ADD = "def add(a, b):\n    total = a + b\n    return total\n"
LOOP = "def walk(rows):\n    for row in rows:\n        print(row)\n        walk(row)\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["embed", *map(str, arguments)])


def load(path: Path) -> tuple[list[str], np.ndarray]:
    with np.load(path, allow_pickle=False) as arrays:
        assert set(arrays.files) == {"ids", "vectors"}
        assert arrays["vectors"].dtype == np.float32
        return arrays["ids"].tolist(), arrays["vectors"]


def line(name: object, source: object) -> str:
    return json.dumps({"id": name, "source": source})


def test_one_row_a_line(tmp_path: Path) -> None:
    good = [line("add", ADD), line("two", LOOP + ADD), line(7, "    " + LOOP.replace("\n", "\n    "))]
    bad = [
        "{",
        "",
        "[]",
        line("py", "def f(:"),
        line("none", "x = 1"),
        line("null", None),
        '{"source": "def f(): pass"}',
    ]
    data, out = tmp_path / "rows.jsonl", tmp_path / "rows.out"
    data.write_text("\n".join([*good, *bad]), encoding="utf-8")
    with data.open("ab") as stream:
        stream.write(b'\n{"id": "bytes", "source": "\xff\xfe"}\n')
    done = run("--jsonl", data, "-o", out)
    assert done.exit_code == 0, done.output
    ids, vectors = load(out)
    assert ids == ["add", "two", "7", "", "", "", "py", "none", "null", "", "bytes"]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1] * 3 + [0] * 8, atol=1e-5)
    np.testing.assert_allclose(vectors[1], vectors[2], atol=1e-6)  # the first function counts
    expected = Encoder.load().embed([graph_arrays(read_function(text).graph) for text in (ADD, LOOP)])
    np.testing.assert_allclose(vectors[:2], expected, atol=1e-6)
    assert "line 4" in done.output
    assert "8 could not be read" in done.output
    assert "11 rows, 8 of them zero" in done.output


def test_an_empty_file(tmp_path: Path) -> None:
    data, out = tmp_path / "rows.jsonl", tmp_path / "rows.npz"
    data.write_text("", encoding="utf-8")
    assert run("--jsonl", data, "-o", out).exit_code == 0
    ids, vectors = load(out)
    assert ids == []
    assert vectors.shape == (0, Encoder.load().dim)


def test_masks(tmp_path: Path) -> None:
    data = tmp_path / "rows.jsonl"
    renamed = LOOP.replace("walk", "visit")
    data.write_text("\n".join([line("1", LOOP), line("2", renamed), line("3", renamed.replace("row", "n"))]))
    same: dict[str, list[bool]] = {}
    for mask in ("none", "own", "locals"):
        assert run("--jsonl", data, "--mask", mask, "-o", tmp_path / "out.npz").exit_code == 0
        vectors = load(tmp_path / "out.npz")[1]
        same[mask] = [bool(np.allclose(vectors[0], vectors[n], atol=1e-5)) for n in (1, 2)]
    assert same == {"none": [False, False], "own": [True, False], "locals": [True, True]}


def test_rows_do_not_depend_on_workers_or_chunks() -> None:
    lines = [line(str(n), ADD.replace("total", f"t{n}")) for n in range(2 * CHUNK_LINES + 3)]
    chunks = list(line_chunks(lines))
    assert [(chunk.first, len(chunk.lines)) for chunk in chunks] == [
        (1, CHUNK_LINES), (CHUNK_LINES + 1, CHUNK_LINES), (2 * CHUNK_LINES + 1, 3),
    ]  # fmt: skip
    one, two = (list(embed_chunks(chunks, None, Mask.NONE, jobs)) for jobs in (1, 2))
    assert [name for found in two for name in found.ids] == [str(n) for n in range(len(lines))]
    for here, there in zip(one, two, strict=True):
        np.testing.assert_array_equal(here.vectors, there.vectors)


def test_chunks_are_taken_as_they_are_needed() -> None:
    taken = 0

    def lines() -> object:
        nonlocal taken
        for number in range(40 * CHUNK_LINES):
            taken += 1
            yield line(str(number), "")

    next(embed_chunks(line_chunks(lines()), None, Mask.NONE, 1))  # type: ignore[arg-type]
    assert taken <= 2 * CHUNK_LINES


def test_functions_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "a.py").write_text(
        f"class A:\n    def close(self):\n        return 1\n\n{ADD}", encoding="utf-8"
    )
    (tmp_path / "shop" / "b.py").write_text(LOOP, encoding="utf-8")
    (tmp_path / "shop" / "c.py").write_text("def f(:", encoding="utf-8")
    done = run("shop", "-o", "out.npz")
    assert done.exit_code == 0, done.output
    ids, vectors = load(tmp_path / "out.npz")
    assert ids == ["shop/a.py::A.close", "shop/a.py::add", "shop/b.py::walk"]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert "shop/c.py: line 1: syntax error" in done.output


@pytest.mark.parametrize("arguments", [[], ["--jsonl", "-", "."], [".", "--mask", "own"]])
def test_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    assert run(*arguments, "-o", tmp_path / "out.npz").exit_code == 2
    assert not (tmp_path / "out.npz").exists()

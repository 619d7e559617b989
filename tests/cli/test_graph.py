"""`codesim graph` as a user runs it: one function in each form, all functions of a file as a stream."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

import codesim.graph
from codesim.cli import main
from codesim.errors import GraphError
from codesim.graph import Pdg
from codesim.parse import Node

SOURCE = """\
class Shop:
    def total(self, orders):
        def price(order):
            return order.price
        return sum(price(order) for order in orders)

    @property
    def open(self):
        return self.hours


def close(shop):
    shop.hours = 0
"""
NAMES = ["Shop.total", "Shop.total.price", "Shop.open", "close"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.py"
    functions = [f"def f{n}(a):\n    for x in a:\n        g(x, {n})\n    return a\n" for n in range(300)]
    path.write_text("\n\n".join(functions), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "codesim", "graph", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("flags", [[], ["--canonical"]])
@pytest.mark.parametrize("form", ["text", "json", "jsonl", "dot", "svg"])
@pytest.mark.parametrize("name", ["::Shop.open", ":9"])
def test_every_form_prints_the_named_function(shop: Path, name: str, form: str, flags: list[str]) -> None:
    result = CliRunner().invoke(main, ["graph", f"{shop}{name}", "--format", form, *flags])
    assert (result.exit_code, result.stderr) == (0, "")
    shown = result.stdout
    if form in ("json", "jsonl"):
        assert json.loads(shown)["qualname"] == "Shop.open"
        assert shown.count("\n") == 1
    elif form == "svg":
        assert ET.fromstring(shown).get("role") == "img"  # noqa: S314  # our own output
    else:
        assert shown.startswith("Shop.open: " if form == "text" else "digraph pdg {")


def test_canonical_is_the_lowered_graph(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("def f(a):\n    a += 1\n    return a\n", encoding="utf-8")
    kinds = []
    for flags in ([], ["--canonical"]):
        done = CliRunner().invoke(main, ["graph", f"{path}::f", "-f", "json", *flags])
        kinds.append({(node["kind"], node["label"]) for node in json.loads(done.stdout)["nodes"]})
    assert ("assign", "+=") in kinds[0]
    assert ("assign", "+=") not in kinds[1]


@pytest.mark.parametrize("flags", [[], ["--canonical"]])
def test_jsonl_streams_all_functions_in_source_order(shop: Path, flags: list[str]) -> None:
    done = run(shop, "--format", "jsonl", *flags)
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line)["qualname"] for line in done.stdout.splitlines()] == NAMES


def test_jsonl_flushes_each_of_300_functions(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines_at_flush = []

    class Watched(io.StringIO):
        def flush(self) -> None:
            lines_at_flush.append(self.getvalue().count("\n"))

    out = Watched()
    monkeypatch.setattr("sys.stdout", out)
    main(["graph", str(large), "--format", "jsonl"], standalone_mode=False)
    assert [json.loads(line)["qualname"] for line in out.getvalue().splitlines()] == [f"f{n}" for n in range(300)]
    assert set(lines_at_flush) >= set(range(1, 301))


def test_a_closed_pipe_ends_the_stream_quietly(large: Path) -> None:
    command = [sys.executable, "-m", "codesim", "graph", str(large), "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["qualname"] == "f0"
        process.stdout.close()  # 300 functions are more than a pipe holds
        assert process.stderr.read() == ""
    assert process.returncode == 141


@pytest.mark.parametrize("error", [GraphError("shop.py::Shop.open", "is\ntoo \x1b large"), ValueError("is too large")])
def test_a_function_that_cannot_be_built_does_not_stop_the_rest(
    shop: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    build = codesim.graph.build_pdg

    def failing(tree: Node, qualname: str) -> Pdg:
        if qualname == "Shop.open":
            raise error
        return build(tree, qualname)

    monkeypatch.setattr("codesim.graph.build_pdg", failing)
    result = CliRunner().invoke(main, ["graph", str(shop), "--format", "jsonl"])
    assert result.exit_code == 2
    assert [json.loads(line)["qualname"] for line in result.stdout.splitlines()] == [*NAMES[:2], NAMES[3]]
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr
    assert "shop.py::Shop.open: " in result.stderr


@pytest.mark.parametrize("form", ["text", "json", "dot", "svg"])
def test_a_file_alone_is_a_usage_error_that_names_the_remedy(shop: Path, large: Path, form: str) -> None:
    done = run(shop, "--format", form)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--format jsonl" in done.stderr
    assert all(f"shop.py::{name}\n" in done.stderr for name in NAMES)
    many = run(large, "--format", form).stderr
    assert many.count("large.py::") == 10
    assert "290 more" in many


def test_a_file_without_functions(tmp_path: Path) -> None:
    path = tmp_path / "empty.py"
    path.write_text("x = 1\n", encoding="utf-8")
    done = run(path, "--format", "jsonl")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no functions" in done.stderr
    done = run(path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no functions" in done.stderr


@pytest.mark.parametrize(("name", "reason"), [("gone.py", "no such file"), ("broken.py", "line 1")])
@pytest.mark.parametrize("form", ["jsonl", "text"])
def test_a_file_that_cannot_be_used(tmp_path: Path, name: str, reason: str, form: str) -> None:
    (tmp_path / "broken.py").write_text("def f(:\n", encoding="utf-8")
    done = run(tmp_path / name, "--format", form)
    assert (done.returncode, done.stdout) == (2, "")
    assert name in done.stderr
    assert reason in done.stderr

"""`codesim train` and `codesim evaluate` from folder to figures, on a package small enough to train in seconds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from codesim.cli.evaluate import command as evaluate
from codesim.cli.train import command as train
from codesim.embed import Encoder

BODY = """
def {name}(values, limit=3):
    total = {start}
    for value in values:
        if value < limit:
            total = total {operator} value
        else:
            total = {call}(total)
    return total
"""
OPERATORS = ("+", "-", "*", "//", "%", "|", "&", "^")
CALLS = ("abs", "str", "int", "bool", "hash", "repr")


def run(command: object, *arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])  # type: ignore[arg-type]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    functions = [
        BODY.format(
            name=f"f{start}_{number}", start=start, operator=operator, call=CALLS[(number + start) % len(CALLS)]
        )
        for start in range(4)
        for number, operator in enumerate(OPERATORS)
    ]
    (folder / "sums.py").write_text("".join(functions), encoding="utf-8")
    return folder


def test_from_folder_to_figures(package: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="training needs torch (extra `train`)")
    pytest.importorskip("onnx", reason="the export needs onnx (extra `train`)")
    run_folder, weights, data, figures = (tmp_path / name for name in ("run", "weights", "pairs.jsonl", "out.json"))

    done = run(train, "corpus", package, "--no-stdlib", "--out", run_folder, "--views", "2")
    assert done.exit_code == 0, done.output
    manifest = json.loads((run_folder / "corpus.json").read_text(encoding="utf-8"))
    assert manifest["packages"][0] == {
        "name": "shop", "version": "unknown", "licence": "not stated", "held_out": False, "functions": 32,
    }  # fmt: skip

    assert run(train, "fit", run_folder, "--epochs", "2", "--form", "plain").exit_code == 0
    done = run(train, "export", run_folder, "--out", weights)
    assert done.exit_code == 0, done.output
    encoder = Encoder.load(weights)
    assert encoder.name in done.output
    record = json.loads((weights / "encoder.json").read_text(encoding="utf-8"))
    assert record["training"]["epochs"] == 2
    assert record["training"]["corpus"] == manifest

    assert run(train, "pairs", package, "--functions", "32", "--twins", "10", "--out", data).exit_code == 0
    done = run(evaluate, "retrieval", data, "--weights", weights, "--json", figures)
    assert done.exit_code == 0, done.output
    assert encoder.name in done.output
    assert "bag of node kinds" in done.output
    written = json.loads(figures.read_text(encoding="utf-8"))
    assert written["corpus"] == 32
    assert written["systems"]["bag of node kinds"]["all"]["queries"] == 10


def test_missing_torch_names_the_extra(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from codesim.cli import main
    from codesim.cli import train as module

    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    done = run(main, "train", "fit", package)
    assert done.exit_code == 2
    assert "torch missing" in done.output
    assert "pip install 'codesim[train]'" in done.output


def test_unknown_held_out_package_is_refused(package: Path, tmp_path: Path) -> None:
    from codesim.cli import main

    done = run(main, "train", "corpus", package, "--no-stdlib", "--held-out", "shoe", "--out", tmp_path / "run")
    assert done.exit_code == 2
    assert "shoe" in done.output


def test_data_that_is_no_data_set_is_refused(tmp_path: Path) -> None:
    from codesim.cli import main

    data = tmp_path / "x.jsonl"
    data.write_text("{}\n", encoding="utf-8")
    done = run(main, "evaluate", "retrieval", data)
    assert done.exit_code == 2
    assert "x.jsonl:1" in done.output

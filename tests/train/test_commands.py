"""`codesim train` and `codesim evaluate` from folder to figures, on a package small enough to train in seconds."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
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


QUICK = """
seed = 3
[selection]
twins = 32
solutions = 0
[training]
steps = 4
round = 2
[training.sizes]
twins = 16
texts = 0
tasks = 8
"""


def test_from_folder_to_figures(package: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="training needs torch (extra `train`)")
    pytest.importorskip("onnx", reason="the export needs onnx (extra `train`)")
    pytest.importorskip("pyarrow", reason="the corpus needs pyarrow (extra `train`)")
    run_folder, weights, data, figures = (tmp_path / name for name in ("run", "weights", "pairs.jsonl", "out.json"))

    done = run(train, "corpus", package, "--no-stdlib", "--out", run_folder, "--jobs", "1")
    assert done.exit_code == 0, done.output
    assert "32 functions of 1 packages, 1 of them read anew" in done.output
    manifest = json.loads((run_folder / "corpus.json").read_text(encoding="utf-8"))
    assert manifest["packages"][0] == {
        "name": "shop", "version": "unknown", "licence": "not stated", "role": "train", "functions": 32, "copies": 0,
        "near_copies": 0, "shard": manifest["packages"][0]["shard"],
    }  # fmt: skip
    config = tmp_path / "quick.toml"
    config.write_text(QUICK, encoding="utf-8")
    done = run(train, "examples", run_folder, "--config", config, "--jobs", "1")
    assert done.exit_code == 0, done.output
    assert re.search(r"examples.npz: 10\d\d functions", done.output), "32 and the solutions of the training tasks"

    # stopped after its first round, it goes on with the second
    assert run(train, "fit", run_folder, "--config", config, "--form", "plain", "--seconds", "0.001").exit_code == 0
    assert run(train, "fit", run_folder, "--config", config, "--form", "plain").exit_code == 0
    assert (run_folder / "training.png").stat().st_size > 1000
    done = run(train, "export", run_folder, "--out", weights)
    assert done.exit_code == 0, done.output
    encoder = Encoder.load(weights)
    assert encoder.name in done.output
    record = json.loads((weights / "encoder.json").read_text(encoding="utf-8"))
    assert record["training"]["steps"] == 4
    assert len(record["training"]["rounds"]) == 2
    assert record["training"]["corpus"]["packages"][0]["name"] == "shop"

    assert run(train, "data", "transformed", package, "--functions", "32", "--out", data).exit_code == 0
    done = run(evaluate, data, "--weights", weights, "--systems", "encoder,learned,kinds", "--json", figures)
    assert done.exit_code == 0, done.output
    assert encoder.name in done.output
    (written,) = json.loads(figures.read_text(encoding="utf-8"))["data"]
    assert written["counts"]["corpus"] == 32
    assert written["counts"]["queries"] >= 10
    assert set(written["systems"]) == {"encoder", "learned", "kinds"}


def test_missing_torch_names_the_extra(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from codesim.cli import main
    from codesim.cli import train as module

    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    done = run(main, "train", "fit", package)
    assert done.exit_code == 2
    assert "torch and pyarrow and matplotlib missing" in done.output
    assert "pip install 'codesim[train]'" in done.output


MANIFEST = """
[target]
python = "3.11"
implementation = "cp"
platforms = ["any"]
"""
ENTRY = """
[[package]]
name = "{name}"
version = "1.0"
file = "{file}"
sha256 = "{sha256}"
licence = "MIT"
role = "{role}"
domain = "shops"
"""


def pinned_package(folder: Path, name: str, code: str, role: str) -> str:
    """Make a wheel in a folder of downloads and return its entry in a manifest."""
    folder.mkdir(exist_ok=True)
    archive = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(archive, "w") as wheel:
        wheel.writestr(f"{name}/build/code.py", code)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return ENTRY.format(name=name, file=archive.name, sha256=digest, role=role)


def test_corpus_of_a_manifest(package: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the corpus needs pyarrow (extra `train`)")
    code = (package / "sums.py").read_text(encoding="utf-8")
    kiosk = BODY.format(name="g", start="[]", operator="+", call="sorted")
    entries = pinned_package(tmp_path / "downloads", "kiosk", code + kiosk, "train")
    entries += pinned_package(tmp_path / "downloads", "bakery", code, "held_out")
    manifest, out = tmp_path / "manifest.toml", tmp_path / "corpus"
    manifest.write_text(MANIFEST + entries, encoding="utf-8")
    arguments = ("corpus", "--manifest", manifest, "--downloads", tmp_path / "downloads", "--out", out, "--jobs", "1")
    done = run(train, *arguments)
    assert done.exit_code == 0, done.output
    packages = json.loads((out / "corpus.json").read_text(encoding="utf-8"))["packages"]
    assert [(one["name"], one["role"], one["functions"]) for one in packages] == [
        ("bakery", "held_out", 32), ("kiosk", "train", 0),
    ]  # fmt: skip
    assert packages[1]["copies"] + packages[1]["near_copies"] == 33
    (tmp_path / "downloads" / "kiosk-1.0-py3-none-any.whl").unlink()
    done = run(train, *arguments)
    assert done.exit_code == 0, "what has its shard needs no download"
    assert "0 of them read anew" in done.output
    done = run(train, *arguments, "--held-out", "kiosk", package)
    assert done.exit_code == 0, done.output
    assert [one["role"] for one in json.loads((out / "corpus.json").read_text(encoding="utf-8"))["packages"]] == [
        "held_out", "held_out", "train",
    ]  # fmt: skip


def test_unknown_held_out_package_is_refused(package: Path, tmp_path: Path) -> None:
    from codesim.cli import main

    done = run(main, "train", "corpus", package, "--no-stdlib", "--held-out", "shoe", "--out", tmp_path / "run")
    assert done.exit_code == 2
    assert "shoe" in done.output


def test_two_packages_of_one_name_are_refused(package: Path, tmp_path: Path) -> None:
    from codesim.cli import main

    done = run(main, "train", "corpus", package, package, "--no-stdlib", "--out", tmp_path / "run")
    assert done.exit_code == 2
    assert "two packages have one name: shop" in done.output


def test_examples_need_a_corpus(package: Path) -> None:
    from codesim.cli import main

    done = run(main, "train", "examples", package)
    assert done.exit_code == 2
    assert "holds no corpus" in done.output


def test_data_that_is_no_data_set_is_refused(tmp_path: Path) -> None:
    from codesim.cli import main

    data = tmp_path / "x.jsonl"
    data.write_text("{}\n", encoding="utf-8")
    done = run(main, "evaluate", data)
    assert done.exit_code == 2
    assert "x.jsonl:1" in done.output


def test_run_in_the_folders_of_a_training_service(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("torch", "onnx", "pyarrow", "matplotlib"):
        pytest.importorskip(module, reason="training needs the extra `train`")
    from codesim.train.workers import Workers

    channel, model, output = tmp_path / "input" / "data" / "packages", tmp_path / "model", tmp_path / "output" / "data"
    channel.mkdir(parents=True)
    package.rename(channel / "shop")
    config = tmp_path / "quick.toml"
    config.write_text(QUICK, encoding="utf-8")
    places = {"SM_CHANNEL_PACKAGES": channel, "SM_MODEL_DIR": model, "SM_OUTPUT_DATA_DIR": output}
    settings = {"SM_NUM_GPUS": 2, "SM_HOSTS": '["127.0.0.1"]', "SM_CURRENT_HOST": "127.0.0.1"}
    for name, value in {**places, **settings}.items():
        monkeypatch.setenv(name, str(value))
    shares: list[int] = []
    share = Workers.share
    monkeypatch.setattr(Workers, "share", lambda self, size: shares.append(share(self, size)) or shares[-1])
    done = run(train, "run", "--no-stdlib", "--config", config)
    assert done.exit_code == 0, done.output
    assert shares == [8, 64, 0, 4, 0, 0], "this process takes half of each batch, another one the rest"
    assert Encoder.load(model).name in done.output
    assert json.loads((model / "encoder.json").read_text())["training"]["steps"] == 4
    assert (output / "training.png").exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[training]\nstep = 3", "unknown key step"),
        ("[selection]\ntwins = 'all'", "twins = 'all' is no int"),
        ("speed = 1", "unknown key speed"),
        ("[training", "cannot be read"),
    ],
)
def test_wrong_configuration_is_refused(text: str, problem: str, package: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="training needs torch (extra `train`)")
    pytest.importorskip("pyarrow", reason="the corpus needs pyarrow (extra `train`)")
    from codesim.cli import main

    config = tmp_path / "recipe.toml"
    config.write_text(text, encoding="utf-8")
    done = run(main, "train", "examples", package, "--config", config)
    assert done.exit_code == 2
    assert problem in done.output

"""`codesim calibrate` on small files: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cases import READER
from click.testing import CliRunner, Result

from codesim.cli.calibrate import command
from codesim.verify import ScoreModel

ALIKE = [("rows", "records"), ("cells", "parts"), ('","', '";"'), ('"read %s"', '"seen %s"'), ("stream", "file")]
CHANGED = [("<", "<="), ("log.info", "log.debug"), ("strip", "lstrip"), ("cells) <", "rows) <"), ("append", "extend")]


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    lines = []
    for label, edits in ((1, ALIKE), (0, CHANGED)):
        for number, (before, after) in enumerate(edits):
            record = {"a": READER, "b": READER.replace(before, after), "label": label, "kind": f"edit/{number}"}
            lines.append(json.dumps(record | {"group": f"package{number % 2}/{label}{number}"}))
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_it_fits_measures_and_writes(pairs: Path, tmp_path: Path) -> None:
    model, curve = tmp_path / "score.json", tmp_path / "curve.svg"
    result = run(pairs, "-o", model, "--curve", curve)
    assert result.exit_code == 0, result.output
    assert "10 pairs, held-out folds of packages" in result.stdout
    assert "15 bins of equal width" in result.stdout
    written = ScoreModel.from_json(model.read_text(encoding="utf-8"))
    assert written.fitted["packages"] == ["package0", "package1"]
    assert written.fitted["measured_on"]["pairs"] == 10
    assert written.weights.callee <= 0.0
    assert curve.read_text(encoding="utf-8").startswith("<svg")
    again = tmp_path / "again.json"
    run(pairs, "-o", again)
    assert again.read_bytes() == model.read_bytes()


def test_the_shipped_score_tells_these_pairs_apart(pairs: Path) -> None:
    result = run(pairs, "--keep")
    assert result.exit_code == 0, result.output
    assert "ROC-AUC                     1.0000" in result.stdout


def test_a_package_on_both_sides_is_said(pairs: Path) -> None:
    result = run(pairs, "--test", pairs)
    assert "fitted and measured on the same package: package0, package1" in result.stderr


def test_keep_writes_nothing(pairs: Path, tmp_path: Path) -> None:
    assert run(pairs, "--keep", "-o", tmp_path / "x.json").exit_code == 2

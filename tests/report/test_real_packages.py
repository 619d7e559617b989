"""The reports of real packages against the schemas and the bounds of those who read them."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from schemas import validate

SMALL = "click"
OTHERS = ("rich", "networkx", "libcst", "hypothesis")
FORMS = ("json", "sarif", "gitlab", "github", "markdown")


@pytest.mark.parametrize("package", [SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)])
def test_the_reports_of_a_real_package(package: str, tmp_path: Path) -> None:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    folder = tmp_path / package  # in no repository: paths of a report count from the root of one
    shutil.copytree(Path(spec.origin).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    files = {form: tmp_path / f"report.{form}" for form in FORMS}
    reports = [argument for form, file in files.items() for argument in ("--report", f"{form}={file}")]
    command = [sys.executable, "-P", "-m", "codesim", "scan", "--no-cache", "--min-value", "0", *reports, "."]
    # -P: else Python itself would import modules of the package in place of its own
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    texts = {form: file.read_text(encoding="utf-8") for form, file in files.items()}
    candidates = validate("json", texts["json"])["candidates"]
    assert candidates
    results = validate("sarif", texts["sarif"])["runs"][0]["results"]
    assert [result["properties"]["id"] for result in results] == [each["id"] for each in candidates]
    for result in results:
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        place = result["locations"][0]["physicalLocation"]
        assert (folder / place["artifactLocation"]["uri"]).is_file()
    assert len(gzip.compress(texts["sarif"].encode())) < 10_000_000
    entries = validate("gitlab", texts["gitlab"])
    assert len(entries) == len({entry["fingerprint"] for entry in entries})
    assert len(entries) == sum(len(each["fragments"]) for each in candidates)
    assert all(line.startswith(("::warning file=", "::notice ")) for line in texts["github"].splitlines())
    assert len(texts["markdown"].encode("utf-16-le")) // 2 <= 65_536

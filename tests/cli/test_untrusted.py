"""The scanned code is data: modules in it that are named like Python's own, or like a library, are never imported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cases import FIXTURES

PYTHONS = (
    "bisect", "copyreg", "heapq", "json", "multiprocessing", "pickle", "queue", "random", "selectors", "signal",
    "socket", "sqlite3", "struct", "tempfile", "threading",
)  # fmt: skip
LIBRARIES = ("click", "faiss", "libcst", "networkx", "numpy", "onnxruntime", "rich")
FILLING = 80  # files, enough for two workers
SCAN = ("scan", "--jobs", "2", "--no-cache", "--format", "json")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two copies, enough other files for two workers, and modules that leave a mark where they are run."""
    root = tmp_path / "project"
    shutil.copytree(FIXTURES / "clones" / "type1" / "sliding_batches", root)
    for name in PYTHONS + LIBRARIES:
        mark = tmp_path / "marks" / name
        (root / f"{name}.py").write_text(f"open({str(mark)!r}, 'w').close()\n", encoding="utf-8")
    for number in range(FILLING):
        (root / f"module{number}.py").write_text(f"NUMBER = {number}\n", encoding="utf-8")
    (tmp_path / "marks").mkdir()
    return root


def run(project: Path, *command: str) -> None:
    """Run Python in the project: it finds the copies, and runs nothing of the project."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["summary"]["files"] >= FILLING + len(PYTHONS)
    assert list((project.parent / "marks").iterdir()) == []


def test_the_installed_script_imports_nothing_of_it(project: Path) -> None:
    """Nor do its workers; as pip writes it, into a folder of its own."""
    script = project.parent / "bin" / "codesim"
    script.parent.mkdir()
    script.write_text("from codesim.cli import run\n\nif __name__ == '__main__':\n    run()\n", encoding="utf-8")
    run(project, str(script), *SCAN)


def test_a_call_of_the_library_imports_nothing_of_it(project: Path) -> None:
    script = project.parent / "bin" / "call.py"
    script.parent.mkdir()
    lines = (
        "from pathlib import Path",
        "from codesim import Settings, render_json, scan",
        "if __name__ == '__main__':",
        "    print(render_json(scan([Path()], Settings(cache=False, jobs=2), Path.cwd()).report))",
        "    raise SystemExit(1)",
    )
    script.write_text("\n".join(lines), encoding="utf-8")
    run(project, str(script))


def test_the_module_imports_no_libraries_of_it(project: Path) -> None:
    """What Python itself loads on its way to the module is beyond reach."""
    for name in PYTHONS:
        (project / f"{name}.py").rename(project / f"{name}_.py")
    run(project, "-m", "codesim", *SCAN)

"""The architecture as failing checks: import contracts, sizes, documented public names, a light command line."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import codesim

PACKAGE = Path(codesim.__path__[0])
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = ("torch", "dgl", "faiss")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "core", "misc"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


ROOMS = [name_of(path) for path in MODULES if path.name == "__init__.py" and path.parent != PACKAGE]


def test_the_import_contracts_are_kept() -> None:
    pytest.importorskip("importlinter")
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("path", MODULES, ids=[name_of(path) for path in MODULES])
def test_no_module_is_too_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("path", MODULES, ids=[name_of(path) for path in MODULES])
def test_no_module_has_a_name_without_meaning_or_one_of_the_standard_library(path: Path) -> None:
    parts = set(path.relative_to(PACKAGE).with_suffix("").parts) - {"__init__", "__main__"}
    assert not parts & FORBIDDEN_NAMES
    if path.name != "__init__.py" and path.stem != "__main__":
        assert path.stem not in sys.stdlib_module_names


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_has_a_docstring(room: str) -> None:
    if room.startswith("codesim.train"):
        pytest.importorskip("torch")
    module = importlib.import_module(room)
    assert module.__doc__, room
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if inspect.isfunction(value) or inspect.isclass(value):
            assert inspect.getdoc(value), f"{room}.{name}"
            own = value.__dict__.get("__doc__") if inspect.isclass(value) else value.__doc__
            assert own, f"{room}.{name} only inherits its docstring"
            assert not own.startswith(f"{name}("), f"{room}.{name} has the docstring that dataclasses make up"


def test_the_command_line_imports_no_heavy_library() -> None:
    program = f"import sys, codesim.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_graph_is_built_without_a_heavy_library() -> None:
    program = (
        "import sys, ast; from codesim.parse import parse_function, lower; from codesim.graph import build_pdg\n"
        "build_pdg(lower(parse_function(ast.parse('def f(x): return x').body[0])), 'f')\n"
        f"print([name for name in {(*HEAVY, 'onnxruntime', 'libcst')!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"

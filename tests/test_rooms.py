"""Rooms: every name is there when it is asked for, from where the room says, and nothing is loaded before."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import codesim

PACKAGE = Path(codesim.__path__[0])
LATE = sorted(
    path.parent.name for path in PACKAGE.glob("*/__init__.py") if "import_late(" in path.read_text(encoding="utf-8")
)


def test_most_rooms_are_late() -> None:
    assert {"embed", "graph", "pipeline", "refactor", "report", "source", "store", "verify"} <= set(LATE)


@pytest.mark.parametrize("room", LATE)
def test_the_names_for_readers_and_those_at_run_time_are_the_same(room: str) -> None:
    """What type checkers read, what `__all__` lists and what is handed out are three lists of the same names."""
    module = importlib.import_module(f"codesim.{room}")
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    read = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    homes = {name: f"codesim.{room}.{home}" for name, home in module.__dict__["_homes"].items()}
    assert homes == read
    assert sorted(module.__all__) == sorted(homes)
    assert set(homes) <= set(dir(module))
    for name, home in homes.items():
        assert getattr(module, name) is getattr(importlib.import_module(home), name)


def test_a_function_is_not_hidden_by_the_module_of_its_name() -> None:
    code = (
        "import codesim.verify.evidence, codesim.verify.align\n"
        "from codesim.verify import align, evidence\n"
        "assert callable(align) and callable(evidence)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, check=True)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'codesim\.verify' has no attribute 'nothing'"):
        importlib.import_module("codesim.verify").nothing  # noqa: B018

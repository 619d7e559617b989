"""Every function of real code builds, faithful and canonical, and two builds of it are equal.

The small form takes a dozen modules of the standard library; the full one (`pytest -m slow`) all of it and the packages
named in CODESIM_PACKAGES (comma separated), or else those of a list that are installed. Nothing is imported.
"""

from __future__ import annotations

import ast
import os
import time
from pathlib import Path

import pytest
from graph.library import library_files, library_path, package_files, parsed

from codesim.graph import Pdg, build_pdg, canonical_hash
from codesim.parse import lower, parse_function

MODULES = ("_pydecimal", "argparse", "asyncio.base_events", "configparser", "dataclasses", "difflib", "inspect",
           "json.decoder", "re._parser", "subprocess", "tarfile", "typing")  # fmt: skip
PACKAGES = ("sympy", "scipy", "numpy", "networkx", "matplotlib", "mypy", "setuptools", "pip", "torch", "fontTools",
            "libcst", "hypothesis", "grimp", "onnx", "pygments", "rich")  # fmt: skip
SECONDS = 20.0
"""More than any function may take on a slow machine: the slowest of the packages takes a tenth of it."""


def build_both(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[Pdg, Pdg]:
    """The faithful and the canonical graph of a function."""
    tree = parse_function(node)
    return build_pdg(tree, node.name), build_pdg(lower(tree), node.name)


def check(path: Path) -> int:
    """Build all functions of a file twice, from two parses; the number of functions."""
    first, second = parsed(path), parsed(path)
    assert first is not None
    assert second is not None
    count = 0
    for one, other in zip(ast.walk(first), ast.walk(second), strict=True):
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        assert isinstance(other, ast.FunctionDef | ast.AsyncFunctionDef)
        start = time.process_time()
        graphs = build_both(one)
        assert time.process_time() - start < SECONDS, f"{path}:{one.lineno}"
        again = build_both(other)
        assert graphs == again, f"{path}:{one.lineno}"
        assert [canonical_hash(graph) for graph in graphs] == [canonical_hash(graph) for graph in again]
        for graph in graphs:
            size = len(graph.kinds)
            assert size > 0
            assert all(0 <= edge.source < size and 0 <= edge.target < size for edge in graph.edges)
        count += 1
    return count


@pytest.mark.parametrize("module", MODULES)
def test_modules_of_the_standard_library_build(module: str) -> None:
    assert check(library_path(module)) > 5


@pytest.mark.slow
def test_the_standard_library_builds() -> None:
    assert sum(check(path) for path in library_files()) > 20_000


def chosen_packages() -> list[str]:
    """The packages of the full form."""
    named = os.environ.get("CODESIM_PACKAGES")
    return named.split(",") if named else list(PACKAGES)


@pytest.mark.slow
@pytest.mark.parametrize("package", chosen_packages())
def test_a_package_builds(package: str) -> None:
    files = package_files(package)
    if not files:
        pytest.skip(f"{package} is not installed")
    assert sum(check(path) for path in files) > 0

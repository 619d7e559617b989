"""The corpus: functions of the standard library and of packages given as folders.

In: folders of Python packages. Out: `SourceFunction`s of 5 to 80 lines, one per canonical graph over all packages, and
a manifest that says what they came from. Every package is either trained on or held out as a whole, so that no
quality is measured on the style of code that was learned. The code is read and parsed, never imported or run.

Source: our own.
"""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, distributions
from pathlib import Path
from random import Random

from codesim.config import Settings
from codesim.errors import GraphError
from codesim.evaluate import function_graph
from codesim.graph import canonical_hash
from codesim.source import Skipped, cut_fragments, discover_files, is_test_path, parse_module, read_source
from codesim.train.transforms import Function

FEWEST_LINES, MOST_LINES = 5, 80
FEWEST_NODES, MOST_NODES = 15, 300
STDLIB = "stdlib"
LEFT_OUT = ("idlelib", "lib2to3", "turtledemo", "ensurepip", "_vendor", "_vendored", "vendored_packages", "*_pb2.py")


@dataclass(frozen=True, slots=True)
class Package:
    """A folder of code: `held_out` packages are never trained on."""

    name: str
    folder: Path
    version: str
    licence: str
    held_out: bool


@dataclass(frozen=True, slots=True)
class SourceFunction:
    """A function of the corpus: its package, `module.py::Qual.name` there, and its syntax."""

    package: str
    place: str
    node: Function


def describe_package(folder: Path, held_out: bool) -> Package:
    """Find out name, version and licence of the package in a folder from the metadata that was installed with it."""
    for found in distributions(path=[str(folder.parent)]):
        if folder.name in _top_level(found):
            meta = found.metadata
            licence = _entry(meta, "License-Expression") or _classified_licence(meta.get_all("Classifier") or [])
            licence = licence or next(iter(_entry(meta, "License").splitlines()), "")[:60]
            return Package(folder.name, folder, found.version, licence or "not stated", held_out)
    return Package(folder.name, folder, "unknown", "not stated", held_out)


def standard_library(held_out: bool = False) -> Package:
    """Describe the standard library of the Python that runs."""
    folder = Path(sysconfig.get_path("stdlib"))
    return Package(STDLIB, folder, sysconfig.get_python_version(), "PSF-2.0", held_out)


def _top_level(found: Distribution) -> set[str]:
    listed = (found.read_text("top_level.txt") or "").split()
    return {*listed, *(file.parts[0] for file in found.files or ())}


def _entry(meta: PackageMetadata, name: str) -> str:
    """One entry of a package's metadata; asking for one that is missing is deprecated since Python 3.12."""
    return meta[name] or "" if name in meta else ""


def _classified_licence(classifiers: Sequence[str]) -> str:
    licences = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License ::")]
    return ", ".join(licences)


def read_functions(package: Package, seen: set[str], limit: int, seed: int) -> Iterator[SourceFunction]:
    """Yield up to `limit` functions of a package, drawn over all its files.

    Args:
        package: what to read; files of tests and vendored code are left out.
        seen: canonical hashes met so far, of all packages; grows. A function whose graph was seen is left out.
        limit: most functions to take, 0 for all.
        seed: of the draw.

    Yields:
        Functions of FEWEST_LINES to MOST_LINES lines (docstrings not counted), not inside other functions.
    """
    candidates = list(_candidates(package))
    Random(f"{seed}:{package.name}").shuffle(candidates)  # noqa: S311
    taken = 0
    for candidate in candidates:
        if limit and taken == limit:
            return
        try:
            graph = function_graph(candidate.node)
        except (GraphError, RecursionError):
            continue
        digest = canonical_hash(graph)
        if FEWEST_NODES <= len(graph.kinds) <= MOST_NODES and digest not in seen:
            seen.add(digest)
            taken += 1
            yield candidate


def _candidates(package: Package) -> Iterator[SourceFunction]:
    settings = Settings(extend_exclude=LEFT_OUT, respect_gitignore=False)
    for path in discover_files([package.folder], settings).files:
        shown = path.relative_to(package.folder).as_posix()
        if is_test_path(shown) or path.suffix != ".py":
            continue
        source = read_source(path, shown)
        module = source if isinstance(source, Skipped) else parse_module(source)
        if isinstance(module, Skipped):
            continue
        outer = ""
        for cut in cut_fragments(shown, module):
            name = cut.fragment.qualname
            if outer and name.startswith(outer):
                continue  # part of a function that is already taken whole
            outer = f"{name}."
            if FEWEST_LINES <= _lines(cut.node) <= MOST_LINES:
                yield SourceFunction(package.name, f"{shown}::{name}", cut.node)


def _lines(node: Function) -> int:
    first = node.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if has_docstring else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring

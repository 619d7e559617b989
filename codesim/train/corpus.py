"""The corpus: functions of the standard library and of packages given as folders or archives.

In: packages. Out: `SourceFunction`s of 4 to 150 lines, one per canonical graph over all packages. Every package is
either trained on or held out as a whole, so that no quality is measured on the style of code that was learned. The
code is read and parsed, never imported or run. `shards` and `build` keep the same functions on disk.

Source: our own.
"""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import Distribution, PackageMetadata, distributions
from pathlib import Path
from random import Random

from codesim.config import Settings
from codesim.errors import GraphError
from codesim.evaluate import function_graph
from codesim.graph import canonical_hash
from codesim.source import Skipped, cut_fragments, discover_files, is_test_path, parse_module, read_source
from codesim.train.manifest import HELD_OUT, TRAIN
from codesim.train.transforms import Function

FEWEST_LINES, MOST_LINES = 4, 150
"""Lines of a function, from its `def` to its end, the docstring not counted."""
FEWEST_NODES, MOST_NODES = 12, 400
STDLIB = "stdlib"
_VENDORED = (
    *("_vendor", "_vendored", "vendor", "vendored", "vendored_packages", "third_party", "_third_party", "thirdparty"),
    *("thirdparty_files", "extern", "externals", "_externals"),
)
LEFT_OUT = ("idlelib", "lib2to3", "turtledemo", "ensurepip", *_VENDORED, "*_pb2.py", "*_pb2_grpc.py")
"""Copies of other packages, generated code, and what of the standard library is no library."""


@dataclass(frozen=True, slots=True)
class Package:
    """A folder of code, or the wheel or source archive at `path`: `held_out` packages are never trained on.

    sha256: of the archive, pinned by the manifest; "" for a folder.
    """

    name: str
    path: Path
    version: str
    licence: str
    held_out: bool
    sha256: str = ""

    @property
    def role(self) -> str:
        """The role, as in the manifest."""
        return HELD_OUT if self.held_out else TRAIN


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
        package: a folder to read; files of tests and vendored code are left out.
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


def source_files(package: Package, folder: Path) -> list[Path]:
    """List the Python files of a package, tests and vendored code left out, in one order on every machine.

    Args:
        package: an archive has no folders of builds or environments, whatever their names look like.
        folder: where its files lie.
    """
    everything = Settings(extend_exclude=LEFT_OUT, respect_gitignore=False)
    settings = replace(everything, exclude=()) if package.sha256 else everything
    files = discover_files([folder], settings).files
    return [path for path in files if path.suffix == ".py" and not is_test_path(path.relative_to(folder).as_posix())]


def chosen_functions(shown: str, module: ast.Module) -> Iterator[tuple[str, Function]]:
    """Yield qualified name and syntax of the functions of a module that have a fit number of lines.

    Those inside another function are part of it and do not come alone.
    """
    outer = ""
    for cut in cut_fragments(shown, module):
        name = cut.fragment.qualname
        if outer and name.startswith(outer):
            continue
        outer = f"{name}."
        if FEWEST_LINES <= _lines(cut.node) <= MOST_LINES:
            yield name, cut.node


def _candidates(package: Package) -> Iterator[SourceFunction]:
    for path in source_files(package, package.path):
        shown = path.relative_to(package.path).as_posix()
        source = read_source(path, shown)
        module = source if isinstance(source, Skipped) else parse_module(source)
        if not isinstance(module, Skipped):
            for name, node in chosen_functions(shown, module):
                yield SourceFunction(package.name, f"{shown}::{name}", node)


def _lines(node: Function) -> int:
    first = node.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if has_docstring else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring

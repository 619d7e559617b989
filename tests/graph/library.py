"""Source files of the standard library and of installed packages; nothing is imported to find them."""

from __future__ import annotations

import ast
import importlib.util
import sysconfig
import warnings
from pathlib import Path
from types import CodeType

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
TEST_FOLDERS = frozenset({"test", "tests", "idle_test"})


def library_files(with_tests: bool = True) -> list[Path]:
    """All Python files of the standard library that parse, in order of their paths."""
    left_out = {"site-packages", *(() if with_tests else TEST_FOLDERS)}
    files = [path for path in LIBRARY.rglob("*.py") if not left_out & set(path.relative_to(LIBRARY).parts)]
    return [path for path in sorted(files) if parsed(path) is not None]


def package_files(package: str) -> list[Path]:
    """All Python files of an installed package that parse; none if it is not installed."""
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    files = [path for place in places or [] for path in Path(place).rglob("*.py")]
    return [path for path in sorted(files) if parsed(path) is not None]


def library_path(module: str) -> Path:
    """The file of a module of the standard library."""
    return LIBRARY / (module.replace(".", "/") + ".py")


def parsed(path: Path) -> ast.Module | None:
    """The syntax tree of a file; None where Python has none (the library's tests hold broken files on purpose)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in old code
        try:
            return ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            return None


def code_of(tree: ast.Module) -> CodeType | None:
    """The compiled module; None where a tree does not compile (a late `from __future__` in the library's tests)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return compile(tree, "<module>", "exec", dont_inherit=True)
        except SyntaxError:
            return None

"""The standard library as the drivers need it: its source texts, and its modules in their pure-Python form.

In: names of code objects' files and of modules. Out: source texts, looked up when first asked for, and modules imported
a second time with their C accelerators out of reach. `sys.modules` is left as it was.
"""

from __future__ import annotations

import functools
import importlib
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

_ROOT = Path(sysconfig.get_path("stdlib"))
_LEFT_OUT = {"site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3"}


class StandardLibrary(Mapping[str, str]):
    """The text of each pure-Python file of the standard library, by the name that its code objects carry."""

    def __init__(self) -> None:
        self._texts: dict[str, str | None] = {}

    def __getitem__(self, filename: str) -> str:
        text = self._text(filename)
        if text is None:
            raise KeyError(filename)
        return text

    def __contains__(self, filename: object) -> bool:
        return self._text(str(filename)) is not None

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, text in self._texts.items() if text is not None])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def _text(self, filename: str) -> str | None:
        if filename not in self._texts:
            path = _path_of(filename)
            self._texts[filename] = path.read_text(encoding="utf-8") if path else None
        return self._texts[filename]


def _path_of(filename: str) -> Path | None:
    """The file of the standard library that a code object's file name means; None for any other file."""
    if filename.startswith("<frozen "):
        stem = _ROOT.joinpath(*filename[len("<frozen ") : -1].split("."))
        candidates = [stem.with_suffix(".py"), stem / "__init__.py"]
    else:
        candidates = [Path(filename)]
    for path in candidates:
        if path.is_relative_to(_ROOT) and not _LEFT_OUT & set(path.parts) and path.is_file():
            return path
    return None


_ACCELERATORS = {
    "_collections_abc": (), "_py_abc": (), "_pydecimal": (), "bisect": ("_bisect",), "collections": ("_collections",),
    "datetime": ("_datetime",), "functools": ("_functools",), "heapq": ("_heapq",), "json.decoder": ("_json",),
    "json.encoder": ("_json",), "json.scanner": ("_json",), "operator": ("_operator",), "pickle": ("_pickle",),
    "queue": ("_queue",), "quopri": ("binascii",), "xml.etree.ElementTree": ("_elementtree",),
}  # fmt: skip


@functools.cache
def python_form(name: str) -> Any:
    """A second copy of a module, imported while its accelerators cannot be."""
    accelerators = _ACCELERATORS[name]
    before: dict[str, Any] = {one: sys.modules[one] for one in (name, *accelerators) if one in sys.modules}
    parent, _, child = name.rpartition(".")
    package = importlib.import_module(parent) if parent else None
    of_package = getattr(package, child, None)
    sys.modules.pop(name, None)
    sys.modules.update(dict.fromkeys(accelerators))  # type: ignore[arg-type]
    try:
        return importlib.import_module(name)
    finally:
        for one in (name, *accelerators):
            sys.modules.pop(one, None)
        sys.modules.update(before)
        if package is not None and of_package is not None:
            setattr(package, child, of_package)


def load_python_forms() -> None:
    """Import all second copies at once: while one is being imported, nothing else (a tracer) may need the module."""
    for name in _ACCELERATORS:
        python_form(name)


def attempt(function: Callable[..., object], *arguments: Any, **keywords: Any) -> Any:
    """The result of a call, or the exception that it ended with: drivers walk error paths on purpose."""
    try:
        return function(*arguments, **keywords)
    except Exception as error:
        return error


def each(function: Callable[..., object], inputs: Iterable[object], *more: Any, **keywords: Any) -> list[Any]:
    """`attempt` with each of the inputs as the first argument."""
    return [attempt(function, one, *more, **keywords) for one in inputs]


def optional(name: str) -> Any:
    """A module that not every Python version has, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return importlib.import_module(name)
    except ImportError:
        return None

"""Rooms: packages whose names are imported when they are first asked for.

In: a package and the modules that its names live in. Out: nothing; the package is changed. A command then loads what it
uses and no more: a scan that is answered from the cache needs the values of a report, not the rooms that made them.
Source: module attribute access is customised as Python's data model describes it (`module.__class__`; PEP 562 alone
would give a submodule where a function has its name).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType


class _Room(ModuleType):
    """A package with names that are not there yet."""

    _homes: Mapping[str, str]

    def __getattr__(self, name: str) -> object:
        homes = self.__dict__["_homes"]
        if name not in homes:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{self.__name__}.{homes[name]}"), name)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: object) -> None:
        # an imported submodule is bound in its package: not under a name that is promised to something in it
        if not (isinstance(value, ModuleType) and name in self.__dict__["_homes"]):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *self.__dict__["_homes"]})


def import_late(package: str, homes: Mapping[str, str]) -> None:
    """Let a package import its names when they are first asked for.

    Args:
        package: its `__name__`.
        homes: for each of its modules, the names that come from there, parted by blanks.
    """
    module = sys.modules[package]
    module.__dict__["_homes"] = {name: home for home, names in homes.items() for name in names.split()}
    module.__class__ = _Room

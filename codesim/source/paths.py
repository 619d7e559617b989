"""How a path is shown, and what a path says about its file.

In: paths from the file system and texts from scanned code, both untrusted. Out: POSIX paths, relative to the working
directory where they can be, and texts that are safe to print: control characters, which could drive a terminal, and
undecodable bytes are spelled as escapes.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

TEST_FOLDERS = frozenset({"tests"})  # not "test": django.test and its like are libraries for testing
TEST_NAMES = frozenset({"conftest", "tests"})


def printable(text: str) -> str:
    """Spell every character that is not printable as a Python escape; line ends stay."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode("ascii") for char in text
    )


def shown_path(path: Path) -> str:
    """Show a path: POSIX, relative to the working directory when it lies below it, else absolute.

    Args:
        path: absolute, or relative to the working directory; symbolic links are not resolved.

    Returns:
        str: `.` for the working directory itself.
    """
    here = os.getcwd()  # noqa: PTH109  # a string: this runs once per scanned file
    absolute = os.path.normpath(os.path.join(here, path))  # noqa: PTH118  # Path keeps `..`
    prefix = here if here.endswith(os.sep) else here + os.sep
    shown = "." if absolute == here else absolute.removeprefix(prefix)
    return printable(shown.replace(os.sep, "/"))


@lru_cache(maxsize=1024)  # it is asked for each function, file by file
def is_test_path(shown: str) -> bool:
    """Tell whether a file belongs to a test suite, by pytest's and unittest's conventions for names.

    Args:
        shown: a path as `shown_path` gives it.
    """
    folders, _, name = shown.rpartition("/")
    stem = stem_of(name)
    named = stem in TEST_NAMES or stem.startswith("test_") or stem.endswith("_test")
    return named or not TEST_FOLDERS.isdisjoint(folders.split("/"))


def stem_of(name: str) -> str:
    """A file's name without its suffix, as `PurePath.stem` has it."""
    dot = name.rfind(".")
    return name[:dot] if 0 < dot < len(name) - 1 else name

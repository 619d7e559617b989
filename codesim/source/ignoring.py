"""Which paths of a tree are left out: gitignore files, and the excludes of the settings.

In: POSIX path strings. Out: yes or no. Two rules make one picture: a folder that is left out is not entered, so that
nothing below it can be taken back in (as git does it); and a folder that the user named is entered whatever a rule
outside it says.

Source: gitignore(5), by pathspec's GitIgnoreSpec. Not read: the user's global excludes file, and `info/exclude` of a
linked worktree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from codesim.errors import ConfigError

_EVERYTHING = frozenset({"*", "/*", "**"})


@dataclass(frozen=True, slots=True)
class Layer:
    """The patterns of one ignore file, and the folder they count from (ending in a slash)."""

    base: str
    spec: GitIgnoreSpec


Layers = tuple[Layer, ...]
"""Ignore files from the outermost to the innermost; a later one that has an opinion wins."""


@dataclass(frozen=True, slots=True)
class Excludes:
    """The settings' patterns for one named folder; `base` ends in a slash and is what anchored patterns count from."""

    base: str
    spec: GitIgnoreSpec

    def cover(self, path: str, is_folder: bool) -> bool:
        """Tell whether a path below the named folder is excluded."""
        return bool(self.spec.check_file(_relative(path, self.base, is_folder)).include)


def compile_excludes(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    """Compile the settings' patterns.

    Args:
        patterns: in gitignore syntax.

    Returns:
        GitIgnoreSpec: of all of them, a later one winning over an earlier one.

    Raises:
        ConfigError: a pattern is not valid.
    """
    for pattern in patterns:
        if _compile([pattern]) is None:
            raise ConfigError("exclude", f"{pattern!r} is not a valid pattern", "patterns are those of gitignore")
    return GitIgnoreSpec.from_lines(patterns)


def excludes_for(folder: str, root: str, spec: GitIgnoreSpec) -> Excludes:
    """Anchor the excludes for a folder that the user named.

    They count from the project's root, unless the folder lies outside it or is itself excluded: then from the folder.

    Args:
        folder: the named folder.
        root: the project's root.
        spec: from `compile_excludes`.
    """
    base = f"{root.rstrip('/')}/"
    below = folder != root and folder.startswith(base)
    outside = folder != root and not below
    if outside or (below and spec.check_file(_relative(folder, base, True)).include):
        base = f"{folder.rstrip('/')}/"
    return Excludes(base, spec)


def layers_around(folder: str, repository: str | None) -> Layers | None:
    """Collect the ignore files that hold at a folder that the user named, without the folder's own.

    Args:
        folder: the named folder.
        repository: the root of its repository; without one, no file above the folder counts.

    Returns:
        Layers | None: None if git would ignore the folder itself: then no ignore file is to be heeded below it.
    """
    if repository is None:
        return None if _ignores_everything(folder) else ()
    base = f"{repository.rstrip('/')}/"
    layers: Layers = tuple(_read_layer(f"{base}.git/info/exclude", base))
    current = repository
    for name in folder[len(base) :].split("/") if folder != repository else ():
        layers = with_own_layer(current, layers)
        current = f"{current.rstrip('/')}/{name}"
        if ignored(current, True, layers):
            return None
    return None if _ignores_everything(folder) else layers


def with_own_layer(folder: str, layers: Layers) -> Layers:
    """Add a folder's own `.gitignore`, if it has one, to those of the folders around it."""
    base = f"{folder.rstrip('/')}/"
    return (*layers, *_read_layer(f"{base}.gitignore", base))


def ignored(path: str, is_folder: bool, layers: Layers) -> bool:
    """Tell whether git would ignore a path in a folder that is not ignored itself."""
    for layer in reversed(layers):
        verdict = layer.spec.check_file(_relative(path, layer.base, is_folder)).include
        if verdict is not None:
            return verdict
    return False


def _relative(path: str, base: str, is_folder: bool) -> str:
    return path[len(base) :] + ("/" if is_folder else "")


def _read_layer(file: str, base: str) -> list[Layer]:
    spec = _compile(_lines_of(file))
    return [Layer(base, spec)] if spec is not None and spec.patterns else []


def _lines_of(file: str) -> list[str]:
    path = Path(file)
    try:
        if path.is_symlink() or not path.is_file():  # git does not follow a linked .gitignore either
            return []
        return path.read_text(encoding="utf-8-sig", errors="surrogateescape").splitlines()
    except OSError:
        return []


def _ignores_everything(folder: str) -> bool:
    """Virtual environments and caches ignore themselves by a `*`; naming one must still scan it."""
    lines = [line.strip() for line in _lines_of(f"{folder.rstrip('/')}/.gitignore")]
    patterns = {line for line in lines if line and not line.startswith("#")}
    return bool(patterns) and patterns <= _EVERYTHING


def _compile(lines: list[str]) -> GitIgnoreSpec | None:
    try:
        return GitIgnoreSpec.from_lines(lines)
    except (ValueError, re.error):
        if len(lines) == 1:
            return None
    valid = [line for line in lines if _compile([line]) is not None]  # git, too, passes over a line it cannot read
    return GitIgnoreSpec.from_lines(valid)

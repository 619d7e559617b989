"""Which paths of a tree are left out: gitignore files, and the excludes of the settings.

In: POSIX path strings. Out: yes or no. Two rules make one picture: a folder that is left out is not entered, so that
nothing below it can be taken back in (as git does it); and a folder that the user named is entered whatever a rule
outside it says.

Source: gitignore(5). Not read: the user's global excludes file, and `info/exclude` of a linked worktree.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codesim.errors import ConfigError
from codesim.source.patterns import Patterns, compile_pattern, compile_patterns

_EVERYTHING = frozenset({"*", "/*", "**"})


@dataclass(frozen=True, slots=True)
class Layer:
    """The patterns of one ignore file, and the folder they count from (ending in a slash)."""

    base: str
    patterns: Patterns


Layers = tuple[Layer, ...]
"""Ignore files from the outermost to the innermost; a later one that has an opinion wins."""


@dataclass(frozen=True, slots=True)
class Excludes:
    """The settings' patterns for one named folder; `base` ends in a slash and is what anchored patterns count from."""

    base: str
    patterns: Patterns

    def cover(self, path: str, is_folder: bool) -> bool:
        """Tell whether a path below the base is excluded itself."""
        return bool(self.patterns.verdict(path[len(self.base) :], is_folder))

    def cover_around(self, path: str, is_folder: bool) -> bool:
        """Tell whether a path, or a folder around it, is excluded; a path that is not below the base never is."""
        if not path.startswith(self.base):
            return False
        parts = path[len(self.base) :].split("/")
        above = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
        return any(self.patterns.verdict(folder, True) for folder in above) or self.cover(path, is_folder)


def compile_excludes(lines: tuple[str, ...], setting: str = "exclude") -> Patterns:
    """Compile the settings' patterns.

    Args:
        lines: in gitignore syntax; a later one wins over an earlier one.
        setting: where they come from, for the message.

    Raises:
        ConfigError: a pattern is not valid.
    """
    for line in lines:
        if compile_pattern(line) is None:
            raise ConfigError(setting, f"{line!r} is not a valid pattern", "patterns are those of gitignore")
    return compile_patterns(lines)


def excludes_for(folder: str, root: str, patterns: Patterns) -> Excludes:
    """Anchor the excludes for a folder that the user named.

    They count from the project's root, unless the folder lies outside it or is itself excluded: then from the folder.

    Args:
        folder: the named folder.
        root: the project's root.
        patterns: from `compile_excludes`.
    """
    around = Excludes(_base(root), patterns)
    inside = folder == root or (folder.startswith(around.base) and not around.cover_around(folder, True))
    return around if inside else Excludes(_base(folder), patterns)


def layers_around(folder: str, repository: str | None) -> Layers | None:
    """Collect the ignore files that hold at a folder that the user named, without the folder's own.

    Args:
        folder: the named folder.
        repository: the root of its repository; without one, no file above the folder counts.

    Returns:
        Layers | None: None if git would ignore the folder itself: then no ignore file is to be heeded below it.
    """
    layers: Layers = ()
    if repository is not None:
        base = _base(repository)
        layers = tuple(_read_layer(f"{base}.git/info/exclude", base))
        current = repository
        for name in folder[len(base) :].split("/") if folder != repository else ():
            layers = with_own_layer(current, layers)
            current = f"{_base(current)}{name}"
            if ignored(current, True, layers):
                return None
    return None if _ignores_everything(folder) else layers


def with_own_layer(folder: str, layers: Layers) -> Layers:
    """Add a folder's own `.gitignore`, if it has one, to those of the folders around it."""
    base = _base(folder)
    return (*layers, *_read_layer(f"{base}.gitignore", base))


def ignored(path: str, is_folder: bool, layers: Layers) -> bool:
    """Tell whether git would ignore a path in a folder that is not ignored itself."""
    for layer in reversed(layers):
        verdict = layer.patterns.verdict(path[len(layer.base) :], is_folder)
        if verdict is not None:
            return verdict
    return False


def _base(folder: str) -> str:
    return f"{folder.rstrip('/')}/"


def _read_layer(file: str, base: str) -> list[Layer]:
    patterns = compile_patterns(_lines_of(file))
    return [Layer(base, patterns)] if patterns.lines else []


def _lines_of(file: str) -> list[str]:
    path = Path(file)
    try:
        if path.is_symlink() or not path.is_file():  # git does not follow a linked .gitignore either
            return []
        text = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")
    except OSError:
        return []
    return [line.removesuffix("\r") for line in text.split("\n")]


def _ignores_everything(folder: str) -> bool:
    """Virtual environments and caches ignore themselves by a `*`; naming one must still scan it."""
    lines = [line.strip() for line in _lines_of(f"{_base(folder)}.gitignore")]
    patterns = {line for line in lines if line and not line.startswith("#")}
    return bool(patterns) and patterns <= _EVERYTHING

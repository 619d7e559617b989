"""Discovery: the Python files below what the user named.

In: paths and settings. Out: a `Discovery`: every `.py` and `.pyi` file, once, in one order on every machine, and what
was left out although one might expect it (notebooks, unreadable folders, links). Folders are walked with os.scandir
and pruned early. Links are followed last, at most once by their real path, and not out of the tree, so that loops end
and no file is seen twice.

Source: our own; the treatment of links that lead out of the tree is black's.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codesim.config import Settings, repository_root
from codesim.errors import SourceError
from codesim.source.ignoring import (
    Excludes,
    Layers,
    compile_excludes,
    excludes_for,
    ignored,
    layers_around,
    with_own_layer,
)
from codesim.source.paths import shown_path
from codesim.source.reading import Skipped

SUFFIXES = (".py", ".pyi")
NOTEBOOK = ".ipynb"
_NOTEBOOK_REASON = "a notebook; codesim reads .py and .pyi files"


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files to scan, as absolute paths in the order of their shown paths, and what was left out, in that order.

    root: the repository around what was named, or else the deepest folder that holds all of it.
    """

    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    root: Path


@dataclass(frozen=True, slots=True)
class _Folder:
    path: str
    real: str
    layers: Layers | None
    excludes: Excludes


@dataclass(slots=True)
class _Walk:
    root_real: str
    respect_gitignore: bool
    files: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    links: list[tuple[str, _Folder]] = field(default_factory=list)

    def skip(self, path: str, reason: str) -> None:
        self.skipped.setdefault(shown_path(Path(path)), reason)

    def run(self, start: _Folder) -> None:
        stack = [start]
        while stack:
            folder = stack.pop()
            if folder.real in self.folders:
                continue
            self.folders[folder.real] = folder.path
            try:
                with os.scandir(folder.path) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                self.skip(folder.path, f"cannot be read: {error.strerror}")
                continue
            if folder.layers is not None and any(entry.name == ".gitignore" for entry in entries):
                layers = with_own_layer(folder.path, folder.layers)
                folder = _Folder(folder.path, folder.real, layers, folder.excludes)  # noqa: PLW2901
            stack.extend(reversed([below for entry in entries if (below := self._enter(entry, folder))]))

    def _enter(self, entry: os.DirEntry[str], folder: _Folder) -> _Folder | None:
        path = f"{folder.path.rstrip('/')}/{entry.name}"
        is_folder = entry.is_dir()
        if not is_folder and not entry.name.endswith((*SUFFIXES, NOTEBOOK)):
            return None
        if folder.excludes.cover(path, is_folder):
            return None
        # git sees a link as a file, whatever it points to
        if folder.layers and ignored(path, is_folder and not entry.is_symlink(), folder.layers):
            return None
        if entry.is_symlink():
            self.links.append((path, folder))
        elif is_folder:
            return _Folder(path, f"{folder.real.rstrip('/')}/{entry.name}", folder.layers, folder.excludes)
        elif entry.name.endswith(NOTEBOOK):
            self.skip(path, _NOTEBOOK_REASON)
        elif entry.is_file():
            self.files.setdefault(f"{folder.real.rstrip('/')}/{entry.name}", path)
        else:
            self.skip(path, "not a regular file")
        return None

    def follow_links(self) -> None:
        """Follow what was put off, until no link leads to anything new; real folders came first and keep their names."""
        while self.links:
            waiting, self.links = sorted(self.links, key=lambda link: link[0]), []
            for path, folder in waiting:
                self._follow(path, folder)

    def _follow(self, path: str, folder: _Folder) -> None:
        real = _real(path)
        target = Path(real)
        prefix = f"{self.root_real.rstrip('/')}/"
        if not target.exists():
            self.skip(path, "a symbolic link that leads nowhere")
        elif not real.startswith(prefix) and f"{real}/".startswith(f"{self.root_real}/"[: len(real) + 1]):
            self.skip(path, "a symbolic link to a folder around it")
        elif not real.startswith(prefix):
            self.skip(path, f"a symbolic link that leads out of {shown_path(Path(self.root_real))}")
        elif target.is_dir():
            if real in self.folders:
                self.skip(path, f"a symbolic link to {shown_path(Path(self.folders[real]))}, which is scanned once")
            else:
                self.run(_Folder(path, real, folder.layers, folder.excludes))
        elif path.endswith(NOTEBOOK):
            self.skip(path, _NOTEBOOK_REASON)
        elif not target.is_file():
            self.skip(path, "not a regular file")
        elif real in self.files:
            self.skip(path, f"a symbolic link to {shown_path(Path(self.files[real]))}, which is scanned once")
        else:
            self.files[real] = path


def discover_files(paths: Sequence[Path], settings: Settings, root: Path | None = None) -> Discovery:
    """Find the files to scan.

    What the user names is scanned: a file whatever its suffix (not a notebook), a folder even if a rule outside it leaves
    it out. Ignore files of git are those from the root of the repository down; without one, from the named folder down.

    Args:
        paths: files and folders; none means the working directory.
        settings: `exclude`, `extend_exclude` and `respect_gitignore` are used.
        root: the folder that anchored excludes (with a slash inside) count from, as `LoadedSettings.root`; the
            discovery's own root if None.

    Returns:
        Discovery: each file once, by its real path.

    Raises:
        SourceError: a path does not exist.
        ConfigError: an exclude is not a valid pattern.
    """
    named = [_absolute(path) for path in paths or (Path(),)]
    spec = compile_excludes((*settings.exclude, *settings.extend_exclude))
    top = _top_of(named)
    anchor = _absolute(root) if root is not None else top
    walk = _Walk(_real(top), settings.respect_gitignore)
    for path in sorted(set(named)):
        if not os.path.lexists(path):
            raise SourceError(shown_path(Path(path)), None, "there is no such file or folder")
        if not Path(path).is_dir():
            _take_named_file(path, walk)
    for path in sorted(set(named)):
        if Path(path).is_dir():
            repository = repository_root(Path(path))
            layers = layers_around(path, repository.as_posix() if repository else None)
            walk.run(
                _Folder(
                    path,
                    _real(path),
                    layers if settings.respect_gitignore else None,
                    excludes_for(path, anchor, spec),
                )
            )
    walk.follow_links()
    files = sorted((shown_path(found), found) for found in map(Path, walk.files.values()))
    skipped = tuple(Skipped(shown, reason) for shown, reason in sorted(walk.skipped.items()))
    return Discovery(tuple(found for _, found in files), skipped, Path(top))


def _take_named_file(path: str, walk: _Walk) -> None:
    if path.endswith(NOTEBOOK):
        walk.skip(path, _NOTEBOOK_REASON)
    elif Path(path).is_file():
        walk.files.setdefault(_real(path), path)
    elif Path(path).exists():
        walk.skip(path, "not a regular file")
    else:
        raise SourceError(shown_path(Path(path)), None, "a symbolic link that leads nowhere")


def _absolute(path: Path) -> str:
    return Path(os.path.abspath(path)).as_posix()  # noqa: PTH100  # drops `..` by name, as shells and git do


def _real(path: str) -> str:
    return Path(os.path.realpath(path)).as_posix()


def _top_of(named: list[str]) -> str:
    try:
        common = Path(os.path.commonpath(named))
    except ValueError:  # several drives on Windows
        common = Path(named[0])
    if common.is_file():
        common = common.parent
    repository = repository_root(common)
    return (repository or common).as_posix()

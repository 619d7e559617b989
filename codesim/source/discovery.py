"""Discovery: the Python files below what the user named.

In: paths and settings. Out: a `Discovery`: every `.py` and `.pyi` file, once, in one order on every machine, and what
was left out although one might expect it (notebooks, unreadable folders, links). Folders are walked with os.scandir
and pruned early. Links are followed last, at most once by their real path, and not out of the tree, so that loops end
and no file is seen twice.

Source: our own; the treatment of links that lead out of the tree is black's.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
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
_WANTED = (*SUFFIXES, NOTEBOOK)


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files to scan, as absolute paths in the order of their shown paths, and what was left out, in that order.

    root: the repository around what was named, or else the deepest folder that holds all of it. contents: what counts
    as the content of a file in place of what is on disk, such as what an editor has not saved.
    """

    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    root: Path
    contents: Mapping[Path, bytes] = field(default_factory=dict)

    def with_contents(self, contents: Mapping[Path, bytes], without: Container[Path] = ()) -> Discovery:
        """Let contents count in place of those on disk; files that are not on disk are added.

        Args:
            contents: by absolute path.
            without: files to leave out.
        """
        kept = {file for file in self.files if file not in without} | contents.keys()
        files = sorted((shown_path(file), file) for file in kept)
        return replace(self, files=tuple(file for _, file in files), contents={**self.contents, **contents})


@dataclass(frozen=True, slots=True)
class _Folder:
    path: str
    real: str
    layers: Layers | None
    excludes: Excludes


@dataclass(slots=True)
class _Walk:
    root_real: str
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
                    entries = sorted(listing, key=attrgetter("name"))
            except OSError as error:
                self.skip(folder.path, f"cannot be read: {error.strerror}")
                continue
            if folder.layers is not None and any(entry.name == ".gitignore" for entry in entries):
                layers = with_own_layer(folder.path, folder.layers)
                folder = _Folder(folder.path, folder.real, layers, folder.excludes)
            stack.extend(reversed([below for entry in entries if (below := self._enter(entry, folder))]))

    def _enter(self, entry: os.DirEntry[str], folder: _Folder) -> _Folder | None:
        is_folder = _is_folder(entry)
        if not is_folder and not entry.name.endswith(_WANTED):
            return None
        path = f"{folder.path.rstrip('/')}/{entry.name}"
        if folder.excludes.cover(path, is_folder):
            return None
        # git sees a link as a file, whatever it points to
        if folder.layers and ignored(path, is_folder and not entry.is_symlink(), folder.layers):
            return None
        if entry.is_symlink():
            self.links.append((path, folder))
        elif is_folder:
            return _Folder(path, f"{folder.real.rstrip('/')}/{entry.name}", folder.layers, folder.excludes)
        else:
            mode = stat.S_IFREG if entry.is_file() else 0  # without a system call
            self.take(path, f"{folder.real.rstrip('/')}/{entry.name}", mode)
        return None

    def follow_links(self) -> None:
        """Follow what was put off, until no link leads to anything new; real folders came first."""
        while self.links:
            waiting, self.links = sorted(self.links, key=lambda link: link[0]), []
            for path, folder in waiting:
                self._follow(path, folder)

    def _follow(self, path: str, folder: _Folder) -> None:
        real = _real(path)
        try:
            mode = Path(real).stat().st_mode
        except OSError:
            self.skip(path, "a symbolic link that leads nowhere")
            return
        known = self.folders.get(real) or self.files.get(real)
        if f"{folder.real.rstrip('/')}/".startswith(f"{real.rstrip('/')}/"):
            self.skip(path, "a symbolic link to a folder around it")
        elif not real.startswith(f"{self.root_real.rstrip('/')}/"):
            self.skip(path, f"a symbolic link that leads out of {shown_path(Path(self.root_real))}")
        elif known:
            self.skip(path, f"a symbolic link to {shown_path(Path(known))}, which is scanned once")
        elif folder.excludes.cover_around(real, stat.S_ISDIR(mode)):
            return
        elif stat.S_ISDIR(mode):
            self.run(_Folder(path, real, folder.layers, folder.excludes))
        else:
            self.take(path, real, mode)

    def take(self, path: str, real: str, mode: int) -> None:
        """Take a file, unless it is none that can be read as Python."""
        if path.endswith(NOTEBOOK):
            self.skip(path, "a notebook; codesim reads .py and .pyi files")
        elif stat.S_ISREG(mode):
            self.files.setdefault(real, path)
        else:  # reading a pipe or a device would block
            self.skip(path, "not a regular file")


def discover_files(paths: Sequence[Path], settings: Settings, root: Path | None = None) -> Discovery:
    """Find the files to scan.

    What the user names is scanned: a file whatever its suffix (not a notebook), a folder even if a rule outside it
    leaves it out. Ignore files of git are those from the root of the repository down; without a repository, those from
    the named folder down.

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
    patterns = compile_excludes((*settings.exclude, *settings.extend_exclude))
    top = _top_of(named)
    anchor = _absolute(root) if root is not None else top
    walk = _Walk(_real(top))
    folders = []
    for path in sorted(set(named)):
        mode = _mode_of(path)
        if stat.S_ISDIR(mode):
            folders.append(path)
        else:
            walk.take(path, _real(path), mode)
    for path in folders:
        repository = repository_root(Path(path)) if settings.respect_gitignore else None
        layers = layers_around(path, repository.as_posix() if repository else None)
        excludes = excludes_for(path, anchor, patterns)
        walk.run(_Folder(path, _real(path), layers if settings.respect_gitignore else None, excludes))
    walk.follow_links()
    files = sorted((shown_path(found), found) for found in map(Path, walk.files.values()))
    skipped = tuple(Skipped(shown, reason) for shown, reason in sorted(walk.skipped.items()))
    return Discovery(tuple(found for _, found in files), skipped, Path(top))


def is_excluded(path: Path, settings: Settings, root: Path) -> bool:
    """Tell whether the settings' patterns leave a file out of a walk from the project's root.

    Args:
        path: absolute; it need not exist.
        settings: `exclude` and `extend_exclude` are used.
        root: the project's root.
    """
    patterns = compile_excludes((*settings.exclude, *settings.extend_exclude))
    top = _absolute(root)
    return excludes_for(top, top, patterns).cover_around(_absolute(path), False)


def _mode_of(path: str) -> int:
    try:
        return Path(path).stat().st_mode
    except OSError as error:
        reason = "no such file or folder" if isinstance(error, FileNotFoundError) else f"{error.strerror}"
        raise SourceError(shown_path(Path(path)), None, reason) from None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link into an unreadable folder, or onto itself
        return False


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

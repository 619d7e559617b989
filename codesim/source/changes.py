"""Changes: what is staged, or was written since another revision, as a focus on lines.

In: a `Discovery`, and what to compare with. Out: a `Focus`; for what is staged also the discovery as the index has it,
which is what a commit would take, partly staged files included. Earlier texts are read through git; what is on disk is
compared here, by its hash and then line by line, so that no filter of the repository runs.

Source: our own; a rename is, as git has it, a file that is gone and one that came, half of whose lines are the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from codesim.config import Settings, repository_root
from codesim.errors import ConfigError
from codesim.source.discovery import SUFFIXES, Discovery, is_excluded
from codesim.source.focus import EVERY_LINE, Focus, LineRange
from codesim.source.line_changes import changed_lines, likeness
from codesim.source.paths import shown_path
from codesim.source.reading import Skipped, read_bytes, too_large
from codesim.source.repository import Entry, Repository

_LEAST_LIKENESS = 0.5
_MOST_RENAMES = 2_500  # pairs of a file that came and one that is gone; of more, only equal ones are looked for


def focus_on_files(found: Discovery, files: Collection[Path]) -> Focus:
    """Focus on whole files; what of them is new is what HEAD does not have.

    Args:
        found: everything that is scanned.
        files: some of its files.

    Returns:
        Focus: not dated where there is no repository that could tell.

    Source: our own.
    """
    every = dict.fromkeys(map(shown_path, files), ())
    top = repository_root(found.root)
    inside = set() if top is None else _below(top, files)
    if top is None or not inside:
        return Focus(every, dated=False)
    try:
        repository = Repository(top, "check")
        now = _hashes(repository, found, inside)
        changed = _changed(repository, repository.tree(repository.head()), now, found, _is_on_disk(top))
    except ConfigError:  # git is missing or refuses: a check can do without
        return Focus(every, dated=False)
    return Focus({**every, **changed})


def focus_since(found: Discovery, reference: str) -> Focus:
    """Focus on the lines that are not in the merge base of HEAD and another revision.

    Files that git does not track count as well: they are in the working tree.

    Args:
        found: everything that is scanned.
        reference: the name of a branch, a tag or a commit.

    Raises:
        ConfigError: there is no repository, no such commit, or no merge base; the message says what to do.

    Source: our own.
    """
    repository = _repository_around(found, "--since")
    base = repository.tree(repository.merge_base(reference))
    now = _hashes(repository, found, _below(repository.top, found.files))
    changed = _changed(repository, base, now, found, _is_on_disk(repository.top))
    return Focus(changed, whole_files=False)


def focus_on_staged(found: Discovery, settings: Settings, root: Path) -> tuple[Discovery, Focus]:
    """Focus on the lines that the index adds to HEAD.

    Args:
        found: everything that is scanned, as it is on disk.
        settings: `exclude` and `extend_exclude` are used.
        root: the project's root.

    Returns:
        What is scanned as the index has it: without files that git does not track or that are in conflict, with those
        that are gone from disk only. And the focus on it.

    Raises:
        ConfigError: there is no repository, or git refuses; the message says what to do.

    Source: our own.
    """
    repository = _repository_around(found, "--staged")
    top = repository.top
    entries = repository.index()
    tracked = {entry.path: entry.blob for entry in entries if entry.is_file}
    disk = _hashes(repository, found, _below(top, found.files))
    unseen = [name for name in tracked if name not in disk and name.endswith(SUFFIXES)]
    absent = [name for name in unseen if _is_missing(top / name, settings, root)]
    differing = [*absent, *(name for name in disk if name in tracked and disk[name] != tracked[name])]
    contents = repository.texts(tracked[name] for name in differing)
    texts = {top / name: contents[tracked[name]] for name in differing if tracked[name] in contents}
    left_out = {name: too_large(shown_path(top / name)) for name in differing if top / name not in texts}
    conflicts = {entry.path for entry in entries if entry.stage}
    left_out |= {name: Skipped(shown_path(top / name), "has a merge conflict") for name in conflicts & disk.keys()}
    strangers = _untracked(disk, entries)
    judged = found.with_contents(texts, without={top / name for name in {*left_out, *strangers}})
    judged = replace(judged, skipped=tuple(sorted([*found.skipped, *left_out.values()])))
    now = {name: tracked[name] for name in _below(top, judged.files) if name in tracked}
    base = repository.tree(repository.head())
    return judged, Focus(_changed(repository, base, now, judged, tracked.__contains__), whole_files=False)


def _repository_around(found: Discovery, origin: str) -> Repository:
    top = repository_root(found.root)
    if top is None:
        raise ConfigError(origin, f"{shown_path(found.root)} is in no git repository", "name the files to check")
    return Repository(top, origin)


def _below(top: Path, files: Iterable[Path]) -> set[str]:
    """The names that git has for files."""
    prefix = f"{top.as_posix().rstrip('/')}/"
    return {name.removeprefix(prefix) for name in map(Path.as_posix, files) if name.startswith(prefix)}


def _is_on_disk(top: Path) -> Callable[[str], bool]:
    return lambda name: os.path.lexists(top / name)


def _is_missing(file: Path, settings: Settings, root: Path) -> bool:
    """Whether a file of the index belongs to the scan although it is not on disk."""
    return file.is_relative_to(root) and not os.path.lexists(file) and not is_excluded(file, settings, root)


def _untracked(names: Iterable[str], entries: Iterable[Entry]) -> set[str]:
    """Those that the index does not know, nor another repository in it."""
    known = {entry.path for entry in entries if not entry.stage}
    return {name for name in names if name not in known and known.isdisjoint(map(str, PurePosixPath(name).parents))}


def _text(found: Discovery, file: Path) -> bytes:
    """What counts as a file's content; nothing for one that cannot be read, which the scan itself tells of."""
    data = found.contents.get(file)
    if data is None:
        read = read_bytes(file, "")
        data = b"" if isinstance(read, Skipped) else read
    return data


def _hashes(repository: Repository, found: Discovery, names: Iterable[str]) -> dict[str, str]:
    return {name: repository.blob_id(_text(found, repository.top / name)) for name in sorted(names)}


def _changed(
    repository: Repository, base: Mapping[str, str], now: Mapping[str, str], found: Discovery,
    remains: Callable[[str], bool],
) -> dict[str, tuple[LineRange, ...]]:  # fmt: skip
    """The changed lines of each file that has some, by its path as shown.

    base and now: hashes by name. remains: tells whether a file of the base is still there.
    """
    top = repository.top
    origins = {name: name for name in now if name in base}
    added = now.keys() - origins.keys()
    gone = {name: blob for name, blob in base.items() if name.endswith(SUFFIXES) and not remains(name)} if added else {}
    if gone:
        came = _hashes(repository, found, _below(top, found.files) - base.keys())
        renames = _renames(repository, gone, {**came, **{name: now[name] for name in added}}, found)
        origins |= {name: origin for name, origin in renames.items() if name in now}
    differing = {name: origin for name, origin in origins.items() if base[origin] != now[name]}
    earlier = repository.texts(base[origin] for origin in differing.values())
    changed: dict[str, tuple[LineRange, ...]] = {shown_path(top / name): EVERY_LINE for name in added - origins.keys()}
    for name, origin in differing.items():
        before = earlier.get(base[origin])
        runs = EVERY_LINE if before is None else tuple(changed_lines(before, _text(found, top / name)))
        if runs:
            changed[shown_path(top / name)] = runs
    return changed


def _renames(
    repository: Repository, gone: Mapping[str, str], added: Mapping[str, str], found: Discovery
) -> dict[str, str]:
    """What files were called before: first those with the same content, then the most alike."""
    earlier = {blob: name for name, blob in gone.items()}
    origins = {name: earlier[blob] for name, blob in added.items() if blob in earlier}
    gone = {name: blob for name, blob in gone.items() if name not in origins.values()}
    added = {name: blob for name, blob in added.items() if name not in origins}
    if not gone or not added or len(gone) * len(added) > _MOST_RENAMES:
        return origins
    texts = repository.texts(gone.values())
    pairs = [
        (likeness(texts.get(blob, b""), _text(found, repository.top / new)), old, new)
        for old, blob in gone.items()
        for new in added
    ]
    for alike, old, new in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if alike >= _LEAST_LIKENESS and new not in origins and old not in origins.values():
            origins[new] = old
    return origins

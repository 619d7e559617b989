"""What the settings leave out: files by pattern, clone classes by id, and what the baseline knows.

In: file records or a report, the settings, and today's date. Out: what remains, with a note for each entry that leaves
out nothing or no longer holds. Source: our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from codesim.config import ClassIgnore, FileIgnore
from codesim.pipeline.baseline import Known
from codesim.refactor import RefactoringCandidate
from codesim.report import ScanReport, Unused
from codesim.source import Discovery, Excludes, Focus, compile_excludes

if TYPE_CHECKING:  # a report that was kept is looked through without any records
    from codesim.store import FileRecord


def covers_project(paths: Sequence[Path] | Discovery, root: Path, focus: Focus | None) -> bool:
    """Whether a scan sees the whole project, so that an entry that nothing matches is of no use.

    Args:
        paths: what is scanned, as for `scan`; what was found already is a part, as far as one can tell.
        root: the project's root.
        focus: as for `scan`.
    """
    if isinstance(paths, Discovery):
        return False
    named = [(Path.cwd() / path).resolve() for path in paths or (Path(),)]
    return focus is None and any(root.resolve().is_relative_to(path) for path in named)


def without_ignored_files(
    records: Mapping[str, FileRecord], places: Mapping[str, Path], ignores: Sequence[FileIgnore], root: Path
) -> tuple[dict[str, FileRecord], list[Unused]]:
    """Empty the records of files in which nothing is reported.

    Args:
        records: by shown path.
        places: where each shown path is on disk.
        ignores: the setting `per-file-ignores`.
        root: the folder that the patterns count from.

    Returns:
        The records, and the patterns that match no file.

    Raises:
        ConfigError: a pattern is not valid.
    """
    out = dict(records)
    unused: list[Unused] = []
    for ignore in ignores:
        rule = Excludes(f"{root.as_posix().rstrip('/')}/", compile_excludes((ignore.pattern,), "per-file-ignores"))
        covered = [path for path in records if rule.cover_around(places[path].as_posix(), False)]
        out.update({path: replace(records[path], fragments=(), marks=()) for path in covered})
        if not covered:
            unused.append(Unused(f"per-file-ignores {ignore.pattern}", "matches no file that was scanned"))
    return out, unused


def open_findings(
    report: ScanReport, ignores: Sequence[ClassIgnore], known: Known | None, today: date, *, whole_project: bool
) -> ScanReport:
    """Leave out of a report the classes that are ignored by id, and those that the baseline knows.

    Args:
        report: of a scan.
        ignores: the setting `ignore`.
        known: the baseline, if there is one.
        today: entries that expire before this day no longer hold.
        whole_project: whether all of it was scanned, so that an entry that nothing matches is of no use.

    Returns:
        The report with what is left, how many classes were left out, and which entries are of no use.

    Source: our own.
    """
    holding = [ignore for ignore in ignores if not ignore.expires or ignore.expires >= today]
    unused = [_expired(ignore) for ignore in ignores if ignore not in holding]
    ids = {ignore.id for ignore in holding}
    left = [_without(candidate, ids) for candidate in report.candidates if candidate.id not in ids]
    if whole_project:
        seen = {part.id for candidate in report.candidates for part in (candidate, *candidate.covers)}
        missing = [ignore for ignore in holding if ignore.id not in seen]
        unused += [Unused(f"ignore {ignore.id}", "no class that is found has this id") for ignore in missing]
    new = known.new_ones(left) if known else left
    return replace(
        report,
        candidates=tuple(new),
        known=len(left) - len(new) if known else None,
        ignored=len(report.candidates) - len(left),
        unused=(*report.unused, *unused),
    )


def _without(candidate: RefactoringCandidate, ids: Set[str]) -> RefactoringCandidate:
    """A candidate that speaks for others no longer speaks for those that are ignored."""
    return replace(candidate, covers=tuple(part for part in candidate.covers if part.id not in ids))


def _expired(ignore: ClassIgnore) -> Unused:
    owner = f", says {ignore.owner}" if ignore.owner else ""
    return Unused(f"ignore {ignore.id}", f"expired on {ignore.expires}, and silences nothing ({ignore.reason}{owner})")

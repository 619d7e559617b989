"""`codesim baseline`: write down the clone classes of today, so that only what is new is reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codesim.cli.options import setting_options, settings_from
from codesim.config import RULES, LoadedSettings
from codesim.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from codesim.pipeline import Known, ScanResult
    from codesim.refactor import RefactoringCandidate

_WITHOUT_EFFECT = ("format", "output", "report", "limit", "stats", "fail_on", "threshold", "verbose", "quiet")
_paths = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
_options = setting_options(*(name for name in RULES if name not in _WITHOUT_EFFECT))


@click.group(
    "baseline",
    short_help="Write down the clone classes of today, so that only new ones are reported.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    """Keep the file of known clone classes, which `scan` and `check` do not report."""


@command.command()
@_paths
@_options
@click.pass_context
def write(ctx: click.Context, /, paths: tuple[Path, ...], **options: object) -> None:
    """Write down every candidate of today; what the file held before is lost.

    What is worth half of min-value is written down too: an edit elsewhere may lift it above. PATHS are the files and
    folders to scan (default: the whole project).
    """
    from codesim.pipeline import baseline_of
    from codesim.store import write_baseline

    loaded = settings_from(options, paths)
    file = _file(loaded)
    candidates = _open_today(paths, loaded)
    baseline = baseline_of(candidates, loaded.root)
    write_baseline(file, baseline)
    small = sum(candidate.value < loaded.settings.min_value for candidate in candidates)
    more = f", {small:,} of them too small to be reported today" if small else ""
    _tell(file, f"{len(baseline.classes):,} classes written{more}")
    ctx.exit(ExitCode.CLEAN)


@command.command()
@_paths
@_options
@click.pass_context
def update(ctx: click.Context, /, paths: tuple[Path, ...], **options: object) -> None:
    """Add what is new today, classes and copies; nothing is taken out.

    PATHS are the files and folders to scan (default: the whole project).
    """
    from codesim.store import write_baseline

    loaded = settings_from(options, paths)
    known, file = _known(loaded)
    done = known.updated(_open_today(paths, loaded))
    if done.baseline != known.baseline:
        write_baseline(file, done.baseline)
    lost = f", {done.removed:,} that another version wrote are not found" if done.removed else ""
    told = f"{done.added:,} classes added, {done.extended:,} gained copies{lost}; {len(done.baseline.classes):,} in all"
    _tell(file, told)
    ctx.exit(ExitCode.CLEAN)


@command.command()
@_paths
@_options
@click.pass_context
def prune(ctx: click.Context, /, paths: tuple[Path, ...], **options: object) -> None:
    """Take out what is no longer found: classes, and copies of classes that are.

    PATHS are the files and folders to scan (default: the whole project); what stands elsewhere, or in a file that
    could not be read, stays.
    """
    from codesim.store import write_baseline

    loaded = settings_from(options, paths)
    known, file = _known(loaded)
    result = _scanned(paths, loaded, least=0.0)  # what gains little is found, too
    done = known.pruned(result.report.candidates, _judging(paths or (loaded.root,), result, loaded.root))
    if done.baseline != known.baseline:
        write_baseline(file, done.baseline)
    told = f"{done.removed:,} classes taken out, {done.shortened:,} lost copies; {len(done.baseline.classes):,} in all"
    _tell(file, told)
    ctx.exit(ExitCode.CLEAN)


def _open_today(paths: Sequence[Path], loaded: LoadedSettings) -> Sequence[RefactoringCandidate]:
    """What a baseline should know: candidates, and what may become one, without what the settings ignore."""
    from codesim.pipeline import open_findings

    report = _scanned(paths, loaded, least=loaded.settings.min_value / 2).report
    today = date.today()  # an entry expires by the user's calendar
    return open_findings(report, loaded.settings.ignore, None, today, whole_project=False).candidates


def _scanned(paths: Sequence[Path], loaded: LoadedSettings, least: float) -> ScanResult:
    from codesim.cli.reporting import progress_bar, warn
    from codesim.pipeline import scan

    with progress_bar() as progress:
        settings = replace(loaded.settings, min_value=least)
        result = scan(paths or (loaded.root,), settings, loaded.root, progress=progress)
    warn(result.warnings)
    if not result.report.summary.files:
        raise ConfigError("codesim baseline", "no Python file could be analysed", "name a folder with .py files")
    return result


def _file(loaded: LoadedSettings) -> Path:
    if loaded.baseline_file is None:
        raise ConfigError(loaded.origins["baseline"], "the baseline is switched off", "name a file with --baseline")
    return loaded.baseline_file


def _known(loaded: LoadedSettings) -> tuple[Known, Path]:
    from codesim.cli.reporting import known_classes

    file = _file(loaded)
    known = known_classes(loaded)
    if known is None:
        raise ConfigError(str(file), "does not exist", "write it with `codesim baseline write`")
    return known, file


def _judging(paths: Sequence[Path], result: ScanResult, folder: Path) -> Callable[[str], bool]:
    """Whether a place of the baseline was scanned."""
    named = [(Path.cwd() / path).resolve() for path in paths]
    skipped = {(Path.cwd() / skipped.path).resolve() for skipped in result.report.summary.skipped}

    def is_judged(place: str) -> bool:
        path = (folder / place.rpartition("::")[0]).resolve()
        return any(path.is_relative_to(one) for one in named) and path not in skipped

    return is_judged


def _tell(file: Path, done: str) -> None:
    from codesim.source import shown_path

    click.echo(f"{shown_path(file)}: {done}")

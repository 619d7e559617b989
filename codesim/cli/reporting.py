"""How the commands that scan show their result.

Progress on stderr, the report on stdout or in a file, the exit code.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from codesim.cli.delivery import TEXT_FORMS, deliver
from codesim.cli.options import make_console
from codesim.config import LoadedSettings, Settings
from codesim.errors import ConfigError, ExitCode
from codesim.source import EVERY_LINE, Discovery, Focus, LineRange, Skipped, printable, shown_path

if TYPE_CHECKING:
    from rich.console import Console

    from codesim.pipeline import Explained, Known
    from codesim.report import ScanReport

_QUIET_SECONDS = 1.0  # work shorter than this shows no progress


def run_scan(
    paths: Sequence[Path] | Discovery,
    loaded: LoadedSettings,
    focus: Focus | None = None,
) -> ExitCode:
    """Scan, show the report, and return the exit code.

    Args:
        paths: what to scan, or what was already found there.
        loaded: the settings and the project's root; when they are quiet, a report that goes to a file is still written.
        focus: report only what concerns it, and print no text report when there is nothing to report.

    Returns:
        0 nothing to fail on, 1 candidates, 2 when no file at all could be analysed or a suppress comment is wrong.
    """
    from codesim.pipeline import covers_project, open_findings, scan

    settings = loaded.settings
    if settings.verbose and settings.quiet:
        raise click.UsageError("--quiet and --verbose exclude each other")
    known = known_classes(loaded)
    if settings.verbose:
        tell(settings_notes(loaded))
    with progress_bar(settings.quiet) as progress:
        result = scan(paths, settings, loaded.root, focus, progress)
    whole = covers_project(paths, loaded.root, focus)
    report = open_findings(result.report, settings.ignore, known, date.today(), whole_project=whole)
    if not settings.quiet:
        useless = [f"{unused.place}: {unused.reason}" for unused in report.unused]
        warn([*result.warnings, *_unchecked(report.summary.skipped, focus), *useless])
    empty = report.summary.files == 0
    nothing = focus is not None and not (report.candidates or report.rejected) and is_silent_when_clean(settings)
    show(report, settings, silent=nothing or (settings.quiet and settings.output == "-"))
    if empty:
        click.echo(
            "codesim: error: no Python file could be analysed; name a folder with .py files, or see the skipped files",
            err=True,
        )
        return ExitCode.FAILURE
    for problem in result.invalid:
        click.echo(printable(f"codesim: error: {problem}"), err=True)
    return ExitCode.FAILURE if result.invalid else exit_code(report, settings)


def exit_code(report: ScanReport, settings: Settings) -> ExitCode:
    """Say whether a report is one to fail on, by the settings `fail-on` and `threshold`.

    Args:
        report: what is left after the baseline and the ignores.
        settings: the settings in force.

    Returns:
        1 if there are more candidates to fail on than the threshold, else 0.
    """
    counted = {"none": 0, "new": len(report.candidates), "any": len(report.candidates) + (report.known or 0)}
    return ExitCode.FINDINGS if counted[settings.fail_on] > settings.threshold else ExitCode.CLEAN


def known_classes(loaded: LoadedSettings) -> Known | None:
    """Read the baseline that the settings name.

    Args:
        loaded: the settings and the project's root.

    Returns:
        None if it is switched off, or if none was named and none exists.

    Raises:
        ConfigError: the one that was named does not exist, or it is broken.
    """
    file = loaded.baseline_file
    if file is None or not (file.exists() or loaded.names_baseline):
        return None
    if not file.exists():
        raise ConfigError(str(file), "does not exist", "write it with `codesim baseline write`, or use --no-baseline")
    from codesim.pipeline import GRAPHS, Known
    from codesim.store import read_baseline

    baseline = read_baseline(file)
    if baseline.graphs != GRAPHS:
        problem = "holds the graphs of another version of codesim, so copies are matched by path and name"
        warn([f"{file}: {problem}; `codesim baseline update` brings it up to date"])
    return Known(baseline, loaded.root)


def is_silent_when_clean(settings: Settings) -> bool:
    """Whether a check without findings prints nothing; a machine is always given its report."""
    return settings.format in TEXT_FORMS


def settings_notes(loaded: LoadedSettings) -> list[str]:
    """Say where the settings come from and where the cache is."""
    file = shown_path(loaded.config_file) if loaded.config_file else "none"
    cache = shown_path(loaded.cache_folder) if loaded.settings.cache else "off"
    return [f"configuration file: {file}", f"project root: {loaded.root.as_posix()}", f"cache: {cache}"]


def focus_notes(focus: Focus) -> list[str]:
    """Say which files a check is about, and which of their lines if not all."""
    from codesim.report.wording import counted

    files = [f"  {path}: {_lines(runs, focus.whole_files)}" for path, runs in sorted(focus.changed.items())]
    return [f"in focus: {counted(len(files), 'file')}", *files]


def _lines(runs: Sequence[LineRange], every: bool) -> str:
    if every or runs == EVERY_LINE:
        return "every line"
    return "lines " + ", ".join(f"{run.first}-{run.last}" for run in runs)


def _unchecked(skipped: Sequence[Skipped], focus: Focus | None) -> list[str]:
    """Files that a check is about and that could not be read: no silence about them."""
    return [f"not checked: {each.path}: {each.reason}" for each in skipped if focus and each.path in focus.changed]


def tell(notes: Iterable[str]) -> None:
    """Write to stderr what is done."""
    for note in notes:
        click.echo(printable(f"codesim: {note}"), err=True)


def warn(warnings: Iterable[str]) -> None:
    """Write the warnings of a scan to stderr."""
    for warning in warnings:
        click.echo(printable(f"codesim: warning: {warning}"), err=True)


def show(report: ScanReport, settings: Settings, silent: bool = False) -> None:
    """Write the report in the forms and to the places that the settings name; silent: to further files only."""

    def draw(console: Console) -> None:
        from codesim.report import render_text

        render_text(report, console, settings.limit or None, settings.verbose)

    deliver(report, draw, settings, silent=silent)


def show_explained(explained: Explained, settings: Settings) -> None:
    """Write an explanation likewise; forms that have no words for it show the report of its one candidate."""

    def draw(console: Console) -> None:
        from codesim.report import render_explanation

        render_explanation(explained.explanation, console, settings.verbose)

    deliver(explained.report, draw, settings, explained.explanation)


@contextmanager
def progress_bar(quiet: bool = False) -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress bar on stderr, which appears when the work takes more than a second; nothing off a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=make_console("auto", stderr=True), transient=True)
    begin = monotonic()
    tasks: dict[str, int] = {}

    def advance(stage: str, done: int, total: int) -> None:
        if monotonic() - begin < _QUIET_SECONDS:
            return
        if not tasks:
            bar.start()
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total)
        bar.update(tasks[stage], completed=done)  # type: ignore[arg-type]

    try:
        yield advance
    finally:
        bar.stop()

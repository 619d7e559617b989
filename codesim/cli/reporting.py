"""How the commands that scan show their result.

Progress on stderr, the report on stdout or in a file, the exit code.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import click

from codesim.cli.options import PLAIN_WIDTH, make_console
from codesim.config import LoadedSettings, Settings
from codesim.errors import ConfigError, ExitCode
from codesim.pipeline import scan
from codesim.report import ScanReport, render_html, render_json, render_text
from codesim.source import printable

_QUIET_SECONDS = 1.0  # work shorter than this shows no progress


def run_scan(
    paths: Sequence[Path],
    loaded: LoadedSettings,
    focus: Sequence[Path] | None = None,
    verbose: bool = False,
    quiet_when_clean: bool = False,
) -> ExitCode:
    """Scan, show the report, and return the exit code.

    Args:
        paths: what to scan.
        loaded: the settings and the project's root.
        focus: report only what concerns these files.
        verbose: fold and shorten nothing.
        quiet_when_clean: print no text report when there is nothing to report.

    Returns:
        0 nothing to report, 1 candidates, 2 when no file at all could be analysed.
    """
    settings = loaded.settings
    with progress_bar() as progress:
        result = scan(paths, settings, loaded.root, focus, progress)
    for warning in result.warnings:
        click.echo(printable(f"codesim: warning: {warning}"), err=True)
    report = result.report
    empty = report.summary.files == 0
    if not (quiet_when_clean and not report.candidates and settings.format == "text"):
        show(report, settings, verbose)
    if empty:
        click.echo(
            "codesim: error: no Python file could be analysed; name a folder with .py files, or see the skipped files",
            err=True,
        )
        return ExitCode.FAILURE
    return ExitCode.FINDINGS if report.candidates and not settings.exit_zero else ExitCode.CLEAN


def show(report: ScanReport, settings: Settings, verbose: bool) -> None:
    """Write the report in the form and to the place that the settings name."""
    if settings.format == "text" and settings.output == "-":
        render_text(report, make_console(settings.color), settings.limit or None, verbose)
        return
    if settings.format == "text":
        text = _as_plain_text(report, settings, verbose)
    else:
        text = render_json(report) if settings.format == "json" else render_html(report)
    if settings.output == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(settings.output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError("--output", f"{settings.output} cannot be written: {error.strerror}") from None


def _as_plain_text(report: ScanReport, settings: Settings, verbose: bool) -> str:
    from rich.console import Console

    sink = io.StringIO()
    console = Console(file=sink, width=PLAIN_WIDTH, color_system=None, markup=False, emoji=False, highlight=False)
    render_text(report, console, settings.limit or None, verbose)
    return sink.getvalue()


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress bar on stderr, which appears when the work takes more than a second; nothing off a terminal."""
    if not sys.stderr.isatty():
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

"""`codesim scan`: what is written twice in these files and folders."""

from __future__ import annotations

from pathlib import Path

import click

from codesim.cli.options import scan_options, settings_from, stdin_option


@click.command("scan", short_help="Report what is written twice in files and folders.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@scan_options
@stdin_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    stdin_filename: Path | None,
    **options: object,
) -> None:
    """Scan PATHS (default: the working directory) and report refactoring candidates, best first.

    The path - reads one file from standard input. Exit code 0: nothing to report. 1: candidates that the baseline does
    not know. 2: wrong usage, or nothing could be analysed.
    """
    from codesim.cli.reporting import run_scan
    from codesim.cli.standard_input import read_standard_input
    from codesim.source import Discovery, discover_files

    paths, given = read_standard_input(paths, stdin_filename)
    if given is None:
        ctx.exit(run_scan(paths, settings_from(options, paths)))
    loaded = settings_from(options, (*paths, given.path))
    found = discover_files(paths, loaded.settings, loaded.root) if paths else Discovery((), (), loaded.root)
    ctx.exit(run_scan(given.laid_over(found), loaded))

"""`codesim scan`: what is written twice in these files and folders."""

from __future__ import annotations

from pathlib import Path

import click

from codesim.cli.options import scan_options, settings_from


@click.command("scan", short_help="Report what is written twice in files and folders.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@scan_options
@click.option("--verbose", "-v", is_flag=True, help="Fold and shorten nothing; show each helper's text.")
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[Path, ...], verbose: bool, **options: object) -> None:
    """Scan PATHS (default: the working directory) and report refactoring candidates, best first.

    Exit code 0: nothing to report. 1: candidates that the baseline does not know. 2: wrong usage, or nothing could be
    analysed.
    """
    from codesim.cli.reporting import run_scan

    ctx.exit(run_scan(paths, settings_from(options, paths), verbose=verbose))

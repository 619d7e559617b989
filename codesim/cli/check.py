"""`codesim check`: the pre-commit hook. The given files are the focus, the rest of the repository is the corpus."""

from __future__ import annotations

from pathlib import Path

import click

from codesim.cli.options import scan_options, settings_from
from codesim.errors import ExitCode


@click.command("check", short_help="Report only what the given files share with each other and with the repository.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@scan_options
@click.option("--verbose", "-v", is_flag=True, help="Fold and shorten nothing; show each helper's text.")
@click.pass_context
def command(ctx: click.Context, /, files: tuple[Path, ...], verbose: bool, **options: object) -> None:
    """Check FILES against the whole project: its root folder is searched for copies of what stands in them.

    Made for pre-commit: no files is no finding, and nothing is printed when there is nothing to say. Exit codes as
    for `scan`.
    """
    from codesim.cli.reporting import run_scan

    loaded = settings_from(options, files)
    known = [file for file in files if file.is_file()]  # a deleted file has nothing to report
    if not known:
        ctx.exit(ExitCode.CLEAN)
    corpus = (loaded.root, *known)
    ctx.exit(run_scan(corpus, loaded, focus=known, verbose=verbose, quiet_when_clean=True))

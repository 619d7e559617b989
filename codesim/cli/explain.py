"""`codesim explain`: why a candidate is reported, what corresponds, what differs, and what its figures are made of."""

from __future__ import annotations

from pathlib import Path

import click

from codesim.cli.options import setting_options, settings_from
from codesim.config import RULES

_WITHOUT_EFFECT = ("quiet", "limit", "baseline", "ignore", "fail_on", "threshold", "rejected", "stats")


@click.command(
    "explain", short_help="Explain a candidate: what corresponds, what differs, and why it stands where it does."
)
@click.argument("name", metavar="ID")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--with", "member", type=int, metavar="N", help="Show the first copy beside copy N only.  [default: beside each]"
)
@setting_options(*(name for name in RULES if name not in _WITHOUT_EFFECT))
@click.pass_context
def command(ctx: click.Context, /, name: str, paths: tuple[Path, ...], member: int | None, **options: object) -> None:
    """Scan PATHS (default: the working directory) and explain the candidate whose id begins with ID.

    Give the paths and settings of the scan that reported it. Exit code 0: explained. 2: wrong usage, or no candidate
    or more than one has such an id.
    """
    from codesim.cli.reporting import progress_bar, show_explained, warn
    from codesim.errors import ExitCode
    from codesim.pipeline import explain

    loaded = settings_from(options, paths)
    with progress_bar() as progress:
        explained = explain(paths, loaded.settings, loaded.root, name, only=member, progress=progress)
    warn(explained.warnings)
    show_explained(explained, loaded.settings)
    ctx.exit(ExitCode.CLEAN)

"""`codesim compare`: two functions side by side, what corresponds, what differs, and the verdict."""

from __future__ import annotations

import click

from codesim.cli.options import complete_files, setting_options, settings_from


@click.command("compare", short_help="Compare two functions: what corresponds, what differs, can they be merged.")
@click.argument("left", metavar="FILE::QUALNAME", shell_complete=complete_files)
@click.argument("right", metavar="FILE::QUALNAME", shell_complete=complete_files)
@setting_options(
    *("min_lines", "min_nodes", "min_similarity", "min_score", "min_value", "format", "output", "color", "verbose")
)
@click.pass_context
def command(ctx: click.Context, /, left: str, right: str, **options: object) -> None:
    """Compare two functions, each named FILE::QUALNAME or FILE:LINE, whatever their score, and explain the result.

    The last lines say whether a scan would report them, and if not, which rule keeps them out.

    Exit code 0: no clones, or not by the score that is asked for (--min-score). 1: clones. 2: wrong usage.
    """
    from codesim.cli.fragments import load_fragment
    from codesim.cli.reporting import show_explained
    from codesim.errors import ExitCode
    from codesim.pipeline import compare
    from codesim.verify import LEAST_CLOSENESS

    one, two = load_fragment(left), load_fragment(right)
    settings = settings_from(options).settings
    explained = compare((one.cut, one.lines), (two.cut, two.lines), settings)
    show_explained(explained, settings)
    found = explained.explanation.candidate
    clones = found.closeness >= LEAST_CLOSENESS and found.score >= settings.min_score
    ctx.exit(ExitCode.FINDINGS if clones else ExitCode.CLEAN)

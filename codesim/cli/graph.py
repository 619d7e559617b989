"""`codesim graph`: the program dependence graph of one function, or of all functions of a file one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codesim.cli.options import complete_files
from codesim.errors import CodesimError, ExitCode, GraphError, SourceError

if TYPE_CHECKING:
    from codesim.graph import Pdg
    from codesim.source import CutFragment

_MOST_NAMES = 10
_STREAMED = "jsonl"


@click.command("graph", short_help="Print the program dependence graph of a function.")
@click.argument("fragment", metavar="FILE[::QUALNAME]", shell_complete=complete_files)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(("text", "json", "jsonl", "dot", "svg")),
    default="text",
    show_default=True,
    help="How to print it.",
)
@click.option(
    "--canonical",
    is_flag=True,
    help="The lowered graph, which the encoder and the hash see, instead of the source's own.",
)
@click.pass_context
def command(ctx: click.Context, fragment: str, form: str, canonical: bool) -> None:
    """Print the graph of FILE::QUALNAME (or FILE:LINE): every node with its place, every dependence with its kind.

    With --format jsonl, FILE alone prints one JSON object per line for each of its functions, nested ones too.
    """
    from codesim.graph import build_pdg, to_dot, to_json, to_text
    from codesim.parse import lower, parse_function
    from codesim.source import printable

    def graph_of(cut: CutFragment) -> Pdg:
        try:
            tree = parse_function(cut.node)
            return build_pdg(lower(tree) if canonical else tree, cut.fragment.qualname)
        except RecursionError:
            raise GraphError(_shown(cut), "is nested too deeply; split its longest expression") from None

    cuts = _named_fragments(fragment, form)
    if form != _STREAMED:
        if form == "svg":
            from codesim.graph import to_svg as printed
        else:
            printed = {"text": to_text, "json": to_json, "dot": to_dot}[form]
        click.echo(printed(graph_of(cuts[0])), nl=False)
        return
    failures = 0
    for cut in cuts:
        try:
            line = to_json(graph_of(cut))
        except Exception as error:  # even a bug costs one graph only, not the rest of the stream
            reason = str(error) if isinstance(error, CodesimError) else f"{_shown(cut)}: internal error: {error!r}"
            click.echo(printable(f"codesim: error: {' '.join(reason.split())}"), err=True)
            failures += 1
        else:
            click.echo(line, nl=False)  # click flushes after each
    if failures:
        ctx.exit(ExitCode.FAILURE)


def _shown(cut: CutFragment) -> str:
    return f"{cut.fragment.path}::{cut.fragment.qualname}"


def _named_fragments(text: str, form: str) -> list[CutFragment]:
    """The function that the user named, or all functions of a file.

    Raises:
        SourceError: no such file or function, or the file cannot be read or parsed.
        click.UsageError: a file alone, in a form that holds one graph only.
    """
    from codesim.source import (
        Skipped,
        cut_fragments,
        find_fragment,
        parse_fragment_name,
        parse_module,
        printable,
        read_source,
        shown_path,
    )

    try:
        name = parse_fragment_name(text)
    except SourceError:
        name = None
    path = Path(name.path if name else text)
    if not path.exists():
        raise SourceError(str(path), None, "no such file")
    source = read_source(path.absolute(), shown_path(path.absolute()))
    module = source if isinstance(source, Skipped) else parse_module(source)
    if isinstance(module, Skipped):
        raise SourceError(str(path), None, module.reason)
    cuts = cut_fragments(shown_path(path.absolute()), module)
    if name:
        return [find_fragment(name, cuts)]
    if form != _STREAMED:
        raise click.UsageError(_remedy(text, cuts))
    if not cuts:
        click.echo(printable(f"codesim: {path}: the file has no functions"), err=True)
    return cuts


def _remedy(path: str, cuts: list[CutFragment]) -> str:
    """What to write instead of a file alone."""
    from codesim.source import printable

    if not cuts:
        return printable(f"{path} has no functions; name one as path.py::qualname.")
    names = [cut.fragment.qualname for cut in cuts]
    more = f"\n  ... and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    listed = "".join(f"\n  {path}::{name}" for name in names[:_MOST_NAMES])
    return printable(f"{path} is a file; name a function, or use --format jsonl for all. Its functions:{listed}{more}")

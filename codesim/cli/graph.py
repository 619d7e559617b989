"""`codesim graph`: the program dependence graph of one function, for people and other tools."""

from __future__ import annotations

import click


@click.command("graph", short_help="Print the program dependence graph of a function.")
@click.argument("fragment", metavar="FILE::QUALNAME")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(("text", "json", "dot")),
    default="text",
    show_default=True,
    help="How to print it.",
)
@click.option(
    "--canonical",
    is_flag=True,
    help="The lowered graph, which the encoder and the hash see, instead of the source's own.",
)
def command(fragment: str, form: str, canonical: bool) -> None:
    """Print the graph of FILE::QUALNAME (or FILE:LINE): every node with its place, every dependence with its kind."""
    from codesim.cli.fragments import load_fragment
    from codesim.errors import GraphError
    from codesim.graph import build_pdg, to_dot, to_json, to_text
    from codesim.parse import lower, parse_function

    cut = load_fragment(fragment).cut
    name = f"{cut.fragment.path}::{cut.fragment.qualname}"
    try:
        tree = parse_function(cut.node)
        pdg = build_pdg(lower(tree) if canonical else tree, name)
    except RecursionError:
        raise GraphError(name, "is nested too deeply; split its longest expression") from None
    click.echo({"text": to_text, "json": to_json, "dot": to_dot}[form](pdg), nl=False)

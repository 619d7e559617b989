"""`codesim evaluate`: how good the shipped encoder is, measured on a data set of the user's.

In: a JSONL file of functions. Out: one table on stdout, and with `--json` the same figures in a file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from codesim.evaluate import Comparison

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(name="evaluate", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Measure the encoder against its baselines."""


@command.command()
@click.argument("data", type=FILE)
@click.option("--weights", type=click.Path(exists=True, path_type=Path), help="Weights to measure; default: shipped.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def retrieval(data: Path, weights: Path | None, json_file: Path | None, color: str) -> None:
    r"""Find the twin of each query in DATA.

    DATA holds one JSON object per line: {"id", "group", "source", "kind"}; functions of one group are relevant to
    each other. Rows of kind "original" are searched, all others search them.
    """
    from codesim.cli.options import make_console
    from codesim.embed import Encoder
    from codesim.evaluate import build_case, compare_retrieval, read_rows

    with data.open(encoding="utf-8") as lines:
        rows = read_rows(lines, str(data))
    comparison = compare_retrieval([build_case(row, str(data)) for row in rows], Encoder.load(weights))
    if json_file is not None:
        json_file.write_text(json.dumps(comparison.as_record(), indent=2) + "\n", encoding="utf-8")
    make_console(color).print(_table(comparison))


def _table(comparison: Comparison) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(f"{comparison.encoder}, corpus of {comparison.corpus:,} functions"))
    table.add_column("query")
    table.add_column("queries", justify="right")
    for system in comparison.systems:
        table.add_column(Text(f"{system}\nR@1 / R@10 / MAP@R"), justify="right")
    kinds = next(iter(comparison.systems.values()), {})
    for kind, first in kinds.items():
        cells = [
            f"{quality.recall_at_1:.3f} / {quality.recall_at_10:.3f} / {quality.map_at_r:.3f}"
            for quality in (qualities[kind] for qualities in comparison.systems.values())
        ]
        table.add_row(Text(kind), str(first.queries), *cells)
    return table

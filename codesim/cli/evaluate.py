"""`codesim evaluate`: how good the encoder is, measured on data sets of the user's, beside its baselines.

In: JSONL files of functions or pairs, or folders of the same-task set. Out: one table on stdout, and with `--json` the
same figures and more in a file. `tasks` writes the same-task set as JSONL; `judged` (judged.py) measures rankings.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codesim.cli.judged import command as judged_command

if TYPE_CHECKING:
    from codesim.embed import Encoder
    from codesim.evaluate import Mask, Pair, Row, SetReport

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
weights_option = click.option(
    "--weights", type=click.Path(exists=True, path_type=Path), help="Weights to measure; default: shipped."
)
json_option = click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here."
)
color_option = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True
)
part_option = click.option(
    "--part",
    type=click.Choice(["held-out", "training", "all"]),
    default="held-out",
    show_default=True,
    help="Which tasks of a folder of the same-task set.",
)


class _DataFirst(click.Group):
    """A group whose arguments are data sets, unless the first one names a subcommand."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["data", *args]
        return super().parse_args(ctx, args)


@click.group(name="evaluate", cls=_DataFirst, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Measure the encoder against its baselines: `codesim evaluate DATA...`, see `codesim evaluate data --help`."""


command.add_command(judged_command)


@command.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--systems", default="", metavar="NAME,NAME", help="Systems to run, by name; default: all there are.")
@click.option(
    "--mask",
    type=click.Choice(["own", "locals", "none"]),
    help="Names to hide: the function's own, or of its locals too. Default: own for folders of tasks, none for files.",
)
@part_option
@weights_option
@json_option
@color_option
def data(
    data: tuple[Path, ...], *, systems: str, mask: str | None, part: str, weights: Path | None, json_file: Path | None,
    color: str,
) -> None:  # fmt: skip
    r"""Measure the encoder and its baselines on each of DATA, and print one table.

    DATA is a JSONL file or a folder of the same-task set. A line of a file is {"id", "group", "source", "kind"} (rows
    of one group are relevant to each other; rows of kind "original" are searched by all others, without any of
    these each row searches all others) or {"a", "b", "label", "kind"} (two functions; label 1: they
    behave alike, 0: not).
    """
    from codesim.cli.evaluation_table import evaluation_table
    from codesim.cli.options import make_console
    from codesim.embed import Encoder
    from codesim.evaluate import EvaluationReport, Mask, choose_systems, missing_systems

    encoder = Encoder.load(weights)
    chosen = choose_systems([name.strip() for name in systems.split(",") if name.strip()], encoder)
    found = [(path, _read(path, part)) for path in data]
    reports = [
        _measured(path, rows, Mask(mask) if mask else Mask.OWN if path.is_dir() else Mask.NONE, encoder, chosen)
        for path, rows in found
    ]
    report = EvaluationReport(encoder.name, missing_systems(encoder), reports)
    if json_file is not None:
        json_file.write_text(json.dumps(report.as_record(), indent=2) + "\n", encoding="utf-8")
    make_console(color).print(evaluation_table(report))
    if not systems:
        for name, reason in report.missing.items():
            click.echo(f"codesim: {name} is left out: {reason}", err=True)


@command.command()
@click.argument("folder", type=FOLDER)
@part_option
@click.option(
    "--mask",
    type=click.Choice(["own", "locals", "none"]),
    default="own",
    show_default=True,
    help="Names to hide in the sources that are written.",
)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="JSONL to write.")
def tasks(folder: Path, part: str, mask: str, out: Path) -> None:
    """Write the solutions of the same-task set in FOLDER as a retrieval data set: group task, kind style."""
    from codesim.evaluate import Mask, Part, Row, read_function, read_same_task

    rows = read_same_task(folder, Part(part))
    with out.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            masked = Row(row.id, row.group, read_function(row.source, Mask(mask)).text, row.kind)
            stream.write(f"{masked.as_line()}\n")
    click.echo(f"{out}: {len(rows)} rows")


def _read(path: Path, part: str) -> list[Row] | list[Pair]:
    from codesim.evaluate import Part, read_data, read_same_task

    if path.is_dir():
        return [*read_same_task(path, Part(part))]
    with path.open(encoding="utf-8", newline="\n") as lines:
        return read_data(lines, str(path))


def _measured(
    path: Path, rows: list[Row] | list[Pair], mask: Mask, encoder: Encoder, systems: Sequence[str]
) -> SetReport:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    from codesim.evaluate import Evaluation, Pair, Row

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(escape(path.name), total=None)

        def advance(count: int) -> None:
            progress.advance(task, count)

        evaluation = Evaluation(encoder, tuple(systems), mask, advance)
        pairs = [one for one in rows if isinstance(one, Pair)]
        if pairs:
            return evaluation.pairs(path.name, pairs)
        return evaluation.retrieval(path.name, [one for one in rows if isinstance(one, Row)])
